#include "domain/interaction/interaction_draft.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/interaction/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Interaction;

}  // namespace

void CheckAddInteractionPart(const FieldPath& root, const v1::InteractionCommand& command,
                             ArgumentChecker* checker) {
  const v1::AddInteractionPart& verb = command.add_interaction_part();
  CheckPartArguments(root, verb.has_part(), verb.part(), checker);
}

void DecideAddInteractionPart(InteractionDraft* draft) {
  const v1::InteractionPart& part = draft->command().add_interaction_part().part();
  if (draft->current().state() != Interaction::STATE_OPEN &&
      part.kind() == v1::InteractionPart::KIND_MESSAGE && part.corrects_part_id().empty()) {
    draft->Refuse(kReasonInteractionAddPartEnded, "add_interaction_part.part.kind",
                  "the interaction is over; a message is possible only as a correction");
  }
  const PartReasons reasons = {kReasonInteractionAddPartIdExists,
                               kReasonInteractionAddPartCorrectsUnknown,
                               kReasonInteractionAddPartMoreVisible};
  draft->Refuse(
      CheckPartInvariants("add_interaction_part", part, draft->current().parts(), reasons));
  *draft->AddEvent().mutable_interaction()->mutable_interaction_part_added()->mutable_part() =
      MakePart(part, OccasionOf(draft->input()));
}

}  // namespace domain
}  // namespace frontdesk
