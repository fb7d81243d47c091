// Folding events into orders. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_FOLD_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_FOLD_H_

#include <cstdint>

#include "absl/status/status.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/money.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

// EVENT_NOT_APPLICABLE when the event, whose arm is one of orders, cannot be folded into `order`: then EvolveOrder() fails too.
absl::Status CheckApplicable(const v1::Event& event, const v1::Order& order);

// Sums and differences of units; at the end of the range, its end. States that strangers hand in may hold anything.
int64_t SaturatedSum(int64_t a, int64_t b);
int64_t SaturatedDifference(int64_t a, int64_t b);

// Adds `change` to an amount, which gets the order's currency if it has none yet.
void AddTo(const v1::Order& order, int64_t change, v1::Money* amount);

// Counts the payments and refunds of the order that the event begins, and keeps the reports about them and its disputes.
void BeginMovements(const v1::Event& event, v1::Order* order);

// Folds an event about a payment, a refund or a dispute; others change nothing.
void ApplyMovement(const v1::Event& event, v1::Order* order);

// Moves payments and refunds that are finished to their own lists, and those that are not back.
void MoveFinished(v1::Order* order);

// The owed amount at `now`; see Order.owed_amount.
void SetOwedAmount(const google::protobuf::Timestamp& now, v1::Order* order);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_FOLD_H_
