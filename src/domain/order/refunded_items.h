// The pieces that a refund names: what RefundOrder and reports of refunds that began outside share. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_REFUNDED_ITEMS_H_
#define FRONTDESK_DOMAIN_ORDER_REFUNDED_ITEMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "domain/arguments.h"
#include "domain/order/canceled_pieces.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_match.h"
#include "frontdesk/v1/money.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace frontdesk {
namespace domain {

// The fields `reason` and `items` below `root`, as the cause demands.
void CheckContent(const FieldPath& root, v1::RefundCause cause, const std::string& reason,
                  const google::protobuf::RepeatedPtrField<v1::ItemSelector>& items,
                  ArgumentChecker* checker);

// The pieces of a refund.
struct RefundedItems {
  // Whether the pieces are worth the amount that was named for them. False: nothing else is set.
  bool covers_amount = true;
  // The amount for each, and the withheld part of its worth.
  std::vector<v1::LineAmount> lines;
  // Those of them that the refund names. No canceled pieces: these have an event of their own.
  std::vector<v1::LineAmount> refund_lines;
  // For LOST, the pieces that were lost, those too that were refunded before.
  std::vector<v1::LineQuantity> lost;
};

// The refund of matched items with that cause; `amount` is the one for all of them, null for their worth.
absl::StatusOr<RefundedItems> RefundItems(const v1::Order& order, v1::RefundCause cause,
                                          const std::vector<MatchedItem>& items,
                                          const v1::Money* amount);

// Adds the events about the pieces: that they are canceled, or lost. Returns whether the order is canceled with them.
bool AddItemEvents(const RefundedItems& items, v1::RefundCause cause, const std::string& reason,
                   OrderDraft* draft);

// Asks open payments of an order that is canceled by a refund of `units` for no more than is owed all the same.
void AskOnlyForKept(int64_t units, const std::vector<v1::LineAmount>& canceled, OrderDraft* draft);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_REFUNDED_ITEMS_H_
