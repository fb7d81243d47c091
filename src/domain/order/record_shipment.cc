#include <utility>

#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_limits.h"
#include "domain/order/order_money.h"

namespace frontdesk {
namespace domain {

void CheckRecordShipment(const FieldPath& root, const v1::OrderCommand& command,
                         ArgumentChecker* checker) {
  const v1::RecordShipment& verb = command.record_shipment();
  const FieldPath field{&root, "shipment"};
  if (!checker->RequireMessage(field, verb.has_shipment())) return;
  const v1::Shipment& shipment = verb.shipment();
  checker->RequireText({&field, "shipment_id"}, shipment.shipment_id());
  checker->CheckCount({&field, "lines"}, shipment.lines_size(), 1, kMaxOrderLines);
  DistinctIds line_ids;
  for (int i = 0; i < shipment.lines_size(); ++i) {
    const FieldPath line{&field, "lines", i};
    const FieldPath line_id{&line, "line_id"};
    if (checker->RequireText(line_id, shipment.lines(i).line_id())) {
      line_ids.Check(line_id, shipment.lines(i).line_id(), checker);
    }
    checker->CheckRange({&line, "quantity"}, shipment.lines(i).quantity(), 1, kMaxLineQuantity);
  }
  CheckNotAfterNow({&field, "ship_time"}, shipment.has_ship_time(), shipment.ship_time(), checker);
  checker->Forbid({&field, "deliver_time"}, shipment.has_deliver_time());
  checker->Forbid({&field, "delivered"}, shipment.delivered());
}

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

}  // namespace domain
}  // namespace frontdesk
