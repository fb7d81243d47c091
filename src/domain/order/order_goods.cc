// Where goods are: shipments, deliveries and the address they go to.
#include <utility>

#include "domain/order/order_money.h"
#include "domain/order/order_verbs.h"

namespace frontdesk {
namespace domain {
namespace {

bool IsBefore(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return a.seconds() != b.seconds() ? a.seconds() < b.seconds() : a.nanos() < b.nanos();
}

}  // namespace

absl::Status DecideRecordShipment(OrderDraft* draft) {
  const v1::Shipment& shipment = draft->command().record_shipment().shipment();
  const FieldPath field{&draft->root(), "shipment"};
  if (FindShipment(draft->order(), shipment.shipment_id()) != nullptr) {
    const FieldPath id{&field, "shipment_id"};
    draft->Refuse("ID_EXISTS", &id);
  }
  for (int i = 0; i < shipment.lines_size(); ++i) {
    const FieldPath entry{&field, "lines", i};
    const v1::OrderLine* line = FindLine(draft->order(), shipment.lines(i).line_id());
    if (line == nullptr) {
      const FieldPath id{&entry, "line_id"};
      draft->Refuse("LINE_UNKNOWN", &id);
    } else if (shipment.lines(i).quantity() > UnshippedQuantity(*line)) {
      const FieldPath quantity{&entry, "quantity"};
      draft->Refuse("QUANTITY", &quantity);
    }
  }
  if (draft->refused()) return absl::OkStatus();
  v1::Event event = draft->NewEvent();
  *event.mutable_order()->mutable_shipment_recorded()->mutable_shipment() = shipment;
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

absl::Status DecideRecordDelivery(OrderDraft* draft) {
  const v1::RecordDelivery& verb = draft->command().record_delivery();
  const v1::Shipment* shipment = FindShipment(draft->order(), verb.shipment_id());
  const FieldPath id{&draft->root(), "shipment_id"};
  if (shipment == nullptr) {
    draft->Refuse("SHIPMENT_UNKNOWN", &id);
    return absl::OkStatus();
  }
  if (shipment->delivered()) draft->Refuse("DELIVERED", &id);
  const google::protobuf::Timestamp& time =
      verb.has_deliver_time() ? verb.deliver_time() : draft->input().now();
  if (shipment->has_ship_time() && IsBefore(time, shipment->ship_time())) {
    const FieldPath field{&draft->root(), "deliver_time"};
    draft->Refuse("TIME", &field);
  }
  if (draft->refused()) return absl::OkStatus();
  v1::Event event = draft->NewEvent();
  v1::DeliveryRecorded& fact = *event.mutable_order()->mutable_delivery_recorded();
  fact.set_shipment_id(verb.shipment_id());
  *fact.mutable_deliver_time() = time;
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

absl::Status DecideChangeShippingAddress(OrderDraft* draft) {
  v1::Event event = draft->NewEvent();
  v1::ShippingAddressChanged& fact = *event.mutable_order()->mutable_shipping_address_changed();
  *fact.mutable_address() = draft->command().change_shipping_address().address();
  if (draft->order().has_shipping_address()) {
    *fact.mutable_before() = draft->order().shipping_address();
  }
  draft->AddEvent(std::move(event));
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
