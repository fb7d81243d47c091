#include "domain/interaction/interaction_draft.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/interaction/reasons.h"

namespace frontdesk {
namespace domain {

void DecideEndInteraction(InteractionDraft* draft) {
  if (IsBefore(draft->input().now(), draft->current().start_time())) {
    draft->Refuse(kReasonInteractionEndTime, "", "the interaction would end before it began");
  }
  *draft->AddEvent().mutable_interaction()->mutable_interaction_ended()->mutable_end_time() =
      draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
