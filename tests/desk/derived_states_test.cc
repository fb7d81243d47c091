// States, and the elements without a name in lists, are made again from the log when an older version wrote them: it folded the same events to
// less.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/derived_rows_testing.h"
#include "desk/shop.h"
#include "desk/text_search_testing.h"
#include "event_log/derived_rows.h"
#include "event_log/rows.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using event_log::kDerivedVersion;
using ::frontdesk::testing::AskingStore;
using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenOn;
using ::frontdesk::testing::PutProgress;
using ::frontdesk::testing::PutRow;
using ::frontdesk::testing::RowsOf;
using store::MakeValue;

v1::EntityRef KeptCaseRef(const std::string& id) {
  v1::EntityRef entity;
  entity.set_kind(v1::ENTITY_KIND_CASE);
  entity.set_id(id);
  return entity;
}

std::vector<std::string> StatesOf(const store::Store& from) {
  std::vector<std::string> all;
  for (const event_log::Table table :
       {event_log::kHeads, event_log::kStates, event_log::kRows, event_log::kRowNames}) {
    for (const store::Row& row : RowsOf(from, table)) {
      all.push_back(absl::StrCat(static_cast<int>(table), "/", row.key, "=", *row.value));
    }
  }
  return all;
}

bool IsOfList(const store::Row& row, const std::string& case_id, int list) {
  const std::string prefix = event_log::RowsPrefix(v1::ENTITY_KIND_CASE, case_id, list);
  return row.key.compare(0, prefix.size(), prefix) == 0;
}

// As an older version left the cases. It kept no assignees, no priorities, no actors of stretches and no reason of an end, and it copied states
// at other times.
void MakeOldStates(store::Store& store, const std::vector<std::string>& case_ids) {
  for (const std::string& id : case_ids) {
    for (const store::Row& row : RowsOf(store, event_log::kRows)) {
      if (IsOfList(row, id, v1::Case::kAssigneeSpansFieldNumber) ||
          IsOfList(row, id, v1::Case::kPrioritySpansFieldNumber)) {
        PutRow(store, event_log::kRows, row.key, nullptr);
      } else if (IsOfList(row, id, v1::Case::kStateSpansFieldNumber)) {
        v1::CaseStateSpan span;
        ASSERT_TRUE(span.ParseFromString(std::string(*event_log::DecodeRow(*row.value))));
        span.clear_actor_id();
        PutRow(store, event_log::kRows, row.key,
               MakeValue(event_log::EncodeRow(span.SerializeAsString())));
      }
    }
    // An element that nothing adds any more.
    PutRow(store, event_log::kRows,
           event_log::RowKey(v1::ENTITY_KIND_CASE, id, v1::Case::kStateSpansFieldNumber, {1, 7}, 1),
           MakeValue(event_log::EncodeRow("")));
  }
  for (const store::Row& row : RowsOf(store, event_log::kStates)) {
    v1::EntityState state;
    ASSERT_TRUE(state.ParseFromString(*row.value));
    if (!state.has_case_()) continue;
    state.mutable_case_()->clear_end_reason();
    const std::string head_key = event_log::EntityKey(v1::ENTITY_KIND_CASE, state.entity().id());
    event_log::Head head;
    for (const store::Row& each : RowsOf(store, event_log::kHeads)) {
      if (each.key == head_key) head = *event_log::DecodeHead(*each.value);
    }
    if (head.state_version != state.version()) continue;
    head.older_state_version = head.state_version - 1;
    PutRow(store, event_log::kHeads, head_key, MakeValue(event_log::EncodeHead(head)));
    PutRow(store, event_log::kStates, row.key, MakeValue(state.SerializeAsString()));
    state.set_version(state.version() - 1);
    PutRow(store, event_log::kStates,
           event_log::StateKey(v1::ENTITY_KIND_CASE, state.entity().id(), state.version()),
           MakeValue(state.SerializeAsString()));
  }
  PutProgress(store, {kDerivedVersion - 1, absl::nullopt, ""});
}

// A case with a copy of its state behind its end, and one with more stretches than a batch has writes.
std::shared_ptr<store::Store> MakeLongCases() {
  std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  const std::unique_ptr<Desk> desk = MustOpen(testing::kAllowAll, store);
  int second = 0;
  const auto run = [&](const std::string& text) { MustDo(*desk, AskInText(text, ++second)); };
  run("open_case { case_id: 'k1' kind: KIND_TROUBLE subject: 'x' queue_id: 'q' priority: 2 }");
  run("assign_case { case_id: 'k1' assignee_id: 'ben' }");
  run("prioritize_case { case_id: 'k1' priority: 1 }");
  run("cancel_case { case_id: 'k1' reason: 'by mistake' }");
  for (int i = 0; i < 12; ++i) {
    run(absl::StrCat("add_case_part { case_id: 'k1' part { part_id: 'p", i,
                     "' kind: KIND_NOTE text: '", std::string(400, 'x'), "' } }"));
  }
  run("open_case { case_id: 'k2' kind: KIND_TROUBLE subject: 'x' }");
  for (int i = 0; i < 2'600; ++i) {
    run(absl::StrCat("name_case_state { case_id: 'k2' state_name: 'name", i % 2, "' }"));
  }
  return store;
}

TEST(DerivedStatesTest, AnOlderFoldIsReplaced) {
  const std::shared_ptr<store::Store> store = MakeLongCases();
  const std::vector<std::string> states = StatesOf(*store);
  EXPECT_GT(RowsOf(*store, event_log::kStates).size(), 2u);
  MakeOldStates(*store, {"k1", "k2"});
  EXPECT_NE(StatesOf(*store), states);
  std::size_t largest = 0;
  int commits = 0;
  const auto desk = OpenOn(std::make_shared<AskingStore>(
      store, [&](const std::vector<store::Batch>& batches) -> absl::Status {
        ++commits;
        largest = std::max(largest, batches.at(0).writes.size());
        return absl::OkStatus();
      }));
  ASSERT_TRUE(desk.ok()) << desk.status();
  EXPECT_LE(largest, 2'500u);
  EXPECT_TRUE(StatesOf(*store) == states) << "states, heads and elements are as they were written";
  const auto report = (*desk)->VerifyRows();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->has_fault()) << report->ShortDebugString();
  const auto spans = (*desk)->ReadRows(KeptCaseRef("k1"), "assignee_spans", {});
  ASSERT_TRUE(spans.ok()) << spans.status();
  ASSERT_EQ(spans->state.case_().assignee_spans_size(), 2);
  EXPECT_EQ(spans->state.case_().assignee_spans(1).assignee_id(), "ben");
  EXPECT_FALSE(spans->state.case_().assignee_spans(1).actor_id().empty());
}

// The process ends before the n-th commit. The rest is as it was, and the next process makes it.
TEST(DerivedStatesTest, StatesStayReadableWhileTheyAreMade) {
  const std::shared_ptr<store::Store> whole = MakeLongCases();
  const std::vector<std::string> states = StatesOf(*whole);
  MakeOldStates(*whole, {"k1", "k2"});
  for (int commits = 0; commits < 6; ++commits) {
    const std::shared_ptr<store::Store> store = *whole->Clone();
    int left = commits;
    const auto ending =
        std::make_shared<AskingStore>(store, [&](const std::vector<store::Batch>&) -> absl::Status {
          return left-- > 0 ? absl::OkStatus() : absl::UnavailableError("killed");
        });
    EXPECT_FALSE(OpenOn(ending).ok());
    ReaderOptions options;
    options.store = store;
    const std::unique_ptr<Reader> reader = *Reader::Open(options);
    for (const char* id : {"k1", "k2"}) {
      const auto state = reader->Get(KeptCaseRef(id));
      EXPECT_TRUE(state.ok()) << state.status();
    }
    const auto parts = reader->ReadRows(KeptCaseRef("k1"), "parts", {});
    ASSERT_TRUE(parts.ok()) << parts.status();
    EXPECT_EQ(parts->state.case_().parts_size(), 12);
    ASSERT_TRUE(OpenOn(store).ok());
    EXPECT_TRUE(StatesOf(*store) == states) << "after " << commits << " commits";
  }
}

}  // namespace
}  // namespace frontdesk
