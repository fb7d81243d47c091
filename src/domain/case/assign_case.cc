#include <utility>

#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

bool IsAssignCaseUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment&) {
  const v1::AssignCase& verb = input.command().assign_case();
  const Case& current = input.case_();
  const bool begins_work =
      current.state() == Case::STATE_NEW && !verb.assignee_id().empty() && !verb.keeps_state();
  return verb.assignee_id() == current.assignee_id() &&
         (verb.queue_id().empty() || verb.queue_id() == current.queue_id()) && !begins_work;
}

void DecideAssignCase(CaseDraft* draft) {
  const v1::AssignCase& verb = draft->command().assign_case();
  const Case& current = draft->current();
  v1::CaseAssigned fact;
  fact.set_assignee_id(verb.assignee_id());
  fact.set_queue_id(verb.queue_id().empty() ? current.queue_id() : verb.queue_id());
  *draft->AddEvent().mutable_case_()->mutable_case_assigned() = std::move(fact);
  if (!verb.keeps_state()) draft->OpenIfTaken(verb.assignee_id(), kReasonCaseAssignTime);
}

}  // namespace domain
}  // namespace frontdesk
