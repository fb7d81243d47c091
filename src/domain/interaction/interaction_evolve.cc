// Folding the events of interactions.
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/interaction/interaction.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Interaction;

absl::Status ApplyInteractionStarted(const v1::Event& event, Interaction* interaction) {
  const Interaction& started = event.interaction().interaction_started().interaction();
  if (interaction->state() != Interaction::STATE_UNSPECIFIED ||
      started.state() != Interaction::STATE_OPEN ||
      started.interaction_id() != event.entity().id()) {
    return NotApplicableError("the interaction exists already, is not OPEN, or has another id");
  }
  *interaction = started;
  return absl::OkStatus();
}

}  // namespace

absl::Status EvolveInteraction(const v1::Event& event, v1::Interaction* interaction) {
  if (event.entity().kind() != v1::ENTITY_KIND_INTERACTION) {
    return NotApplicableError("the event is not about an interaction");
  }
  if (event.interaction().has_interaction_started())
    return ApplyInteractionStarted(event, interaction);
  const Interaction::State state = interaction->state();
  if (event.entity().id() != interaction->interaction_id() ||
      state == Interaction::STATE_UNSPECIFIED) {
    return NotApplicableError("the event is about another interaction");
  }
  switch (event.interaction().event_case()) {
    case v1::InteractionEvent::kInteractionPartAdded:
      return ApplyPart(event.interaction().interaction_part_added().part(),
                       interaction->mutable_parts());
    case v1::InteractionEvent::kInteractionLinked:
      if (HasLink(interaction->links(), event.interaction().interaction_linked().entity())) {
        return NotApplicableError("the interaction is linked with that entity already");
      }
      *interaction->add_links() = event.interaction().interaction_linked().entity();
      return absl::OkStatus();
    case v1::InteractionEvent::kInteractionEnded:
      if (state != Interaction::STATE_OPEN)
        return NotApplicableError("the interaction is over already");
      interaction->set_state(Interaction::STATE_ENDED);
      *interaction->mutable_end_time() = event.interaction().interaction_ended().end_time();
      return absl::OkStatus();
    case v1::InteractionEvent::kInteractionWrappedUp:
      if (state != Interaction::STATE_ENDED)
        return NotApplicableError("the interaction is not in the state ENDED");
      interaction->set_state(Interaction::STATE_WRAPPED_UP);
      *interaction->mutable_wrap_up() = event.interaction().interaction_wrapped_up().wrap_up();
      return absl::OkStatus();
    case v1::InteractionEvent::kInteractionCustomerSet:
      interaction->set_customer_id(event.interaction().interaction_customer_set().customer_id());
      return absl::OkStatus();
    default:
      return NotApplicableError("the event is not known for an interaction");
  }
}

}  // namespace domain
}  // namespace frontdesk
