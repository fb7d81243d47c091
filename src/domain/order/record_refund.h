// Reports of a gateway about refunds: the other half of RecordPayment. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_RECORD_REFUND_H_
#define FRONTDESK_DOMAIN_ORDER_RECORD_REFUND_H_

#include "absl/status/status.h"
#include "domain/arguments.h"
#include "domain/order/order_draft.h"
#include "frontdesk/v1/order_commands.pb.h"

namespace frontdesk {
namespace domain {

// The arguments of a report, at `root`.
void CheckRefundChange(const FieldPath& root, const v1::RefundChange& change,
                       ArgumentChecker* checker);

// Decides a report: of a refund that the order has, or of one that began outside.
absl::Status RecordRefundChange(const v1::RefundChange& change, OrderDraft* draft);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_RECORD_REFUND_H_
