#include <cstdint>
#include <limits>
#include <utility>

#include "frontdesk/base/error.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/domain/approval/approval.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/order/order.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

absl::Status NotApplicable(absl::string_view text) {
  return MakeError(kReasonEventNotApplicable, text);
}

// Whether the state is one of an entity of this kind.
bool HasArm(const v1::EntityState& state, v1::EntityKind kind) {
  switch (kind) {
    case v1::ENTITY_KIND_CUSTOMER:
      return state.has_customer();
    case v1::ENTITY_KIND_ORDER:
      return state.has_order();
    case v1::ENTITY_KIND_ACCOUNT:
      return state.has_account();
    case v1::ENTITY_KIND_INTERACTION:
      return state.has_interaction();
    case v1::ENTITY_KIND_CASE:
      return state.has_case_state();
    case v1::ENTITY_KIND_APPROVAL:
      return state.has_approval();
    default:
      return false;
  }
}

absl::Status EvolveArm(const v1::Event& event, v1::EntityState* state) {
  switch (event.entity().kind()) {
    case v1::ENTITY_KIND_CUSTOMER:
      return domain::EvolveCustomer(event, state->mutable_customer());
    case v1::ENTITY_KIND_ORDER:
      return domain::EvolveOrder(event, state->mutable_order());
    case v1::ENTITY_KIND_ACCOUNT:
      return domain::EvolveAccount(event, state->mutable_account());
    case v1::ENTITY_KIND_INTERACTION:
      return domain::EvolveInteraction(event, state->mutable_interaction());
    case v1::ENTITY_KIND_CASE:
      return domain::EvolveCase(event, state->mutable_case_state());
    case v1::ENTITY_KIND_APPROVAL:
      return domain::EvolveApproval(event, state->mutable_approval());
    default:
      return NotApplicable("entities of this kind are not known here");
  }
}

}  // namespace

absl::Status Evolve(const v1::Event& event, v1::EntityState* state) {
  if (event.entity().kind() == v1::ENTITY_KIND_UNSPECIFIED || event.entity().id().empty() ||
      event.fact_case() == v1::Event::FACT_NOT_SET) {
    return MakeError(kReasonEventMalformed, "an event has an entity and a fact");
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
