// Lists whose elements are rows of their own, as a stranger reads them.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::By;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::EntityRef CaseRef() {
  v1::EntityRef entity;
  entity.set_kind(v1::ENTITY_KIND_CASE);
  entity.set_id("k");
  return entity;
}

v1::Command AddTask(int number) {
  v1::Command command = By("anna", number);
  v1::AddCaseTask& verb = *command.mutable_case_()->mutable_add_case_task();
  verb.set_case_id("k");
  verb.mutable_task()->set_task_id(absl::StrCat("t", number));
  verb.mutable_task()->set_title("call back");
  return command;
}

v1::Command CompleteTask(int number, std::int64_t seconds) {
  v1::Command command = By("anna", seconds);
  v1::CompleteCaseTask& verb = *command.mutable_case_()->mutable_complete_case_task();
  verb.set_case_id("k");
  verb.set_task_id(absl::StrCat("t", number));
  verb.set_outcome_note("reached");
  return command;
}

std::unique_ptr<Desk> WithTasks(int count, absl::string_view policy = testing::kAllowAll) {
  std::unique_ptr<Desk> desk = MustOpen(policy);
  v1::Command open = By("anna", 0);
  open.mutable_case_()->mutable_open_case()->set_case_id("k");
  open.mutable_case_()->mutable_open_case()->set_kind(v1::Case::KIND_TROUBLE);
  open.mutable_case_()->mutable_open_case()->set_subject("a lamp");
  MustDo(*desk, open);
  for (int i = 1; i <= count; ++i) MustDo(*desk, AddTask(i));
  return desk;
}

// "t1 t2" of each page.
std::vector<std::string> Pages(const Desk& desk, RowPage page) {
  std::vector<std::string> pages;
  do {
    const auto rows = desk.ReadRows(CaseRef(), "tasks", page);
    EXPECT_TRUE(rows.ok()) << rows.status();
    if (!rows.ok()) return pages;
    std::string& text = pages.emplace_back();
    for (const v1::FollowUpTask& task : rows->state.case_().tasks()) {
      absl::StrAppend(&text, text.empty() ? "" : " ", task.task_id());
    }
    page.after = rows->next;
  } while (page.after.has_value());
  return pages;
}

TEST(ReadRowsTest, ComeInPagesInBothDirections) {
  const std::unique_ptr<Desk> desk = WithTasks(5);
  RowPage page;
  page.page_size = 2;
  EXPECT_THAT(Pages(*desk, page), ElementsAre("t1 t2", "t3 t4", "t5"));
  page.descending = true;
  EXPECT_THAT(Pages(*desk, page), ElementsAre("t5 t4", "t3 t2", "t1"));
  page.page_size = 5;
  EXPECT_THAT(Pages(*desk, page), ElementsAre("t5 t4 t3 t2 t1", ""));
}

TEST(ReadRowsTest, TheStateHasNoElementsButTheListsThatAreAskedFor) {
  const std::unique_ptr<Desk> desk = WithTasks(3);
  MustDo(*desk, CompleteTask(2, 10));
  const v1::EntityState state = **desk->Get(CaseRef());
  EXPECT_EQ(state.case_().tasks_size(), 0);
  EXPECT_EQ(state.case_().state_spans_size(), 0);
  EXPECT_EQ(state.case_().task_count(), 3);
  EXPECT_EQ(state.case_().open_task_count(), 2);
  const absl::string_view lists[] = {"tasks", "state_spans", "tasks"};
  const v1::EntityState whole = **desk->Get(CaseRef(), lists);
  ASSERT_EQ(whole.case_().tasks_size(), 3);
  EXPECT_EQ(whole.case_().tasks(1).outcome_note(), "reached");
  EXPECT_EQ(whole.case_().state_spans_size(), 1);
  EXPECT_EQ(whole.version(), state.version());
}

TEST(ReadRowsTest, TheCostOfAStateDoesNotGrowWithItsLists) {
  const auto bytes = [](int tasks) { return (*WithTasks(tasks)->Get(CaseRef()))->ByteSizeLong(); };
  EXPECT_LE(bytes(300), bytes(3) + 8);
}

TEST(ReadRowsTest, ARemovedElementIsGoneAndItsNameIsFree) {
  const std::unique_ptr<Desk> desk = WithTasks(3);
  v1::Command remove = By("anna", 10);
  remove.mutable_case_()->mutable_remove_case_task()->set_case_id("k");
  remove.mutable_case_()->mutable_remove_case_task()->set_task_id("t1");
  MustDo(*desk, remove);
  EXPECT_THAT(Pages(*desk, {}), ElementsAre("t2 t3"));
  v1::Command again = AddTask(1);
  again.mutable_now()->set_seconds(remove.now().seconds() + 1);
  MustDo(*desk, again);
  EXPECT_THAT(Pages(*desk, {}), ElementsAre("t2 t3 t1"));
  again.mutable_case_()->mutable_add_case_task()->mutable_task()->set_title("other");
  const auto taken = desk->Execute(again);
  ASSERT_EQ(taken->refusals_size(), 1);
  EXPECT_EQ(taken->refusals(0).reason(), "CASE_ADD_TASK_ID_EXISTS");
}

TEST(ReadRowsTest, ARuleReadsTheElementThatTheCommandNames) {
  const std::unique_ptr<Desk> desk = WithTasks(2, R"pb(
    rule_sets {
      id: "done"
      decision_points: "CompleteCaseTask"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "last"
        order: 1
        condition: "has(task.title) && task.task_id == 't2' && case.open_task_count > 1"
        outcome: POLICY_OUTCOME_REFUSE
        reason: "FIRST_THINGS_FIRST"
      }
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  )pb");
  EXPECT_EQ(desk->Execute(CompleteTask(2, 10))->refusals(0).reason(), "FIRST_THINGS_FIRST");
  MustDo(*desk, CompleteTask(1, 11));
  MustDo(*desk, CompleteTask(2, 12));
  // The input of the first decision, with the task as it was then.
  const auto records = desk->Journal();
  for (const v1::JournalRecord& record : *records) {
    const auto rebuilt = desk->DecisionInputOf(record.record_id());
    ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
    EXPECT_EQ(rebuilt->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
    const v1::CaseDecisionInput& input = rebuilt->input().case_();
    if (!input.command().has_complete_case_task()) continue;
    EXPECT_FALSE(input.task().has_complete_time());
    EXPECT_EQ(input.case_().tasks_size(), 1);
  }
}

TEST(ReadRowsTest, ErrorsHaveTheirReasons) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.find_limits.max_rows = 2;
  const std::unique_ptr<Desk> small = *Desk::Open(options);
  v1::Command open = By("anna", 0);
  open.mutable_case_()->mutable_open_case()->set_case_id("k");
  open.mutable_case_()->mutable_open_case()->set_kind(v1::Case::KIND_TROUBLE);
  open.mutable_case_()->mutable_open_case()->set_subject("a lamp");
  MustDo(*small, open);
  for (int i = 1; i <= 3; ++i) MustDo(*small, AddTask(i));
  const absl::string_view tasks[] = {"tasks"};
  EXPECT_EQ(GetReason(small->Get(CaseRef(), tasks).status()), kReasonFindRowsTooMany);
  EXPECT_EQ(small->ReadRows(CaseRef(), "tasks")->state.case_().tasks_size(), 3);
  const absl::string_view unknown[] = {"tags"};
  EXPECT_EQ(GetReason(small->Get(CaseRef(), unknown).status()), kReasonRowListUnknown);
  EXPECT_EQ(GetReason(small->ReadRows(CaseRef(), "entries").status()), kReasonRowListUnknown);
  EXPECT_EQ(GetReason(small->ReadRows({}, "tasks").status()), kReasonEntityRefMalformed);
  v1::EntityRef nobody = CaseRef();
  nobody.set_id("nobody");
  EXPECT_EQ(GetReason(small->ReadRows(nobody, "tasks").status()), kReasonEntityNotFound);
  EXPECT_THAT(small->ReadRows(CaseRef(), "links")->state.case_().links(), IsEmpty());
}

}  // namespace
}  // namespace frontdesk
