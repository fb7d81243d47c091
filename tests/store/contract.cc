#include "store/contract.h"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "store/rows_testing.h"

namespace frontdesk {
namespace store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_P(StoreContractTest, AnEmptyStoreHoldsNothing) {
  const auto snapshot = MustRead(*store_);
  EXPECT_EQ(snapshot->position(), 0);
  EXPECT_EQ(Get(*snapshot, 1, "a"), "<none>");
  EXPECT_THAT(Scan(*snapshot, {1, "", absl::nullopt}), IsEmpty());
}

TEST_P(StoreContractTest, RowsAreWrittenChangedAndRemoved) {
  EXPECT_EQ(
      MustCommit(*store_, OfWrites({Put(1, "a", "x"), Put(2, "a", "y"), Put(1, "b", "")})).position,
      1);
  EXPECT_EQ(Get(*store_, 1, "a"), "x");
  EXPECT_EQ(Get(*store_, 2, "a"), "y");
  EXPECT_EQ(Get(*store_, 1, "b"), "");
  EXPECT_EQ(
      MustCommit(*store_, OfWrites({Put(1, "a", "z"), Remove(1, "b"), Remove(1, "c")})).position,
      2);
  EXPECT_EQ(Get(*store_, 1, "a"), "z");
  EXPECT_EQ(Get(*store_, 1, "b"), "<none>");
  EXPECT_EQ(MustRead(*store_)->position(), 2);
  // The last write of a row counts.
  MustCommit(*store_, OfWrites({Put(1, "d", "1"), Remove(1, "d"), Put(1, "d", "2")}));
  EXPECT_EQ(Get(*store_, 1, "d"), "2");
}

TEST_P(StoreContractTest, KeysAreOrderedByteByByte) {
  const std::string zero(1, '\0'), high("\xff"), accent("\xc3\xa9");
  MustCommit(*store_, OfWrites({Put(1, high, "5"), Put(1, "a", "2"), Put(1, accent, "4"),
                                Put(1, zero, "1"), Put(1, "", "0"), Put(1, "ab", "3"),
                                Put(0, "a", "other"), Put(255, "a", "other")}));
  const auto snapshot = MustRead(*store_);
  const std::vector<std::string> all = {"=0",   zero + "=1",   "a=2",
                                        "ab=3", accent + "=4", high + "=5"};
  EXPECT_EQ(Scan(*snapshot, {1, "", absl::nullopt}), all);
  EXPECT_EQ(Scan(*snapshot, {1, "", absl::nullopt}, 100, true),
            std::vector<std::string>(all.rbegin(), all.rend()));
  EXPECT_THAT(Scan(*snapshot, {1, "a", std::string(accent)}), ElementsAre("a=2", "ab=3"));
  EXPECT_THAT(Scan(*snapshot, {1, "a", std::string(accent)}, 100, true),
              ElementsAre("ab=3", "a=2"));
  EXPECT_THAT(Scan(*snapshot, {1, "a", absl::nullopt}, 2), ElementsAre("a=2", "ab=3"));
  EXPECT_THAT(Scan(*snapshot, {1, "", absl::nullopt}, 2, true),
              ElementsAre(high + "=5", accent + "=4"));
  EXPECT_THAT(Scan(*snapshot, {1, "", absl::nullopt}, 0), IsEmpty());
  EXPECT_THAT(Scan(*snapshot, {1, "b", std::string("a")}), IsEmpty());
  EXPECT_THAT(Scan(*snapshot, {255, "", absl::nullopt}), ElementsAre("a=other"));
}

TEST_P(StoreContractTest, PrefixesAreRanges) {
  MustCommit(*store_, OfWrites({Put(1, "a", "1"), Put(1, "a\xff", "2"), Put(1, "a\xff\xff", "3"),
                                Put(1, "b", "4"), Put(1, "\xff", "5"), Put(1, "\xff\xff", "6")}));
  const auto snapshot = MustRead(*store_);
  EXPECT_THAT(Scan(*snapshot, RangeOf(1, "a")), ElementsAre("a=1", "a\xff=2", "a\xff\xff=3"));
  EXPECT_THAT(Scan(*snapshot, RangeOf(1, "a\xff")), ElementsAre("a\xff=2", "a\xff\xff=3"));
  EXPECT_THAT(Scan(*snapshot, RangeOf(1, "\xff")), ElementsAre("\xff=5", "\xff\xff=6"));
  EXPECT_EQ(Scan(*snapshot, RangeOf(1, "")).size(), 6u);
}

TEST_P(StoreContractTest, ABatchIsCommittedOnTheValuesItExpects) {
  MustCommit(*store_, OfWrites({Put(1, "a", "x")}));
  const auto commit = [&](Key key, Value value) {
    Batch batch = OfWrites({Put(1, "written", "w"), Put(1, "a", "changed")});
    batch.expectations = {{{1, "a"}, MakeValue("x")}, {std::move(key), std::move(value)}};
    return MustCommit(*store_, std::move(batch));
  };
  for (const auto& [key, value] : std::vector<std::pair<Key, Value>>{{{1, "a"}, MakeValue("y")},
                                                                     {{1, "a"}, MakeValue("")},
                                                                     {{1, "a"}, nullptr},
                                                                     {{1, "b"}, MakeValue("")},
                                                                     {{2, "a"}, MakeValue("x")}}) {
    const CommitResult result = commit(key, value);
    EXPECT_FALSE(result.is_committed);
    EXPECT_EQ(result.failed, 1u);
    EXPECT_EQ(Get(*store_, 1, "written"), "<none>");
    EXPECT_EQ(Get(*store_, 1, "a"), "x");
    EXPECT_EQ(MustRead(*store_)->position(), 1);
  }
  const CommitResult result = commit({2, "a"}, nullptr);
  EXPECT_TRUE(result.is_committed);
  EXPECT_EQ(result.position, 2);
  EXPECT_EQ(Get(*store_, 1, "a"), "changed");
}

TEST_P(StoreContractTest, ABatchIsCommittedOnTheKeysOfARange) {
  MustCommit(*store_, OfWrites({Put(1, "a1", ""), Put(1, "a2", ""), Put(1, "b", "")}));
  const auto commit = [&](std::vector<std::string> keys) {
    Batch batch = OfWrites({Put(2, "w", "w")});
    batch.expectations = {{{1, "b"}, MakeValue("")}};
    batch.range_expectations = {{RangeOf(1, "a"), std::move(keys)}};
    return MustCommit(*store_, std::move(batch));
  };
  for (const std::vector<std::string>& keys : std::vector<std::vector<std::string>>{
           {}, {"a1"}, {"a2"}, {"a1", "a3"}, {"a1", "a2", "b"}, {"a2", "a1"}}) {
    const CommitResult result = commit(keys);
    EXPECT_FALSE(result.is_committed);
    EXPECT_EQ(result.failed, 1u);
  }
  EXPECT_TRUE(commit({"a1", "a2"}).is_committed);
}

TEST_P(StoreContractTest, BatchesAreCommittedOneAfterAnother) {
  Batch first = OfWrites({Put(1, "a", "1")});
  first.expectations = {{{1, "a"}, nullptr}};
  Batch second = OfWrites({Put(1, "a", "2")});
  second.expectations = {{{1, "a"}, nullptr}};  // Does not hold any more.
  Batch third = OfWrites({Put(1, "b", "3")});
  third.expectations = {{{1, "a"}, MakeValue("1")}};
  const auto results = store_->Commit({first, second, third});
  ASSERT_TRUE(results.ok());
  ASSERT_EQ(results->size(), 3u);
  EXPECT_EQ((*results)[0].position, 1);
  EXPECT_FALSE((*results)[1].is_committed);
  EXPECT_EQ((*results)[2].position, 2);
  EXPECT_EQ(Get(*store_, 1, "a"), "1");
  EXPECT_EQ(Get(*store_, 1, "b"), "3");
}

TEST_P(StoreContractTest, ThePositionGoesWhereItIsWanted) {
  MustCommit(*store_, OfWrites({}));
  Write log = Put(1, "log/", "entry");
  log.position = Write::Position::kBehindKey;
  Write pointer = Put(2, "id", "at ");
  pointer.position = Write::Position::kBehindValue;
  EXPECT_EQ(MustCommit(*store_, OfWrites({log, pointer})).position, 2);
  EXPECT_EQ(Get(*store_, 1, "log/" + EncodePosition(2)), "entry");
  EXPECT_EQ(Get(*store_, 2, "id"), "at " + EncodePosition(2));
  // One that writes no position has none.
  Batch without;
  without.writes = {Put(1, "a", "b")};
  const CommitResult result = MustCommit(*store_, without);
  EXPECT_TRUE(result.is_committed);
  EXPECT_EQ(result.position, 0);
  EXPECT_EQ(MustRead(*store_)->position(), 2);
  EXPECT_EQ(Get(*store_, 1, "a"), "b");
  EXPECT_EQ(DecodePosition(EncodePosition(2)), 2);
  EXPECT_LT(EncodePosition(255), EncodePosition(256));
  EXPECT_EQ(DecodePosition("2"), absl::nullopt);
}

std::string Hex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

// Each digest is linked to the one before, in the order of the commits; a batch that is not committed, or that has none, adds
// nothing.
TEST_P(StoreContractTest, DigestsMakeAChain) {
  const std::string first_digest(kLinkBytes, 'a');
  const std::string second_digest(kLinkBytes, 'b');
  EXPECT_EQ(MustRead(*store_)->link(), FirstLink());
  const auto logged = [](std::string digest) {
    Batch batch;
    batch.writes.push_back(
        {{9, "log"}, MakeValue("entry"), Write::Position::kBehindKeyLinkBehindValue});
    batch.digest = std::move(digest);
    return batch;
  };
  const auto before = MustRead(*store_);
  Batch refused = logged(std::string(kLinkBytes, 'x'));
  refused.expectations.push_back({{1, "a"}, MakeValue("no")});
  std::vector<Batch> batches;
  batches.push_back(logged(first_digest));
  batches.push_back(std::move(refused));
  batches.push_back(OfWrites({Put(1, "b", "1")}));
  batches.push_back(logged(second_digest));
  const auto results = store_->Commit(std::move(batches));
  ASSERT_TRUE(results.ok()) << results.status();
  const std::string first = NextLink(FirstLink(), first_digest);
  const std::string second = NextLink(first, second_digest);
  const auto snapshot = MustRead(*store_);
  EXPECT_EQ(Hex(snapshot->link()), Hex(second));
  EXPECT_EQ(Get(*snapshot, 9, "log" + EncodePosition(1)), "entry" + first);
  EXPECT_EQ(Get(*snapshot, 9, "log" + EncodePosition(3)), "entry" + second);
  EXPECT_EQ(before->link(), FirstLink());
  const auto clone = store_->Clone();
  if (clone.ok()) {
    EXPECT_EQ(MustRead(**clone)->link(), second);
  }
}

TEST_P(StoreContractTest, ALinkNeedsADigest) {
  Batch without;
  without.writes.push_back(
      {{9, ""}, MakeValue("entry"), Write::Position::kBehindKeyLinkBehindValue});
  Batch with_short = OfWrites({});
  with_short.digest = "short";
  Batch removed;
  removed.writes.push_back({{9, ""}, nullptr, Write::Position::kBehindKeyLinkBehindValue});
  removed.digest = std::string(kLinkBytes, 'a');
  for (Batch* const batch : {&without, &with_short, &removed}) {
    EXPECT_EQ(store_->Commit({std::move(*batch)}).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(MustRead(*store_)->position(), 0);
}

TEST_P(StoreContractTest, ASnapshotStaysAsItIs) {
  MustCommit(*store_, OfWrites({Put(1, "a", "1"), Put(1, "b", "1")}));
  const auto before = MustRead(*store_);
  for (int i = 0; i < 200; ++i) {
    MustCommit(*store_, OfWrites({Put(1, absl::StrCat("c", i), "2"), Put(1, "a", "2")}));
  }
  MustCommit(*store_, OfWrites({Remove(1, "b")}));
  EXPECT_EQ(Get(*before, 1, "a"), "1");
  EXPECT_THAT(Scan(*before, {1, "", absl::nullopt}), ElementsAre("a=1", "b=1"));
  EXPECT_EQ(before->position(), 1);
  EXPECT_EQ(Get(*store_, 1, "a"), "2");
}

TEST_P(StoreContractTest, TooLongRowsAreRefusedAndNothingChanges) {
  const auto refused = [&](Batch batch) {
    const auto results = store_->Commit({OfWrites({Put(1, "good", "1")}), std::move(batch)});
    EXPECT_EQ(results.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(Get(*store_, 1, "good"), "<none>");
  };
  refused(OfWrites({Put(1, std::string(kMaxKeyBytes + 1, 'k'), "")}));
  Write behind = Put(1, std::string(kMaxKeyBytes - 7, 'k'), "");
  behind.position = Write::Position::kBehindKey;
  refused(OfWrites({behind}));
  refused(OfWrites({Put(1, "k", std::string(kMaxValueBytes + 1, 'v'))}));
  Write removed = Remove(1, "k");
  removed.position = Write::Position::kBehindValue;
  refused(OfWrites({removed}));
  Batch inverted;
  inverted.range_expectations = {{{1, "b", std::string("a")}, {}}};
  refused(inverted);
  MustCommit(*store_, OfWrites({Put(1, std::string(kMaxKeyBytes, 'k'), "")}));
}

TEST_P(StoreContractTest, AClonePartsFromItsStore) {
  MustCommit(*store_, OfWrites({Put(1, "a", "1")}));
  const auto cloned = store_->Clone();
  if (cloned.status().code() == absl::StatusCode::kUnimplemented) GTEST_SKIP();
  ASSERT_TRUE(cloned.ok());
  Store& clone = **cloned;
  EXPECT_EQ(MustRead(clone)->position(), 1);
  EXPECT_EQ(MustCommit(clone, OfWrites({Put(1, "a", "2")})).position, 2);
  EXPECT_EQ(MustCommit(*store_, OfWrites({Put(1, "b", "3")})).position, 2);
  EXPECT_EQ(Get(*store_, 1, "a"), "1");
  EXPECT_EQ(Get(clone, 1, "a"), "2");
  EXPECT_EQ(Get(clone, 1, "b"), "<none>");
}

// Random batches, snapshots and clones against maps.
TEST_P(StoreContractTest, DoesAsMapsDo) {
  using Rows = std::map<std::pair<std::uint8_t, std::string>, std::string>;
  struct Kept {
    std::shared_ptr<Store> store;
    std::shared_ptr<const Snapshot> snapshot;
    Rows rows;
    std::int64_t position;
  };
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  const auto pick = [&random](int below) { return static_cast<int>(random() % below); };
  // Few keys and many, so that nodes are split and emptied.
  const auto any_key = [&](int spread) {
    std::string key = absl::StrCat(pick(spread));
    if (pick(10) == 0) key += '\xff';
    // Some are the beginnings of others, and some begin alike for long.
    if (pick(4) == 0) key.append(static_cast<std::size_t>(pick(12)), '\0');
    if (pick(3) == 0) key.insert(0, static_cast<std::size_t>(52 + pick(2) * 8), 'k');
    return key;
  };
  const auto compare = [&](const Kept& kept) {
    EXPECT_EQ(kept.snapshot->position(), kept.position);
    const auto table = static_cast<std::uint8_t>(pick(3));
    Range range = {table, any_key(5'000), absl::nullopt};
    if (pick(2) == 0) range.end = any_key(5'000);
    if (pick(4) == 0) range.begin.clear();
    const bool descending = pick(2) == 0;
    std::vector<std::string> expected;
    for (const auto& [key, value] : kept.rows) {
      const bool within = key.first == table && key.second >= range.begin &&
                          (!range.end.has_value() || key.second < *range.end);
      if (within) expected.push_back(absl::StrCat(key.second, "=", value));
    }
    if (descending) std::reverse(expected.begin(), expected.end());
    const auto most = static_cast<std::size_t>(pick(6'000));
    if (expected.size() > most) expected.resize(most);
    EXPECT_EQ(Scan(*kept.snapshot, range, most, descending), expected);
    std::vector<Key> keys;
    std::vector<std::string> values;
    for (int i = pick(40); i > 0; --i) {
      // Some in a row, of any tables, some twice.
      const auto some = kept.rows.lower_bound({static_cast<std::uint8_t>(pick(3)), any_key(5'000)});
      keys.push_back({pick(4) == 0 ? static_cast<std::uint8_t>(pick(3)) : table, any_key(5'000)});
      if (some != kept.rows.end() && pick(2) == 0) {
        keys.back() = {some->first.first, some->first.second};
      }
      if (pick(10) == 0) keys.push_back(keys.front());
    }
    for (const Key& key : keys) {
      const auto found = kept.rows.find({key.table, key.bytes});
      values.push_back(found == kept.rows.end() ? "<none>" : found->second);
    }
    EXPECT_EQ(GetAll(*kept.snapshot, keys), values);
    for (int i = 0; i < 5; ++i) {
      // A key that is there, and one that need not be.
      const auto some = kept.rows.lower_bound({table, any_key(5'000)});
      if (some != kept.rows.end()) {
        EXPECT_EQ(Get(*kept.snapshot, some->first.first, some->first.second), some->second);
      }
      const std::string key = any_key(5'000);
      const auto found = kept.rows.find({table, key});
      EXPECT_EQ(Get(*kept.snapshot, table, key),
                found == kept.rows.end() ? "<none>" : found->second);
    }
  };
  Rows rows;
  std::int64_t position = 0;
  std::vector<Kept> kept;
  for (int round = 0; round < 400; ++round) {
    // Grows, then shrinks.
    const int spread = round % 200 < 100 ? 5'000 : 50;
    Batch batch;
    Rows after = rows;
    bool holds = true;
    const auto expect = [&](bool right) {
      const std::pair<std::uint8_t, std::string> key = {static_cast<std::uint8_t>(pick(3)),
                                                        any_key(spread)};
      const auto found = rows.find(key);
      Value value = found == rows.end() ? nullptr : MakeValue(found->second);
      if (!right) value = value == nullptr ? MakeValue("") : nullptr;
      batch.expectations.push_back({{key.first, key.second}, value});
      holds = holds && right;
    };
    for (int i = pick(3); i > 0; --i) expect(pick(10) > 0);
    for (int i = pick(60); i > 0; --i) {
      const auto table = static_cast<std::uint8_t>(pick(3));
      std::string key = any_key(spread);
      if (pick(round % 200 < 100 ? 4 : 1) == 0) {
        batch.writes.push_back(Remove(table, key));
        after.erase({table, key});
      } else {
        const std::string value = absl::StrCat(random());
        batch.writes.push_back(Put(table, key, value));
        after[{table, key}] = value;
      }
    }
    if (round % 200 == 199) {
      // Everything goes.
      for (const auto& [key, value] : rows) batch.writes.push_back(Remove(key.first, key.second));
      after.clear();
    }
    batch.writes.push_back({{9, ""}, MakeValue("log"), Write::Position::kBehindKey});
    const CommitResult result = MustCommit(*store_, std::move(batch));
    ASSERT_EQ(result.is_committed, holds);
    if (holds) {
      rows = std::move(after);
      ASSERT_EQ(result.position, ++position);
    }
    if (pick(5) == 0) kept.push_back({store_, MustRead(*store_), rows, position});
    if (pick(20) == 0) {
      const auto clone = store_->Clone();
      const bool goes_on_with_clone = pick(2) == 0;
      if (clone.ok()) {
        const std::shared_ptr<Store> left = goes_on_with_clone ? store_ : *clone;
        if (goes_on_with_clone) store_ = *clone;
        kept.push_back({left, MustRead(*left), rows, position});
      }
    }
    if (kept.size() > 5) kept.erase(kept.begin() + pick(static_cast<int>(kept.size())));
    for (const Kept& each : kept) compare(each);
    compare({store_, MustRead(*store_), rows, position});
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
