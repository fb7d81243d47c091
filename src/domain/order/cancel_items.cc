#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"

namespace frontdesk {
namespace domain {

void CheckCancelItems(const FieldPath&, const v1::OrderCommand&, ArgumentChecker*) {}

absl::Status DecideCancelItems(OrderDraft*) { return absl::OkStatus(); }

}  // namespace domain
}  // namespace frontdesk
