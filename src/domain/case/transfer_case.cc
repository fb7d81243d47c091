#include <string>

#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

void CheckTransferCase(const FieldPath& root, const v1::CaseCommand& command,
                       ArgumentChecker* checker) {
  const v1::TransferCase& verb = command.transfer_case();
  checker->CheckEnum(
      {&root, "kind"}, verb.kind(),
      verb.kind() == v1::TransferCase::KIND_WARM || verb.kind() == v1::TransferCase::KIND_COLD);
  if (verb.assignee_id().empty() && verb.queue_id().empty() && !checker->IsOpen("queue_id")) {
    checker->Add({&root, "assignee_id"}, kReasonArgumentRequired,
                 "is required when queue_id is not set");
  }
  checker->Forbid({&root, "keeps_state"},
                  verb.keeps_state() && verb.kind() == v1::TransferCase::KIND_WARM);
}

bool IsTransferCaseUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment&) {
  const v1::TransferCase& verb = input.command().transfer_case();
  const Case& current = input.case_();
  const bool begins_work = verb.kind() == v1::TransferCase::KIND_COLD &&
                           current.state() == Case::STATE_NEW && !verb.assignee_id().empty() &&
                           !verb.keeps_state();
  return verb.assignee_id() == current.assignee_id() &&
         (verb.queue_id().empty() || verb.queue_id() == current.queue_id()) && !begins_work;
}

void DecideTransferCase(CaseDraft* draft) {
  const v1::TransferCase& verb = draft->command().transfer_case();
  const Case& current = draft->current();
  const std::string& queue_id = verb.queue_id().empty() ? current.queue_id() : verb.queue_id();
  if (verb.kind() == v1::TransferCase::KIND_COLD) {
    v1::CaseTransferred& fact = *draft->AddEvent().mutable_case_()->mutable_case_transferred();
    fact.set_assignee_id(verb.assignee_id());
    fact.set_queue_id(queue_id);
    fact.set_note(verb.note());
    if (!verb.keeps_state()) draft->OpenIfTaken(verb.assignee_id(), kReasonCaseTransferTime);
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

}  // namespace domain
}  // namespace frontdesk
