// The part of a placed order that its cost follows from. The assessment and the decision share it. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_PLACED_ORDER_H_
#define FRONTDESK_DOMAIN_ORDER_PLACED_ORDER_H_

#include "absl/status/statusor.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/money.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"

namespace frontdesk {
namespace domain {

// Adds line number `index` of the command with its id, price and quantity.
v1::OrderLine& AddPricedLine(const v1::PlaceOrder& verb, int index, const v1::Variant& variant,
                             v1::Order* order);

// Sets the currency, discounts, tax, rounding, shipping and fee.
void SetPlacedTerms(const v1::PlaceOrder& verb, v1::Order* order);

// The total of the order that `verb` asks for. NOT_FOUND when the catalog does not have a variant with a usable price in the
// order's currency for each line; the errors of ComputeCharges.
absl::StatusOr<v1::Money> PlacedOrderAmount(const v1::PlaceOrder& verb,
                                            const v1::CatalogFacts& catalog);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_PLACED_ORDER_H_
