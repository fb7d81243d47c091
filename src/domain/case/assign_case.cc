#include <utility>

#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

void DecideAssignCase(CaseDraft* draft) {
  const v1::AssignCase& verb = draft->command().assign_case();
  const Case& current = draft->current();
  v1::CaseAssigned fact;
  fact.set_assignee_id(verb.assignee_id());
  fact.set_queue_id(verb.queue_id().empty() ? current.queue_id() : verb.queue_id());
  if (fact.assignee_id() == current.assignee_id() && fact.queue_id() == current.queue_id()) {
    draft->Refuse(kReasonCaseAssignUnchanged, "", "the case has that assignee and queue already");
  }
  *draft->AddEvent().mutable_case_()->mutable_case_assigned() = std::move(fact);
  if (!verb.keeps_state()) draft->OpenIfTaken(verb.assignee_id(), kReasonCaseAssignTime);
}

}  // namespace domain
}  // namespace frontdesk
