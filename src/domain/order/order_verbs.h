// Deciding the commands of orders, one function each. Every one expects that the transition table allows the
// command, works on the draft, and refuses by it. An error means that an amount does not fit. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_VERBS_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_VERBS_H_

#include "absl/status/status.h"
#include "domain/order/order_draft.h"

namespace frontdesk {
namespace domain {

absl::Status DecidePlaceOrder(OrderDraft* draft);
absl::Status DecideImportOrder(OrderDraft* draft);
absl::Status DecideRecordPayment(OrderDraft* draft);
absl::Status DecideRecordShipment(OrderDraft* draft);
absl::Status DecideRecordDelivery(OrderDraft* draft);
absl::Status DecideCancelOrder(OrderDraft* draft);
absl::Status DecideChangeShippingAddress(OrderDraft* draft);
absl::Status DecideChangePaymentMethod(OrderDraft* draft);
absl::Status DecideChangeItems(OrderDraft* draft);
absl::Status DecideRequestReturn(OrderDraft* draft);
absl::Status DecideRequestExchange(OrderDraft* draft);
absl::Status DecideRefundOrder(OrderDraft* draft);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_VERBS_H_
