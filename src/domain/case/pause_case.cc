#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"
#include "internal/time.h"

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
  checker->CheckTimeSpan({&root, "wait"}, command.pause_case().has_wait(),
                         command.pause_case().wait());
}

bool IsPauseCaseUnchanged(const v1::CaseDecisionInput& input,
                          const v1::CaseAssessment& assessment) {
  const v1::PauseCase& verb = input.command().pause_case();
  const Case& current = input.case_();
  if (verb.state() != current.state() || verb.state_name() != current.state_name()) return false;
  if (!verb.has_wait()) return !current.has_wait_until_time();
  return assessment.has_wait_until_time() && current.has_wait_until_time() &&
         internal::DecodeTime(assessment.wait_until_time()) ==
             internal::DecodeTime(current.wait_until_time());
}

void DecidePauseCase(CaseDraft* draft) {
  const v1::PauseCase& verb = draft->command().pause_case();
  v1::CaseStateChanged& fact =
      draft->ChangeState(verb.state(), verb.state_name(), kReasonCasePauseTime);
  if (draft->assessment().has_wait_until_time()) {
    *fact.mutable_wait_until_time() = draft->assessment().wait_until_time();
  } else if (verb.has_wait()) {
    draft->Refuse(kReasonCasePauseWaitEndless, "pause_case.wait",
                  "the wait would not end by the end of year 9999; give a shorter one, or none");
  }
  draft->CheckStateName(kReasonCasePauseNameUnknown, "pause_case.state_name");
}

}  // namespace domain
}  // namespace frontdesk
