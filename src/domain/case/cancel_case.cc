#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {

void CheckCancelCase(const FieldPath& root, const v1::CaseCommand& command,
                     ArgumentChecker* checker) {
  checker->RequireText({&root, "reason"}, command.cancel_case().reason());
}

void DecideCancelCase(CaseDraft* draft) {
  draft->CheckTime(kReasonCaseCancelTime);
  v1::CaseCanceled& fact = *draft->AddEvent().mutable_case_()->mutable_case_canceled();
  fact.set_reason(draft->command().cancel_case().reason());
  *fact.mutable_start_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
