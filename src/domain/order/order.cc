#include "frontdesk/domain/order/order.h"

#include <utility>

#include "domain/event_maker.h"
#include "domain/order/order_assess.h"
#include "domain/order/order_verbs.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Order;
using v1::OrderCommand;
using v1::Payment;

constexpr PaymentTransition kPaymentTransitions[] = {
    {Payment::STATE_UNSPECIFIED, Payment::STATE_AUTHORIZED},
    {Payment::STATE_UNSPECIFIED, Payment::STATE_CAPTURED},
    {Payment::STATE_UNSPECIFIED, Payment::STATE_FAILED},
    {Payment::STATE_REQUESTED, Payment::STATE_AUTHORIZED},
    {Payment::STATE_REQUESTED, Payment::STATE_CAPTURED},
    {Payment::STATE_REQUESTED, Payment::STATE_FAILED},
    {Payment::STATE_REQUESTED, Payment::STATE_VOIDED},
    {Payment::STATE_AUTHORIZED, Payment::STATE_CAPTURED},
    {Payment::STATE_AUTHORIZED, Payment::STATE_FAILED},
    {Payment::STATE_AUTHORIZED, Payment::STATE_VOIDED},
    {Payment::STATE_CAPTURED, Payment::STATE_CHARGED_BACK},
    // The gateway was quicker than the wish to void: the money is here, and can be paid back.
    {Payment::STATE_VOIDED, Payment::STATE_CAPTURED},
};

absl::Status DecideVerb(OrderCommand::VerbCase verb, OrderDraft* draft) {
  switch (verb) {
    case OrderCommand::kPlaceOrder:
      return DecidePlaceOrder(draft);
    case OrderCommand::kImportOrder:
      return DecideImportOrder(draft);
    case OrderCommand::kRecordPayment:
      return DecideRecordPayment(draft);
    case OrderCommand::kRecordShipment:
      return DecideRecordShipment(draft);
    case OrderCommand::kRecordDelivery:
      return DecideRecordDelivery(draft);
    case OrderCommand::kCancelOrder:
      return DecideCancelOrder(draft);
    case OrderCommand::kChangeShippingAddress:
      return DecideChangeShippingAddress(draft);
    case OrderCommand::kChangePaymentMethod:
      return DecideChangePaymentMethod(draft);
    case OrderCommand::kChangeItems:
      return DecideChangeItems(draft);
    case OrderCommand::kRequestReturn:
      return DecideRequestReturn(draft);
    case OrderCommand::kRequestExchange:
      return DecideRequestExchange(draft);
    case OrderCommand::kRefundOrder:
      return DecideRefundOrder(draft);
    default:
      return WrongEntityError();
  }
}

}  // namespace

const Lifecycle& OrderLifecycle() {
  constexpr Order::State kNone = Order::STATE_UNSPECIFIED;
  constexpr Order::State kPlaced = Order::STATE_PLACED;
  constexpr Order::State kProcessing = Order::STATE_PROCESSING;
  constexpr Order::State kShipped = Order::STATE_SHIPPED;
  constexpr Order::State kDelivered = Order::STATE_DELIVERED;
  constexpr Order::State kCanceled = Order::STATE_CANCELED;
  using C = v1::OrderCommand;
  static const Lifecycle* const lifecycle = new Lifecycle(
      Order::State_descriptor(), C::descriptor(),
      {
          {C::kPlaceOrder, {{kNone, {kPlaced}}}},
          {C::kImportOrder, {{kNone, {kPlaced, kProcessing, kShipped, kDelivered, kCanceled}}}},
          // A gateway's report is recorded whenever it arrives.
          {C::kRecordPayment,
           {{kPlaced, {kPlaced}},
            {kProcessing, {kProcessing}},
            {kShipped, {kShipped}},
            {kDelivered, {kDelivered}},
            {kCanceled, {kCanceled}}}},
          {C::kRecordShipment,
           {{kPlaced, {kProcessing, kShipped, kDelivered}},
            {kProcessing, {kProcessing, kShipped, kDelivered}}}},
          {C::kRecordDelivery,
           {{kProcessing, {kProcessing, kShipped, kDelivered}},
            {kShipped, {kShipped, kDelivered}}}},
          {C::kCancelOrder, {{kPlaced, {kCanceled}}, {kProcessing, {kCanceled}}}},
          // A carrier may be informed on the way.
          {C::kChangeShippingAddress,
           {{kPlaced, {kPlaced}}, {kProcessing, {kProcessing}}, {kShipped, {kShipped}}}},
          // Goods may be paid for after they came.
          {C::kChangePaymentMethod,
           {{kPlaced, {kPlaced}},
            {kProcessing, {kProcessing}},
            {kShipped, {kShipped}},
            {kDelivered, {kDelivered}}}},
          {C::kChangeItems, {{kPlaced, {kPlaced}}, {kProcessing, {kProcessing}}}},
          // Part of an order may have been delivered while the rest was not.
          {C::kRequestReturn,
           {{kProcessing, {kProcessing}}, {kShipped, {kShipped}}, {kDelivered, {kDelivered}}}},
          {C::kRequestExchange,
           {{kProcessing, {kProcessing}}, {kShipped, {kShipped}}, {kDelivered, {kDelivered}}}},
          // A held amount can be refunded whatever the state of the goods.
          {C::kRefundOrder,
           {{kPlaced, {kPlaced}},
            {kProcessing, {kProcessing}},
            {kShipped, {kShipped}},
            {kDelivered, {kDelivered}},
            {kCanceled, {kCanceled}}}},
      });
  return *lifecycle;
}

absl::Span<const PaymentTransition> PaymentTransitions() { return kPaymentTransitions; }

absl::StatusOr<Decided> DecideOrder(const v1::OrderDecisionInput& input) {
  const CommandInfo* command = FindEntityCommand(input.command());
  if (command == nullptr) return WrongEntityError();
  FRONTDESK_RETURN_IF_ERROR(CheckOrderFacts(input));
  Decided refused;
  absl::optional<v1::Refusal> refusal = OrderLifecycle().Refuse(*command, input.order().state());
  if (refusal.has_value()) {
    refused.refusals.push_back(*std::move(refusal));
    return refused;
  }
  OrderDraft draft(input, *command);
  FRONTDESK_RETURN_IF_ERROR(DecideVerb(input.command().verb_case(), &draft));
  return std::move(draft).Finish();
}

}  // namespace domain
}  // namespace frontdesk
