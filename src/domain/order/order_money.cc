#include "domain/order/order_money.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/order/order.h"

namespace frontdesk {
namespace domain {
namespace {

template <typename List, typename Id>
auto FindIn(List& list, absl::string_view id, Id get_id) {
  auto found = std::find_if(list.begin(), list.end(),
                            [&](const auto& element) { return get_id(element) == id; });
  return found == list.end() ? nullptr : &*found;
}

// The amount held of a payment of which disputes took `disputed`.
int64_t HeldLess(const v1::Payment& payment, __int128 disputed) {
  if (payment.state() != v1::Payment::STATE_CAPTURED &&
      payment.state() != v1::Payment::STATE_AUTHORIZED) {
    return 0;
  }
  return NearestUnits(static_cast<__int128>(payment.captured_amount().units()) -
                      payment.refunded_amount().units() - payment.refund_pending_amount().units() -
                      disputed);
}

// The amount held of a payment, as if disputes that are not decided took nothing.
int64_t HeldWithUndecided(const v1::Order& order, const v1::Payment& payment) {
  if (payment.disputed_amount().units() == 0) return HeldUnits(payment);
  __int128 disputed = payment.disputed_amount().units();
  for (const v1::Dispute& dispute : order.disputes()) {
    if (dispute.payment_id() == payment.payment_id() && IsMoneyAway(dispute) &&
        IsUndecided(dispute)) {
      disputed -= dispute.amount().units();
    }
  }
  return HeldLess(payment, disputed);
}

bool IsLater(const v1::Payment* a, const v1::Payment* b) { return a->sequence() > b->sequence(); }

}  // namespace

int64_t NearestUnits(__int128 units) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  return units < 0 ? 0 : units > kMax ? kMax : static_cast<int64_t>(units);
}

v1::Money InOrderCurrency(const v1::Order& order, int64_t units) {
  v1::Money money;
  money.set_units(units);
  money.set_currency_code(order.currency_code());
  return money;
}

int64_t HeldUnits(const v1::Payment& payment) {
  return HeldLess(payment, payment.disputed_amount().units());
}

int64_t HeldUnits(const v1::Order& order) {
  __int128 sum = 0;
  for (const v1::Payment& payment : order.payments()) sum += HeldUnits(payment);
  return NearestUnits(sum);
}

v1::Money HeldAmount(const v1::Payment& payment) {
  v1::Money money;
  money.set_units(HeldUnits(payment));
  money.set_currency_code(payment.amount().currency_code());
  return money;
}

v1::Money HeldAmount(const v1::Order& order) { return InOrderCurrency(order, HeldUnits(order)); }

int64_t HeldOrUndecidedUnits(const v1::Order& order) {
  __int128 sum = 0;
  for (const v1::Payment& payment : order.payments()) sum += HeldWithUndecided(order, payment);
  return NearestUnits(sum);
}

bool IsOpen(const v1::Payment& payment) {
  return payment.state() == v1::Payment::STATE_REQUESTED ||
         payment.state() == v1::Payment::STATE_AUTHORIZED;
}

int64_t OpenUnits(const v1::Payment& payment, const google::protobuf::Timestamp& now) {
  if (!IsOpen(payment)) return 0;
  if (payment.has_expire_time() && !IsBefore(now, payment.expire_time())) return 0;
  return NearestUnits(static_cast<__int128>(payment.amount().units()) -
                      payment.captured_amount().units());
}

int64_t OpenUnits(const v1::Order& order, const google::protobuf::Timestamp& now) {
  __int128 sum = 0;
  for (const v1::Payment& payment : order.payments()) sum += OpenUnits(payment, now);
  return NearestUnits(sum);
}

int64_t AtMostHeldAndAsked(__int128 units, const v1::Order& order,
                           const google::protobuf::Timestamp& now) {
  const __int128 most = static_cast<__int128>(HeldUnits(order)) + OpenUnits(order, now);
  return NearestUnits(std::min(units, most));
}

bool IsUndecided(const v1::Dispute& dispute) {
  return dispute.state() == v1::Dispute::STATE_OPEN ||
         dispute.state() == v1::Dispute::STATE_UNDER_REVIEW;
}

bool IsMoneyAway(const v1::Dispute& dispute) {
  return dispute.stage() != v1::Dispute::STAGE_INQUIRY &&
         (IsUndecided(dispute) || dispute.state() == v1::Dispute::STATE_LOST);
}

int64_t DisputedUnits(const v1::Order& order, absl::string_view payment_id) {
  __int128 sum = 0;
  for (const v1::Dispute& dispute : order.disputes()) {
    if (dispute.payment_id() == payment_id && IsMoneyAway(dispute)) sum += dispute.amount().units();
  }
  return NearestUnits(sum);
}

int64_t OwedUnitsAtTotal(const v1::Order& order, __int128 total,
                         const google::protobuf::Timestamp& now) {
  __int128 owed = std::max<__int128>(0, total - order.credited_amount().units());
  for (const v1::Payment& payment : order.payments()) {
    owed -= HeldWithUndecided(order, payment);
    owed -= OpenUnits(payment, now);
  }
  return owed < 0 ? -NearestUnits(-owed) : NearestUnits(owed);
}

int64_t OwedUnits(const v1::Order& order, const google::protobuf::Timestamp& now) {
  return OwedUnitsAtTotal(order, order.totals().total().units(), now);
}

int64_t OwedUnitsWith(const v1::Payment& payment, const v1::Order& order,
                      const google::protobuf::Timestamp& now) {
  // Without the lines, which count for nothing here.
  v1::Order changed;
  *changed.mutable_totals() = order.totals();
  *changed.mutable_credited_amount() = order.credited_amount();
  *changed.mutable_disputes() = order.disputes();
  for (const v1::Payment& other : order.payments()) {
    if (other.payment_id() != payment.payment_id()) *changed.add_payments() = other;
  }
  *changed.add_payments() = payment;
  return OwedUnits(changed, now);
}

int64_t UnitsBackAtTotal(const v1::Order& order, __int128 total,
                         const google::protobuf::Timestamp& now) {
  const int64_t cheaper = NearestUnits(order.totals().total().units() - total);
  if (!HasKnownPayments(order)) return cheaper;
  const __int128 above = -static_cast<__int128>(OwedUnitsAtTotal(order, total, now));
  return AtMostHeldAndAsked(std::min<__int128>(cheaper, above), order, now);
}

bool HasKnownPayments(const v1::Order& order) {
  return !order.has_import_source() || order.payment_count() > 0;
}

bool LowersOwed(const v1::Refund& refund) {
  switch (refund.cause()) {
    case v1::REFUND_CAUSE_RETURN:
    case v1::REFUND_CAUSE_EXCHANGE:
    case v1::REFUND_CAUSE_GOODWILL:
    case v1::REFUND_CAUSE_FRAUD:
    case v1::REFUND_CAUSE_LOST:
    case v1::REFUND_CAUSE_PRICE_ADJUSTMENT:
    case v1::REFUND_CAUSE_OTHER:
      return true;
    case v1::REFUND_CAUSE_CANCELLATION:
      return refund.lines_size() > 0;
    default:
      return false;
  }
}

bool IsInForce(const v1::Refund& refund) {
  return refund.state() == v1::Refund::STATE_PENDING ||
         refund.state() == v1::Refund::STATE_SUCCEEDED;
}

absl::Status CheckPaymentsFit(const v1::Order& order, int64_t more) {
  const __int128 sum = static_cast<__int128>(order.requested_amount().units()) + more;
  if (sum <= std::numeric_limits<int64_t>::max()) return absl::OkStatus();
  return MakeError(kReasonMoneyOverflow, "the payments of the order do not fit in 64 bits");
}

v1::RefundPart WholePart(const v1::Order& order, const v1::Payment& payment) {
  v1::RefundPart part;
  part.set_payment_id(payment.payment_id());
  *part.mutable_amount() = InOrderCurrency(order, HeldUnits(payment));
  return part;
}

bool IsStoredValue(v1::PaymentMethod::Kind kind) {
  return kind == v1::PaymentMethod::KIND_GIFT_CARD || kind == v1::PaymentMethod::KIND_STORE_CREDIT;
}

const v1::Payment* FindPayment(const v1::Order& order, absl::string_view payment_id) {
  const auto id_of = [](const v1::Payment& payment) -> const std::string& {
    return payment.payment_id();
  };
  const v1::Payment* found = FindIn(order.payments(), payment_id, id_of);
  return found != nullptr ? found : FindIn(order.finished_payments(), payment_id, id_of);
}

v1::Payment* FindPayment(v1::Order* order, absl::string_view payment_id) {
  return const_cast<v1::Payment*>(FindPayment(std::as_const(*order), payment_id));
}

const v1::Refund* FindRefund(const v1::Order& order, absl::string_view refund_id) {
  const auto id_of = [](const v1::Refund& refund) -> const std::string& {
    return refund.refund_id();
  };
  const v1::Refund* found = FindIn(order.refunds(), refund_id, id_of);
  return found != nullptr ? found : FindIn(order.finished_refunds(), refund_id, id_of);
}

const v1::Dispute* FindDispute(const v1::Order& order, absl::string_view dispute_id) {
  return FindIn(order.disputes(), dispute_id,
                [](const auto& d) -> const std::string& { return d.dispute_id(); });
}

const v1::Shipment* FindShipment(const v1::Order& order, absl::string_view shipment_id) {
  return FindIn(order.shipments(), shipment_id,
                [](const auto& s) -> const std::string& { return s.shipment_id(); });
}

const v1::OrderLine* FindLine(const v1::Order& order, absl::string_view line_id) {
  return FindIn(order.lines(), line_id,
                [](const auto& l) -> const std::string& { return l.line_id(); });
}

v1::OrderLine* FindLine(v1::Order* order, absl::string_view line_id) {
  return FindIn(*order->mutable_lines(), line_id,
                [](const auto& l) -> const std::string& { return l.line_id(); });
}

bool MovementNumbers::Count(int64_t sequence, absl::string_view id) {
  last_id_number = std::max(last_id_number, IdNumber(id));
  if (sequence <= last_sequence) return false;
  last_sequence = sequence;
  return true;
}

int64_t MovementNumbers::NextSequence() const {
  return NearestUnits(static_cast<__int128>(last_sequence) + 1);
}

std::string MovementNumbers::NewId(absl::string_view noun) const {
  return absl::StrCat(noun, "-", NextCount(std::max(last_sequence, last_id_number)));
}

int64_t IdNumber(absl::string_view id) {
  if (!absl::ConsumePrefix(&id, "payment-") && !absl::ConsumePrefix(&id, "refund-")) return 0;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(id, absl::MaxSplits('-', 1));
  int64_t number = 0;
  return absl::SimpleAtoi(parts.first, &number) ? std::max<int64_t>(0, number) : 0;
}

bool IsRefundable(const v1::Payment& payment) {
  if (HeldUnits(payment) > 0) return true;
  return payment.state() == v1::Payment::STATE_CAPTURED && payment.captured_amount().units() == 0 &&
         payment.refund_count() == 0;
}

bool IsFinished(const v1::Payment& payment) {
  return !IsOpen(payment) && !IsRefundable(payment) &&
         payment.refund_pending_amount().units() <= 0 && payment.disputed_amount().units() <= 0;
}

bool IsBy(const v1::MoneyRoute& route, const v1::PaymentMethod& method) {
  // A field that one of the two lacks, as in an import, says nothing.
  const auto differ = [](const std::string& a, const std::string& b) {
    return !a.empty() && !b.empty() && a != b;
  };
  if (route.kind() != method.kind() || differ(route.account_id(), method.account_id()) ||
      differ(route.gateway_token(), method.gateway_token()) ||
      differ(route.last_four(), method.last_four())) {
    return false;
  }
  const bool is_same_thing =
      (!route.account_id().empty() && route.account_id() == method.account_id()) ||
      (!route.gateway_token().empty() && route.gateway_token() == method.gateway_token());
  return is_same_thing || route.payment_method_id() == method.payment_method_id();
}

bool IsMoved(const v1::Payment& payment, const v1::PaymentMethod& method,
             const google::protobuf::Timestamp& now) {
  return !IsBy(payment.route(), method) && (IsRefundable(payment) || OpenUnits(payment, now) > 0);
}

absl::StatusOr<int64_t> MovedUnits(const v1::Order& order, const v1::PaymentMethod& method,
                                   const google::protobuf::Timestamp& now) {
  __int128 units = 0;
  for (const v1::Payment& payment : order.payments()) {
    if (!IsMoved(payment, method, now)) continue;
    units += static_cast<__int128>(HeldUnits(payment)) + OpenUnits(payment, now);
  }
  if (HasKnownPayments(order)) units += std::max<int64_t>(0, OwedUnits(order, now));
  if (units <= std::numeric_limits<int64_t>::max()) return static_cast<int64_t>(units);
  return MakeError(kReasonMoneyOverflow, "the payments of the order do not fit in 64 bits");
}

std::vector<v1::RefundPart> TakeParts(const v1::Order& order, absl::string_view payment_method_id,
                                      int64_t units) {
  std::vector<const v1::Payment*> own;
  std::vector<const v1::Payment*> others;
  for (const v1::Payment& payment : order.payments()) {
    if (HeldUnits(payment) == 0) continue;
    (payment.route().payment_method_id() == payment_method_id ? own : others).push_back(&payment);
  }
  std::stable_sort(own.begin(), own.end(), IsLater);
  std::stable_sort(others.begin(), others.end(), IsLater);
  own.insert(own.end(), others.begin(), others.end());
  std::vector<v1::RefundPart> parts;
  for (const v1::Payment* payment : own) {
    if (units == 0) break;
    const int64_t taken = std::min(units, HeldUnits(*payment));
    v1::RefundPart& part = parts.emplace_back();
    part.set_payment_id(payment->payment_id());
    *part.mutable_amount() = InOrderCurrency(order, taken);
    units -= taken;
  }
  return parts;
}

v1::Order::State StateOfGoods(const v1::Order& order) {
  bool shipped = true;
  bool delivered = true;
  for (const v1::OrderLine& line : order.lines()) {
    shipped = shipped && UnshippedQuantity(line) == 0;
    delivered = delivered && UndeliveredQuantity(line) == 0;
  }
  if (!shipped) return v1::Order::STATE_PROCESSING;
  return delivered ? v1::Order::STATE_DELIVERED : v1::Order::STATE_SHIPPED;
}

int64_t UnshippedQuantity(const v1::OrderLine& line) {
  const v1::LineQuantities& pieces = line.quantities();
  return NearestUnits(static_cast<__int128>(pieces.ordered()) - pieces.shipped() -
                      pieces.canceled());
}

int64_t UndeliveredQuantity(const v1::OrderLine& line) {
  const v1::LineQuantities& pieces = line.quantities();
  return NearestUnits(static_cast<__int128>(pieces.shipped()) - pieces.delivered() - pieces.lost());
}

int64_t ChangeableQuantity(const v1::OrderLine& line) {
  return NearestUnits(static_cast<__int128>(UnshippedQuantity(line)) -
                      line.quantities().refunded());
}

int64_t RefundableQuantity(const v1::OrderLine& line) {
  const v1::LineQuantities& pieces = line.quantities();
  return NearestUnits(static_cast<__int128>(pieces.ordered()) - pieces.canceled() -
                      pieces.refunded());
}

int64_t ReturnableQuantity(const v1::OrderLine& line) {
  const v1::LineQuantities& pieces = line.quantities();
  return NearestUnits(static_cast<__int128>(pieces.delivered()) - pieces.return_requested() -
                      pieces.returned() - pieces.written_off());
}

}  // namespace domain
}  // namespace frontdesk
