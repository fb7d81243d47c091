#include "domain/case/case_draft.h"
#include "domain/case/case_items.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {

void CheckAddCaseTask(const FieldPath& root, const v1::CaseCommand& command,
                      ArgumentChecker* checker) {
  const v1::AddCaseTask& verb = command.add_case_task();
  checker->CheckTimeSpan({&root, "due_in"}, verb.has_due_in(), verb.due_in());
  const FieldPath field{&root, "task"};
  if (!checker->RequireMessage(field, verb.has_task())) return;
  const v1::FollowUpTask& task = verb.task();
  checker->RequireText({&field, "task_id"}, task.task_id());
  checker->RequireText({&field, "title"}, task.title());
  if (checker->CheckTime({&field, "due_time"}, task.has_due_time(), task.due_time()) &&
      task.has_due_time() && verb.has_due_in()) {
    checker->Add({&field, "due_time"}, kReasonArgumentExclusive,
                 "and due_in are set; give one of them");
  }
  checker->Forbid({&field, "complete_time"}, task.has_complete_time());
  checker->Forbid({&field, "complete_occur_time"}, task.has_complete_occur_time());
  checker->Forbid({&field, "outcome_note"}, !task.outcome_note().empty());
}

void DecideAddCaseTask(CaseDraft* draft) {
  const v1::FollowUpTask& task = draft->command().add_case_task().task();
  if (FindTask(draft->current(), task.task_id()) != nullptr) {
    draft->Refuse(kReasonCaseAddTaskIdExists, "add_case_task.task.task_id",
                  "the case has a task of that id already");
  }
  v1::FollowUpTask& added =
      *draft->AddEvent().mutable_case_()->mutable_case_task_added()->mutable_task();
  added = task;
  if (draft->assessment().has_task_due_time()) {
    *added.mutable_due_time() = draft->assessment().task_due_time();
  } else if (draft->command().add_case_task().has_due_in()) {
    draft->Refuse(
        kReasonCaseAddTaskDueEndless, "add_case_task.due_in",
        "the task would not be due by the end of year 9999; give a shorter time, or none");
  }
}

}  // namespace domain
}  // namespace frontdesk
