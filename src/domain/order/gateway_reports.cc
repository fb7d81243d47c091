#include "domain/order/gateway_reports.h"

#include <utility>

#include "domain/order/order_money.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Payment;
using v1::Refund;

bool Differs(bool has_a, const v1::Money& a, bool has_b, const v1::Money& b) {
  return has_a && has_b && (a.units() != b.units() || a.currency_code() != b.currency_code());
}

// What was reported before in the same state decides: the same, or with another amount a conflict.
template <typename Change, typename IsState>
ReportStanding StandingOf(const v1::GatewayReport& report, const Change& change, IsState is_state) {
  for (const v1::GatewayFact& fact : report.facts()) {
    if (!is_state(fact)) continue;
    return Differs(change.has_amount(), change.amount(), fact.has_amount(), fact.amount())
               ? ReportStanding::kConflict
               : ReportStanding::kSame;
  }
  return ReportStanding::kNew;
}

// Whether the payment is, or was, what the report says.
bool IsKnown(const v1::PaymentChange& change, const Payment& payment) {
  switch (change.state()) {
    case Payment::STATE_AUTHORIZED:
      // Whatever came after it.
      return payment.state() != Payment::STATE_REQUESTED;
    case Payment::STATE_CAPTURED:
      return payment.state() == Payment::STATE_CAPTURED &&
             (payment.gateway_reference().empty() || change.gateway_reference().empty() ||
              payment.gateway_reference() == change.gateway_reference());
    default:
      return payment.state() == change.state();
  }
}

// The amount that a report in that state would be about.
const v1::Money& AmountOf(const v1::PaymentChange& change, const Payment& payment) {
  return change.state() == Payment::STATE_CAPTURED ? payment.captured_amount() : payment.amount();
}

}  // namespace

const v1::GatewayReport* FindReport(const v1::Order& order, absl::string_view reference) {
  if (reference.empty()) return nullptr;
  for (const v1::GatewayReport& report : order.gateway_reports()) {
    if (report.reference() == reference) return &report;
  }
  return nullptr;
}

PaymentReport FindReported(const v1::OrderDecisionInput& input, const v1::PaymentChange& change) {
  const v1::Order& order = input.order();
  const v1::GatewayReport* const report = FindReport(order, change.gateway_reference());
  PaymentReport found;
  if (!input.reference_order_id().empty() || (report != nullptr && report->payment_id().empty())) {
    found.standing = ReportStanding::kConflict;
    return found;
  }
  found.payment =
      FindPayment(order, report != nullptr ? report->payment_id() : change.payment_id());
  if (report != nullptr) {
    // An id that the order does not have is another name for what the reference names.
    const Payment* const named = FindPayment(order, change.payment_id());
    found.standing = named != nullptr && named != found.payment
                         ? ReportStanding::kConflict
                         : StandingOf(*report, change, [&](const v1::GatewayFact& fact) {
                             return fact.payment_state() == change.state();
                           });
    if (found.standing != ReportStanding::kNew) return found;
  }
  if (found.payment == nullptr || !IsKnown(change, *found.payment)) return found;
  if (Differs(change.has_amount(), change.amount(), true, AmountOf(change, *found.payment))) {
    return found;
  }
  found.is_known = true;
  if (report != nullptr || change.gateway_reference().empty()) {
    found.standing = ReportStanding::kSame;
  }
  return found;
}

RefundReport FindReported(const v1::OrderDecisionInput& input, const v1::RefundChange& change) {
  const v1::Order& order = input.order();
  const v1::GatewayReport* const report = FindReport(order, change.gateway_reference());
  RefundReport found;
  if (!input.reference_order_id().empty() || (report != nullptr && report->refund_id().empty())) {
    found.standing = ReportStanding::kConflict;
    return found;
  }
  found.refund = FindRefund(order, report != nullptr ? report->refund_id() : change.refund_id());
  if (report != nullptr) {
    const Refund* const named = FindRefund(order, change.refund_id());
    found.standing = named != nullptr && named != found.refund
                         ? ReportStanding::kConflict
                         : StandingOf(*report, change, [&](const v1::GatewayFact& fact) {
                             return fact.refund_state() == change.state();
                           });
    if (found.standing != ReportStanding::kNew) return found;
  }
  if (found.refund == nullptr ||
      Differs(change.has_amount(), change.amount(), true, found.refund->amount())) {
    return found;
  }
  // That a refund is on its way is known of each.
  if (found.refund->state() != change.state() && change.state() != Refund::STATE_PENDING) {
    return found;
  }
  found.is_known = true;
  if (report != nullptr || change.gateway_reference().empty()) {
    found.standing = ReportStanding::kSame;
  }
  return found;
}

v1::GatewayReport AddFact(const v1::OrderDecisionInput& input, const std::string& reference,
                          v1::GatewayFact fact) {
  v1::GatewayReport report;
  if (reference.empty()) return report;
  const v1::GatewayReport* const before = FindReport(input.order(), reference);
  if (before != nullptr) report = *before;
  report.set_reference(reference);
  if (report.facts_size() >= kMaxGatewayFacts) return report;
  if (input.has_now()) *fact.mutable_time() = input.now();
  *report.add_facts() = std::move(fact);
  return report;
}

}  // namespace domain
}  // namespace frontdesk
