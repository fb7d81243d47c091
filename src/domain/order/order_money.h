// Small questions about an order's money and parts. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_MONEY_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_MONEY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

// `units` minor units of the order's currency.
v1::Money InOrderCurrency(const v1::Order& order, int64_t units);

// The amount that is nearest to `units`: never negative, at most 63 bits. Amounts of a state that a stranger hands in may be anything.
int64_t NearestUnits(__int128 units);

// The amount held of a payment, or of all of them, in minor units; never negative, at most 63 bits.
int64_t HeldUnits(const v1::Payment& payment);
int64_t HeldUnits(const v1::Order& order);

// The amount held of all payments, as if disputes that are not decided took nothing.
int64_t HeldOrUndecidedUnits(const v1::Order& order);

// Whether the payment asks for more: it is requested or authorized.
bool IsOpen(const v1::Payment& payment);

// The amount that a payment, or all of them, still ask for at `now`; never negative. An authorization that has expired asks for nothing.
int64_t OpenUnits(const v1::Payment& payment, const google::protobuf::Timestamp& now);
int64_t OpenUnits(const v1::Order& order, const google::protobuf::Timestamp& now);

// `units`, but no more than is held and asked for; never negative.
int64_t AtMostHeldAndAsked(__int128 units, const v1::Order& order,
                           const google::protobuf::Timestamp& now);

// Whether money is away because of the dispute, and whether that is not decided yet.
bool IsMoneyAway(const v1::Dispute& dispute);
bool IsUndecided(const v1::Dispute& dispute);

// The sum of the amounts that disputes of a payment took away, as far as it fits.
int64_t DisputedUnits(const v1::Order& order, absl::string_view payment_id);

// The amount that the customer owes at `now`; see Order.owed_amount. As near as fits in 64 bits.
int64_t OwedUnits(const v1::Order& order, const google::protobuf::Timestamp& now);

// The same if the order's total were `total`, or with `payment` in the place of the one of its id, or beside the others.
int64_t OwedUnitsAtTotal(const v1::Order& order, __int128 total,
                         const google::protobuf::Timestamp& now);
int64_t OwedUnitsWith(const v1::Payment& payment, const v1::Order& order,
                      const google::protobuf::Timestamp& now);

// The amount that goes back when a change of items lowers the order's total to `total`: asked for no more, or refunded. It is at most the
// difference, and at most the amount above the owed one. Nor is it more than is held or asked for now: a dispute may have the rest. Of an
// order whose payments are not known it is the difference.
int64_t UnitsBackAtTotal(const v1::Order& order, __int128 total,
                         const google::protobuf::Timestamp& now);

// Whether the order says what was paid for it: all but imported ones without payments.
bool HasKnownPayments(const v1::Order& order);

// Whether a refund lowers the owed amount; see RefundCause. An old cancellation that names items does, since it has no ItemsCanceled.
bool LowersOwed(const v1::Refund& refund);

// MONEY_OVERFLOW when all payments and `more` together do not fit in 63 bits; so no sum of parts of them ever overflows.
absl::Status CheckPaymentsFit(const v1::Order& order, int64_t more);

// All that is held of a payment, as a part of a refund.
v1::RefundPart WholePart(const v1::Order& order, const v1::Payment& payment);

// Whether the kind is one of the desk's own accounts, on which money moves at once.
bool IsStoredValue(v1::PaymentMethod::Kind kind);

// The parts by id, finished ones too as far as they are loaded; null when there is none.
const v1::Payment* FindPayment(const v1::Order& order, absl::string_view payment_id);
v1::Payment* FindPayment(v1::Order* order, absl::string_view payment_id);
const v1::Refund* FindRefund(const v1::Order& order, absl::string_view refund_id);
const v1::Dispute* FindDispute(const v1::Order& order, absl::string_view dispute_id);
const v1::Shipment* FindShipment(const v1::Order& order, absl::string_view shipment_id);
const v1::OrderLine* FindLine(const v1::Order& order, absl::string_view line_id);
v1::OrderLine* FindLine(v1::Order* order, absl::string_view line_id);

// The payments and refunds of an order are numbered as one list.
struct MovementNumbers {
  int64_t last_sequence = 0;
  int64_t last_id_number = 0;

  // Counts a payment or refund; false when it is one that was counted before.
  bool Count(int64_t sequence, absl::string_view id);

  // The place of the next one, and an id that none has: "payment-7" for the noun "payment".
  int64_t NextSequence() const;
  std::string NewId(absl::string_view noun) const;
};

inline MovementNumbers NumbersOf(const v1::Order& order) {
  return {order.last_sequence(), order.last_id_number()};
}

// The number in an id that such an id could be equal to; 0: it has none. Hosts may give ids with numbers up to this one.
inline constexpr int64_t kMaxIdNumber = 1'000'000'000'000'000;
int64_t IdNumber(absl::string_view id);

// Whether a payment can be refunded: something is held of it, or it was captured with an amount of zero that
// was not refunded yet.
bool IsRefundable(const v1::Payment& payment);

// Whether nothing comes after it, except that a voided one may be captured and a captured one charged back.
bool IsFinished(const v1::Payment& payment);
inline bool IsFinished(const v1::Refund& refund) {
  return refund.state() != v1::Refund::STATE_PENDING;
}

// Whether the refund is on its way or has arrived; else its amount is held.
bool IsInForce(const v1::Refund& refund);

// Most payments of an order that are not finished.
inline constexpr int kMaxOpenPayments = 100;

// Whether a route is that of the method, whatever it is called: ids differ, or are those of two cards, after a merge of customers.
bool IsBy(const v1::MoneyRoute& route, const v1::PaymentMethod& method);

// Whether ChangePaymentMethod moves money of the payment to the method: it is another one, and something is held of it or asked for.
bool IsMoved(const v1::Payment& payment, const v1::PaymentMethod& method,
             const google::protobuf::Timestamp& now);

// The amount that ChangePaymentMethod asks the method for: held by others, asked of others, or still owed. Error: MONEY_OVERFLOW.
absl::StatusOr<int64_t> MovedUnits(const v1::Order& order, const v1::PaymentMethod& method,
                                   const google::protobuf::Timestamp& now);

// The payments from which `units` are refunded: those of `payment_method_id` first, then the others, the
// latest first among each; only those with something held. Expects units <= HeldUnits(order).
std::vector<v1::RefundPart> TakeParts(const v1::Order& order, absl::string_view payment_method_id,
                                      int64_t units);

// The state that the counts of pieces say, for an order that is neither placed nor canceled.
v1::Order::State StateOfGoods(const v1::Order& order);

// How many pieces of a line can still be shipped or delivered, be changed, and be paid back by item.
int64_t UnshippedQuantity(const v1::OrderLine& line);
int64_t UndeliveredQuantity(const v1::OrderLine& line);
int64_t ChangeableQuantity(const v1::OrderLine& line);
int64_t RefundableQuantity(const v1::OrderLine& line);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_MONEY_H_
