// Folding who works on a case.
#include <algorithm>
#include <string>

#include "domain/case/case_fold.h"
#include "domain/event_maker.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseCommand;

// Assigns the case to somebody, or to a queue. A pending offer becomes void: it was an offer of the case at
// its old place.
absl::Status Give(CaseCommand::VerbCase verb, const std::string& assignee_id,
                  const std::string& queue_id, Case* current_case) {
  // A new case is given first, and becomes OPEN by an event of its own.
  if (!Keeps(verb, *current_case) && !Leads(verb, *current_case, Case::STATE_OPEN)) {
    return NotApplicableError("the case cannot be assigned in its state");
  }
  const bool moved =
      current_case->queue_id().empty()
          ? !current_case->assignee_id().empty() && assignee_id != current_case->assignee_id()
          : queue_id != current_case->queue_id();
  // A transfer that went through always counts.
  const bool transfer =
      verb == CaseCommand::kTransferCase || verb == CaseCommand::kAcceptCaseTransfer;
  if (moved || transfer) {
    current_case->set_reassignment_count(current_case->reassignment_count() + 1);
  }
  current_case->set_assignee_id(assignee_id);
  current_case->set_queue_id(queue_id);
  current_case->clear_transfer_offer();
  // In another queue than the one of its escalation, the case is no longer in the chain.
  if (queue_id != current_case->escalation().queue_id()) current_case->clear_escalation();
  return absl::OkStatus();
}

absl::Status ApplyEscalated(const v1::CaseEscalation& escalation, Case* current_case) {
  if (escalation.chain().empty() || escalation.queue_id().empty()) {
    return NotApplicableError("the escalation has no chain or no queue");
  }
  const absl::Status given =
      Give(CaseCommand::kEscalateCase, "", escalation.queue_id(), current_case);
  if (given.ok()) *current_case->mutable_escalation() = escalation;
  return given;
}

// The state has changed before.
absl::Status ApplyReferred(const v1::CaseReferral& referral, Case* current_case) {
  const auto& referrals = current_case->referrals();
  if (!Keeps(CaseCommand::kReferCase, *current_case) || referral.referral_id().empty() ||
      std::any_of(referrals.begin(), referrals.end(), [&referral](const v1::CaseReferral& other) {
        return other.referral_id() == referral.referral_id();
      })) {
    return NotApplicableError(
        "the case cannot be referred in its state, or the referral is not valid");
  }
  *current_case->add_referrals() = referral;
  return absl::OkStatus();
}

// The state changes afterwards, if it does.
absl::Status ApplyWithdrawn(const v1::CaseReferralWithdrawn& fact, Case* current_case) {
  if (Keeps(CaseCommand::kWithdrawReferral, *current_case)) {
    for (v1::CaseReferral& referral : *current_case->mutable_referrals()) {
      if (referral.referral_id() != fact.referral_id() || referral.has_return_time()) continue;
      *referral.mutable_return_time() = fact.return_time();
      return absl::OkStatus();
    }
  }
  return NotApplicableError("the case has no such referral for which it waits");
}

absl::Status ApplyOffered(const v1::CaseTransferOffer& offer, Case* current_case) {
  if (!Keeps(CaseCommand::kTransferCase, *current_case) ||
      (offer.assignee_id().empty() && offer.queue_id().empty())) {
    return NotApplicableError("the case cannot be offered in its state, or the offer is not valid");
  }
  *current_case->mutable_transfer_offer() = offer;
  return absl::OkStatus();
}

absl::Status ApplyAccepted(const v1::CaseTransferAccepted& fact, Case* current_case) {
  if (!current_case->has_transfer_offer() || fact.assignee_id().empty()) {
    return NotApplicableError("no offer of the case is pending");
  }
  return Give(CaseCommand::kAcceptCaseTransfer, fact.assignee_id(), fact.queue_id(), current_case);
}

absl::Status ApplyDeclined(Case* current_case) {
  if (!Keeps(CaseCommand::kDeclineCaseTransfer, *current_case) ||
      !current_case->has_transfer_offer()) {
    return NotApplicableError("no offer of the case is pending");
  }
  current_case->clear_transfer_offer();
  return absl::OkStatus();
}

// Null when the case has none of that id.
v1::CaseConsultation* FindMutableConsultation(const std::string& consultation_id,
                                              Case* current_case) {
  for (v1::CaseConsultation& consultation : *current_case->mutable_consultations()) {
    if (consultation.consultation_id() == consultation_id) return &consultation;
  }
  return nullptr;
}

absl::Status ApplyConsulted(const v1::CaseConsultation& consultation, Case* current_case) {
  if (!Keeps(CaseCommand::kConsultOnCase, *current_case) ||
      consultation.consultation_id().empty() ||
      FindMutableConsultation(consultation.consultation_id(), current_case) != nullptr) {
    return NotApplicableError(
        "no consultation is possible in the case's state, or it is not valid");
  }
  *current_case->add_consultations() = consultation;
  return absl::OkStatus();
}

absl::Status ApplyAnswered(const v1::CaseConsultationAnswered& fact, Case* current_case) {
  v1::CaseConsultation* asked = FindMutableConsultation(fact.consultation_id(), current_case);
  if (!Keeps(CaseCommand::kAnswerCaseConsultation, *current_case) || asked == nullptr ||
      asked->has_answer_time()) {
    return NotApplicableError("the case has no such open consultation");
  }
  asked->set_answer(fact.answer());
  asked->set_answerer_id(fact.answerer_id());
  *asked->mutable_answer_time() = fact.answer_time();
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyHands(const v1::Event& event, Case* current_case) {
  switch (event.case_().event_case()) {
    case v1::CaseEvent::kCaseAssigned:
      return Give(CaseCommand::kAssignCase, event.case_().case_assigned().assignee_id(),
                  event.case_().case_assigned().queue_id(), current_case);
    case v1::CaseEvent::kCaseTransferred:
      return Give(CaseCommand::kTransferCase, event.case_().case_transferred().assignee_id(),
                  event.case_().case_transferred().queue_id(), current_case);
    case v1::CaseEvent::kCaseTransferOffered:
      return ApplyOffered(event.case_().case_transfer_offered().offer(), current_case);
    case v1::CaseEvent::kCaseTransferAccepted:
      return ApplyAccepted(event.case_().case_transfer_accepted(), current_case);
    case v1::CaseEvent::kCaseTransferDeclined:
      return ApplyDeclined(current_case);
    case v1::CaseEvent::kCaseConsulted:
      return ApplyConsulted(event.case_().case_consulted().consultation(), current_case);
    case v1::CaseEvent::kCaseConsultationAnswered:
      return ApplyAnswered(event.case_().case_consultation_answered(), current_case);
    case v1::CaseEvent::kCaseEscalated:
      return ApplyEscalated(event.case_().case_escalated().escalation(), current_case);
    case v1::CaseEvent::kCaseReferred:
      return ApplyReferred(event.case_().case_referred().referral(), current_case);
    case v1::CaseEvent::kCaseReferralWithdrawn:
      return ApplyWithdrawn(event.case_().case_referral_withdrawn(), current_case);
    default:
      return NotApplicableError("the event is not known for a case");
  }
}

}  // namespace domain
}  // namespace frontdesk
