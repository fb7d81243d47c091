// Where money goes: what gateways report, cancellations, other methods, refunds.
#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "domain/order/order_assess.h"
#include "domain/order/order_match.h"
#include "domain/order/order_money.h"
#include "domain/order/order_verbs.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/order/order.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Payment;

bool MayBecome(Payment::State from, Payment::State to) {
  const absl::Span<const PaymentTransition> transitions = PaymentTransitions();
  return std::any_of(transitions.begin(), transitions.end(),
                     [&](const PaymentTransition& transition) {
                       return transition.from == from && transition.to == to;
                     });
}

bool IsOpen(const Payment& payment) {
  return payment.state() == Payment::STATE_REQUESTED ||
         payment.state() == Payment::STATE_AUTHORIZED;
}

// All payments together fit 63 bits, so that no sum of parts of them ever overflows.
absl::Status CheckFits(const v1::Order& order, int64_t more) {
  __int128 sum = more;
  for (const Payment& payment : order.payments()) sum += payment.amount().units();
  if (sum <= std::numeric_limits<int64_t>::max()) return absl::OkStatus();
  return MakeError(kReasonMoneyOverflow, "the payments of the order do not fit in 64 bits");
}

v1::RefundPart WholePart(const v1::Order& order, const Payment& payment) {
  v1::RefundPart part;
  part.set_payment_id(payment.payment_id());
  *part.mutable_amount() = InOrderCurrency(order, HeldUnits(payment));
  return part;
}

void CheckAmountOf(const v1::PaymentChange& change, const Payment* known, OrderDraft* draft) {
  const FieldPath payment{&draft->root(), "payment"};
  const FieldPath field{&payment, "amount"};
  if (!change.has_amount()) {
    if (known == nullptr) draft->Refuse("AMOUNT", &field);
    return;
  }
  if (change.amount().currency_code() != draft->order().currency_code()) {
    draft->Refuse("CURRENCY", &field);
  } else if (known != nullptr && change.state() == Payment::STATE_CAPTURED &&
             change.amount().units() > known->amount().units()) {
    draft->Refuse("AMOUNT", &field);
  }
}

// A payment that the order does not have yet.
absl::Status RecordNewPayment(const v1::PaymentChange& change, OrderDraft* draft) {
  const FieldPath payment_field{&draft->root(), "payment"};
  const v1::PaymentMethod* method = draft->FindMethod(change.payment_method_id());
  if (method == nullptr) {
    const FieldPath field{&payment_field, "payment_method_id"};
    draft->Refuse("PAYMENT_METHOD_UNKNOWN", &field);
  }
  const bool stored_value = method != nullptr && IsStoredValue(method->kind());
  if (!MayBecome(Payment::STATE_UNSPECIFIED, change.state()) ||
      (stored_value && change.state() != Payment::STATE_CAPTURED)) {
    const FieldPath field{&payment_field, "state"};
    draft->Refuse("TRANSITION", &field);
  }
  CheckAmountOf(change, nullptr, draft);
  if (draft->refused()) return absl::OkStatus();
  FRONTDESK_RETURN_IF_ERROR(CheckFits(draft->order(), change.amount().units()));
  const v1::Order& order = draft->order();
  v1::Event event = draft->NewEvent();
  Payment& payment = *event.mutable_order()->mutable_payment_recorded()->mutable_payment();
  payment.set_payment_id(change.payment_id());
  *payment.mutable_route() = OrderDraft::RouteOf(*method);
  payment.set_state(change.state());
  *payment.mutable_amount() = change.amount();
  *payment.mutable_captured_amount() = InOrderCurrency(
      order, change.state() == Payment::STATE_CAPTURED ? change.amount().units() : 0);
  *payment.mutable_refunded_amount() = InOrderCurrency(order, 0);
  *payment.mutable_refund_pending_amount() = InOrderCurrency(order, 0);
  payment.set_sequence(NextSequence(order));
  if (draft->input().has_now()) *payment.mutable_time() = draft->input().now();
  payment.set_gateway_reference(change.gateway_reference());
  if (stored_value) draft->Post(false, method->account_id(), change.amount().units());
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

absl::Status RecordPaymentChange(const v1::PaymentChange& change, OrderDraft* draft) {
  const Payment* known = FindPayment(draft->order(), change.payment_id());
  if (known == nullptr) return RecordNewPayment(change, draft);
  if (!MayBecome(known->state(), change.state()) || IsStoredValue(known->route().kind())) {
    const FieldPath payment_field{&draft->root(), "payment"};
    const FieldPath field{&payment_field, "state"};
    draft->Refuse("TRANSITION", &field);
  }
  CheckAmountOf(change, known, draft);
  if (draft->refused()) return absl::OkStatus();
  v1::Event event = draft->NewEvent();
  Payment& payment = *event.mutable_order()->mutable_payment_recorded()->mutable_payment();
  payment = *known;
  payment.set_state(change.state());
  if (change.state() == Payment::STATE_CAPTURED) {
    *payment.mutable_captured_amount() = change.has_amount() ? change.amount() : known->amount();
  }
  if (!change.gateway_reference().empty()) {
    payment.set_gateway_reference(change.gateway_reference());
  }
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

absl::Status RecordRefundChange(const v1::RefundChange& change, OrderDraft* draft) {
  const FieldPath refund_field{&draft->root(), "refund"};
  const v1::Refund* known = FindRefund(draft->order(), change.refund_id());
  if (known == nullptr) {
    const FieldPath field{&refund_field, "refund_id"};
    draft->Refuse("REFUND_UNKNOWN", &field);
    return absl::OkStatus();
  }
  if (known->state() != v1::Refund::STATE_PENDING) {
    const FieldPath field{&refund_field, "state"};
    draft->Refuse("TRANSITION", &field);
    return absl::OkStatus();
  }
  v1::Event event = draft->NewEvent();
  v1::Refund& refund = *event.mutable_order()->mutable_payment_recorded()->mutable_refund();
  refund = *known;
  refund.set_state(change.state());
  if (!change.gateway_reference().empty()) {
    refund.set_gateway_reference(change.gateway_reference());
  }
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

// The next of `lines` whose amounts sum to `units`, split where they do not end there; the pieces of a split one count
// where its amount is complete.
std::vector<v1::LineAmount> TakeLines(int64_t units, std::vector<v1::LineAmount>* lines) {
  std::vector<v1::LineAmount> taken;
  size_t whole = 0;
  while (whole < lines->size() && (*lines)[whole].amount().units() <= units) {
    units -= (*lines)[whole].amount().units();
    taken.push_back(std::move((*lines)[whole++]));
  }
  lines->erase(lines->begin(), lines->begin() + static_cast<std::ptrdiff_t>(whole));
  if (units > 0 && !lines->empty()) {
    v1::LineAmount& rest = lines->front();
    v1::LineAmount& part = taken.emplace_back(rest);
    part.mutable_amount()->set_units(units);
    part.set_quantity(0);
    rest.mutable_amount()->set_units(rest.amount().units() - units);
  }
  return taken;
}

// Pays `units` back to the payments they came from, the latest first, one refund each.
void RefundToOrigins(int64_t units, std::vector<v1::LineAmount> lines, OrderDraft* draft) {
  const v1::RefundOrder& verb = draft->command().refund_order();
  std::vector<v1::RefundPart> parts = TakeParts(draft->order(), "", units);
  if (parts.empty()) {
    const Payment* latest = nullptr;
    for (const Payment& payment : draft->order().payments()) {
      if (payment.state() == Payment::STATE_CAPTURED &&
          (latest == nullptr || payment.sequence() > latest->sequence())) {
        latest = &payment;
      }
    }
    if (latest == nullptr) return draft->Refuse("NOTHING_HELD");
    v1::RefundPart& part = parts.emplace_back();
    part.set_payment_id(latest->payment_id());
    *part.mutable_amount() = InOrderCurrency(draft->order(), 0);
  }
  for (const v1::RefundPart& part : parts) {
    const v1::MoneyRoute route = FindPayment(draft->order(), part.payment_id())->route();
    draft->Refund(route, {part}, verb.cause(), TakeLines(part.amount().units(), &lines),
                  verb.settlement());
  }
}

}  // namespace

absl::Status DecideRecordPayment(OrderDraft* draft) {
  const v1::RecordPayment& verb = draft->command().record_payment();
  return verb.has_refund() ? RecordRefundChange(verb.refund(), draft)
                           : RecordPaymentChange(verb.payment(), draft);
}

absl::Status DecideCancelOrder(OrderDraft* draft) {
  const v1::CancelOrder& verb = draft->command().cancel_order();
  for (const v1::OrderLine& line : draft->order().lines()) {
    if (line.quantities().shipped() > 0) {
      draft->Refuse("SHIPPED");
      return absl::OkStatus();
    }
  }
  v1::Event event = draft->NewEvent();
  event.mutable_order()->mutable_order_canceled()->set_reason(verb.reason());
  draft->AddEvent(std::move(event));
  // A copy: every movement changes the payments of the draft.
  const auto payments = draft->order().payments();
  for (const Payment& payment : payments) {
    if (IsOpen(payment)) {
      draft->Void(payment);
    } else if (IsRefundable(draft->order(), payment)) {
      draft->Refund(payment.route(), {WholePart(draft->order(), payment)},
                    v1::REFUND_CAUSE_CANCELLATION, {}, verb.settlement());
    }
  }
  return absl::OkStatus();
}

absl::Status DecideChangePaymentMethod(OrderDraft* draft) {
  const v1::ChangePaymentMethod& verb = draft->command().change_payment_method();
  const FieldPath field{&draft->root(), "payment_method_id"};
  const v1::PaymentMethod* method = draft->FindMethod(verb.payment_method_id());
  if (method == nullptr) {
    draft->Refuse("PAYMENT_METHOD_UNKNOWN", &field);
    return absl::OkStatus();
  }
  // The amount that moves: all that is held or still requested by other methods.
  const auto payments = draft->order().payments();
  std::vector<const Payment*> moved;
  __int128 units = 0;
  bool named_pays = false;
  for (const Payment& payment : payments) {
    if (!IsOpen(payment) && !IsRefundable(draft->order(), payment)) continue;
    if (payment.route().payment_method_id() == verb.payment_method_id()) {
      named_pays = true;
      continue;
    }
    moved.push_back(&payment);
    units += IsOpen(payment) ? payment.amount().units() : HeldUnits(payment);
  }
  if (moved.empty() && named_pays) {
    draft->Refuse("UNCHANGED", &field);
    return absl::OkStatus();
  }
  if (units > std::numeric_limits<int64_t>::max()) {
    return MakeError(kReasonMoneyOverflow, "the payments of the order do not fit in 64 bits");
  }
  const int64_t amount = static_cast<int64_t>(units);
  FRONTDESK_RETURN_IF_ERROR(CheckFits(draft->order(), amount));
  v1::Event event = draft->NewEvent();
  v1::PaymentMethodChanged& fact = *event.mutable_order()->mutable_payment_method_changed();
  *fact.mutable_route() = OrderDraft::RouteOf(*method);
  *fact.mutable_amount() = InOrderCurrency(draft->order(), amount);
  const v1::MoneyRoute route = fact.route();
  draft->AddEvent(std::move(event));
  draft->Pay(route, amount, verb.settlement());
  for (const Payment* payment : moved) {
    if (IsOpen(*payment)) {
      draft->Void(*payment);
    } else {
      draft->Refund(payment->route(), {WholePart(draft->order(), *payment)},
                    v1::REFUND_CAUSE_PAYMENT_CHANGE, {}, verb.settlement());
    }
  }
  return absl::OkStatus();
}

absl::Status DecideRefundOrder(OrderDraft* draft) {
  const v1::RefundOrder& verb = draft->command().refund_order();
  const v1::Order& order = draft->order();
  const std::vector<MatchedItem> items = MatchItems(order, draft->command());
  for (int i = 0; i < verb.items_size(); ++i) {
    if (items[i].line >= 0) continue;
    const FieldPath item{&draft->root(), "items", i};
    const FieldPath quantity{&item, "quantity"};
    draft->Refuse(items[i].known ? "ITEM_QUANTITY" : "ITEM_UNKNOWN",
                  items[i].known ? &quantity : &item);
  }
  const FieldPath amount_field{&draft->root(), "amount"};
  if (verb.has_amount() && verb.amount().currency_code() != order.currency_code()) {
    draft->Refuse("CURRENCY", &amount_field);
  }
  const v1::PaymentMethod* method = draft->FindMethod(verb.payment_method_id());
  if (method == nullptr && !verb.payment_method_id().empty()) {
    const FieldPath field{&draft->root(), "payment_method_id"};
    draft->Refuse("PAYMENT_METHOD_UNKNOWN", &field);
  }
  if (draft->refused()) return absl::OkStatus();

  int64_t units = verb.amount().units();
  std::vector<v1::LineAmount> lines;
  if (!items.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(lines, RefundOfItems(order, items));
    std::vector<v1::Money> amounts;
    for (const v1::LineAmount& line : lines) amounts.push_back(line.amount());
    FRONTDESK_ASSIGN_OR_RETURN(const v1::Money sum, SumMoney(amounts, order.currency_code()));
    units = sum.units();
  }
  if (units > HeldUnits(order)) {
    draft->Refuse("EXCEEDS_HELD", verb.has_amount() ? &amount_field : nullptr);
  } else if (method == nullptr) {
    RefundToOrigins(units, std::move(lines), draft);
  } else {
    draft->Refund(OrderDraft::RouteOf(*method), TakeParts(order, verb.payment_method_id(), units),
                  verb.cause(), std::move(lines), verb.settlement());
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
