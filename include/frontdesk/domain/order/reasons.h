// Reasons of orders, in the order in which refusals of one command are listed. The type is in base/reason.h.
#ifndef FRONTDESK_DOMAIN_ORDER_REASONS_H_
#define FRONTDESK_DOMAIN_ORDER_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."[, "cause for customers"]).
// clang-format off
#define FRONTDESK_ORDER_REASONS(X) \
  X(kReasonOrderExists, "ORDER_EXISTS", kOk, "There is an order of that id already.", "there is an order with this number already") \
  X(kReasonOrderNotFound, "ORDER_NOT_FOUND", kOk, "There is no order of that id.", "we cannot find the order") \
  X(kReasonOrderChargesLineUnknown, "ORDER_CHARGES_LINE_UNKNOWN", kInvalidArgument, "A discount is for a line that the order does not have.") \
  X(kReasonOrderPaymentsTooMany, "ORDER_PAYMENTS_TOO_MANY", kOk, "The order has as many payments that are not finished as the limit.", "too many payments of the order are still open") \
  X(kReasonOrderAccountKind, "ORDER_ACCOUNT_KIND", kOk, "The payment method names a stored-value account of another kind.", "the payment method does not fit the gift card or account") \
  X(kReasonOrderAccountForeign, "ORDER_ACCOUNT_FOREIGN", kOk, "Money would move on a stored-value account that belongs to another customer.", "the gift card or account belongs to somebody else") \
  X(kReasonOrderAccountClosed, "ORDER_ACCOUNT_CLOSED", kOk, "Money would be refunded to a stored-value account that is closed.", "the gift card or account is closed") \
  X(kReasonOrderAccountExpired, "ORDER_ACCOUNT_EXPIRED", kOk, "Money would be refunded to a stored-value account that has expired.", "the gift card or account has expired") \
  X(kReasonOrderCashOut, "ORDER_CASH_OUT", kOk, "Stored value would be refunded to another kind of method, and policy does not allow it.", "an amount paid with a gift card or store credit goes back there") \
  X(kReasonOrderPlaceCustomerUnknown, "ORDER_PLACE_CUSTOMER_UNKNOWN", kOk, "There is no such customer.", "we cannot find your customer account") \
  X(kReasonOrderPlaceVariantUnknown, "ORDER_PLACE_VARIANT_UNKNOWN", kOk, "The catalog has no such variant.", "an item is not in our range") \
  X(kReasonOrderPlacePrice, "ORDER_PLACE_PRICE", kOk, "The catalog has no usable price.", "an item has no price at the moment") \
  X(kReasonOrderPlaceCurrency, "ORDER_PLACE_CURRENCY", kOk, "The catalog prices the variant in another currency than the order.", "an item is sold in another currency") \
  X(kReasonOrderPlaceAddressMissing, "ORDER_PLACE_ADDRESS_MISSING", kOk, "No shipping address is given, and the customer has none.", "we have no delivery address for it") \
  X(kReasonOrderPlacePaymentMethodUnknown, "ORDER_PLACE_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method, or is not known.", "the payment method is not one of yours") \
  X(kReasonOrderPlacePayments, "ORDER_PLACE_PAYMENTS", kOk, "The amounts of the payments do not sum to the order's total.", "the payments do not add up to the price of the order") \
  X(kReasonOrderPlaceAccountUnknown, "ORDER_PLACE_ACCOUNT_UNKNOWN", kOk, "Money would move on a stored-value account that is not known.", "the gift card or account for the payment was not found") \
  X(kReasonOrderImportReferenceUnknown, "ORDER_IMPORT_REFERENCE_UNKNOWN", kOk, "A part refers to a line or payment that the order does not have.") \
  X(kReasonOrderImportQuantities, "ORDER_IMPORT_QUANTITIES", kOk, "The counts of a line are not consistent.") \
  X(kReasonOrderImportState, "ORDER_IMPORT_STATE", kOk, "The counts do not fit the state of the order.") \
  X(kReasonOrderImportSequence, "ORDER_IMPORT_SEQUENCE", kOk, "The places of payments and refunds are not distinct.") \
  X(kReasonOrderImportPaymentSums, "ORDER_IMPORT_PAYMENT_SUMS", kOk, "The amounts of a payment are not consistent, or its refunds do not add up.") \
  X(kReasonOrderImportRefundSums, "ORDER_IMPORT_REFUND_SUMS", kOk, "The parts of a refund do not add up.") \
  X(kReasonOrderImportDisputeSums, "ORDER_IMPORT_DISPUTE_SUMS", kOk, "The disputes of a payment are about more than it captured, or about stored value.") \
  X(kReasonOrderImportLineSums, "ORDER_IMPORT_LINE_SUMS", kOk, "The amounts of a line are not consistent.") \
  X(kReasonOrderImportTotals, "ORDER_IMPORT_TOTALS", kOk, "The totals of the order do not add up.") \
  X(kReasonOrderRecordPaymentRefundUnknown, "ORDER_RECORD_PAYMENT_REFUND_UNKNOWN", kOk, "The order has no such refund.") \
  X(kReasonOrderRecordPaymentReferenceConflict, "ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT", kOk, "The gateway's reference was reported with another amount, or for another payment, refund or order.") \
  X(kReasonOrderRecordPaymentTransition, "ORDER_RECORD_PAYMENT_TRANSITION", kOk, "The payment or refund cannot change to that state from its state.") \
  X(kReasonOrderRecordPaymentCurrency, "ORDER_RECORD_PAYMENT_CURRENCY", kOk, "The amount is of another currency than the order.") \
  X(kReasonOrderRecordPaymentAmount, "ORDER_RECORD_PAYMENT_AMOUNT", kOk, "A new payment or refund has no amount, or the amount of a refund is not the one reported.") \
  X(kReasonOrderRecordPaymentPaymentMethodUnknown, "ORDER_RECORD_PAYMENT_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method, or is not known.") \
  X(kReasonOrderRecordPaymentPaymentUnknown, "ORDER_RECORD_PAYMENT_PAYMENT_UNKNOWN", kOk, "The order has no such payment.") \
  X(kReasonOrderRecordPaymentItemUnknown, "ORDER_RECORD_PAYMENT_ITEM_UNKNOWN", kOk, "The order has no such item.") \
  X(kReasonOrderRecordPaymentItemQuantity, "ORDER_RECORD_PAYMENT_ITEM_QUANTITY", kOk, "The order does not have that number of the item in a state that fits the cause.") \
  X(kReasonOrderRecordPaymentExceedsItems, "ORDER_RECORD_PAYMENT_EXCEEDS_ITEMS", kOk, "More would be refunded than the pieces are worth.") \
  X(kReasonOrderRecordPaymentExceedsHeld, "ORDER_RECORD_PAYMENT_EXCEEDS_HELD", kOk, "More would be refunded than is held for the order, or by the payment.") \
  X(kReasonOrderRecordPaymentAccountUnknown, "ORDER_RECORD_PAYMENT_ACCOUNT_UNKNOWN", kOk, "Money would move on a stored-value account that is not known.") \
  X(kReasonOrderRequestPaymentState, "ORDER_REQUEST_PAYMENT_STATE", kOk, "The order was canceled.", "the order is canceled already") \
  X(kReasonOrderRequestPaymentPaymentMethodUnknown, "ORDER_REQUEST_PAYMENT_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method, or is not known.", "the payment method is not one of yours") \
  X(kReasonOrderRequestPaymentCurrency, "ORDER_REQUEST_PAYMENT_CURRENCY", kOk, "An amount is of another currency than the order.", "the order is in another currency") \
  X(kReasonOrderRequestPaymentNothingOwed, "ORDER_REQUEST_PAYMENT_NOTHING_OWED", kOk, "Nothing is owed for the order, or other shares leave nothing.", "nothing is left to pay") \
  X(kReasonOrderRequestPaymentExceedsOwed, "ORDER_REQUEST_PAYMENT_EXCEEDS_OWED", kOk, "More would be asked for than is owed.", "it is more than you owe") \
  X(kReasonOrderRequestPaymentAccountUnknown, "ORDER_REQUEST_PAYMENT_ACCOUNT_UNKNOWN", kOk, "Money would move on a stored-value account that is not known.", "the gift card or account for the payment was not found") \
  X(kReasonOrderRecordDisputeReferenceConflict, "ORDER_RECORD_DISPUTE_REFERENCE_CONFLICT", kOk, "The gateway's reference was reported with another amount, or for another dispute, payment, refund or order.") \
  X(kReasonOrderRecordDisputePaymentUnknown, "ORDER_RECORD_DISPUTE_PAYMENT_UNKNOWN", kOk, "The order has no such payment, or the dispute is about another one.") \
  X(kReasonOrderRecordDisputePaymentState, "ORDER_RECORD_DISPUTE_PAYMENT_STATE", kOk, "Nothing was captured by the payment.") \
  X(kReasonOrderRecordDisputeTransition, "ORDER_RECORD_DISPUTE_TRANSITION", kOk, "The dispute cannot change to that state from its state.") \
  X(kReasonOrderRecordDisputeCurrency, "ORDER_RECORD_DISPUTE_CURRENCY", kOk, "The amount is of another currency than the order.") \
  X(kReasonOrderRecordDisputeAmount, "ORDER_RECORD_DISPUTE_AMOUNT", kOk, "The amount is zero, or with other disputes more than the payment captured.") \
  X(kReasonOrderRecordDisputeTooMany, "ORDER_RECORD_DISPUTE_TOO_MANY", kOk, "The order has as many disputes as the limit.") \
  X(kReasonOrderAnswerDisputeDisputeUnknown, "ORDER_ANSWER_DISPUTE_DISPUTE_UNKNOWN", kOk, "The order has no such dispute.") \
  X(kReasonOrderAnswerDisputeDisputeState, "ORDER_ANSWER_DISPUTE_DISPUTE_STATE", kOk, "The dispute is not open.") \
  X(kReasonOrderAnswerDisputeTime, "ORDER_ANSWER_DISPUTE_TIME", kOk, "The answer comes too late.") \
  X(kReasonOrderAnswerDisputeEvidence, "ORDER_ANSWER_DISPUTE_EVIDENCE", kOk, "The dispute would have more than 100 pieces of evidence.") \
  X(kReasonOrderRecordShipmentState, "ORDER_RECORD_SHIPMENT_STATE", kOk, "Nothing of the order is left to be shipped.") \
  X(kReasonOrderRecordShipmentIdExists, "ORDER_RECORD_SHIPMENT_ID_EXISTS", kOk, "The order has a shipment of that id already.") \
  X(kReasonOrderRecordShipmentLineUnknown, "ORDER_RECORD_SHIPMENT_LINE_UNKNOWN", kOk, "The order has no such line.") \
  X(kReasonOrderRecordShipmentQuantity, "ORDER_RECORD_SHIPMENT_QUANTITY", kOk, "More would be shipped than is ordered and not shipped.") \
  X(kReasonOrderRecordDeliveryState, "ORDER_RECORD_DELIVERY_STATE", kOk, "Nothing of the order is on its way.") \
  X(kReasonOrderRecordDeliveryShipmentUnknown, "ORDER_RECORD_DELIVERY_SHIPMENT_UNKNOWN", kOk, "The order has no such shipment.") \
  X(kReasonOrderRecordDeliveryDelivered, "ORDER_RECORD_DELIVERY_DELIVERED", kOk, "The shipment was delivered already.") \
  X(kReasonOrderRecordDeliveryTime, "ORDER_RECORD_DELIVERY_TIME", kOk, "The shipment would be delivered before it was shipped.") \
  X(kReasonOrderCancelState, "ORDER_CANCEL_STATE", kOk, "The order was shipped, delivered or canceled.", "it is on its way, delivered or canceled already") \
  X(kReasonOrderCancelShipped, "ORDER_CANCEL_SHIPPED", kOk, "Part of the order was shipped.", "a part of it is on its way already") \
  X(kReasonOrderCancelAccountUnknown, "ORDER_CANCEL_ACCOUNT_UNKNOWN", kOk, "Money would move on a stored-value account that is not known.", "the gift card or account for the payment was not found") \
  X(kReasonOrderCancelPaymentMethodUnknown, "ORDER_CANCEL_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method, or is not known.", "the payment method is not one of yours") \
  X(kReasonOrderCancelItemsState, "ORDER_CANCEL_ITEMS_STATE", kOk, "The order was shipped, delivered or canceled.", "the order is on its way, delivered or canceled already") \
  X(kReasonOrderCancelItemsItemUnknown, "ORDER_CANCEL_ITEMS_ITEM_UNKNOWN", kOk, "The order has no such item.", "the item is not part of the order") \
  X(kReasonOrderCancelItemsItemQuantity, "ORDER_CANCEL_ITEMS_ITEM_QUANTITY", kOk, "The order does not have that number of the item, or not that number in a state that allows the command.", "there are not that many pieces for which this is possible") \
  X(kReasonOrderCancelItemsCurrency, "ORDER_CANCEL_ITEMS_CURRENCY", kOk, "The fee is of another currency than the order.", "the order is in another currency") \
  X(kReasonOrderCancelItemsExceedsItems, "ORDER_CANCEL_ITEMS_EXCEEDS_ITEMS", kOk, "The fee is more than the pieces are worth.") \
  X(kReasonOrderCancelItemsPaymentMethodUnknown, "ORDER_CANCEL_ITEMS_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method, or is not known.", "the payment method is not one of yours") \
  X(kReasonOrderCancelItemsAccountUnknown, "ORDER_CANCEL_ITEMS_ACCOUNT_UNKNOWN", kOk, "Money would move on a stored-value account that is not known.", "the gift card or account for the payment was not found") \
  X(kReasonOrderChangeShippingAddressState, "ORDER_CHANGE_SHIPPING_ADDRESS_STATE", kOk, "The order was delivered or canceled.", "the order is delivered or canceled already") \
  X(kReasonOrderChangePaymentMethodState, "ORDER_CHANGE_PAYMENT_METHOD_STATE", kOk, "The order was canceled.", "the order is canceled already") \
  X(kReasonOrderChangePaymentMethodPaymentMethodUnknown, "ORDER_CHANGE_PAYMENT_METHOD_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method, or is not known.", "the payment method is not one of yours") \
  X(kReasonOrderChangePaymentMethodAccountUnknown, "ORDER_CHANGE_PAYMENT_METHOD_ACCOUNT_UNKNOWN", kOk, "Money would move on a stored-value account that is not known.", "the gift card or account for the payment was not found") \
  X(kReasonOrderChangeItemsState, "ORDER_CHANGE_ITEMS_STATE", kOk, "The order was shipped, delivered or canceled.", "the order is on its way, delivered or canceled already") \
  X(kReasonOrderChangeItemsItemUnpaired, "ORDER_CHANGE_ITEMS_ITEM_UNPAIRED", kOk, "A change names neither an item nor a new variant, or an exchange does not name both.", "it is not clear which items are to be changed") \
  X(kReasonOrderChangeItemsItemUnknown, "ORDER_CHANGE_ITEMS_ITEM_UNKNOWN", kOk, "The order has no such item.", "the item is not part of the order") \
  X(kReasonOrderChangeItemsItemQuantity, "ORDER_CHANGE_ITEMS_ITEM_QUANTITY", kOk, "The order does not have that number of the item, or not that number in a state that allows the command.", "there are not that many pieces for which this is possible") \
  X(kReasonOrderChangeItemsVariantUnknown, "ORDER_CHANGE_ITEMS_VARIANT_UNKNOWN", kOk, "The catalog has no such variant.", "the new item is not in our range") \
  X(kReasonOrderChangeItemsPrice, "ORDER_CHANGE_ITEMS_PRICE", kOk, "The catalog has no usable price.", "the new item has no price at the moment") \
  X(kReasonOrderChangeItemsCurrency, "ORDER_CHANGE_ITEMS_CURRENCY", kOk, "The catalog prices the variant in another currency than the order.", "the new item is sold in another currency") \
  X(kReasonOrderChangeItemsPaymentMethodUnknown, "ORDER_CHANGE_ITEMS_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method, or is not known.", "the payment method is not one of yours") \
  X(kReasonOrderChangeItemsNothingLeft, "ORDER_CHANGE_ITEMS_NOTHING_LEFT", kOk, "Nothing would be left of the order.", "nothing would be left of the order") \
  X(kReasonOrderChangeItemsLines, "ORDER_CHANGE_ITEMS_LINES", kOk, "The order would have more than 1,000 lines.", "the order would have too many items") \
  X(kReasonOrderChangeItemsRefunded, "ORDER_CHANGE_ITEMS_REFUNDED", kOk, "A line would cost less than was refunded for it.", "more was refunded for an item than it would cost") \
  X(kReasonOrderChangeItemsExceedsHeld, "ORDER_CHANGE_ITEMS_EXCEEDS_HELD", kOk, "More would be refunded than is held for the order.", "the refund would be more than you paid") \
  X(kReasonOrderChangeItemsAccountUnknown, "ORDER_CHANGE_ITEMS_ACCOUNT_UNKNOWN", kOk, "Money would move on a stored-value account that is not known.", "the gift card or account for the payment was not found") \
  X(kReasonOrderRequestReturnState, "ORDER_REQUEST_RETURN_STATE", kOk, "Nothing of the order can have been delivered.", "the order is not delivered yet") \
  X(kReasonOrderRequestReturnItemUnknown, "ORDER_REQUEST_RETURN_ITEM_UNKNOWN", kOk, "The order has no such item.", "the item is not part of the order") \
  X(kReasonOrderRequestReturnItemQuantity, "ORDER_REQUEST_RETURN_ITEM_QUANTITY", kOk, "The order does not have that number of the item, or not that number in a state that allows the command.", "there are not that many pieces for which this is possible") \
  X(kReasonOrderRequestReturnPaymentMethodUnknown, "ORDER_REQUEST_RETURN_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method, or is not known.", "the payment method is not one of yours") \
  X(kReasonOrderRequestExchangeState, "ORDER_REQUEST_EXCHANGE_STATE", kOk, "Nothing of the order can have been delivered.", "the order is not delivered yet") \
  X(kReasonOrderRequestExchangeItemUnpaired, "ORDER_REQUEST_EXCHANGE_ITEM_UNPAIRED", kOk, "A change names neither an item nor a new variant, or an exchange does not name both.", "it is not clear which items are to be exchanged") \
  X(kReasonOrderRequestExchangeItemUnknown, "ORDER_REQUEST_EXCHANGE_ITEM_UNKNOWN", kOk, "The order has no such item.", "the item is not part of the order") \
  X(kReasonOrderRequestExchangeItemQuantity, "ORDER_REQUEST_EXCHANGE_ITEM_QUANTITY", kOk, "The order does not have that number of the item, or not that number in a state that allows the command.", "there are not that many pieces for which this is possible") \
  X(kReasonOrderRequestExchangeVariantUnknown, "ORDER_REQUEST_EXCHANGE_VARIANT_UNKNOWN", kOk, "The catalog has no such variant.", "the new item is not in our range") \
  X(kReasonOrderRequestExchangePrice, "ORDER_REQUEST_EXCHANGE_PRICE", kOk, "The catalog has no usable price.", "the new item has no price at the moment") \
  X(kReasonOrderRequestExchangeCurrency, "ORDER_REQUEST_EXCHANGE_CURRENCY", kOk, "The catalog prices the variant in another currency than the order.", "the new item is sold in another currency") \
  X(kReasonOrderRequestExchangePaymentMethodUnknown, "ORDER_REQUEST_EXCHANGE_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method, or is not known.", "the payment method is not one of yours") \
  X(kReasonOrderRefundItemUnknown, "ORDER_REFUND_ITEM_UNKNOWN", kOk, "The order has no such item.", "the item is not part of the order") \
  X(kReasonOrderRefundItemQuantity, "ORDER_REFUND_ITEM_QUANTITY", kOk, "The order does not have that number of the item, or not that number in a state that allows the command.", "there are not that many pieces for which this is possible") \
  X(kReasonOrderRefundCurrency, "ORDER_REFUND_CURRENCY", kOk, "The amount is of another currency than the order.", "the order was paid in another currency") \
  X(kReasonOrderRefundPaymentMethodUnknown, "ORDER_REFUND_PAYMENT_METHOD_UNKNOWN", kOk, "The customer has no such payment method, or is not known.", "the payment method is not one of yours") \
  X(kReasonOrderRefundExceedsItems, "ORDER_REFUND_EXCEEDS_ITEMS", kOk, "More would be refunded than the pieces are worth.") \
  X(kReasonOrderRefundExceedsCharge, "ORDER_REFUND_EXCEEDS_CHARGE", kOk, "More shipping or fees would be refunded than were charged.", "it would be more than you paid for it") \
  X(kReasonOrderRefundNothingHeld, "ORDER_REFUND_NOTHING_HELD", kOk, "No captured amount is left that could be refunded to its method.", "there is no payment left to refund") \
  X(kReasonOrderRefundExceedsHeld, "ORDER_REFUND_EXCEEDS_HELD", kOk, "More would be refunded than is held for the order.", "it would be more than you paid") \
  X(kReasonOrderRefundExceedsCanceled, "ORDER_REFUND_EXCEEDS_CANCELED", kOk, "A cancellation that names no pieces would refund more than is held above the owed amount. Name the pieces, cancel them with CancelItems, or give another cause.", "it would be more than was canceled") \
  X(kReasonOrderRefundAccountUnknown, "ORDER_REFUND_ACCOUNT_UNKNOWN", kOk, "Money would move on a stored-value account that is not known.", "the gift card or account for the payment was not found")
// clang-format on

FRONTDESK_ORDER_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kOrderReasons[] = {FRONTDESK_ORDER_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_ORDER_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_REASONS_H_
