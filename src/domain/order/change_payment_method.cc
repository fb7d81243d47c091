#include <algorithm>
#include <cstdint>
#include <utility>

#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_money.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Payment;

}  // namespace

void CheckChangePaymentMethod(const FieldPath& root, const v1::OrderCommand& command,
                              ArgumentChecker* checker) {
  const v1::ChangePaymentMethod& verb = command.change_payment_method();
  checker->RequireText({&root, "payment_method_id"}, verb.payment_method_id());
  CheckSettlement(root, verb.settlement(), checker);
}

bool IsChangePaymentMethodUnchanged(const v1::OrderDecisionInput& input,
                                    const v1::OrderAssessment& assessment) {
  // An imported payment of zero moves too: its history shows which method paid.
  return assessment.has_payment_method() && assessment.requested_amount().units() == 0 &&
         std::none_of(input.order().payments().begin(), input.order().payments().end(),
                      [&](const Payment& payment) {
                        return IsMoved(payment, assessment.payment_method(), input.now());
                      });
}

absl::Status DecideChangePaymentMethod(OrderDraft* draft) {
  const v1::ChangePaymentMethod& verb = draft->command().change_payment_method();
  const FieldPath field{&draft->root(), "payment_method_id"};
  const v1::PaymentMethod* method = draft->FindMethod(verb.payment_method_id());
  if (method == nullptr) {
    draft->Refuse("PAYMENT_METHOD_UNKNOWN", &field);
    return absl::OkStatus();
  }
  const v1::Order& order = draft->order();
  const google::protobuf::Timestamp& now = draft->input().now();
  FRONTDESK_ASSIGN_OR_RETURN(const int64_t amount, MovedUnits(order, *method, now));
  FRONTDESK_RETURN_IF_ERROR(CheckPaymentsFit(order, amount));
  v1::Event event = draft->NewEvent();
  v1::PaymentMethodChanged& fact = *event.mutable_order()->mutable_payment_method_changed();
  *fact.mutable_route() = draft->RouteOf(*method);
  *fact.mutable_amount() = InOrderCurrency(order, amount);
  draft->AddEvent(std::move(event));
  draft->PayShares({{method, amount}}, verb.settlement());
  for (const Payment& payment : order.payments()) {
    if (!IsMoved(payment, *method, now)) continue;
    if (OpenUnits(payment, now) > 0) draft->Close(payment);
    if (IsRefundable(payment)) {
      draft->Refund(payment.route(), {WholePart(order, payment)}, v1::REFUND_CAUSE_PAYMENT_CHANGE,
                    verb.settlement());
    }
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
