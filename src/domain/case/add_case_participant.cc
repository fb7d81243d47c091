#include "absl/strings/str_cat.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_fold.h"
#include "domain/case/case_items.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::CaseParticipant;

constexpr int kMaxParticipants = 100;

}  // namespace

void CheckAddCaseParticipant(const FieldPath& root, const v1::CaseCommand& command,
                             ArgumentChecker* checker) {
  const v1::AddCaseParticipant& verb = command.add_case_participant();
  const CaseParticipant& participant = verb.participant();
  const FieldPath field{&root, "participant"};
  if (!checker->RequireMessage(field, verb.has_participant())) return;
  checker->RequireText({&field, "participant_id"}, participant.participant_id());
  checker->CheckEnum({&field, "kind"}, participant.kind(),
                     participant.kind() != CaseParticipant::KIND_UNSPECIFIED &&
                         v1::CaseParticipant_Kind_IsValid(participant.kind()));
  if (participant.kind() == CaseParticipant::KIND_FOLLOWER) {
    checker->RequireText({&field, "actor_id"}, participant.actor_id());
  } else if (participant.customer_id().empty() && participant.actor_id().empty() &&
             participant.address().empty()) {
    checker->Add({&field, "customer_id"}, kReasonArgumentRequired,
                 "is required when neither actor_id nor address is set");
  }
  checker->Forbid({&field, "start_time"}, participant.has_start_time());
}

void DecideAddCaseParticipant(CaseDraft* draft) {
  const CaseParticipant& asked = draft->command().add_case_participant().participant();
  if (FindParticipant(draft->current(), asked.participant_id()) != nullptr) {
    draft->Refuse(kReasonCaseAddParticipantIdExists,
                  "add_case_participant.participant.participant_id");
  }
  if (draft->current().participants_size() >= kMaxParticipants) {
    draft->Refuse(kReasonCaseAddParticipantTooMany, "add_case_participant.participant",
                  absl::StrCat("the case has ", kMaxParticipants, " participants already"));
  }
  CaseParticipant& added =
      *draft->AddEvent().mutable_case_()->mutable_case_participant_added()->mutable_participant();
  added = asked;
  // The customer of that id or its survivor, if the desk knows it.
  const v1::Customer& customer = draft->input().participant_customer();
  if (!customer.customer_id().empty()) added.set_customer_id(customer.customer_id());
  *added.mutable_start_time() = draft->input().now();
}

void ApplyCaseParticipantAdded(const v1::CaseParticipantAdded& fact, v1::Case* current_case) {
  for (CaseParticipant& known : *current_case->mutable_participants()) {
    if (known.participant_id() != fact.participant().participant_id()) continue;
    known = fact.participant();
    return;
  }
  *current_case->add_participants() = fact.participant();
}

}  // namespace domain
}  // namespace frontdesk
