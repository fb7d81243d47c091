// Who works on a case: giving it, handing it over, asking somebody else.
#include <string>
#include <utility>

#include "domain/case/case_draft.h"
#include "domain/case/case_verbs.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

// Null when the case has none of that id.
const v1::CaseConsultation* FindConsultation(const Case& current,
                                             const std::string& consultation_id) {
  for (const v1::CaseConsultation& consultation : current.consultations()) {
    if (consultation.consultation_id() == consultation_id) return &consultation;
  }
  return nullptr;
}

// A new case that is given to a person is worked on from now on.
void OpenIfTaken(const std::string& assignee_id, absl::string_view time_reason, CaseDraft* draft) {
  if (draft->current().state() == Case::STATE_NEW && !assignee_id.empty()) {
    draft->ChangeState(Case::STATE_OPEN, "", time_reason);
  }
}

}  // namespace

void DecideAssignCase(CaseDraft* draft) {
  const v1::AssignCase& verb = draft->command().assign_case();
  const Case& current = draft->current();
  v1::CaseAssigned fact;
  fact.set_assignee_id(verb.assignee_id());
  fact.set_queue_id(verb.queue_id().empty() ? current.queue_id() : verb.queue_id());
  if (fact.assignee_id() == current.assignee_id() && fact.queue_id() == current.queue_id()) {
    draft->Refuse(kReasonCaseAssignUnchanged, "", "the case has that assignee and queue already");
  }
  *draft->AddEvent().mutable_case_()->mutable_case_assigned() = std::move(fact);
  OpenIfTaken(verb.assignee_id(), kReasonCaseAssignTime, draft);
}

void DecideTransferCase(CaseDraft* draft) {
  const v1::TransferCase& verb = draft->command().transfer_case();
  const Case& current = draft->current();
  const std::string& queue_id = verb.queue_id().empty() ? current.queue_id() : verb.queue_id();
  if (verb.assignee_id() == current.assignee_id() && queue_id == current.queue_id()) {
    draft->Refuse(kReasonCaseTransferUnchanged, "", "the case has that assignee and queue already");
  }
  if (verb.kind() == v1::TransferCase::KIND_COLD) {
    v1::CaseTransferred& fact = *draft->AddEvent().mutable_case_()->mutable_case_transferred();
    fact.set_assignee_id(verb.assignee_id());
    fact.set_queue_id(queue_id);
    fact.set_note(verb.note());
    OpenIfTaken(verb.assignee_id(), kReasonCaseTransferTime, draft);
    return;
  }
  v1::CaseTransferOffer& offer =
      *draft->AddEvent().mutable_case_()->mutable_case_transfer_offered()->mutable_offer();
  offer.set_assignee_id(verb.assignee_id());
  offer.set_queue_id(verb.queue_id());
  offer.set_note(verb.note());
  offer.set_offerer_id(draft->input().actor().actor_id());
  *offer.mutable_offer_time() = draft->input().now();
}

void DecideAcceptCaseTransfer(CaseDraft* draft) {
  const Case& current = draft->current();
  const v1::CaseTransferOffer& offer = current.transfer_offer();
  const std::string& actor_id = draft->input().actor().actor_id();
  if (!current.has_transfer_offer()) {
    draft->Refuse(kReasonCaseAcceptTransferNone, "", "no offer of the case is pending");
  } else if (!offer.assignee_id().empty() && offer.assignee_id() != actor_id) {
    draft->Refuse(kReasonCaseAcceptTransferNotYours, "", "the case was offered to somebody else");
  }
  v1::CaseTransferAccepted& fact =
      *draft->AddEvent().mutable_case_()->mutable_case_transfer_accepted();
  fact.set_assignee_id(actor_id);
  fact.set_queue_id(offer.queue_id().empty() ? current.queue_id() : offer.queue_id());
  OpenIfTaken(actor_id, kReasonCaseAcceptTransferTime, draft);
}

void DecideDeclineCaseTransfer(CaseDraft* draft) {
  const Case& current = draft->current();
  const v1::CaseTransferOffer& offer = current.transfer_offer();
  const std::string& actor_id = draft->input().actor().actor_id();
  if (!current.has_transfer_offer()) {
    draft->Refuse(kReasonCaseDeclineTransferNone, "", "no offer of the case is pending");
  } else if (!offer.assignee_id().empty() && offer.assignee_id() != actor_id &&
             offer.offerer_id() != actor_id) {
    draft->Refuse(kReasonCaseDeclineTransferNotYours, "",
                  "the actor neither made nor got the offer");
  }
  draft->AddEvent().mutable_case_()->mutable_case_transfer_declined()->set_note(
      draft->command().decline_case_transfer().note());
}

void DecideConsultOnCase(CaseDraft* draft) {
  const v1::ConsultOnCase& verb = draft->command().consult_on_case();
  if (FindConsultation(draft->current(), verb.consultation_id()) != nullptr) {
    draft->Refuse(kReasonCaseConsultIdExists, "consult_on_case.consultation_id",
                  "the case has a consultation of that id already");
  }
  v1::CaseConsultation& consultation =
      *draft->AddEvent().mutable_case_()->mutable_case_consulted()->mutable_consultation();
  consultation.set_consultation_id(verb.consultation_id());
  consultation.set_consultant_id(verb.consultant_id());
  consultation.set_question(verb.question());
  consultation.set_asker_id(draft->input().actor().actor_id());
  *consultation.mutable_ask_time() = draft->input().now();
}

void DecideAnswerCaseConsultation(CaseDraft* draft) {
  const v1::AnswerCaseConsultation& verb = draft->command().answer_case_consultation();
  const std::string& actor_id = draft->input().actor().actor_id();
  const v1::CaseConsultation* asked = FindConsultation(draft->current(), verb.consultation_id());
  if (asked == nullptr) {
    draft->Refuse(kReasonCaseAnswerConsultationUnknown, "answer_case_consultation.consultation_id",
                  "the case has no consultation of that id");
  } else {
    if (asked->consultant_id() != actor_id) {
      draft->Refuse(kReasonCaseAnswerConsultationNotYours, "", "somebody else was asked");
    }
    if (asked->has_answer_time()) {
      draft->Refuse(kReasonCaseAnswerConsultationAnswered, "",
                    "the consultation was answered already");
    }
  }
  v1::CaseConsultationAnswered& fact =
      *draft->AddEvent().mutable_case_()->mutable_case_consultation_answered();
  fact.set_consultation_id(verb.consultation_id());
  fact.set_answer(verb.answer());
  fact.set_answerer_id(actor_id);
  *fact.mutable_answer_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
