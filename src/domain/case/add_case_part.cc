#include "domain/case/case_draft.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

// After the part, when policy lets it: the case is worked on again.
void WakeOnMessage(CaseDraft* draft) {
  if (!draft->assessment().may_reopen_on_message() || !draft->assessment().reopens_on_message()) {
    return;
  }
  if (draft->current().state() == Case::STATE_RESOLVED) {
    *draft->AddEvent().mutable_case_()->mutable_case_reopened()->mutable_start_time() =
        draft->input().now();
  } else if (draft->current().state() == Case::STATE_WAITING_ON_CUSTOMER) {
    v1::CaseStateChanged& fact = *draft->AddEvent().mutable_case_()->mutable_case_state_changed();
    fact.set_state(Case::STATE_OPEN);
    *fact.mutable_start_time() = draft->input().now();
  }
}

}  // namespace

void CheckAddCasePart(const FieldPath& root, const v1::CaseCommand& command,
                      ArgumentChecker* checker) {
  const v1::AddCasePart& verb = command.add_case_part();
  CheckPartArguments(root, verb.has_part(), verb.part(), checker);
}

void DecideAddCasePart(CaseDraft* draft) {
  const v1::InteractionPart& part = draft->command().add_case_part().part();
  const PartReasons reasons = {kReasonCaseAddPartIdExists, kReasonCaseAddPartCorrectsUnknown,
                               kReasonCaseAddPartMoreVisible};
  if (IsOver(draft->current().state()) && IsPublicPart(part)) {
    draft->Refuse(kReasonCaseAddPartOver, "add_case_part.part.visibility");
  }
  draft->Refuse(CheckPartInvariants("add_case_part", part, draft->current().parts(), reasons));
  *draft->AddEvent().mutable_case_()->mutable_case_part_added()->mutable_part() =
      MakePart(part, OccasionOf(draft->input()));
  WakeOnMessage(draft);
}

}  // namespace domain
}  // namespace frontdesk
