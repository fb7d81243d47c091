// The index of the store in memory, against a plain list.
#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/index_testing.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/desk/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AccountRef;
using ::frontdesk::testing::MakeStateBatch;
using ::frontdesk::testing::OrderRef;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::EntityState StateOf(const v1::EntityRef& entity) {
  v1::EntityState state;
  *state.mutable_entity() = entity;
  return state;
}

// A batch that changes `entity` and gives it these entries.
CommitBatch MakeIndexBatch(const Store& store, const v1::EntityRef& entity,
                           std::vector<std::pair<std::string, std::int64_t>> entries) {
  CommitBatch batch =
      MakeStateBatch(store, absl::StrCat("r", *store.LastSequence() + 1), {StateOf(entity)});
  for (auto& [key, sort] : entries) batch.index_entries.push_back({entity, key, sort});
  return batch;
}

void Commit(Store& store, const v1::EntityRef& entity,
            std::vector<std::pair<std::string, std::int64_t>> entries) {
  const auto committed = store.Commit(MakeIndexBatch(store, entity, std::move(entries)));
  ASSERT_TRUE(committed.ok()) << committed.status();
}

std::vector<std::string> Found(const Store& store, v1::EntityKind kind, const std::string& key,
                               const IndexPage& page = {}) {
  std::vector<std::string> found;
  const auto positions = store.Find(kind, key, page);
  EXPECT_TRUE(positions.ok()) << positions.status();
  for (const IndexPosition& position : *positions) {
    found.push_back(absl::StrCat(position.sort, position.id));
  }
  return found;
}

TEST(MemoryIndexTest, FindsInOrderAndReplacesEntries) {
  const std::shared_ptr<Store> store = MakeMemoryStore();
  EXPECT_EQ(*store->LastSequence(), 0);
  Commit(*store, OrderRef("b"), {{"k", 1}, {"l", 7}});
  Commit(*store, OrderRef("a"), {{"k", 1}});
  Commit(*store, OrderRef("c"), {{"k", -3}});
  Commit(*store, AccountRef("d"), {{"k", 0}});
  EXPECT_EQ(*store->LastSequence(), 4);
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ORDER, "k"), ElementsAre("-3c", "1a", "1b"));
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ACCOUNT, "k"), ElementsAre("0d"));
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ORDER, "m"), IsEmpty());
  IndexPage page;
  page.descending = true;
  page.page_size = 2;
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ORDER, "k", page), ElementsAre("1b", "1a"));
  page.after = IndexPosition{1, "a"};
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ORDER, "k", page), ElementsAre("-3c"));
  page.after = IndexPosition{1, "aa"};  // nothing is there
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ORDER, "k", page), ElementsAre("1a", "-3c"));
  page.descending = false;
  page.page_size = 0;  // brought into range
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ORDER, "k", page), ElementsAre("1b"));

  Commit(*store, OrderRef("b"), {{"m", 2}});
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ORDER, "k"), ElementsAre("-3c", "1a"));
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ORDER, "l"), IsEmpty());
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ORDER, "m"), ElementsAre("2b"));
  Commit(*store, OrderRef("b"), {});
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ORDER, "m"), IsEmpty());
}

struct RejectedIndexCase {
  const char* name;
  void (*spoil)(CommitBatch&);
  absl::StatusCode code;
  absl::string_view reason;
};

class RejectedIndexTest : public ::testing::TestWithParam<RejectedIndexCase> {};

TEST_P(RejectedIndexTest, LeavesTheStoreAsItWas) {
  const std::shared_ptr<Store> store = MakeMemoryStore();
  Commit(*store, OrderRef("b"), {{"k", 1}});
  Commit(*store, OrderRef("a"), {{"k", 2}});
  CommitBatch batch = MakeIndexBatch(*store, OrderRef("c"), {{"k", 3}, {"l", 3}});
  batch.expected_index = {{v1::ENTITY_KIND_ORDER, "k", {"a", "b"}},
                          {v1::ENTITY_KIND_ACCOUNT, "k", {}}};
  CommitBatch good = batch;
  GetParam().spoil(batch);
  const auto rejected = store->Commit(std::move(batch));
  EXPECT_EQ(rejected.status().code(), GetParam().code);
  EXPECT_EQ(GetReason(rejected.status()), GetParam().reason);
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ORDER, "k"), ElementsAre("1b", "2a"));
  EXPECT_EQ(*store->LastSequence(), 2);
  EXPECT_TRUE(store->Commit(std::move(good)).ok());
  EXPECT_THAT(Found(*store, v1::ENTITY_KIND_ORDER, "k"), ElementsAre("1b", "2a", "3c"));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RejectedIndexTest,
    ::testing::Values(
        RejectedIndexCase{"OneLessExpected",
                          [](CommitBatch& b) { b.expected_index[0].ids.pop_back(); },
                          absl::StatusCode::kAborted, kReasonCommitConflict},
        RejectedIndexCase{"OneMoreExpected",
                          [](CommitBatch& b) { b.expected_index[0].ids.push_back("c"); },
                          absl::StatusCode::kAborted, kReasonCommitConflict},
        RejectedIndexCase{"OthersExpected",
                          [](CommitBatch& b) { b.expected_index[0].ids[0] = "0"; },
                          absl::StatusCode::kAborted, kReasonCommitConflict},
        RejectedIndexCase{"SomethingExpected",
                          [](CommitBatch& b) { b.expected_index[1].ids = {"a"}; },
                          absl::StatusCode::kAborted, kReasonCommitConflict},
        RejectedIndexCase{"OfAnotherEntity",
                          [](CommitBatch& b) { b.index_entries[0].entity.set_id("b"); },
                          absl::StatusCode::kInvalidArgument, kReasonCommitMalformed},
        RejectedIndexCase{"Twice", [](CommitBatch& b) { b.index_entries[1] = b.index_entries[0]; },
                          absl::StatusCode::kInvalidArgument, kReasonCommitMalformed},
        RejectedIndexCase{"TwiceInTwoPlaces",
                          [](CommitBatch& b) { b.index_entries[1].key = b.index_entries[0].key; },
                          absl::StatusCode::kInvalidArgument, kReasonCommitMalformed},
        RejectedIndexCase{"KeyEmpty", [](CommitBatch& b) { b.index_entries[0].key.clear(); },
                          absl::StatusCode::kInvalidArgument, kReasonCommitMalformed},
        RejectedIndexCase{
            "KeyTooLong",
            [](CommitBatch& b) { b.index_entries[0].key.assign(kMaxIndexKeyBytes + 1, 'k'); },
            absl::StatusCode::kInvalidArgument, kReasonCommitMalformed},
        RejectedIndexCase{"WithoutRecord",
                          [](CommitBatch& b) {
                            const auto entries = b.index_entries;
                            const auto expected = b.expected_index;
                            b = CommitBatch();
                            b.index_entries = entries;
                            b.expected_index = expected;
                          },
                          absl::StatusCode::kInvalidArgument, kReasonCommitMalformed}),
    [](const auto& info) { return info.param.name; });

// The expected contents of a store: the entries of each entity.
using Model = std::map<std::string, std::vector<std::pair<std::string, std::int64_t>>>;

std::vector<std::string> ModelFound(const Model& model, const std::string& key,
                                    const IndexPage& page) {
  std::vector<IndexPosition> all;
  for (const auto& [id, entries] : model) {
    for (const auto& [entry_key, sort] : entries) {
      if (entry_key == key) all.push_back({sort, id});
    }
  }
  std::sort(all.begin(), all.end());
  if (page.descending) std::reverse(all.begin(), all.end());
  std::vector<std::string> found;
  for (const IndexPosition& position : all) {
    if (page.after.has_value() &&
        !(page.descending ? position < *page.after : *page.after < position)) {
      continue;
    }
    if (found.size() == static_cast<std::size_t>(page.page_size)) break;
    found.push_back(absl::StrCat(position.sort, position.id));
  }
  return found;
}

TEST(MemoryIndexTest, ClonesAndTheirOriginalsEachHoldWhatTheyShould) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const auto below = [&random](int limit) {
    return std::uniform_int_distribution<int>(0, limit - 1)(random);
  };
  std::vector<std::pair<std::shared_ptr<Store>, Model>> stores = {{MakeMemoryStore(), {}}};
  for (int step = 0; step < 4'000; ++step) {
    auto& [store, model] = stores[below(static_cast<int>(stores.size()))];
    const int what = below(20);
    if (what < 12) {
      const std::string id = absl::StrCat("o", below(40));
      std::map<std::string, std::int64_t> entries;
      for (int i = below(4); i > 0; --i) entries[absl::StrCat("k", below(5))] = below(6) - 3;
      model[id].assign(entries.begin(), entries.end());
      Commit(*store, OrderRef(id), model[id]);
    } else if (what < 19) {
      IndexPage page;
      page.descending = below(2) == 1;
      page.page_size = 1 + below(12);
      if (below(2) == 1) page.after = IndexPosition{below(6) - 3, absl::StrCat("o", below(40))};
      const std::string key = absl::StrCat("k", below(5));
      ASSERT_EQ(Found(*store, v1::ENTITY_KIND_ORDER, key, page), ModelFound(model, key, page));
    } else if (stores.size() < 6) {
      auto clone = store->Clone();
      ASSERT_TRUE(clone.ok());
      Model copy = model;
      stores.emplace_back(*std::move(clone), std::move(copy));
    } else {
      stores.erase(stores.begin() + below(static_cast<int>(stores.size())));
    }
  }
}

}  // namespace
}  // namespace frontdesk
