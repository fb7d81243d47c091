#include <utility>

#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_money.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Payment;

}  // namespace

void CheckCancelOrder(const FieldPath& root, const v1::OrderCommand& command,
                      ArgumentChecker* checker) {
  const v1::CancelOrder& verb = command.cancel_order();
  CheckSettlement(root, verb.settlement(), checker);
}

absl::Status DecideCancelOrder(OrderDraft* draft) {
  const v1::CancelOrder& verb = draft->command().cancel_order();
  const v1::Order& order = draft->order();
  for (const v1::OrderLine& line : order.lines()) {
    if (line.quantities().shipped() > 0) {
      draft->Refuse("SHIPPED");
      return absl::OkStatus();
    }
  }
  v1::Event event = draft->NewEvent();
  event.mutable_order()->mutable_order_canceled()->set_reason(verb.reason());
  draft->AddEvent(std::move(event));
  for (const Payment& payment : order.payments()) {
    if (IsOpen(payment)) {
      draft->Close(payment);
    }
    if (IsRefundable(payment)) {
      draft->Refund(payment.route(), {WholePart(order, payment)}, v1::REFUND_CAUSE_CANCELLATION, {},
                    verb.settlement());
    }
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
