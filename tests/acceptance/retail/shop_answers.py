"""The result of a request in the shop's own words."""

from typing import Final

import frontdesk
from frontdesk import v1

# The shop's words for a reason; {names} are replaced by the values that come with it.
_TEXTS: Final = {
    "ORDER_NOT_FOUND": "order not found",
    "CUSTOMER_NOT_FOUND": "user not found",
    "RETAIL_CANCEL_NOT_PENDING": "non-pending order cannot be cancelled",
    "RETAIL_CANCEL_ITEMS_CHANGED": "non-pending order cannot be cancelled",
    "RETAIL_CANCEL_REASON_NOT_ACCEPTED": "invalid reason",
    "RETAIL_CHANGE_SHIPPING_ADDRESS_NOT_PENDING": "non-pending order cannot be modified",
    "RETAIL_CHANGE_SHIPPING_ADDRESS_ITEMS_CHANGED": "non-pending order cannot be modified",
    "RETAIL_CHANGE_PAYMENT_METHOD_NOT_PENDING": "non-pending order cannot be modified",
    "RETAIL_CHANGE_PAYMENT_METHOD_ITEMS_CHANGED": "non-pending order cannot be modified",
    "RETAIL_CHANGE_PAYMENT_METHOD_UNKNOWN": "payment method not found",
    "RETAIL_CHANGE_PAYMENT_METHOD_NOT_ONE_PAYMENT": "there should be exactly one payment for a pending order",
    "RETAIL_CHANGE_PAYMENT_METHOD_SAME": "the new payment method should be different from the current one",
    "RETAIL_CHANGE_PAYMENT_METHOD_GIFT_CARD_TOO_LOW": "insufficient gift card balance to pay for the order",
    "RETAIL_CHANGE_ITEMS_NOT_PENDING": "non-pending order cannot be modified",
    "RETAIL_CHANGE_ITEMS_CHANGED_BEFORE": "non-pending order cannot be modified",
    "RETAIL_CHANGE_ITEMS_NOT_IN_ORDER": "{item_id} not found",
    "RETAIL_CHANGE_ITEMS_COUNT_DIFFERS": "the number of items to be exchanged should match",
    "RETAIL_CHANGE_ITEMS_NEW_ITEM_NOT_AVAILABLE": "new item {new_item_id} not found or available",
    "RETAIL_CHANGE_ITEMS_PAYMENT_METHOD_UNKNOWN": "payment method not found",
    "RETAIL_CHANGE_ITEMS_GIFT_CARD_TOO_LOW": "insufficient gift card balance to pay for the new item",
    "RETAIL_REQUEST_RETURN_NOT_DELIVERED": "non-delivered order cannot be returned",
    "RETAIL_REQUEST_RETURN_UNDER_WAY": "non-delivered order cannot be returned",
    "RETAIL_REQUEST_RETURN_PAYMENT_METHOD_UNKNOWN": "payment method not found",
    "RETAIL_REQUEST_RETURN_NOT_ORIGINAL_OR_GIFT_CARD": "payment method should be either the original payment method or a gift card",
    "RETAIL_REQUEST_RETURN_NOT_IN_ORDER": "some item not found",
    "RETAIL_REQUEST_EXCHANGE_NOT_DELIVERED": "non-delivered order cannot be exchanged",
    "RETAIL_REQUEST_EXCHANGE_UNDER_WAY": "non-delivered order cannot be exchanged",
    "RETAIL_REQUEST_EXCHANGE_NOT_IN_ORDER": "{item_id} not found",
    "RETAIL_REQUEST_EXCHANGE_COUNT_DIFFERS": "the number of items to be exchanged should match",
    "RETAIL_REQUEST_EXCHANGE_NEW_ITEM_NOT_AVAILABLE": "new item {new_item_id} not found or available",
    "RETAIL_REQUEST_EXCHANGE_PAYMENT_METHOD_UNKNOWN": "payment method not found",
    "RETAIL_REQUEST_EXCHANGE_GIFT_CARD_TOO_LOW": "insufficient gift card balance to pay for the price difference",
}

# An empty id is not possible in a command, and is one that the shop does not know.
_EMPTY_ID_TEXTS: Final = {
    ".order_id": "order not found",
    ".customer_id": "user not found",
    ".payment_method_id": "payment method not found",
}


def error_text(outcome: v1.Outcome) -> str:
    """Empty for DONE; for REFUSED the shop's words for the leading reason, with the values that came with it. For HELD
    that it waits, and the authority it waits for. A reason that the shop has no words for is reported in those of the
    refusal itself."""
    if outcome.verdict == frontdesk.Verdict.DONE:
        return ""
    if outcome.verdict == frontdesk.Verdict.HELD:
        return f"Held for {outcome.held.authority}: {outcome.held.text}"
    return "Error: " + _refusal_text(outcome.refusals[0])


def _refusal_text(refusal: v1.Refusal) -> str:
    text = _TEXTS.get(refusal.reason)
    if text is not None:
        for detail in refusal.details:
            text = text.replace("{" + detail.name + "}", detail.value)
        return text
    if refusal.origin == frontdesk.RefusalOrigin.ARGUMENT:
        for field, empty_id_text in _EMPTY_ID_TEXTS.items():
            if refusal.field.endswith(field):
                return empty_id_text
    return refusal.text or refusal.reason
