"""The parts that the tests share: an instant, actors, a small shop."""

import datetime
import pathlib

import pytest

import frontdesk
from frontdesk import v1

NOON = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)

SHOP_POLICY = """
name: "shop" version: "1"
rule_sets {
  id: "canceling" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
  rules {
    id: "reason" order: 10 outcome: POLICY_OUTCOME_REFUSE reason: "REASON_NOT_LISTED"
    text: "That is no reason to cancel."
    condition: "!(command.cancel_order.reason in ['no longer needed', 'ordered by mistake'])"
  }
}
rule_sets {
  id: "refunding" decision_points: "RefundOrder" default_outcome: POLICY_OUTCOME_ALLOW
  rules {
    id: "large" order: 10 outcome: POLICY_OUTCOME_HOLD reason: "REFUND_LARGE" authority: "refunds"
    condition: "assessment.refund_amount.units > 5000"
  }
}
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""


def text_stamp(when: datetime.datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def reason_of(call):
    """The reason of the error that `call` raises, or OK."""
    try:
        call()
    except frontdesk.Error as error:
        return error.reason
    return "OK"


@pytest.fixture
def noon() -> datetime.datetime:
    return NOON


@pytest.fixture
def anna() -> v1.Actor:
    return frontdesk.actor("anna")


@pytest.fixture
def boss() -> v1.Actor:
    return frontdesk.actor("boss", authorities=["refunds"])


@pytest.fixture(scope="session")
def shop_policy() -> frontdesk.Policy:
    return frontdesk.Policy.from_text(SHOP_POLICY, file="shop.textproto")


@pytest.fixture
def ask(anna):
    """Makes a command: ask(verb, key=..., actor=..., minutes=...)."""

    def make(verb, *, actor=None, minutes=0, **options):
        when = NOON + datetime.timedelta(minutes=minutes)
        return frontdesk.command(verb, actor=actor or anna, now=when, **options)

    return make


def euros(units: int) -> v1.Money:
    return v1.Money(units=units, currency_code="EUR")


def catalog() -> v1.Facts:
    def variant(name: str, units: int) -> v1.Variant:
        return v1.Variant(
            variant_id=name,
            product_id="p-" + name,
            name=name,
            unit_price=v1.UnitPrice(value=units, scale=2, currency_code="EUR"),
            available=True,
        )

    return v1.Facts(
        catalog=v1.CatalogFacts(
            products=[v1.Product(product_id="p-mug", name="Mug"), v1.Product(product_id="p-lamp", name="Lamp")],
            variants=[variant("mug", 1250), variant("lamp", 8000)],
        )
    )


CUSTOMER = v1.EntityRef(kind=v1.ENTITY_KIND_CUSTOMER, id="c1")
ORDER = v1.EntityRef(kind=v1.ENTITY_KIND_ORDER, id="o1")


@pytest.fixture
def desk(shop_policy, ask):
    """A desk with a customer who pays by card and one placed and paid order: two mugs and a lamp, 105 euros."""
    with frontdesk.Desk.open(shop_policy, ids=frontdesk.ids.SequenceIds("r-")) as opened:
        for verb in (
            v1.CreateCustomer(customer_id="c1", given_name="Ann", family_name="Lee", state=v1.Customer.STATE_CUSTOMER),
            v1.ChangeAddress(customer_id="c1", address=v1.PostalAddress(lines=["1 Main St"], locality="Springfield")),
            v1.AddPaymentMethod(
                customer_id="c1",
                payment_method=v1.PaymentMethod(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD),
            ),
        ):
            done(opened.execute(ask(verb)))
        placed = v1.PlaceOrder(
            order_id="o1",
            customer_id="c1",
            currency_code="EUR",
            lines=[
                v1.PlaceOrderLine(variant_id="mug", quantity=2),
                v1.PlaceOrderLine(variant_id="lamp", quantity=1),
            ],
            payment_method_id="card",
            settlement=v1.SETTLEMENT_DONE,
        )
        done(opened.execute(ask(placed), facts=catalog()))
        yield opened


def done(outcome: v1.Outcome) -> v1.Outcome:
    """The outcome, which must be DONE."""
    assert outcome.verdict == frontdesk.Verdict.DONE, outcome
    return outcome


def happened(event: v1.Event) -> str:
    """The name of an event, as the entity's events call it: ``order_canceled``."""
    return getattr(event, event.WhichOneof("event")).WhichOneof("event")


def source_dir() -> pathlib.Path:
    """The project's source tree."""
    return pathlib.Path(__file__).resolve().parents[2]


def package_dir() -> pathlib.Path:
    """The folder that holds the package under test."""
    return pathlib.Path(frontdesk.__file__).resolve().parent.parent
