// Folding the history of who has a case, and of its priority.
#include "domain/case/case_fold.h"

namespace frontdesk {
namespace domain {

CasePlace::CasePlace(const v1::Case& one)
    : assignee_id(one.assignee_id()),
      queue_id(one.queue_id()),
      impact(one.impact()),
      urgency(one.urgency()),
      priority(one.priority()) {}

void KeepPlaceSpans(const CasePlace& before, const v1::Event& event, v1::Case* current_case) {
  if (event.case_().has_case_imported()) return;
  if (current_case->assignee_id() != before.assignee_id ||
      current_case->queue_id() != before.queue_id) {
    v1::CaseAssigneeSpan& span = *current_case->add_assignee_spans();
    span.set_assignee_id(current_case->assignee_id());
    span.set_queue_id(current_case->queue_id());
    *span.mutable_start_time() = event.time();
    span.set_actor_id(event.actor_id());
  }
  if (current_case->impact() != before.impact || current_case->urgency() != before.urgency ||
      current_case->priority() != before.priority) {
    v1::CasePrioritySpan& span = *current_case->add_priority_spans();
    span.set_impact(current_case->impact());
    span.set_urgency(current_case->urgency());
    span.set_priority(current_case->priority());
    *span.mutable_start_time() = event.time();
    span.set_actor_id(event.actor_id());
  }
}

}  // namespace domain
}  // namespace frontdesk
