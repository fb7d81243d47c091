#include "domain/order/order_item_changes.h"

#include <set>

namespace frontdesk {
namespace domain {
namespace {

// Refuses a variant that does not exist, or that has no price in the currency of the order.
void RefuseUnpriced(const FieldPath& change, const v1::Variant* variant, OrderDraft* draft) {
  const FieldPath field{&change, "new_variant_id"};
  if (variant == nullptr) {
    draft->Refuse("VARIANT_UNKNOWN", &field);
  } else if (!IsUsable(variant->unit_price())) {
    draft->Refuse("PRICE", &field);
  } else if (variant->unit_price().currency_code() != draft->order().currency_code()) {
    draft->Refuse("CURRENCY", &field);
  }
}

}  // namespace

void RefuseUnmatched(const FieldPath& field, const MatchedItem& item, OrderDraft* draft) {
  if (item.line >= 0) return;
  const FieldPath quantity{&field, "quantity"};
  if (item.known) {
    draft->Refuse("ITEM_QUANTITY", &quantity);
  } else {
    draft->Refuse("ITEM_UNKNOWN", &field);
  }
}

std::vector<ResolvedItemChange> ResolveItemChanges(const ItemChanges& changes, bool needs_both,
                                                   OrderDraft* draft) {
  std::vector<MatchedItem> items = MatchItems(draft->order(), draft->command());
  VariantIndex variants(draft->input().catalog());
  std::vector<ResolvedItemChange> resolved(changes.size());
  for (int i = 0; i < changes.size(); ++i) {
    const FieldPath field{&draft->root(), "changes", i};
    const v1::ItemChange& change = changes[i];
    const bool comes = !change.new_variant_id().empty();
    resolved[i].item = items[i];
    if (needs_both ? !(change.has_item() && comes) : !(change.has_item() || comes)) {
      draft->Refuse("ITEM_UNPAIRED", &field);
    }
    if (change.has_item()) {
      RefuseUnmatched({&field, "item"}, items[i], draft);
    } else if (!needs_both && comes && change.added_quantity() <= 0) {
      const FieldPath added{&field, "added_quantity"};
      draft->Refuse("ITEM_QUANTITY", &added);
    }
    if (!comes) continue;
    resolved[i].variant = variants.Find(change.new_variant_id());
    RefuseUnpriced(field, resolved[i].variant, draft);
  }
  return resolved;
}

const v1::PaymentMethod* RequireMethod(absl::string_view payment_method_id, OrderDraft* draft) {
  const v1::PaymentMethod* method = draft->FindMethod(payment_method_id);
  if (method == nullptr) {
    const FieldPath field{&draft->root(), "payment_method_id"};
    draft->Refuse("PAYMENT_METHOD_UNKNOWN", &field);
  }
  return method;
}

std::string NewRequestId(const v1::Order& order, absl::string_view word) {
  std::set<absl::string_view> taken;
  for (const v1::Return& entry : order.returns()) taken.insert(entry.return_id());
  for (const v1::Exchange& entry : order.exchanges()) taken.insert(entry.exchange_id());
  int number = order.returns_size() + order.exchanges_size();
  std::string id;
  do {
    id = std::string(word) + "-" + std::to_string(++number);
  } while (taken.count(id) != 0);
  return id;
}

}  // namespace domain
}  // namespace frontdesk
