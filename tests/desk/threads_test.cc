#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AccountRef;
using ::frontdesk::testing::By;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;

constexpr int kThreads = 8;
constexpr int kCommands = 40;

void RunThreads(const std::function<void(int)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

v1::Command Credit(std::int64_t units) {
  v1::Command command = By("anna");
  command.mutable_account()->mutable_credit_account()->set_account_id("gift-1");
  command.mutable_account()->mutable_credit_account()->mutable_amount()->set_units(units);
  command.mutable_account()->mutable_credit_account()->mutable_amount()->set_currency_code("USD");
  command.mutable_account()->mutable_credit_account()->set_cause("top-up");
  return command;
}

TEST(ThreadsTest, EveryCommandCountsOnce) {
  std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  const std::int64_t before = (*desk->Get(AccountRef("gift-1")))->account().balance().units();
  std::atomic<int> done{0};
  RunThreads([&](int) {
    for (int i = 0; i < kCommands; ++i) {
      const auto outcome = desk->Execute(Credit(1));
      if (outcome.ok() && outcome->verdict() == v1::VERDICT_DONE) ++done;
    }
  });
  EXPECT_EQ(done, kThreads * kCommands);
  EXPECT_EQ((*desk->Get(AccountRef("gift-1")))->account().balance().units(),
            before + kThreads * kCommands);
  LogPage page;
  page.page_size = 10'000;
  const auto journal = desk->Journal(page);
  ASSERT_EQ(journal->size(), 7u + kThreads * kCommands);
  for (std::size_t i = 0; i < journal->size(); ++i) {
    EXPECT_EQ((*journal)[i].sequence(), static_cast<std::int64_t>(i) + 2);
    if (i > 0) {
      EXPECT_LT((*journal)[i - 1].record_id(), (*journal)[i].record_id())
          << "ids sort as the journal";
    }
  }
}

TEST(ThreadsTest, OneKeyOneEffect) {
  std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  const std::int64_t before = (*desk->Get(AccountRef("gift-1")))->account().balance().units();
  std::vector<std::string> outcomes(kThreads);
  RunThreads([&](int thread) {
    v1::Command command = Credit(1);
    command.set_idempotency_key("the one");
    const auto outcome = desk->Execute(command);
    if (outcome.ok()) outcomes[thread] = outcome->SerializeAsString();
  });
  EXPECT_EQ(std::set<std::string>(outcomes.begin(), outcomes.end()).size(), 1u);
  EXPECT_NE(outcomes[0], "");
  EXPECT_EQ((*desk->Get(AccountRef("gift-1")))->account().balance().units(), before + 1);
}

TEST(ThreadsTest, ForksRunSideBySide) {
  std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  std::vector<std::string> outcomes(kThreads);
  RunThreads([&](int thread) {
    for (int i = 0; i < kCommands; ++i) {
      const auto fork = desk->Fork(std::make_shared<SequenceIdSource>("f"));
      if (!fork.ok()) return;
      const auto outcome = (*fork)->Execute(testing::CancelOrder("o2"));
      if (outcome.ok()) outcomes[thread] = outcome->SerializeAsString();
    }
  });
  EXPECT_EQ(std::set<std::string>(outcomes.begin(), outcomes.end()).size(), 1u);
  EXPECT_NE(outcomes[0], "");
}

}  // namespace
}  // namespace frontdesk
