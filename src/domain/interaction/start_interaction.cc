#include "domain/interaction/interaction_draft.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Interaction;

// The usual synchrony of a channel.
v1::Synchrony SynchronyOf(v1::Channel channel) {
  switch (channel) {
    case v1::CHANNEL_VOICE:
    case v1::CHANNEL_CHAT:
    case v1::CHANNEL_VIDEO:
    case v1::CHANNEL_IN_PERSON:
      return v1::SYNCHRONY_SYNCHRONOUS;
    default:
      return v1::SYNCHRONY_ASYNCHRONOUS;
  }
}

}  // namespace

void CheckStartInteraction(const FieldPath& root, const v1::InteractionCommand& command,
                           ArgumentChecker* checker) {
  const v1::StartInteraction& verb = command.start_interaction();
  checker->CheckEnum(
      {&root, "channel"}, verb.channel(),
      verb.channel() != v1::CHANNEL_UNSPECIFIED && v1::Channel_IsValid(verb.channel()));
  checker->CheckEnum(
      {&root, "direction"}, verb.direction(),
      verb.direction() != v1::DIRECTION_UNSPECIFIED && v1::Direction_IsValid(verb.direction()));
  checker->CheckEnum({&root, "reason"}, verb.reason(), v1::ContactReason_IsValid(verb.reason()));
  checker->CheckEnum({&root, "synchrony"}, verb.synchrony(),
                     v1::Synchrony_IsValid(verb.synchrony()));
  checker->CheckExternalIds(root, verb.external_ids());
}

void DecideStartInteraction(InteractionDraft* draft) {
  const v1::StartInteraction& verb = draft->command().start_interaction();
  Interaction& interaction = *draft->AddEvent(verb.interaction_id())
                                  .mutable_interaction()
                                  ->mutable_interaction_started()
                                  ->mutable_interaction();
  interaction.set_interaction_id(verb.interaction_id());
  interaction.set_state(Interaction::STATE_OPEN);
  interaction.set_channel(verb.channel());
  interaction.set_direction(verb.direction());
  interaction.set_reason(verb.reason());
  interaction.set_customer_id(verb.customer_id());
  interaction.set_agent_id(verb.agent_id());
  interaction.set_synchrony(verb.synchrony() == v1::SYNCHRONY_UNSPECIFIED
                                ? SynchronyOf(verb.channel())
                                : verb.synchrony());
  *interaction.mutable_external_ids() = verb.external_ids();
  *interaction.mutable_start_time() = draft->input().now();
}

}  // namespace domain
}  // namespace frontdesk
