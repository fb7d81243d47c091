// States that an older version folded to less are made again: as if the newer one had written them.
#include "event_log/state_rows.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "domain/row_lists.h"
#include "event_log/derived_rows.h"
#include "event_log/rows.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace event_log {
namespace {

using ::testing::ElementsAreArray;

// An older version kept the subject.
absl::Status FoldLess(const v1::Event& event, v1::EntityState* state) {
  *state->mutable_entity() = event.entity();
  state->set_version(event.version());
  state->mutable_case_()->set_case_id(event.entity().id());
  state->mutable_case_()->set_subject(event.case_().case_subject_changed().subject());
  return absl::OkStatus();
}

// A newer one keeps the actor too, and a stretch for each event.
absl::Status FoldMore(const v1::Event& event, v1::EntityState* state) {
  static_cast<void>(FoldLess(event, state));
  state->mutable_case_()->set_assignee_id(event.actor_id());
  state->mutable_case_()->add_assignee_spans()->set_assignee_id(event.actor_id());
  return absl::OkStatus();
}

// An older one kept other stretches.
absl::Status FoldOther(const v1::Event& event, v1::EntityState* state) {
  static_cast<void>(FoldLess(event, state));
  state->mutable_case_()->add_priority_spans()->set_priority(1);
  state->mutable_case_()->add_assignee_spans()->set_queue_id("q");
  return absl::OkStatus();
}

// A store whose events were folded so when they were written.
class Written {
 public:
  explicit Written(FoldFunction fold) : fold_(std::move(fold)), log_(store_, {fold_}) {
    EXPECT_TRUE(log_.MakeRows().ok());
  }

  // A command with some events of a case.
  void Command(const std::string& id, const std::vector<std::string>& subjects) {
    const auto view = log_.Read();
    Batch batch;
    ChangedEntity changed;
    changed.before = *view->Get(v1::ENTITY_KIND_CASE, id);
    const auto state = std::make_shared<v1::EntityState>();
    if (changed.before.state != nullptr) *state = *changed.before.state;
    const auto record = std::make_shared<v1::JournalRecord>();
    record->set_record_id(absl::StrCat("r", ++records_));
    domain::RowTracker tracker;
    for (const std::string& subject : subjects) {
      const auto event = std::make_shared<v1::Event>();
      event->mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
      event->mutable_entity()->set_id(id);
      event->set_version(state->version() + 1);
      event->set_record_id(record->record_id());
      event->set_actor_id("anna");
      event->mutable_case_()->mutable_case_subject_changed()->set_subject(subject);
      v1::EventRef& ref = *record->add_events();
      *ref.mutable_entity() = event->entity();
      ref.set_version(event->version());
      EXPECT_TRUE(fold_(*event, state.get()).ok());
      tracker.Note(event->version(), state->case_(), &changed.rows);
      batch.events.push_back(event);
    }
    domain::ClearRows(state->mutable_case_());
    changed.after = state;
    batch.read_entities.push_back({state->entity(), changed.before.head});
    batch.changed.push_back(std::move(changed));
    batch.record = record;
    const auto verdict = log_.Commit(batch);
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    ASSERT_EQ(*verdict, CommitVerdict::kCommitted);
  }

  // Opened by a version with that fold.
  absl::Status OpenWith(const FoldFunction& fold) {
    store::Batch batch;
    batch.writes.push_back(
        {{kDerived, ""},
         store::MakeValue(EncodeProgress({kDerivedVersion - 1, absl::nullopt, ""}))});
    EXPECT_TRUE(store_->Commit({std::move(batch)}).ok());
    return EventLog(store_, {fold}).MakeRows();
  }

  void Remove(Table table, const std::string& key) {
    store::Batch batch;
    batch.writes.push_back({{table, key}, nullptr});
    EXPECT_TRUE(store_->Commit({std::move(batch)}).ok());
  }

  std::vector<std::string> Rows() const {
    const auto snapshot = *store_->Read();
    std::vector<std::string> all;
    for (const Table table : {kHeads, kStates, kRows, kRowNames, kIndex, kSearch}) {
      const auto found = snapshot->Scan(store::RangeOf(table, ""), 100'000);
      for (const store::Row& row : *found) {
        all.push_back(absl::StrCat(static_cast<int>(table), "/", row.key, "=", *row.value));
      }
    }
    return all;
  }

 private:
  const FoldFunction fold_;
  const std::shared_ptr<store::Store> store_ = store::MakeMemoryStore();
  EventLog log_;
  int records_ = 0;
};

// Short and long cases, and commands of several events: copies of states come at different versions under each fold.
void Fill(Written* written) {
  for (int i = 0; i < 40; ++i) {
    written->Command(absl::StrCat("k", i % 3),
                     {std::string(1 + (i * 37) % 290, 'x'), std::string(1 + i, 'y')});
  }
  for (int i = 0; i < 1'500; ++i) written->Command("long", {"a", "b"});
  written->Command("short", {"a"});
}

TEST(StateRowsTest, AreAsTheNewerVersionWritesThem) {
  Written newer(FoldMore);
  Fill(&newer);
  for (const FoldFunction& fold : {FoldFunction(FoldLess), FoldFunction(FoldOther)}) {
    Written older(fold);
    Fill(&older);
    EXPECT_NE(older.Rows(), newer.Rows());
    ASSERT_TRUE(older.OpenWith(FoldMore).ok());
    EXPECT_THAT(older.Rows(), ElementsAreArray(newer.Rows()));
    // And back.
    Written again(fold);
    Fill(&again);
    ASSERT_TRUE(older.OpenWith(fold).ok());
    EXPECT_THAT(older.Rows(), ElementsAreArray(again.Rows()));
  }
}

TEST(StateRowsTest, AHistoryThatIsTooShortIsAnError) {
  Written older(FoldLess);
  Fill(&older);
  older.Remove(kEvents, EventKey(v1::ENTITY_KIND_CASE, "k1", 26));
  EXPECT_EQ(older.OpenWith(FoldMore).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace event_log
}  // namespace frontdesk
