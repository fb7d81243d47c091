// Tasks to be done later for a case.
#include <string>

#include "domain/case/case_draft.h"
#include "domain/case/case_fold.h"
#include "domain/case/case_verbs.h"
#include "domain/event_maker.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseCommand;

// The place of the task; -1 when there is none of that id.
int FindTask(const Case& current_case, const std::string& task_id) {
  for (int i = 0; i < current_case.tasks_size(); ++i) {
    if (current_case.tasks(i).task_id() == task_id) return i;
  }
  return -1;
}

// The task that is not done yet; null, and refused, when there is none.
const v1::FollowUpTask* RequireUndone(const std::string& task_id, absl::string_view field,
                                      absl::string_view unknown_reason,
                                      absl::string_view done_reason, CaseDraft* draft) {
  const int place = FindTask(draft->current(), task_id);
  if (place < 0) {
    draft->Refuse(unknown_reason, field, "the case has no task of that id");
    return nullptr;
  }
  const v1::FollowUpTask& task = draft->current().tasks(place);
  if (!task.has_complete_time()) return &task;
  draft->Refuse(done_reason, field, "the task was done already");
  return nullptr;
}

}  // namespace

void DecideAddCaseTask(CaseDraft* draft) {
  const v1::FollowUpTask& task = draft->command().add_case_task().task();
  if (FindTask(draft->current(), task.task_id()) >= 0) {
    draft->Refuse(kReasonCaseAddTaskIdExists, "add_case_task.task.task_id",
                  "the case has a task of that id already");
  }
  *draft->AddEvent().mutable_case_()->mutable_case_task_added()->mutable_task() = task;
}

void DecideCompleteCaseTask(CaseDraft* draft) {
  const v1::CompleteCaseTask& verb = draft->command().complete_case_task();
  RequireUndone(verb.task_id(), "complete_case_task.task_id", kReasonCaseCompleteTaskUnknown,
                kReasonCaseCompleteTaskDone, draft);
  v1::CaseTaskCompleted& fact = *draft->AddEvent().mutable_case_()->mutable_case_task_completed();
  fact.set_task_id(verb.task_id());
  fact.set_outcome_note(verb.outcome_note());
  *fact.mutable_complete_time() = draft->input().now();
}

void DecideRemoveCaseTask(CaseDraft* draft) {
  const v1::RemoveCaseTask& verb = draft->command().remove_case_task();
  const v1::FollowUpTask* task =
      RequireUndone(verb.task_id(), "remove_case_task.task_id", kReasonCaseRemoveTaskUnknown,
                    kReasonCaseRemoveTaskDone, draft);
  if (task != nullptr)
    *draft->AddEvent().mutable_case_()->mutable_case_task_removed()->mutable_before() = *task;
}

absl::Status ApplyCaseTaskAdded(const v1::CaseTaskAdded& fact, Case* current_case) {
  const v1::FollowUpTask& task = fact.task();
  if (!Keeps(CaseCommand::kAddCaseTask, *current_case) || task.task_id().empty() ||
      task.has_complete_time() || FindTask(*current_case, task.task_id()) >= 0) {
    return NotApplicableError("the task exists already, or is not valid");
  }
  *current_case->add_tasks() = task;
  return absl::OkStatus();
}

absl::Status ApplyCaseTaskCompleted(const v1::CaseTaskCompleted& fact, Case* current_case) {
  const int place = FindTask(*current_case, fact.task_id());
  if (!Keeps(CaseCommand::kCompleteCaseTask, *current_case) || place < 0 ||
      current_case->tasks(place).has_complete_time()) {
    return NotApplicableError("there is no such open task");
  }
  v1::FollowUpTask& task = *current_case->mutable_tasks(place);
  *task.mutable_complete_time() = fact.complete_time();
  task.set_outcome_note(fact.outcome_note());
  return absl::OkStatus();
}

absl::Status ApplyCaseTaskRemoved(const v1::CaseTaskRemoved& fact, Case* current_case) {
  const int place = FindTask(*current_case, fact.before().task_id());
  if (!Keeps(CaseCommand::kRemoveCaseTask, *current_case) || place < 0 ||
      current_case->tasks(place).has_complete_time()) {
    return NotApplicableError("there is no such task to remove");
  }
  current_case->mutable_tasks()->DeleteSubrange(place, 1);
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
