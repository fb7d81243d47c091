#include <algorithm>

#include "domain/event_maker.h"
#include "domain/order/order_fold.h"
#include "domain/order/order_money.h"
#include "domain/order/refund_content.h"
#include "frontdesk/domain/order/order.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Order;

// Pieces that were refunded and are canceled now count as canceled only.
void CountCanceled(int64_t quantity, v1::LineQuantities* pieces) {
  pieces->set_canceled(SaturatedSum(pieces->canceled(), quantity));
  const int64_t left =
      std::max<int64_t>(0, SaturatedDifference(pieces->ordered(), pieces->canceled()));
  pieces->set_refunded(std::min(pieces->refunded(), left));
}

bool IsLaterTime(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return a.seconds() != b.seconds() ? a.seconds() > b.seconds() : a.nanos() > b.nanos();
}

// The order that the event begins; null for other events.
const Order* BegunOrder(const v1::OrderEvent& fact) {
  if (fact.has_order_placed()) return &fact.order_placed().order();
  if (fact.has_order_imported()) return &fact.order_imported().order();
  return nullptr;
}

void ApplyShipment(const v1::Shipment& shipment, Order* order) {
  for (const v1::LineQuantity& entry : shipment.lines()) {
    v1::OrderLine* line = FindLine(order, entry.line_id());
    if (line == nullptr) continue;
    v1::LineQuantities& pieces = *line->mutable_quantities();
    pieces.set_shipped(SaturatedSum(pieces.shipped(), entry.quantity()));
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
          SaturatedSum(pieces.delivered(), std::min(entry.quantity(), UndeliveredQuantity(*line))));
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
    const int64_t gone =
        SaturatedSum(line.refunded_amount().units(), line.withheld_amount().units());
    *line.mutable_canceled_amount() = InOrderCurrency(
        *order, std::max<int64_t>(0, SaturatedDifference(line.net_amount().units(), gone)));
  }
  *order->mutable_credited_amount() = InOrderCurrency(
      *order, SaturatedDifference(order->totals().total().units(),
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
    pieces.set_lost(
        SaturatedSum(pieces.lost(), std::min(entry.quantity(), UndeliveredQuantity(*line))));
  }
  SetStateOfGoods(order);
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
    pieces.set_return_requested(SaturatedSum(pieces.return_requested(), entry.quantity()));
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
    case v1::OrderEvent::kOrderRefunded:
    case v1::OrderEvent::kDisputeRecorded:
      ApplyMovement(event, order);
      break;
    case v1::OrderEvent::kItemsCanceled:
      ApplyItemsCanceled(fact.items_canceled(), order);
      break;
    case v1::OrderEvent::kItemsLost:
      ApplyItemsLost(fact.items_lost(), order);
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
    *order = *begun;
    BeginMovements(event, order);
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
