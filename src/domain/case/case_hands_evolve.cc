// Folding who works on a case.
#include <algorithm>
#include <string>

#include "domain/case/case_fold.h"
#include "domain/event_maker.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::Command;

// Gives the case to somebody, or to a queue. Whatever offer waited is void: it was of a case that
// lay elsewhere.
absl::Status Give(Command::VerbCase verb, const std::string& assignee_id,
                  const std::string& queue_id, Case* current_case) {
  // A new case is given first, and becomes OPEN by an event of its own.
  if (!Keeps(verb, *current_case) && !Leads(verb, *current_case, Case::STATE_OPEN)) {
    return NotApplicableError("a case is not given to anybody in its state");
  }
  const bool moved =
      current_case->queue_id().empty()
          ? !current_case->assignee_id().empty() && assignee_id != current_case->assignee_id()
          : queue_id != current_case->queue_id();
  // A transfer that went through always counts.
  const bool transfer = verb == Command::kTransferCase || verb == Command::kAcceptCaseTransfer;
  if (moved || transfer) {
    current_case->set_reassignment_count(current_case->reassignment_count() + 1);
  }
  current_case->set_assignee_id(assignee_id);
  current_case->set_queue_id(queue_id);
  current_case->clear_transfer_offer();
  // Elsewhere than in the queue that a chain led to it stands in no chain.
  if (queue_id != current_case->escalation().queue_id()) current_case->clear_escalation();
  return absl::OkStatus();
}

absl::Status ApplyEscalated(const v1::CaseEscalation& escalation, Case* current_case) {
  if (escalation.chain().empty() || escalation.queue_id().empty()) {
    return NotApplicableError("the case is escalated to nobody");
  }
  const absl::Status given = Give(Command::kEscalateCase, "", escalation.queue_id(), current_case);
  if (given.ok()) *current_case->mutable_escalation() = escalation;
  return given;
}

// The state has changed before.
absl::Status ApplyReferred(const v1::CaseReferral& referral, Case* current_case) {
  const auto& referrals = current_case->referrals();
  if (!Keeps(Command::kReferCase, *current_case) || referral.referral_id().empty() ||
      std::any_of(referrals.begin(), referrals.end(), [&referral](const v1::CaseReferral& other) {
        return other.referral_id() == referral.referral_id();
      })) {
    return NotApplicableError("the case is not referred so in its state");
  }
  *current_case->add_referrals() = referral;
  return absl::OkStatus();
}

absl::Status ApplyOffered(const v1::CaseTransferOffer& offer, Case* current_case) {
  if (!Keeps(Command::kTransferCase, *current_case) ||
      (offer.to_assignee_id().empty() && offer.to_queue_id().empty())) {
    return NotApplicableError("the case cannot be offered so in its state");
  }
  *current_case->mutable_transfer_offer() = offer;
  return absl::OkStatus();
}

absl::Status ApplyAccepted(const v1::CaseTransferAccepted& fact, Case* current_case) {
  if (!current_case->has_transfer_offer() || fact.assignee_id().empty()) {
    return NotApplicableError("no offer of the case waits");
  }
  return Give(Command::kAcceptCaseTransfer, fact.assignee_id(), fact.queue_id(), current_case);
}

absl::Status ApplyDeclined(Case* current_case) {
  if (!Keeps(Command::kDeclineCaseTransfer, *current_case) || !current_case->has_transfer_offer()) {
    return NotApplicableError("no offer of the case waits");
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
  if (!Keeps(Command::kConsultOnCase, *current_case) || consultation.consultation_id().empty() ||
      FindMutableConsultation(consultation.consultation_id(), current_case) != nullptr) {
    return NotApplicableError("nobody can be asked so about the case in its state");
  }
  *current_case->add_consultations() = consultation;
  return absl::OkStatus();
}

absl::Status ApplyAnswered(const v1::CaseConsultationAnswered& fact, Case* current_case) {
  v1::CaseConsultation* asked = FindMutableConsultation(fact.consultation_id(), current_case);
  if (!Keeps(Command::kAnswerCaseConsultation, *current_case) || asked == nullptr ||
      asked->has_answered_time()) {
    return NotApplicableError("the case has no such question that is open");
  }
  asked->set_answer(fact.answer());
  asked->set_answered_by_id(fact.answered_by_id());
  *asked->mutable_answered_time() = fact.answered_time();
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyHands(const v1::Event& event, Case* current_case) {
  switch (event.fact_case()) {
    case v1::Event::kCaseAssigned:
      return Give(Command::kAssignCase, event.case_assigned().assignee_id(),
                  event.case_assigned().queue_id(), current_case);
    case v1::Event::kCaseTransferred:
      return Give(Command::kTransferCase, event.case_transferred().assignee_id(),
                  event.case_transferred().queue_id(), current_case);
    case v1::Event::kCaseTransferOffered:
      return ApplyOffered(event.case_transfer_offered().offer(), current_case);
    case v1::Event::kCaseTransferAccepted:
      return ApplyAccepted(event.case_transfer_accepted(), current_case);
    case v1::Event::kCaseTransferDeclined:
      return ApplyDeclined(current_case);
    case v1::Event::kCaseConsulted:
      return ApplyConsulted(event.case_consulted().consultation(), current_case);
    case v1::Event::kCaseConsultationAnswered:
      return ApplyAnswered(event.case_consultation_answered(), current_case);
    case v1::Event::kCaseEscalated:
      return ApplyEscalated(event.case_escalated().escalation(), current_case);
    case v1::Event::kCaseReferred:
      return ApplyReferred(event.case_referred().referral(), current_case);
    default:
      return NotApplicableError("the event's fact is not about who works on a case");
  }
}

}  // namespace domain
}  // namespace frontdesk
