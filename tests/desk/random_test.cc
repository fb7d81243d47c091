// Random commands of every verb: whatever they are, everything that WatchedDesk checks holds.
//
// FRONTDESK_RANDOM_COMMANDS says how many (`./dev test --all`: a million), FRONTDESK_RANDOM_SEED
// repeats a run.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/random_commands.h"
#include "desk/shop.h"
#include "desk/watched_desk.h"
#include "frontdesk/domain/command_info.h"
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
constexpr int kMostTimes = 5;

std::uint64_t NumberFromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string MostOften(const std::map<std::string, int>& reasons) {
  const auto most =
      std::max_element(reasons.begin(), reasons.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == reasons.end() ? "" : absl::StrCat(most->first, " (", most->second, ")");
}

TEST(RandomTest, EveryVerbHasAGenerator) {
  std::vector<std::string> with, all;
  for (const Generator& generator : Generators()) {
    with.emplace_back(domain::VerbName(generator.verb));
    EXPECT_GT(generator.weight, 0) << with.back();
  }
  for (const domain::VerbInfo& verb : domain::Verbs()) all.emplace_back(verb.name);
  EXPECT_EQ(with, all);
}

TEST(RandomTest, WhateverIsAskedEverythingHolds) {
  const std::uint64_t seed =
      NumberFromEnvironment("FRONTDESK_RANDOM_SEED", std::random_device{}() & 0xffffffff);
  const auto wanted =
      static_cast<int>(NumberFromEnvironment("FRONTDESK_RANDOM_COMMANDS", kDefaultCommands));
  std::cout << wanted << " commands, seed " << seed << "\n";
  RecordProperty("seed", std::to_string(seed));
  RecordProperty("commands", std::to_string(wanted));

  std::map<v1::Command::VerbCase, VerdictCounts> counts;
  int given = 0;
  // Longer, if need be, until every verb was done at least once.
  const auto enough = [&] {
    if (given < wanted) return false;
    return given >= kMostTimes * wanted ||
           std::all_of(Generators().begin(), Generators().end(),
                       [&](const Generator& generator) { return counts[generator.verb].done > 0; });
  };
  for (int desks = 0; !enough(); ++desks) {
    std::unique_ptr<Desk> opened = testing::MustOpen(testing::kRandomPolicy);
    for (const v1::Command& command : testing::OpeningCommands()) testing::MustDo(*opened, command);
    WatchedDesk desk(std::move(opened));
    Chance chance(seed + static_cast<std::uint64_t>(desks));
    RandomCommands commands(&chance, &desk.desk());
    for (int i = 0; i < kCommandsPerDesk; ++i, ++given) {
      const v1::Command command = commands.Next();
      ASSERT_EQ(desk.Execute(command, commands.NextFacts()), "")
          << "seed " << seed << ", desk " << desks << ", command " << i;
    }
    ASSERT_EQ(desk.CheckAll(), "") << "seed " << seed << ", desk " << desks;
    for (const auto& [verb, count] : desk.counts()) {
      counts[verb].done += count.done;
      counts[verb].refused += count.refused;
      counts[verb].held += count.held;
      counts[verb].failed += count.failed;
      for (const auto& [reason, times] : count.reasons) counts[verb].reasons[reason] += times;
    }
  }
  std::cout << std::left << std::setw(26) << ""
            << "      done   refused      held    failed  most often refused with\n";
  for (const Generator& generator : Generators()) {
    const VerdictCounts& count = counts[generator.verb];
    std::cout << std::left << std::setw(26) << domain::VerbName(generator.verb) << std::right
              << std::setw(10) << count.done << std::setw(10) << count.refused << std::setw(10)
              << count.held << std::setw(10) << count.failed << "  " << MostOften(count.reasons)
              << "\n";
    if (wanted < kDefaultCommands) continue;
    EXPECT_GT(count.done, 0) << domain::VerbName(generator.verb);
    EXPECT_GT(count.refused, 0) << domain::VerbName(generator.verb);
  }
}

}  // namespace
}  // namespace frontdesk
