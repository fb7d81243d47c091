#include <utility>
#include <vector>

#include "domain/order/order_arguments.h"
#include "domain/order/order_assess.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_item_changes.h"
#include "domain/order/order_match.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {

void CheckRequestReturn(const FieldPath& root, const v1::OrderCommand& command,
                        ArgumentChecker* checker) {
  const v1::RequestReturn& verb = command.request_return();
  CheckSelectors(root, "items", verb.items(), checker);
  checker->RequireText({&root, "payment_method_id"}, verb.payment_method_id());
}

absl::Status DecideRequestReturn(OrderDraft* draft) {
  const v1::RequestReturn& verb = draft->command().request_return();
  const v1::Order& order = draft->order();
  const std::vector<MatchedItem> items = MatchItems(order, draft->command());
  for (int i = 0; i < verb.items_size(); ++i) {
    RefuseUnmatched({&draft->root(), "items", i}, items[i], draft);
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
  *entry.mutable_refund_route() = draft->RouteOf(*method);
  FRONTDESK_ASSIGN_OR_RETURN(const v1::Money worth, WorthOfItems(order, items));
  *entry.mutable_refund_amount() = worth;
  entry.set_reason(verb.reason());
  if (draft->input().has_now()) *entry.mutable_request_time() = draft->input().now();
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
