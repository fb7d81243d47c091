// How far a case got: waiting, solved, over, and again.
#include "domain/case_draft.h"
#include "domain/case_relations.h"
#include "domain/case_verbs.h"

namespace frontdesk {
namespace domain {

using v1::Case;

void DecideHoldCase(CaseDraft* draft) {
  const v1::HoldCase& verb = draft->command().hold_case();
  const Case& current = draft->current();
  if (verb.state() == current.state() && verb.state_name() == current.state_name()) {
    draft->Refuse(kReasonCaseHoldUnchanged, "hold_case.state",
                  "the case waits in that state already");
  }
  draft->ChangeState(verb.state(), verb.state_name(), kReasonCaseHoldTime);
}

void DecideResumeCase(CaseDraft* draft) {
  draft->ChangeState(Case::STATE_OPEN, "", kReasonCaseResumeTime);
}

void DecideResolveCase(CaseDraft* draft) {
  const v1::ResolveCase& verb = draft->command().resolve_case();
  draft->CheckTime(kReasonCaseResolveTime);
  v1::Resolution& resolution = *draft->AddEvent().mutable_case_resolved()->mutable_resolution();
  resolution.set_code(verb.code());
  resolution.set_remedy(verb.remedy());
  if (verb.has_remedy_amount()) *resolution.mutable_remedy_amount() = verb.remedy_amount();
  resolution.set_note(verb.note());
  *resolution.mutable_time() = draft->command().now();
  ProposeResolutions(verb.code(), draft);
}

void DecideReopenCase(CaseDraft* draft) {
  const v1::ReopenCase& verb = draft->command().reopen_case();
  draft->CheckTime(kReasonCaseReopenTime);
  v1::CaseReopened& fact = *draft->AddEvent().mutable_case_reopened();
  fact.set_note(verb.note());
  *fact.mutable_from_time() = draft->command().now();
}

void DecideCloseCase(CaseDraft* draft) {
  draft->ChangeState(Case::STATE_CLOSED, "", kReasonCaseCloseTime);
}

void DecideCancelCase(CaseDraft* draft) {
  draft->CheckTime(kReasonCaseCancelTime);
  v1::CaseCancelled& fact = *draft->AddEvent().mutable_case_cancelled();
  fact.set_reason(draft->command().cancel_case().reason());
  *fact.mutable_from_time() = draft->command().now();
}

}  // namespace domain
}  // namespace frontdesk
