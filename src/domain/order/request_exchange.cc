#include <string>
#include <utility>
#include <vector>

#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_item_changes.h"
#include "domain/order/order_money.h"
#include "domain/order/order_reprice.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {

void CheckRequestExchange(const FieldPath& root, const v1::OrderCommand& command,
                          ArgumentChecker* checker) {
  const v1::RequestExchange& verb = command.request_exchange();
  CheckItemChanges(root, verb.changes(), checker);
  checker->RequireText({&root, "payment_method_id"}, verb.payment_method_id());
}

absl::Status DecideRequestExchange(OrderDraft* draft) {
  const v1::RequestExchange& verb = draft->command().request_exchange();
  const std::vector<ResolvedItemChange> resolved = ResolveItemChanges(verb.changes(), true, draft);
  const v1::PaymentMethod* method = RequireMethod(verb.payment_method_id(), draft);
  if (draft->refused()) return absl::OkStatus();

  const v1::Order& order = draft->order();
  v1::Event event = draft->NewEvent();
  v1::Exchange& exchange = *event.mutable_order()->mutable_exchange_requested()->mutable_exchange();
  exchange.set_exchange_id(NewRequestId(order, "exchange"));
  exchange.set_state(v1::Return::STATE_REQUESTED);
  // The order as it would have been with the new variants in the place of the old ones; discounts hold for both.
  Repricer repricer(order);
  for (const ResolvedItemChange& change : resolved) {
    v1::ExchangeLine& line = *exchange.add_lines();
    line.set_line_id(order.lines(change.item.line).line_id());
    line.set_quantity(change.item.quantity);
    *line.mutable_new_variant() = *change.variant;
    repricer.Replace(change.item.line, change.item.quantity, change.variant);
  }
  FRONTDESK_ASSIGN_OR_RETURN(const Repricer::Prices prices, repricer.Price(/*fact=*/nullptr));
  for (size_t i = 0; i < prices.differences.size(); ++i) {
    *exchange.mutable_lines(static_cast<int>(i))->mutable_price_difference() =
        InOrderCurrency(order, prices.differences[i]);
  }
  *exchange.mutable_settlement_route() = draft->RouteOf(*method);
  *exchange.mutable_price_difference() = InOrderCurrency(order, prices.difference);
  exchange.set_reason(verb.reason());
  if (draft->input().has_now()) *exchange.mutable_request_time() = draft->input().now();
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
