// Status plumbing for frontdesk's own sources. Private: never included by a public header.
#ifndef FRONTDESK_INTERNAL_STATUS_MACROS_H_
#define FRONTDESK_INTERNAL_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define FRONTDESK_INTERNAL_CONCAT_(a, b) a##b
#define FRONTDESK_INTERNAL_CONCAT(a, b) FRONTDESK_INTERNAL_CONCAT_(a, b)

// Returns from the enclosing function with the status of `expression` unless it is OK.
#define FRONTDESK_RETURN_IF_ERROR(expression)              \
  do {                                                     \
    ::absl::Status frontdesk_status_ = (expression);       \
    if (!frontdesk_status_.ok()) return frontdesk_status_; \
  } while (false)

// Assigns the value of the StatusOr `expression` to `target`, or returns its status.
#define FRONTDESK_ASSIGN_OR_RETURN(target, expression)                                           \
  FRONTDESK_INTERNAL_ASSIGN_OR_RETURN(FRONTDESK_INTERNAL_CONCAT(frontdesk_status_or_, __LINE__), \
                                      target, expression)

#define FRONTDESK_INTERNAL_ASSIGN_OR_RETURN(holder, target, expression) \
  auto holder = (expression);                                           \
  if (!holder.ok()) return holder.status();                             \
  target = *std::move(holder)

#endif  // FRONTDESK_INTERNAL_STATUS_MACROS_H_
