#include "domain/case/case_draft.h"
#include "domain/case/case_items.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {

void CheckCompleteCaseTask(const FieldPath& root, const v1::CaseCommand& command,
                           ArgumentChecker* checker) {
  checker->RequireText({&root, "task_id"}, command.complete_case_task().task_id());
}

void DecideCompleteCaseTask(CaseDraft* draft) {
  const v1::CompleteCaseTask& verb = draft->command().complete_case_task();
  RequireUndoneTask(verb.task_id(), "complete_case_task.task_id", kReasonCaseCompleteTaskUnknown,
                    kReasonCaseCompleteTaskDone, draft);
  v1::CaseTaskCompleted& fact = *draft->AddEvent().mutable_case_()->mutable_case_task_completed();
  fact.set_task_id(verb.task_id());
  fact.set_outcome_note(verb.outcome_note());
  *fact.mutable_complete_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
