#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

void DecideResumeCase(CaseDraft* draft) {
  draft->ChangeState(Case::STATE_OPEN, draft->command().resume_case().state_name(),
                     kReasonCaseResumeTime);
  draft->CheckStateName(kReasonCaseResumeNameUnknown, "resume_case.state_name");
}

}  // namespace domain
}  // namespace frontdesk
