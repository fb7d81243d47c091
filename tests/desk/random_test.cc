// Random commands of every kind: whatever they are, everything that WatchedDesk checks holds.
//
// FRONTDESK_RANDOM_COMMANDS says how many (`./dev test --all`: a million), FRONTDESK_RANDOM_SEED
// repeats a run.
#include <algorithm>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "desk/watched_desk.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/command_options.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::Chance;
using ::frontdesk::testing::Generator;
using ::frontdesk::testing::Generators;
using ::frontdesk::testing::RandomCommands;
using ::frontdesk::testing::VerdictCounts;
using ::frontdesk::testing::WatchedDesk;

constexpr int kDefaultCommands = 20'000;
constexpr int kCommandsPerDesk = 400;
constexpr int kMostTimes = 12;

std::string MostOften(const std::map<std::string, int>& reasons) {
  const auto most =
      std::max_element(reasons.begin(), reasons.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == reasons.end() ? "" : absl::StrCat(most->first, " (", most->second, ")");
}

// Declared by commands, but too rare in random ones to demand it: "command: event or effect".
bool IsRare(const std::string& name) {
  static const auto* const rare = new std::set<std::string>{
      // approval_rounds_test.cc has these.
      "Approve: ApprovalAskedAgain",
      "Approve: ApprovalGranted",
      "Approve: ApprovalClosed",
      "Approve: ApprovalAttempted",
      "ResolveCase: ProposeResolution",
      "ChangeItems: SendRefund",
      "ChangePaymentMethod: CapturePayment",
      "ChangePaymentMethod: SendRefund",
      "RefundOrder: SendRefund",
      // order_cancel_items_test.cc, order_refund_causes_test.cc and the ledger of Python have these.
      "CancelItems: LowerPayment",
      "CancelItems: OrderCanceled",
      "CancelItems: SendRefund",
      "CancelItems: VoidPayment",
      "CancelOrder: LowerPayment",
      "ChangeItems: LowerPayment",
      "ChangeItems: VoidPayment",
      "RecordDispute: WithdrawRefund",
      "RecordPayment: ItemsCanceled",
      "RecordPayment: ItemsLost",
      "RecordPayment: OrderCanceled",
      "RecordPayment: LowerPayment",
      "RecordPayment: VoidPayment",
      "RecordPayment: WithdrawRefund",
      "RefundOrder: ItemsCanceled",
      "RefundOrder: ItemsLost",
      "RefundOrder: LowerPayment",
      "RefundOrder: OrderCanceled",
      "RefundOrder: PaymentRecorded",
      "RefundOrder: VoidPayment",
  };
  return rare->count(name) > 0;
}

// Events and effects that the options of the commands declare, and that did not happen.
std::vector<std::string> Missing(
    const std::map<const domain::CommandInfo*, VerdictCounts>& counts) {
  std::vector<std::string> missing;
  const auto look = [&](const domain::CommandInfo& info,
                        const google::protobuf::RepeatedPtrField<std::string>& declared,
                        const std::map<std::string, int>& seen) {
    for (const std::string& name : declared) {
      std::string entry = absl::StrCat(info.name, ": ", name);
      if (seen.count(name) == 0 && !IsRare(entry)) missing.push_back(std::move(entry));
    }
  };
  for (const domain::CommandInfo& info : domain::Commands()) {
    const auto found = counts.find(&info);
    const VerdictCounts count = found == counts.end() ? VerdictCounts() : found->second;
    look(info, info.options->events(), count.events);
    look(info, info.options->effects(), count.effects);
  }
  return missing;
}

void Add(const std::map<std::string, int>& more, std::map<std::string, int>* sums) {
  for (const auto& [name, times] : more) (*sums)[name] += times;
}

TEST(RandomTest, EveryCommandHasAGenerator) {
  std::vector<std::string> with, all;
  for (const Generator& generator : Generators()) {
    ASSERT_NE(generator.command, nullptr) << "row " << with.size();
    with.emplace_back(generator.command->name);
    EXPECT_GT(generator.weight, 0) << with.back();
  }
  for (const domain::CommandInfo& info : domain::Commands()) all.emplace_back(info.name);
  EXPECT_EQ(with, all);
}

TEST(RandomTest, WhateverIsAskedEverythingHolds) {
  const std::uint64_t seed = testing::SeedOfRun();
  const auto wanted = static_cast<int>(
      testing::NumberFromEnvironment("FRONTDESK_RANDOM_COMMANDS", kDefaultCommands));
  std::cout << wanted << " commands\n";
  RecordProperty("seed", std::to_string(seed));
  RecordProperty("commands", std::to_string(wanted));

  std::map<const domain::CommandInfo*, VerdictCounts> counts;
  int given = 0;
  // Longer, if need be, until every command was done at least once, with everything that it declares.
  const auto enough = [&] {
    if (given < wanted) return false;
    return given >= kMostTimes * wanted ||
           (Missing(counts).empty() &&
            std::all_of(Generators().begin(), Generators().end(), [&](const Generator& generator) {
              return counts[generator.command].done > 0;
            }));
  };
  for (int desks = 0; !enough(); ++desks) {
    std::unique_ptr<Desk> opened = testing::OpenRandomDesk();
    for (const v1::Command& command : testing::OpeningCommands()) testing::MustDo(*opened, command);
    WatchedDesk desk(std::move(opened));
    Chance chance(seed + static_cast<std::uint64_t>(desks));
    RandomCommands commands(&chance, &desk.desk());
    for (int i = 0; i < kCommandsPerDesk; ++i, ++given) {
      const v1::Command command = commands.Next();
      ASSERT_EQ(desk.Execute(command, commands.NextFacts(command)), "")
          << "seed " << seed << ", desk " << desks << ", command " << i;
    }
    ASSERT_EQ(desk.CheckAll(), "") << "seed " << seed << ", desk " << desks;
    for (const auto& [command, count] : desk.counts()) {
      VerdictCounts& sums = counts[command];
      sums.done += count.done;
      sums.refused += count.refused;
      sums.held += count.held;
      sums.failed += count.failed;
      Add(count.reasons, &sums.reasons);
      Add(count.events, &sums.events);
      Add(count.effects, &sums.effects);
    }
  }
  std::cout << std::left << std::setw(26) << ""
            << "      done   refused      held    failed  most often refused with\n";
  for (const Generator& generator : Generators()) {
    const VerdictCounts& count = counts[generator.command];
    std::cout << std::left << std::setw(26) << generator.command->name << std::right
              << std::setw(10) << count.done << std::setw(10) << count.refused << std::setw(10)
              << count.held << std::setw(10) << count.failed << "  " << MostOften(count.reasons)
              << "\n";
    if (wanted < kDefaultCommands) continue;
    EXPECT_GT(count.done, 0) << generator.command->name;
    EXPECT_GT(count.refused, 0) << generator.command->name;
  }
  if (wanted >= kDefaultCommands) {
    EXPECT_THAT(Missing(counts), ::testing::IsEmpty());
  }
}

}  // namespace
}  // namespace frontdesk
