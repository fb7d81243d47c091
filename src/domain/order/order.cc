#include "frontdesk/domain/order/order.h"

#include <utility>
#include <vector>

#include "domain/arguments.h"
#include "domain/command_table.h"
#include "domain/event_maker.h"
#include "domain/order/order_assess.h"
#include "domain/order/order_draft.h"
#include "domain/unchanged_commands.h"
#include "frontdesk/domain/order/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {

// The functions of each command are in a file of its own, and only the list below names them. A check looks at all arguments but
// the id of the order. A decision expects a state that allows the command, and that it changes something; it works on the draft, and refuses by it. Its error
// means that an amount does not fit.
using OrderCheck = ArgumentCheck<v1::OrderCommand>;
using OrderDecision = absl::Status(OrderDraft* draft);
using OrderUnchanged = UnchangedTest<v1::OrderDecisionInput, v1::OrderAssessment>;

OrderCheck CheckPlaceOrder;
OrderCheck CheckImportOrder;
OrderCheck CheckRecordPayment;
OrderCheck CheckRecordShipment;
OrderCheck CheckRecordDelivery;
OrderCheck CheckCancelOrder;
OrderCheck CheckChangeShippingAddress;
OrderCheck CheckChangePaymentMethod;
OrderCheck CheckChangeItems;
OrderCheck CheckRequestReturn;
OrderCheck CheckRequestExchange;
OrderCheck CheckRefundOrder;
OrderCheck CheckRequestPayment;
OrderCheck CheckCancelItems;
OrderCheck CheckRecordDispute;
OrderCheck CheckAnswerDispute;

OrderDecision DecidePlaceOrder;
OrderDecision DecideImportOrder;
OrderDecision DecideRecordPayment;
OrderDecision DecideRecordShipment;
OrderDecision DecideRecordDelivery;
OrderDecision DecideCancelOrder;
OrderDecision DecideChangeShippingAddress;
OrderDecision DecideChangePaymentMethod;
OrderDecision DecideChangeItems;
OrderDecision DecideRequestReturn;
OrderDecision DecideRequestExchange;
OrderDecision DecideRefundOrder;
OrderDecision DecideRequestPayment;
OrderDecision DecideCancelItems;
OrderDecision DecideRecordDispute;
OrderDecision DecideAnswerDispute;

OrderUnchanged IsRecordPaymentUnchanged;
OrderUnchanged IsRecordDisputeUnchanged;
OrderUnchanged IsChangeShippingAddressUnchanged;
OrderUnchanged IsChangePaymentMethodUnchanged;

namespace {

using v1::Dispute;
using v1::Order;
using v1::Payment;
using v1::Refund;

using OrderCommandTable = CommandTable<v1::OrderCommand, OrderDecision, OrderUnchanged>;

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
    {Payment::STATE_REQUESTED, Payment::STATE_EXPIRED},
    {Payment::STATE_AUTHORIZED, Payment::STATE_EXPIRED},
    // A further capture of the same authorization.
    {Payment::STATE_CAPTURED, Payment::STATE_CAPTURED},
    {Payment::STATE_CAPTURED, Payment::STATE_CHARGED_BACK},
    // The bank took a direct debit back.
    {Payment::STATE_CAPTURED, Payment::STATE_FAILED},
    // The gateway was quicker than the wish to void, or tried again: the money is here, and can be paid back.
    {Payment::STATE_VOIDED, Payment::STATE_CAPTURED},
    {Payment::STATE_EXPIRED, Payment::STATE_CAPTURED},
    {Payment::STATE_FAILED, Payment::STATE_CAPTURED},
    // The charge-back was reversed.
    {Payment::STATE_CHARGED_BACK, Payment::STATE_CAPTURED},
};

constexpr PaymentTransition kRefundTransitions[] = {
    // One that began outside.
    {Refund::STATE_UNSPECIFIED, Refund::STATE_PENDING},
    {Refund::STATE_UNSPECIFIED, Refund::STATE_SUCCEEDED},
    {Refund::STATE_UNSPECIFIED, Refund::STATE_FAILED},
    {Refund::STATE_UNSPECIFIED, Refund::STATE_CANCELED},
    {Refund::STATE_PENDING, Refund::STATE_SUCCEEDED},
    {Refund::STATE_PENDING, Refund::STATE_FAILED},
    {Refund::STATE_PENDING, Refund::STATE_CANCELED},
    // It bounced.
    {Refund::STATE_SUCCEEDED, Refund::STATE_FAILED},
    // The gateway tried again, or was quicker than the wish to withdraw.
    {Refund::STATE_FAILED, Refund::STATE_SUCCEEDED},
    {Refund::STATE_CANCELED, Refund::STATE_SUCCEEDED},
};

constexpr PaymentTransition kDisputeTransitions[] = {
    {Dispute::STATE_UNSPECIFIED, Dispute::STATE_OPEN},
    {Dispute::STATE_UNSPECIFIED, Dispute::STATE_UNDER_REVIEW},
    // Decided before it was reported.
    {Dispute::STATE_UNSPECIFIED, Dispute::STATE_WON},
    {Dispute::STATE_UNSPECIFIED, Dispute::STATE_LOST},
    {Dispute::STATE_OPEN, Dispute::STATE_OPEN},
    {Dispute::STATE_OPEN, Dispute::STATE_UNDER_REVIEW},
    {Dispute::STATE_OPEN, Dispute::STATE_WON},
    {Dispute::STATE_OPEN, Dispute::STATE_LOST},
    {Dispute::STATE_OPEN, Dispute::STATE_WITHDRAWN},
    {Dispute::STATE_UNDER_REVIEW, Dispute::STATE_OPEN},
    {Dispute::STATE_UNDER_REVIEW, Dispute::STATE_UNDER_REVIEW},
    {Dispute::STATE_UNDER_REVIEW, Dispute::STATE_WON},
    {Dispute::STATE_UNDER_REVIEW, Dispute::STATE_LOST},
    {Dispute::STATE_UNDER_REVIEW, Dispute::STATE_WITHDRAWN},
    // The next stage, or a decision that was reversed.
    {Dispute::STATE_WON, Dispute::STATE_OPEN},
    {Dispute::STATE_WON, Dispute::STATE_UNDER_REVIEW},
    {Dispute::STATE_WON, Dispute::STATE_LOST},
    {Dispute::STATE_LOST, Dispute::STATE_OPEN},
    {Dispute::STATE_LOST, Dispute::STATE_UNDER_REVIEW},
    {Dispute::STATE_LOST, Dispute::STATE_WON},
    {Dispute::STATE_LOST, Dispute::STATE_WITHDRAWN},
    {Dispute::STATE_WITHDRAWN, Dispute::STATE_OPEN},
};

OrderCommandTable MakeOrderCommands() {
  constexpr Order::State kNone = Order::STATE_UNSPECIFIED;
  constexpr Order::State kPlaced = Order::STATE_PLACED;
  constexpr Order::State kProcessing = Order::STATE_PROCESSING;
  constexpr Order::State kShipped = Order::STATE_SHIPPED;
  constexpr Order::State kDelivered = Order::STATE_DELIVERED;
  constexpr Order::State kCanceled = Order::STATE_CANCELED;
  const Moves kAlways = Keep({kPlaced, kProcessing, kShipped, kDelivered, kCanceled});
  // A refund may take pieces off, or say that they were lost.
  const Moves kReports = {{kPlaced, {kPlaced, kCanceled}},
                          {kProcessing, {kProcessing, kShipped, kDelivered, kCanceled}},
                          {kShipped, {kShipped, kDelivered}},
                          {kDelivered, {kDelivered}},
                          {kCanceled, {kCanceled}}};
  using C = v1::OrderCommand;
  return OrderCommandTable(
      Order::State_descriptor(), kOrderReasons,
      {
          {C::kPlaceOrder, CheckPlaceOrder, DecidePlaceOrder, {{kNone, {kPlaced}}}},
          {C::kImportOrder,
           CheckImportOrder,
           DecideImportOrder,
           {{kNone, {kPlaced, kProcessing, kShipped, kDelivered, kCanceled}}}},
          // A gateway's report is recorded whenever it arrives.
          {C::kRecordPayment, CheckRecordPayment, DecideRecordPayment, kReports,
           IsRecordPaymentUnchanged, "the report was recorded already"},
          {C::kRecordShipment,
           CheckRecordShipment,
           DecideRecordShipment,
           {{kPlaced, {kProcessing, kShipped, kDelivered}},
            {kProcessing, {kProcessing, kShipped, kDelivered}}}},
          {C::kRecordDelivery,
           CheckRecordDelivery,
           DecideRecordDelivery,
           {{kProcessing, {kProcessing, kShipped, kDelivered}},
            {kShipped, {kShipped, kDelivered}}}},
          {C::kCancelOrder,
           CheckCancelOrder,
           DecideCancelOrder,
           {{kPlaced, {kCanceled}}, {kProcessing, {kCanceled}}}},
          // A carrier may be informed on the way.
          {C::kChangeShippingAddress, CheckChangeShippingAddress, DecideChangeShippingAddress,
           Keep({kPlaced, kProcessing, kShipped}), IsChangeShippingAddressUnchanged,
           "the shipping address is that already"},
          // Goods may be paid for after they came.
          {C::kChangePaymentMethod, CheckChangePaymentMethod, DecideChangePaymentMethod,
           Keep({kPlaced, kProcessing, kShipped, kDelivered}), IsChangePaymentMethodUnchanged,
           "the order is paid with that method already"},
          {C::kChangeItems,
           CheckChangeItems,
           DecideChangeItems,
           {{kPlaced, {kPlaced}}, {kProcessing, {kProcessing, kShipped, kDelivered}}}},
          // Part of an order may have been delivered while the rest was not.
          {C::kRequestReturn, CheckRequestReturn, DecideRequestReturn,
           Keep({kProcessing, kShipped, kDelivered})},
          {C::kRequestExchange, CheckRequestExchange, DecideRequestExchange,
           Keep({kProcessing, kShipped, kDelivered})},
          // A held amount can be refunded whatever the state of the goods.
          {C::kRefundOrder, CheckRefundOrder, DecideRefundOrder, kReports},
          {C::kRequestPayment, CheckRequestPayment, DecideRequestPayment,
           Keep({kPlaced, kProcessing, kShipped, kDelivered})},
          {C::kCancelItems,
           CheckCancelItems,
           DecideCancelItems,
           {{kPlaced, {kPlaced, kCanceled}},
            {kProcessing, {kProcessing, kShipped, kDelivered, kCanceled}}}},
          // The bank decides when.
          {C::kRecordDispute, CheckRecordDispute, DecideRecordDispute, kAlways,
           IsRecordDisputeUnchanged, "the report was recorded already"},
          {C::kAnswerDispute, CheckAnswerDispute, DecideAnswerDispute, kAlways},
      });
}

const OrderCommandTable& OrderCommands() {
  static const OrderCommandTable* const table = new OrderCommandTable(MakeOrderCommands());
  return *table;
}

}  // namespace

const Lifecycle& OrderLifecycle() { return OrderCommands().lifecycle(); }

absl::Span<const UnchangedCommand> UnchangedOrderCommands() {
  return OrderCommands().unchanged_commands();
}

bool IsOrderUnchanged(const v1::OrderDecisionInput& input, const v1::OrderAssessment& assessment) {
  return OrderCommands().IsUnchanged(input, assessment);
}

absl::Span<const PaymentTransition> PaymentTransitions() { return kPaymentTransitions; }

absl::Span<const PaymentTransition> RefundTransitions() { return kRefundTransitions; }

absl::Span<const PaymentTransition> DisputeTransitions() { return kDisputeTransitions; }

std::vector<v1::Refusal> CheckOrderArguments(const v1::OrderCommand& command,
                                             const google::protobuf::Timestamp& now, Fields fields,
                                             const PolicyFields& policy_fields) {
  const CommandInfo* info = FindEntityCommand(command);
  if (info == nullptr) return {};
  ArgumentChecker checker(now);
  checker.SetPolicyFields(policy_fields);
  const FieldPath root{nullptr, info->field};
  // An import has the id in the imported order, and checks it there.
  if (!command.has_import_order()) {
    checker.RequireText({&root, info->id_path}, AddressedId(*info, command));
  }
  if (const auto check = OrderCommands().FindCheck(*info)) check(root, command, &checker);
  // An import that keeps what is not valid looks through its fields itself.
  const bool is_cleaned = command.has_import_order() && !command.import_order().strict();
  if (fields == Fields::kUnknown && !is_cleaned) checker.CheckFields(command);
  return std::move(checker).Take();
}

absl::StatusOr<Decided> DecideOrder(const v1::OrderDecisionInput& input) {
  const CommandInfo* info = FindEntityCommand(input.command());
  if (info == nullptr) return WrongEntityError();
  FRONTDESK_RETURN_IF_ERROR(CheckOrderFacts(input));
  if (auto refusal = OrderLifecycle().Refuse(*info, input.order().state())) {
    Decided refused;
    refused.refusals.push_back(*std::move(refusal));
    return refused;
  }
  if (input.assessment().is_unchanged()) return Decided();
  OrderDraft draft(input, *info);
  const auto decide = OrderCommands().FindDecide(*info);
  FRONTDESK_RETURN_IF_ERROR(decide(&draft));
  return std::move(draft).Finish();
}

}  // namespace domain
}  // namespace frontdesk
