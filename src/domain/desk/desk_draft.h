// The draft of a decision about a command to the desk. Private.
#ifndef FRONTDESK_DOMAIN_DESK_DESK_DRAFT_H_
#define FRONTDESK_DOMAIN_DESK_DESK_DRAFT_H_

#include "domain/arguments.h"
#include "domain/draft.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/desk_commands.pb.h"
#include "frontdesk/v1/desk_input.pb.h"

namespace frontdesk {
namespace domain {

// One command to the desk while it is decided.
class DeskDraft : public Draft<v1::DeskDecisionInput> {
 public:
  using Draft::Draft;

  // Adds an event about the entity in the input, of whatever kind.
  v1::Event& AddEvent() {
    v1::Event& event = Draft::AddEvent(input().entity().id());
    event.mutable_entity()->set_kind(input().entity().kind());
    return event;
  }
};

// A required reference to an entity of any kind.
void CheckAnyEntity(const FieldPath& field, bool present, const v1::EntityRef& entity,
                    ArgumentChecker* checker);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_DESK_DESK_DRAFT_H_
