#include "domain/order/refunded_items.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "domain/order/order_arguments.h"
#include "domain/order/order_assess.h"
#include "domain/order/order_money.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {

void CheckContent(const FieldPath& root, v1::RefundCause cause, const std::string& reason,
                  const google::protobuf::RepeatedPtrField<v1::ItemSelector>& items,
                  ArgumentChecker* checker) {
  if (!items.empty()) {
    CheckSelectors(root, "items", items, checker);
    checker->Forbid({&root, "items"}, !HasContent(cause));
  }
  if (cause == v1::REFUND_CAUSE_OTHER) checker->RequireText({&root, "reason"}, reason);
}

absl::StatusOr<RefundedItems> RefundItems(const v1::Order& order, v1::RefundCause cause,
                                          const std::vector<MatchedItem>& items,
                                          const v1::Money* amount) {
  RefundedItems refunded;
  FRONTDESK_ASSIGN_OR_RETURN(refunded.lines, RefundOfItems(order, cause, items));
  if (amount != nullptr) {
    refunded.covers_amount = amount->units() <= SumUnits(refunded.lines);
    if (!refunded.covers_amount) return refunded;
    FRONTDESK_RETURN_IF_ERROR(Withhold(amount->units(), order, &refunded.lines));
  }
  if (cause == v1::REFUND_CAUSE_CANCELLATION) return refunded;
  for (size_t i = 0; i < items.size(); ++i) {
    const v1::LineAmount& line = refunded.lines[i];
    // Pieces that were refunded before are lost without a refund.
    if (line.quantity() > 0) refunded.refund_lines.push_back(line);
    if (cause != v1::REFUND_CAUSE_LOST) continue;
    v1::LineQuantity& lost = refunded.lost.emplace_back();
    lost.set_line_id(line.line_id());
    lost.set_quantity(items[i].quantity);
  }
  return refunded;
}

bool AddItemEvents(const RefundedItems& items, v1::RefundCause cause, const std::string& reason,
                   OrderDraft* draft) {
  if (items.lines.empty()) return false;
  if (cause == v1::REFUND_CAUSE_CANCELLATION) return AddItemsCanceled(items.lines, reason, draft);
  if (cause == v1::REFUND_CAUSE_LOST) {
    v1::Event event = draft->NewEvent();
    v1::ItemsLost& fact = *event.mutable_order()->mutable_items_lost();
    *fact.mutable_lines() = {items.lost.begin(), items.lost.end()};
    draft->AddEvent(std::move(event));
  }
  return false;
}

void AskOnlyForKept(int64_t units, const std::vector<v1::LineAmount>& canceled, OrderDraft* draft) {
  const v1::Order& order = draft->order();
  const google::protobuf::Timestamp& now = draft->input().now();
  int64_t kept = WithheldUnits(order);
  for (const v1::LineAmount& line : canceled) kept += line.withheld_amount().units();
  // The rest of the held amount is there to be kept.
  draft->Lower(std::max<int64_t>(0, UnitsAboveKept(order, kept, now) - units));
}

}  // namespace domain
}  // namespace frontdesk
