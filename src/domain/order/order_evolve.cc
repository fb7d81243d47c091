#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/event_maker.h"
#include "domain/order/order_money.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/order/charges.h"
#include "frontdesk/domain/order/order.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Order;

// Adds `change` to an amount, which gets the order's currency if it has none yet.
void AddTo(const Order& order, int64_t change, v1::Money* amount) {
  amount->set_units(amount->units() + change);
  amount->set_currency_code(order.currency_code());
}

int32_t NextCount(int32_t count) {
  return count == std::numeric_limits<int32_t>::max() ? count : count + 1;
}

absl::Status BeginOrder(const Order& begun, const v1::Event& event, Order* order) {
  if (order->state() != Order::STATE_UNSPECIFIED || begun.state() == Order::STATE_UNSPECIFIED ||
      begun.order_id() != event.entity().id()) {
    return NotApplicableError("the order exists already, or has another id");
  }
  *order = begun;
  return absl::OkStatus();
}

absl::Status ApplyPayment(const v1::Payment& payment, Order* order) {
  const __int128 left = static_cast<__int128>(payment.captured_amount().units()) -
                        payment.refunded_amount().units() - payment.refund_pending_amount().units();
  if (payment.payment_id().empty() || left < 0 ||
      payment.captured_amount().units() > payment.amount().units()) {
    return NotApplicableError("more than the payment's amount would be captured or refunded");
  }
  v1::Payment* known = FindPayment(order, payment.payment_id());
  *(known == nullptr ? order->add_payments() : known) = payment;
  return absl::OkStatus();
}

// Releases the pieces that a failed refund had reserved. Pieces count as refunded only as far as the amount
// refunded for the line covers them. Where their refund was split over two payments and one failed, they can
// be refunded again.
void ReleaseLines(const v1::Refund& refund, Order* order) {
  for (const v1::LineAmount& entry : refund.lines()) {
    v1::OrderLine* line = FindLine(order, entry.line_id());
    if (line == nullptr) continue;
    const int64_t paid_back = std::max<int64_t>(0, line->refunded_amount().units());
    const int64_t left = std::max<int64_t>(0, paid_back - entry.amount().units());
    *line->mutable_refunded_amount() = InOrderCurrency(*order, left);
    int64_t high = std::max<int64_t>(0, line->quantities().refunded() - entry.quantity());
    int64_t low = entry.amount().units() == 0 ? high : 0;
    while (low < high) {
      const int64_t middle = low + (high - low + 1) / 2;
      absl::StatusOr<v1::Money> worth = WorthOfPieces(*line, 0, middle);
      if (worth.ok() && worth->units() <= left) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    line->mutable_quantities()->set_refunded(low);
  }
}

absl::Status ApplyNewRefund(const v1::Refund& refund, Order* order) {
  if (refund.refund_id().empty() || FindRefund(*order, refund.refund_id()) != nullptr ||
      refund.state() == v1::Refund::STATE_UNSPECIFIED) {
    return NotApplicableError("the order has a refund of that id");
  }
  Order after = *order;
  for (const v1::RefundPart& part : refund.parts()) {
    v1::Payment* payment = FindPayment(&after, part.payment_id());
    if (payment == nullptr || part.amount().units() < 0 ||
        part.amount().units() > HeldUnits(*payment)) {
      return NotApplicableError("more would be refunded of a payment than is held of it");
    }
    AddTo(after, part.amount().units(),
          refund.state() == v1::Refund::STATE_PENDING ? payment->mutable_refund_pending_amount()
                                                      : payment->mutable_refunded_amount());
  }
  for (const v1::LineAmount& entry : refund.lines()) {
    v1::OrderLine* line = FindLine(&after, entry.line_id());
    if (line == nullptr || entry.quantity() < 0 || entry.amount().units() < 0 ||
        entry.quantity() > RefundableQuantity(*line) ||
        static_cast<__int128>(line->net_amount().units()) - line->refunded_amount().units() <
            entry.amount().units()) {
      return NotApplicableError("more would be refunded for a line than was paid for it");
    }
    AddTo(after, entry.amount().units(), line->mutable_refunded_amount());
    line->mutable_quantities()->set_refunded(line->quantities().refunded() + entry.quantity());
  }
  *after.add_refunds() = refund;
  *order = std::move(after);
  return absl::OkStatus();
}

absl::Status ApplyRefundChange(const v1::Refund& refund, Order* order) {
  Order after = *order;
  v1::Refund* known = nullptr;
  for (v1::Refund& candidate : *after.mutable_refunds()) {
    if (candidate.refund_id() == refund.refund_id()) known = &candidate;
  }
  if (known == nullptr || known->state() != v1::Refund::STATE_PENDING ||
      (refund.state() != v1::Refund::STATE_SUCCEEDED &&
       refund.state() != v1::Refund::STATE_FAILED)) {
    return NotApplicableError("the refund cannot change to that state from its state");
  }
  for (const v1::RefundPart& part : known->parts()) {
    v1::Payment* payment = FindPayment(&after, part.payment_id());
    if (payment == nullptr || part.amount().units() > payment->refund_pending_amount().units()) {
      return NotApplicableError("the refund is of a payment that has none pending");
    }
    AddTo(after, -part.amount().units(), payment->mutable_refund_pending_amount());
    if (refund.state() == v1::Refund::STATE_SUCCEEDED) {
      AddTo(after, part.amount().units(), payment->mutable_refunded_amount());
    }
  }
  *known = refund;
  if (refund.state() == v1::Refund::STATE_FAILED) ReleaseLines(refund, &after);
  *order = std::move(after);
  return absl::OkStatus();
}

absl::Status ApplyShipment(const v1::Shipment& shipment, Order* order) {
  Order after = *order;
  if (FindShipment(after, shipment.shipment_id()) != nullptr) {
    return NotApplicableError("the order has a shipment of that id");
  }
  for (const v1::LineQuantity& entry : shipment.lines()) {
    v1::OrderLine* line = FindLine(&after, entry.line_id());
    if (line == nullptr || entry.quantity() < 0 || entry.quantity() > UnshippedQuantity(*line)) {
      return NotApplicableError("more would be shipped than is ordered and not shipped");
    }
    line->mutable_quantities()->set_shipped(line->quantities().shipped() + entry.quantity());
  }
  *after.add_shipments() = shipment;
  after.set_state(StateOfGoods(after));
  *order = std::move(after);
  return absl::OkStatus();
}

bool IsLaterTime(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return a.seconds() != b.seconds() ? a.seconds() > b.seconds() : a.nanos() > b.nanos();
}

absl::Status ApplyDelivery(const v1::DeliveryRecorded& fact, Order* order) {
  Order after = *order;
  v1::Shipment* shipment = nullptr;
  for (v1::Shipment& candidate : *after.mutable_shipments()) {
    if (candidate.shipment_id() == fact.shipment_id()) shipment = &candidate;
  }
  if (shipment == nullptr || shipment->delivered()) {
    return NotApplicableError("the order has no such shipment on its way");
  }
  shipment->set_delivered(true);
  if (fact.has_deliver_time()) *shipment->mutable_deliver_time() = fact.deliver_time();
  for (const v1::LineQuantity& entry : shipment->lines()) {
    v1::OrderLine* line = FindLine(&after, entry.line_id());
    if (line == nullptr)
      return NotApplicableError("the shipment has a line that the order does not have");
    v1::LineQuantities& pieces = *line->mutable_quantities();
    if (entry.quantity() < 0 ||
        static_cast<__int128>(pieces.shipped()) - pieces.delivered() < entry.quantity()) {
      return NotApplicableError("more would be delivered than was shipped");
    }
    pieces.set_delivered(pieces.delivered() + entry.quantity());
  }
  after.set_state(StateOfGoods(after));
  if (after.state() == Order::STATE_DELIVERED) {
    for (const v1::Shipment& candidate : after.shipments()) {
      if (candidate.has_deliver_time() &&
          (!after.has_deliver_time() ||
           IsLaterTime(candidate.deliver_time(), after.deliver_time()))) {
        *after.mutable_deliver_time() = candidate.deliver_time();
      }
    }
  }
  *order = std::move(after);
  return absl::OkStatus();
}

absl::Status ApplyOrderCancelled(const v1::Event& event, Order* order) {
  if (order->state() == Order::STATE_CANCELED) {
    return NotApplicableError("the order was canceled before");
  }
  order->set_state(Order::STATE_CANCELED);
  order->set_cancel_reason(event.order().order_canceled().reason());
  if (event.has_time()) *order->mutable_cancel_time() = event.time();
  for (v1::OrderLine& line : *order->mutable_lines()) {
    v1::LineQuantities& pieces = *line.mutable_quantities();
    pieces.set_canceled(pieces.canceled() + UnshippedQuantity(line));
  }
  return absl::OkStatus();
}

absl::Status ApplyItems(const v1::ItemsChanged& fact, Order* order) {
  if (fact.lines_size() == 0) return NotApplicableError("nothing would be left of the order");
  *order->mutable_lines() = fact.lines();
  *order->mutable_charges() = fact.charges();
  *order->mutable_discounts() = fact.discounts();
  *order->mutable_totals() = fact.totals();
  order->set_item_change_count(NextCount(order->item_change_count()));
  return absl::OkStatus();
}

// Counts pieces as requested back; `lines` are those of a return or an exchange.
template <typename Lines>
absl::Status RequestBack(const Lines& lines, Order* order) {
  for (const auto& entry : lines) {
    v1::OrderLine* line = FindLine(order, entry.line_id());
    if (line == nullptr || entry.quantity() < 0 || entry.quantity() > ReturnableQuantity(*line)) {
      return NotApplicableError("more would be returned than was delivered");
    }
    v1::LineQuantities& pieces = *line->mutable_quantities();
    pieces.set_return_requested(pieces.return_requested() + entry.quantity());
  }
  return absl::OkStatus();
}

bool HasRequest(const Order& order, const std::string& id) {
  for (const v1::Return& entry : order.returns()) {
    if (entry.return_id() == id) return true;
  }
  for (const v1::Exchange& entry : order.exchanges()) {
    if (entry.exchange_id() == id) return true;
  }
  return false;
}

absl::Status ApplyRequest(const v1::Event& event, Order* order) {
  Order after = *order;
  const v1::Return& goods_back = event.order().return_requested().return_request();
  const v1::Exchange& exchange = event.order().exchange_requested().exchange();
  const bool is_return = event.order().has_return_requested();
  if (HasRequest(after, is_return ? goods_back.return_id() : exchange.exchange_id())) {
    return NotApplicableError("the order has a return or exchange of that id");
  }
  absl::Status requested =
      is_return ? RequestBack(goods_back.lines(), &after) : RequestBack(exchange.lines(), &after);
  if (!requested.ok()) return requested;
  if (is_return) {
    *after.add_returns() = goods_back;
  } else {
    *after.add_exchanges() = exchange;
  }
  *order = std::move(after);
  return absl::OkStatus();
}

absl::Status ApplyToExisting(const v1::Event& event, Order* order) {
  switch (event.order().event_case()) {
    case v1::OrderEvent::kPaymentRecorded:
      return event.order().payment_recorded().has_refund()
                 ? ApplyRefundChange(event.order().payment_recorded().refund(), order)
                 : ApplyPayment(event.order().payment_recorded().payment(), order);
    case v1::OrderEvent::kShipmentRecorded:
      return ApplyShipment(event.order().shipment_recorded().shipment(), order);
    case v1::OrderEvent::kDeliveryRecorded:
      return ApplyDelivery(event.order().delivery_recorded(), order);
    case v1::OrderEvent::kOrderCanceled:
      return ApplyOrderCancelled(event, order);
    case v1::OrderEvent::kShippingAddressChanged:
      *order->mutable_shipping_address() = event.order().shipping_address_changed().address();
      return absl::OkStatus();
    case v1::OrderEvent::kPaymentMethodChanged:
      order->set_payment_method_change_count(NextCount(order->payment_method_change_count()));
      return absl::OkStatus();
    case v1::OrderEvent::kItemsChanged:
      return ApplyItems(event.order().items_changed(), order);
    case v1::OrderEvent::kReturnRequested:
    case v1::OrderEvent::kExchangeRequested:
      return ApplyRequest(event, order);
    case v1::OrderEvent::kOrderRefunded:
      return ApplyNewRefund(event.order().order_refunded().refund(), order);
    default:
      return NotApplicableError("the event is not known for an order");
  }
}

}  // namespace

absl::Status EvolveOrder(const v1::Event& event, v1::Order* order) {
  if (event.entity().kind() != v1::ENTITY_KIND_ORDER) {
    return NotApplicableError("the event is not about an order");
  }
  if (event.order().has_order_placed())
    return BeginOrder(event.order().order_placed().order(), event, order);
  if (event.order().has_order_imported()) {
    absl::Status begun = BeginOrder(event.order().order_imported().order(), event, order);
    if (begun.ok()) *order->mutable_import_source() = event.order().order_imported().source();
    return begun;
  }
  if (order->state() == Order::STATE_UNSPECIFIED || event.entity().id() != order->order_id()) {
    return NotApplicableError("the event is about another order");
  }
  return ApplyToExisting(event, order);
}

}  // namespace domain
}  // namespace frontdesk
