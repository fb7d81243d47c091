#include "frontdesk/domain/order/order.h"

#include <utility>

#include "domain/event_maker.h"
#include "domain/order/order_assess.h"
#include "domain/order/order_verbs.h"
#include "domain/transition_text.h"
#include "frontdesk/domain/verbs.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Command;
using v1::Order;
using v1::Payment;

constexpr Order::State kNoOrder = Order::STATE_UNSPECIFIED;
constexpr Order::State kPlaced = Order::STATE_PLACED;
constexpr Order::State kProcessing = Order::STATE_PROCESSING;
constexpr Order::State kShipped = Order::STATE_SHIPPED;
constexpr Order::State kDelivered = Order::STATE_DELIVERED;
constexpr Order::State kCancelledOnly = Order::STATE_CANCELLED;

constexpr Order::State kToPlaced[] = {kPlaced};
constexpr Order::State kToProcessing[] = {kProcessing};
constexpr Order::State kToShipped[] = {kShipped};
constexpr Order::State kToDelivered[] = {kDelivered};
constexpr Order::State kToCancelled[] = {kCancelledOnly};
constexpr Order::State kToAny[] = {kPlaced, kProcessing, kShipped, kDelivered, kCancelledOnly};
// A piece may have been delivered before the last one is shipped.
constexpr Order::State kToGoods[] = {kProcessing, kShipped, kDelivered};
constexpr Order::State kToDelivering[] = {kShipped, kDelivered};

const OrderTransition kOrderTransitions[] = {
    {Command::kPlaceOrder, kNoOrder, kToPlaced, ""},
    {Command::kPlaceOrder, kPlaced, {}, kReasonOrderExists},
    {Command::kPlaceOrder, kProcessing, {}, kReasonOrderExists},
    {Command::kPlaceOrder, kShipped, {}, kReasonOrderExists},
    {Command::kPlaceOrder, kDelivered, {}, kReasonOrderExists},
    {Command::kPlaceOrder, kCancelledOnly, {}, kReasonOrderExists},

    {Command::kImportOrder, kNoOrder, kToAny, ""},
    {Command::kImportOrder, kPlaced, {}, kReasonOrderExists},
    {Command::kImportOrder, kProcessing, {}, kReasonOrderExists},
    {Command::kImportOrder, kShipped, {}, kReasonOrderExists},
    {Command::kImportOrder, kDelivered, {}, kReasonOrderExists},
    {Command::kImportOrder, kCancelledOnly, {}, kReasonOrderExists},

    // What a gateway did is recorded whenever it is told.
    {Command::kRecordPayment, kNoOrder, {}, kReasonOrderNotFound},
    {Command::kRecordPayment, kPlaced, kToPlaced, ""},
    {Command::kRecordPayment, kProcessing, kToProcessing, ""},
    {Command::kRecordPayment, kShipped, kToShipped, ""},
    {Command::kRecordPayment, kDelivered, kToDelivered, ""},
    {Command::kRecordPayment, kCancelledOnly, kToCancelled, ""},

    {Command::kRecordShipment, kNoOrder, {}, kReasonOrderNotFound},
    {Command::kRecordShipment, kPlaced, kToGoods, ""},
    {Command::kRecordShipment, kProcessing, kToGoods, ""},
    {Command::kRecordShipment, kShipped, {}, kReasonOrderRecordShipmentState},
    {Command::kRecordShipment, kDelivered, {}, kReasonOrderRecordShipmentState},
    {Command::kRecordShipment, kCancelledOnly, {}, kReasonOrderRecordShipmentState},

    {Command::kRecordDelivery, kNoOrder, {}, kReasonOrderNotFound},
    {Command::kRecordDelivery, kPlaced, {}, kReasonOrderRecordDeliveryState},
    {Command::kRecordDelivery, kProcessing, kToGoods, ""},
    {Command::kRecordDelivery, kShipped, kToDelivering, ""},
    {Command::kRecordDelivery, kDelivered, {}, kReasonOrderRecordDeliveryState},
    {Command::kRecordDelivery, kCancelledOnly, {}, kReasonOrderRecordDeliveryState},

    {Command::kCancelOrder, kNoOrder, {}, kReasonOrderNotFound},
    {Command::kCancelOrder, kPlaced, kToCancelled, ""},
    {Command::kCancelOrder, kProcessing, kToCancelled, ""},
    {Command::kCancelOrder, kShipped, {}, kReasonOrderCancelState},
    {Command::kCancelOrder, kDelivered, {}, kReasonOrderCancelState},
    {Command::kCancelOrder, kCancelledOnly, {}, kReasonOrderCancelState},

    // A carrier may be told on the way.
    {Command::kChangeShippingAddress, kNoOrder, {}, kReasonOrderNotFound},
    {Command::kChangeShippingAddress, kPlaced, kToPlaced, ""},
    {Command::kChangeShippingAddress, kProcessing, kToProcessing, ""},
    {Command::kChangeShippingAddress, kShipped, kToShipped, ""},
    {Command::kChangeShippingAddress, kDelivered, {}, kReasonOrderChangeShippingAddressState},
    {Command::kChangeShippingAddress, kCancelledOnly, {}, kReasonOrderChangeShippingAddressState},

    // Goods may be paid for after they came.
    {Command::kChangePaymentMethod, kNoOrder, {}, kReasonOrderNotFound},
    {Command::kChangePaymentMethod, kPlaced, kToPlaced, ""},
    {Command::kChangePaymentMethod, kProcessing, kToProcessing, ""},
    {Command::kChangePaymentMethod, kShipped, kToShipped, ""},
    {Command::kChangePaymentMethod, kDelivered, kToDelivered, ""},
    {Command::kChangePaymentMethod, kCancelledOnly, {}, kReasonOrderChangePaymentMethodState},

    {Command::kChangeItems, kNoOrder, {}, kReasonOrderNotFound},
    {Command::kChangeItems, kPlaced, kToPlaced, ""},
    {Command::kChangeItems, kProcessing, kToProcessing, ""},
    {Command::kChangeItems, kShipped, {}, kReasonOrderChangeItemsState},
    {Command::kChangeItems, kDelivered, {}, kReasonOrderChangeItemsState},
    {Command::kChangeItems, kCancelledOnly, {}, kReasonOrderChangeItemsState},

    // Part of an order may have been delivered while the rest was not.
    {Command::kRequestReturn, kNoOrder, {}, kReasonOrderNotFound},
    {Command::kRequestReturn, kPlaced, {}, kReasonOrderRequestReturnState},
    {Command::kRequestReturn, kProcessing, kToProcessing, ""},
    {Command::kRequestReturn, kShipped, kToShipped, ""},
    {Command::kRequestReturn, kDelivered, kToDelivered, ""},
    {Command::kRequestReturn, kCancelledOnly, {}, kReasonOrderRequestReturnState},

    {Command::kRequestExchange, kNoOrder, {}, kReasonOrderNotFound},
    {Command::kRequestExchange, kPlaced, {}, kReasonOrderRequestExchangeState},
    {Command::kRequestExchange, kProcessing, kToProcessing, ""},
    {Command::kRequestExchange, kShipped, kToShipped, ""},
    {Command::kRequestExchange, kDelivered, kToDelivered, ""},
    {Command::kRequestExchange, kCancelledOnly, {}, kReasonOrderRequestExchangeState},

    // What is held can be paid back whatever became of the goods.
    {Command::kRefundOrder, kNoOrder, {}, kReasonOrderNotFound},
    {Command::kRefundOrder, kPlaced, kToPlaced, ""},
    {Command::kRefundOrder, kProcessing, kToProcessing, ""},
    {Command::kRefundOrder, kShipped, kToShipped, ""},
    {Command::kRefundOrder, kDelivered, kToDelivered, ""},
    {Command::kRefundOrder, kCancelledOnly, kToCancelled, ""},
};

constexpr PaymentTransition kPaymentTransitions[] = {
    {Payment::STATE_UNSPECIFIED, Payment::STATE_AUTHORISED},
    {Payment::STATE_UNSPECIFIED, Payment::STATE_CAPTURED},
    {Payment::STATE_UNSPECIFIED, Payment::STATE_FAILED},
    {Payment::STATE_REQUESTED, Payment::STATE_AUTHORISED},
    {Payment::STATE_REQUESTED, Payment::STATE_CAPTURED},
    {Payment::STATE_REQUESTED, Payment::STATE_FAILED},
    {Payment::STATE_REQUESTED, Payment::STATE_VOIDED},
    {Payment::STATE_AUTHORISED, Payment::STATE_CAPTURED},
    {Payment::STATE_AUTHORISED, Payment::STATE_FAILED},
    {Payment::STATE_AUTHORISED, Payment::STATE_VOIDED},
    {Payment::STATE_CAPTURED, Payment::STATE_CHARGED_BACK},
    // The gateway was quicker than the wish to void: the money is here, and can be paid back.
    {Payment::STATE_VOIDED, Payment::STATE_CAPTURED},
};

absl::Status DecideVerb(Command::VerbCase verb, OrderDraft* draft) {
  switch (verb) {
    case Command::kPlaceOrder:
      return DecidePlaceOrder(draft);
    case Command::kImportOrder:
      return DecideImportOrder(draft);
    case Command::kRecordPayment:
      return DecideRecordPayment(draft);
    case Command::kRecordShipment:
      return DecideRecordShipment(draft);
    case Command::kRecordDelivery:
      return DecideRecordDelivery(draft);
    case Command::kCancelOrder:
      return DecideCancelOrder(draft);
    case Command::kChangeShippingAddress:
      return DecideChangeShippingAddress(draft);
    case Command::kChangePaymentMethod:
      return DecideChangePaymentMethod(draft);
    case Command::kChangeItems:
      return DecideChangeItems(draft);
    case Command::kRequestReturn:
      return DecideRequestReturn(draft);
    case Command::kRequestExchange:
      return DecideRequestExchange(draft);
    case Command::kRefundOrder:
      return DecideRefundOrder(draft);
    default:
      return WrongEntityError();
  }
}

}  // namespace

absl::Span<const OrderTransition> OrderTransitions() { return kOrderTransitions; }

absl::Span<const PaymentTransition> PaymentTransitions() { return kPaymentTransitions; }

absl::StatusOr<Decided> DecideOrder(const v1::OrderDecisionInput& input) {
  const VerbInfo* verb = FindVerb(input.command().verb_case());
  if (verb == nullptr || verb->entity_kind != v1::ENTITY_KIND_ORDER) return WrongEntityError();
  FRONTDESK_RETURN_IF_ERROR(CheckOrderFacts(input));
  const OrderTransition* transition =
      FindTransition(OrderTransitions(), verb->verb, input.order().state());
  Decided refused;
  if (transition == nullptr) {
    // A state that is not known: there is such an order, and nothing can be done with it.
    refused.refusals.push_back(
        MakeStateRefusal(verb->creates ? kReasonOrderExists : kReasonOrderNotFound, true));
    return refused;
  }
  if (!transition->refusal_reason.empty()) {
    refused.refusals.push_back(
        MakeTransitionRefusal(OrderTransitions(), *transition, *Order::State_descriptor()));
    return refused;
  }
  OrderDraft draft(input, *verb);
  FRONTDESK_RETURN_IF_ERROR(DecideVerb(verb->verb, &draft));
  return std::move(draft).Finish();
}

}  // namespace domain
}  // namespace frontdesk
