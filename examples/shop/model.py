"""The small shop's rules once more, as plain as can be: what its files expect comes from here.

It knows nothing of frontdesk, of its policies or of the desk that is tested against it, and works on the objects of the files
themselves, with amounts in cents. Whether the two say the same is what `retail_desk` prints as "equal".
"""

import copy
from typing import Any, Dict, List, Optional

ADDRESS = ("address1", "address2", "city", "state", "country", "zip")
CANCEL_REASONS = ("no longer needed", "ordered by mistake")


class Model:
    """A shop that can be asked for the seven operations. `ask` says what the shop answers, and changes the shop."""

    def __init__(self, users: Dict[str, Any], orders: Dict[str, Any], products: Dict[str, Any]) -> None:
        self.users = users
        self.orders = orders
        self.products = products

    def fork(self) -> "Model":
        return Model(copy.deepcopy(self.users), copy.deepcopy(self.orders), self.products)

    def ask(self, name: str, arguments: Dict[str, Any]) -> Optional[str]:
        """None when it was done; else why not."""
        refusal = getattr(self, name)(**arguments)
        return None if refusal is None else f"Error: {refusal}"

    # The operations. Each returns why it refuses, or None.

    def modify_user_address(self, user_id: str, **address: str) -> Optional[str]:
        if user_id not in self.users:
            return "user not found"
        self.users[user_id]["address"] = address
        return None

    def cancel_pending_order(self, order_id: str, reason: str) -> Optional[str]:
        order = self.orders.get(order_id)
        if order is None:
            return "order not found"
        if order["status"] != "pending":
            return "non-pending order cannot be cancelled"
        if reason not in CANCEL_REASONS:
            return "invalid reason"
        for entry in self._unrefunded(order):
            self._record(order, "refund", entry["amount"], entry["payment_method_id"])
        order["status"] = "cancelled"
        order["cancel_reason"] = reason
        return None

    def modify_pending_order_address(self, order_id: str, **address: str) -> Optional[str]:
        order = self.orders.get(order_id)
        if order is None:
            return "order not found"
        if order["status"] != "pending":
            return "non-pending order cannot be modified"
        order["address"] = address
        return None

    def modify_pending_order_payment(self, order_id: str, payment_method_id: str) -> Optional[str]:
        order = self.orders.get(order_id)
        if order is None:
            return "order not found"
        if order["status"] != "pending":
            return "non-pending order cannot be modified"
        method = self._method(order, payment_method_id)
        if method is None:
            return "payment method not found"
        if len(order["payment_history"]) != 1:
            return "there should be exactly one payment for a pending order"
        old = order["payment_history"][0]
        if old["payment_method_id"] == payment_method_id:
            return "the new payment method should be different from the current one"
        if method["source"] == "gift_card" and method["balance"] < old["amount"]:
            return "insufficient gift card balance to pay for the order"
        self._record(order, "payment", old["amount"], payment_method_id)
        self._record(order, "refund", old["amount"], old["payment_method_id"])
        return None

    def modify_pending_order_items(
        self, order_id: str, item_ids: List[str], new_item_ids: List[str], payment_method_id: str
    ) -> Optional[str]:
        order = self.orders.get(order_id)
        if order is None:
            return "order not found"
        if order["status"] != "pending":
            return "non-pending order cannot be modified"
        refusal = self._check_exchange(order, item_ids, new_item_ids, payment_method_id, "new item")
        if refusal is not None:
            return refusal
        difference = self._difference(order, item_ids, new_item_ids)
        kind = "payment" if difference > 0 else "refund"
        self._record(order, kind, abs(difference), payment_method_id)
        for item_id, new_item_id in zip(item_ids, new_item_ids):
            item = next(each for each in order["items"] if each["item_id"] == item_id)
            variant = self._variant(item, new_item_id)
            item["item_id"] = new_item_id
            item["price"] = variant["price"]
            item["options"] = variant["options"]
        order["status"] = "pending (item modified)"
        return None

    def return_delivered_order_items(
        self, order_id: str, item_ids: List[str], payment_method_id: str
    ) -> Optional[str]:
        order = self.orders.get(order_id)
        if order is None:
            return "order not found"
        if order["status"] != "delivered":
            return "non-delivered order cannot be returned"
        method = self._method(order, payment_method_id)
        if method is None:
            return "payment method not found"
        original = order["payment_history"][0]["payment_method_id"]
        if method["source"] != "gift_card" and payment_method_id != original:
            return "payment method should be either the original payment method or a gift card"
        if self._too_many(order, item_ids) is not None:
            return "some item not found"
        order["status"] = "return requested"
        order["return_items"] = sorted(item_ids)
        order["return_payment_method_id"] = payment_method_id
        return None

    def exchange_delivered_order_items(
        self, order_id: str, item_ids: List[str], new_item_ids: List[str], payment_method_id: str
    ) -> Optional[str]:
        order = self.orders.get(order_id)
        if order is None:
            return "order not found"
        if order["status"] != "delivered":
            return "non-delivered order cannot be exchanged"
        refusal = self._check_exchange(order, item_ids, new_item_ids, payment_method_id, "price difference")
        if refusal is not None:
            return refusal
        order["exchange_price_difference"] = self._difference(order, item_ids, new_item_ids)
        order["status"] = "exchange requested"
        order["exchange_items"] = sorted(item_ids)
        order["exchange_new_items"] = sorted(new_item_ids)
        order["exchange_payment_method_id"] = payment_method_id
        return None

    # The fields that they share.

    def _method(self, order: Dict[str, Any], payment_method_id: str) -> Any:
        """Of the order's customer; None when there is no such payment method."""
        return self.users[order["user_id"]]["payment_methods"].get(payment_method_id)

    def _variant(self, item: Dict[str, Any], item_id: str) -> Any:
        """Of the item's product; None when it has no such variant."""
        return self.products[item["product_id"]]["variants"].get(item_id)

    def _record(self, order: Dict[str, Any], kind: str, amount: int, payment_method_id: str) -> None:
        """Puts a payment or refund on the order's account; on a gift card the money moves at once."""
        order["payment_history"].append(
            {"transaction_type": kind, "amount": amount, "payment_method_id": payment_method_id}
        )
        method = self._method(order, payment_method_id)
        if method["source"] == "gift_card":
            method["balance"] += amount if kind == "refund" else -amount

    def _unrefunded(self, order: Dict[str, Any]) -> List[Dict[str, Any]]:
        """The payments that were not paid back yet."""
        payments = [entry for entry in order["payment_history"] if entry["transaction_type"] == "payment"]
        for refund in order["payment_history"]:
            if refund["transaction_type"] == "refund":
                payments.remove(dict(refund, transaction_type="payment"))
        return payments

    def _too_many(self, order: Dict[str, Any], item_ids: List[str]) -> Optional[str]:
        """The first item that is named more often than the order has it."""
        have = [item["item_id"] for item in order["items"]]
        return next((each for each in item_ids if item_ids.count(each) > have.count(each)), None)

    def _places(self, order: Dict[str, Any], item_ids: List[str]) -> List[int]:
        """The positions of the items in the order, each position used once."""
        places: List[int] = []
        for item_id in item_ids:
            places.append(
                next(
                    place
                    for place, item in enumerate(order["items"])
                    if item["item_id"] == item_id and place not in places
                )
            )
        return places

    def _difference(self, order: Dict[str, Any], item_ids: List[str], new_item_ids: List[str]) -> int:
        items = [order["items"][place] for place in self._places(order, item_ids)]
        return sum(self._variant(item, new)["price"] - item["price"] for item, new in zip(items, new_item_ids))

    def _check_exchange(
        self, order: Dict[str, Any], item_ids: List[str], new_item_ids: List[str], payment_method_id: str, what: str
    ) -> Optional[str]:
        too_many = self._too_many(order, item_ids)
        if too_many is not None:
            return f"{too_many} not found"
        if len(item_ids) != len(new_item_ids):
            return "the number of items to be exchanged should match"
        for place, new_item_id in zip(self._places(order, item_ids), new_item_ids):
            variant = self._variant(order["items"][place], new_item_id)
            if variant is None or not variant["available"]:
                return f"new item {new_item_id} not found or available"
        method = self._method(order, payment_method_id)
        if method is None:
            return "payment method not found"
        if method["source"] == "gift_card" and method["balance"] < self._difference(order, item_ids, new_item_ids):
            return f"insufficient gift card balance to pay for the {what}"
        return None
