// Folding the tasks of a case.
#include <algorithm>
#include <string>

#include "domain/case/case_fold.h"
#include "domain/event_maker.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

// The task of that id; null when there is none.
v1::FollowUpTask* FindMutableTask(const std::string& task_id, Case* current_case) {
  for (v1::FollowUpTask& task : *current_case->mutable_tasks()) {
    if (task.task_id() == task_id) return &task;
  }
  return nullptr;
}

}  // namespace

void ApplyCaseTaskAdded(const v1::CaseTaskAdded& fact, Case* current_case) {
  current_case->set_task_count(NextCount(current_case->task_count()));
  if (!fact.task().has_complete_time()) {
    current_case->set_open_task_count(NextCount(current_case->open_task_count()));
  }
  v1::FollowUpTask* known = FindMutableTask(fact.task().task_id(), current_case);
  *(known == nullptr ? current_case->add_tasks() : known) = fact.task();
}

void ApplyCaseTaskCompleted(const v1::Event& event, Case* current_case) {
  const v1::CaseTaskCompleted& fact = event.case_().case_task_completed();
  current_case->set_open_task_count(Changed(current_case->open_task_count(), -1));
  v1::FollowUpTask* task = FindMutableTask(fact.task_id(), current_case);
  if (task == nullptr) return;
  *task->mutable_complete_time() = fact.complete_time();
  task->clear_complete_occur_time();
  if (event.has_occur_time()) *task->mutable_complete_occur_time() = event.occur_time();
  task->set_outcome_note(fact.outcome_note());
}

void ApplyCaseTaskRemoved(const v1::CaseTaskRemoved& fact, Case* current_case) {
  current_case->set_task_count(Changed(current_case->task_count(), -1));
  if (!fact.before().has_complete_time()) {
    current_case->set_open_task_count(Changed(current_case->open_task_count(), -1));
  }
  auto* tasks = current_case->mutable_tasks();
  tasks->erase(std::remove_if(tasks->begin(), tasks->end(),
                              [&fact](const v1::FollowUpTask& each) {
                                return each.task_id() == fact.before().task_id();
                              }),
               tasks->end());
}

}  // namespace domain
}  // namespace frontdesk
