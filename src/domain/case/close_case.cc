#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

void DecideCloseCase(CaseDraft* draft) {
  const v1::CloseCase& verb = draft->command().close_case();
  const bool is_resolved = draft->current().state() == Case::STATE_RESOLVED;
  if (is_resolved && !verb.reason().empty()) {
    draft->Refuse(kReasonCaseCloseReasonForbidden, "close_case.reason");
  } else if (!is_resolved && verb.reason().empty()) {
    draft->Refuse(kReasonCaseCloseReasonRequired, "close_case.reason");
  }
  draft->CheckStateName(kReasonCaseCloseNameUnknown, "close_case.state_name");
  draft->ChangeState(Case::STATE_CLOSED, verb.state_name(), kReasonCaseCloseTime)
      .set_reason(verb.reason());
}

}  // namespace domain
}  // namespace frontdesk
