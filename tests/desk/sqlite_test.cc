// A desk on a SQLite file: it goes on where it was when it is opened again, and does the same as a desk in memory.
#include "frontdesk/store/sqlite.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/sqlite_testing.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::By;
using ::frontdesk::testing::MustDo;
using store::SqliteOptions;
using store::SqliteStore;
using store::TempFolder;

v1::EntityRef LampCase() {
  v1::EntityRef entity;
  entity.set_kind(v1::ENTITY_KIND_CASE);
  entity.set_id("case-1");
  return entity;
}

v1::Command OpenLampCase() {
  v1::Command command = By("anna", 10);
  command.set_idempotency_key("open-1");
  v1::OpenCase& verb = *command.mutable_case_()->mutable_open_case();
  verb.set_case_id("case-1");
  verb.set_kind(v1::Case::KIND_TROUBLE);
  verb.set_subject("a lamp");
  return command;
}

TEST(DeskOnSqliteTest, ACaseIsThereWhenTheDeskIsOpenedAgain) {
  const TempFolder folder;
  const auto open = [&](const std::string& name) {
    SqliteOptions options;
    options.desk = name;
    return testing::MustOpen(testing::kAllowAll, store::MustOpen(folder.File("shop.db"), options));
  };
  v1::Outcome first;
  std::string state;
  {
    const auto desk = open("north");
    first = MustDo(*desk, OpenLampCase());
    state = (*desk->Get(LampCase()))->SerializeAsString();
  }
  {
    const auto desk = open("north");
    EXPECT_EQ((*desk->Get(LampCase()))->SerializeAsString(), state);
    // The outcome is remembered: nothing is done twice.
    EXPECT_EQ(MustDo(*desk, OpenLampCase()).record_id(), first.record_id());
    v1::Command resolve = By("anna", 20);
    resolve.mutable_case_()->mutable_resolve_case()->set_case_id("case-1");
    resolve.mutable_case_()->mutable_resolve_case()->set_code("replaced");
    EXPECT_NE(MustDo(*desk, resolve).record_id(), first.record_id());
  }
  const auto desk = open("north");
  EXPECT_EQ((*desk->Get(LampCase()))->case_().state(), v1::Case::STATE_RESOLVED);
  EXPECT_EQ(desk->Journal()->size(), 2u);
  // Another desk in the file has none of it.
  EXPECT_EQ(open("south")->Get(LampCase()).status().code(), absl::StatusCode::kNotFound);
}

// Every row of a store, as text.
std::vector<std::string> AllRows(const store::Store& from) {
  std::vector<std::string> all;
  const auto snapshot = from.Read();
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  for (int table = 0; snapshot.ok() && table < 256; ++table) {
    const auto rows =
        (*snapshot)->Scan({static_cast<std::uint8_t>(table), "", absl::nullopt}, 1'000'000);
    EXPECT_TRUE(rows.ok()) << rows.status();
    if (!rows.ok()) return all;
    for (const store::Row& row : *rows) {
      all.push_back(absl::StrCat(table, "/", row.key, "=", *row.value));
    }
  }
  return all;
}

TEST(DeskOnSqliteTest, DoesAsADeskInMemory) {
  constexpr int kCommands = 400;
  constexpr int kCommandsUntilReopened = 50;
  const std::uint64_t seed = testing::SeedOfRun();
  const TempFolder folder;
  const SqliteOptions options = store::WithoutSyncs();
  const std::string path = folder.File("shop.db");
  const auto memory = store::MakeMemoryStore();
  const auto in_memory = testing::OpenRandomDesk(memory);
  std::shared_ptr<SqliteStore> file = store::MustOpen(path, options);
  auto on_file = testing::OpenRandomDesk(file);
  testing::Chance chance(seed);
  testing::RandomCommands commands(&chance, in_memory.get());
  for (int i = 1; i <= kCommands; ++i) {
    const v1::Command command = commands.Next();
    const v1::Facts facts = commands.NextFacts(command);
    const auto expected = in_memory->Execute(command, facts);
    const auto outcome = on_file->Execute(command, facts);
    ASSERT_EQ(outcome.status(), expected.status()) << "command " << i;
    if (expected.ok()) {
      ASSERT_EQ(outcome->SerializeAsString(), expected->SerializeAsString()) << "command " << i;
    }
    if (i % kCommandsUntilReopened == 0) {
      on_file.reset();
      file.reset();
      file = store::MustOpen(path, options);
      DeskOptions desk_options;
      desk_options.policy = in_memory->policy();
      desk_options.store = file;
      auto opened = Desk::Open(std::move(desk_options));
      ASSERT_TRUE(opened.ok()) << opened.status();
      on_file = *std::move(opened);
    }
  }
  EXPECT_EQ(AllRows(*file), AllRows(*memory));
  EXPECT_TRUE(file->CheckIntegrity().ok());
}

}  // namespace
}  // namespace frontdesk
