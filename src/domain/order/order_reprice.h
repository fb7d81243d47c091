// The price of an order with other items. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_REPRICE_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_REPRICE_H_

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "domain/order/charge_sums.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"
#include "frontdesk/v1/order_events.pb.h"

namespace frontdesk {
namespace domain {

// Puts items into the place of others, and then prices the order once with all of them; the order itself is not changed.
//
// If the amounts of the order equal those computed from its prices, discounts and taxes, the changed order is computed likewise. So
// discounts of the whole order continue to apply. If not (an imported order whose source computed otherwise), only the amounts of
// the lines concerned change. Removed pieces are worth their part of the line's amount; new ones cost their price and tax.
// Thread-compatible.
class Repricer {
 public:
  // The order, and every variant, must outlive the repricer.
  explicit Repricer(const v1::Order& order);

  // Removes `quantity` pieces from the line at `line` of the order (-1: from none) and puts as many of `variant` (null: nothing) in
  // their place. A line that changes as a whole keeps its place; else a new line is appended. Returns the line of the new pieces,
  // "" when there are none.
  // Expects the pieces to exist and the variant's price to be usable and of the order's currency.
  std::string Replace(int line, int64_t quantity, const v1::Variant* variant);

  // To be called after each Replace() of a line whose pieces were named by their variant, `gone`. If that
  // changed the whole line, and an earlier replacement brought as many pieces of that variant to a line
  // further up, both lines change places. The result is as if the replacements had been made one by one, each
  // to the first line that has the variant.
  void StandInTurn(int line, absl::string_view gone);

  // How many lines with pieces there are.
  int line_count() const;
  // Whether there are pieces that were not canceled.
  bool has_pieces() const;

  // The price with all replacements.
  struct Prices {
    // For each replacement in turn the difference for its own pieces: the amount of the new ones after all changes, less the worth of the
    // old ones.
    std::vector<int64_t> differences;
    // The total of the order after all changes less that before.
    int64_t difference = 0;
    // Whether a line costs less than its refunded, canceled and withheld amounts together.
    bool is_below_refunded = false;
  };

  // Prices the order with all replacements. Fills lines, charges, totals and discounts of the changed order, unless `fact` is null.
  // Costs O(lines x discounts). Errors: OUT_OF_RANGE MONEY_OVERFLOW.
  absl::StatusOr<Prices> Price(v1::ItemsChanged* fact) const;

 private:
  // A line of the changed order.
  struct Line {
    // Its place in the order; -1 for a new one.
    int origin;
    // The new variant; null: it has the old one.
    const v1::Variant* variant;
    int64_t ordered;
    std::string line_id;
  };
  // A replacement, and the line that has its pieces; -1: none.
  struct Change {
    int line;
    int64_t quantity;
    int new_line;
  };

  // A copy of a discount, and the line that it is for.
  struct CopiedDiscount {
    v1::Discount discount;
    int line;
  };

  int AddLine(int from_line, int64_t quantity, const v1::Variant& variant);
  void CopyDiscounts(int from_line, int to_line);
  // The final lines that have pieces, by their index in `lines_`.
  std::vector<int> FinalLines() const;
  PricedOrder PricedWith(const std::vector<int>& final_lines) const;
  // The worth of the old pieces of each change, in turn.
  absl::StatusOr<std::vector<int64_t>> Worths() const;
  // The amounts of the final lines where nothing explains them.
  absl::StatusOr<LineSums> GivenSums(const std::vector<int>& final_lines,
                                     const std::vector<int64_t>& worths) const;
  bool IsBelowRefunded(const std::vector<int64_t>& net) const;
  void FillLines(const std::vector<int>& final_lines, const LineSums& sums,
                 v1::ItemsChanged* fact) const;
  void FillDiscounts(v1::ItemsChanged* fact) const;

  const v1::Order& order_;
  const std::vector<int> lines_of_discounts_;
  bool is_explained_ = false;
  std::vector<Line> lines_;     // Lines that have no pieces any more stay in it.
  std::vector<int> places_;     // All lines in their final order, by their index in `lines_`.
  std::vector<bool> replaced_;  // The lines of the order all of whose pieces were replaced.
  std::vector<Change> changes_;
  std::deque<CopiedDiscount> copied_discounts_;
  std::set<std::string> discount_ids_;    // Empty until a discount is copied.
  std::set<absl::string_view> line_ids_;  // Those of the order; empty until a line is added.
  int added_lines_ = 0;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_REPRICE_H_
