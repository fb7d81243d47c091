// The part of the contract of stores that is about threads.
#include <atomic>
#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "store/contract.h"
#include "store/rows_testing.h"

namespace frontdesk {
namespace store {
namespace {

// Writers that count in the same row, and readers of two rows that are always equal.
TEST_P(StoreContractTest, ThreadsSeeWholeBatches) {
  constexpr int kWriters = 3;
  constexpr int kRounds = 150;
  MustCommit(*store_, OfWrites({Put(1, "a", "0"), Put(1, "z", "0")}));
  std::atomic<bool> is_over{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < kWriters; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < kRounds;) {
        const std::string before = Get(*store_, 1, "a");
        const std::string after = absl::StrCat(std::stoi(before) + 1);
        Batch batch = OfWrites({Put(1, "a", after), Put(1, absl::StrCat("m", i, "-", round), "x"),
                                Put(1, "z", after)});
        batch.expectations = {{{1, "a"}, MakeValue(before)}};
        round += MustCommit(*store_, std::move(batch)).is_committed;
      }
    });
  }
  std::thread reader([&] {
    std::int64_t last = 0;
    while (!is_over) {
      const auto snapshot = MustRead(*store_);
      EXPECT_EQ(Get(*snapshot, 1, "a"), Get(*snapshot, 1, "z"));
      EXPECT_EQ(Scan(*snapshot, RangeOf(1, "m"), 10'000).size(),
                static_cast<std::size_t>(std::stoi(Get(*snapshot, 1, "a"))));
      EXPECT_GE(snapshot->position(), last);
      last = snapshot->position();
    }
  });
  for (std::thread& thread : threads) thread.join();
  is_over = true;
  reader.join();
  EXPECT_EQ(Get(*store_, 1, "a"), absl::StrCat(kWriters * kRounds));
  EXPECT_EQ(MustRead(*store_)->position(), kWriters * kRounds + 1);
}

// Many calls at once, each of several batches: one of each call fails, and the others get their positions.
TEST_P(StoreContractTest, ThreadsGetEveryPositionOnce) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 40;
  std::vector<std::vector<std::int64_t>> positions(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        const std::string key = absl::StrCat(i, "-", round);
        Batch failing = OfWrites({Put(2, key, "never")});
        failing.expectations = {{{1, key}, nullptr}};
        const auto results = store_->Commit({OfWrites({Put(1, key, "first")}), std::move(failing),
                                             OfWrites({Put(3, key, "last")})});
        ASSERT_TRUE(results.ok()) << results.status();
        ASSERT_EQ(results->size(), 3u);
        EXPECT_FALSE((*results)[1].is_committed);
        EXPECT_GT((*results)[2].position, (*results)[0].position);
        positions[i].push_back((*results)[0].position);
        positions[i].push_back((*results)[2].position);
        // A commit that has returned is in every snapshot that is made later.
        const auto snapshot = MustRead(*store_);
        EXPECT_GE(snapshot->position(), (*results)[2].position);
        EXPECT_EQ(Get(*snapshot, 3, key), "last");
        EXPECT_EQ(Get(*snapshot, 2, key), "<none>");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::int64_t> all;
  for (const auto& each : positions) all.insert(each.begin(), each.end());
  EXPECT_EQ(all.size(), static_cast<std::size_t>(2 * kThreads * kRounds));
  EXPECT_EQ(*all.begin(), 1);
  EXPECT_EQ(*all.rbegin(), 2 * kThreads * kRounds);
  // The rows that have their position behind the key say the same.
  EXPECT_EQ(Scan(*MustRead(*store_), {9, "", absl::nullopt}, 10'000).size(), all.size());
}

TEST_P(StoreContractTest, OneSnapshotIsReadByManyThreads) {
  std::vector<Write> writes;
  for (int i = 0; i < 300; ++i) writes.push_back(Put(1, absl::StrCat(1'000 + i), absl::StrCat(i)));
  MustCommit(*store_, OfWrites(std::move(writes)));
  const auto snapshot = MustRead(*store_);
  const std::vector<std::string> all = Scan(*snapshot, {1, "", absl::nullopt}, 1'000);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 50; ++round) {
        EXPECT_EQ(Scan(*snapshot, {1, "", absl::nullopt}, 1'000), all);
        EXPECT_EQ(Get(*snapshot, 1, absl::StrCat(1'000 + round * 4 + i)),
                  absl::StrCat(round * 4 + i));
        // Others write meanwhile.
        if (round % 10 == i) MustCommit(*store_, OfWrites({Put(1, absl::StrCat(round), "new")}));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Scan(*snapshot, {1, "", absl::nullopt}, 1'000), all);
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
