// Who works on a case: giving it, handing it over, asking somebody else.
#include <string>
#include <utility>

#include "domain/case_draft.h"
#include "domain/case_verbs.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

// A new case that is given to a person is worked on from now on.
void OpenIfTaken(const std::string& assignee_id, absl::string_view time_reason, CaseDraft* draft) {
  if (draft->current().state() == Case::STATE_NEW && !assignee_id.empty()) {
    draft->ChangeState(Case::STATE_OPEN, "", time_reason);
  }
}

}  // namespace

void DecideAssignCase(CaseDraft* draft) {
  const v1::AssignCase& verb = draft->command().assign_case();
  const Case& current = draft->current();
  v1::CaseAssigned fact;
  fact.set_assignee_id(verb.assignee_id());
  fact.set_queue_id(verb.queue_id().empty() ? current.queue_id() : verb.queue_id());
  if (fact.assignee_id() == current.assignee_id() && fact.queue_id() == current.queue_id()) {
    draft->Refuse(kReasonCaseAssignUnchanged, "", "the case is where it would be given to");
  }
  *draft->AddEvent().mutable_case_assigned() = std::move(fact);
  OpenIfTaken(verb.assignee_id(), kReasonCaseAssignTime, draft);
}

}  // namespace domain
}  // namespace frontdesk
