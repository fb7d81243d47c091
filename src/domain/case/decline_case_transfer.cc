#include <string>

#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

}  // namespace

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

}  // namespace domain
}  // namespace frontdesk
