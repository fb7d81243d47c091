"""Whose money it is: a payment method names an account that exists, fits, and belongs to nobody or to the customer."""

from __future__ import annotations

import datetime
from typing import Any, List

import pytest

import frontdesk
from frontdesk import v1

NOW = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
SOURCE = v1.ImportSource(system="shop")
MUG = v1.Variant(variant_id="mug", unit_price=v1.UnitPrice(value=1500, scale=2, currency_code="EUR"))
FACTS = v1.Facts(catalog=v1.CatalogFacts(variants=[MUG]))


class Shop:
    """Two customers, c1 and c2, and accounts: credit-1 and card-1 of c1, and a bearer card."""

    def __init__(self) -> None:
        policy = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
        self.desk = frontdesk.Desk.open(frontdesk.Policy.from_text(policy))
        for name in ("c1", "c2"):
            customer = v1.Customer(customer_id=name, state=v1.Customer.STATE_CUSTOMER, given_name=name)
            customer.addresses.add(address_id="home").address.lines.append("Main Street 1")
            assert self.ask(v1.ImportCustomer(customer=customer, source=SOURCE)) == []
        for name, kind, owner in (
            ("credit-1", v1.Account.KIND_STORE_CREDIT, "c1"),
            ("card-1", v1.Account.KIND_GIFT_CARD, "c1"),
            ("bearer", v1.Account.KIND_GIFT_CARD, ""),
        ):
            account = v1.Account(account_id=name, kind=kind, state=v1.Account.STATE_ACTIVE, customer_id=owner)
            account.balance.CopyFrom(frontdesk.money.of(100, "EUR"))
            assert self.ask(v1.ImportAccount(account=account, source=SOURCE)) == []

    def ask(self, verb: Any) -> List[str]:
        """The reasons against a command; empty when it is done."""
        command = frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOW)
        outcome = self.desk.execute(command, facts=FACTS if isinstance(verb, v1.PlaceOrder) else None)
        assert (outcome.verdict == frontdesk.Verdict.DONE) == (not outcome.refusals)
        return [refusal.reason for refusal in outcome.refusals]

    def add(self, customer_id: str, account_id: str, kind: int) -> List[str]:
        method = v1.PaymentMethod(payment_method_id=account_id, kind=kind, account_id=account_id)  # type: ignore[arg-type]
        return self.ask(v1.AddPaymentMethod(customer_id=customer_id, payment_method=method))

    def place(self, customer_id: str, method_id: str) -> List[str]:
        verb = v1.PlaceOrder(order_id=f"{customer_id}-{method_id}", customer_id=customer_id, currency_code="EUR")
        verb.payment_method_id = method_id
        verb.lines.add(variant_id="mug", quantity=1)
        return self.ask(verb)

    def balance(self, account_id: str) -> int:
        return self.desk.get(frontdesk.entity_ref(frontdesk.EntityKind.ACCOUNT, account_id)).account.balance.units


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_the_account_of_a_method_exists_fits_and_is_not_somebody_elses(shop: Shop) -> None:
    card, credit = v1.PaymentMethod.KIND_GIFT_CARD, v1.PaymentMethod.KIND_STORE_CREDIT
    assert shop.add("c2", "nowhere", credit) == ["ACCOUNT_NOT_FOUND"]
    assert shop.add("c2", "credit-1", credit) == ["CUSTOMER_ADD_PAYMENT_METHOD_ACCOUNT_FOREIGN"]
    assert shop.add("c1", "credit-1", card) == ["CUSTOMER_ADD_PAYMENT_METHOD_ACCOUNT_KIND"]
    assert shop.add("c2", "card-1", credit) == [
        "CUSTOMER_ADD_PAYMENT_METHOD_ACCOUNT_KIND",
        "CUSTOMER_ADD_PAYMENT_METHOD_ACCOUNT_FOREIGN",
    ]
    assert shop.add("c1", "credit-1", credit) == shop.add("c1", "card-1", card) == []
    assert shop.add("c2", "bearer", card) == []


def test_nobody_pays_with_another_customers_account(shop: Shop) -> None:
    """A host brings in a customer as it has them, with whatever their methods name. Money does not move for all that."""
    thief = v1.Customer(customer_id="c3", state=v1.Customer.STATE_CUSTOMER)
    thief.addresses.add(address_id="home").address.lines.append("Main Street 2")
    for name, kind in (("credit-1", v1.PaymentMethod.KIND_STORE_CREDIT), ("bearer", v1.PaymentMethod.KIND_STORE_CREDIT)):
        thief.payment_methods.add(payment_method_id=name, kind=kind, account_id=name)
    assert shop.ask(v1.ImportCustomer(customer=thief, source=SOURCE)) == []
    assert shop.place("c3", "credit-1") == ["ORDER_ACCOUNT_FOREIGN"]
    assert shop.place("c3", "bearer") == ["ORDER_ACCOUNT_KIND"]
    assert (shop.balance("credit-1"), shop.balance("bearer")) == (10000, 10000)


def test_the_accounts_of_a_merged_customer_are_the_survivors(shop: Shop) -> None:
    assert shop.add("c1", "credit-1", v1.PaymentMethod.KIND_STORE_CREDIT) == []
    assert shop.place("c1", "credit-1") == []
    assert shop.ask(v1.MergeCustomers(customer_id="c2", merged_customer_id="c1")) == []
    assert shop.place("c2", "credit-1") == []
    assert shop.balance("credit-1") == 7000
    # Back to where it came from, also for the order that names the merged customer.
    assert shop.ask(v1.CancelOrder(order_id="c1-credit-1", reason="no longer needed")) == []
    assert shop.balance("credit-1") == 8500


def test_the_order_of_a_movement_exists(shop: Shop) -> None:
    verb = v1.CreditAccount(account_id="credit-1", amount=frontdesk.money.of(5, "EUR"), cause="goodwill", order_id="o9")
    assert shop.ask(verb) == ["ORDER_NOT_FOUND"]
    assert shop.ask(v1.DebitAccount(account_id="credit-1", amount=verb.amount, cause="fee", order_id="o9")) == ["ORDER_NOT_FOUND"]
    assert shop.add("c1", "credit-1", v1.PaymentMethod.KIND_STORE_CREDIT) == shop.place("c1", "credit-1") == []
    verb.order_id = "c1-credit-1"
    assert shop.ask(verb) == []
    assert shop.balance("credit-1") == 9000
