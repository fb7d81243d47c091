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
#include "domain/order/order_match.h"
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

v1::MoneyRoute OrderDraft::RouteOf(const v1::PaymentMethod& method) const {
  v1::MoneyRoute route;
  route.set_customer_id(input().customer().customer_id());
  if (!method.last_four().empty()) route.set_last_four(method.last_four());
  if (!method.gateway_token().empty()) route.set_gateway_token(method.gateway_token());
  route.set_payment_method_id(method.payment_method_id());
  route.set_kind(method.kind());
  if (!method.account_id().empty()) route.set_account_id(method.account_id());
  return route;
}

v1::MoneyRoute OrderDraft::RouteBack(const v1::MoneyRoute& route,
                                     const v1::PaymentMethod* instead) const {
  if (instead == nullptr || route.account_id().empty()) return route;
  return IsAccountOver(input(), route.account_id()) ? RouteOf(*instead) : route;
}

v1::Event OrderDraft::NewEvent() const {
  return MakeEvent(v1::ENTITY_KIND_ORDER, order_->order_id(), OccasionOf(input()));
}

void OrderDraft::AddEvent(v1::Event event) {
  status_.Update(CheckApplicable(event, *order_));
  if (event.order().payment_recorded().has_payment()) {
    v1::Payment& payment = *event.mutable_order()->mutable_payment_recorded()->mutable_payment();
    // The fold knows older events by its absence; an imported payment may lack it.
    if (!payment.has_disputed_amount()) {
      *payment.mutable_disputed_amount() = InOrderCurrency(*order_, 0);
    }
    numbers_.Count(payment.sequence(), payment.payment_id());
  } else if (event.order().has_order_refunded()) {
    const v1::Refund& refund = event.order().order_refunded().refund();
    numbers_.Count(refund.sequence(), refund.refund_id());
  } else if (event.order().has_items_changed()) {
    Tax().ChangeItems(event.order().items_changed());
  }
  decided().events.push_back(std::move(event));
}

void OrderDraft::Post(bool credit, const v1::MoneyRoute& route, int64_t units) {
  CheckAccount(credit, route);
  decided().postings.push_back({credit, route.account_id(), InOrderCurrency(*order_, units),
                                credit ? "refund" : "payment", order_->order_id(), ""});
}

void OrderDraft::RefuseOnce(const Reason& reason) {
  for (const v1::Refusal& refusal : decided().refusals) {
    if (refusal.reason() == reason.word) return;
  }
  Draft::Refuse(reason, "");
}

void OrderDraft::CheckAccount(bool credit, const v1::MoneyRoute& route) {
  const v1::Account* const account = FindAccount(input(), route.account_id());
  if (credit && account != nullptr && IsOver(*account, input().now())) {
    RefuseOnce(account->state() == v1::Account::STATE_CLOSED ? kReasonOrderAccountClosed
                                                             : kReasonOrderAccountExpired);
  }
  const bool goes_back =
      credit && std::any_of(order_->payments().begin(), order_->payments().end(),
                            [&](const v1::Payment& payment) {
                              return payment.route().account_id() == route.account_id();
                            });
  if (goes_back) return;
  if (account == nullptr) return;  // Refused in the end, once.
  if (!FitsKind(route.kind(), *account)) RefuseOnce(kReasonOrderAccountKind);
  // An order that was imported may name a customer that the desk does not know.
  if (account->customer_id() == CustomerId() || MayBeUsedBy(input().customer(), *account)) return;
  RefuseOnce(kReasonOrderAccountForeign);
}

const std::string& OrderDraft::CustomerId() const {
  return input().command().has_place_order() ? input().command().place_order().customer_id()
                                             : order_->customer_id();
}

v1::Payment OrderDraft::NewPayment(const v1::MoneyRoute& route, int64_t units) const {
  v1::Payment payment;
  payment.set_sequence(numbers_.NextSequence());
  payment.set_payment_id(numbers_.NewId("payment"));
  *payment.mutable_route() = route;
  *payment.mutable_amount() = InOrderCurrency(*order_, units);
  *payment.mutable_captured_amount() = InOrderCurrency(*order_, 0);
  *payment.mutable_refunded_amount() = InOrderCurrency(*order_, 0);
  *payment.mutable_refund_pending_amount() = InOrderCurrency(*order_, 0);
  *payment.mutable_disputed_amount() = InOrderCurrency(*order_, 0);
  if (input().has_now()) *payment.mutable_time() = input().now();
  return payment;
}

v1::Payment OrderDraft::StartPayment(const v1::MoneyRoute& route, int64_t units,
                                     v1::Settlement settlement) {
  v1::Payment payment = NewPayment(route, units);
  numbers_.Count(payment.sequence(), payment.payment_id());
  const bool stored_value = IsStoredValue(route.kind());
  if (stored_value || settlement == v1::SETTLEMENT_DONE || units == 0) {
    payment.set_state(v1::Payment::STATE_CAPTURED);
    payment.mutable_captured_amount()->set_units(units);
    if (stored_value && units > 0) Post(false, route, units);
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

void OrderDraft::CheckOpenPayments(int added) {
  if (order_->payments_size() + added > kMaxOpenPayments) RefuseOnce(kReasonOrderPaymentsTooMany);
}

void OrderDraft::Close(const v1::Payment& payment) {
  v1::VoidPayment& effect = *AddEffect(order_->order_id()).mutable_order()->mutable_void_payment();
  effect.set_payment_id(payment.payment_id());
  *effect.mutable_route() = payment.route();
  v1::Event event = NewEvent();
  v1::Payment& closed = *event.mutable_order()->mutable_payment_recorded()->mutable_payment();
  closed = payment;
  closed.set_state(payment.captured_amount().units() > 0 ? v1::Payment::STATE_CAPTURED
                                                         : v1::Payment::STATE_VOIDED);
  AddEvent(std::move(event));
}

int64_t OrderDraft::Lower(int64_t units) {
  for (auto payment = order_->payments().rbegin(); payment != order_->payments().rend();
       ++payment) {
    if (units == 0) break;
    const int64_t open = OpenUnits(*payment, input().now());
    if (open == 0) continue;
    if (open <= units) {
      Close(*payment);
      units -= open;
      continue;
    }
    v1::Event event = NewEvent();
    v1::Payment& lowered = *event.mutable_order()->mutable_payment_recorded()->mutable_payment();
    lowered = *payment;
    lowered.mutable_amount()->set_units(payment->amount().units() - units);
    v1::LowerPayment& effect =
        *AddEffect(order_->order_id()).mutable_order()->mutable_lower_payment();
    effect.set_payment_id(payment->payment_id());
    *effect.mutable_route() = payment->route();
    *effect.mutable_amount() = lowered.amount();
    AddEvent(std::move(event));
    units = 0;
  }
  return units;
}

void OrderDraft::GiveBack(int64_t units, const v1::PaymentMethod* method, RefundContent content,
                          v1::Settlement settlement) {
  units = Lower(units);
  if (units > 0) PayBack(units, method, nullptr, std::move(content), settlement);
}

void OrderDraft::PayBack(int64_t units, const v1::PaymentMethod* method,
                         const v1::PaymentMethod* instead, RefundContent content,
                         v1::Settlement settlement) {
  if (method != nullptr) {
    Refund(RouteOf(*method), TakeParts(*order_, method->payment_method_id(), units),
           std::move(content), settlement);
    return;
  }
  for (const v1::RefundPart& part : TakeParts(*order_, "", units)) {
    Refund(RouteBack(FindPayment(*order_, part.payment_id())->route(), instead), {part},
           TakeContent(part.amount().units(), units, &content), settlement);
    units -= part.amount().units();
  }
}

void OrderDraft::PayShares(const std::vector<std::pair<const v1::PaymentMethod*, int64_t>>& shares,
                           v1::Settlement settlement) {
  CheckOpenPayments(static_cast<int>(shares.size()));
  for (const auto& [method, units] : shares) {
    v1::Event event = NewEvent();
    *event.mutable_order()->mutable_payment_recorded()->mutable_payment() =
        StartPayment(RouteOf(*method), units, settlement);
    AddEvent(std::move(event));
  }
}

void OrderDraft::ContestRefunds(absl::string_view payment_id) {
  for (const v1::Refund& refund : order_->refunds()) {
    if (refund.state() != v1::Refund::STATE_PENDING || refund.is_contested() ||
        std::none_of(refund.parts().begin(), refund.parts().end(),
                     [&](const v1::RefundPart& part) { return part.payment_id() == payment_id; })) {
      continue;
    }
    v1::Event event = NewEvent();
    v1::Refund& contested = *event.mutable_order()->mutable_payment_recorded()->mutable_refund();
    contested = refund;
    contested.set_is_contested(true);
    AddEvent(std::move(event));
    v1::WithdrawRefund& effect =
        *AddEffect(order_->order_id()).mutable_order()->mutable_withdraw_refund();
    effect.set_refund_id(refund.refund_id());
    *effect.mutable_route() = refund.route();
  }
}

RefundTax& OrderDraft::Tax() {
  if (!tax_.has_value()) tax_.emplace(*order_);
  return *tax_;
}

v1::Refund OrderDraft::NewRefund(const v1::MoneyRoute& route, std::vector<v1::RefundPart> parts,
                                 RefundContent content, bool dead) {
  v1::Refund refund;
  refund.set_sequence(numbers_.NextSequence());
  refund.set_refund_id(numbers_.NewId("refund"));
  *refund.mutable_route() = route;
  int64_t units = 0;
  for (const v1::RefundPart& part : parts) units += part.amount().units();
  *refund.mutable_amount() = InOrderCurrency(*order_, units);
  for (v1::RefundPart& part : parts) *refund.add_parts() = std::move(part);
  for (v1::LineAmount& line : content.lines) *refund.add_lines() = std::move(line);
  if (content.shipping > 0) {
    *refund.mutable_shipping_amount() = InOrderCurrency(*order_, content.shipping);
  }
  if (content.fees > 0) *refund.mutable_fee_amount() = InOrderCurrency(*order_, content.fees);
  refund.set_cause(content.cause);
  refund.set_reason(std::move(content.reason));
  if (input().has_now()) *refund.mutable_time() = input().now();
  if (!dead) status_.Update(Tax().Set(units - content.shipping - content.fees, &refund));
  return refund;
}

void OrderDraft::Refund(const v1::MoneyRoute& route, std::vector<v1::RefundPart> parts,
                        RefundContent content, v1::Settlement settlement) {
  for (const v1::RefundPart& part : parts) {
    const v1::Payment* const payment = FindPayment(*order_, part.payment_id());
    if (payment != nullptr && IsStoredValue(payment->route().kind()) &&
        !IsStoredValue(route.kind()) && part.amount().units() > 0 && !allows_cash_out_) {
      RefuseOnce(kReasonOrderCashOut);
    }
  }
  v1::Event event = NewEvent();
  v1::Refund& refund = *event.mutable_order()->mutable_order_refunded()->mutable_refund();
  refund = NewRefund(route, std::move(parts), std::move(content));
  const int64_t units = refund.amount().units();
  const bool stored_value = IsStoredValue(route.kind());
  if (stored_value || settlement == v1::SETTLEMENT_DONE || units == 0) {
    refund.set_state(v1::Refund::STATE_SUCCEEDED);
    // Nothing goes back for an even exchange of items.
    const bool is_nothing = units == 0 && refund.cause() == v1::REFUND_CAUSE_ITEM_CHANGE;
    if (stored_value && !is_nothing) Post(true, route, units);
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
