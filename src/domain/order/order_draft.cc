#include "domain/order/order_draft.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "domain/event_maker.h"
#include "domain/order/order_fold.h"
#include "domain/order/order_money.h"
#include "domain/stored_value.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/domain/order/reasons.h"

namespace frontdesk {
namespace domain {

OrderDraft::OrderDraft(const v1::OrderDecisionInput& input, const CommandInfo& info)
    : Draft(input, info), order_(&input.order()) {
  if (info.creates) {
    begun_.emplace();
    begun_->set_order_id(input.command().has_import_order()
                             ? input.command().import_order().order().order_id()
                             : input.command().place_order().order_id());
    begun_->set_currency_code(input.command().place_order().currency_code());
    order_ = &*begun_;
  }
  numbers_ = NumbersOf(*order_);
}

void OrderDraft::Refuse(absl::string_view suffix, const FieldPath* field) {
  const std::string word = absl::StrCat(info().reason_prefix, "_", suffix);
  const Reason* reason = FindReason(kOrderReasons, word);
  Draft::Refuse(word, field == nullptr ? "" : field->ToString(),
                reason == nullptr ? word : std::string(reason->text));
}

const v1::PaymentMethod* OrderDraft::FindMethod(absl::string_view payment_method_id) const {
  for (const v1::PaymentMethod& method : input().customer().payment_methods()) {
    if (method.payment_method_id() == payment_method_id) return &method;
  }
  return nullptr;
}

v1::MoneyRoute OrderDraft::RouteOf(const v1::PaymentMethod& method) {
  v1::MoneyRoute route;
  route.set_payment_method_id(method.payment_method_id());
  route.set_kind(method.kind());
  if (!method.account_id().empty()) route.set_account_id(method.account_id());
  return route;
}

v1::Event OrderDraft::NewEvent() const {
  return MakeEvent(v1::ENTITY_KIND_ORDER, order_->order_id(), OccasionOf(input()));
}

void OrderDraft::AddEvent(v1::Event event) {
  status_.Update(CheckApplicable(event, *order_));
  if (event.order().payment_recorded().has_payment()) {
    const v1::Payment& payment = event.order().payment_recorded().payment();
    numbers_.Count(payment.sequence(), payment.payment_id());
  } else if (event.order().has_order_refunded()) {
    const v1::Refund& refund = event.order().order_refunded().refund();
    numbers_.Count(refund.sequence(), refund.refund_id());
  }
  decided().events.push_back(std::move(event));
}

void OrderDraft::Post(bool credit, const v1::MoneyRoute& route, int64_t units) {
  CheckAccount(credit, route);
  decided().postings.push_back({credit, route.account_id(), InOrderCurrency(*order_, units),
                                credit ? "refund" : "payment", order_->order_id()});
}

void OrderDraft::CheckAccount(bool credit, const v1::MoneyRoute& route) {
  const bool goes_back =
      credit && std::any_of(order_->payments().begin(), order_->payments().end(),
                            [&](const v1::Payment& payment) {
                              return payment.route().account_id() == route.account_id();
                            });
  if (goes_back) return;
  const auto account = std::find_if(
      input().accounts().begin(), input().accounts().end(),
      [&](const v1::Account& each) { return each.account_id() == route.account_id(); });
  if (account == input().accounts().end()) return;  // Refused in the end, once.
  if (!FitsKind(route.kind(), *account)) Draft::Refuse(kReasonOrderAccountKind, "");
  // An order that was imported may name a customer that the desk does not know.
  if (account->customer_id() == CustomerId() || MayBeUsedBy(input().customer(), *account)) return;
  Draft::Refuse(kReasonOrderAccountForeign, "");
}

const std::string& OrderDraft::CustomerId() const {
  return input().command().has_place_order() ? input().command().place_order().customer_id()
                                             : order_->customer_id();
}

v1::Payment OrderDraft::StartPayment(const v1::MoneyRoute& route, int64_t units,
                                     v1::Settlement settlement) {
  v1::Payment payment;
  payment.set_sequence(numbers_.NextSequence());
  payment.set_payment_id(numbers_.NewId("payment"));
  *payment.mutable_route() = route;
  *payment.mutable_amount() = InOrderCurrency(*order_, units);
  *payment.mutable_captured_amount() = InOrderCurrency(*order_, 0);
  *payment.mutable_refunded_amount() = InOrderCurrency(*order_, 0);
  *payment.mutable_refund_pending_amount() = InOrderCurrency(*order_, 0);
  if (input().has_now()) *payment.mutable_time() = input().now();
  const bool stored_value = IsStoredValue(route.kind());
  if (stored_value || settlement == v1::SETTLEMENT_DONE || units == 0) {
    payment.set_state(v1::Payment::STATE_CAPTURED);
    payment.mutable_captured_amount()->set_units(units);
    if (stored_value) Post(false, route, units);
    return payment;
  }
  payment.set_state(v1::Payment::STATE_REQUESTED);
  v1::CapturePayment& effect =
      *AddEffect(order_->order_id()).mutable_order()->mutable_capture_payment();
  effect.set_payment_id(payment.payment_id());
  *effect.mutable_route() = route;
  *effect.mutable_amount() = payment.amount();
  return payment;
}

void OrderDraft::CheckOpenPayments() {
  if (order_->payments_size() < kMaxOpenPayments) return;
  Draft::Refuse(kReasonOrderPaymentsTooMany, "");
}

void OrderDraft::Pay(const v1::MoneyRoute& route, int64_t units, v1::Settlement settlement) {
  CheckOpenPayments();
  v1::Event event = NewEvent();
  *event.mutable_order()->mutable_payment_recorded()->mutable_payment() =
      StartPayment(route, units, settlement);
  AddEvent(std::move(event));
}

void OrderDraft::Void(const v1::Payment& payment) {
  v1::VoidPayment& effect = *AddEffect(order_->order_id()).mutable_order()->mutable_void_payment();
  effect.set_payment_id(payment.payment_id());
  *effect.mutable_route() = payment.route();
  v1::Event event = NewEvent();
  v1::Payment& voided = *event.mutable_order()->mutable_payment_recorded()->mutable_payment();
  voided = payment;
  voided.set_state(v1::Payment::STATE_VOIDED);
  AddEvent(std::move(event));
}

void OrderDraft::Refund(const v1::MoneyRoute& route, std::vector<v1::RefundPart> parts,
                        v1::RefundCause cause, std::vector<v1::LineAmount> lines,
                        v1::Settlement settlement) {
  int64_t units = 0;
  for (const v1::RefundPart& part : parts) units += part.amount().units();
  v1::Event event = NewEvent();
  v1::Refund& refund = *event.mutable_order()->mutable_order_refunded()->mutable_refund();
  refund.set_sequence(numbers_.NextSequence());
  refund.set_refund_id(numbers_.NewId("refund"));
  *refund.mutable_route() = route;
  *refund.mutable_amount() = InOrderCurrency(*order_, units);
  for (v1::RefundPart& part : parts) *refund.add_parts() = std::move(part);
  for (v1::LineAmount& line : lines) *refund.add_lines() = std::move(line);
  refund.set_cause(cause);
  if (input().has_now()) *refund.mutable_time() = input().now();
  const bool stored_value = IsStoredValue(route.kind());
  if (stored_value || settlement == v1::SETTLEMENT_DONE || units == 0) {
    refund.set_state(v1::Refund::STATE_SUCCEEDED);
    if (stored_value) Post(true, route, units);
  } else {
    refund.set_state(v1::Refund::STATE_PENDING);
    v1::SendRefund& effect = *AddEffect(order_->order_id()).mutable_order()->mutable_send_refund();
    effect.set_refund_id(refund.refund_id());
    *effect.mutable_route() = route;
    *effect.mutable_amount() = refund.amount();
  }
  AddEvent(std::move(event));
}

namespace {

// In the order of reasons.h; within one reason as they were found.
void SortByReason(std::vector<v1::Refusal>* refusals) {
  std::vector<std::pair<std::ptrdiff_t, v1::Refusal>> ranked;
  ranked.reserve(refusals->size());
  for (v1::Refusal& refusal : *refusals) {
    const Reason* reason = FindReason(kOrderReasons, refusal.reason());
    const Reason* place = reason == nullptr ? std::end(kOrderReasons) : reason;
    ranked.emplace_back(place - kOrderReasons, std::move(refusal));
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t i = 0; i < ranked.size(); ++i) (*refusals)[i] = std::move(ranked[i].second);
}

}  // namespace

absl::StatusOr<Decided> OrderDraft::Finish() && {
  if (!decided().postings.empty()) {
    std::set<absl::string_view> accounts;
    for (const v1::Account& account : input().accounts()) accounts.insert(account.account_id());
    for (const Posting& posting : decided().postings) {
      if (accounts.insert(posting.account_id).second) Refuse("ACCOUNT_UNKNOWN");
    }
  }
  if (refused()) SortByReason(&decided().refusals);
  if (!refused() && !status_.ok()) return status_;
  return std::move(*this).Draft::Finish();
}

}  // namespace domain
}  // namespace frontdesk
