#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "decide/entities.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/reasons.h"
#include "google/protobuf/arena.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

absl::Status NotApplicable(absl::string_view text) {
  return MakeError(kReasonEventNotApplicable, text);
}

// Whether the state is one of an entity of this kind.
bool HasArm(const v1::EntityState& state, v1::EntityKind kind) {
  // The numbers of the arms; 0 for a kind without one.
  static const auto* const arms = [] {
    auto* numbers = new std::array<int, v1::EntityKind_ARRAYSIZE>();
    for (int i = 0; i < v1::EntityKind_ARRAYSIZE; ++i) {
      const auto* arm = v1::EntityState::descriptor()->FindFieldByName(
          std::string(domain::EntityKindNoun(static_cast<v1::EntityKind>(i))));
      (*numbers)[i] = arm == nullptr ? 0 : arm->number();
    }
    return numbers;
  }();
  if (!v1::EntityKind_IsValid(kind) || (*arms)[kind] == 0) return false;
  return state.state_case() == (*arms)[kind];
}

// A correction of the last instant, and the report of an effect, change nothing in the arm of the entity.
absl::Status EvolveArm(const v1::Event& event, v1::EntityState* state) {
  if (event.desk().has_entity_time_corrected() || event.desk().has_effect_reported()) {
    if (state->version() == 0) return NotApplicable("there is no such entity");
    return absl::OkStatus();
  }
  if (event.has_desk() && event.entity().kind() != v1::ENTITY_KIND_DESK) {
    return NotApplicable("the event is not one of such an entity");
  }
  const internal::Entity* entity = internal::FindEntity(event.entity().kind());
  if (entity == nullptr) return NotApplicable("this build does not know entities of this kind");
  return entity->evolve(event, state);
}

// The last instant of the entity. Only a correction lets it go back; a time that is not valid does not count.
void SetUpdateTime(const v1::Event& event, v1::EntityState* state) {
  const bool is_correction = event.desk().has_entity_time_corrected();
  const google::protobuf::Timestamp& given =
      is_correction ? event.desk().entity_time_corrected().update_time() : event.time();
  const bool is_set =
      is_correction ? event.desk().entity_time_corrected().has_update_time() : event.has_time();
  const absl::optional<absl::Time> time = internal::DecodeTime(given);
  if (!is_set || !time.has_value()) return;
  const absl::optional<absl::Time> last = internal::DecodeTime(state->update_time());
  if (!is_correction && state->has_update_time() && last.has_value() && *time <= *last) return;
  *state->mutable_update_time() = given;
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
    // no trace. On the arena of the state, if it has one, and so moved without a copy.
    google::protobuf::Arena* const arena = state->GetArena();
    auto* const begun = google::protobuf::Arena::CreateMessage<v1::EntityState>(arena);
    const std::unique_ptr<v1::EntityState> owned(arena == nullptr ? begun : nullptr);
    *begun->mutable_entity() = event.entity();
    FRONTDESK_RETURN_IF_ERROR(EvolveArm(event, begun));
    begun->set_version(1);
    SetUpdateTime(event, begun);
    *state = std::move(*begun);
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
  SetUpdateTime(event, state);
  return absl::OkStatus();
}

}  // namespace frontdesk
