#include <string>

#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

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
  draft->OpenIfTaken(actor_id, kReasonCaseAcceptTransferTime);
}

}  // namespace domain
}  // namespace frontdesk
