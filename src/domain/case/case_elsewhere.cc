// Giving a case to who knows or may do more, and its matter to somebody outside.
#include <string>

#include "absl/strings/str_join.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_verbs.h"

namespace frontdesk {
namespace domain {

using v1::Case;
using v1::CaseAssessment;

namespace {

void AddDetail(absl::string_view name, const google::protobuf::RepeatedPtrField<std::string>& words,
               v1::Refusal* refusal) {
  v1::DetailValue& detail = *refusal->add_details();
  detail.set_name(std::string(name));
  detail.set_value(absl::StrJoin(words, ", "));
}

}  // namespace

void DecideEscalateCase(CaseDraft* draft) {
  const v1::EscalateCase& verb = draft->command().escalate_case();
  const v1::CaseEscalation& next = draft->assessment().escalation();
  switch (draft->assessment().escalation_obstacle()) {
    case CaseAssessment::ESCALATION_OBSTACLE_CHAIN_UNKNOWN:
      AddDetail("known", draft->assessment().known_chains(),
                &draft->Refuse(kReasonCaseEscalateChainUnknown, "escalate_case.chain",
                               "the policy has no chain of that name"));
      return;
    case CaseAssessment::ESCALATION_OBSTACLE_END:
      draft->Refuse(kReasonCaseEscalateEnd, "escalate_case.chain",
                    "the case is in the chain's fallback already, and no step is left");
      return;
    case CaseAssessment::ESCALATION_OBSTACLE_NOBODY_AVAILABLE:
      AddDetail(
          "passed_over", next.passed_over_queue_ids(),
          &draft->Refuse(kReasonCaseEscalateNobodyAvailable, "escalate_case.unavailable_queue_ids",
                         "nobody is available for the case, not even in the chain's fallback"));
      return;
    default:
      break;
  }
  v1::CaseEscalation& escalation =
      *draft->AddEvent().mutable_case_()->mutable_case_escalated()->mutable_escalation();
  escalation = next;
  escalation.set_note(verb.note());
  escalation.set_escalator_id(draft->input().actor().actor_id());
  *escalation.mutable_escalate_time() = draft->input().now();
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
