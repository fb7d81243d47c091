#include "domain/case/case_draft.h"
#include "domain/case/case_items.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {

void CheckRemoveCaseTask(const FieldPath& root, const v1::CaseCommand& command,
                         ArgumentChecker* checker) {
  checker->RequireText({&root, "task_id"}, command.remove_case_task().task_id());
}

void DecideRemoveCaseTask(CaseDraft* draft) {
  const v1::RemoveCaseTask& verb = draft->command().remove_case_task();
  const v1::FollowUpTask* task =
      RequireUndoneTask(verb.task_id(), "remove_case_task.task_id", kReasonCaseRemoveTaskUnknown,
                        kReasonCaseRemoveTaskDone, draft);
  if (task != nullptr)
    *draft->AddEvent().mutable_case_()->mutable_case_task_removed()->mutable_before() = *task;
}

}  // namespace domain
}  // namespace frontdesk
