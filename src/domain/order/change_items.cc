#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_item_changes.h"
#include "domain/order/order_limits.h"
#include "domain/order/order_match.h"
#include "domain/order/order_money.h"
#include "domain/order/order_reprice.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

// Whether a line would cost less than was refunded for it, with the withheld part, or be removed after a refund.
bool CostsLessThanRefunded(const v1::Order& order,
                           const google::protobuf::RepeatedPtrField<v1::OrderLine>& lines_after) {
  std::map<absl::string_view, int64_t> costs;
  for (const v1::OrderLine& line : lines_after) costs[line.line_id()] = line.net_amount().units();
  for (const v1::OrderLine& line : order.lines()) {
    const __int128 refunded = static_cast<__int128>(line.refunded_amount().units()) +
                              line.withheld_amount().units() + line.canceled_amount().units();
    if (refunded > costs[line.line_id()]) return true;
  }
  return false;
}

// Fills `fact` with the changes and the order after them.
absl::Status Reprice(const ItemChanges& changes, const std::vector<ResolvedItemChange>& resolved,
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
  const int64_t difference = fact.price_difference().units();
  // What is owed with the change; of an order whose payments are not known the difference.
  int64_t owed = difference;
  if (HasKnownPayments(draft->order())) {
    owed = OwedUnits(draft->order(), draft->input().now());
    if (__builtin_add_overflow(owed, difference, &owed)) {
      return CheckPaymentsFit(draft->order(), std::numeric_limits<int64_t>::max());
    }
  }
  const int64_t back = std::min(std::max<int64_t>(0, -difference), std::max<int64_t>(0, -owed));
  if (!HasKnownPayments(draft->order()) && back > HeldUnits(draft->order())) {
    draft->Refuse("EXCEEDS_HELD");
    return absl::OkStatus();
  }
  draft->AddEvent(std::move(event));
  draft->AllowCashOut(verb.cash_out());
  if (owed > 0) {
    FRONTDESK_RETURN_IF_ERROR(CheckPaymentsFit(draft->order(), owed));
    draft->PayShares({{method, owed}}, verb.settlement());
  } else {
    draft->GiveBack(back, method, v1::REFUND_CAUSE_ITEM_CHANGE, verb.settlement());
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
