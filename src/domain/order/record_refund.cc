#include "domain/order/record_refund.h"

#include <algorithm>
#include <utility>

#include "domain/order/gateway_reports.h"
#include "domain/order/order_arguments.h"
#include "domain/order/order_money.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Refund;

bool MayBecome(Refund::State from, Refund::State to) {
  const absl::Span<const PaymentTransition> transitions = RefundTransitions();
  return std::any_of(transitions.begin(), transitions.end(),
                     [&](const PaymentTransition& transition) {
                       return transition.from == from && transition.to == to;
                     });
}

// Whether its payments hold what it is paid from.
bool IsCovered(const v1::Order& order, const Refund& refund) {
  return std::all_of(refund.parts().begin(), refund.parts().end(), [&](const v1::RefundPart& part) {
    const v1::Payment* const payment = FindPayment(order, part.payment_id());
    return payment != nullptr && part.amount().units() <= HeldUnits(*payment);
  });
}

void ChangeRefund(const v1::RefundChange& change, bool is_known, const Refund& known,
                  OrderDraft* draft) {
  v1::Event event = draft->NewEvent();
  v1::PaymentRecorded& fact = *event.mutable_order()->mutable_payment_recorded();
  Refund& refund = *fact.mutable_refund();
  refund = known;
  if (!is_known) {
    refund.set_state(change.state());
    refund.set_failure_code(change.failure_code());
  }
  if (refund.gateway_reference().empty()) refund.set_gateway_reference(change.gateway_reference());
  v1::GatewayFact reported;
  reported.set_refund_state(change.state());
  *reported.mutable_amount() = known.amount();
  v1::GatewayReport report =
      AddFact(draft->input(), change.gateway_reference(), std::move(reported));
  if (!report.reference().empty()) {
    report.set_refund_id(known.refund_id());
    *fact.mutable_report() = std::move(report);
  }
  draft->AddEvent(std::move(event));
}

}  // namespace

void CheckRefundChange(const FieldPath& root, const v1::RefundChange& change,
                       ArgumentChecker* checker) {
  if (change.gateway_reference().empty()) {
    checker->RequireText({&root, "refund_id"}, change.refund_id());
  }
  CheckMovementId({&root, "refund_id"}, change.refund_id(), checker);
  checker->CheckEnum(
      {&root, "state"}, change.state(),
      change.state() != Refund::STATE_UNSPECIFIED && v1::Refund_State_IsValid(change.state()));
  if (change.state() != Refund::STATE_FAILED) {
    checker->Forbid({&root, "failure_code"}, !change.failure_code().empty());
  }
  if (change.has_amount()) checker->CheckAmount({&root, "amount"}, change.amount(), 0);
}

absl::Status RecordRefundChange(const v1::RefundChange& change, OrderDraft* draft) {
  const FieldPath refund_field{&draft->root(), "refund"};
  const FieldPath state_field{&refund_field, "state"};
  const RefundReport reported = FindReported(draft->input(), change);
  if (reported.standing == ReportStanding::kConflict) {
    const FieldPath field{&refund_field, "gateway_reference"};
    draft->Refuse("REFERENCE_CONFLICT", &field);
    return absl::OkStatus();
  }
  if (reported.refund == nullptr) {
    const FieldPath field{&refund_field, "refund_id"};
    draft->Refuse("REFUND_UNKNOWN", &field);
    return absl::OkStatus();
  }
  const Refund& known = *reported.refund;
  if (IsStoredValue(known.route().kind()) ||
      (!reported.is_known && !MayBecome(known.state(), change.state()))) {
    draft->Refuse("TRANSITION", &state_field);
  }
  if (change.has_amount() && (change.amount().units() != known.amount().units() ||
                              change.amount().currency_code() != known.amount().currency_code())) {
    const FieldPath field{&refund_field, "amount"};
    draft->Refuse("AMOUNT", &field);
  }
  if (draft->refused()) return absl::OkStatus();
  if (!reported.is_known && !IsInForce(known) && change.state() == Refund::STATE_SUCCEEDED &&
      !IsCovered(draft->order(), known)) {
    draft->Refuse("EXCEEDS_HELD", &state_field);
    return absl::OkStatus();
  }
  ChangeRefund(change, reported.is_known, known, draft);
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
