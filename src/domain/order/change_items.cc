#include <utility>
#include <vector>

#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_item_changes.h"
#include "domain/order/order_limits.h"
#include "domain/order/order_match.h"
#include "domain/order/order_money.h"
#include "domain/order/order_reprice.h"
#include "google/protobuf/timestamp.pb.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

// Fills `fact` with the changes and the order after them.
absl::Status Reprice(const ItemChanges& changes, const std::vector<ResolvedItemChange>& resolved,
                     OrderDraft* draft, v1::ItemsChanged* fact) {
  const v1::Order& order = draft->order();
  Repricer repricer(order);
  for (size_t i = 0; i < resolved.size(); ++i) {
    v1::ItemChanged& item = *fact->add_items();
    const MatchedItem& match = resolved[i].item;
    if (match.line >= 0) item.set_line_id(order.lines(match.line).line_id());
    item.set_quantity(match.quantity);
    item.set_new_line_id(repricer.Replace(match.line, match.quantity, resolved[i].variant));
    if (changes[i].has_item() && changes[i].item().line_id().empty()) {
      repricer.StandInTurn(match.line, changes[i].item().variant_id());
    }
    if (resolved[i].variant != nullptr) *item.mutable_new_variant() = *resolved[i].variant;
  }
  if (!repricer.has_pieces()) draft->Refuse("NOTHING_LEFT");
  if (repricer.line_count() > kMaxOrderLines) draft->Refuse("LINES");
  if (draft->refused()) return absl::OkStatus();
  FRONTDESK_ASSIGN_OR_RETURN(const Repricer::Prices prices, repricer.Price(fact));
  if (prices.is_below_refunded) draft->Refuse("REFUNDED");
  for (size_t i = 0; i < prices.differences.size(); ++i) {
    *fact->mutable_items(static_cast<int>(i))->mutable_price_difference() =
        InOrderCurrency(order, prices.differences[i]);
  }
  *fact->mutable_price_difference() = InOrderCurrency(order, prices.difference);
  return absl::OkStatus();
}

}  // namespace

void CheckChangeItems(const FieldPath& root, const v1::OrderCommand& command,
                      ArgumentChecker* checker) {
  const v1::ChangeItems& verb = command.change_items();
  CheckItemChanges(root, verb.changes(), checker);
  checker->RequireText({&root, "payment_method_id"}, verb.payment_method_id());
  CheckSettlement(root, verb.settlement(), checker);
  CheckCashOut(root, verb.cash_out(), checker);
}

absl::Status DecideChangeItems(OrderDraft* draft) {
  const v1::ChangeItems& verb = draft->command().change_items();
  const std::vector<ResolvedItemChange> resolved = ResolveItemChanges(verb.changes(), false, draft);
  const v1::PaymentMethod* method = RequireMethod(verb.payment_method_id(), draft);
  if (draft->refused()) return absl::OkStatus();

  v1::Event event = draft->NewEvent();
  v1::ItemsChanged& fact = *event.mutable_order()->mutable_items_changed();
  FRONTDESK_RETURN_IF_ERROR(Reprice(verb.changes(), resolved, draft, &fact));
  if (draft->refused()) return absl::OkStatus();
  const google::protobuf::Timestamp& now = draft->input().now();
  const int64_t difference = fact.price_difference().units();
  const int64_t total = fact.totals().total().units();
  const bool is_paid_known = HasKnownPayments(draft->order());
  // The owed amount with the change; of an order whose payments are not known the difference.
  const int64_t owed = is_paid_known ? OwedUnitsAtTotal(draft->order(), total, now) : difference;
  const int64_t back = UnitsBackAtTotal(draft->order(), total, now);
  if (!is_paid_known && back > HeldUnits(draft->order())) {
    draft->Refuse("EXCEEDS_HELD");
    return absl::OkStatus();
  }
  draft->AddEvent(std::move(event));
  draft->AllowCashOut(verb.cash_out());
  if (owed > 0) {
    FRONTDESK_RETURN_IF_ERROR(CheckPaymentsFit(draft->order(), owed));
    draft->PayShares({{method, owed}}, verb.settlement());
  } else if (difference == 0) {
    // The record that the customer gets nothing back for other items of the same price.
    draft->Refund(draft->RouteOf(*method), {}, RefundContent(v1::REFUND_CAUSE_ITEM_CHANGE),
                  verb.settlement());
  } else {
    draft->GiveBack(back, method, v1::REFUND_CAUSE_ITEM_CHANGE, verb.settlement());
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
