#include <poll.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/store/store.h"
#include "gtest/gtest.h"
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
