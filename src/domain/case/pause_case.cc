#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

void CheckPauseCase(const FieldPath& root, const v1::CaseCommand& command,
                    ArgumentChecker* checker) {
  const Case::State state = command.pause_case().state();
  checker->CheckEnum(
      {&root, "state"}, state,
      state == Case::STATE_WAITING_ON_CUSTOMER || state == Case::STATE_WAITING_ON_THIRD_PARTY);
}

bool IsPauseCaseUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment&) {
  const v1::PauseCase& verb = input.command().pause_case();
  return verb.state() == input.case_().state() && verb.state_name() == input.case_().state_name();
}

void DecidePauseCase(CaseDraft* draft) {
  const v1::PauseCase& verb = draft->command().pause_case();
  draft->ChangeState(verb.state(), verb.state_name(), kReasonCasePauseTime);
  draft->CheckStateName(kReasonCasePauseNameUnknown, "pause_case.state_name");
}

}  // namespace domain
}  // namespace frontdesk
