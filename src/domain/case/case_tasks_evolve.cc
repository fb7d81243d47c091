// Folding the tasks of a case.
#include <algorithm>
#include <string>

#include "domain/case/case_fold.h"
#include "domain/case/case_items.h"
#include "domain/event_maker.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseCommand;

// The task of that id that is not done yet; null when there is none.
v1::FollowUpTask* FindUndoneTask(const std::string& task_id, Case* current_case) {
  for (v1::FollowUpTask& task : *current_case->mutable_tasks()) {
    if (task.task_id() == task_id) return task.has_complete_time() ? nullptr : &task;
  }
  return nullptr;
}

}  // namespace

absl::Status ApplyCaseTaskAdded(const v1::CaseTaskAdded& fact, Case* current_case) {
  const v1::FollowUpTask& task = fact.task();
  if (!Keeps(CaseCommand::kAddCaseTask, *current_case) || task.task_id().empty() ||
      task.has_complete_time() || FindTask(*current_case, task.task_id()) != nullptr) {
    return NotApplicableError("the task exists already, or is not valid");
  }
  *current_case->add_tasks() = task;
  return absl::OkStatus();
}

absl::Status ApplyCaseTaskCompleted(const v1::CaseTaskCompleted& fact, Case* current_case) {
  v1::FollowUpTask* task = FindUndoneTask(fact.task_id(), current_case);
  if (!Keeps(CaseCommand::kCompleteCaseTask, *current_case) || task == nullptr) {
    return NotApplicableError("there is no such open task");
  }
  *task->mutable_complete_time() = fact.complete_time();
  task->set_outcome_note(fact.outcome_note());
  return absl::OkStatus();
}

absl::Status ApplyCaseTaskRemoved(const v1::CaseTaskRemoved& fact, Case* current_case) {
  const v1::FollowUpTask* task = FindUndoneTask(fact.before().task_id(), current_case);
  if (!Keeps(CaseCommand::kRemoveCaseTask, *current_case) || task == nullptr) {
    return NotApplicableError("there is no such task to remove");
  }
  auto* tasks = current_case->mutable_tasks();
  tasks->erase(std::find_if(tasks->begin(), tasks->end(),
                            [task](const v1::FollowUpTask& each) { return &each == task; }));
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
