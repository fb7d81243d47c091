"""Orders as orders.json has them, those that the desk has changed included."""

import collections
import datetime
from typing import Dict, Final, List, Mapping, Set

from frontdesk import v1
from shop_json import CURRENCY, Node
from shop_words import (
    ADDRESS_MEMBERS,
    CANCELED,
    DELIVERED,
    EXCHANGE_REQUESTED,
    ITEM_MODIFIED,
    NOW,
    PENDING,
    PROCESSED,
    RETURN_REQUESTED,
    money,
    read_address,
)

_STATES: Final = {
    PENDING: v1.Order.STATE_PLACED,
    ITEM_MODIFIED: v1.Order.STATE_PLACED,
    PROCESSED: v1.Order.STATE_PROCESSING,
    DELIVERED: v1.Order.STATE_DELIVERED,
    RETURN_REQUESTED: v1.Order.STATE_DELIVERED,
    EXCHANGE_REQUESTED: v1.Order.STATE_DELIVERED,
    CANCELED: v1.Order.STATE_CANCELED,
}

# Members that belong to one status must not occur beside another.
_ONLY_WITH: Final = {
    "cancel_reason": CANCELED,
    "return_items": RETURN_REQUESTED,
    "return_payment_method_id": RETURN_REQUESTED,
    "exchange_items": EXCHANGE_REQUESTED,
    "exchange_new_items": EXCHANGE_REQUESTED,
    "exchange_payment_method_id": EXCHANGE_REQUESTED,
    "exchange_price_difference": EXCHANGE_REQUESTED,
}


def read_order(
    order_id: str,
    node: Node,
    products: Mapping[str, v1.Product],
    variants: Mapping[str, v1.Variant],
    customers: Mapping[str, v1.Customer],
) -> v1.Order:
    """One order of orders.json."""
    reader = _OrderReader(node, products, variants, customers)
    reader.read(order_id)
    return reader.order


class _OrderReader:
    """Reads one order. The parts that others refer to come first: lines, shipments, money, returns.

    Values that the file does not have (totals, the amount held) are left out: the import works them out.
    """

    def __init__(
        self,
        node: Node,
        products: Mapping[str, v1.Product],
        variants: Mapping[str, v1.Variant],
        customers: Mapping[str, v1.Customer],
    ) -> None:
        self._node = node
        self._products = products
        self._variants = variants
        self._customers = customers
        self._status = ""
        self._methods: Dict[str, v1.PaymentMethod] = {}
        self._customer_known = False
        self._shipped: Set[str] = set()  # Line ids.
        self._taken_from: "collections.Counter[str]" = collections.Counter()  # Minor units by payment id.
        self._nothing_refunded: Set[str] = set()  # Ids of payments of nothing.
        self.order = v1.Order(
            currency_code=CURRENCY,
            rounding_level=v1.ROUNDING_LEVEL_LINE,
            rounding=v1.ROUNDING_HALF_UP,
        )

    def read(self, order_id: str) -> None:
        node = self._node
        node.expect_members(
            ("order_id", "user_id", "address", "items", "fulfillments", "status", "payment_history"),
            tuple(_ONLY_WITH),
        )
        self.order.order_id = order_id
        inner_id = node["order_id"].id()
        if inner_id and inner_id != order_id:
            node["order_id"].problem(f'is "{inner_id}" and stands under "{order_id}"')
        self._read_customer()
        self._read_status()
        node["address"].expect_members(ADDRESS_MEMBERS)
        self.order.shipping_address.CopyFrom(read_address(node["address"]))
        for item in node["items"].items():
            self._read_item(item)
        for fulfillment in node["fulfillments"].items():
            self._read_fulfillment(fulfillment)
        for entry in node["payment_history"].items():
            self._read_payment_entry(entry)
        if self._status == RETURN_REQUESTED:
            self._read_return()
        if self._status == EXCHANGE_REQUESTED:
            self._read_exchange()

    def _read_customer(self) -> None:
        user_id = self._node["user_id"]
        self.order.customer_id = user_id.id()
        customer = self._customers.get(self.order.customer_id)
        if customer is not None:
            self._customer_known = True
            self._methods = {method.payment_method_id: method for method in customer.payment_methods}
        elif self.order.customer_id:
            user_id.problem(f'there is no user "{self.order.customer_id}"')

    def _read_status(self) -> None:
        status = self._node["status"]
        self._status = status.text()
        if self._status in _STATES:
            self.order.state = _STATES[self._status]
        elif status.is_text():
            status.problem(f'"{self._status}" is no status of an order')
        self.order.item_change_count = 1 if self._status == ITEM_MODIFIED else 0
        self.order.cancel_reason = self._node.optional("cancel_reason").text()
        for name, status_with in _ONLY_WITH.items():
            if self._node.optional(name).present and self._status != status_with:
                self._node.optional(name).problem(f'stands only beside the status "{status_with}"')

    def _read_item(self, item: Node) -> None:
        item.expect_members(("name", "product_id", "item_id", "price", "options"))
        line = self.order.lines.add(
            line_id=str(len(self.order.lines) + 1),
            name=item["name"].text(),
            product_id=item["product_id"].id(),
            variant_id=item["item_id"].id(),
            unit_price=item["price"].price(),
            options=[v1.VariantOption(name=name, value=value.text()) for name, value in item["options"].members()],
        )
        line.quantities.ordered = 1
        if line.product_id and line.product_id not in self._products:
            item["product_id"].problem(f'there is no product "{line.product_id}"')
        elif line.variant_id:
            variant = self._variants.get(line.variant_id)
            if variant is None or variant.product_id != line.product_id:
                item["item_id"].problem(f'the product has no item "{line.variant_id}"')
        if self.order.state == v1.Order.STATE_DELIVERED:
            line.quantities.shipped = 1
            line.quantities.delivered = 1
        elif self.order.state == v1.Order.STATE_CANCELED:
            line.quantities.canceled = 1

    def _take_lines(self, ids: Node, taken: Set[str]) -> List[v1.OrderLine]:
        """For each item the first line with it that is not in `taken`, which it is put into."""
        lines: List[v1.OrderLine] = []
        for node in ids.items():
            variant_id = node.id()
            for line in self.order.lines:
                if line.variant_id == variant_id and line.line_id not in taken:
                    taken.add(line.line_id)
                    lines.append(line)
                    break
            else:
                if variant_id:
                    node.problem(f'the order has no item "{variant_id}", or not as many of it')
        return lines

    def _read_fulfillment(self, node: Node) -> None:
        node.expect_members(("tracking_id", "item_ids"), ("delivered_time",))
        shipment = self.order.shipments.add(
            shipment_id=str(len(self.order.shipments) + 1),
            tracking_ids=node["tracking_id"].texts(),
            delivered=self.order.state == v1.Order.STATE_DELIVERED,
        )
        for line in self._take_lines(node["item_ids"], self._shipped):
            shipment.lines.add(line_id=line.line_id, quantity=1)
            # Other systems cancel what is on its way.
            line.quantities.shipped = 1
            line.quantities.canceled = 0
        self._read_delivered_time(node.optional("delivered_time"), shipment)

    def _read_delivered_time(self, node: Node, shipment: v1.Shipment) -> None:
        text = node.text()
        if not text:
            return
        try:
            time = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
        except ValueError:
            node.problem(f'"{text}" is no time such as 2024-05-15T15:00:00Z')
            return
        seconds = int(time.timestamp())
        if not shipment.delivered:
            node.problem("the order was not delivered")
        elif seconds > NOW:
            node.problem("is in the future")
        else:
            shipment.deliver_time.seconds = seconds
            if seconds > self.order.deliver_time.seconds:
                self.order.deliver_time.seconds = seconds

    def _route(self, node: Node) -> v1.MoneyRoute:
        route = v1.MoneyRoute(payment_method_id=node.id())
        method = self._methods.get(route.payment_method_id)
        if method is not None:
            route.kind = method.kind
            route.account_id = method.account_id
        elif self._customer_known and route.payment_method_id:
            node.problem(f'the user has no payment method "{route.payment_method_id}"')
        return route

    def _read_payment_entry(self, node: Node) -> None:
        node.expect_members(("transaction_type", "amount", "payment_method_id"))
        kind = node["transaction_type"].text()
        route = self._route(node["payment_method_id"])
        amount = node["amount"].amount()
        sequence = len(self.order.payments) + len(self.order.refunds) + 1
        if kind == "payment":
            self.order.payments.add(
                payment_id=f"payment-{sequence}",
                route=route,
                state=v1.Payment.STATE_CAPTURED,
                amount=amount,
                sequence=sequence,
            )
        elif kind == "refund":
            cause = {
                CANCELED: v1.REFUND_CAUSE_CANCELLATION,
                ITEM_MODIFIED: v1.REFUND_CAUSE_ITEM_CHANGE,
            }.get(self._status, v1.REFUND_CAUSE_PAYMENT_CHANGE)
            refund = self.order.refunds.add(
                refund_id=f"refund-{sequence}",
                route=route,
                state=v1.Refund.STATE_SUCCEEDED,
                amount=amount,
                cause=cause,
                sequence=sequence,
            )
            self._take_from_payments(node, refund)
        elif node["transaction_type"].is_text():
            node["transaction_type"].problem(f'"{kind}" is neither "payment" nor "refund"')

    def _take_from_payments(self, node: Node, refund: v1.Refund) -> None:
        """The file does not say which payments a refund is paid out of.

        Those made with the same method come first, then the others, in the order they were made.
        """
        method_id = refund.route.payment_method_id
        left = refund.amount.units
        for payment in sorted(self.order.payments, key=lambda each: bool(each.route.payment_method_id != method_id)):
            part = min(left, payment.amount.units - self._taken_from[payment.payment_id])
            # Nothing can be paid back of a payment of nothing, once.
            nothing = not (payment.amount.units or refund.amount.units or refund.parts)
            if nothing and payment.payment_id not in self._nothing_refunded:
                self._nothing_refunded.add(payment.payment_id)
            elif not part:
                continue
            refund.parts.add(payment_id=payment.payment_id, amount=money(part))
            self._taken_from[payment.payment_id] += part
            left -= part
        if left > 0:
            node.problem("more is paid back than was paid before")

    def _read_return(self) -> None:
        node = self._node
        back = self.order.returns.add(
            return_id="return-1",
            state=v1.Return.STATE_REQUESTED,
            refund_route=self._route(node["return_payment_method_id"]),
        )
        for line in self._take_lines(node["return_items"], set()):
            line.quantities.return_requested = 1
            back.lines.add(line_id=line.line_id, quantity=1)

    def _read_exchange(self) -> None:
        """The file keeps the items that go and those that come apart, each sorted: they are brought together by product."""
        node = self._node
        exchange = self.order.exchanges.add(
            exchange_id="exchange-1",
            state=v1.Return.STATE_REQUESTED,
            settlement_route=self._route(node["exchange_payment_method_id"]),
        )
        wanted: List[v1.Variant] = []
        for item in node["exchange_new_items"].items():
            variant_id = item.id()
            if variant_id in self._variants:
                wanted.append(self._variants[variant_id])
            elif variant_id:
                item.problem(f'there is no item "{variant_id}"')
        total = 0
        for line in self._take_lines(node["exchange_items"], set()):
            line.quantities.return_requested = 1
            variant = next((each for each in wanted if each.product_id == line.product_id), None)
            if variant is None:
                node["exchange_new_items"].problem(f'there is none in place of "{line.variant_id}"')
                continue
            wanted.remove(variant)
            difference = variant.unit_price.value - line.unit_price.value
            exchange.lines.add(
                line_id=line.line_id, quantity=1, new_variant=variant, price_difference=money(difference)
            )
            total += difference
        if wanted:
            node["exchange_new_items"].problem("there are more than the items they are wanted for")
        exchange.price_difference.CopyFrom(node["exchange_price_difference"].amount(negative=True))
        if exchange.price_difference.units != total:
            node["exchange_price_difference"].problem("is not the difference of the items' prices")
