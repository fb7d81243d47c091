#include "domain/order/placed_order.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "domain/order/charge_sums.h"
#include "domain/order/order_match.h"
#include "domain/order/order_money.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {

namespace {

// A line without an id has its number.
std::string PlacedLineId(const v1::PlaceOrderLine& line, int index) {
  return line.line_id().empty() ? std::to_string(index + 1) : line.line_id();
}

}  // namespace

v1::OrderLine& AddPricedLine(const v1::PlaceOrder& verb, int index, const v1::Variant& variant,
                             v1::Order* order) {
  const v1::PlaceOrderLine& wanted = verb.lines(index);
  v1::OrderLine& line = *order->add_lines();
  line.set_line_id(PlacedLineId(wanted, index));
  *line.mutable_unit_price() = variant.unit_price();
  line.mutable_quantities()->set_ordered(wanted.quantity());
  return line;
}

void SetPlacedTerms(const v1::PlaceOrder& verb, v1::Order* order) {
  order->set_currency_code(verb.currency_code());
  *order->mutable_discounts() = verb.discounts();
  if (verb.has_tax_rule()) *order->mutable_tax_rule() = verb.tax_rule();
  order->set_rounding_level(verb.rounding_level() == v1::ROUNDING_LEVEL_UNSPECIFIED
                                ? v1::ROUNDING_LEVEL_LINE
                                : verb.rounding_level());
  order->set_rounding(verb.rounding() == v1::ROUNDING_UNSPECIFIED ? v1::ROUNDING_HALF_UP
                                                                  : verb.rounding());
  if (verb.has_shipping()) *order->mutable_totals()->mutable_shipping() = verb.shipping();
  if (verb.has_fee()) *order->mutable_totals()->mutable_fees() = verb.fee();
}

absl::StatusOr<v1::Money> PlacedOrderAmount(const v1::PlaceOrder& verb,
                                            const v1::CatalogFacts& catalog) {
  v1::Order terms;
  SetPlacedTerms(verb, &terms);
  VariantIndex variants(catalog);
  std::vector<std::string> line_ids;
  std::vector<PricedLine> lines;
  line_ids.reserve(verb.lines_size());
  lines.reserve(verb.lines_size());
  for (int i = 0; i < verb.lines_size(); ++i) {
    const v1::PlaceOrderLine& wanted = verb.lines(i);
    const v1::Variant* variant = variants.Find(wanted.variant_id());
    if (variant == nullptr || !IsUsable(variant->unit_price()) ||
        variant->unit_price().currency_code() != verb.currency_code()) {
      return absl::NotFoundError("a line has no price");
    }
    line_ids.push_back(PlacedLineId(wanted, i));
    lines.push_back({line_ids.back(), &variant->unit_price(), wanted.quantity()});
  }
  FRONTDESK_ASSIGN_OR_RETURN(
      const LineSums sums,
      ComputeSums(PricedOrderOf(terms, std::move(lines)), /*charges=*/nullptr));
  return InOrderCurrency(terms, sums.total);
}

}  // namespace domain
}  // namespace frontdesk
