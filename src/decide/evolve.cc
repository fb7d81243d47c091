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
  static const auto* const arms = [] {
    auto* fields =
        new std::array<const google::protobuf::FieldDescriptor*, v1::EntityKind_ARRAYSIZE>();
    for (int i = 0; i < v1::EntityKind_ARRAYSIZE; ++i) {
      (*fields)[i] = v1::EntityState::descriptor()->FindFieldByName(
          std::string(domain::EntityKindNoun(static_cast<v1::EntityKind>(i))));
    }
    return fields;
  }();
  if (!v1::EntityKind_IsValid(kind)) return false;
  const google::protobuf::FieldDescriptor* arm = (*arms)[kind];
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
