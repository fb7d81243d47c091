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

void DecidePauseCase(CaseDraft* draft) {
  const v1::PauseCase& verb = draft->command().pause_case();
  const Case& current = draft->current();
  if (verb.state() == current.state() && verb.state_name() == current.state_name()) {
    draft->Refuse(kReasonCasePauseUnchanged, "pause_case.state",
                  "the case waits in that state already");
  }
  draft->ChangeState(verb.state(), verb.state_name(), kReasonCasePauseTime);
  draft->CheckStateName(kReasonCasePauseNameUnknown, "pause_case.state_name");
}

}  // namespace domain
}  // namespace frontdesk
