#include "domain/order/gateway_reports.h"

#include <algorithm>
#include <utility>

#include "domain/order/order_money.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Dispute;
using v1::Payment;
using v1::Refund;

bool Differs(bool has_a, const v1::Money& a, bool has_b, const v1::Money& b) {
  return has_a && has_b && (a.units() != b.units() || a.currency_code() != b.currency_code());
}

// An earlier report of the same state decides: the same, or with another amount a conflict.
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

// The result of a report by its reference alone; `element` becomes the one that it is about, null when the order does not have it.
// `reported_id` is the id that the reference was reported for before, `given_id` the one in the report.
template <typename Element, typename Find>
ReportStanding FindElement(const v1::OrderDecisionInput& input, const v1::GatewayReport* report,
                           const std::string& reported_id, const std::string& given_id, Find find,
                           const Element** element) {
  if (!input.reference_order_id().empty() || (report != nullptr && reported_id.empty())) {
    return ReportStanding::kConflict;
  }
  const Element* const given = find(input.order(), given_id);
  *element = report == nullptr ? given : find(input.order(), reported_id);
  // An id that the order does not have is another name for the thing that the reference names.
  return report != nullptr && given != nullptr && given != *element ? ReportStanding::kConflict
                                                                    : ReportStanding::kNew;
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

// Whether a report without news need not be kept. Its reference, where it is new, and its state are: when something else has happened
// since, the same report is still the same. A state that all others come after stays known.
template <typename Change>
bool SaysNothing(const v1::GatewayReport* report, const Change& change, bool is_first_state) {
  return change.gateway_reference().empty() || (report != nullptr && is_first_state);
}

// Whether the report names the payment of the dispute, or none.
bool IsAbout(const v1::RecordDispute& change, const Dispute& dispute) {
  return change.payment_id().empty() || change.payment_id() == dispute.payment_id();
}

// Whether the report says something of a dispute, beside its state, stage and amount, that is not known of it.
bool HasNews(const v1::RecordDispute& change, const Dispute& dispute) {
  if (!change.reason().empty() && change.reason() != dispute.reason()) return true;
  if (!change.case_id().empty() && change.case_id() != dispute.case_id()) return true;
  return change.has_due_time() &&
         (!dispute.has_due_time() || change.due_time().seconds() != dispute.due_time().seconds() ||
          change.due_time().nanos() != dispute.due_time().nanos());
}

// The amount that a report in that state would be about.
const v1::Money& AmountOf(const v1::PaymentChange& change, const Payment& payment) {
  return change.state() == Payment::STATE_CAPTURED ? payment.captured_amount() : payment.amount();
}

// Begins the report of a reference that comes without one: with an import, or in an event that is older than reports. Null when there
// is no reference, or it is that of another movement already.
v1::GatewayReport* BeginReport(const std::string& reference, v1::Order* order) {
  const auto& reports = order->gateway_reports();
  if (reference.empty() ||
      std::any_of(reports.begin(), reports.end(),
                  [&](const v1::GatewayReport& each) { return each.reference() == reference; })) {
    return nullptr;
  }
  v1::GatewayReport* const report = order->add_gateway_reports();
  report->set_reference(reference);
  return report;
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
  const v1::GatewayReport* const report = FindReport(input.order(), change.gateway_reference());
  PaymentReport found;
  found.standing = FindElement(
      input, report, report == nullptr ? "" : report->payment_id(), change.payment_id(),
      [](const v1::Order& order, const std::string& id) { return FindPayment(order, id); },
      &found.payment);
  if (found.standing == ReportStanding::kNew && report != nullptr) {
    found.standing = StandingOf(*report, change, [&](const v1::GatewayFact& fact) {
      return fact.payment_state() == change.state();
    });
  }
  if (found.standing != ReportStanding::kNew) return found;
  if (found.payment == nullptr || !IsKnown(change, *found.payment)) return found;
  if (Differs(change.has_amount(), change.amount(), true, AmountOf(change, *found.payment))) {
    return found;
  }
  found.is_known = true;
  if (SaysNothing(report, change, change.state() == Payment::STATE_AUTHORIZED)) {
    found.standing = ReportStanding::kSame;
  }
  return found;
}

RefundReport FindReported(const v1::OrderDecisionInput& input, const v1::RefundChange& change) {
  const v1::GatewayReport* const report = FindReport(input.order(), change.gateway_reference());
  RefundReport found;
  found.standing = FindElement(input, report, report == nullptr ? "" : report->refund_id(),
                               change.refund_id(), &FindRefund, &found.refund);
  if (found.standing == ReportStanding::kNew && report != nullptr) {
    found.standing = StandingOf(*report, change, [&](const v1::GatewayFact& fact) {
      return fact.refund_state() == change.state();
    });
  }
  if (found.standing != ReportStanding::kNew) return found;
  if (found.refund == nullptr ||
      Differs(change.has_amount(), change.amount(), true, found.refund->amount())) {
    return found;
  }
  // That a refund is on its way is known of each.
  if (found.refund->state() != change.state() && change.state() != Refund::STATE_PENDING) {
    return found;
  }
  found.is_known = true;
  if (SaysNothing(report, change, change.state() == Refund::STATE_PENDING)) {
    found.standing = ReportStanding::kSame;
  }
  return found;
}

Dispute::Stage StageOf(const v1::RecordDispute& change, const Dispute* dispute) {
  if (change.stage() != Dispute::STAGE_UNSPECIFIED) return change.stage();
  return dispute == nullptr ? Dispute::STAGE_CHARGEBACK : dispute->stage();
}

DisputeReport FindReported(const v1::OrderDecisionInput& input, const v1::RecordDispute& change) {
  const v1::GatewayReport* const report = FindReport(input.order(), change.gateway_reference());
  DisputeReport found;
  found.standing = FindElement(
      input, report, report == nullptr ? "" : report->dispute_id(), change.dispute_id(),
      [](const v1::Order& order, const std::string& id) { return FindDispute(order, id); },
      &found.dispute);
  if (found.standing != ReportStanding::kNew || found.dispute == nullptr) return found;
  const Dispute::Stage stage = StageOf(change, found.dispute);
  found.is_known = found.dispute->state() == change.state() && found.dispute->stage() == stage &&
                   !Differs(change.has_amount(), change.amount(), true, found.dispute->amount());
  const bool has_news = HasNews(change, *found.dispute);
  if (report == nullptr) {
    if (found.is_known && !has_news && change.gateway_reference().empty() &&
        IsAbout(change, *found.dispute)) {
      found.standing = ReportStanding::kSame;
    }
    return found;
  }
  if (!IsAbout(change, *found.dispute)) {
    found.standing = ReportStanding::kConflict;
    return found;
  }
  found.standing = StandingOf(*report, change, [&](const v1::GatewayFact& fact) {
    return fact.dispute_state() == change.state() && fact.dispute_stage() == stage;
  });
  if (found.standing == ReportStanding::kSame && found.is_known && has_news) {
    found.standing = ReportStanding::kNew;
  }
  return found;
}

bool MayBecome(absl::Span<const PaymentTransition> transitions, int from, int to) {
  return std::any_of(transitions.begin(), transitions.end(),
                     [&](const PaymentTransition& transition) {
                       return transition.from == from && transition.to == to;
                     });
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

void ReportPayment(const v1::Payment& payment, const v1::Event& event, v1::Order* order) {
  v1::GatewayReport* const report = BeginReport(payment.gateway_reference(), order);
  if (report == nullptr) return;
  report->set_payment_id(payment.payment_id());
  const auto add = [&](v1::Payment::State state, const v1::Money& amount) {
    v1::GatewayFact& fact = *report->add_facts();
    fact.set_payment_state(state);
    *fact.mutable_amount() = amount;
    if (event.has_time()) *fact.mutable_time() = event.time();
  };
  const bool is_captured = payment.state() == v1::Payment::STATE_CAPTURED;
  if (is_captured || payment.captured_amount().units() > 0) {
    add(v1::Payment::STATE_CAPTURED, payment.captured_amount());
  }
  if (!is_captured) add(payment.state(), payment.amount());
}

void ReportRefund(const v1::Refund& refund, const v1::Event& event, v1::Order* order) {
  v1::GatewayReport* const report = BeginReport(refund.gateway_reference(), order);
  if (report == nullptr) return;
  report->set_refund_id(refund.refund_id());
  v1::GatewayFact& fact = *report->add_facts();
  fact.set_refund_state(refund.state());
  *fact.mutable_amount() = refund.amount();
  if (event.has_time()) *fact.mutable_time() = event.time();
}

void ReportDispute(const v1::Dispute& dispute, const v1::Event& event, v1::Order* order) {
  v1::GatewayReport* const report = BeginReport(dispute.gateway_reference(), order);
  if (report == nullptr) return;
  report->set_dispute_id(dispute.dispute_id());
  v1::GatewayFact& fact = *report->add_facts();
  fact.set_dispute_state(dispute.state());
  fact.set_dispute_stage(dispute.stage());
  *fact.mutable_amount() = dispute.amount();
  if (event.has_time()) *fact.mutable_time() = event.time();
}

void KeepReport(const v1::GatewayReport& report, v1::Order* order) {
  if (report.reference().empty()) return;
  for (v1::GatewayReport& known : *order->mutable_gateway_reports()) {
    if (known.reference() != report.reference()) continue;
    known = report;
    return;
  }
  *order->add_gateway_reports() = report;
}

}  // namespace domain
}  // namespace frontdesk
