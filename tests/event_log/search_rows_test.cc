// The words of texts as rows, and the version of rows that are made from others.
#include "event_log/search_rows.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "event_log/derived_rows.h"
#include "event_log/rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/store/store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace event_log {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The event's subject becomes that of the case.
absl::Status FoldSubject(const v1::Event& event, v1::EntityState* state) {
  *state->mutable_entity() = event.entity();
  state->set_version(event.version());
  state->mutable_case_()->set_case_id(event.entity().id());
  state->mutable_case_()->mutable_open_time()->set_seconds(10);
  state->mutable_case_()->set_subject(event.case_().case_subject_changed().subject());
  return absl::OkStatus();
}

// A store that calls a function before its next commit, once.
class HookedStore : public store::Store {
 public:
  explicit HookedStore(std::shared_ptr<store::Store> store) : store_(std::move(store)) {}

  std::function<void()> hook;
  int commits = 0;

  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override {
    return store_->Read();
  }
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override {
    ++commits;
    if (hook != nullptr) std::exchange(hook, nullptr)();
    return store_->Commit(std::move(batches));
  }

 private:
  const std::shared_ptr<store::Store> store_;
};

// Gives the case a subject, and makes changes of its parts.
absl::StatusOr<CommitVerdict> Change(EventLog& log, const std::string& id,
                                     const std::string& subject, std::vector<RowChange> rows = {}) {
  const auto view = log.Read();
  Batch batch;
  ChangedEntity changed;
  changed.before = *view->Get(v1::ENTITY_KIND_CASE, id);
  const auto event = std::make_shared<v1::Event>();
  event->mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
  event->mutable_entity()->set_id(id);
  event->set_version(changed.before.state == nullptr ? 1 : changed.before.state->version() + 1);
  event->mutable_case_()->mutable_case_subject_changed()->set_subject(subject);
  const auto state = std::make_shared<v1::EntityState>();
  EXPECT_TRUE(FoldSubject(*event, state.get()).ok());
  changed.after = state;
  changed.rows = std::move(rows);
  for (RowChange& row : changed.rows) row.version = event->version();
  batch.read_entities.push_back({event->entity(), changed.before.head});
  batch.changed.push_back(std::move(changed));
  batch.events.push_back(event);
  return log.Commit(batch);
}

void MustChange(EventLog& log, const std::string& id, const std::string& subject,
                std::vector<RowChange> rows = {}) {
  const auto verdict = Change(log, id, subject, std::move(rows));
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  ASSERT_EQ(*verdict, CommitVerdict::kCommitted);
}

std::vector<std::string> FindIds(const EventLog& log, const std::string& word, bool is_seen) {
  const auto view = log.Read();
  const auto found = view->FindWord(v1::ENTITY_KIND_CASE, word, is_seen, absl::nullopt, 10);
  EXPECT_TRUE(found.ok()) << found.status();
  std::vector<std::string> ids;
  for (const IndexPosition& place : *found) ids.push_back(place.id);
  return ids;
}

std::string PartBytes(const std::string& text, v1::Visibility visibility) {
  v1::InteractionPart part;
  part.set_part_id("p");
  part.set_kind(v1::InteractionPart::KIND_MESSAGE);
  part.set_visibility(visibility);
  part.set_text(text);
  return part.SerializeAsString();
}

std::vector<store::Row> RowsOfTable(const store::Store& from, Table table) {
  const auto snapshot = from.Read();
  auto rows = (*snapshot)->Scan(store::RangeOf(table, ""), 100'000);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return *std::move(rows);
}

std::vector<std::string> RowsIn(const store::Store& from, Table table) {
  std::vector<std::string> rows;
  for (const store::Row& row : RowsOfTable(from, table)) {
    rows.push_back(absl::StrCat(row.key, "=", *row.value));
  }
  return rows;
}

void PutRow(store::Store& store, Table table, const std::string& key, store::Value value) {
  store::Batch batch;
  batch.writes.push_back({{table, key}, std::move(value)});
  ASSERT_TRUE(store.Commit({std::move(batch)}).ok());
}

TEST(SearchRowsTest, AChangedTextRemovesItsOwnRowsAlone) {
  EventLog log(store::MakeMemoryStore(), {FoldSubject});
  MustChange(log, "k", "lamp light");
  MustChange(log, "k2", "lamp");
  EXPECT_THAT(FindIds(log, "lamp", true), ElementsAre("k2", "k"));
  MustChange(log, "k", "bulb light");
  EXPECT_THAT(FindIds(log, "lamp", true), ElementsAre("k2"));
  EXPECT_THAT(FindIds(log, "light", true), ElementsAre("k"));
  EXPECT_THAT(FindIds(log, "bulb", true), ElementsAre("k"));

  constexpr int kParts = v1::Case::kPartsFieldNumber;
  const std::string before = PartBytes("lamp", v1::VISIBILITY_PUBLIC);
  const std::string after = PartBytes("lamp grumpy", v1::VISIBILITY_INTERNAL);
  MustChange(log, "k", "bulb light", {{kParts, "p", {3, 0}, 0, before}});
  EXPECT_THAT(FindIds(log, "lamp", true), ElementsAre("k2", "k"));
  MustChange(log, "k", "bulb light", {{kParts, "p", {3, 0}, 0, after, before}});
  EXPECT_THAT(FindIds(log, "lamp", true), ElementsAre("k2"));
  EXPECT_THAT(FindIds(log, "grumpy", true), IsEmpty());
  EXPECT_THAT(FindIds(log, "grumpy", false), ElementsAre("k"));
  MustChange(log, "k", "bulb light", {{kParts, "p", {3, 0}, 0, absl::nullopt, after}});
  EXPECT_THAT(FindIds(log, "grumpy", false), IsEmpty());
  EXPECT_THAT(FindIds(log, "light", true), ElementsAre("k"));
}

TEST(SearchRowsTest, PlacesBehindAndJustBeforeAnEntity) {
  EventLog log(store::MakeMemoryStore(), {FoldSubject});
  for (const std::string id : {"a", "ab", "b"}) MustChange(log, id, "lamp");
  const auto view = log.Read();
  const auto behind = [&](const std::string& id) {
    const auto found =
        view->FindWord(v1::ENTITY_KIND_CASE, "lamp", true, IndexPosition{10'000'000'000, id}, 9);
    std::vector<std::string> ids;
    for (const IndexPosition& place : *found) ids.push_back(place.id);
    return ids;
  };
  EXPECT_THAT(behind("b"), ElementsAre("ab", "a"));
  EXPECT_THAT(behind("ab"), ElementsAre("a"));
  EXPECT_THAT(behind(std::string("ab\0", 3)), ElementsAre("ab", "a"));
  EXPECT_THAT(behind(std::string("a\0", 2)), ElementsAre("a"));
  EXPECT_THAT(behind("a"), IsEmpty());
  EXPECT_THAT(*view->WordsThatBegin(v1::ENTITY_KIND_CASE, "la", true, 5), ElementsAre("lamp"));
}

TEST(SearchRowsTest, OlderRowsAreMadeAgain) {
  const auto store = store::MakeMemoryStore();
  EventLog log(store, {FoldSubject});
  for (int i = 0; i < 700; ++i) MustChange(log, absl::StrCat("k", i), "lamp and light");
  const std::vector<std::string> rows = RowsIn(*store, kSearch);
  EXPECT_EQ(GetReason(log.Read()->CheckRows()), "STORE_NOT_USABLE");
  int place = 0;
  for (const store::Row& row : RowsOfTable(*store, kSearch)) {
    if (++place % 3 == 0) continue;
    PutRow(*store, kSearch, row.key, nullptr);
    PutRow(*store, kSearch, row.key + "old", store::MakeValue("x"));
  }
  ASSERT_TRUE(log.MakeRows().ok());
  EXPECT_EQ(RowsIn(*store, kSearch), rows);
  EXPECT_TRUE(log.Read()->CheckRows().ok());
}

TEST(SearchRowsTest, ABatchThatAnotherProcessHasMadeIsNotMadeTwice) {
  const auto store = store::MakeMemoryStore();
  EventLog log(store, {FoldSubject});
  MustChange(log, "k", "lamp");
  const std::vector<std::string> rows = RowsIn(*store, kSearch);
  // Another one is at work when this one is about to remove rows.
  PutRow(*store, kDerived, "", store::MakeValue(EncodeProgress({kDerivedVersion, 0, ""})));
  const auto hooked = std::make_shared<HookedStore>(store);
  hooked->hook = [&] {
    EventLog other(store, {FoldSubject});
    EXPECT_TRUE(other.MakeRows().ok());
  };
  EventLog overtaken(hooked, {FoldSubject});
  ASSERT_TRUE(overtaken.MakeRows().ok());
  EXPECT_EQ(hooked->commits, 1) << "the rows are there, and complete";
  EXPECT_EQ(RowsIn(*store, kSearch), rows);
}

TEST(SearchRowsTest, NothingIsWrittenBesideRowsOfANewerVersion) {
  const auto store = store::MakeMemoryStore();
  EventLog log(store, {FoldSubject});
  ASSERT_TRUE(log.MakeRows().ok());
  MustChange(log, "k", "lamp");
  PutRow(*store, kDerived, "", store::MakeValue(EncodeProgress({kDerivedVersion + 1, 0, ""})));
  EXPECT_EQ(GetReason(Change(log, "k", "bulb").status()), "STORE_NOT_USABLE");
  EXPECT_THAT(FindIds(log, "bulb", true), IsEmpty());
  EXPECT_EQ(GetReason(log.MakeRows()), "STORE_NOT_USABLE");
}

}  // namespace
}  // namespace event_log
}  // namespace frontdesk
