// The exact cost of an order: every charge with its explanation, and each line's part of the total.
//
//   absl::StatusOr<frontdesk::domain::ChargeSheet> sheet =
//       frontdesk::domain::ComputeCharges(order);
//   if (sheet.ok()) std::cout << frontdesk::FormatMoney(sheet->totals.total());
#ifndef FRONTDESK_DOMAIN_ORDER_CHARGES_H_
#define FRONTDESK_DOMAIN_ORDER_CHARGES_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "frontdesk/v1/money.pb.h"
#include "frontdesk/v1/order.pb.h"

namespace frontdesk {
namespace domain {

// The cost of an order. A value; thread-compatible.
struct ChargeSheet {
  // Each part of the total, explained: lines, discounts, shipping, fees, tax.
  std::vector<v1::Charge> charges;
  // The sums.
  v1::OrderTotals totals;
  // For each line of the order, what the customer pays for the whole line. Sums with shipping, fees
  // and the tax on those to `totals.total`.
  std::vector<v1::Money> line_net_amounts;
};

// Computes the cost of `order` from its currency, lines (unit price and quantities.ordered),
// discounts, tax rule, rounding level and mode, totals.shipping and totals.fees (absent: none).
// Everything else is ignored. LINE and HALF_UP where not set.
//
// In this order:
//   1. unit price x quantity;
//   2. the line's discounts in the order given, each on the amount that remains after the previous
//      ones;
//   3. the order's discounts, likewise, each allocated to the lines in proportion to their
//      remaining amounts, largest remainder first;
//   4. tax on the remaining amounts of the lines;
//   5. shipping and fees as given.
// A discount larger than the remaining amount reduces it to zero. LINE rounds each of these amounts
// at once. TOTAL carries exact amounts through: each charge is its difference to the rounded sum so
// far. The lines' cost together is then allocated to them by largest remainder.
//
// Errors, in this order:
//   - INVALID_ARGUMENT MONEY_CURRENCY_UNKNOWN, MONEY_SCALE, MONEY_CURRENCY_MISMATCH (a price,
//     discount, shipping or fee of another currency than the order), MONEY_ROUNDING_UNSPECIFIED (an
//     unknown mode), ORDER_CHARGES_LINE_UNKNOWN (a discount for an unknown line);
//   - OUT_OF_RANGE MONEY_OVERFLOW, also for a price, quantity, rate or amount below zero.
// Costs O(lines x discounts).
absl::StatusOr<ChargeSheet> ComputeCharges(const v1::Order& order);

// The worth of the pieces `first` + 1 to `first` + `quantity` of a line to the customer: the line's
// net amount allocated cumulatively (see AllocateCumulative() in base/money.h). All pieces together
// are worth exactly the net amount, in whatever portions they are asked for. Expects 0 <= first, 0
// <= quantity and first + quantity <= quantities.ordered. Errors: those of AllocateCumulative().
absl::StatusOr<v1::Money> WorthOfPieces(const v1::OrderLine& line, int64_t first, int64_t quantity);

// The refund for `quantity` more pieces of a line, when quantities.refunded were refunded with
// refunded_amount, quantities.canceled were removed with canceled_amount, and withheld_amount was
// withheld. It is the worth of all of them less these amounts, and never below zero. So every sequence
// of refunds and cancellations that reaches the whole line ends exactly at its net amount less what was
// withheld. Expects 0 <= quantity <= ordered - canceled - refunded. Errors: MONEY_OVERFLOW, and those of
// AllocateCumulative().
absl::StatusOr<v1::Money> LineRefundAmount(const v1::OrderLine& line, int64_t quantity);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_CHARGES_H_
