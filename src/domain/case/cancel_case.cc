#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {

void CheckCancelCase(const FieldPath& root, const v1::CaseCommand& command,
                     ArgumentChecker* checker) {
  checker->RequireText({&root, "reason"}, command.cancel_case().reason());
}

void DecideCancelCase(CaseDraft* draft) {
  const v1::CancelCase& verb = draft->command().cancel_case();
  draft->CheckTime(kReasonCaseCancelTime);
  draft->CheckStateName(kReasonCaseCancelNameUnknown, "cancel_case.state_name");
  v1::CaseCanceled& fact = *draft->AddEvent().mutable_case_()->mutable_case_canceled();
  fact.set_reason(verb.reason());
  fact.set_state_name(verb.state_name());
  *fact.mutable_start_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
