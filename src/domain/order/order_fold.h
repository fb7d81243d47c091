// Folding events into orders. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_FOLD_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_FOLD_H_

#include "absl/status/status.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/order.pb.h"

namespace frontdesk {
namespace domain {

// EVENT_NOT_APPLICABLE when the event, whose arm is one of orders, cannot be folded into `order`: then EvolveOrder() fails too.
absl::Status CheckApplicable(const v1::Event& event, const v1::Order& order);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_FOLD_H_
