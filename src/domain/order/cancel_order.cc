#include "domain/order/canceled_pieces.h"
#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_item_changes.h"

namespace frontdesk {
namespace domain {

void CheckCancelOrder(const FieldPath& root, const v1::OrderCommand& command,
                      ArgumentChecker* checker) {
  const v1::CancelOrder& verb = command.cancel_order();
  CheckSettlement(root, verb.settlement(), checker);
  CheckCashOut(root, verb.cash_out(), checker);
}

absl::Status DecideCancelOrder(OrderDraft* draft) {
  const v1::CancelOrder& verb = draft->command().cancel_order();
  const v1::Order& order = draft->order();
  for (const v1::OrderLine& line : order.lines()) {
    if (line.quantities().shipped() > 0) {
      draft->Refuse("SHIPPED");
      break;
    }
  }
  const v1::PaymentMethod* instead = nullptr;
  if (!verb.payment_method_id().empty()) instead = RequireMethod(verb.payment_method_id(), draft);
  if (draft->refused()) return absl::OkStatus();
  const int64_t kept = WithheldUnits(order);
  AddOrderCanceled(verb.reason(), kept, draft);
  draft->AllowCashOut(verb.cash_out());
  GiveBackOrder(kept, nullptr, instead, verb.settlement(), draft);
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
