// The draft of an interaction decision. Private.
#ifndef FRONTDESK_DOMAIN_INTERACTION_INTERACTION_DRAFT_H_
#define FRONTDESK_DOMAIN_INTERACTION_INTERACTION_DRAFT_H_

#include "domain/draft.h"
#include "frontdesk/v1/interaction.pb.h"
#include "frontdesk/v1/interaction_commands.pb.h"
#include "frontdesk/v1/interaction_input.pb.h"

namespace frontdesk {
namespace domain {

// One interaction command while it is decided.
class InteractionDraft : public Draft<v1::InteractionDecisionInput> {
 public:
  using Draft::Draft;

  // The interaction before the command.
  const v1::Interaction& current() const { return input().interaction(); }

  // Adds an event about the addressed interaction, or about the one that begins.
  v1::Event& AddEvent() { return AddEvent(current().interaction_id()); }
  using Draft::AddEvent;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_INTERACTION_INTERACTION_DRAFT_H_
