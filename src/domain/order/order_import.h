// Taking over an order from another system. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_IMPORT_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_IMPORT_H_

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "domain/arguments.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"

namespace frontdesk {
namespace domain {

void CheckImportOrder(const v1::ImportOrder& verb, ArgumentChecker* checker);

// Checks that PlaceOrder and ImportOrder share; the fields are those of both, below `parent`.
void CheckDiscounts(const FieldPath& parent,
                    const google::protobuf::RepeatedPtrField<v1::Discount>& discounts,
                    absl::string_view currency_code, const std::set<std::string>& line_ids,
                    ArgumentChecker* checker);
void CheckTerms(const FieldPath& parent, const v1::TaxRule& tax_rule, v1::RoundingLevel level,
                v1::Rounding rounding, ArgumentChecker* checker);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_IMPORT_H_
