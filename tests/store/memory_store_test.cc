#include <poll.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/store/store.h"
#include "gtest/gtest.h"
#include "store/check_batches.h"
#include "store/contract.h"
#include "store/overlay_store.h"

namespace frontdesk {
namespace store {
namespace {

std::shared_ptr<Store> MakeEmptyOverlay() { return MakeOverlayStore(*MakeMemoryStore()->Read()); }

INSTANTIATE_TEST_SUITE_P(Memory, StoreContractTest,
                         ::testing::Values(Kind{"memory", &MakeMemoryStore, nullptr},
                                           Kind{"overlay", &MakeEmptyOverlay, nullptr}),
                         [](const auto& info) { return info.param.name; });

TEST(StoreTest, ALinkIsTheHashOfTheLinkBeforeAndTheDigest) {
  // printf of 32 bytes of zero and 32 times "a", by sha256sum.
  EXPECT_EQ(absl::BytesToHexString(NextLink(FirstLink(), std::string(kLinkBytes, 'a'))),
            "02e1135630209abf08d0402d579a5282ed2b5b50bb51ee0ed1450792d5d979a0");
  EXPECT_EQ(FirstLink(), std::string(kLinkBytes, '\0'));
}

TEST(StoreTest, ADigestIsTheHashOfTheLateValue) {
  // printf "entry 0" | sha256sum
  EXPECT_EQ(absl::BytesToHexString(DigestOf("entry 0")),
            "69913a97e9f931ceb9b11fdfba1532fa43a6f7064b95cb398c64e422a5dc96e8");
}

// Values are shared, not copied.
TEST(MemoryStoreTest, AValueIsTheOneThatWasWritten) {
  const auto store = MakeMemoryStore();
  const Value value = MakeValue(std::string(1 << 20, 'x'));
  Batch batch;
  batch.writes.push_back({{1, "a"}, value, Write::Position::kNowhere});
  ASSERT_TRUE(store->Commit({std::move(batch)}).ok());
  const auto clone = *store->Clone();
  EXPECT_EQ(*(*clone->Read())->Get({1, "a"}), value);
}

// "entry N", and how often it was made.
class LateEntry : public LateValue {
 public:
  LateEntry(int number, std::atomic<int>* made)
      : text_(absl::StrCat("entry ", number)), made_(*made) {}
  std::string Make() const override {
    ++made_;
    return text_;
  }
  std::size_t size() const override { return text_.size(); }

 private:
  const std::string text_;
  std::atomic<int>& made_;
};

Batch LateBatch(int number, std::atomic<int>* made) {
  Batch batch;
  batch.writes.push_back({{9, ""}, MakeValue(""), Write::Position::kBehindKeyLinkBehindValue});
  batch.late_value = std::make_shared<LateEntry>(number, made);
  return batch;
}

// The links of `LateBatch` 0 and those that follow.
std::vector<std::string> LinksOf(int batches) {
  std::vector<std::string> links = {FirstLink()};
  for (int i = 0; i < batches; ++i) {
    links.push_back(NextLink(links.back(), DigestOf(absl::StrCat("entry ", i))));
  }
  return links;
}

TEST(MemoryStoreTest, ALateValueIsMadeWhenItIsRead) {
  const auto store = MakeMemoryStore();
  ASSERT_TRUE(store->TakesLateValues());
  std::atomic<int> made{0};
  std::vector<std::shared_ptr<const Snapshot>> snapshots = {*store->Read()};
  constexpr int kBatches = 40;
  for (int i = 0; i < kBatches; ++i) {
    ASSERT_TRUE(store->Commit({LateBatch(i, &made)}).ok());
    snapshots.push_back(*store->Read());
    ASSERT_EQ(*snapshots.back()->Get({1, "other"}), nullptr);
  }
  EXPECT_EQ(made, 0);
  const std::vector<std::string> links = LinksOf(kBatches);
  // Not in the order of their commits.
  for (const int at : {7, 3, 40, 0}) EXPECT_EQ(snapshots[at]->link(), links[at]);
  EXPECT_EQ(made, kBatches);
  for (int i = 0; i < kBatches; ++i) {
    const Value value = *snapshots.back()->Get({9, EncodePosition(i + 1)});
    EXPECT_EQ(*value, absl::StrCat("entry ", i) + links[i + 1]);
  }
  EXPECT_EQ(snapshots[5]->Scan({9, "", absl::nullopt}, 100)->size(), 5);
  EXPECT_EQ(made, kBatches);
}

// A batch may expect a late value that was read, and the row of a batch before it.
TEST(MemoryStoreTest, ALateValueCanBeExpected) {
  const auto store = MakeMemoryStore();
  std::atomic<int> made{0};
  const std::vector<std::string> links = LinksOf(3);
  ASSERT_TRUE(store->Commit({LateBatch(0, &made)}).ok());
  Batch second = LateBatch(1, &made);
  second.expectations.push_back({{9, EncodePosition(1)}, MakeValue("entry 0" + links[1])});
  Batch third = LateBatch(2, &made);
  third.expectations.push_back({{9, EncodePosition(2)}, MakeValue("entry 1" + links[2])});
  Batch none = LateBatch(3, &made);
  none.expectations.push_back({{9, EncodePosition(2)}, MakeValue("entry 1")});
  std::vector<Batch> batches;
  for (Batch* const batch : {&second, &third, &none}) batches.push_back(std::move(*batch));
  const auto results = store->Commit(std::move(batches));
  ASSERT_TRUE(results.ok());
  EXPECT_TRUE((*results)[0].is_committed);
  EXPECT_TRUE((*results)[1].is_committed);
  EXPECT_FALSE((*results)[2].is_committed);
  EXPECT_EQ((*store->Read())->link(), links[3]);
}

// A clone, and digests between late values, here without a row, and so without a position.
TEST(MemoryStoreTest, LateValuesAndDigestsAreOneChain) {
  const auto store = MakeMemoryStore();
  std::atomic<int> made{0};
  ASSERT_TRUE(store->Commit({LateBatch(0, &made)}).ok());
  Batch digest;
  digest.digest = DigestOf("entry 1");
  ASSERT_TRUE(store->Commit({std::move(digest)}).ok());
  const auto clone = *store->Clone();
  for (const auto& each : {store, clone}) {
    ASSERT_TRUE(each->Commit({LateBatch(2, &made)}).ok());
    EXPECT_EQ((*each->Read())->link(), LinksOf(3)[3]);
  }
  EXPECT_EQ(*(*(*clone->Read())->Get({9, EncodePosition(2)})), "entry 2" + LinksOf(3)[3]);
}

TEST(MemoryStoreTest, ALateValueIsTheOnlyOne) {
  const auto store = MakeMemoryStore();
  std::atomic<int> made{0};
  Batch with_digest = LateBatch(0, &made);
  with_digest.digest = std::string(kLinkBytes, 'a');
  Batch with_value = LateBatch(0, &made);
  with_value.writes[0].value = MakeValue("x");
  for (Batch* const batch : {&with_digest, &with_value}) {
    EXPECT_EQ(store->Commit({std::move(*batch)}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  const auto overlay = MakeEmptyOverlay();
  EXPECT_FALSE(overlay->TakesLateValues());
  EXPECT_EQ(overlay->Commit({LateBatch(0, &made)}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

// Threads that commit, and threads that read the chain meanwhile.
TEST(MemoryStoreTest, LateValuesOfManyThreads) {
  constexpr int kThreads = 3;
  constexpr int kBatches = 300;
  const auto store = MakeMemoryStore();
  std::atomic<int> made{0};
  std::atomic<int> faults{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < kBatches; ++k) {
        if (!store->Commit({LateBatch(0, &made)}).ok()) ++faults;
      }
    });
    threads.emplace_back([&] {
      for (int k = 0; k < kBatches / 10; ++k) {
        const auto snapshot = *store->Read();
        const auto rows = *snapshot->Scan({9, "", absl::nullopt}, kThreads * kBatches);
        std::string link = FirstLink();
        for (const Row& row : rows) {
          link = NextLink(link, DigestOf("entry 0"));
          if (*row.value != "entry 0" + link) ++faults;
        }
        if (snapshot->link() != link) ++faults;
        if (k % 10 == 0 && (*(*store->Clone())->Read())->link() == FirstLink() && !rows.empty()) {
          ++faults;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(faults, 0);
  (*store->Read())->link();
  EXPECT_EQ(made, kThreads * kBatches);
}

// However often a row changes while somebody reads.
TEST(MemoryStoreTest, ALongReadKeepsItsMoment) {
  constexpr int kChanges = 300'000;
  const auto store = MakeMemoryStore();
  const auto put = [&store](int number) {
    Batch batch;
    batch.writes.push_back({{1, "a"}, MakeValue(absl::StrCat(number)), Write::Position::kNowhere});
    ASSERT_TRUE(store->Commit({std::move(batch)}).ok());
  };
  const auto value_in = [](const Snapshot& snapshot) { return **snapshot.Get({1, "a"}); };
  put(-1);
  auto first = *store->Read();
  std::shared_ptr<const Snapshot> middle;
  for (int i = 0; i < kChanges; ++i) {
    put(i);
    if (i == kChanges / 2) middle = *store->Read();
  }
  EXPECT_EQ(value_in(*first), "-1");
  EXPECT_EQ(value_in(*middle), absl::StrCat(kChanges / 2));
  first = nullptr;
  EXPECT_EQ(value_in(*middle), absl::StrCat(kChanges / 2));
  middle = nullptr;
  EXPECT_EQ(value_in(**store->Read()), absl::StrCat(kChanges - 1));
}

// Readers of different moments, one after the other, while values change: what nobody reads any more is released.
TEST(MemoryStoreTest, ValuesAreReleasedWhenNobodyReadsThem) {
  const auto store = MakeMemoryStore();
  std::vector<std::weak_ptr<const std::string>> values;
  std::vector<std::shared_ptr<const Snapshot>> snapshots;
  const auto write = [&](Value value) {
    Batch batch;
    batch.writes.push_back({{1, "a"}, std::move(value), Write::Position::kNowhere});
    ASSERT_TRUE(store->Commit({std::move(batch)}).ok());
    snapshots.push_back(*store->Read());
  };
  for (int i = 0; i < 20; ++i) {
    const Value value = MakeValue(absl::StrCat(i));
    values.push_back(value);
    write(value);
    // Two moments are read at a time.
    if (snapshots.size() > 2) snapshots.erase(snapshots.begin());
    for (int k = 0; k <= i; ++k) EXPECT_EQ(values[k].expired(), k < i - 1) << i << " " << k;
  }
  write(nullptr);
  snapshots.clear();
  EXPECT_TRUE(values.back().expired());
  EXPECT_TRUE((*store->Read())->Scan(RangeOf(1, ""), 10)->empty());
  const auto clone = *store->Clone();
  EXPECT_TRUE((*clone->Read())->Scan(RangeOf(1, ""), 10)->empty());
}

#ifdef __linux__

TEST(MemoryStoreTest, AWatchIsReadableAfterCommitsAlone) {
  const auto store = MakeMemoryStore();
  const auto put = [](Store& into) {
    Batch batch;
    batch.writes.push_back({{1, "a"}, MakeValue("x"), Write::Position::kNowhere});
    ASSERT_TRUE(into.Commit({std::move(batch)}).ok());
  };
  const auto first = *store->StartWatch(), second = *store->StartWatch();
  const auto is_readable = [](const Watch& watch) {
    pollfd waiting = {watch.descriptor(), POLLIN, 0};
    return ::poll(&waiting, 1, 0) == 1;
  };
  EXPECT_FALSE(is_readable(*first));
  for (int round = 0; round < 3; ++round) {
    put(*store);
    put(*store);
    EXPECT_TRUE(is_readable(*first));
    first->Clear();
    EXPECT_FALSE(is_readable(*first));
    EXPECT_TRUE(is_readable(*second));
  }
  put(**store->Clone());
  ASSERT_TRUE(store->Read().ok());
  EXPECT_FALSE(is_readable(*first));
}

#endif  // __linux__

// A clone has no part in the older values of its store.
TEST(MemoryStoreTest, ACloneReleasesWhatOnlyItsStoreReads) {
  auto store = MakeMemoryStore();
  const auto commit = [](Store& to, const char* key, Value value) {
    Batch batch;
    batch.writes.push_back({{1, key}, std::move(value), Write::Position::kNowhere});
    ASSERT_TRUE(to.Commit({std::move(batch)}).ok());
  };
  Value value = MakeValue("1");
  const std::weak_ptr<const std::string> watched = value;
  commit(*store, "a", std::move(value));
  commit(*store, "b", MakeValue("b"));
  auto snapshot = *store->Read();
  commit(*store, "a", nullptr);
  const auto clone = *store->Clone();
  EXPECT_EQ(*(*clone->Read())->Get({1, "a"}), nullptr);
  EXPECT_EQ((*clone->Read())->Scan(RangeOf(1, ""), 10)->size(), 1u);
  EXPECT_EQ(**snapshot->Get({1, "a"}), "1");
  snapshot = nullptr;
  store = nullptr;
  EXPECT_TRUE(watched.expired());
  EXPECT_EQ(**(*clone->Read())->Get({1, "b"}), "b");
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
