// Folding payments, refunds and disputes: the sums over them, and the reports of gateways about them.
#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "domain/order/gateway_reports.h"
#include "domain/order/order_fold.h"
#include "domain/order/order_money.h"
#include "frontdesk/domain/order/charges.h"
#include "frontdesk/domain/order/order.h"

namespace frontdesk {
namespace domain {

namespace {

using v1::Order;

// Counts a new payment or refund; false when it is one that the order has.
bool CountMovement(int64_t sequence, absl::string_view id, Order* order) {
  MovementNumbers numbers = NumbersOf(*order);
  const bool is_new = numbers.Count(sequence, id);
  order->set_last_id_number(numbers.last_id_number);
  order->set_last_sequence(numbers.last_sequence);
  return is_new;
}

// Counts a payment, with everything that follows from it alone, and `captured` more units.
void CountPayment(const v1::Payment& payment, bool is_new, int64_t captured, Order* order) {
  if (is_new) {
    order->set_payment_count(NextCount(order->payment_count()));
    AddTo(*order, payment.amount().units(), order->mutable_requested_amount());
  }
  v1::Payment* last =
      order->has_last_captured_payment() ? order->mutable_last_captured_payment() : nullptr;
  if ((payment.state() == v1::Payment::STATE_CHARGED_BACK ||
       payment.state() == v1::Payment::STATE_FAILED) &&
      last != nullptr && last->payment_id() == payment.payment_id()) {
    order->clear_last_captured_payment();
    last = nullptr;
  }
  AddTo(*order, captured, order->mutable_captured_amount());
  if (payment.state() == v1::Payment::STATE_CAPTURED &&
      (last == nullptr || payment.sequence() >= last->sequence())) {
    *order->mutable_last_captured_payment() = payment;
  }
}

void CountRefund(const v1::Refund& refund, Order* order) {
  order->set_refund_count(NextCount(order->refund_count()));
  if (refund.state() == v1::Refund::STATE_SUCCEEDED) {
    AddTo(*order, refund.amount().units(), order->mutable_refunded_amount());
  }
}

// The part of a refund that lowers the owed amount. Canceled pieces have an event of their own.
int64_t CreditedUnits(const v1::Refund& refund) {
  if (LowersOwed(refund)) return refund.amount().units();
  if (refund.cause() != v1::REFUND_CAUSE_CANCELLATION) return 0;
  return SaturatedSum(refund.shipping_amount().units(), refund.fee_amount().units());
}

// Whether the refund is credited already with an order that is canceled: it was made before, or it is for the cancellation.
bool IsCoveredByCancellation(const v1::Refund& refund, const Order& order) {
  return order.state() == Order::STATE_CANCELED &&
         (refund.cause() == v1::REFUND_CAUSE_CANCELLATION ||
          !IsBefore(order.cancel_time(), refund.time()));
}

// The amount of a refund without its shipping and fees.
int64_t GoodsOfRefund(const v1::Refund& refund) {
  return NearestUnits(static_cast<__int128>(refund.amount().units()) -
                      refund.shipping_amount().units() - refund.fee_amount().units());
}

// Adds the parts of a refund to the sums over all refunds in force, or takes them off again (`sign` -1).
void CountComponents(const v1::Refund& refund, int sign, Order* order) {
  if (!IsCoveredByCancellation(refund, *order)) {
    AddTo(*order, sign * CreditedUnits(refund), order->mutable_credited_amount());
  }
  if (refund.has_shipping_amount()) {
    AddTo(*order, sign * refund.shipping_amount().units(),
          order->mutable_refunded_shipping_amount());
  }
  if (refund.has_fee_amount()) {
    AddTo(*order, sign * refund.fee_amount().units(), order->mutable_refunded_fee_amount());
  }
  if (refund.has_tax_amount() && refund.cause() != v1::REFUND_CAUSE_ITEM_CHANGE) {
    AddTo(*order, sign * refund.tax_amount().units(), order->mutable_refunded_tax_amount());
    AddTo(*order, sign * GoodsOfRefund(refund), order->mutable_refunded_goods_amount());
  }
}

// Moves the element to the place of the one with its id, or to the end.
template <typename Element, typename Id>
void Upsert(Element&& element, Id id_of, google::protobuf::RepeatedPtrField<Element>* elements) {
  for (Element& each : *elements) {
    if (id_of(each) != id_of(element)) continue;
    each = std::move(element);
    return;
  }
  *elements->Add() = std::move(element);
}

// Moves the elements that are finished from one list to the other, and those that are not back.
template <typename Element, typename Id>
void MoveFinishedOf(Id id_of, google::protobuf::RepeatedPtrField<Element>* open,
                    google::protobuf::RepeatedPtrField<Element>* finished) {
  const auto is_earlier = [](const Element& a, const Element& b) {
    return a.sequence() < b.sequence();
  };
  // Nearly always nothing moves.
  if (std::none_of(open->begin(), open->end(),
                   [](const Element& each) { return IsFinished(each); }) &&
      std::all_of(finished->begin(), finished->end(),
                  [](const Element& each) { return IsFinished(each); }) &&
      std::is_sorted(open->begin(), open->end(), is_earlier)) {
    return;
  }
  // By pointers: an element that passes through a buffer of the algorithms is copied.
  const auto move = [id_of](bool moves_finished, auto* from, auto* to) {
    const auto rest = std::stable_partition(
        from->pointer_begin(), from->pointer_end(),
        [moves_finished](const Element* each) { return IsFinished(*each) != moves_finished; });
    const int kept = static_cast<int>(rest - from->pointer_begin());
    for (int i = kept; i < from->size(); ++i) Upsert(std::move(*from->Mutable(i)), id_of, to);
    from->DeleteSubrange(kept, from->size() - kept);
  };
  move(/*moves_finished=*/true, open, finished);
  move(/*moves_finished=*/false, finished, open);
  std::stable_sort(open->pointer_begin(), open->pointer_end(),
                   [&](const Element* a, const Element* b) { return is_earlier(*a, *b); });
}

// The amount that a payment captured with the event. It follows from the event and the state alone, never from a row: see RowListOptions.
int64_t NewlyCaptured(const v1::PaymentRecorded& fact, bool is_new, const Order& order) {
  if (fact.has_captured_amount()) return fact.captured_amount().units();
  const v1::Payment& payment = fact.payment();
  if (is_new) return payment.captured_amount().units();
  for (const v1::Payment& open : order.payments()) {
    if (open.payment_id() != payment.payment_id()) continue;
    return SaturatedDifference(payment.captured_amount().units(), open.captured_amount().units());
  }
  // An older event: a voided payment was captured. Payments of today have a disputed amount.
  const bool is_older =
      !payment.has_disputed_amount() && payment.state() == v1::Payment::STATE_CAPTURED;
  return is_older ? payment.captured_amount().units() : 0;
}

void ApplyPayment(const v1::Event& event, Order* order) {
  const v1::PaymentRecorded& fact = event.order().payment_recorded();
  const v1::Payment& payment = fact.payment();
  const bool is_new = CountMovement(payment.sequence(), payment.payment_id(), order);
  v1::Payment* known = FindPayment(order, payment.payment_id());
  const bool was_named = known == nullptr ? !is_new : !known->gateway_reference().empty();
  if (!was_named && !fact.has_report()) ReportPayment(payment, event, order);
  CountPayment(payment, is_new, NewlyCaptured(fact, is_new, *order), order);
  *(known == nullptr ? order->add_payments() : known) = payment;
}

// Releases the pieces of a refund that failed or was withdrawn. Pieces count as refunded only as far as the amount
// refunded for the line covers them, with the withheld amount. Where their refund was split over two payments and one failed, they can
// be refunded again.
void ReleaseLines(const v1::Refund& refund, Order* order) {
  for (const v1::LineAmount& entry : refund.lines()) {
    v1::OrderLine* line = FindLine(order, entry.line_id());
    if (line == nullptr) continue;
    const int64_t paid_back = std::max<int64_t>(0, line->refunded_amount().units());
    const int64_t left =
        std::max<int64_t>(0, SaturatedDifference(paid_back, entry.amount().units()));
    *line->mutable_refunded_amount() = InOrderCurrency(*order, left);
    const int64_t withheld = std::max<int64_t>(
        0, SaturatedDifference(line->withheld_amount().units(), entry.withheld_amount().units()));
    if (entry.has_withheld_amount()) {
      *line->mutable_withheld_amount() = InOrderCurrency(*order, withheld);
    }
    int64_t high =
        std::max<int64_t>(0, SaturatedDifference(line->quantities().refunded(), entry.quantity()));
    int64_t low = entry.amount().units() == 0 && !entry.has_withheld_amount() ? high : 0;
    const int64_t canceled = line->quantities().canceled();
    const int64_t covered =
        SaturatedSum(SaturatedSum(left, withheld), line->canceled_amount().units());
    while (low < high) {
      const int64_t middle = high - (high - low) / 2;
      absl::StatusOr<v1::Money> worth = WorthOfPieces(*line, 0, SaturatedSum(canceled, middle));
      if (worth.ok() && worth->units() <= covered) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    line->mutable_quantities()->set_refunded(low);
  }
}

// Only of those in the state: an event that changes a finished one has it as a whole.
v1::Payment* FindOpenPayment(const std::string& payment_id, Order* order) {
  for (v1::Payment& payment : *order->mutable_payments()) {
    if (payment.payment_id() == payment_id) return &payment;
  }
  return nullptr;
}

// Takes the pieces and components of a refund that is in force.
void ApplyRefundContent(const v1::Refund& refund, Order* order) {
  CountComponents(refund, 1, order);
  for (const v1::LineAmount& entry : refund.lines()) {
    v1::OrderLine* line = FindLine(order, entry.line_id());
    if (line == nullptr) continue;
    AddTo(*order, entry.amount().units(), line->mutable_refunded_amount());
    if (entry.has_withheld_amount()) {
      AddTo(*order, entry.withheld_amount().units(), line->mutable_withheld_amount());
    }
    v1::LineQuantities& pieces = *line->mutable_quantities();
    pieces.set_refunded(SaturatedSum(pieces.refunded(), entry.quantity()));
  }
}

// Moves the parts of a refund between the sums of its payments: `sign` 1 when it comes into a state, -1 when it
// leaves it. Finished payments have events of their own.
void CountParts(const v1::Refund& refund, v1::Refund::State state, int sign, Order* order) {
  if (state != v1::Refund::STATE_PENDING && state != v1::Refund::STATE_SUCCEEDED) return;
  for (const v1::RefundPart& part : refund.parts()) {
    v1::Payment* payment = FindOpenPayment(part.payment_id(), order);
    if (payment == nullptr) continue;
    AddTo(*order, sign * part.amount().units(),
          state == v1::Refund::STATE_PENDING ? payment->mutable_refund_pending_amount()
                                             : payment->mutable_refunded_amount());
  }
}

void ApplyNewRefund(const v1::Refund& refund, Order* order) {
  if (!CountMovement(refund.sequence(), refund.refund_id(), order)) return;
  CountRefund(refund, order);
  for (const v1::RefundPart& part : refund.parts()) {
    v1::Payment* payment = FindOpenPayment(part.payment_id(), order);
    if (payment != nullptr) payment->set_refund_count(NextCount(payment->refund_count()));
  }
  CountParts(refund, refund.state(), 1, order);
  if (IsInForce(refund)) ApplyRefundContent(refund, order);
  *order->add_refunds() = refund;
}

void ApplyRefundChange(const v1::Event& event, Order* order) {
  const v1::PaymentRecorded& fact = event.order().payment_recorded();
  const v1::Refund& refund = fact.refund();
  const auto open = std::find_if(
      order->refunds().begin(), order->refunds().end(),
      [&refund](const v1::Refund& each) { return each.refund_id() == refund.refund_id(); });
  // One that is finished is not in the state. In older events no report leaves it as it was: it came back, or succeeded after all.
  const v1::Refund::State before = fact.prior_refund_state() != v1::Refund::STATE_UNSPECIFIED
                                       ? fact.prior_refund_state()
                                   : open != order->refunds().end() ? open->state()
                                   : IsInForce(refund)              ? v1::Refund::STATE_FAILED
                                                                    : v1::Refund::STATE_SUCCEEDED;
  const bool was_in_force =
      before == v1::Refund::STATE_PENDING || before == v1::Refund::STATE_SUCCEEDED;
  CountParts(refund, before, -1, order);
  CountParts(refund, refund.state(), 1, order);
  if (before == v1::Refund::STATE_SUCCEEDED) {
    AddTo(*order, SaturatedDifference(0, refund.amount().units()),
          order->mutable_refunded_amount());
  }
  if (refund.state() == v1::Refund::STATE_SUCCEEDED) {
    AddTo(*order, refund.amount().units(), order->mutable_refunded_amount());
  }
  auto* const known = const_cast<v1::Refund*>(FindRefund(*order, refund.refund_id()));
  *(known == nullptr ? order->add_refunds() : known) = refund;
  if (was_in_force && !IsInForce(refund)) {
    CountComponents(refund, -1, order);
    ReleaseLines(refund, order);
  } else if (!was_in_force && IsInForce(refund)) {
    ApplyRefundContent(refund, order);
  }
}

void ApplyDispute(const v1::Dispute& dispute, Order* order) {
  Upsert(
      v1::Dispute(dispute),
      [](const v1::Dispute& each) -> const std::string& { return each.dispute_id(); },
      order->mutable_disputes());
}

// Computes the counts and sums of the lists that an order begins with.
void CountLists(Order* order) {
  order->clear_payment_count();
  order->clear_refund_count();
  for (v1::Money* sum : {order->mutable_requested_amount(), order->mutable_captured_amount(),
                         order->mutable_refunded_amount(), order->mutable_credited_amount()}) {
    *sum = InOrderCurrency(*order, 0);
  }
  order->clear_refunded_shipping_amount();
  order->clear_refunded_fee_amount();
  order->clear_refunded_tax_amount();
  order->clear_refunded_goods_amount();
  order->clear_last_sequence();
  order->clear_last_id_number();
  order->clear_last_captured_payment();
  for (v1::Payment& payment : *order->mutable_payments()) {
    payment.clear_refund_count();
    const int64_t disputed = DisputedUnits(*order, payment.payment_id());
    if (disputed > 0) *payment.mutable_disputed_amount() = InOrderCurrency(*order, disputed);
    CountMovement(payment.sequence(), payment.payment_id(), order);
    CountPayment(payment, /*is_new=*/true, payment.captured_amount().units(), order);
  }
  for (const v1::Refund& refund : order->refunds()) {
    CountMovement(refund.sequence(), refund.refund_id(), order);
    CountRefund(refund, order);
    if (IsInForce(refund)) CountComponents(refund, 1, order);
    for (const v1::RefundPart& part : refund.parts()) {
      v1::Payment* payment = FindPayment(order, part.payment_id());
      if (payment != nullptr) payment->set_refund_count(NextCount(payment->refund_count()));
    }
  }
  for (const v1::OrderLine& line : order->lines()) {
    if (line.has_canceled_amount()) {
      AddTo(*order, line.canceled_amount().units(), order->mutable_credited_amount());
    }
  }
  if (order->state() == Order::STATE_CANCELED) {
    *order->mutable_credited_amount() = InOrderCurrency(*order, order->totals().total().units());
  }
  MoveFinished(order);
}

}  // namespace

int64_t SaturatedSum(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

int64_t SaturatedDifference(int64_t a, int64_t b) {
  int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return a < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

void AddTo(const Order& order, int64_t change, v1::Money* amount) {
  amount->set_units(SaturatedSum(amount->units(), change));
  amount->set_currency_code(order.currency_code());
}

void BeginMovements(const v1::Event& event, Order* order) {
  // Payments and refunds that were finished in the other system were reported, too.
  order->clear_gateway_reports();
  for (const v1::Payment& payment : order->payments()) ReportPayment(payment, event, order);
  for (const v1::Refund& refund : order->refunds()) ReportRefund(refund, event, order);
  for (const v1::Dispute& dispute : order->disputes()) ReportDispute(dispute, event, order);
  CountLists(order);
}

void MoveFinished(Order* order) {
  MoveFinishedOf([](const v1::Payment& each) -> const std::string& { return each.payment_id(); },
                 order->mutable_payments(), order->mutable_finished_payments());
  MoveFinishedOf([](const v1::Refund& each) -> const std::string& { return each.refund_id(); },
                 order->mutable_refunds(), order->mutable_finished_refunds());
}

void SetOwedAmount(const google::protobuf::Timestamp& now, Order* order) {
  if (HasKnownPayments(*order)) {
    *order->mutable_owed_amount() = InOrderCurrency(*order, OwedUnits(*order, now));
  } else {
    order->clear_owed_amount();
  }
}

void ApplyMovement(const v1::Event& event, Order* order) {
  const v1::OrderEvent& fact = event.order();
  if (fact.has_payment_recorded()) {
    if (fact.payment_recorded().has_refund()) {
      ApplyRefundChange(event, order);
    } else {
      ApplyPayment(event, order);
    }
    KeepReport(fact.payment_recorded().report(), order);
  } else if (fact.has_order_refunded()) {
    ApplyNewRefund(fact.order_refunded().refund(), order);
    KeepReport(fact.order_refunded().report(), order);
  } else if (fact.has_dispute_recorded()) {
    ApplyDispute(fact.dispute_recorded().dispute(), order);
    KeepReport(fact.dispute_recorded().report(), order);
  }
}

}  // namespace domain
}  // namespace frontdesk
