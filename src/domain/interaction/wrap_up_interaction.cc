#include "domain/interaction/interaction_draft.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/interaction/reasons.h"

namespace frontdesk {
namespace domain {

void CheckWrapUpInteraction(const FieldPath& root, const v1::InteractionCommand& command,
                            ArgumentChecker* checker) {
  const v1::WrapUpInteraction& verb = command.wrap_up_interaction();
  checker->RequireText({&root, "disposition"}, verb.disposition());
}

void DecideWrapUpInteraction(InteractionDraft* draft) {
  const v1::WrapUpInteraction& verb = draft->command().wrap_up_interaction();
  if (IsBefore(draft->input().now(), draft->current().end_time())) {
    draft->Refuse(kReasonInteractionWrapUpTime, "",
                  "the interaction would be wrapped up before it ended");
  }
  v1::WrapUp& wrap_up =
      *draft->AddEvent().mutable_interaction()->mutable_interaction_wrapped_up()->mutable_wrap_up();
  wrap_up.set_disposition(verb.disposition());
  wrap_up.set_note(verb.note());
  *wrap_up.mutable_time() = draft->input().now();
  if (draft->input().has_occur_time()) *wrap_up.mutable_occur_time() = draft->input().occur_time();
}

}  // namespace domain
}  // namespace frontdesk
