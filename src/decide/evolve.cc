#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "decide/entities.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

absl::Status NotApplicable(absl::string_view text) {
  return MakeError(kReasonEventNotApplicable, text);
}

// Whether the state is one of an entity of this kind.
bool HasArm(const v1::EntityState& state, v1::EntityKind kind) {
  const google::protobuf::FieldDescriptor* arm =
      state.GetDescriptor()->FindFieldByName(std::string(domain::EntityKindNoun(kind)));
  return arm != nullptr && state.GetReflection()->HasField(state, arm);
}

absl::Status EvolveArm(const v1::Event& event, v1::EntityState* state) {
  const internal::Entity* entity = internal::FindEntity(event.entity().kind());
  if (entity == nullptr) return NotApplicable("this build does not know entities of this kind");
  return entity->evolve(event, state);
}

}  // namespace

absl::Status Evolve(const v1::Event& event, v1::EntityState* state) {
  if (event.entity().kind() == v1::ENTITY_KIND_UNSPECIFIED || event.entity().id().empty() ||
      event.event_case() == v1::Event::EVENT_NOT_SET) {
    return MakeError(kReasonEventMalformed, "the event has no entity, or no arm is set");
  }
  if (event.version() < 0 || (event.version() > 0 && event.version() - 1 != state->version())) {
    return NotApplicable("the event's version does not follow on the state's");
  }
  if (state->version() == 0) {
    // The arm of a new state comes into being while it is evolved: aside, so that a failure leaves
    // no trace.
    v1::EntityState begun;
    *begun.mutable_entity() = event.entity();
    FRONTDESK_RETURN_IF_ERROR(EvolveArm(event, &begun));
    begun.set_version(1);
    *state = std::move(begun);
    return absl::OkStatus();
  }
  if (state->entity().kind() != event.entity().kind() ||
      state->entity().id() != event.entity().id()) {
    return NotApplicable("the event is about another entity");
  }
  if (!HasArm(*state, event.entity().kind()) || state->version() < 0 ||
      state->version() == std::numeric_limits<std::int64_t>::max()) {
    return NotApplicable("the state is not one of an entity of this kind");
  }
  FRONTDESK_RETURN_IF_ERROR(EvolveArm(event, state));
  state->set_version(state->version() + 1);
  return absl::OkStatus();
}

}  // namespace frontdesk
