#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "domain/order/order_arguments.h"
#include "domain/order/order_draft.h"
#include "domain/order/order_money.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
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
  if (!assessment.has_payment_method()) return false;
  bool named_pays = false;
  for (const Payment& payment : input.order().payments()) {
    if (!IsOpen(payment) && !IsRefundable(payment)) continue;
    if (payment.route().payment_method_id() != assessment.payment_method().payment_method_id()) {
      return false;
    }
    named_pays = true;
  }
  return named_pays;
}

absl::Status DecideChangePaymentMethod(OrderDraft* draft) {
  const v1::ChangePaymentMethod& verb = draft->command().change_payment_method();
  const FieldPath field{&draft->root(), "payment_method_id"};
  const v1::PaymentMethod* method = draft->FindMethod(verb.payment_method_id());
  if (method == nullptr) {
    draft->Refuse("PAYMENT_METHOD_UNKNOWN", &field);
    return absl::OkStatus();
  }
  // The amount that moves: all that is held or still requested by other methods.
  const auto& payments = draft->order().payments();
  std::vector<const Payment*> moved;
  __int128 units = 0;
  for (const Payment& payment : payments) {
    if (!IsOpen(payment) && !IsRefundable(payment)) continue;
    if (payment.route().payment_method_id() == verb.payment_method_id()) continue;
    moved.push_back(&payment);
    units += IsOpen(payment) ? payment.amount().units() : HeldUnits(payment);
  }
  if (units > std::numeric_limits<int64_t>::max()) {
    return MakeError(kReasonMoneyOverflow, "the payments of the order do not fit in 64 bits");
  }
  const int64_t amount = static_cast<int64_t>(units);
  FRONTDESK_RETURN_IF_ERROR(CheckPaymentsFit(draft->order(), amount));
  v1::Event event = draft->NewEvent();
  v1::PaymentMethodChanged& fact = *event.mutable_order()->mutable_payment_method_changed();
  *fact.mutable_route() = OrderDraft::RouteOf(*method);
  *fact.mutable_amount() = InOrderCurrency(draft->order(), amount);
  const v1::MoneyRoute route = fact.route();
  draft->AddEvent(std::move(event));
  draft->Pay(route, amount, verb.settlement());
  for (const Payment* payment : moved) {
    if (IsOpen(*payment)) {
      draft->Void(*payment);
    } else {
      draft->Refund(payment->route(), {WholePart(draft->order(), *payment)},
                    v1::REFUND_CAUSE_PAYMENT_CHANGE, {}, verb.settlement());
    }
  }
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
