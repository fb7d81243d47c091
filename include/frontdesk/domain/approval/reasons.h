// Reasons of approvals. Their verbs are in desk/desk.h. The type is in base/reason.h.
#ifndef FRONTDESK_DOMAIN_APPROVAL_REASONS_H_
#define FRONTDESK_DOMAIN_APPROVAL_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_APPROVAL_REASONS(X) \
  X(kReasonApprovalNotFound, "APPROVAL_NOT_FOUND", kOk, "There is no such approval.") \
  X(kReasonApprovalState, "APPROVAL_STATE", kOk, "The approval is no longer pending.") \
  X(kReasonApprovalAuthorityMissing, "APPROVAL_AUTHORITY_MISSING", kOk, "The actor does not have the authority that the approval needs.") \
  X(kReasonApprovalByRequester, "APPROVAL_BY_REQUESTER", kOk, "The requester of a held command may not approve it.") \
  X(kReasonApprovalExpired, "APPROVAL_EXPIRED", kOk, "The time in which the approval could be given is over.") \
  X(kReasonApprovalNotRequester, "APPROVAL_NOT_REQUESTER", kOk, "Only the requester of a held command may withdraw it.") \
  X(kReasonApprovalRound, "APPROVAL_ROUND", kOk, "The actor approves another round than the present one, which shows other amounts, findings or targets.") \
  X(kReasonApprovalRoundsExceeded, "APPROVAL_ROUNDS_EXCEEDED", kOk, "The command would have to be asked again more often than the limit: the approval is closed, and a new request is possible.", "the request has changed too often since")
// clang-format on

FRONTDESK_APPROVAL_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kApprovalReasons[] = {FRONTDESK_APPROVAL_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_APPROVAL_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_APPROVAL_REASONS_H_
