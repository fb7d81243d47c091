#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"

namespace frontdesk {
namespace domain {

void CheckRecordDispute(const FieldPath&, const v1::OrderCommand&, ArgumentChecker*) {}

bool IsRecordDisputeUnchanged(const v1::OrderDecisionInput&, const v1::OrderAssessment&) {
  return false;
}

absl::Status DecideRecordDispute(OrderDraft*) { return absl::OkStatus(); }

}  // namespace domain
}  // namespace frontdesk
