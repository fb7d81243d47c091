// Reasons of desk/: searches and commits. The type is in base/reason.h.
#ifndef FRONTDESK_DESK_REASONS_H_
#define FRONTDESK_DESK_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/event_log/reasons.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_DESK_REASONS(X) \
  X(kReasonFindMalformed, "FIND_MALFORMED", kInvalidArgument, "The search is not valid; the violations list the fields.") \
  X(kReasonFindFieldRequired, "FIND_FIELD_REQUIRED", kOk, "A field of the search is required and not set.") \
  X(kReasonFindFieldOutOfRange, "FIND_FIELD_OUT_OF_RANGE", kOk, "A field of the search has a value outside its range.") \
  X(kReasonFindFieldTooLong, "FIND_FIELD_TOO_LONG", kOk, "A field of the search is longer than the limit.") \
  X(kReasonFindFieldExclusive, "FIND_FIELD_EXCLUSIVE", kOk, "Of several fields of the search exactly one must be set.") \
  X(kReasonFindTextEncoding, "FIND_TEXT_ENCODING", kOk, "A string of the search is not UTF-8.") \
  X(kReasonFindPageTokenInvalid, "FIND_PAGE_TOKEN_INVALID", kInvalidArgument, "The page token is not valid, or is one of another query.") \
  X(kReasonFindCountTooMany, "FIND_COUNT_TOO_MANY", kResourceExhausted, "More entities would be counted than the limit.") \
  X(kReasonFindRelatedTooMany, "FIND_RELATED_TOO_MANY", kResourceExhausted, "The entities that are merged into the one that is asked about, or linked with it, are more than the limit.") \
  X(kReasonFindRowsTooMany, "FIND_ROWS_TOO_MANY", kResourceExhausted, "The elements of lists, or the words with a beginning, that would be read are more than the limit.") \
  X(kReasonEntityRefMalformed, "ENTITY_REF_MALFORMED", kInvalidArgument, "A reference to an entity has no kind, or no id, or one that is not an id.") \
  X(kReasonEntityNotFound, "ENTITY_NOT_FOUND", kNotFound, "There is no such entity.") \
  X(kReasonRowListUnknown, "ROW_LIST_UNKNOWN", kInvalidArgument, "Entities of this kind have no list of rows of that name.") \
  X(kReasonTotalNotFound, "TOTAL_NOT_FOUND", kNotFound, "The active policy has no total of that name.") \
  X(kReasonTotalSubjectMismatch, "TOTAL_SUBJECT_MISMATCH", kInvalidArgument, "A total is read without the id or the reason that it is for, or with one that it is not for.") \
  X(kReasonClockNotFound, "CLOCK_NOT_FOUND", kNotFound, "The case has no such clock.") \
  X(kReasonRecordNotFound, "RECORD_NOT_FOUND", kNotFound, "There is no such journal record.") \
  X(kReasonDeskOptionsInvalid, "DESK_OPTIONS_INVALID", kInvalidArgument, "A desk cannot be opened, or continue, with these options.") \
  X(kReasonPolicyNotActive, "POLICY_NOT_ACTIVE", kFailedPrecondition, "Another policy is active in the store than the one that the desk is opened with.") \
  X(kReasonPolicyNotKept, "POLICY_NOT_KEPT", kNotFound, "The store has no policy of that hash.") \
  X(kReasonPolicyFunctionMissing, "POLICY_FUNCTION_MISSING", kFailedPrecondition, "A kept policy calls functions of the host, and the desk does not have one of them in that version.") \
  X(kReasonPolicyNotUsable, "POLICY_NOT_USABLE", kFailedPrecondition, "A kept policy does not compile in this desk: it was compiled by another version, or with other limits.") \
  X(kReasonSubscriptionPositionUnknown, "SUBSCRIPTION_POSITION_UNKNOWN", kInvalidArgument, "The log has no such position: it is negative, or the store holds an older log.") \
  X(kReasonLogMalformed, "LOG_MALFORMED", kInvalidArgument, "A line of an exported log is not valid, or is one of a newer format.") \
  X(kReasonLogLineTooLarge, "LOG_LINE_TOO_LARGE", kResourceExhausted, "A line of an exported log is longer than the limit.") \
  X(kReasonLogLinkUnexpected, "LOG_LINK_UNEXPECTED", kDataLoss, "An entry of an exported log is not what its link says: it was changed, or one is missing.") \
  X(kReasonLogTruncated, "LOG_TRUNCATED", kDataLoss, "An exported log ends without its last line.") \
  X(kReasonLogNotContinued, "LOG_NOT_CONTINUED", kFailedPrecondition, "The store holds another log than the one that is imported.") \
  X(kReasonImportMalformed, "IMPORT_MALFORMED", kInvalidArgument, "The name of an import is not valid, or the source, the reason or the text of one of its rows.") \
  X(kReasonImportNotContinued, "IMPORT_NOT_CONTINUED", kFailedPrecondition, "An import continues with another row than the one whose result the store has.") \
  X(kReasonDeskReentered, "DESK_REENTERED", kFailedPrecondition, "A function, a source or a store of the host has called the desk, or the id source, that is calling it.") \
  X(kReasonProcessForked, "PROCESS_FORKED", kFailedPrecondition, "The object was made before the process was forked, and cannot be used in the child. Python only.") \
  X(kReasonInterpreterEnding, "INTERPRETER_ENDING", kFailedPrecondition, "The interpreter ends while another thread is inside a call, which will not return. Python only.") \
  X(kReasonCommitRecordExists, "COMMIT_RECORD_EXISTS", kAlreadyExists, "The id of a batch's journal record is in use.") \
  X(kReasonCommitContended, "COMMIT_CONTENDED", kAborted, "The state that the command was decided on changed each time before the commit.")
// clang-format on

FRONTDESK_DESK_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kDeskReasons[] = {FRONTDESK_DESK_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_DESK_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_DESK_REASONS_H_
