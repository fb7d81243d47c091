// Reasons of decide/: the envelope of a command, idempotency keys, versions, outside ids, facts, stored data, and messages that are read from bytes. The type is in base/reason.h.
#ifndef FRONTDESK_DECIDE_REASONS_H_
#define FRONTDESK_DECIDE_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_DECIDE_REASONS(X) \
  X(kReasonIdempotencyKeyReused, "IDEMPOTENCY_KEY_REUSED", kAlreadyExists, "The key was used for another command.") \
  X(kReasonVersionConflict, "VERSION_CONFLICT", kAborted, "The addressed entity does not have the expected version.") \
  X(kReasonCommandFieldRequired, "COMMAND_FIELD_REQUIRED", kOk, "A field of the envelope is required and not set.") \
  X(kReasonCommandFieldOutOfRange, "COMMAND_FIELD_OUT_OF_RANGE", kOk, "A field of the envelope has a value outside its range.") \
  X(kReasonCommandFieldTooLong, "COMMAND_FIELD_TOO_LONG", kOk, "A field of the envelope is longer than the limit.") \
  X(kReasonCommandTextEncoding, "COMMAND_TEXT_ENCODING", kOk, "A string of the command, or of its facts, is not UTF-8.") \
  X(kReasonCommandVerbUnknown, "COMMAND_VERB_UNKNOWN", kOk, "This build does not know the command.") \
  X(kReasonCommandTooLarge, "COMMAND_TOO_LARGE", kResourceExhausted, "The command has more bytes than the limit.") \
  X(kReasonFactsTooLarge, "FACTS_TOO_LARGE", kResourceExhausted, "The facts, or the decision input, have more bytes than the limit.") \
  X(kReasonEventsTooMany, "EVENTS_TOO_MANY", kResourceExhausted, "The command would cause more events than the limit.") \
  X(kReasonRelatedTooMany, "RELATED_TOO_MANY", kResourceExhausted, "The cases or customers that are merged or linked with those of the command are more than the limit.") \
  X(kReasonEventMalformed, "EVENT_MALFORMED", kInvalidArgument, "An event has no entity, or no arm is set.") \
  X(kReasonMessageTooLarge, "MESSAGE_TOO_LARGE", kResourceExhausted, "A message has more bytes than the limit.") \
  X(kReasonMessageMalformed, "MESSAGE_MALFORMED", kInvalidArgument, "The bytes, or the JSON, are not a message of this type.") \
  X(kReasonMessageTextEncoding, "MESSAGE_TEXT_ENCODING", kInvalidArgument, "A string of the message is not UTF-8; the violations say which.") \
  X(kReasonCommandTooEarly, "COMMAND_TOO_EARLY", kOk, "The time of the request is before the last change of the order, case or customer, by more than clocks may differ.") \
  X(kReasonCommandTooFarAhead, "COMMAND_TOO_FAR_AHEAD", kOk, "The time of the request is later than the newest entry of the desk, by more than the desk allows.") \
  X(kReasonCaseExternalIdTaken, "CASE_EXTERNAL_ID_TAKEN", kOk, "Another case, or another part of a case, has that id in that system.") \
  X(kReasonInteractionExternalIdTaken, "INTERACTION_EXTERNAL_ID_TAKEN", kOk, "Another interaction, or another part of one, has that id in that system.") \
  X(kReasonOrderExternalIdTaken, "ORDER_EXTERNAL_ID_TAKEN", kOk, "Another order has that id in that system.") \
  X(kReasonFactUnexpected, "FACT_UNEXPECTED", kOk, "No decision about the entity of the command reads such facts.") \
  X(kReasonRecordWithoutInput, "RECORD_WITHOUT_INPUT", kFailedPrecondition, "The command of the journal record did not reach policy, so it has no decision input.")
// clang-format on

FRONTDESK_DECIDE_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kDecideReasons[] = {FRONTDESK_DECIDE_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_DECIDE_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_DECIDE_REASONS_H_
