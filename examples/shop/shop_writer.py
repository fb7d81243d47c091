"""The desk's state in the form of the shop's files. Everything comes from the state; the files are not looked at again."""

import datetime
from typing import Dict, Iterable, List, Mapping, Tuple, Union

from frontdesk import v1
from shop_json import Json, amount_json
from shop_words import (
    CANCELED,
    DELIVERED,
    EXCHANGE_REQUESTED,
    ITEM_MODIFIED,
    ORDER_IDS_ATTRIBUTE,
    PENDING,
    PROCESSED,
    RETURN_REQUESTED,
)


def order_form(order: v1.Order) -> Json:
    """An entry of orders.json."""
    status = _status(order)
    form: Dict[str, Json] = {
        "order_id": order.order_id,
        "user_id": order.customer_id,
        "address": _address_form(order.shipping_address),
        "items": [
            {
                "name": line.name,
                "product_id": line.product_id,
                "item_id": line.variant_id,
                "price": amount_json(line.unit_price.value),
                "options": {option.name: option.value for option in line.options},
            }
            for line in order.lines
        ],
        "fulfillments": [_fulfillment_form(order, shipment) for shipment in order.shipments],
        "status": status,
        "payment_history": _payment_history_form(order),
    }
    if order.cancel_reason:
        form["cancel_reason"] = order.cancel_reason
    if status == RETURN_REQUESTED:
        back = order.returns[0]
        form["return_items"] = list(sorted(_variant_ids(order, back.lines)))
        form["return_payment_method_id"] = back.refund_route.payment_method_id
    if status == EXCHANGE_REQUESTED:
        exchange = order.exchanges[0]
        new_ids = [line.new_variant.variant_id for line in exchange.lines for _ in range(line.quantity)]
        form["exchange_items"] = list(sorted(_variant_ids(order, exchange.lines)))
        form["exchange_new_items"] = list(sorted(new_ids))
        form["exchange_payment_method_id"] = exchange.settlement_route.payment_method_id
        form["exchange_price_difference"] = amount_json(exchange.price_difference.units)
    return form


def user_form(customer: v1.Customer, accounts: Mapping[str, v1.Account]) -> Json:
    """An entry of users.json. `accounts` holds the accounts behind the customer's gift cards, by id."""
    order_ids: List[Json] = []
    for attribute in customer.attributes:
        if attribute.name == ORDER_IDS_ATTRIBUTE and attribute.string_value:
            order_ids.extend(attribute.string_value.split("\n"))
    return {
        "name": {"first_name": customer.given_name, "last_name": customer.family_name},
        "address": _address_form(customer.addresses[0].address) if customer.addresses else {},
        "email": customer.contact_points[0].as_typed if customer.contact_points else "",
        "payment_methods": {
            method.payment_method_id: _payment_method_form(method, accounts) for method in customer.payment_methods
        },
        "orders": order_ids,
    }


def _status(order: v1.Order) -> str:
    if order.state == v1.Order.STATE_PLACED:
        return ITEM_MODIFIED if order.item_change_count else PENDING
    if order.state in (v1.Order.STATE_PROCESSING, v1.Order.STATE_SHIPPED):
        return PROCESSED
    if order.state == v1.Order.STATE_CANCELED:
        return CANCELED
    if order.exchanges:
        return EXCHANGE_REQUESTED
    return RETURN_REQUESTED if order.returns else DELIVERED


def _address_form(address: v1.PostalAddress) -> Json:
    lines = list(address.lines) + ["", ""]
    return {
        "address1": lines[0],
        "address2": lines[1],
        "city": address.locality,
        "country": address.country_as_written,
        "state": address.administrative_area,
        "zip": address.postal_code,
    }


def _variant_ids(order: v1.Order, pieces: Iterable[Union[v1.LineQuantity, v1.ExchangeLine]]) -> List[str]:
    """The variant of each piece."""
    variant_of = {line.line_id: line.variant_id for line in order.lines}
    return [variant_of[piece.line_id] for piece in pieces for _ in range(piece.quantity)]


def _fulfillment_form(order: v1.Order, shipment: v1.Shipment) -> Json:
    form: Dict[str, Json] = {
        "tracking_id": list(shipment.tracking_ids),
        "item_ids": list(_variant_ids(order, shipment.lines)),
    }
    if shipment.HasField("deliver_time"):
        time = datetime.datetime.fromtimestamp(shipment.deliver_time.seconds, datetime.timezone.utc)
        form["delivered_time"] = time.strftime("%Y-%m-%dT%H:%M:%SZ")
    return form


def _payment_history_form(order: v1.Order) -> Json:
    """Payments and refunds together, in the order they were recorded."""
    entries: List[Tuple[int, str, Union[v1.Payment, v1.Refund]]] = []
    entries.extend((each.sequence, "payment", each) for each in (*order.payments, *order.finished_payments))
    entries.extend((each.sequence, "refund", each) for each in (*order.refunds, *order.finished_refunds))
    entries.sort(key=lambda entry: entry[0])
    return [
        {
            "transaction_type": kind,
            "amount": amount_json(entry.amount.units),
            "payment_method_id": entry.route.payment_method_id,
        }
        for _, kind, entry in entries
    ]


def _payment_method_form(method: v1.PaymentMethod, accounts: Mapping[str, v1.Account]) -> Json:
    form: Dict[str, Json] = {"id": method.payment_method_id}
    if method.kind == v1.PaymentMethod.KIND_CARD:
        form.update(source="credit_card", brand=method.brand, last_four=method.last_four)
    elif method.kind == v1.PaymentMethod.KIND_GIFT_CARD:
        form.update(source="gift_card", balance=amount_json(accounts[method.account_id].balance.units))
    else:
        form.update(source=method.brand)
    return form
