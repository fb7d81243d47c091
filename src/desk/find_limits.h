// The checks of limits that the options of a desk and of a reader have in common. Private.
#ifndef FRONTDESK_SRC_DESK_FIND_LIMITS_H_
#define FRONTDESK_SRC_DESK_FIND_LIMITS_H_

#include "frontdesk/base/error.h"
#include "frontdesk/desk/find.h"

namespace frontdesk {
namespace internal {

// Adds a violation DESK_OPTIONS_INVALID for each limit that is not possible.
void CheckFindLimits(const FindLimits& limits, ErrorBuilder* errors);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_FIND_LIMITS_H_
