// Entities that are over: nobody needs to approve a command about them any more. Private.
#ifndef FRONTDESK_SRC_DECIDE_APPROVAL_OVER_H_
#define FRONTDESK_SRC_DECIDE_APPROVAL_OVER_H_

#include <string>

#include "frontdesk/v1/entity_state.pb.h"

namespace frontdesk {
namespace internal {

// "ORDER_CANCELED": why an entity in this state is over. Empty: it is not. Over are orders that are canceled; cases that are closed,
// canceled or merged; customers that are merged; interactions that are wrapped up; accounts that are closed.
std::string OverReason(const v1::EntityState& state);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_APPROVAL_OVER_H_
