#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"

namespace frontdesk {
namespace domain {

void CheckAnswerDispute(const FieldPath&, const v1::OrderCommand&, ArgumentChecker*) {}

absl::Status DecideAnswerDispute(OrderDraft*) { return absl::OkStatus(); }

}  // namespace domain
}  // namespace frontdesk
