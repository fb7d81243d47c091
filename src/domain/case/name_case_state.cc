#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {

bool IsNameCaseStateUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment&) {
  return input.command().name_case_state().state_name() == input.case_().state_name();
}

void DecideNameCaseState(CaseDraft* draft) {
  const v1::NameCaseState& verb = draft->command().name_case_state();
  draft->CheckTime(kReasonCaseNameStateTime);
  draft->CheckStateName(kReasonCaseNameStateUnknown, "name_case_state.state_name");
  v1::CaseStateNamed& fact = *draft->AddEvent().mutable_case_()->mutable_case_state_named();
  fact.set_state_name(verb.state_name());
  *fact.mutable_start_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
