#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_item_changes.h"
#include "domain/order/order_match.h"
#include "domain/order/order_money.h"
#include "domain/order/refunded_items.h"
#include "frontdesk/domain/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

// Refunds nothing, to where the payment came from that was captured last.
void RefundNothing(RefundContent content, OrderDraft* draft) {
  const v1::Order& order = draft->order();
  if (!order.has_last_captured_payment()) return draft->Refuse("NOTHING_HELD");
  const v1::Payment& latest = order.last_captured_payment();
  v1::RefundPart part;
  part.set_payment_id(latest.payment_id());
  *part.mutable_amount() = InOrderCurrency(order, 0);
  draft->Refund(latest.route(), {part}, std::move(content),
                draft->command().refund_order().settlement());
}

// Refuses a component in another currency, or above the rest of its charge.
void CheckComponent(const FieldPath& field, const v1::Money& amount, int64_t left,
                    OrderDraft* draft) {
  if (amount.units() > 0 && amount.currency_code() != draft->order().currency_code()) {
    draft->Refuse("CURRENCY", &field);
  } else if (amount.units() > left) {
    draft->Refuse("EXCEEDS_CHARGE", &field);
  }
}

// Whether a cancellation without pieces refunds more than is held above the owed amount. That part would be owed again: nothing takes it off
// the order. Shipping and fees are credited, except those of an order that is canceled, with which they were.
bool ExceedsCanceled(const RefundContent& content, int64_t amount, const OrderDraft& draft) {
  const v1::Order& order = draft.order();
  const int64_t owed = OwedUnits(order, draft.input().now());
  const bool is_canceled = order.state() == v1::Order::STATE_CANCELED;
  const __int128 uncredited =
      static_cast<__int128>(amount) + (is_canceled ? content.shipping + content.fees : 0);
  return uncredited > std::max<int64_t>(0, -owed);
}

}  // namespace

void CheckRefundOrder(const FieldPath& root, const v1::OrderCommand& command,
                      ArgumentChecker* checker) {
  const v1::RefundOrder& verb = command.refund_order();
  checker->CheckEnum(
      {&root, "cause"}, verb.cause(),
      verb.cause() != v1::REFUND_CAUSE_UNSPECIFIED && v1::RefundCause_IsValid(verb.cause()));
  const bool is_of_something = verb.items_size() > 0 || verb.has_amount() ||
                               verb.has_shipping_amount() || verb.has_fee_amount();
  if (!is_of_something && !checker->IsOpen("amount")) {
    checker->Add({&root, "amount"}, kReasonArgumentRequired,
                 "is required without items, shipping_amount and fee_amount");
  }
  CheckContent(root, verb.cause(), verb.reason(), verb.items(), checker);
  if (verb.has_amount()) checker->CheckAmount({&root, "amount"}, verb.amount(), 0);
  CheckSettlement(root, verb.settlement(), checker);
  if (verb.has_shipping_amount()) {
    checker->CheckAmount({&root, "shipping_amount"}, verb.shipping_amount(), 0);
    checker->Forbid({&root, "shipping_amount"}, !HasContent(verb.cause()));
  }
  if (verb.has_fee_amount()) {
    checker->CheckAmount({&root, "fee_amount"}, verb.fee_amount(), 0);
    checker->Forbid({&root, "fee_amount"}, !HasContent(verb.cause()));
  }
  CheckCashOut(root, verb.cash_out(), checker);
}

absl::Status DecideRefundOrder(OrderDraft* draft) {
  const v1::RefundOrder& verb = draft->command().refund_order();
  const v1::Order& order = draft->order();
  const std::vector<MatchedItem> items = MatchItems(order, draft->command());
  for (int i = 0; i < verb.items_size(); ++i) {
    RefuseUnmatched({&draft->root(), "items", i}, items[i], draft);
  }
  const FieldPath amount_field{&draft->root(), "amount"};
  if (verb.has_amount() && verb.amount().currency_code() != order.currency_code()) {
    draft->Refuse("CURRENCY", &amount_field);
  }
  CheckComponent({&draft->root(), "shipping_amount"}, verb.shipping_amount(), ShippingLeft(order),
                 draft);
  CheckComponent({&draft->root(), "fee_amount"}, verb.fee_amount(), FeesLeft(order), draft);
  const v1::PaymentMethod* method = nullptr;
  if (!verb.payment_method_id().empty()) method = RequireMethod(verb.payment_method_id(), draft);
  if (draft->refused()) return absl::OkStatus();

  RefundContent content(verb.cause());
  content.reason = verb.reason();
  content.shipping = verb.shipping_amount().units();
  content.fees = verb.fee_amount().units();
  RefundedItems refunded;
  if (!items.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(refunded, RefundItems(order, verb.cause(), items,
                                                     verb.has_amount() ? &verb.amount() : nullptr));
    if (!refunded.covers_amount) {
      draft->Refuse("EXCEEDS_ITEMS", &amount_field);
      return absl::OkStatus();
    }
  }
  const __int128 whole = static_cast<__int128>(content.shipping) + content.fees +
                         (items.empty() ? verb.amount().units() : SumUnits(refunded.lines));
  if (whole > HeldUnits(order)) {
    draft->Refuse("EXCEEDS_HELD", verb.has_amount() ? &amount_field : nullptr);
    return absl::OkStatus();
  }
  if (verb.cause() == v1::REFUND_CAUSE_CANCELLATION && items.empty() &&
      ExceedsCanceled(content, verb.amount().units(), *draft)) {
    draft->Refuse("EXCEEDS_CANCELED", verb.has_amount() ? &amount_field : nullptr);
    return absl::OkStatus();
  }
  const auto units = static_cast<int64_t>(whole);
  draft->AllowCashOut(verb.cash_out());
  const bool ends = AddItemEvents(refunded, verb.cause(), verb.reason(), draft);
  content.lines = std::move(refunded.refund_lines);
  if (ends) AskOnlyForKept(units, refunded.lines, draft);
  if (method == nullptr && units == 0) {
    RefundNothing(std::move(content), draft);
  } else {
    draft->PayBack(units, method, nullptr, std::move(content), verb.settlement());
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
