#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

void CheckReferCase(const FieldPath& root, const v1::CaseCommand& command,
                    ArgumentChecker* checker) {
  const v1::ReferCase& verb = command.refer_case();
  checker->RequireText({&root, "referral_id"}, verb.referral_id());
  checker->RequireText({&root, "party"}, verb.party());
}

void DecideReferCase(CaseDraft* draft) {
  const v1::ReferCase& verb = draft->command().refer_case();
  const Case& current = draft->current();
  for (const v1::CaseReferral& other : current.referrals()) {
    if (other.referral_id() != verb.referral_id()) continue;
    draft->Refuse(kReasonCaseReferIdExists, "refer_case.referral_id",
                  "the case has a referral of that id already");
  }
  const bool waits = current.state() == Case::STATE_WAITING_ON_THIRD_PARTY &&
                     (verb.state_name().empty() || verb.state_name() == current.state_name());
  if (waits) {
    draft->CheckTime(kReasonCaseReferTime);
  } else {
    draft->ChangeState(Case::STATE_WAITING_ON_THIRD_PARTY, verb.state_name(), kReasonCaseReferTime);
  }
  draft->CheckStateName(kReasonCaseReferNameUnknown, "refer_case.state_name");
  v1::CaseReferral& referral =
      *draft->AddEvent().mutable_case_()->mutable_case_referred()->mutable_referral();
  referral.set_referral_id(verb.referral_id());
  referral.set_party(verb.party());
  referral.set_reference(verb.reference());
  referral.set_note(verb.note());
  referral.set_referrer_id(draft->input().actor().actor_id());
  *referral.mutable_refer_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
