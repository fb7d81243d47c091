// Reasons of interactions. The type is in base/reason.h.
#ifndef FRONTDESK_DOMAIN_INTERACTION_REASONS_H_
#define FRONTDESK_DOMAIN_INTERACTION_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_INTERACTION_REASONS(X) \
  X(kReasonInteractionExists, "INTERACTION_EXISTS", kOk, "There is an interaction of that id already.") \
  X(kReasonInteractionNotFound, "INTERACTION_NOT_FOUND", kOk, "There is no interaction of that id.") \
  X(kReasonInteractionAddPartEnded, "INTERACTION_ADD_PART_ENDED", kOk, "The interaction is over; a message is possible only as a correction.") \
  X(kReasonInteractionAddPartIdExists, "INTERACTION_ADD_PART_ID_EXISTS", kOk, "The interaction has a part of that id already.") \
  X(kReasonInteractionAddPartCorrectsUnknown, "INTERACTION_ADD_PART_CORRECTS_UNKNOWN", kOk, "The interaction has no such part to correct.") \
  X(kReasonInteractionAddPartMoreVisible, "INTERACTION_ADD_PART_MORE_VISIBLE", kOk, "The correction would be public, and the corrected part is internal.") \
  X(kReasonInteractionLinkTooMany, "INTERACTION_LINK_TOO_MANY", kOk, "The interaction has as many links as the limit.") \
  X(kReasonInteractionEndState, "INTERACTION_END_STATE", kOk, "The interaction is over already.") \
  X(kReasonInteractionEndTime, "INTERACTION_END_TIME", kOk, "The interaction would end before it began.") \
  X(kReasonInteractionWrapUpState, "INTERACTION_WRAP_UP_STATE", kOk, "The interaction is not over yet, or wrapped up already.") \
  X(kReasonInteractionWrapUpTime, "INTERACTION_WRAP_UP_TIME", kOk, "The interaction would be wrapped up before it ended.")
// clang-format on

FRONTDESK_INTERACTION_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kInteractionReasons[] = {
    FRONTDESK_INTERACTION_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_INTERACTION_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_INTERACTION_REASONS_H_
