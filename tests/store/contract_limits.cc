// The part of the contract of stores that is about large rows, all bytes in keys, the edges of ranges, and reopening.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "store/contract.h"
#include "store/rows_testing.h"

namespace frontdesk {
namespace store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Range kAll = {1, "", absl::nullopt};

// Bytes that differ from place to place, so that a piece that is missing or moved shows.
std::string Uneven(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1'664'525u + 1'013'904'223u;
    byte = static_cast<char>(state >> 24);
  }
  return bytes;
}

TEST_P(StoreContractTest, ValuesOfAllSizesComeBackAsTheyWere) {
  const std::size_t sizes[] = {0, 1, 500, 1'000, 4'000, 4'096, 4'097, 70'000, 1 << 20};
  std::vector<Write> writes;
  for (const std::size_t size : sizes) writes.push_back(Put(1, absl::StrCat(size), Uneven(size)));
  MustCommit(*store_, OfWrites(std::move(writes)));
  const auto snapshot = MustRead(*store_);
  for (const std::size_t size : sizes) {
    EXPECT_TRUE(Get(*snapshot, 1, absl::StrCat(size)) == Uneven(size)) << size;
  }
  // Each is expected, and gets another size.
  for (const std::size_t size : sizes) {
    Batch batch = OfWrites({Put(1, absl::StrCat(size), Uneven(size / 2 + 3))});
    batch.expectations = {{{1, absl::StrCat(size)}, MakeValue(Uneven(size))}};
    EXPECT_TRUE(MustCommit(*store_, std::move(batch)).is_committed) << size;
    EXPECT_TRUE(Get(*store_, 1, absl::StrCat(size)) == Uneven(size / 2 + 3)) << size;
    EXPECT_TRUE(Get(*snapshot, 1, absl::StrCat(size)) == Uneven(size)) << size;
  }
}

TEST_P(StoreContractTest, TheLargestRowIsKept) {
  const std::string key(kMaxKeyBytes - 8, '\xff');
  const std::string value = Uneven(kMaxValueBytes - 8);
  Write behind_key = Put(1, key, value);
  behind_key.position = Write::Position::kBehindKey;
  Write behind_value = Put(2, key, value);
  behind_value.position = Write::Position::kBehindValue;
  MustCommit(*store_, OfWrites({behind_key, behind_value}));
  const auto snapshot = MustRead(*store_);
  EXPECT_TRUE(Get(*snapshot, 1, key + EncodePosition(1)) == value);
  EXPECT_TRUE(Get(*snapshot, 2, key) == value + EncodePosition(1));
}

TEST_P(StoreContractTest, KeysHaveAnyBytes) {
  // Each byte alone and before another one, a zero above all.
  std::vector<std::string> keys = {""};
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    keys.push_back(one);
    keys.push_back(one + '\0');
    keys.push_back(one + "\0\0" + one);
    keys.push_back(one + '\xff');
  }
  std::vector<Write> writes;
  for (std::size_t i = keys.size(); i-- > 0;) writes.push_back(Put(1, keys[i], absl::StrCat(i)));
  MustCommit(*store_, OfWrites(std::move(writes)));
  const auto snapshot = MustRead(*store_);
  std::vector<std::string> sorted = keys;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  const auto rows = snapshot->Scan(kAll, 10'000);
  ASSERT_TRUE(rows.ok());
  std::vector<std::string> found;
  for (const Row& row : *rows) found.push_back(row.key);
  EXPECT_EQ(found, sorted);
  const std::string zero(1, '\0');
  EXPECT_THAT(*snapshot->Scan({1, zero, zero + zero}, 10), ::testing::SizeIs(1));
  EXPECT_EQ(Scan(*snapshot, RangeOf(1, zero)).size(), 3u);
}

// Keys that begin alike for long, and whose bytes have no pattern: an index of a store may have no room for them.
TEST_P(StoreContractTest, LongKeysAreOrderedToTheirEnd) {
  const std::string common = Uneven(3'000);
  std::vector<std::string> keys = {common.substr(0, 1'999), common.substr(0, 2'000),
                                   common.substr(0, 2'001), common};
  for (const char byte : {'\0', 'a', 'b', '\xff'}) {
    keys.push_back(common + byte);
    keys.push_back(common + byte + Uneven(kMaxKeyBytes - 3'001));
  }
  std::sort(keys.begin(), keys.end());
  std::vector<Write> writes;
  for (std::size_t i = keys.size(); i-- > 0;) writes.push_back(Put(1, keys[i], absl::StrCat(i)));
  MustCommit(*store_, OfWrites(std::move(writes)));
  const auto snapshot = MustRead(*store_);
  const auto found = [&](const Range& range, std::size_t most, bool descending) {
    const auto rows = snapshot->Scan(range, most, descending);
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::vector<int> places;
    if (!rows.ok()) return places;
    for (const Row& row : *rows) {
      const auto place = static_cast<std::size_t>(std::stoi(*row.value));
      EXPECT_TRUE(row.key == keys[place]) << place;
      places.push_back(static_cast<int>(place));
    }
    return places;
  };
  const int count = static_cast<int>(keys.size());
  for (int begin = 0; begin < count; ++begin) {
    EXPECT_EQ(Get(*snapshot, 1, keys[begin]), absl::StrCat(begin));
    EXPECT_EQ(Get(*snapshot, 1, keys[begin] + "?"), "<none>");
    for (int end = begin; end <= count; ++end) {
      Range range = {1, keys[begin], absl::nullopt};
      if (end < count) range.end = keys[end];
      std::vector<int> expected;
      for (int i = begin; i < end; ++i) expected.push_back(i);
      EXPECT_EQ(found(range, 100, false), expected);
      std::vector<int> last(expected.rbegin(), expected.rend());
      if (last.size() > 2) last.resize(2);
      EXPECT_EQ(found(range, 2, true), last);
      Batch batch;
      batch.range_expectations = {
          {range, std::vector<std::string>(keys.begin() + begin, keys.begin() + end)}};
      EXPECT_TRUE(MustCommit(*store_, batch).is_committed);
      batch.range_expectations[0].keys.push_back(keys[0]);
      EXPECT_FALSE(MustCommit(*store_, std::move(batch)).is_committed);
    }
  }
  Batch batch = OfWrites({Remove(1, keys[5]), Put(1, keys[6], "new")});
  batch.expectations = {{{1, keys[5]}, MakeValue("5")}, {{1, keys[6] + "?"}, nullptr}};
  EXPECT_TRUE(MustCommit(*store_, std::move(batch)).is_committed);
  EXPECT_EQ(Get(*store_, 1, keys[5]), "<none>");
  EXPECT_EQ(Get(*store_, 1, keys[6]), "new");
  EXPECT_EQ(Get(*store_, 1, keys[4]), "4");
  EXPECT_EQ(Get(*snapshot, 1, keys[5]), "5");
}

// Several reads at once give the same as one by one: of rows and ranges, empty ones and long keys among them.
TEST_P(StoreContractTest, ReadsTogetherAreAsEachAlone) {
  const std::string common = Uneven(2'500);
  const std::vector<std::string> keys = {"a", "ab", "b", common, common + "1", common + "2"};
  const auto check = [&] {
    std::vector<ScanRequest> requests;
    for (const std::string& key : keys) {
      requests.push_back(RequestOf({1, key}));
      requests.push_back(RequestOf({2, key}));
      for (const std::string& end : keys) {
        requests.push_back({{1, key, end}, 2, false});
        requests.push_back({{1, key, end}, 1, true});
      }
    }
    requests.push_back({{1, "", absl::nullopt}, 0, false});
    requests.push_back({{1, "", absl::nullopt}, 100, true});
    const auto first = store_->ReadAndScan(requests);
    ASSERT_TRUE(first.ok()) << first.status();
    const auto again = first->snapshot->ScanAll(requests);
    ASSERT_TRUE(again.ok()) << again.status();
    ASSERT_EQ(first->rows.size(), requests.size());
    ASSERT_EQ(again->size(), requests.size());
    const auto shown = [](const std::vector<Row>& rows) {
      std::vector<std::string> texts;
      for (const Row& row : rows) texts.push_back(absl::StrCat(row.key, "=", *row.value));
      return texts;
    };
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const ScanRequest& request = requests[i];
      const std::vector<std::string> alone =
          Scan(*first->snapshot, request.range, request.most, request.descending);
      EXPECT_TRUE(shown(first->rows[i]) == alone) << i;
      EXPECT_TRUE(shown((*again)[i]) == alone) << i;
    }
    EXPECT_TRUE(first->snapshot->ScanAll({})->empty());
  };
  check();
  MustCommit(*store_, OfWrites({Put(1, "a", "1"), Put(1, "b", ""), Put(2, "ab", "2")}));
  check();
  // The first long keys of the store.
  MustCommit(*store_, OfWrites({Put(1, common, "3"), Put(1, common + "2", "4")}));
  check();
}

TEST_P(StoreContractTest, APositionBehindAKeyMeetsAKeyWithThatEnd) {
  Write behind = Put(1, "log", "first");
  behind.position = Write::Position::kBehindKey;
  Batch batch;
  batch.writes = {behind, Put(1, "log" + EncodePosition(1), "second"), Put(1, "log", "third")};
  EXPECT_EQ(MustCommit(*store_, batch).position, 1);
  batch.writes = {Put(1, "log" + EncodePosition(2), "second"), behind};
  EXPECT_EQ(MustCommit(*store_, batch).position, 2);
  EXPECT_THAT(Scan(*MustRead(*store_), kAll),
              ElementsAre("log=third", absl::StrCat("log", EncodePosition(1), "=second"),
                          absl::StrCat("log", EncodePosition(2), "=first")));
}

TEST_P(StoreContractTest, RangesHaveEdges) {
  MustCommit(*store_, OfWrites({Put(0, "x", "0"), Put(1, "", "1"), Put(1, "a", "2"),
                                Put(1, "b", "3"), Put(255, "", "4"), Put(255, "\xff", "5")}));
  const auto snapshot = MustRead(*store_);
  EXPECT_THAT(Scan(*snapshot, {1, "", std::string()}), IsEmpty());
  EXPECT_THAT(Scan(*snapshot, {1, "a", std::string("a")}), IsEmpty());
  EXPECT_THAT(Scan(*snapshot, {1, "a", std::string("a") + '\0'}), ElementsAre("a=2"));
  EXPECT_THAT(Scan(*snapshot, {1, "aa", absl::nullopt}), ElementsAre("b=3"));
  EXPECT_THAT(Scan(*snapshot, {1, "c", absl::nullopt}), IsEmpty());
  EXPECT_THAT(Scan(*snapshot, {1, "", std::string("b")}, 1, true), ElementsAre("a=2"));
  EXPECT_THAT(Scan(*snapshot, {255, "", absl::nullopt}, 10, true), ElementsAre("\xff=5", "=4"));
  EXPECT_THAT(Scan(*snapshot, {2, "", absl::nullopt}), IsEmpty());
}

TEST_P(StoreContractTest, RangesAreExpectedAsTheBatchesBeforeLeaveThem) {
  MustCommit(*store_,
             OfWrites({Put(1, "a", ""), Put(1, "b", ""), Put(0, "a", ""), Put(2, "a", "")}));
  const auto expect = [](Range range, std::vector<std::string> keys) {
    Batch batch;
    batch.range_expectations = {{std::move(range), std::move(keys)}};
    return batch;
  };
  const auto results = store_->Commit(
      {expect(kAll, {"a", "b"}), OfWrites({Remove(1, "a"), Put(1, "c", "")}),
       expect(kAll, {"a", "b"}), expect(kAll, {"b", "c"}), expect(kAll, {"b"}),
       expect({1, "b", std::string("c")}, {"b"}), expect({1, "d", absl::nullopt}, {}),
       expect({1, "c", absl::nullopt}, {}), expect({1, "b", std::string("b")}, {})});
  ASSERT_TRUE(results.ok()) << results.status();
  std::vector<bool> committed;
  for (const CommitResult& result : *results) committed.push_back(result.is_committed);
  EXPECT_THAT(committed, ElementsAre(true, true, false, true, false, true, true, false, true));
  // Both kinds: what comes first in the batch is what failed.
  Batch both = expect(kAll, {"wrong"});
  both.range_expectations.push_back({{1, "c", absl::nullopt}, {}});
  both.expectations = {{{1, "b"}, MakeValue("")}};
  EXPECT_EQ(MustCommit(*store_, both).failed, 1u);
  both.range_expectations.erase(both.range_expectations.begin());
  both.expectations.push_back({{1, "c"}, MakeValue("")});
  EXPECT_EQ(MustCommit(*store_, both).failed, 2u);
}

TEST_P(StoreContractTest, NothingIsCommittedWithoutBatches) {
  const auto none = store_->Commit({});
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_THAT(*none, IsEmpty());
  EXPECT_TRUE(MustCommit(*store_, {}).is_committed);
  EXPECT_EQ(MustRead(*store_)->position(), 0);
}

TEST_P(StoreContractTest, AReopenedStoreGoesOn) {
  if (GetParam().reopen == nullptr) GTEST_SKIP() << "this store ends with its process";
  MustCommit(*store_, OfWrites({Put(1, "a", "1"), Put(1, "b", Uneven(100'000))}));
  MustCommit(*store_, OfWrites({Put(1, "a", "2")}));
  for (int round = 0; round < 3; ++round) {
    store_ = GetParam().reopen(std::move(store_));
    ASSERT_NE(store_, nullptr);
    const auto snapshot = MustRead(*store_);
    EXPECT_EQ(snapshot->position(), 2 + round);
    EXPECT_EQ(Get(*snapshot, 1, "a"), "2");
    EXPECT_TRUE(Get(*snapshot, 1, "b") == Uneven(100'000));
    Batch batch = OfWrites({Put(2, absl::StrCat(round), "")});
    batch.expectations = {{{1, "a"}, MakeValue("2")}};
    EXPECT_EQ(MustCommit(*store_, std::move(batch)).position, 3 + round);
  }
  EXPECT_THAT(Scan(*MustRead(*store_), {2, "", absl::nullopt}), ElementsAre("0=", "1=", "2="));
}

}  // namespace
}  // namespace store
}  // namespace frontdesk
