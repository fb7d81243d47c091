// The content of a refund, in parts, and the tax in it. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_REFUND_CONTENT_H_
#define FRONTDESK_DOMAIN_ORDER_REFUND_CONTENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_events.pb.h"

namespace frontdesk {
namespace domain {

// The lines and components of a refund. An amount beside them is for the order as a whole.
struct RefundContent {
  // Every cause is a content without lines and components.
  RefundContent(v1::RefundCause the_cause)
      : cause(the_cause) {}  // NOLINT(google-explicit-constructor)

  v1::RefundCause cause;
  // The company's own word for the cause.
  std::string reason;
  // With lines, their amounts sum to all that is neither shipping nor fees.
  std::vector<v1::LineAmount> lines;
  int64_t shipping = 0;
  int64_t fees = 0;
};

// Removes the part for the next `units` of `left` from a content and returns it: lines and the order as a whole first, then shipping, then
// fees. The pieces of a line that is split count where its amount is complete, and so does the withheld part of their worth. The parts of all
// `left` units sum to the content.
RefundContent TakeContent(int64_t units, int64_t left, RefundContent* content);

// Whether a refund with the cause may name pieces and components. The others are of money that is held above the owed amount.
bool HasContent(v1::RefundCause cause);

// The part of shipping and of fees that was not refunded yet, in minor units; never negative.
int64_t ShippingLeft(const v1::Order& order);
int64_t FeesLeft(const v1::Order& order);

// The tax of an order, added or contained: that of its charges, else that of its totals.
int64_t TaxUnits(const v1::Order& order);

// The total of the order without shipping and fees.
int64_t GoodsUnits(const v1::Order& order);

// The tax in refunds of one order, one after the other. Thread-compatible.
class RefundTax {
 public:
  // After the refunds that the order has.
  explicit RefundTax(const v1::Order& order);

  // The items were changed: refunds with the cause ITEM_CHANGE are of the difference from here on.
  void ChangeItems(const v1::ItemsChanged& fact);

  // Sets the tax in a refund of `goods` units without its shipping and fees. It is left out where the order has no tax, or where the cause
  // takes nothing back. Error: MONEY_OVERFLOW.
  absl::Status Set(int64_t goods, v1::Refund* refund);

 private:
  // An amount that is refunded bit by bit, and the tax in it.
  struct Whole {
    int64_t goods = 0;
    int64_t tax = 0;
    int64_t refunded_goods = 0;
    int64_t refunded_tax = 0;
  };

  const std::string& currency_code_;
  Whole order_;
  Whole change_;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_REFUND_CONTENT_H_
