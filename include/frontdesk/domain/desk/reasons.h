// Reasons of commands to the desk itself. The type is in base/reason.h.
#ifndef FRONTDESK_DOMAIN_DESK_REASONS_H_
#define FRONTDESK_DOMAIN_DESK_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_DESK_COMMAND_REASONS(X) \
  X(kReasonDeskNotFound, "DESK_NOT_FOUND", kOk, "There is no such desk: its id is \"desk\".") \
  X(kReasonDeskCorrectEntityTimeLater, "DESK_CORRECT_ENTITY_TIME_LATER", kOk, "The instant is later than the last instant of the entity.") \
  X(kReasonDeskReportEffectNotFound, "DESK_REPORT_EFFECT_NOT_FOUND", kOk, "The entity has no such effect.") \
  X(kReasonPolicyNotFound, "POLICY_NOT_FOUND", kOk, "The store keeps no policy of that hash.")
// clang-format on

FRONTDESK_DESK_COMMAND_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kDeskCommandReasons[] = {
    FRONTDESK_DESK_COMMAND_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_DESK_COMMAND_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_DESK_REASONS_H_
