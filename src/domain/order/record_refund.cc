#include "domain/order/record_refund.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "domain/order/gateway_reports.h"
#include "domain/order/order_arguments.h"
#include "domain/order/order_item_changes.h"
#include "domain/order/order_match.h"
#include "domain/order/order_money.h"
#include "domain/order/refunded_items.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/domain/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Refund;

// The payment, or the one captured last, which may not be loaded since it is finished; null when there is none.
const v1::Payment* FindAnyPayment(const v1::Order& order, absl::string_view payment_id) {
  const v1::Payment* const found = FindPayment(order, payment_id);
  if (found != nullptr) return found;
  return order.has_last_captured_payment() &&
                 order.last_captured_payment().payment_id() == payment_id
             ? &order.last_captured_payment()
             : nullptr;
}

// Whether its payments hold its parts.
bool IsCovered(const v1::Order& order, const Refund& refund) {
  return std::all_of(refund.parts().begin(), refund.parts().end(), [&](const v1::RefundPart& part) {
    const v1::Payment* const payment = FindPayment(order, part.payment_id());
    return payment != nullptr && part.amount().units() <= HeldUnits(*payment);
  });
}

// Lowers the content of a refund that comes into force again to the rest of it: the same may have been refunded in its place.
absl::Status TakeWhatIsLeft(OrderDraft* draft, Refund* refund) {
  const v1::Order& order = draft->order();
  std::vector<v1::LineAmount> lines;
  for (v1::LineAmount& entry : *refund->mutable_lines()) {
    const v1::OrderLine* const line = FindLine(order, entry.line_id());
    if (line == nullptr) continue;
    const int64_t gone = line->refunded_amount().units() + line->withheld_amount().units() +
                         line->canceled_amount().units();
    const int64_t left = std::max<int64_t>(0, line->net_amount().units() - gone);
    const int64_t units = std::min(left, entry.amount().units());
    entry.mutable_amount()->set_units(units);
    const int64_t withheld = std::min(left - units, entry.withheld_amount().units());
    if (entry.has_withheld_amount()) entry.mutable_withheld_amount()->set_units(withheld);
    entry.set_quantity(std::min(entry.quantity(), RefundableQuantity(*line)));
    lines.push_back(std::move(entry));
  }
  *refund->mutable_lines() = {lines.begin(), lines.end()};
  const int64_t shipping = std::min(refund->shipping_amount().units(), ShippingLeft(order));
  if (refund->has_shipping_amount()) refund->mutable_shipping_amount()->set_units(shipping);
  const int64_t fees = std::min(refund->fee_amount().units(), FeesLeft(order));
  if (refund->has_fee_amount()) refund->mutable_fee_amount()->set_units(fees);
  refund->clear_tax_amount();
  return draft->Tax().Set(refund->amount().units() - shipping - fees, refund);
}

// Events of the finished payments that a refund is paid from, after it came back or succeeded after all: they are not in the state.
void AddFinishedPayments(const Refund& after, OrderDraft* draft) {
  const v1::Order& order = draft->order();
  const int sign = IsInForce(after) ? 1 : -1;
  for (const v1::Payment& finished : order.finished_payments()) {
    int64_t units = 0;
    for (const v1::RefundPart& part : after.parts()) {
      if (part.payment_id() == finished.payment_id()) units += part.amount().units();
    }
    if (units == 0) continue;
    v1::Event event = draft->NewEvent();
    v1::Payment& payment = *event.mutable_order()->mutable_payment_recorded()->mutable_payment();
    payment = finished;
    *payment.mutable_refunded_amount() =
        InOrderCurrency(order, finished.refunded_amount().units() + sign * units);
    draft->AddEvent(std::move(event));
  }
}

absl::Status ChangeRefund(const v1::RefundChange& change, bool is_known, const Refund& known,
                          OrderDraft* draft) {
  v1::Event event = draft->NewEvent();
  v1::PaymentRecorded& fact = *event.mutable_order()->mutable_payment_recorded();
  Refund& refund = *fact.mutable_refund();
  refund = known;
  // A finished refund is not in the state that the event is folded into.
  if (IsFinished(known)) fact.set_prior_refund_state(known.state());
  if (!is_known) {
    refund.set_state(change.state());
    refund.set_failure_code(change.failure_code());
    if (!IsInForce(known) && IsInForce(refund)) {
      FRONTDESK_RETURN_IF_ERROR(TakeWhatIsLeft(draft, &refund));
    }
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
  const bool changes = !is_known && known.state() != Refund::STATE_PENDING;
  const Refund after = refund;
  draft->AddEvent(std::move(event));
  if (changes) AddFinishedPayments(after, draft);
  return absl::OkStatus();
}

// The payments that a refund of `units` that began outside is paid from; none when they do not hold it. A refund that failed needs no money.
// Stored value is refunded by the desk only, and so never outside.
std::vector<v1::RefundPart> PartsOutside(const v1::RefundChange& change, int64_t units,
                                         bool is_in_force, const v1::Order& order) {
  v1::Order outside;
  outside.set_currency_code(order.currency_code());
  for (const v1::Payment& payment : order.payments()) {
    const bool is_meant =
        change.payment_id().empty() || payment.payment_id() == change.payment_id();
    if (is_meant && !IsStoredValue(payment.route().kind())) *outside.add_payments() = payment;
  }
  const bool is_held = units <= HeldUnits(outside);
  if (is_held && units > 0) return TakeParts(outside, change.payment_method_id(), units);
  if (!is_held && is_in_force) return {};
  // A refund of nothing, or one that failed.
  const v1::Payment* payment = &order.last_captured_payment();
  if (!change.payment_id().empty()) {
    payment = FindPayment(order, change.payment_id());
  } else if (!outside.payments().empty()) {
    payment = &*outside.payments().rbegin();
  }
  if (payment->payment_id().empty() || IsStoredValue(payment->route().kind())) return {};
  v1::RefundPart part;
  part.set_payment_id(payment->payment_id());
  *part.mutable_amount() = InOrderCurrency(order, units);
  return {part};
}

// Refuses parts of a refund that began outside that the order does not have.
std::vector<MatchedItem> ResolveOutside(const v1::RefundChange& change, OrderDraft* draft) {
  const v1::Order& order = draft->order();
  const FieldPath root{&draft->root(), "refund"};
  const FieldPath amount{&root, "amount"};
  if (!change.has_amount() && change.items().empty()) {
    draft->Refuse("AMOUNT", &amount);
  } else if (change.has_amount() && change.amount().currency_code() != order.currency_code()) {
    draft->Refuse("CURRENCY", &amount);
  }
  const v1::PaymentMethod* const method = draft->FindMethod(change.payment_method_id());
  if (method == nullptr && !change.payment_method_id().empty()) {
    const FieldPath field{&root, "payment_method_id"};
    draft->Refuse("PAYMENT_METHOD_UNKNOWN", &field);
  }
  const v1::Payment* const payment = FindPayment(order, change.payment_id());
  if (payment == nullptr && !change.payment_id().empty()) {
    const FieldPath field{&root, "payment_id"};
    draft->Refuse("PAYMENT_UNKNOWN", &field);
  }
  if (!MayBecome(RefundTransitions(), Refund::STATE_UNSPECIFIED, change.state()) ||
      (method != nullptr && IsStoredValue(method->kind())) ||
      (payment != nullptr && IsStoredValue(payment->route().kind()))) {
    const FieldPath field{&root, "state"};
    draft->Refuse("TRANSITION", &field);
  }
  std::vector<MatchedItem> items = MatchRefundItems(order, change.cause(), change.items());
  for (int i = 0; i < change.items_size(); ++i) {
    RefuseUnmatched({&root, "items", i}, items[i], draft);
  }
  return items;
}

// Adds the event of a refund that began outside.
void AddRefundOutside(const v1::RefundChange& change, std::vector<v1::RefundPart> parts,
                      RefundContent content, OrderDraft* draft) {
  const v1::PaymentMethod* const method = draft->FindMethod(change.payment_method_id());
  const v1::MoneyRoute route =
      method != nullptr ? draft->RouteOf(*method)
                        : FindAnyPayment(draft->order(), parts.front().payment_id())->route();
  const bool is_dead =
      change.state() != Refund::STATE_PENDING && change.state() != Refund::STATE_SUCCEEDED;
  v1::Event event = draft->NewEvent();
  Refund& refund = *event.mutable_order()->mutable_order_refunded()->mutable_refund();
  refund = draft->NewRefund(route, std::move(parts), std::move(content), is_dead);
  if (!change.refund_id().empty()) refund.set_refund_id(change.refund_id());
  refund.set_state(change.state());
  refund.set_gateway_reference(change.gateway_reference());
  refund.set_note(change.note());
  refund.set_failure_code(change.failure_code());
  refund.set_is_external(true);
  v1::GatewayFact reported;
  reported.set_refund_state(change.state());
  *reported.mutable_amount() = refund.amount();
  v1::GatewayReport report =
      AddFact(draft->input(), change.gateway_reference(), std::move(reported));
  if (!report.reference().empty()) {
    report.set_refund_id(refund.refund_id());
    *event.mutable_order()->mutable_order_refunded()->mutable_report() = std::move(report);
  }
  draft->AddEvent(std::move(event));
}

// Decides the report of a refund that the order does not have yet.
absl::Status RecordNewRefund(const v1::RefundChange& change, OrderDraft* draft) {
  const v1::Order& order = draft->order();
  const FieldPath root{&draft->root(), "refund"};
  if (change.cause() == v1::REFUND_CAUSE_UNSPECIFIED) {
    const FieldPath field{&root, "refund_id"};
    draft->Refuse("REFUND_UNKNOWN", &field);
    return absl::OkStatus();
  }
  const std::vector<MatchedItem> items = ResolveOutside(change, draft);
  if (draft->refused()) return absl::OkStatus();
  const FieldPath amount{&root, "amount"};
  RefundedItems refunded;
  if (!items.empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(refunded,
                               RefundItems(order, change.cause(), items,
                                           change.has_amount() ? &change.amount() : nullptr));
    if (!refunded.covers_amount) {
      draft->Refuse("EXCEEDS_ITEMS", &amount);
      return absl::OkStatus();
    }
  }
  const int64_t units = items.empty() ? change.amount().units() : SumUnits(refunded.lines);
  const bool is_in_force =
      change.state() == Refund::STATE_PENDING || change.state() == Refund::STATE_SUCCEEDED;
  std::vector<v1::RefundPart> parts = PartsOutside(change, units, is_in_force, order);
  if (parts.empty()) {
    draft->Refuse("EXCEEDS_HELD", change.has_amount() ? &amount : nullptr);
    return absl::OkStatus();
  }
  RefundContent content(change.cause());
  content.reason = change.reason();
  if (is_in_force && AddItemEvents(refunded, change.cause(), change.reason(), draft)) {
    AskOnlyForKept(units, refunded.lines, draft);
  }
  content.lines = std::move(refunded.refund_lines);
  AddRefundOutside(change, std::move(parts), std::move(content), draft);
  return absl::OkStatus();
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
  checker->CheckEnum({&root, "cause"}, change.cause(), v1::RefundCause_IsValid(change.cause()));
  CheckContent(root, change.cause(), change.reason(), change.items(), checker);
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
  if (reported.refund == nullptr) return RecordNewRefund(change, draft);
  const Refund& known = *reported.refund;
  if (IsStoredValue(known.route().kind()) ||
      (!reported.is_known && !MayBecome(RefundTransitions(), known.state(), change.state()))) {
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
  return ChangeRefund(change, reported.is_known, known, draft);
}

}  // namespace domain
}  // namespace frontdesk
