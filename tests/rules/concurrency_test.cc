// One rule set, asked by many threads, also while the set in use is exchanged.
#include <atomic>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/rules/rule_set.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

constexpr int kThreads = 8;

std::shared_ptr<const RuleSet> MakeSet(int threshold) {
  return testing::MustCompile(absl::StrCat(R"cel(
    id: 'set' default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: 'many' order: 1 outcome: POLICY_OUTCOME_REFUSE reason: 'TOO_MUCH'
      condition: "order.total_units > )cel",
                                           threshold,
                                           R"cel( && order.lines.exists(line, line.quantity > 2)"
      details { name: 'products' expression: "order.lines.map(line, line.product_id + '!')" }
    }
    rules { id: 'code' order: 2 outcome: POLICY_OUTCOME_REFUSE reason: 'CODE'
            condition: "order.order_id.matches('^x[0-9]+$')" }
  )cel"));
}

bakery::Input MakeOrder(int number) {
  bakery::Input input;
  input.mutable_order()->set_total_units(number % 20);
  input.mutable_order()->set_order_id(absl::StrCat(number % 3 == 0 ? "x" : "y", number));
  for (int i = 0; i < number % 4; ++i) {
    input.mutable_order()->add_lines()->set_quantity(i + 1);
    input.mutable_order()->mutable_lines(i)->set_product_id(absl::StrCat("p", i));
  }
  return input;
}

TEST(Concurrency, ThreadsShareASetAndAgree) {
  const auto set = MakeSet(10);
  ASSERT_NE(set, nullptr);
  std::vector<bakery::Input> inputs;
  std::vector<std::string> expected;
  for (int i = 0; i < 60; ++i) {
    inputs.push_back(MakeOrder(i));
    expected.push_back(testing::MustDecide(*set, inputs.back()).SerializeAsString());
  }
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      cel::Scratch scratch;
      for (int round = 0; round < 10; ++round) {
        for (size_t i = 0; i < inputs.size(); ++i) {
          const size_t at = (i + static_cast<size_t>(t) * 7) % inputs.size();
          const absl::StatusOr<v1::Decision> decision = set->Decide(inputs[at], {}, scratch);
          if (!decision.ok() || decision->SerializeAsString() != expected[at]) ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// Each of a million decisions is that of the one of two rule sets that was asked, whole. All the
// while the set in use is exchanged for one that was compiled anew.
TEST(Concurrency, AMillionDecisionsWhileTheSetIsSwapped) {
  constexpr int kDecisions = 1'000'000;
  constexpr int kThresholds[] = {5, 12};
  std::vector<bakery::Input> inputs;
  for (int i = 0; i < 60; ++i) inputs.push_back(MakeOrder(i));
  std::string hashes[2];
  std::vector<std::string> expected[2];
  for (int i = 0; i < 2; ++i) {
    const auto set = MakeSet(kThresholds[i]);
    ASSERT_NE(set, nullptr);
    hashes[i] = set->hash();
    for (const bakery::Input& input : inputs) {
      expected[i].push_back(set->Decide(input)->SerializeAsString());
    }
  }
  ASSERT_NE(expected[0], expected[1]);

  std::shared_ptr<const RuleSet> current = MakeSet(kThresholds[0]);
  std::atomic<int> wrong{0}, running{kThreads}, said[2] = {};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      cel::Scratch scratch;
      for (int i = 0; i < kDecisions / kThreads; ++i) {
        const std::shared_ptr<const RuleSet> set = std::atomic_load(&current);
        const int which = set->hash() == hashes[0] ? 0 : 1;
        const size_t at = static_cast<size_t>(i + t * 7) % inputs.size();
        const absl::StatusOr<v1::Decision> decision = set->Decide(inputs[at], {}, scratch);
        if (!decision.ok() || decision->SerializeAsString() != expected[which][at]) ++wrong;
        ++said[which];
      }
      --running;
    });
  }
  int swaps = 0;
  while (running > 0) {
    std::atomic_store(&current, MakeSet(kThresholds[++swaps % 2]));
    std::this_thread::yield();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(said[0] + said[1], kDecisions);
  EXPECT_GT(said[0], 0);
  EXPECT_GT(said[1], 0);
  std::cout << kDecisions << " decisions, " << swaps << " swaps\n";
}

TEST(Concurrency, ASetLivesAsLongAsSomebodyAsksIt) {
  std::shared_ptr<const RuleSet> current = MakeSet(10);
  std::vector<std::thread> threads;
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::atomic<int> decided{0};
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      const bakery::Input input = MakeOrder(7);  // total_units 7, three lines
      DecideOptions options;
      options.trace = TraceLevel::kFired;
      while (!stop) {
        const std::shared_ptr<const RuleSet> set = std::atomic_load(&current);
        const absl::StatusOr<v1::Decision> decision = set->Decide(input, options);
        if (!decision.ok() || decision->rule_set_hash() != set->hash()) ++wrong;
        ++decided;
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    std::atomic_store(&current, MakeSet(i % 2 == 0 ? 5 : 10));
    const int before = decided;
    while (decided == before) std::this_thread::yield();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
