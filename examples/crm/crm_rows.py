"""The tables that the CRM has already, and their rows as messages of the desk."""

from typing import NamedTuple

from frontdesk import money, v1

SYSTEM = "crm"


class Person(NamedTuple):
    """A row of the table of people. The id is the CRM's own."""

    id: int
    given_name: str
    family_name: str
    email: str
    gift_card: str  # Its number.


class Sale(NamedTuple):
    """A row of the table of sales. Amounts are in cents."""

    order_id: str
    person_id: int
    item_id: str
    item_name: str
    paid_by_card: int
    paid_by_gift_card: int


PEOPLE = (
    Person(17, "Ada", "Berg", "ada@example.com", "GIFT-0042"),
    Person(23, "Ben", "Okoro", "ben@example.com", "GIFT-0057"),
)
SALE = Sale("1001", 17, "lamp-7", "Floor lamp", 6000, 3000)


def row_id(person_id: int) -> v1.ExternalId:
    """The id of a row of PEOPLE, as the desk keeps it beside the customer."""
    return v1.ExternalId(system=SYSTEM, id=str(person_id))


def to_customer(person: Person) -> v1.ImportCustomer:
    """A customer with a card and a gift card."""
    customer = v1.Customer(
        customer_id=f"c-{person.id}",
        state=v1.Customer.STATE_CUSTOMER,
        given_name=person.given_name,
        family_name=person.family_name,
        external_ids=[row_id(person.id)],
    )
    customer.contact_points.add(contact_point_id="email", kind=v1.ContactPoint.KIND_EMAIL, as_typed=person.email)
    customer.payment_methods.add(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD)
    customer.payment_methods.add(
        payment_method_id="gift-card", kind=v1.PaymentMethod.KIND_GIFT_CARD, account_id=person.gift_card
    )
    return v1.ImportCustomer(customer=customer, source=v1.ImportSource(system=SYSTEM))


def to_account(person: Person) -> v1.ImportAccount:
    """The account behind the gift card. From now on the desk keeps its balance."""
    account = v1.Account(
        account_id=person.gift_card,
        kind=v1.Account.KIND_GIFT_CARD,
        state=v1.Account.STATE_ACTIVE,
        customer_id=f"c-{person.id}",
        balance=money.of(0, "EUR"),
    )
    return v1.ImportAccount(account=account, source=v1.ImportSource(system=SYSTEM))


def to_order(sale: Sale, customer: v1.Customer) -> v1.ImportOrder:
    """An order that was delivered, with two payments."""
    order = v1.Order(
        order_id=sale.order_id,
        customer_id=customer.customer_id,
        currency_code="EUR",
        state=v1.Order.STATE_DELIVERED,
    )
    order.lines.add(
        line_id="1",
        variant_id=sale.item_id,
        name=sale.item_name,
        unit_price=v1.UnitPrice(value=sale.paid_by_card + sale.paid_by_gift_card, scale=2, currency_code="EUR"),
        quantities=v1.LineQuantities(ordered=1, shipped=1, delivered=1),
    )
    for method, cents in zip(customer.payment_methods, (sale.paid_by_card, sale.paid_by_gift_card)):
        order.payments.add(
            payment_id=f"paid-by-{method.payment_method_id}",
            route=v1.MoneyRoute(
                payment_method_id=method.payment_method_id, kind=method.kind, account_id=method.account_id
            ),
            state=v1.Payment.STATE_CAPTURED,
            amount=money.from_units(cents, "EUR"),
            captured_amount=money.from_units(cents, "EUR"),
        )
    return v1.ImportOrder(order=order, source=v1.ImportSource(system=SYSTEM))
