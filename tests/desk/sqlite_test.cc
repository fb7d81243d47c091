// A desk on a SQLite file: it goes on where it was when it is opened again, and does the same as a desk in memory.
#include "frontdesk/store/sqlite.h"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "desk/text_search_testing.h"
#include "desk/unique_ids_processes.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/rows_testing.h"
#include "store/sqlite_testing.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::By;
using ::frontdesk::testing::MustDo;
using store::SqliteOptions;
using store::SqliteStore;
using store::TempFolder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

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
  EXPECT_EQ(store::AllRows(*file), store::AllRows(*memory));
  EXPECT_TRUE(file->CheckIntegrity().ok());
}

TEST(DeskOnSqliteTest, FindsWordsAsAPlainLoopDoes) {
  const TempFolder folder;
  testing::Chance chance(testing::SeedOfRun());
  const auto desk = testing::MustOpen(
      testing::kAllowAll, store::MustOpen(folder.File("shop.db"), store::WithoutSyncs()));
  testing::RandomTexts texts(&chance, desk.get());
  for (int step = 0; step < 60; ++step) {
    for (int i = 0; i < 8; ++i) texts.Next();
    for (int i = 0; i < 3; ++i) {
      const v1::FindRequest request = texts.AnyRequest();
      ASSERT_EQ(testing::FindAll(*desk, request), texts.Scan(request))
          << request.ShortDebugString();
    }
  }
}

// The file of a desk as it was before there was a search of words. It stays readable for ever.
TEST(DeskOnSqliteTest, TheTextsOfTheFirstFileAreFound) {
  const TempFolder folder;
  const std::string path = folder.File("first_desk.db");
  std::filesystem::copy_file(
      absl::StrCat(std::getenv("FRONTDESK_SOURCE_DIR"), "/tests/store/testdata/first_desk.db"),
      path);
  DeskOptions options;
  options.policy = testing::MustCompile(
      "rule_sets { id: 'all' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW }");
  options.activate = testing::ActivationAt(1'800'000'000);
  {
    SqliteOptions read_only;
    read_only.read_only = true;
    options.store = store::MustOpen(path, read_only);
    EXPECT_EQ(GetReason(Desk::Open(options).status()), "STORE_NOT_USABLE");
  }
  options.store = store::MustOpen(path);
  const auto opened = Desk::Open(options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  const Desk& desk = **opened;
  const auto report = desk.VerifyRows();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->has_fault()) << report->ShortDebugString();
  const auto stretches = desk.ReadRows(LampCase(), "state_spans", {});
  ASSERT_TRUE(stretches.ok()) << stretches.status();
  EXPECT_GT(stretches->state.case_().state_spans_size(), 0);
  for (const v1::CaseStateSpan& span : stretches->state.case_().state_spans()) {
    EXPECT_EQ(span.actor_id(), "anna");
  }
  const auto find = [&](const std::string& words, bool customer_view = false,
                        v1::EntityKind kind = v1::ENTITY_KIND_CASE) {
    v1::FindRequest request;
    request.mutable_texts()->set_words(words);
    request.mutable_texts()->set_entity_kind(kind);
    if (customer_view) request.mutable_texts()->set_customer_id("c1");
    request.mutable_texts()->set_customer_view(customer_view);
    return testing::FindAll(desk, request);
  };
  EXPECT_THAT(find("strasse"), ElementsAre("case-4", "case-3", "case-2", "case-1"));
  EXPECT_THAT(find("strasse", true), ElementsAre("case-5", "case-4", "case-2", "case-1"));
  EXPECT_THAT(find("lamp number*"), ElementsAre("case-3", "case-2", "case-1"));
  EXPECT_THAT(find("bulb difficult"), ElementsAre("case-4"));
  EXPECT_THAT(find("difficult", true), IsEmpty());
  EXPECT_THAT(find("lamp angry", false, v1::ENTITY_KIND_INTERACTION), ElementsAre("chat-1"));
  EXPECT_THAT(find("lamp", true, v1::ENTITY_KIND_INTERACTION), ElementsAre("chat-1"));
}

TEST(DeskOnSqliteTest, SeveralOpenAnOlderFileAtOnce) {
  const TempFolder folder;
  const std::string path = folder.File("first_desk.db");
  std::filesystem::copy_file(
      absl::StrCat(std::getenv("FRONTDESK_SOURCE_DIR"), "/tests/store/testdata/first_desk.db"),
      path);
  const auto policy = testing::MustCompile(
      "rule_sets { id: 'all' decision_points: '*' default_outcome: POLICY_OUTCOME_ALLOW }");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      DeskOptions options;
      options.policy = policy;
      options.store = store::MustOpen(path, store::WithoutSyncs());
      options.activate = testing::ActivationAt(1'800'000'000);
      options.activate->idempotency_key = "activate";
      const auto desk = Desk::Open(options);
      ASSERT_TRUE(desk.ok()) << desk.status();
      v1::Command open = By("anna", 1'800'000'100);
      open.mutable_case_()->mutable_open_case()->set_case_id(absl::StrCat("new-", i));
      open.mutable_case_()->mutable_open_case()->set_kind(v1::Case::KIND_TROUBLE);
      open.mutable_case_()->mutable_open_case()->set_subject("another lamp");
      MustDo(**desk, open);
    });
  }
  for (std::thread& thread : threads) thread.join();
  DeskOptions options;
  options.policy = policy;
  options.store = store::MustOpen(path);
  const auto desk = Desk::Open(options);
  ASSERT_TRUE(desk.ok()) << desk.status();
  v1::FindRequest request;
  request.mutable_texts()->set_words("lamp");
  request.mutable_texts()->set_entity_kind(v1::ENTITY_KIND_CASE);
  EXPECT_THAT(testing::FindAll(**desk, request),
              ElementsAre("new-3", "new-2", "new-1", "new-0", "case-3", "case-2", "case-1"));
  const auto report = (*desk)->VerifyRows();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->has_fault()) << report->ShortDebugString();
}

TEST(DeskOnSqliteTest, OfManyProcessesOneGetsEachOutsideId) {
  const TempFolder folder;
  const std::string path = folder.File("shop.db");
  testing::GiveIdsByThreadsAndProcesses(
      path, [&] { return store::MustOpen(path, store::WithoutSyncs()); });
}

}  // namespace
}  // namespace frontdesk
