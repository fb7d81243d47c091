#include "domain/case/case_draft.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {

void CheckWithdrawReferral(const FieldPath& root, const v1::CaseCommand& command,
                           ArgumentChecker* checker) {
  checker->RequireText({&root, "referral_id"}, command.withdraw_referral().referral_id());
}

void DecideWithdrawReferral(CaseDraft* draft) {
  const char* const field = "withdraw_referral.referral_id";
  const v1::WithdrawReferral& verb = draft->command().withdraw_referral();
  const v1::Case& current = draft->current();
  const v1::CaseReferral* withdrawn = nullptr;
  bool others_wait = false;
  for (const v1::CaseReferral& referral : current.referrals()) {
    if (referral.referral_id() == verb.referral_id()) {
      withdrawn = &referral;
    } else if (!referral.has_return_time()) {
      others_wait = true;
    }
  }
  if (withdrawn == nullptr) {
    draft->Refuse(kReasonCaseWithdrawReferralUnknown, field);
    return;
  }
  if (withdrawn->has_return_time()) draft->Refuse(kReasonCaseWithdrawReferralReturned, field);
  v1::CaseReferralWithdrawn& fact =
      *draft->AddEvent().mutable_case_()->mutable_case_referral_withdrawn();
  fact.set_referral_id(verb.referral_id());
  // Commands may come in another order than that of their times.
  const bool earlier = IsBefore(draft->input().now(), withdrawn->refer_time());
  *fact.mutable_return_time() = earlier ? withdrawn->refer_time() : draft->input().now();
  if (!others_wait) {
    draft->ChangeState(v1::Case::STATE_OPEN, "", kReasonCaseWithdrawReferralTime);
  }
  v1::NotifyReferralParty& effect =
      *draft->AddEffect().mutable_case_()->mutable_notify_referral_party();
  effect.set_case_id(current.case_id());
  effect.set_referral_id(withdrawn->referral_id());
  effect.set_reference(withdrawn->reference());
}

}  // namespace domain
}  // namespace frontdesk
