// Reasons of event_log/: errors of the store, and of rows. STORE_CORRUPT is in base/reasons.h. The type is in
// base/reason.h.
#ifndef FRONTDESK_EVENT_LOG_REASONS_H_
#define FRONTDESK_EVENT_LOG_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/base/reasons.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_EVENT_LOG_REASONS(X) \
  X(kReasonStoreUnavailable, "STORE_UNAVAILABLE", kUnavailable, "The store cannot be reached, or cannot write.") \
  X(kReasonStoreNotFound, "STORE_NOT_FOUND", kNotFound, "There is no such file, or it is empty.") \
  X(kReasonStoreFileInvalid, "STORE_FILE_INVALID", kInvalidArgument, "The file is not one of a store, or its name is not valid.") \
  X(kReasonStoreFileExists, "STORE_FILE_EXISTS", kAlreadyExists, "There is a file of that name already.") \
  X(kReasonStoreNotUsable, "STORE_NOT_USABLE", kFailedPrecondition, "The store cannot be used so: its file or its rows have another version, or it was opened to be read only.") \
  X(kReasonStoreNotCloneable, "STORE_NOT_CLONEABLE", kUnimplemented, "This store cannot be cloned.") \
  X(kReasonStoreNotWatchable, "STORE_NOT_WATCHABLE", kUnimplemented, "This store has no descriptor to wait on; read it from time to time.") \
  X(kReasonStoreRowTooLarge, "STORE_ROW_TOO_LARGE", kResourceExhausted, "An event, a state or a journal record is larger than a row of the store can be.") \
  X(kReasonEffectNotFound, "EFFECT_NOT_FOUND", kNotFound, "There is no such effect.") \
  X(kReasonEffectClaimLost, "EFFECT_CLAIM_LOST", kAborted, "The effect is no longer claimed under that attempt: it was claimed again, is a dead letter, or has left the outbox.") \
  X(kReasonEffectNotDead, "EFFECT_NOT_DEAD", kFailedPrecondition, "The effect is no dead letter.") \
  X(kReasonEffectOptionsInvalid, "EFFECT_OPTIONS_INVALID", kInvalidArgument, "A time, a limit, a delay or a code with which an effect is claimed or tried again is not valid.") \
  X(kReasonOutboxContended, "OUTBOX_CONTENDED", kAborted, "The rows of the effect changed each time before the commit.")
// clang-format on

FRONTDESK_EVENT_LOG_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kEventLogReasons[] = {
    FRONTDESK_EVENT_LOG_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_EVENT_LOG_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_EVENT_LOG_REASONS_H_
