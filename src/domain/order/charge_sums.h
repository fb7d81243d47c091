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

// An order whose parts were found fit to be computed with.
struct ChargeInput {
  const v1::Order& order;
  int exponent;
  v1::Rounding rounding;
  // Whether charges are wanted, or only the totals and the amounts of the lines.
  bool with_charges;
  int64_t shipping;
  int64_t fees;
};

// Collects the charges of one order, and the texts that explain them.
class ChargeList {
 public:
  explicit ChargeList(const ChargeInput& input) : input_(input) {
    // Taxes, shipping and fees beside them.
    if (input.with_charges) {
      charges_.reserve(input.order.lines_size() + input.order.discounts_size() + 3);
    }
  }

  void AddLine(const v1::OrderLine& line, int64_t units);
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
};

// The lines with every amount rounded at once, or rounded last.
absl::StatusOr<LineSums> SumByLine(const ChargeInput& input, ChargeList* charges);
absl::StatusOr<LineSums> SumByTotal(const ChargeInput& input, ChargeList* charges);

// As ComputeCharges(), without the charges.
absl::StatusOr<ChargeSheet> ComputeTotals(const v1::Order& order);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_CHARGE_SUMS_H_
