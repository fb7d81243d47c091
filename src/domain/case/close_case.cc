#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

void DecideCloseCase(CaseDraft* draft) {
  draft->ChangeState(Case::STATE_CLOSED, "", kReasonCaseCloseTime);
}

}  // namespace domain
}  // namespace frontdesk
