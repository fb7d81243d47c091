#include <algorithm>
#include <utility>

#include "domain/order/gateway_reports.h"
#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_money.h"
#include "domain/order/record_refund.h"
#include "domain/unchanged_commands.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/domain/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Payment;

void CheckPaymentChange(const FieldPath& root, const v1::PaymentChange& change,
                        ArgumentChecker* checker) {
  if (change.gateway_reference().empty()) {
    checker->RequireText({&root, "payment_id"}, change.payment_id());
  }
  checker->CheckEnum({&root, "state"}, change.state(),
                     change.state() != Payment::STATE_UNSPECIFIED &&
                         change.state() != Payment::STATE_REQUESTED &&
                         v1::Payment_State_IsValid(change.state()));
  CheckMovementId({&root, "payment_id"}, change.payment_id(), checker);
  const FieldPath amount{&root, "amount"};
  if (change.has_amount()) checker->CheckAmount(amount, change.amount(), 0);
  if (change.state() != Payment::STATE_CAPTURED) {
    checker->Forbid({&root, "more_captures"}, change.more_captures());
  } else if (change.more_captures()) {
    // Else the same report again would be another capture.
    checker->RequireText({&root, "gateway_reference"}, change.gateway_reference());
  }
  if (change.state() != Payment::STATE_AUTHORIZED) {
    checker->Forbid({&root, "expire_time"}, change.has_expire_time());
  }
  if (change.state() != Payment::STATE_FAILED) {
    checker->Forbid({&root, "failure_code"}, !change.failure_code().empty());
  }
}

// The report that the event keeps, of a report with a reference.
v1::GatewayReport ReportOf(const v1::PaymentChange& change, const Payment& payment,
                           const OrderDraft& draft) {
  v1::GatewayFact fact;
  fact.set_payment_state(change.state());
  if (change.has_amount()) {
    *fact.mutable_amount() = change.amount();
  } else if (change.state() == Payment::STATE_CAPTURED) {
    *fact.mutable_amount() = payment.captured_amount();
  }
  v1::GatewayReport report = AddFact(draft.input(), change.gateway_reference(), std::move(fact));
  if (!report.reference().empty()) report.set_payment_id(payment.payment_id());
  return report;
}

void AddPaymentEvent(const v1::PaymentChange& change, const Payment* before, Payment after,
                     OrderDraft* draft) {
  v1::Event event = draft->NewEvent();
  v1::PaymentRecorded& fact = *event.mutable_order()->mutable_payment_recorded();
  const int64_t captured =
      after.captured_amount().units() - (before == nullptr ? 0 : before->captured_amount().units());
  if (captured != 0) *fact.mutable_captured_amount() = InOrderCurrency(draft->order(), captured);
  v1::GatewayReport report = ReportOf(change, after, *draft);
  if (!report.reference().empty()) *fact.mutable_report() = std::move(report);
  if (change.state() == Payment::STATE_CAPTURED && HasKnownPayments(draft->order())) {
    const google::protobuf::Timestamp& now = draft->input().now();
    const int64_t owed = OwedUnitsWith(after, draft->order(), now);
    if (owed < 0 && owed < OwedUnits(draft->order(), now)) {
      *fact.mutable_excess_amount() = InOrderCurrency(draft->order(), -owed);
    }
  }
  *fact.mutable_payment() = std::move(after);
  draft->AddEvent(std::move(event));
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
  if (!MayBecome(PaymentTransitions(), Payment::STATE_UNSPECIFIED, change.state()) ||
      (stored_value && change.state() != Payment::STATE_CAPTURED)) {
    const FieldPath field{&payment_field, "state"};
    draft->Refuse("TRANSITION", &field);
  }
  const FieldPath amount_field{&payment_field, "amount"};
  if (!change.has_amount()) {
    draft->Refuse("AMOUNT", &amount_field);
  } else if (change.amount().currency_code() != draft->order().currency_code()) {
    draft->Refuse("CURRENCY", &amount_field);
  }
  if (change.state() != Payment::STATE_FAILED) draft->CheckOpenPayments();
  if (draft->refused()) return absl::OkStatus();
  const int64_t units = change.amount().units();
  FRONTDESK_RETURN_IF_ERROR(CheckPaymentsFit(draft->order(), units));
  Payment payment = draft->NewPayment(draft->RouteOf(*method), units);
  if (!change.payment_id().empty()) payment.set_payment_id(change.payment_id());
  payment.set_state(change.state());
  if (change.state() == Payment::STATE_CAPTURED)
    payment.mutable_captured_amount()->set_units(units);
  if (change.has_expire_time()) *payment.mutable_expire_time() = change.expire_time();
  payment.set_gateway_reference(change.gateway_reference());
  payment.set_failure_code(change.failure_code());
  if (stored_value) draft->Post(false, payment.route(), units);
  AddPaymentEvent(change, nullptr, std::move(payment), draft);
  return absl::OkStatus();
}

// Sets what a capture makes of the payment. A payment that had failed, or was charged back, has its money again.
absl::Status Capture(const v1::PaymentChange& change, Payment* payment, OrderDraft* draft) {
  const int64_t before = payment->captured_amount().units();
  const bool comes_back =
      payment->state() == Payment::STATE_FAILED || payment->state() == Payment::STATE_CHARGED_BACK;
  int64_t units = change.amount().units();
  if (!change.has_amount()) units = std::max<int64_t>(0, payment->amount().units() - before);
  int64_t after = 0;
  if (comes_back && before > 0) {
    // Refunds of it in the meantime stay refunded.
    const int64_t given_back =
        payment->refunded_amount().units() + payment->refund_pending_amount().units();
    after = change.has_amount() ? std::max(units, given_back) : before;
  } else if (__builtin_add_overflow(before, units, &after)) {
    return CheckPaymentsFit(draft->order(), std::numeric_limits<int64_t>::max());
  }
  if (after > payment->amount().units()) {
    FRONTDESK_RETURN_IF_ERROR(CheckPaymentsFit(draft->order(), after - payment->amount().units()));
  }
  const bool goes_on =
      change.more_captures() && IsOpen(*payment) && after < payment->amount().units();
  payment->set_state(goes_on ? Payment::STATE_AUTHORIZED : Payment::STATE_CAPTURED);
  *payment->mutable_captured_amount() = InOrderCurrency(draft->order(), after);
  return absl::OkStatus();
}

absl::Status ChangePayment(const v1::PaymentChange& change, bool is_known, const Payment& known,
                           OrderDraft* draft) {
  Payment payment = known;
  if (payment.gateway_reference().empty())
    payment.set_gateway_reference(change.gateway_reference());
  if (is_known) {
    AddPaymentEvent(change, &known, std::move(payment), draft);
    return absl::OkStatus();
  }
  if (change.state() == Payment::STATE_CAPTURED) {
    FRONTDESK_RETURN_IF_ERROR(Capture(change, &payment, draft));
  } else if (known.captured_amount().units() > 0 && (change.state() == Payment::STATE_VOIDED ||
                                                     change.state() == Payment::STATE_EXPIRED)) {
    // The rest of the authorization is over; what was captured stays.
    payment.set_state(Payment::STATE_CAPTURED);
  } else {
    payment.set_state(change.state());
  }
  if (change.state() == Payment::STATE_AUTHORIZED && change.has_amount()) {
    payment.mutable_amount()->set_units(
        std::min(change.amount().units(), payment.amount().units()));
  }
  if (change.has_expire_time()) *payment.mutable_expire_time() = change.expire_time();
  if (!change.failure_code().empty()) payment.set_failure_code(change.failure_code());
  // The end of an authorization takes nothing of the captured amount, also where all of it is on its way back.
  const bool is_gone =
      payment.state() == Payment::STATE_FAILED || payment.state() == Payment::STATE_CHARGED_BACK;
  AddPaymentEvent(change, &known, std::move(payment), draft);
  if (is_gone) draft->ContestRefunds(known.payment_id());
  return absl::OkStatus();
}

absl::Status RecordPaymentChange(const v1::PaymentChange& change, OrderDraft* draft) {
  const FieldPath payment_field{&draft->root(), "payment"};
  const PaymentReport reported = FindReported(draft->input(), change);
  if (reported.standing == ReportStanding::kConflict) {
    const FieldPath field{&payment_field, "gateway_reference"};
    draft->Refuse("REFERENCE_CONFLICT", &field);
    return absl::OkStatus();
  }
  if (reported.payment == nullptr) return RecordNewPayment(change, draft);
  const Payment& known = *reported.payment;
  // A second capture without a reference of its own may be the first one reported again.
  const bool is_unnamed_capture = known.state() == Payment::STATE_CAPTURED &&
                                  change.state() == Payment::STATE_CAPTURED &&
                                  change.gateway_reference().empty();
  if (IsStoredValue(known.route().kind()) ||
      (!reported.is_known &&
       (is_unnamed_capture || !MayBecome(PaymentTransitions(), known.state(), change.state())))) {
    const FieldPath field{&payment_field, "state"};
    draft->Refuse("TRANSITION", &field);
  }
  if (change.has_amount() && change.amount().currency_code() != draft->order().currency_code()) {
    const FieldPath field{&payment_field, "amount"};
    draft->Refuse("CURRENCY", &field);
  }
  if (draft->refused()) return absl::OkStatus();
  return ChangePayment(change, reported.is_known, known, draft);
}

}  // namespace

void CheckRecordPayment(const FieldPath& root, const v1::OrderCommand& command,
                        ArgumentChecker* checker) {
  const v1::RecordPayment& verb = command.record_payment();
  if (verb.has_payment()) {
    CheckPaymentChange({&root, "payment"}, verb.payment(), checker);
  } else if (verb.has_refund()) {
    CheckRefundChange({&root, "refund"}, verb.refund(), checker);
  } else {
    checker->Add({&root, "payment"}, kReasonArgumentExclusive,
                 "exactly one of payment and refund must be set");
  }
}

bool IsRecordPaymentUnchanged(const v1::OrderDecisionInput& input, const v1::OrderAssessment&) {
  const v1::RecordPayment& verb = input.command().record_payment();
  const ReportStanding standing = verb.has_refund() ? FindReported(input, verb.refund()).standing
                                                    : FindReported(input, verb.payment()).standing;
  return standing == ReportStanding::kSame;
}

absl::Status DecideRecordPayment(OrderDraft* draft) {
  const v1::RecordPayment& verb = draft->command().record_payment();
  return verb.has_refund() ? RecordRefundChange(verb.refund(), draft)
                           : RecordPaymentChange(verb.payment(), draft);
}

}  // namespace domain
}  // namespace frontdesk
