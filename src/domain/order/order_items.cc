#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/order/order_assess.h"
#include "domain/order/order_limits.h"
#include "domain/order/order_match.h"
#include "domain/order/order_money.h"
#include "domain/order/order_reprice.h"
#include "domain/order/order_verbs.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/order/order.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using Changes = google::protobuf::RepeatedPtrField<v1::ItemChange>;

// One item change, matched.
struct ResolvedChange {
  MatchedItem item;
  const v1::Variant* variant = nullptr;
};

void CheckItem(const FieldPath& field, const MatchedItem& item, OrderDraft* draft) {
  if (item.line >= 0) return;
  const FieldPath quantity{&field, "quantity"};
  if (item.known) {
    draft->Refuse("ITEM_QUANTITY", &quantity);
  } else {
    draft->Refuse("ITEM_UNKNOWN", &field);
  }
}

void CheckVariant(const FieldPath& change, const v1::Variant* variant, OrderDraft* draft) {
  const FieldPath field{&change, "new_variant_id"};
  if (variant == nullptr) {
    draft->Refuse("VARIANT_UNKNOWN", &field);
  } else if (!IsUsable(variant->unit_price())) {
    draft->Refuse("PRICE", &field);
  } else if (variant->unit_price().currency_code() != draft->order().currency_code()) {
    draft->Refuse("CURRENCY", &field);
  }
}

// Matches the changes and refuses the impossible ones; `needs_both` for exchanges.
std::vector<ResolvedChange> Resolve(const Changes& changes, bool needs_both, OrderDraft* draft) {
  std::vector<MatchedItem> items = MatchItems(draft->order(), draft->command());
  VariantIndex variants(draft->input().catalog());
  std::vector<ResolvedChange> resolved(changes.size());
  for (int i = 0; i < changes.size(); ++i) {
    const FieldPath field{&draft->root(), "changes", i};
    const v1::ItemChange& change = changes[i];
    const bool comes = !change.new_variant_id().empty();
    resolved[i].item = items[i];
    if (needs_both ? !(change.has_item() && comes) : !(change.has_item() || comes)) {
      draft->Refuse("ITEM_UNPAIRED", &field);
    }
    if (change.has_item()) {
      CheckItem({&field, "item"}, items[i], draft);
    } else if (!needs_both && comes && change.added_quantity() <= 0) {
      const FieldPath added{&field, "added_quantity"};
      draft->Refuse("ITEM_QUANTITY", &added);
    }
    if (!comes) continue;
    resolved[i].variant = variants.Find(change.new_variant_id());
    CheckVariant(field, resolved[i].variant, draft);
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

// "return-1", "exchange-2": numbered together; ids that an import used already are skipped.
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

// Whether a line would cost less than was refunded for it, or be removed after a refund.
bool CostsLessThanRefunded(const v1::Order& order,
                           const google::protobuf::RepeatedPtrField<v1::OrderLine>& lines_after) {
  std::map<absl::string_view, int64_t> costs;
  for (const v1::OrderLine& line : lines_after) costs[line.line_id()] = line.net_amount().units();
  for (const v1::OrderLine& line : order.lines()) {
    if (line.refunded_amount().units() > costs[line.line_id()]) return true;
  }
  return false;
}

// Fills `fact` with the changes and the order after them.
absl::Status Reprice(const Changes& changes, const std::vector<ResolvedChange>& resolved,
                     OrderDraft* draft, v1::ItemsChanged* fact) {
  const v1::Order& order = draft->order();
  Repricer repricer(order);
  __int128 sum = 0;
  for (size_t i = 0; i < resolved.size(); ++i) {
    v1::ItemChanged& item = *fact->add_items();
    const MatchedItem& match = resolved[i].item;
    if (match.line >= 0) item.set_line_id(order.lines(match.line).line_id());
    item.set_quantity(match.quantity);
    FRONTDESK_ASSIGN_OR_RETURN(
        const int64_t difference,
        repricer.Replace(changes[i].has_item() ? match.line : -1, match.quantity,
                         resolved[i].variant, item.mutable_new_line_id()));
    if (changes[i].has_item() && changes[i].item().line_id().empty()) {
      repricer.StandInTurn(match.line, changes[i].item().variant_id());
    }
    if (resolved[i].variant != nullptr) *item.mutable_new_variant() = *resolved[i].variant;
    *item.mutable_price_difference() = InOrderCurrency(order, difference);
    sum += difference;
  }
  if (repricer.line_count() == 0) draft->Refuse("NOTHING_LEFT");
  if (repricer.line_count() > kMaxOrderLines) draft->Refuse("LINES");
  if (draft->refused()) return absl::OkStatus();
  FRONTDESK_RETURN_IF_ERROR(repricer.Finish(fact));
  if (CostsLessThanRefunded(order, fact->lines())) draft->Refuse("REFUNDED");
  *fact->mutable_price_difference() = InOrderCurrency(order, static_cast<int64_t>(sum));
  return absl::OkStatus();
}

}  // namespace

absl::Status DecideChangeItems(OrderDraft* draft) {
  const v1::ChangeItems& verb = draft->command().change_items();
  for (const v1::OrderLine& line : draft->order().lines()) {
    if (line.quantities().shipped() > 0) {
      draft->Refuse("SHIPPED");
      break;
    }
  }
  const std::vector<ResolvedChange> resolved = Resolve(verb.changes(), false, draft);
  const v1::PaymentMethod* method = RequireMethod(verb.payment_method_id(), draft);
  if (draft->refused()) return absl::OkStatus();

  v1::Event event = draft->NewEvent();
  v1::ItemsChanged& fact = *event.mutable_order()->mutable_items_changed();
  FRONTDESK_RETURN_IF_ERROR(Reprice(verb.changes(), resolved, draft, &fact));
  if (draft->refused()) return absl::OkStatus();
  const int64_t difference = fact.price_difference().units();
  if (difference < 0 && -difference > HeldUnits(draft->order())) {
    draft->Refuse("EXCEEDS_HELD");
    return absl::OkStatus();
  }
  draft->AddEvent(std::move(event));
  const v1::MoneyRoute route = OrderDraft::RouteOf(*method);
  if (difference > 0) {
    draft->Pay(route, difference, verb.settlement());
  } else {
    draft->Refund(route, TakeParts(draft->order(), verb.payment_method_id(), -difference),
                  v1::REFUND_CAUSE_ITEM_CHANGE, {}, verb.settlement());
  }
  return absl::OkStatus();
}

absl::Status DecideRequestExchange(OrderDraft* draft) {
  const v1::RequestExchange& verb = draft->command().request_exchange();
  const std::vector<ResolvedChange> resolved = Resolve(verb.changes(), true, draft);
  const v1::PaymentMethod* method = RequireMethod(verb.payment_method_id(), draft);
  if (draft->refused()) return absl::OkStatus();

  const v1::Order& order = draft->order();
  v1::Event event = draft->NewEvent();
  v1::Exchange& exchange = *event.mutable_order()->mutable_exchange_requested()->mutable_exchange();
  exchange.set_exchange_id(NewRequestId(order, "exchange"));
  exchange.set_state(v1::Return::STATE_REQUESTED);
  // The order as it would have been with the new variants in the place of the old ones; discounts hold for both.
  Repricer repricer(order);
  __int128 sum = 0;
  for (const ResolvedChange& change : resolved) {
    v1::ExchangeLine& line = *exchange.add_lines();
    line.set_line_id(order.lines(change.item.line).line_id());
    line.set_quantity(change.item.quantity);
    *line.mutable_new_variant() = *change.variant;
    std::string unused_line_id;
    FRONTDESK_ASSIGN_OR_RETURN(
        const int64_t difference,
        repricer.Replace(change.item.line, change.item.quantity, change.variant, &unused_line_id));
    *line.mutable_price_difference() = InOrderCurrency(order, difference);
    sum += difference;
  }
  *exchange.mutable_settlement_route() = OrderDraft::RouteOf(*method);
  *exchange.mutable_price_difference() = InOrderCurrency(order, static_cast<int64_t>(sum));
  exchange.set_reason(verb.reason());
  if (draft->input().has_now()) *exchange.mutable_request_time() = draft->input().now();
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

absl::Status DecideRequestReturn(OrderDraft* draft) {
  const v1::RequestReturn& verb = draft->command().request_return();
  const v1::Order& order = draft->order();
  const std::vector<MatchedItem> items = MatchItems(order, draft->command());
  for (int i = 0; i < verb.items_size(); ++i) {
    CheckItem({&draft->root(), "items", i}, items[i], draft);
  }
  const v1::PaymentMethod* method = RequireMethod(verb.payment_method_id(), draft);
  if (draft->refused()) return absl::OkStatus();

  v1::Event event = draft->NewEvent();
  v1::Return& entry = *event.mutable_order()->mutable_return_requested()->mutable_return_request();
  entry.set_return_id(NewRequestId(order, "return"));
  entry.set_state(v1::Return::STATE_REQUESTED);
  for (const MatchedItem& item : items) {
    v1::LineQuantity& line = *entry.add_lines();
    line.set_line_id(order.lines(item.line).line_id());
    line.set_quantity(item.quantity);
  }
  *entry.mutable_refund_route() = OrderDraft::RouteOf(*method);
  FRONTDESK_ASSIGN_OR_RETURN(const v1::Money worth, WorthOfItems(order, items));
  *entry.mutable_refund_amount() = worth;
  entry.set_reason(verb.reason());
  if (draft->input().has_now()) *entry.mutable_request_time() = draft->input().now();
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
