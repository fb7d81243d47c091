#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/event_maker.h"
#include "domain/order/order_fold.h"
#include "domain/order/order_money.h"
#include "domain/order/refund_content.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/order/charges.h"
#include "frontdesk/domain/order/order.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Order;

// The sum; at the end of the range, its end.
int64_t Sum(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

int64_t Difference(int64_t a, int64_t b) {
  int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return a < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
}

// Adds `change` to an amount, which gets the order's currency if it has none yet.
void AddTo(const Order& order, int64_t change, v1::Money* amount) {
  amount->set_units(Sum(amount->units(), change));
  amount->set_currency_code(order.currency_code());
}

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

// Pieces that were refunded and are canceled now count as canceled only.
void CountCanceled(int64_t quantity, v1::LineQuantities* pieces) {
  pieces->set_canceled(Sum(pieces->canceled(), quantity));
  const int64_t left = std::max<int64_t>(0, Difference(pieces->ordered(), pieces->canceled()));
  pieces->set_refunded(std::min(pieces->refunded(), left));
}

// The part of a refund that lowers the owed amount. Canceled pieces have an event of their own.
int64_t CreditedUnits(const v1::Refund& refund) {
  if (LowersOwed(refund)) return refund.amount().units();
  if (refund.cause() != v1::REFUND_CAUSE_CANCELLATION) return 0;
  return Sum(refund.shipping_amount().units(), refund.fee_amount().units());
}

bool IsLaterTime(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return a.seconds() != b.seconds() ? a.seconds() > b.seconds() : a.nanos() > b.nanos();
}

// Whether the refund is credited already with an order that is canceled: it was made before, or it is for the cancellation.
bool IsCoveredByCancellation(const v1::Refund& refund, const Order& order) {
  return order.state() == Order::STATE_CANCELED &&
         (refund.cause() == v1::REFUND_CAUSE_CANCELLATION ||
          !IsLaterTime(refund.time(), order.cancel_time()));
}

// The amount of a refund without its shipping and fees.
int64_t GoodsUnits(const v1::Refund& refund) {
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
    AddTo(*order, sign * GoodsUnits(refund), order->mutable_refunded_goods_amount());
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
void MoveFinished(Id id_of, google::protobuf::RepeatedPtrField<Element>* open,
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

void MoveFinished(Order* order) {
  MoveFinished([](const v1::Payment& each) -> const std::string& { return each.payment_id(); },
               order->mutable_payments(), order->mutable_finished_payments());
  MoveFinished([](const v1::Refund& each) -> const std::string& { return each.refund_id(); },
               order->mutable_refunds(), order->mutable_finished_refunds());
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

void SetOwedAmount(const google::protobuf::Timestamp& now, Order* order) {
  if (HasKnownPayments(*order)) {
    *order->mutable_owed_amount() = InOrderCurrency(*order, OwedUnits(*order, now));
  } else {
    order->clear_owed_amount();
  }
}

// Begins the report of a reference that comes without one: with an import, or in an event that is older than reports. Null when there
// is no reference, or it is that of another movement already.
v1::GatewayReport* BeginReport(const std::string& reference, Order* order) {
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

void ReportPayment(const v1::Payment& payment, const v1::Event& event, Order* order) {
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

void ReportRefund(const v1::Refund& refund, const v1::Event& event, Order* order) {
  v1::GatewayReport* const report = BeginReport(refund.gateway_reference(), order);
  if (report == nullptr) return;
  report->set_refund_id(refund.refund_id());
  v1::GatewayFact& fact = *report->add_facts();
  fact.set_refund_state(refund.state());
  *fact.mutable_amount() = refund.amount();
  if (event.has_time()) *fact.mutable_time() = event.time();
}

void ReportDispute(const v1::Dispute& dispute, const v1::Event& event, Order* order) {
  v1::GatewayReport* const report = BeginReport(dispute.gateway_reference(), order);
  if (report == nullptr) return;
  report->set_dispute_id(dispute.dispute_id());
  v1::GatewayFact& fact = *report->add_facts();
  fact.set_dispute_state(dispute.state());
  fact.set_dispute_stage(dispute.stage());
  *fact.mutable_amount() = dispute.amount();
  if (event.has_time()) *fact.mutable_time() = event.time();
}

void BeginOrder(const Order& begun, const v1::Event& event, Order* order) {
  *order = begun;
  // Payments and refunds that were finished in the other system were reported, too.
  order->clear_gateway_reports();
  for (const v1::Payment& payment : begun.payments()) ReportPayment(payment, event, order);
  for (const v1::Refund& refund : begun.refunds()) ReportRefund(refund, event, order);
  for (const v1::Dispute& dispute : begun.disputes()) ReportDispute(dispute, event, order);
  CountLists(order);
}

// The order that the event begins; null for other events.
const Order* BegunOrder(const v1::OrderEvent& fact) {
  if (fact.has_order_placed()) return &fact.order_placed().order();
  if (fact.has_order_imported()) return &fact.order_imported().order();
  return nullptr;
}

// The amount that a payment captured with the event. It follows from the event and the state alone, never from a row: see RowListOptions.
int64_t NewlyCaptured(const v1::PaymentRecorded& fact, bool is_new, const Order& order) {
  if (fact.has_captured_amount()) return fact.captured_amount().units();
  const v1::Payment& payment = fact.payment();
  if (is_new) return payment.captured_amount().units();
  for (const v1::Payment& open : order.payments()) {
    if (open.payment_id() != payment.payment_id()) continue;
    return Difference(payment.captured_amount().units(), open.captured_amount().units());
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
    const int64_t left = std::max<int64_t>(0, Difference(paid_back, entry.amount().units()));
    *line->mutable_refunded_amount() = InOrderCurrency(*order, left);
    const int64_t withheld = std::max<int64_t>(
        0, Difference(line->withheld_amount().units(), entry.withheld_amount().units()));
    if (entry.has_withheld_amount()) {
      *line->mutable_withheld_amount() = InOrderCurrency(*order, withheld);
    }
    int64_t high =
        std::max<int64_t>(0, Difference(line->quantities().refunded(), entry.quantity()));
    int64_t low = entry.amount().units() == 0 && !entry.has_withheld_amount() ? high : 0;
    const int64_t canceled = line->quantities().canceled();
    const int64_t covered = Sum(Sum(left, withheld), line->canceled_amount().units());
    while (low < high) {
      const int64_t middle = high - (high - low) / 2;
      absl::StatusOr<v1::Money> worth = WorthOfPieces(*line, 0, Sum(canceled, middle));
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
    pieces.set_refunded(Sum(pieces.refunded(), entry.quantity()));
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
    AddTo(*order, Difference(0, refund.amount().units()), order->mutable_refunded_amount());
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

void ApplyShipment(const v1::Shipment& shipment, Order* order) {
  for (const v1::LineQuantity& entry : shipment.lines()) {
    v1::OrderLine* line = FindLine(order, entry.line_id());
    if (line == nullptr) continue;
    v1::LineQuantities& pieces = *line->mutable_quantities();
    pieces.set_shipped(Sum(pieces.shipped(), entry.quantity()));
  }
  *order->add_shipments() = shipment;
  order->set_state(StateOfGoods(*order));
}

// The order is delivered when its last shipment was.
void SetDeliverTime(Order* order) {
  for (const v1::Shipment& shipment : order->shipments()) {
    if (shipment.has_deliver_time() &&
        (!order->has_deliver_time() ||
         IsLaterTime(shipment.deliver_time(), order->deliver_time()))) {
      *order->mutable_deliver_time() = shipment.deliver_time();
    }
  }
}

// After a change that may leave nothing to be shipped or delivered. Of an order of which nothing was shipped the state stays.
void SetStateOfGoods(Order* order) {
  if (order->state() == Order::STATE_CANCELED ||
      std::all_of(order->lines().begin(), order->lines().end(),
                  [](const v1::OrderLine& line) { return line.quantities().shipped() <= 0; })) {
    return;
  }
  order->set_state(StateOfGoods(*order));
  if (order->state() == Order::STATE_DELIVERED) SetDeliverTime(order);
}

void ApplyDelivery(const v1::DeliveryRecorded& fact, Order* order) {
  for (v1::Shipment& shipment : *order->mutable_shipments()) {
    if (shipment.shipment_id() != fact.shipment_id()) continue;
    shipment.set_delivered(true);
    if (fact.has_deliver_time()) *shipment.mutable_deliver_time() = fact.deliver_time();
    for (const v1::LineQuantity& entry : shipment.lines()) {
      v1::OrderLine* line = FindLine(order, entry.line_id());
      if (line == nullptr) continue;
      v1::LineQuantities& pieces = *line->mutable_quantities();
      // Lost pieces did not arrive.
      pieces.set_delivered(
          Sum(pieces.delivered(), std::min(entry.quantity(), UndeliveredQuantity(*line))));
    }
    order->set_state(StateOfGoods(*order));
    if (order->state() == Order::STATE_DELIVERED) SetDeliverTime(order);
    return;
  }
}

void ApplyOrderCancelled(const v1::Event& event, Order* order) {
  order->set_state(Order::STATE_CANCELED);
  order->set_cancel_reason(event.order().order_canceled().reason());
  if (event.has_time()) *order->mutable_cancel_time() = event.time();
  for (v1::OrderLine& line : *order->mutable_lines()) {
    v1::LineQuantities& pieces = *line.mutable_quantities();
    CountCanceled(UnshippedQuantity(line), &pieces);
    const int64_t gone = Sum(line.refunded_amount().units(), line.withheld_amount().units());
    *line.mutable_canceled_amount() =
        InOrderCurrency(*order, std::max<int64_t>(0, Difference(line.net_amount().units(), gone)));
  }
  *order->mutable_credited_amount() =
      InOrderCurrency(*order, Difference(order->totals().total().units(),
                                         event.order().order_canceled().kept_amount().units()));
}

void ApplyItemsCanceled(const v1::ItemsCanceled& fact, Order* order) {
  for (const v1::LineAmount& entry : fact.lines()) {
    v1::OrderLine* line = FindLine(order, entry.line_id());
    if (line == nullptr) continue;
    CountCanceled(entry.quantity(), line->mutable_quantities());
    AddTo(*order, entry.amount().units(), line->mutable_canceled_amount());
    AddTo(*order, entry.amount().units(), order->mutable_credited_amount());
    if (entry.has_withheld_amount()) {
      AddTo(*order, entry.withheld_amount().units(), line->mutable_withheld_amount());
    }
  }
  SetStateOfGoods(order);
}

void ApplyItemsLost(const v1::ItemsLost& fact, Order* order) {
  for (const v1::LineQuantity& entry : fact.lines()) {
    v1::OrderLine* line = FindLine(order, entry.line_id());
    if (line == nullptr) continue;
    v1::LineQuantities& pieces = *line->mutable_quantities();
    pieces.set_lost(Sum(pieces.lost(), std::min(entry.quantity(), UndeliveredQuantity(*line))));
  }
  SetStateOfGoods(order);
}

void ApplyDispute(const v1::Dispute& dispute, Order* order) {
  Upsert(
      v1::Dispute(dispute),
      [](const v1::Dispute& each) -> const std::string& { return each.dispute_id(); },
      order->mutable_disputes());
}

// Keeps what a gateway reported; `report` is empty when it gave no reference.
void ApplyReport(const v1::GatewayReport& report, Order* order) {
  if (report.reference().empty()) return;
  Upsert(
      v1::GatewayReport(report),
      [](const v1::GatewayReport& each) -> const std::string& { return each.reference(); },
      order->mutable_gateway_reports());
}

// The order is priced anew. Refunds above the price of its goods had no tax in them, and have none of the new price either.
void LimitRefundedGoods(Order* order) {
  const int64_t goods = GoodsUnits(*order);
  const int64_t tax = TaxUnits(*order);
  if (goods <= 0 || tax <= 0 || order->refunded_goods_amount().units() <= goods) return;
  // Goods that were cheaper since: their refunds had the tax of then.
  const int64_t taxed = NearestUnits(
      static_cast<__int128>(NearestUnits(order->refunded_tax_amount().units())) * goods / tax);
  order->mutable_refunded_goods_amount()->set_units(
      std::min(order->refunded_goods_amount().units(), std::max(goods, taxed)));
}

void ApplyItems(const v1::ItemsChanged& fact, Order* order) {
  LimitRefundedGoods(order);
  *order->mutable_lines() = fact.lines();
  *order->mutable_charges() = fact.charges();
  *order->mutable_discounts() = fact.discounts();
  *order->mutable_totals() = fact.totals();
  order->set_item_change_count(NextCount(order->item_change_count()));
  SetStateOfGoods(order);
}

// Counts pieces as requested back; `lines` are those of a return or an exchange.
template <typename Lines>
void RequestBack(const Lines& lines, Order* order) {
  for (const auto& entry : lines) {
    v1::OrderLine* line = FindLine(order, entry.line_id());
    if (line == nullptr) continue;
    v1::LineQuantities& pieces = *line->mutable_quantities();
    pieces.set_return_requested(Sum(pieces.return_requested(), entry.quantity()));
  }
}

void ApplyReturn(const v1::Return& goods_back, Order* order) {
  RequestBack(goods_back.lines(), order);
  *order->add_returns() = goods_back;
}

void ApplyExchange(const v1::Exchange& exchange, Order* order) {
  RequestBack(exchange.lines(), order);
  *order->add_exchanges() = exchange;
}

absl::Status ApplyToExisting(const v1::Event& event, Order* order) {
  const v1::OrderEvent& fact = event.order();
  switch (fact.event_case()) {
    case v1::OrderEvent::kPaymentRecorded:
      if (fact.payment_recorded().has_refund()) {
        ApplyRefundChange(event, order);
      } else {
        ApplyPayment(event, order);
      }
      ApplyReport(fact.payment_recorded().report(), order);
      break;
    case v1::OrderEvent::kItemsCanceled:
      ApplyItemsCanceled(fact.items_canceled(), order);
      break;
    case v1::OrderEvent::kItemsLost:
      ApplyItemsLost(fact.items_lost(), order);
      break;
    case v1::OrderEvent::kDisputeRecorded:
      ApplyDispute(fact.dispute_recorded().dispute(), order);
      ApplyReport(fact.dispute_recorded().report(), order);
      break;
    case v1::OrderEvent::kShipmentRecorded:
      ApplyShipment(fact.shipment_recorded().shipment(), order);
      break;
    case v1::OrderEvent::kDeliveryRecorded:
      ApplyDelivery(fact.delivery_recorded(), order);
      break;
    case v1::OrderEvent::kOrderCanceled:
      ApplyOrderCancelled(event, order);
      break;
    case v1::OrderEvent::kShippingAddressChanged:
      *order->mutable_shipping_address() = fact.shipping_address_changed().address();
      break;
    case v1::OrderEvent::kPaymentMethodChanged:
      order->set_payment_method_change_count(NextCount(order->payment_method_change_count()));
      break;
    case v1::OrderEvent::kItemsChanged:
      ApplyItems(fact.items_changed(), order);
      break;
    case v1::OrderEvent::kReturnRequested:
      ApplyReturn(fact.return_requested().return_request(), order);
      break;
    case v1::OrderEvent::kExchangeRequested:
      ApplyExchange(fact.exchange_requested().exchange(), order);
      break;
    case v1::OrderEvent::kOrderRefunded:
      ApplyNewRefund(fact.order_refunded().refund(), order);
      ApplyReport(fact.order_refunded().report(), order);
      break;
    default:
      return NotApplicableError("the event is not known for an order");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckApplicable(const v1::Event& event, const v1::Order& order) {
  if (event.entity().kind() != v1::ENTITY_KIND_ORDER) {
    return NotApplicableError("the event is not about an order");
  }
  if (const Order* const begun = BegunOrder(event.order())) {
    if (order.state() != Order::STATE_UNSPECIFIED || begun->state() == Order::STATE_UNSPECIFIED ||
        begun->order_id() != event.entity().id()) {
      return NotApplicableError("the order exists already, or has another id");
    }
  } else if (order.state() == Order::STATE_UNSPECIFIED || event.entity().id() != order.order_id()) {
    return NotApplicableError("the event is about another order");
  }
  return absl::OkStatus();
}

absl::Status EvolveOrder(const v1::Event& event, v1::Order* order) {
  FRONTDESK_RETURN_IF_ERROR(CheckApplicable(event, *order));
  if (const Order* const begun = BegunOrder(event.order())) {
    BeginOrder(*begun, event, order);
    if (event.order().has_order_imported()) {
      *order->mutable_import_source() = event.order().order_imported().source();
    }
  } else {
    FRONTDESK_RETURN_IF_ERROR(ApplyToExisting(event, order));
    MoveFinished(order);
  }
  SetOwedAmount(event.time(), order);
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
