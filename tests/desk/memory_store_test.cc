#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/desk/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AccountRef;
using ::frontdesk::testing::OrderRef;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A batch that adds one event to each of `entities`, which have the versions given.
CommitBatch MakeBatch(const std::string& record_id,
                      const std::vector<std::pair<v1::EntityRef, std::int64_t>>& entities) {
  CommitBatch batch;
  batch.record.emplace();
  batch.record->set_record_id(record_id);
  int place = 0;
  for (const auto& [entity, version] : entities) {
    batch.expected_versions.push_back({entity, version});
    v1::Event& event = batch.events.emplace_back();
    event.set_event_id(absl::StrCat(record_id, "-", ++place));
    *event.mutable_entity() = entity;
    event.set_version(version + 1);
    batch.record->add_event_ids(event.event_id());
    auto state = std::make_shared<v1::EntityState>();
    *state->mutable_entity() = entity;
    state->set_version(version + 1);
    state->mutable_order()->set_cancel_reason(record_id);
    batch.states.push_back(std::move(state));
  }
  return batch;
}

std::int64_t VersionOf(const Store& store, const v1::EntityRef& entity) {
  const auto state = store.Get(entity);
  EXPECT_TRUE(state.ok());
  return *state == nullptr ? 0 : (*state)->version();
}

std::vector<std::int64_t> HistoryVersions(const Store& store, const v1::EntityRef& entity,
                                          LogPage page = {}) {
  std::vector<std::int64_t> versions;
  const auto events = store.History(entity, page);
  EXPECT_TRUE(events.ok());
  for (const v1::Event& event : *events) versions.push_back(event.version());
  return versions;
}

std::vector<std::int64_t> Sequences(const Store& store, LogPage page = {}) {
  std::vector<std::int64_t> sequences;
  const auto records = store.Journal(page);
  EXPECT_TRUE(records.ok());
  for (const auto& record : *records) sequences.push_back(record->sequence());
  return sequences;
}

TEST(MemoryStoreTest, CommitsWholeBatches) {
  const std::shared_ptr<Store> store = MakeMemoryStore();
  const auto first = store->Commit(MakeBatch("r1", {{OrderRef("o"), 0}, {AccountRef("a"), 0}}));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(*first, 1);
  const auto second = store->Commit(MakeBatch("r2", {{OrderRef("o"), 1}}));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(*second, 2);
  EXPECT_EQ(VersionOf(*store, OrderRef("o")), 2);
  EXPECT_EQ(VersionOf(*store, AccountRef("a")), 1);
  EXPECT_EQ(VersionOf(*store, AccountRef("o")), 0) << "ids are unique within a kind only";
  EXPECT_THAT(HistoryVersions(*store, OrderRef("o")), ElementsAre(1, 2));
  EXPECT_THAT(Sequences(*store), ElementsAre(1, 2));
  EXPECT_EQ((*store->GetRecord("r2"))->sequence(), 2);
  EXPECT_EQ(*store->GetRecord("r3"), nullptr);
  ASSERT_EQ(store->RecordEvents("r1")->size(), 2u);
  EXPECT_EQ(store->RecordEvents("r1")->at(1).event_id(), "r1-2");
  EXPECT_THAT(*store->RecordEvents("r3"), IsEmpty());
}

absl::Time InstantOf(std::int64_t seconds) { return absl::FromUnixSeconds(seconds); }

struct RejectedCase {
  const char* name;
  void (*spoil)(CommitBatch&);
  absl::StatusCode code;
  absl::string_view reason;
};

class RejectedBatchTest : public ::testing::TestWithParam<RejectedCase> {};

TEST_P(RejectedBatchTest, LeavesTheStoreAsItWas) {
  const std::shared_ptr<Store> store = MakeMemoryStore();
  CommitBatch opening = MakeBatch("r1", {{OrderRef("o"), 0}});
  opening.remembered = RememberedOutcome{"key", InstantOf(1), "hash", {}};
  ASSERT_TRUE(store->Commit(std::move(opening)).ok());

  CommitBatch batch = MakeBatch("r2", {{OrderRef("o"), 1}, {AccountRef("a"), 0}});
  batch.remembered = RememberedOutcome{"other key", InstantOf(1), "hash", {}};
  GetParam().spoil(batch);
  const auto rejected = store->Commit(std::move(batch));
  EXPECT_EQ(rejected.status().code(), GetParam().code);
  EXPECT_EQ(GetReason(rejected.status()), GetParam().reason);
  EXPECT_EQ(VersionOf(*store, OrderRef("o")), 1);
  EXPECT_EQ(VersionOf(*store, AccountRef("a")), 0);
  EXPECT_THAT(Sequences(*store), ElementsAre(1));
  EXPECT_EQ(*store->GetRecord("r2"), nullptr);
  EXPECT_EQ(*store->FindRemembered("other key"), nullptr);
  // And the next sequence has no gap.
  EXPECT_EQ(*store->Commit(MakeBatch("r2", {{OrderRef("o"), 1}})), 2);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, RejectedBatchTest,
    ::testing::Values(
        RejectedCase{"KeyRemembered", [](CommitBatch& b) { b.remembered->idempotency_key = "key"; },
                     absl::StatusCode::kAlreadyExists, kReasonCommitKeyRemembered},
        RejectedCase{"Conflict", [](CommitBatch& b) { b.expected_versions[1].version = 1; },
                     absl::StatusCode::kAborted, kReasonCommitConflict},
        RejectedCase{"ConflictOfAnEntityOnlyRead",
                     [](CommitBatch& b) {
                       b.expected_versions.push_back({OrderRef("read"), 3});
                     },
                     absl::StatusCode::kAborted, kReasonCommitConflict},
        RejectedCase{"RecordExists", [](CommitBatch& b) { b.record->set_record_id("r1"); },
                     absl::StatusCode::kAlreadyExists, kReasonCommitRecordExists},
        RejectedCase{"NoRecordId", [](CommitBatch& b) { b.record->clear_record_id(); },
                     absl::StatusCode::kInvalidArgument, kReasonCommitMalformed},
        RejectedCase{"ChangeWithoutRecord", [](CommitBatch& b) { b.record.reset(); },
                     absl::StatusCode::kInvalidArgument, kReasonCommitMalformed},
        RejectedCase{"EventNotNamed",
                     [](CommitBatch& b) { b.record->mutable_event_ids()->RemoveLast(); },
                     absl::StatusCode::kInvalidArgument, kReasonCommitMalformed},
        RejectedCase{"VersionSkipped", [](CommitBatch& b) { b.events.at(1).set_version(2); },
                     absl::StatusCode::kInvalidArgument, kReasonCommitMalformed},
        RejectedCase{"EntityNotRead", [](CommitBatch& b) { b.expected_versions.pop_back(); },
                     absl::StatusCode::kInvalidArgument, kReasonCommitMalformed},
        RejectedCase{"StateMissing", [](CommitBatch& b) { b.states.pop_back(); },
                     absl::StatusCode::kInvalidArgument, kReasonCommitMalformed},
        RejectedCase{"StateTwice", [](CommitBatch& b) { b.states.push_back(b.states[0]); },
                     absl::StatusCode::kInvalidArgument, kReasonCommitMalformed}),
    [](const auto& info) { return info.param.name; });

TEST(MemoryStoreTest, RemembersByKey) {
  const std::shared_ptr<Store> store = MakeMemoryStore();
  CommitBatch batch;
  batch.remembered = RememberedOutcome{"c", InstantOf(1), "hash", {}};
  EXPECT_EQ(*store->Commit(batch), 0) << "no record, no sequence";
  EXPECT_NE(*store->FindRemembered("c"), nullptr);
  EXPECT_EQ(*store->FindRemembered("cd"), nullptr);
  EXPECT_EQ(GetReason(store->Commit(batch).status()), kReasonCommitKeyRemembered);
}

// Of two commands that found the same outdated verdict, one takes its place.
TEST(MemoryStoreTest, AnOutdatedVerdictIsReplacedOnce) {
  for (const bool cloned : {false, true}) {
    std::shared_ptr<Store> store = MakeMemoryStore();
    CommitBatch batch;
    batch.remembered = RememberedOutcome{"c", InstantOf(1), "first", {}};
    ASSERT_TRUE(store->Commit(batch).ok());
    if (cloned) store = *store->Clone();
    batch.remembered = RememberedOutcome{"c", InstantOf(9), "second", {}};
    batch.outdated = InstantOf(1);
    ASSERT_TRUE(store->Commit(batch).ok());
    EXPECT_EQ((*store->FindRemembered("c"))->body_hash, "second");
    EXPECT_EQ(GetReason(store->Commit(batch).status()), kReasonCommitKeyRemembered);
    const std::shared_ptr<Store> clone = *store->Clone();
    EXPECT_EQ((*clone->FindRemembered("c"))->body_hash, "second");
  }
}

TEST(MemoryStoreTest, Pages) {
  const std::shared_ptr<Store> store = MakeMemoryStore();
  for (int i = 0; i < 5; ++i) {
    if (i == 3) {
      ASSERT_TRUE(store->Clone().ok()) << "so that the rest lies in another layer";
    }
    ASSERT_TRUE(store->Commit(MakeBatch(absl::StrCat("r", i), {{OrderRef("o"), i}})).ok());
  }
  EXPECT_THAT(HistoryVersions(*store, OrderRef("o"), {0, 2}), ElementsAre(1, 2));
  EXPECT_THAT(HistoryVersions(*store, OrderRef("o"), {2, 2}), ElementsAre(3, 4));
  EXPECT_THAT(HistoryVersions(*store, OrderRef("o"), {4, 2}), ElementsAre(5));
  EXPECT_THAT(HistoryVersions(*store, OrderRef("o"), {5, 2}), IsEmpty());
  EXPECT_THAT(HistoryVersions(*store, OrderRef("o"), {99, 2}), IsEmpty());
  EXPECT_THAT(HistoryVersions(*store, OrderRef("o"), {-1, 0}), ElementsAre(1))
      << "a limit below 1 is 1";
  EXPECT_THAT(HistoryVersions(*store, OrderRef("none"), {}), IsEmpty());
  EXPECT_THAT(Sequences(*store, {1, 3}), ElementsAre(2, 3, 4));
  EXPECT_THAT(Sequences(*store, {4, 3}), ElementsAre(5));
  EXPECT_THAT(Sequences(*store, {5, 3}), IsEmpty());
  EXPECT_THAT(Sequences(*store, {-7, 1}), ElementsAre(1));
}

TEST(MemoryStoreTest, EffectsWaitUntilAcknowledged) {
  const std::shared_ptr<Store> store = MakeMemoryStore();
  const auto commit = [&store](const std::string& record_id, int effects) {
    CommitBatch batch = MakeBatch(record_id, {});
    for (int i = 1; i <= effects; ++i) {
      batch.record->add_effects()->set_effect_id(absl::StrCat(record_id, "-e", i));
    }
    ASSERT_TRUE(store->Commit(std::move(batch)).ok());
  };
  const auto pending = [&store](LogPage page = {}) {
    std::vector<std::string> ids;
    const auto effects = store->PendingEffects(page);
    for (const PendingEffect& effect : *effects) ids.push_back(effect.effect.effect_id());
    return ids;
  };
  commit("r1", 2);
  commit("r2", 0);
  commit("r3", 1);
  EXPECT_THAT(pending(), ElementsAre("r1-e1", "r1-e2", "r3-e1"));
  EXPECT_THAT(pending({0, 1}), ElementsAre("r1-e1", "r1-e2"))
      << "effects of one record stay together";
  EXPECT_THAT(pending({1, 1}), ElementsAre("r3-e1"));
  const std::shared_ptr<Store> clone = *store->Clone();
  EXPECT_TRUE(store->AcknowledgeEffect("r1-e1").ok());
  EXPECT_TRUE(store->AcknowledgeEffect("r1-e1").ok()) << "repeating is harmless";
  EXPECT_THAT(pending(), ElementsAre("r1-e2", "r3-e1"));
  EXPECT_TRUE(store->AcknowledgeEffect("r1-e2").ok());
  EXPECT_TRUE(store->AcknowledgeEffect("r1-e2").ok());
  EXPECT_THAT(pending(), ElementsAre("r3-e1"));
  EXPECT_EQ(store->AcknowledgeEffect("r2-e1").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(clone->PendingEffects({})->size(), 3u) << "a clone has an outbox of its own";
  EXPECT_TRUE(clone->AcknowledgeEffect("r3-e1").ok());
  EXPECT_EQ(clone->PendingEffects({})->size(), 2u);
  EXPECT_THAT(pending(), ElementsAre("r3-e1"));
}

TEST(MemoryStoreTest, ClonesGoTheirOwnWay) {
  const std::shared_ptr<Store> store = MakeMemoryStore();
  ASSERT_TRUE(store->Commit(MakeBatch("r1", {{OrderRef("o"), 0}})).ok());
  const std::shared_ptr<Store> clone = *store->Clone();
  ASSERT_TRUE(store->Commit(MakeBatch("r2", {{OrderRef("o"), 1}})).ok());
  ASSERT_TRUE(clone->Commit(MakeBatch("x2", {{AccountRef("a"), 0}})).ok());
  EXPECT_EQ(VersionOf(*store, OrderRef("o")), 2);
  EXPECT_EQ(VersionOf(*clone, OrderRef("o")), 1);
  EXPECT_EQ(VersionOf(*store, AccountRef("a")), 0);
  EXPECT_EQ(VersionOf(*clone, AccountRef("a")), 1);
  EXPECT_EQ(*store->GetRecord("x2"), nullptr);
  EXPECT_EQ(*clone->GetRecord("r2"), nullptr);
  EXPECT_EQ((*clone->GetRecord("x2"))->sequence(), 2);
  EXPECT_EQ((*store->Get(OrderRef("o")))->order().cancel_reason(), "r2");
  EXPECT_EQ((*clone->Get(OrderRef("o")))->order().cancel_reason(), "r1");
}

TEST(MemoryStoreTest, StatesAreSharedWithClones) {
  const std::shared_ptr<Store> store = MakeMemoryStore();
  ASSERT_TRUE(store->Commit(MakeBatch("r1", {{OrderRef("o"), 0}})).ok());
  const std::shared_ptr<Store> clone = *store->Clone();
  EXPECT_EQ(store->Get(OrderRef("o"))->get(), clone->Get(OrderRef("o"))->get());
}

// Clones of clones, with changes in between, against a store that was never cloned.
TEST(MemoryStoreTest, ManyGenerationsHoldWhatOneStoreHolds) {
  const std::shared_ptr<Store> plain = MakeMemoryStore();
  std::shared_ptr<Store> line = MakeMemoryStore();
  std::vector<std::shared_ptr<Store>> ancestors;
  for (int i = 0; i < 200; ++i) {
    const v1::EntityRef entity = OrderRef(absl::StrCat("o", i % 7));
    const auto batch = [&] { return MakeBatch(absl::StrCat("r", i), {{entity, i / 7}}); };
    ASSERT_TRUE(plain->Commit(batch()).ok());
    ASSERT_TRUE(line->Commit(batch()).ok());
    if (i % 3 == 0) {
      ancestors.push_back(line);
      line = *line->Clone();
    }
  }
  EXPECT_EQ(Sequences(*line, {0, 500}), Sequences(*plain, {0, 500}));
  for (int i = 0; i < 7; ++i) {
    const v1::EntityRef entity = OrderRef(absl::StrCat("o", i));
    EXPECT_EQ(VersionOf(*line, entity), VersionOf(*plain, entity));
    EXPECT_EQ(HistoryVersions(*line, entity), HistoryVersions(*plain, entity));
    EXPECT_EQ((*line->Get(entity))->SerializeAsString(),
              (*plain->Get(entity))->SerializeAsString());
  }
  for (std::size_t i = 0; i < ancestors.size(); ++i) {
    EXPECT_EQ(Sequences(*ancestors[i], {0, 500}).size(), 3 * i + 1)
        << "an ancestor stays as it was";
  }
}

}  // namespace
}  // namespace frontdesk
