#include <utility>

#include "domain/interaction_part.h"
#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_money.h"

namespace frontdesk {
namespace domain {

void CheckRecordDelivery(const FieldPath& root, const v1::OrderCommand& command,
                         ArgumentChecker* checker) {
  const v1::RecordDelivery& verb = command.record_delivery();
  checker->RequireText({&root, "shipment_id"}, verb.shipment_id());
  CheckNotAfterNow({&root, "deliver_time"}, verb.has_deliver_time(), verb.deliver_time(), checker);
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

}  // namespace domain
}  // namespace frontdesk
