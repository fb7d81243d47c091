// The price of an order with other items. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_REPRICE_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_REPRICE_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"
#include "frontdesk/v1/order_events.pb.h"

namespace frontdesk {
namespace domain {

// Puts items into a copy of an order one after the other and computes the effect of each on its price; the
// order itself is not changed.
//
// If the amounts of the order equal those computed from its prices, discounts and taxes, they are recomputed
// with each item. So discounts of the whole order continue to apply. If not (an imported order whose source
// computed otherwise), only the amounts of the lines concerned change. Removed pieces are worth their part of
// the line's amount; new ones cost their price and tax. Thread-compatible.
class Repricer {
 public:
  explicit Repricer(const v1::Order& order);

  // Removes `quantity` pieces from the line at `line` of the original order (-1: from none) and puts as many
  // of `variant` (null: nothing) in their place. A line that changes as a whole keeps its place; else a new
  // line is appended. Returns the amount that the customer pays more or less. `new_line_id` becomes the line
  // of the new pieces, "" when there are none.
  // Expects the pieces to exist and the variant's price to be usable and of the order's currency.
  // Errors: OUT_OF_RANGE MONEY_OVERFLOW.
  absl::StatusOr<int64_t> Replace(int line, int64_t quantity, const v1::Variant* variant,
                                  std::string* new_line_id);

  // To be called after each Replace() of a line whose pieces were named by their variant, `gone`. If that
  // changed the whole line, and an earlier replacement brought as many pieces of that variant to a line
  // further up, both lines change places. The result is as if the replacements had been made one by one, each
  // to the first line that has the variant.
  void StandInTurn(int line, absl::string_view gone);

  // Fills lines, charges, totals and discounts of the changed order. Errors as before.
  absl::Status Finish(v1::ItemsChanged* fact);

  // How many lines with pieces there are.
  int line_count() const;

 private:
  absl::StatusOr<int64_t> ReplaceGiven(int line, int64_t before, int64_t quantity,
                                       const v1::Variant* variant, v1::OrderLine* new_line);
  v1::OrderLine* AddLine(int from_line, int64_t quantity, const v1::Variant& variant);

  v1::Order order_;             // Lines that have no pieces any more stay in it until the end.
  std::vector<int64_t> begun_;  // The pieces of each line at the beginning.
  std::vector<int> places_;     // The final lines, by their index in `order_`.
  std::set<int> replaced_;      // The lines all of whose pieces were replaced.
  bool explained_ = false;
  int64_t total_ = 0;  // When explained.
  int added_lines_ = 0;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_REPRICE_H_
