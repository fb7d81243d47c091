// Checks of arguments that several commands of orders share. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_ARGUMENTS_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_ARGUMENTS_H_

#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "domain/arguments.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

// An id that a host gives a payment or refund: a number in it must leave room for those that follow.
void CheckMovementId(const FieldPath& field, absl::string_view id, ArgumentChecker* checker);

// The field `settlement` below `root`.
void CheckSettlement(const FieldPath& root, v1::Settlement settlement, ArgumentChecker* checker);

// The field `cash_out` below `root`: only policy may set it.
void CheckCashOut(const FieldPath& root, bool cash_out, ArgumentChecker* checker);

// One to kMaxOrderLines selectors in the field `name` below `root`.
void CheckSelectors(const FieldPath& root, absl::string_view name,
                    const google::protobuf::RepeatedPtrField<v1::ItemSelector>& items,
                    ArgumentChecker* checker);

// The field `changes` below `root`.
void CheckItemChanges(const FieldPath& root,
                      const google::protobuf::RepeatedPtrField<v1::ItemChange>& changes,
                      ArgumentChecker* checker);

// A time that has passed when the command is asked for.
void CheckNotAfterNow(const FieldPath& field, bool present, const google::protobuf::Timestamp& time,
                      ArgumentChecker* checker);

// Discounts and terms, which PlaceOrder and ImportOrder share; the fields are those of both, below `parent`.
void CheckDiscounts(const FieldPath& parent,
                    const google::protobuf::RepeatedPtrField<v1::Discount>& discounts,
                    absl::string_view currency_code, const std::set<std::string>& line_ids,
                    ArgumentChecker* checker);
void CheckTerms(const FieldPath& parent, const v1::TaxRule& tax_rule, v1::RoundingLevel level,
                v1::Rounding rounding, ArgumentChecker* checker);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_ARGUMENTS_H_
