#include <algorithm>
#include <utility>

#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_money.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/domain/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Payment;

void CheckPaymentChange(const FieldPath& root, const v1::PaymentChange& change,
                        ArgumentChecker* checker) {
  checker->RequireText({&root, "payment_id"}, change.payment_id());
  checker->CheckEnum({&root, "state"}, change.state(),
                     change.state() != v1::Payment::STATE_UNSPECIFIED &&
                         change.state() != v1::Payment::STATE_REQUESTED &&
                         v1::Payment_State_IsValid(change.state()));
  CheckMovementId({&root, "payment_id"}, change.payment_id(), checker);
  const FieldPath amount{&root, "amount"};
  if (change.has_amount()) checker->CheckAmount(amount, change.amount(), 0);
}

bool MayBecome(Payment::State from, Payment::State to) {
  const absl::Span<const PaymentTransition> transitions = PaymentTransitions();
  return std::any_of(transitions.begin(), transitions.end(),
                     [&](const PaymentTransition& transition) {
                       return transition.from == from && transition.to == to;
                     });
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
  if (change.state() != Payment::STATE_FAILED) draft->CheckOpenPayments();
  if (draft->refused()) return absl::OkStatus();
  FRONTDESK_RETURN_IF_ERROR(CheckPaymentsFit(draft->order(), change.amount().units()));
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
  payment.set_sequence(NumbersOf(order).NextSequence());
  if (draft->input().has_now()) *payment.mutable_time() = draft->input().now();
  payment.set_gateway_reference(change.gateway_reference());
  if (stored_value) draft->Post(false, OrderDraft::RouteOf(*method), change.amount().units());
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

}  // namespace

void CheckRecordPayment(const FieldPath& root, const v1::OrderCommand& command,
                        ArgumentChecker* checker) {
  const v1::RecordPayment& verb = command.record_payment();
  if (verb.has_payment()) {
    CheckPaymentChange({&root, "payment"}, verb.payment(), checker);
  } else if (verb.has_refund()) {
    const FieldPath refund{&root, "refund"};
    checker->RequireText({&refund, "refund_id"}, verb.refund().refund_id());
    checker->CheckEnum({&refund, "state"}, verb.refund().state(),
                       verb.refund().state() == v1::Refund::STATE_SUCCEEDED ||
                           verb.refund().state() == v1::Refund::STATE_FAILED);
  } else {
    checker->Add({&root, "payment"}, kReasonArgumentExclusive,
                 "exactly one of payment and refund must be set");
  }
}

absl::Status DecideRecordPayment(OrderDraft* draft) {
  const v1::RecordPayment& verb = draft->command().record_payment();
  return verb.has_refund() ? RecordRefundChange(verb.refund(), draft)
                           : RecordPaymentChange(verb.payment(), draft);
}

}  // namespace domain
}  // namespace frontdesk
