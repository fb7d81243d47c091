// Computations that assessing and deciding an order command share. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_ASSESS_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_ASSESS_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "domain/order/order_match.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_input.pb.h"

namespace frontdesk {
namespace domain {

// FACT_MISSING when the command needs catalog facts and there are none.
absl::Status CheckOrderFacts(const v1::OrderDecisionInput& input);

// Whether the command in `input` would change nothing. `assessment` has everything else that is assessed.
bool IsOrderUnchanged(const v1::OrderDecisionInput& input, const v1::OrderAssessment& assessment);

// The worth of delivered pieces that come back: each line's pieces after those in other returns. It is never
// more than the rest of the amount paid for the line. Expects every item to have its line.
absl::StatusOr<v1::Money> WorthOfItems(const v1::Order& order,
                                       const std::vector<MatchedItem>& items);

// The refund for pieces with that cause, line by line in the order of the items; see MatchRefundItems(). With CANCELLATION it is the
// worth of the pieces before they are canceled. Pieces that were refunded before are worth nothing more; with LOST they are not counted. Expects
// every item to have its line.
absl::StatusOr<std::vector<v1::LineAmount>> RefundOfItems(const v1::Order& order,
                                                          v1::RefundCause cause,
                                                          const std::vector<MatchedItem>& items);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_ASSESS_H_
