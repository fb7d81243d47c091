// Folding who works on a case.
#include <string>

#include "domain/case/case_fold.h"
#include "domain/event_maker.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

// Assigns the case to somebody, or to a queue. A pending offer becomes void: it was an offer of the case at
// its old place. A transfer that went through always counts as a move.
void Give(const std::string& assignee_id, const std::string& queue_id, bool is_transfer,
          Case* current_case) {
  const bool moved =
      current_case->queue_id().empty()
          ? !current_case->assignee_id().empty() && assignee_id != current_case->assignee_id()
          : queue_id != current_case->queue_id();
  if (moved || is_transfer) {
    current_case->set_reassignment_count(NextCount(current_case->reassignment_count()));
  }
  current_case->set_assignee_id(assignee_id);
  current_case->set_queue_id(queue_id);
  current_case->clear_transfer_offer();
  // In another queue than the one of its escalation, the case is no longer in the chain.
  if (queue_id != current_case->escalation().queue_id()) current_case->clear_escalation();
}

void ApplyEscalated(const v1::CaseEscalation& escalation, Case* current_case) {
  Give("", escalation.queue_id(), false, current_case);
  *current_case->mutable_escalation() = escalation;
}

// The state has changed before.
void ApplyReferred(const v1::CaseReferral& referral, Case* current_case) {
  for (v1::CaseReferral& known : *current_case->mutable_referrals()) {
    if (known.referral_id() != referral.referral_id()) continue;
    known = referral;
    return;
  }
  *current_case->add_referrals() = referral;
}

// The state changes afterwards, if it does.
void ApplyWithdrawn(const v1::CaseReferralWithdrawn& fact, Case* current_case) {
  for (v1::CaseReferral& referral : *current_case->mutable_referrals()) {
    if (referral.referral_id() != fact.referral_id() || referral.has_return_time()) continue;
    *referral.mutable_return_time() = fact.return_time();
    return;
  }
}

void ApplyConsulted(const v1::CaseConsultation& consultation, Case* current_case) {
  for (v1::CaseConsultation& known : *current_case->mutable_consultations()) {
    if (known.consultation_id() != consultation.consultation_id()) continue;
    known = consultation;
    return;
  }
  *current_case->add_consultations() = consultation;
}

void ApplyAnswered(const v1::Event& event, Case* current_case) {
  const v1::CaseConsultationAnswered& fact = event.case_().case_consultation_answered();
  for (v1::CaseConsultation& asked : *current_case->mutable_consultations()) {
    if (asked.consultation_id() != fact.consultation_id()) continue;
    asked.set_answer(fact.answer());
    asked.set_answerer_id(fact.answerer_id());
    *asked.mutable_answer_time() = fact.answer_time();
    asked.clear_answer_occur_time();
    if (event.has_occur_time()) *asked.mutable_answer_occur_time() = event.occur_time();
    return;
  }
}

}  // namespace

absl::Status ApplyHands(const v1::Event& event, Case* current_case) {
  const v1::CaseEvent& fact = event.case_();
  switch (fact.event_case()) {
    case v1::CaseEvent::kCaseAssigned:
      Give(fact.case_assigned().assignee_id(), fact.case_assigned().queue_id(), false,
           current_case);
      break;
    case v1::CaseEvent::kCaseTransferred:
      Give(fact.case_transferred().assignee_id(), fact.case_transferred().queue_id(), true,
           current_case);
      break;
    case v1::CaseEvent::kCaseTransferOffered:
      *current_case->mutable_transfer_offer() = fact.case_transfer_offered().offer();
      break;
    case v1::CaseEvent::kCaseTransferAccepted:
      Give(fact.case_transfer_accepted().assignee_id(), fact.case_transfer_accepted().queue_id(),
           true, current_case);
      break;
    case v1::CaseEvent::kCaseTransferDeclined:
      current_case->clear_transfer_offer();
      break;
    case v1::CaseEvent::kCaseConsulted:
      ApplyConsulted(fact.case_consulted().consultation(), current_case);
      break;
    case v1::CaseEvent::kCaseConsultationAnswered:
      ApplyAnswered(event, current_case);
      break;
    case v1::CaseEvent::kCaseEscalated:
      ApplyEscalated(fact.case_escalated().escalation(), current_case);
      break;
    case v1::CaseEvent::kCaseReferred:
      ApplyReferred(fact.case_referred().referral(), current_case);
      break;
    case v1::CaseEvent::kCaseReferralWithdrawn:
      ApplyWithdrawn(fact.case_referral_withdrawn(), current_case);
      break;
    default:
      return NotApplicableError("the event is not known for a case");
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
