// Canceling pieces of an order before they are shipped: the parts that CancelItems, CancelOrder, RefundOrder and reports of refunds share. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_CANCELED_PIECES_H_
#define FRONTDESK_DOMAIN_ORDER_CANCELED_PIECES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_match.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

// The sum of the amounts, each of which is a part of the cost of its line.
int64_t SumUnits(const std::vector<v1::LineAmount>& lines);

// Lowers the amounts of `lines` so that they sum to `units`, which is at most their sum: each in proportion, by largest remainder. The
// difference is withheld.
absl::Status Withhold(int64_t units, const v1::Order& order, std::vector<v1::LineAmount>* lines);

// Takes a fee, at most the sum of the amounts of `lines`, off them: each its share by largest remainder, which is withheld.
absl::Status WithholdFee(int64_t fee, const v1::Order& order, std::vector<v1::LineAmount>* lines);

// The sum of the amounts withheld on the lines of the order.
int64_t WithheldUnits(const v1::Order& order);

// Whether nothing is left of the order, of which nothing was shipped, once the pieces are canceled.
bool IsRest(const v1::Order& order, const std::vector<v1::LineAmount>& canceled);

// The amount that is held or asked for above the owed amount once the pieces are canceled: at most their worth less the fee. Zero where more
// is owed all the same.
int64_t UnitsAboveOwed(const v1::Order& order, const std::vector<v1::LineAmount>& canceled,
                       const google::protobuf::Timestamp& now);

// The amount that is held of an order that is canceled, or asked for, above the `kept` units that are owed all the same.
int64_t UnitsAboveKept(const v1::Order& order, int64_t kept,
                       const google::protobuf::Timestamp& now);

// Cancels the pieces: one event. With the last ones of an order of which nothing was shipped the order is canceled. Returns whether it is.
bool AddItemsCanceled(const std::vector<v1::LineAmount>& canceled, const std::string& reason,
                      OrderDraft* draft);

// Cancels the order: no more than `kept` units are owed.
void AddOrderCanceled(const std::string& reason, int64_t kept, OrderDraft* draft);

// Refunds the amount above `kept` of an order that is canceled, shipping and fees too, after payments on their way were asked for less. It goes
// to `method`. When that is null, it goes where it came from, and where that is not possible to `instead`, which may be null.
void GiveBackOrder(int64_t kept, const v1::PaymentMethod* method, const v1::PaymentMethod* instead,
                   v1::Settlement settlement, OrderDraft* draft);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_CANCELED_PIECES_H_
