// The part of the contract of stores that is about watches, for stores that have them. Nothing here waits for a time: a commit that is
// missed is a test that never ends.
#include <poll.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/contract.h"
#include "store/rows_testing.h"

namespace frontdesk {
namespace store {
namespace {

// Waits without end.
void Await(const Watch& watch) {
  pollfd waiting = {watch.descriptor(), POLLIN, 0};
  while (::poll(&waiting, 1, -1) != 1) continue;
}

// Reads and waits in turn until the store has the position.
void Follow(const Store& store, Watch& watch, std::int64_t position) {
  while (true) {
    watch.Clear();
    const auto snapshot = store.Read();
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    if ((*snapshot)->position() >= position) return;
    Await(watch);
  }
}

TEST_P(StoreContractTest, AWatchIsReadableFromACommitOn) {
  const auto started = store_->StartWatch();
  if (started.status().code() == absl::StatusCode::kUnimplemented) GTEST_SKIP();
  ASSERT_TRUE(started.ok()) << started.status();
  Watch& watch = **started;
  for (int round = 1; round <= 3; ++round) {
    watch.Clear();
    MustCommit(*store_, OfWrites({Put(1, "a", absl::StrCat(round))}));
    // Until it is cleared, and one is enough for several.
    MustCommit(*store_, OfWrites({}));
    Await(watch);
    Await(watch);
  }
  // A batch without a position changes rows too.
  watch.Clear();
  Batch batch;
  batch.writes = {Put(1, "a", "b")};
  MustCommit(*store_, std::move(batch));
  Await(watch);
}

TEST_P(StoreContractTest, WatchesMissNoCommit) {
  constexpr int kWriters = 3;
  constexpr int kRounds = 200;
  constexpr int kFollowers = 3;
  std::vector<std::unique_ptr<Watch>> watches;
  for (int i = 0; i < kFollowers; ++i) {
    auto started = store_->StartWatch();
    if (started.status().code() == absl::StatusCode::kUnimplemented) GTEST_SKIP();
    ASSERT_TRUE(started.ok()) << started.status();
    watches.push_back(*std::move(started));
  }
  std::vector<std::thread> threads;
  // Each follows one step at a time, as near to the writers as it can.
  for (int i = 0; i < kFollowers; ++i) {
    threads.emplace_back([&, i] {
      for (std::int64_t next = 1; next <= kWriters * kRounds; ++next) {
        Follow(*store_, *watches[i], next);
      }
    });
  }
  for (int i = 0; i < kWriters; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < kRounds; ++round) {
        MustCommit(*store_, OfWrites({Put(1, absl::StrCat(i), absl::StrCat(round))}));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(MustRead(*store_)->position(), kWriters * kRounds);
}

// A writer and a follower in turn: each commit comes when the follower is about to wait, or waits.
TEST_P(StoreContractTest, AFollowerAndAWriterTakeTurns) {
  auto started = store_->StartWatch();
  if (started.status().code() == absl::StatusCode::kUnimplemented) GTEST_SKIP();
  ASSERT_TRUE(started.ok()) << started.status();
  constexpr int kRounds = 300;
  std::atomic<int> followed{0};
  std::thread follower([&] {
    for (int round = 1; round <= kRounds; ++round) {
      Follow(*store_, **started, round);
      followed = round;
    }
  });
  for (int round = 1; round <= kRounds; ++round) {
    MustCommit(*store_, OfWrites({}));
    while (followed < round) std::this_thread::yield();
  }
  follower.join();
}

TEST_P(StoreContractTest, WatchesComeAndGoWhileOthersCommit) {
  {
    const auto started = store_->StartWatch();
    if (started.status().code() == absl::StatusCode::kUnimplemented) GTEST_SKIP();
  }
  std::atomic<bool> is_over{false};
  std::thread writer([&] {
    while (!is_over) MustCommit(*store_, OfWrites({Put(1, "a", "x")}));
  });
  for (int round = 0; round < 50; ++round) {
    auto started = store_->StartWatch();
    ASSERT_TRUE(started.ok()) << started.status();
    Follow(*store_, **started, MustRead(*store_)->position() + 2);
  }
  is_over = true;
  writer.join();
  // One that is left when its store goes.
  auto last = store_->StartWatch();
  ASSERT_TRUE(last.ok()) << last.status();
  store_ = nullptr;
  (*last)->Clear();
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
