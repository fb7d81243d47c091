"""The words of the shop's files, beside frontdesk's."""

from typing import Any, Final

import frontdesk
from frontdesk import v1
from google.protobuf.timestamp_pb2 import Timestamp
from shop_json import CURRENCY, Node

# The demo runs at one fixed instant, so that it gives the same bytes every time: 2024-05-15T15:00:00Z.
NOW: Final = 1_715_785_200

PENDING: Final = "pending"
ITEM_MODIFIED: Final = "pending (item modified)"
PROCESSED: Final = "processed"
DELIVERED: Final = "delivered"
RETURN_REQUESTED: Final = "return requested"
EXCHANGE_REQUESTED: Final = "exchange requested"
CANCELED: Final = "cancelled"

# The id of the one address of a customer, and the attribute that keeps the order of the customer's order ids. The ids
# are separated by line feeds: frontdesk's customers hold no list of their orders.
ADDRESS_ID: Final = "default"
ORDER_IDS_ATTRIBUTE: Final = "order_ids"

ADDRESS_MEMBERS: Final = ("address1", "address2", "city", "state", "country", "zip")


def import_command(verb: Any) -> v1.Command:
    """A command at NOW, from the program that brings the files in."""
    actor = frontdesk.actor("shop-import", frontdesk.ActorKind.SYSTEM)
    return frontdesk.command(verb, actor=actor, now=Timestamp(seconds=NOW))


def agent_command(verb: Any) -> v1.Command:
    """A command at NOW, from the desk."""
    return frontdesk.command(verb, actor=frontdesk.actor("desk"), now=Timestamp(seconds=NOW))


def account_id(customer_id: str, payment_method_id: str) -> str:
    """The entity behind a gift card. The files know gift cards by customer only, so two customers may use one id."""
    return f"{customer_id}/{payment_method_id}"


def money(units: int) -> v1.Money:
    """An amount in the shop's currency."""
    return v1.Money(units=units, currency_code=CURRENCY)


def read_address(address: Node) -> v1.PostalAddress:
    """An address of the files, or of a request: two lines, the country as written."""
    return v1.PostalAddress(
        lines=[address["address1"].text(), address["address2"].text()],
        locality=address["city"].text(),
        administrative_area=address["state"].text(),
        country_as_written=address["country"].text(),
        postal_code=address["zip"].text(),
    )
