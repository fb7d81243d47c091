#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {

void DecideNameCaseState(CaseDraft* draft) {
  const v1::NameCaseState& verb = draft->command().name_case_state();
  if (verb.state_name() == draft->current().state_name()) {
    draft->Refuse(kReasonCaseNameStateUnchanged, "name_case_state.state_name",
                  "the state has that name already");
  }
  draft->CheckTime(kReasonCaseNameStateTime);
  draft->CheckStateName(kReasonCaseNameStateUnknown, "name_case_state.state_name");
  v1::CaseStateNamed& fact = *draft->AddEvent().mutable_case_()->mutable_case_state_named();
  fact.set_state_name(verb.state_name());
  *fact.mutable_start_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
