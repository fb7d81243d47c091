// Resolving the items and variants that a command names, for ChangeItems, RequestReturn and RequestExchange. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_ITEM_CHANGES_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_ITEM_CHANGES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "domain/arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_match.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/order_commands.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace frontdesk {
namespace domain {

using ItemChanges = google::protobuf::RepeatedPtrField<v1::ItemChange>;

// One item change, matched.
struct ResolvedItemChange {
  MatchedItem item;
  const v1::Variant* variant = nullptr;
};

// Refuses an item that was not matched; `field` is its selector.
void RefuseUnmatched(const FieldPath& field, const MatchedItem& item, OrderDraft* draft);

// Matches the changes and refuses the impossible ones; `needs_both` for exchanges.
std::vector<ResolvedItemChange> ResolveItemChanges(const ItemChanges& changes, bool needs_both,
                                                   OrderDraft* draft);

// The customer's method of that id; null, and refused, when there is none.
const v1::PaymentMethod* RequireMethod(absl::string_view payment_method_id, OrderDraft* draft);

// "return-1", "exchange-2": numbered together; ids that an import used already are skipped.
std::string NewRequestId(const v1::Order& order, absl::string_view word);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_ITEM_CHANGES_H_
