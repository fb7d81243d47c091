// A desk in a PostgreSQL database: it does the same as a desk in memory, and several processes share it.
#include <poll.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/limit_work.h"
#include "desk/outbox_processes.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "desk/unique_ids_processes.h"
#include "event_log/outbox_model.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/subscription.h"
#include "gtest/gtest.h"
#include "store/postgres_testing.h"
#include "store/rows_testing.h"

namespace frontdesk {
namespace {

using store::MustOpenPostgres;
using store::NewPostgresName;
using store::ScratchPostgres;

class DeskOnPostgresTest : public store::PostgresTest {};

TEST_F(DeskOnPostgresTest, DoesAsADeskInMemory) {
  constexpr int kCommands = 400;
  constexpr int kCommandsUntilReopened = 50;
  const std::uint64_t seed = testing::SeedOfRun();
  const std::string name = NewPostgresName();
  const auto memory = store::MakeMemoryStore();
  const auto in_memory = testing::OpenRandomDesk(memory);
  std::shared_ptr<store::Store> database = MustOpenPostgres(name);
  auto in_database = testing::OpenRandomDesk(database);
  testing::Chance chance(seed);
  testing::RandomCommands commands(&chance, in_memory.get());
  for (int i = 1; i <= kCommands; ++i) {
    const v1::Command command = commands.Next();
    const v1::Facts facts = commands.NextFacts(command);
    const auto expected = in_memory->Execute(command, facts);
    const auto outcome = in_database->Execute(command, facts);
    ASSERT_EQ(outcome.status(), expected.status()) << "command " << i;
    if (expected.ok()) {
      ASSERT_EQ(outcome->SerializeAsString(), expected->SerializeAsString()) << "command " << i;
    }
    if (i % kCommandsUntilReopened == 0) {
      in_database.reset();
      database.reset();
      database = MustOpenPostgres(name);
      DeskOptions desk_options;
      desk_options.policy = in_memory->policy();
      desk_options.store = database;
      auto opened = Desk::Open(std::move(desk_options));
      ASSERT_TRUE(opened.ok()) << opened.status();
      in_database = *std::move(opened);
    }
  }
  EXPECT_EQ(store::AllRows(*database), store::AllRows(*memory));
  const auto report = in_database->VerifyRows();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->has_fault()) << report->ShortDebugString();
}

v1::Command OpenCaseCommand(int number) {
  v1::Command command = testing::By("anna", 10);
  v1::OpenCase& verb = *command.mutable_case_()->mutable_open_case();
  verb.set_case_id(absl::StrCat("case-", number));
  verb.set_kind(v1::Case::KIND_TROUBLE);
  verb.set_subject("a lamp");
  return command;
}

TEST_F(DeskOnPostgresTest, AForkLeavesItsDeskAlone) {
  const auto desk = testing::MustOpen(testing::kAllowAll, MustOpenPostgres(NewPostgresName()));
  testing::MustDo(*desk, OpenCaseCommand(1));
  const auto fork = desk->Fork();
  ASSERT_TRUE(fork.ok()) << fork.status();
  testing::MustDo(**fork, OpenCaseCommand(2));
  testing::MustDo(*desk, OpenCaseCommand(3));
  EXPECT_EQ(desk->Journal()->size(), 2u);
  EXPECT_EQ((*fork)->Journal()->size(), 2u);
  const auto report = (*fork)->VerifyRows();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->has_fault()) << report->ShortDebugString();
}

TEST_F(DeskOnPostgresTest, CommandsOfAnotherDeskAreFollowed) {
  const std::string name = NewPostgresName();
  const auto desk = testing::MustOpen(testing::kAllowAll, MustOpenPostgres(name));
  const auto other = testing::MustOpen(testing::kAllowAll, MustOpenPostgres(name));
  const auto subscription = desk->Subscribe(1);
  ASSERT_TRUE(subscription.ok()) << subscription.status();
  const auto descriptor = (*subscription)->descriptor();
  ASSERT_TRUE(descriptor.ok()) << descriptor.status();
  constexpr int kCases = 20;
  std::thread writer([&] {
    for (int i = 0; i < kCases; ++i) testing::MustDo(*other, OpenCaseCommand(i));
  });
  int changes = 0;
  while (changes < kCases) {
    pollfd waiting = {*descriptor, POLLIN, 0};
    while (::poll(&waiting, 1, -1) != 1) continue;
    const auto read = (*subscription)->Read(3);
    ASSERT_TRUE(read.ok()) << read.status();
    changes += static_cast<int>(read->size());
  }
  writer.join();
  EXPECT_EQ(changes, kCases);
}

TEST_F(DeskOnPostgresTest, CommandsRaceForACaseAndAreDoneOnce) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 10;
  const std::string name = NewPostgresName();
  const auto first = testing::MustOpen(testing::kAllowAll, MustOpenPostgres(name));
  testing::MustDo(*first, OpenCaseCommand(1));
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      // As several processes: each has connections of its own.
      const auto desk = testing::MustOpen(testing::kAllowAll, MustOpenPostgres(name));
      for (int round = 0; round < kRounds; ++round) {
        v1::Command command = testing::By("anna", 10);
        command.set_idempotency_key(absl::StrCat(i, "-", round));
        v1::ChangeCaseSubject& verb = *command.mutable_case_()->mutable_change_case_subject();
        verb.set_case_id("case-1");
        verb.set_subject(absl::StrCat(i, "-", round));
        testing::MustDo(*desk, command);
        testing::MustDo(*desk, command);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(first->Journal()->size(), static_cast<std::size_t>(1 + kThreads * kRounds));
  const auto report = first->VerifyRows();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->has_fault()) << report->ShortDebugString();
}

TEST_F(DeskOnPostgresTest, TheOutboxIsAsAPlainListSays) {
  const std::uint64_t seed = testing::SeedOfRun();
  event_log::OutboxRun(MustOpenPostgres(NewPostgresName()), seed).Run(200);
}

TEST_F(DeskOnPostgresTest, ThreadsAndProcessesNeverPassALimit) {
  const std::string name = NewPostgresName();
  testing::CreditUpToTheLimit(/*processes=*/1, [&name] { return MustOpenPostgres(name); });
}

// Opens a new database, and calls `work` with its place for other processes. It is the database of one desk, which has no name.
void WithDatabase(
    const std::function<void(const std::string& place,
                             const std::function<std::shared_ptr<store::Store>()>& open)>& work) {
  const std::string database = NewPostgresName();
  ScratchPostgres::Get().Query(absl::StrCat("CREATE DATABASE ", database));
  const std::string parameters =
      absl::StrCat("host=", ScratchPostgres::Get().folder(), " user=frontdesk dbname=", database);
  work(absl::StrCat("postgres:", parameters), [&]() -> std::shared_ptr<store::Store> {
    auto opened = store::PostgresStore::Open(parameters);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  });
}

TEST_F(DeskOnPostgresTest, ThreadsAndProcessesClaimEachEffectOnce) {
  WithDatabase(testing::ClaimByThreadsAndProcesses);
}

TEST_F(DeskOnPostgresTest, OfManyProcessesOneGetsEachOutsideId) {
  WithDatabase(testing::GiveIdsByThreadsAndProcesses);
}

}  // namespace
}  // namespace frontdesk
