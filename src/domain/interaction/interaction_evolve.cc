// Folding the events of interactions.
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/interaction/interaction.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Interaction;

absl::Status Begin(const Interaction& begun, const v1::Event& event, Interaction* interaction) {
  if (interaction->state() != Interaction::STATE_UNSPECIFIED ||
      begun.state() == Interaction::STATE_UNSPECIFIED ||
      begun.interaction_id() != event.entity().id()) {
    return NotApplicableError("the interaction exists already, or has another id");
  }
  *interaction = begun;
  CountParts(interaction);
  return absl::OkStatus();
}

}  // namespace

absl::Status EvolveInteraction(const v1::Event& event, v1::Interaction* interaction) {
  if (event.entity().kind() != v1::ENTITY_KIND_INTERACTION) {
    return NotApplicableError("the event is not about an interaction");
  }
  const v1::InteractionEvent& fact = event.interaction();
  if (fact.has_interaction_started()) {
    return Begin(fact.interaction_started().interaction(), event, interaction);
  }
  if (event.entity().id() != interaction->interaction_id() ||
      interaction->state() == Interaction::STATE_UNSPECIFIED) {
    return NotApplicableError("the event is about another interaction");
  }
  switch (fact.event_case()) {
    case v1::InteractionEvent::kInteractionPartAdded:
      AddPart(fact.interaction_part_added().part(), interaction);
      break;
    case v1::InteractionEvent::kInteractionLinked:
      if (!HasLink(interaction->links(), fact.interaction_linked().entity())) {
        *interaction->add_links() = fact.interaction_linked().entity();
      }
      break;
    case v1::InteractionEvent::kInteractionEnded:
      interaction->set_state(Interaction::STATE_ENDED);
      *interaction->mutable_end_time() = fact.interaction_ended().end_time();
      interaction->clear_end_occur_time();
      if (event.has_occur_time()) *interaction->mutable_end_occur_time() = event.occur_time();
      break;
    case v1::InteractionEvent::kInteractionWrappedUp:
      interaction->set_state(Interaction::STATE_WRAPPED_UP);
      *interaction->mutable_wrap_up() = fact.interaction_wrapped_up().wrap_up();
      break;
    case v1::InteractionEvent::kInteractionCustomerSet:
      interaction->set_customer_id(fact.interaction_customer_set().customer_id());
      break;
    default:
      return NotApplicableError("the event is not known for an interaction");
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
