// The parts of computing charges that both levels of rounding share. Private; the public header is
// frontdesk/domain/charges.h.
#ifndef FRONTDESK_DOMAIN_ORDER_CHARGE_SUMS_H_
#define FRONTDESK_DOMAIN_ORDER_CHARGE_SUMS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/domain/order/charges.h"
#include "frontdesk/v1/order.pb.h"

namespace frontdesk {
namespace domain {

// A line, as far as its price is concerned.
struct PricedLine {
  absl::string_view line_id;
  const v1::UnitPrice* unit_price;
  int64_t quantity;
};

// A discount, and the index of the line that it is for.
struct PricedDiscount {
  static constexpr int kOrder = -1;
  static constexpr int kUnknownLine = -2;

  const v1::Discount* discount;
  int line;
};

// The parts of an order that its cost follows from. Refers to the messages that it was made of, which must live as long.
struct PricedOrder {
  // The currency, the tax, the rounding, shipping and fees; nothing else is read.
  const v1::Order& terms;
  std::vector<PricedLine> lines;
  std::vector<PricedDiscount> discounts;
};

// The lines and discounts of the order itself.
PricedOrder PricedOrderOf(const v1::Order& order);

// The indexes of the lines that the discounts of the order are for, or the constants of PricedDiscount; and the order with them.
std::vector<int> LinesOfDiscounts(const v1::Order& order);
PricedOrder PricedOrderOf(const v1::Order& order, const std::vector<int>& lines_of_discounts);

// An order with those lines, and with the discounts of `terms`, whose own lines are not read.
PricedOrder PricedOrderOf(const v1::Order& terms, std::vector<PricedLine> lines);

// An order whose parts were found fit to be computed with.
struct ChargeInput {
  const PricedOrder& order;
  int exponent;
  v1::Rounding rounding;
  // Whether charges are wanted, or only the totals and the amounts of the lines.
  bool with_charges;
  int64_t shipping;
  int64_t fees;

  const std::string& currency_code() const { return order.terms.currency_code(); }
};

// Collects the charges of one order, and the texts that explain them.
class ChargeList {
 public:
  explicit ChargeList(const ChargeInput& input) : input_(input) {
    // Taxes, shipping and fees beside them.
    if (input.with_charges) {
      charges_.reserve(input.order.lines.size() + input.order.discounts.size() + 3);
    }
  }

  void AddLine(const PricedLine& line, int64_t units);
  // `taken` off `before`.
  void AddDiscount(const v1::Discount& discount, int64_t taken, int64_t before);
  void AddTax(int64_t units, int64_t base);
  void AddShippingAndFees();

  std::vector<v1::Charge> Take() && { return std::move(charges_); }

 private:
  v1::Charge* Add(v1::Charge::Kind kind, absl::string_view line_id, int64_t units);
  std::string Amount(int64_t units) const;

  const ChargeInput& input_;
  std::vector<v1::Charge> charges_;
};

// The sums of the lines, in minor units.
struct LineSums {
  int64_t subtotal = 0;
  int64_t discount = 0;  // Zero or negative.
  int64_t tax = 0;       // Added tax only.
  std::vector<int64_t> net;
  // With shipping and fees.
  int64_t total = 0;
};

// The lines with every amount rounded at once, or rounded last.
absl::StatusOr<LineSums> SumByLine(const ChargeInput& input, ChargeList* charges);
absl::StatusOr<LineSums> SumByTotal(const ChargeInput& input, ChargeList* charges);

// As ComputeCharges(), of an order that is put together. `charges` becomes the charges; null when only the sums are wanted.
absl::StatusOr<LineSums> ComputeSums(const PricedOrder& order, std::vector<v1::Charge>* charges);

// The sums as those of an order.
v1::OrderTotals TotalsOf(const v1::Order& terms, const LineSums& sums);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_CHARGE_SUMS_H_
