#include "domain/order/placed_order.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "domain/order/charge_sums.h"
#include "domain/order/order_match.h"
#include "domain/order/order_money.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {

v1::OrderLine& AddPricedLine(const v1::PlaceOrder& verb, int index, const v1::Variant& variant,
                             v1::Order* order) {
  const v1::PlaceOrderLine& wanted = verb.lines(index);
  v1::OrderLine& line = *order->add_lines();
  line.set_line_id(wanted.line_id().empty() ? std::to_string(index + 1) : wanted.line_id());
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
  v1::Order order;
  SetPlacedTerms(verb, &order);
  VariantIndex variants(catalog);
  for (int i = 0; i < verb.lines_size(); ++i) {
    const v1::Variant* variant = variants.Find(verb.lines(i).variant_id());
    if (variant == nullptr || !IsUsable(variant->unit_price()) ||
        variant->unit_price().currency_code() != verb.currency_code()) {
      return absl::NotFoundError("a line has no price");
    }
    AddPricedLine(verb, i, *variant, &order);
  }
  FRONTDESK_ASSIGN_OR_RETURN(const LineSums sums,
                             ComputeSums(PricedOrderOf(order), /*charges=*/nullptr));
  return InOrderCurrency(order, sums.total);
}

}  // namespace domain
}  // namespace frontdesk
