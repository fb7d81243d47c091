// Many commands at once: the same as one by one.
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/chance.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::Chance;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::RandomCommands;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

CommandWithFacts Ask(const std::string& text, std::int64_t seconds = 0) {
  return {AskInText(text, seconds), {}};
}

std::string TextOf(const absl::StatusOr<v1::Outcome>& result) {
  return result.ok() ? result->SerializeAsString() : GetReason(result.status());
}

// The journal of a desk, and the states of all entities in it.
std::string ContentsOf(const Desk& desk) {
  std::string text;
  LogPage page;
  for (auto records = desk.Journal(page); !records->empty(); records = desk.Journal(page)) {
    for (const v1::JournalRecord& record : *records) {
      page.after = record.sequence();
      absl::StrAppend(&text, record.SerializeAsString(), "\n");
      for (const v1::EventRef& event : record.events()) {
        absl::StrAppend(&text, (*desk.Get(event.entity()))->SerializeAsString(), "\n");
      }
    }
  }
  return text;
}

TEST(ExecuteAllTest, IsTheSameAsOneByOne) {
  const std::uint64_t seed = testing::SeedOfRun();
  Chance chance(seed);
  const std::unique_ptr<Desk> one_by_one = testing::OpenRandomDesk();
  RandomCommands random(&chance, one_by_one.get());
  std::vector<CommandWithFacts> commands;
  std::vector<std::string> expected;
  for (const v1::Command& command : testing::OpeningCommands()) commands.push_back({command, {}});
  for (const CommandWithFacts& each : commands) {
    expected.push_back(TextOf(one_by_one->Execute(each.command, each.facts)));
  }
  for (int i = 0; i < 1'500; ++i) {
    v1::Command command = random.Next();
    v1::Facts facts = random.NextFacts(command);
    commands.push_back({std::move(command), std::move(facts)});
    expected.push_back(TextOf(one_by_one->Execute(commands.back().command, commands.back().facts)));
  }
  for (const int group_size : {1, 7, 256}) {
    const std::unique_ptr<Desk> together = testing::OpenRandomDesk();
    ExecuteAllOptions options;
    options.group_size = group_size;
    std::vector<std::size_t> counts;
    options.progress = [&counts](std::size_t results) {
      counts.push_back(results);
      return true;
    };
    const auto results = together->ExecuteAll(commands, options);
    ASSERT_EQ(results.size(), commands.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      ASSERT_EQ(TextOf(results[i]), expected[i])
          << "seed " << seed << ", group size " << group_size << ", command " << i << "\n"
          << commands[i].command.ShortDebugString();
    }
    EXPECT_EQ(counts.back(), commands.size());
    EXPECT_EQ(ContentsOf(*together), ContentsOf(*one_by_one)) << "seed " << seed;
  }
}

TEST(ExecuteAllTest, EachCommandHasItsOwnVerdict) {
  const auto desk = MustOpen();
  CommandWithFacts keyed = Ask("create_customer { customer_id: 'c9' given_name: 'Ida' }");
  keyed.command.set_idempotency_key("k1");
  CommandWithFacts other = Ask("create_customer { customer_id: 'c8' given_name: 'Eva' }");
  other.command.set_idempotency_key("k1");
  const std::vector<CommandWithFacts> commands = {
      Ask("create_customer { customer_id: 'c1' given_name: 'Ann' }"),
      Ask("create_customer { customer_id: 'c1' given_name: 'Bea' }"),
      Ask("edit_customer { customer_id: 'c1' base_version: 1 given_name: 'Cleo' }"),
      {v1::Command(), {}},
      Ask("edit_customer { customer_id: 'nobody' base_version: 1 given_name: 'Dora' }"),
      keyed,
      keyed,
      other,
  };
  const auto results = desk->ExecuteAll(commands);
  ASSERT_EQ(results.size(), 8u);
  EXPECT_EQ(results[0]->verdict(), v1::VERDICT_DONE);
  EXPECT_THAT(testing::Reasons(*results[1]), ElementsAre("CUSTOMER_EXISTS"));
  EXPECT_EQ(results[2]->verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(GetReason(results[3].status()), kReasonCommandMalformed);
  EXPECT_THAT(testing::Reasons(*results[4]), ElementsAre("CUSTOMER_NOT_FOUND"));
  EXPECT_EQ(results[5]->verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(TextOf(results[6]), TextOf(results[5]));
  EXPECT_EQ(GetReason(results[7].status()), kReasonIdempotencyKeyReused);
  EXPECT_EQ((*desk->Get(testing::CustomerRef("c1")))->customer().given_name(), "Cleo");
  EXPECT_THAT(desk->ExecuteAll({}), IsEmpty());
}

TEST(ExecuteAllTest, ProgressMayEndIt) {
  const auto desk = MustOpen();
  std::vector<CommandWithFacts> commands;
  for (int i = 0; i < 10; ++i) {
    commands.push_back(
        Ask(absl::StrCat("create_customer { customer_id: 'c", i, "' given_name: 'Ann' }")));
  }
  ExecuteAllOptions options;
  options.group_size = 4;
  options.progress = [](std::size_t results) { return results < 8; };
  EXPECT_EQ(desk->ExecuteAll(commands, options).size(), 8u);
  EXPECT_EQ(desk->Journal()->size(), 8u);
  options.group_size = 0;
  const auto refused = desk->ExecuteAll(commands, options);
  ASSERT_EQ(refused.size(), 10u);
  EXPECT_EQ(GetReason(refused[9].status()), kReasonDeskOptionsInvalid);
  // From inside, the desk is not to be called.
  options = {};
  std::string reason;
  options.progress = [&](std::size_t) {
    reason = GetReason(desk->ExecuteAll(commands)[0].status());
    return true;
  };
  desk->ExecuteAll({commands[9]}, options);
  EXPECT_EQ(reason, kReasonDeskReentered);
}

// An activation inside counts from there on.
TEST(ExecuteAllTest, APolicyIsActivatedInBetween) {
  const auto desk = MustOpen();
  const auto refuse = testing::MustCompile(R"pb(
    name: "refuse"
    rule_sets {
      id: "switch"
      decision_points: "ActivatePolicy"
      default_outcome: POLICY_OUTCOME_ALLOW
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_REFUSE })pb");
  const auto allow = desk->policy();
  testing::MustActivate(*desk, refuse, 0);
  testing::MustActivate(*desk, allow, 0);
  CommandWithFacts activate = {testing::By("anna", 1), {}};
  activate.command.mutable_desk()->mutable_activate_policy()->set_desk_id("desk");
  activate.command.mutable_desk()->mutable_activate_policy()->set_policy_hash(refuse->hash());
  const auto results = desk->ExecuteAll(std::vector<CommandWithFacts>{
      Ask("create_customer { customer_id: 'c1' given_name: 'A' }"), activate,
      Ask("create_customer { customer_id: 'c2' given_name: 'B' }")});
  EXPECT_EQ(results[0]->verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(results[1]->verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(results[2]->verdict(), v1::VERDICT_REFUSED);
}

// Threads move money on one account, and create the same customers: nothing is lost, nothing is there twice.
TEST(ExecuteAllTest, ThreadsOnTheSameEntities) {
  constexpr int kThreads = 4;
  constexpr int kCommands = 200;
  const auto desk = MustOpen();
  testing::OpenShop(*desk);
  const std::int64_t before =
      (*desk->Get(testing::AccountRef("gift-1")))->account().balance().units();
  std::atomic<int> done{0}, created{0}, failed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::vector<CommandWithFacts> commands;
      for (int i = 0; i < kCommands; ++i) {
        commands.push_back(
            Ask("credit_account { account_id: 'gift-1' cause: 'top-up' "
                "amount { units: 1 currency_code: 'USD' } }",
                10'000));
        commands.push_back(
            Ask(absl::StrCat("create_customer { customer_id: 'n", i, "' given_name: 'T", t, "' }"),
                10'000));
      }
      ExecuteAllOptions options;
      options.group_size = 16;
      const auto results = desk->ExecuteAll(commands, options);
      for (std::size_t i = 0; i < results.size(); ++i) {
        if (!results[i].ok()) {
          ++failed;
        } else if (results[i]->verdict() == v1::VERDICT_DONE) {
          ++(i % 2 == 0 ? done : created);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(done, kThreads * kCommands);
  EXPECT_EQ(created, kCommands);
  EXPECT_EQ((*desk->Get(testing::AccountRef("gift-1")))->account().balance().units(),
            before + kThreads * kCommands);
}

}  // namespace
}  // namespace frontdesk
