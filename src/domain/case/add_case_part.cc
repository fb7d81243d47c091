#include "domain/case/case_draft.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

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
  draft->Refuse(CheckPartInvariants("add_case_part", part, draft->current().parts(), reasons));
  *draft->AddEvent().mutable_case_()->mutable_case_part_added()->mutable_part() =
      MakePart(part, OccasionOf(draft->input()));
  if (draft->current().state() == Case::STATE_RESOLVED &&
      draft->assessment().may_reopen_on_message() && draft->assessment().reopens_on_message()) {
    *draft->AddEvent().mutable_case_()->mutable_case_reopened()->mutable_start_time() =
        draft->input().now();
  }
}

}  // namespace domain
}  // namespace frontdesk
