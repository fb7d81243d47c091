// Following a desk: pages, positions, and a descriptor that misses nothing. Nothing here waits for a time.
#include "frontdesk/desk/subscription.h"

#include <poll.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Command CreateSubscriber(const std::string& customer_id) {
  v1::Command command = testing::By("anna");
  command.mutable_customer()->mutable_create_customer()->set_customer_id(customer_id);
  command.mutable_customer()->mutable_create_customer()->set_given_name("Ann");
  return command;
}

std::unique_ptr<Subscription> MustSubscribe(const Desk& desk, std::int64_t position) {
  auto subscription = desk.Subscribe(position);
  EXPECT_TRUE(subscription.ok()) << subscription.status();
  return subscription.ok() ? *std::move(subscription) : nullptr;
}

std::vector<std::int64_t> ReadPositions(Subscription& subscription, int page_size = 1'000) {
  const auto changes = subscription.Read(page_size);
  EXPECT_TRUE(changes.ok()) << changes.status();
  std::vector<std::int64_t> positions;
  if (!changes.ok()) return positions;
  for (const v1::LogChange& change : *changes) positions.push_back(change.entry().position());
  return positions;
}

// A store of the host in memory that cannot be watched, may call a function, and may fail.
class HostStore final : public store::Store {
 public:
  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override {
    if (inside) inside();
    if (fails) return absl::UnavailableError("the store is away");
    return store_->Read();
  }
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override {
    return store_->Commit(std::move(batches));
  }
  std::function<void()> inside;
  bool fails = false;

 private:
  std::shared_ptr<store::Store> store_ = store::MakeMemoryStore();
};

TEST(SubscriptionTest, ReadsPageAfterPage) {
  const auto desk = testing::MustOpen();
  const auto subscription = MustSubscribe(*desk, 0);
  EXPECT_THAT(ReadPositions(*subscription), ElementsAre(1));
  EXPECT_THAT(ReadPositions(*subscription), IsEmpty());
  for (int i = 0; i < 5; ++i) testing::MustDo(*desk, CreateSubscriber(absl::StrCat("c", i)));
  EXPECT_EQ(subscription->position(), 1);
  EXPECT_THAT(ReadPositions(*subscription, 2), ElementsAre(2, 3));
  EXPECT_EQ(subscription->position(), 3);
  // Another one goes on from there.
  const auto next = MustSubscribe(*desk, subscription->position());
  EXPECT_THAT(ReadPositions(*next), ElementsAre(4, 5, 6));
  EXPECT_THAT(ReadPositions(*subscription), ElementsAre(4, 5, 6));
  const auto change = subscription->Read();
  ASSERT_TRUE(change.ok());
  EXPECT_THAT(*change, IsEmpty());
  EXPECT_EQ(subscription->position(), 6);
}

TEST(SubscriptionTest, AReaderFollowsADesk) {
  ReaderOptions options;
  options.store = store::MakeMemoryStore();
  const auto desk = testing::MustOpen(testing::kAllowAll, options.store);
  const auto reader = Reader::Open(std::move(options));
  ASSERT_TRUE(reader.ok()) << reader.status();
  const auto subscription = (*reader)->Subscribe(1);
  ASSERT_TRUE(subscription.ok()) << subscription.status();
  EXPECT_THAT(ReadPositions(**subscription), IsEmpty());
  const v1::Outcome done = testing::MustDo(*desk, CreateSubscriber("c"));
  const auto changes = (*subscription)->Read();
  ASSERT_TRUE(changes.ok()) << changes.status();
  ASSERT_EQ(changes->size(), 1u);
  EXPECT_EQ(changes->front().record().record_id(), done.record_id());
  ASSERT_EQ(changes->front().events_size(), 1);
  EXPECT_EQ(changes->front().events(0).SerializeAsString(), done.events(0).SerializeAsString());
}

TEST(SubscriptionTest, APositionIsOneOfTheLog) {
  const auto desk = testing::MustOpen();
  for (const std::int64_t position : {std::int64_t{-1}, std::int64_t{2}, INT64_MIN, INT64_MAX}) {
    const auto subscription = desk->Subscribe(position);
    EXPECT_EQ(GetReason(subscription.status()), "SUBSCRIPTION_POSITION_UNKNOWN") << position;
  }
  EXPECT_TRUE(desk->Subscribe(1).ok());
}

TEST(SubscriptionTest, AStoreThatCannotBeWatchedIsRead) {
  const auto store = std::make_shared<HostStore>();
  const auto desk = testing::MustOpen(testing::kAllowAll, store);
  const auto subscription = MustSubscribe(*desk, 0);
  EXPECT_EQ(GetReason(subscription->descriptor().status()), "STORE_NOT_WATCHABLE");
  EXPECT_THAT(ReadPositions(*subscription), ElementsAre(1));
  testing::MustDo(*desk, CreateSubscriber("c"));
  // A read that fails moves nothing.
  store->fails = true;
  EXPECT_EQ(GetReason(subscription->Read().status()), "STORE_UNAVAILABLE");
  store->fails = false;
  EXPECT_THAT(ReadPositions(*subscription), ElementsAre(2));
}

TEST(SubscriptionTest, AStoreThatReadsItsSubscriptionIsRefused) {
  const auto store = std::make_shared<HostStore>();
  const auto desk = testing::MustOpen(testing::kAllowAll, store);
  const auto subscription = MustSubscribe(*desk, 0);
  std::vector<std::string> reasons;
  store->inside = [&] {
    reasons.push_back(GetReason(subscription->Read().status()));
    reasons.push_back(GetReason(subscription->descriptor().status()));
    EXPECT_EQ(subscription->position(), 0);
  };
  EXPECT_THAT(ReadPositions(*subscription), ElementsAre(1));
  EXPECT_THAT(reasons, ElementsAre("DESK_REENTERED", "DESK_REENTERED"));
}

#ifdef __linux__

bool IsReadable(int descriptor) {
  pollfd waiting = {descriptor, POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 1;
}

TEST(SubscriptionTest, TheDescriptorIsReadableWhileThereIsSomethingToRead) {
  const auto desk = testing::MustOpen();
  const auto subscription = MustSubscribe(*desk, 0);
  const absl::StatusOr<int> descriptor = subscription->descriptor();
  ASSERT_TRUE(descriptor.ok()) << descriptor.status();
  EXPECT_EQ(*subscription->descriptor(), *descriptor);
  // The log of before.
  EXPECT_TRUE(IsReadable(*descriptor));
  EXPECT_THAT(ReadPositions(*subscription), ElementsAre(1));
  EXPECT_FALSE(IsReadable(*descriptor));
  for (int i = 0; i < 3; ++i) testing::MustDo(*desk, CreateSubscriber(absl::StrCat("c", i)));
  // Pages that leave something, and the last one.
  for (std::int64_t position = 2; position <= 4; ++position) {
    EXPECT_TRUE(IsReadable(*descriptor));
    EXPECT_THAT(ReadPositions(*subscription, 1), ElementsAre(position));
  }
  EXPECT_FALSE(IsReadable(*descriptor));
  EXPECT_THAT(ReadPositions(*subscription), IsEmpty());
  EXPECT_FALSE(IsReadable(*descriptor));
}

// One that is asked for late, and one that waits while a fork goes its own way.
TEST(SubscriptionTest, EachSubscriptionHasItsOwnDescriptor) {
  const auto desk = testing::MustOpen();
  const auto first = MustSubscribe(*desk, 1), second = MustSubscribe(*desk, 1);
  const int one = *first->descriptor(), two = *second->descriptor();
  EXPECT_NE(one, two);
  EXPECT_THAT(ReadPositions(*first), IsEmpty());
  EXPECT_THAT(ReadPositions(*second), IsEmpty());
  const auto fork = *desk->Fork();
  testing::MustDo(*fork, CreateSubscriber("of the fork"));
  EXPECT_FALSE(IsReadable(one));
  testing::MustDo(*desk, CreateSubscriber("c"));
  EXPECT_TRUE(IsReadable(one));
  EXPECT_THAT(ReadPositions(*first), ElementsAre(2));
  EXPECT_FALSE(IsReadable(one));
  EXPECT_TRUE(IsReadable(two));
}

// Readers wait without end and read a page of one or a few; each change goes to one of them.
TEST(SubscriptionTest, ThreadsThatWaitMissNothing) {
  constexpr int kWriters = 3;
  constexpr int kRounds = 60;
  constexpr int kReaders = 3;
  constexpr std::int64_t kAll = 1 + kWriters * kRounds;
  const auto store = store::MakeMemoryStore();
  const auto desk = testing::MustOpen(testing::kAllowAll, store);
  const auto other = testing::MustOpen(testing::kAllowAll, store);
  const auto shared = MustSubscribe(*other, 0);
  std::mutex mutex;
  std::vector<std::int64_t> together;
  std::vector<std::thread> threads;
  for (int i = 0; i < kReaders; ++i) {
    threads.emplace_back([&, i] {
      const auto own = MustSubscribe(*desk, 0);
      pollfd waiting = {*own->descriptor(), POLLIN, 0};
      std::vector<std::int64_t> positions;
      while (positions.size() < kAll) {
        while (::poll(&waiting, 1, -1) != 1) continue;
        for (const std::int64_t each : ReadPositions(*own, i + 1)) positions.push_back(each);
      }
      for (std::int64_t position = 1; position <= kAll; ++position) {
        EXPECT_EQ(positions[position - 1], position);
      }
      EXPECT_EQ(own->position(), kAll);
    });
    threads.emplace_back([&] {
      while (shared->position() < kAll) {
        const std::vector<std::int64_t> page = ReadPositions(*shared, 2);
        const std::lock_guard<std::mutex> lock(mutex);
        together.insert(together.end(), page.begin(), page.end());
      }
    });
  }
  for (int i = 0; i < kWriters; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        testing::MustDo(*desk, CreateSubscriber(absl::StrCat(i, "-", round)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::sort(together.begin(), together.end());
  ASSERT_EQ(together.size(), static_cast<std::size_t>(kAll));
  for (std::int64_t position = 1; position <= kAll; ++position) {
    EXPECT_EQ(together[position - 1], position);
  }
}

#endif  // __linux__

}  // namespace
}  // namespace frontdesk
