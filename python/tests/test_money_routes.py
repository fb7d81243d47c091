"""Where money goes: a route is a copy of a payment method as it was, and the id of a method is never used again."""

from __future__ import annotations

import datetime
from typing import Any, List

import pytest

import frontdesk
from frontdesk import EntityKind, v1

NOW = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
SOURCE = v1.ImportSource(system="shop")
POLICY = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
MUG = v1.Variant(variant_id="mug", unit_price=v1.UnitPrice(value=1500, scale=2, currency_code="EUR"))
FACTS = v1.Facts(catalog=v1.CatalogFacts(variants=[MUG]))
ID_EXISTS = ["CUSTOMER_ADD_PAYMENT_METHOD_ID_EXISTS"]


class Shop:
    """Customers c1 and c2, each with another card that is called "card"."""

    def __init__(self) -> None:
        self.desk = frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY))
        self.outcome = v1.Outcome()
        for name in ("c1", "c2"):
            customer = v1.Customer(customer_id=name, state=v1.Customer.STATE_CUSTOMER, given_name=name)
            customer.addresses.add(address_id="home").address.lines.append("Main Street 1")
            assert self.ask(v1.ImportCustomer(customer=customer, source=SOURCE)) == []
            assert self.add(name, "card", f"token-{name}") == []

    def ask(self, verb: Any) -> List[str]:
        """The reasons against a command; empty when it is done."""
        command = frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOW)
        self.outcome = self.desk.execute(command, facts=FACTS if isinstance(verb, v1.PlaceOrder) else None)
        assert (self.outcome.verdict == frontdesk.Verdict.DONE) == (not self.outcome.refusals)
        return [refusal.reason for refusal in self.outcome.refusals]

    def add(self, customer_id: str, method_id: str, token: str) -> List[str]:
        method = v1.PaymentMethod(payment_method_id=method_id, kind=v1.PaymentMethod.KIND_CARD, gateway_token=token)
        method.last_four = "4242"
        return self.ask(v1.AddPaymentMethod(customer_id=customer_id, payment_method=method))

    def remove(self, customer_id: str, method_id: str) -> List[str]:
        return self.ask(v1.RemovePaymentMethod(customer_id=customer_id, payment_method_id=method_id))

    def merge(self, survivor_id: str, merged_id: str) -> None:
        assert self.ask(v1.MergeCustomers(customer_id=survivor_id, merged_customer_id=merged_id)) == []

    def unmerge(self, survivor_id: str, merged_id: str) -> None:
        assert self.ask(v1.UnmergeCustomers(customer_id=survivor_id, merged_customer_id=merged_id)) == []

    def place(self, order_id: str, customer_id: str, method_id: str = "card") -> None:
        verb = v1.PlaceOrder(order_id=order_id, customer_id=customer_id, currency_code="EUR", payment_method_id=method_id)
        verb.lines.add(variant_id="mug", quantity=1)
        verb.settlement = v1.SETTLEMENT_DONE
        assert self.ask(verb) == []

    def refund_route(self, order_id: str) -> v1.MoneyRoute:
        """The route of the effect that refunds 1.00 of the order."""
        refund = v1.RefundOrder(order_id=order_id, cause=v1.REFUND_CAUSE_GOODWILL, amount=frontdesk.money.of(1, "EUR"))
        assert self.ask(refund) == []
        (effect,) = self.outcome.effects
        return effect.order.send_refund.route

    def customer(self, customer_id: str) -> v1.Customer:
        entity = frontdesk.entity_ref(EntityKind.CUSTOMER, customer_id)
        return self.desk.get(entity, lists=["removed_payment_methods"]).customer

    def methods(self, customer_id: str) -> List[str]:
        return [method.payment_method_id for method in self.customer(customer_id).payment_methods]

    def removed(self, customer_id: str) -> List[str]:
        return [method.payment_method_id for method in self.customer(customer_id).removed_payment_methods]


@pytest.fixture
def shop() -> Shop:
    return Shop()


CARD_OF_C2 = v1.MoneyRoute(
    payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD, customer_id="c2", last_four="4242", gateway_token="token-c2"
)


def test_a_payment_and_its_effect_have_a_copy_of_the_method(shop: Shop) -> None:
    verb = v1.PlaceOrder(order_id="o1", customer_id="c2", currency_code="EUR", payment_method_id="card")
    verb.lines.add(variant_id="mug", quantity=1)
    assert shop.ask(verb) == []
    (effect,) = shop.outcome.effects
    assert effect.order.capture_payment.route == CARD_OF_C2
    assert shop.desk.get(frontdesk.entity_ref(EntityKind.ORDER, "o1")).order.payments[0].route == CARD_OF_C2


def test_a_refund_after_a_merge_goes_to_the_card_that_paid(shop: Shop) -> None:
    shop.place("o1", "c2")
    shop.merge("c1", "c2")
    # The survivor has a card of its own by that name.
    assert shop.methods("c1")[0] == "card" and shop.customer("c1").payment_methods[0].gateway_token == "token-c1"
    assert shop.refund_route("o1") == CARD_OF_C2


def test_an_order_is_paid_with_the_survivors_card_of_the_same_name(shop: Shop) -> None:
    shop.place("o1", "c2")
    shop.merge("c1", "c2")
    assert shop.ask(v1.ChangePaymentMethod(order_id="o1", payment_method_id="card")) == []
    capture, refund = (effect.order for effect in shop.outcome.effects)
    assert capture.capture_payment.route.gateway_token == "token-c1"
    assert refund.send_refund.route == CARD_OF_C2


def test_an_order_stays_with_the_card_that_a_merge_renamed(shop: Shop) -> None:
    shop.place("o1", "c2")
    shop.merge("c1", "c2")
    assert shop.ask(v1.ChangePaymentMethod(order_id="o1", payment_method_id="c2/card")) == []
    assert not shop.outcome.events


def test_a_refund_after_the_method_was_removed_goes_to_the_card_that_paid(shop: Shop) -> None:
    shop.place("o1", "c2")
    assert shop.remove("c2", "card") == []
    assert shop.refund_route("o1") == CARD_OF_C2
    # Nor does another card ever get the name.
    assert shop.add("c2", "card", "token-new") == ID_EXISTS
    assert shop.add("c2", "card-2", "token-new") == []
    assert shop.refund_route("o1") == CARD_OF_C2
    assert (shop.methods("c2"), shop.removed("c2")) == (["card-2"], ["card"])


def test_a_merge_gives_no_method_an_id_that_was_used_before(shop: Shop) -> None:
    assert shop.remove("c1", "card") == []
    # The first name that the merge would choose was used by either side, too.
    assert shop.add("c2", "c2/card", "token-a") == shop.remove("c2", "c2/card") == []
    assert shop.add("c1", "c2/c2/card", "token-b") == shop.remove("c1", "c2/c2/card") == []
    shop.merge("c1", "c2")
    (method,) = shop.customer("c1").payment_methods
    assert method.gateway_token == "token-c2"
    assert method.payment_method_id not in ("card", "c2/card", "c2/c2/card")


def test_the_survivor_uses_no_id_that_a_merged_customer_used(shop: Shop) -> None:
    assert shop.add("c2", "old", "token-old") == shop.remove("c2", "old") == []
    # The same card under another name: the merge has it once.
    assert shop.add("c2", "same", "token-c1") == []
    shop.merge("c1", "c2")
    assert shop.methods("c1") == ["card", "c2/card"]
    for name in ("old", "same"):
        assert shop.add("c1", name, "token-new") == ID_EXISTS
        rebuilt = shop.desk.decision_input_of(shop.outcome.record_id)
        assert rebuilt.fidelity == v1.RebuiltInput.FIDELITY_EXACT
    assert shop.add("c1", "new", "token-new") == []


def test_a_method_that_was_removed_since_a_merge_is_not_restored(shop: Shop) -> None:
    assert shop.add("c2", "stolen", "token-stolen") == []
    shop.merge("c1", "c2")
    assert shop.remove("c1", "stolen") == []
    shop.unmerge("c1", "c2")
    assert (shop.methods("c1"), shop.methods("c2")) == (["card"], ["card"])
    # A method that leaves the survivor with the other customer was its own for a while.
    assert shop.removed("c1") == ["stolen", "c2/card"]
    assert shop.removed("c2") == ["stolen"]
    assert shop.add("c1", "c2/card", "token-new") == shop.add("c2", "stolen", "token-new") == ID_EXISTS
    assert shop.customer("c2").payment_methods[0].gateway_token == "token-c2"


def test_the_history_folds_to_the_removed_methods(shop: Shop) -> None:
    assert shop.add("c1", "old", "token-old") == shop.remove("c1", "old") == []
    shop.merge("c1", "c2")
    shop.unmerge("c1", "c2")
    for name in ("c1", "c2"):
        entity = frontdesk.entity_ref(EntityKind.CUSTOMER, name)
        folded = v1.EntityState()
        for event in shop.desk.history(entity):
            folded = frontdesk.evolve(event, folded)
        assert folded == shop.desk.get(entity, lists=["removed_payment_methods", "merged_customers", "identity_verifications"])


def test_an_entry_of_an_account_says_who_posted_it_and_for_which_case(shop: Shop) -> None:
    account = v1.Account(account_id="a1", kind=v1.Account.KIND_STORE_CREDIT, state=v1.Account.STATE_ACTIVE, customer_id="c1")
    account.balance.CopyFrom(frontdesk.money.of(100, "EUR"))
    assert shop.ask(v1.ImportAccount(account=account, source=SOURCE)) == []
    amount = frontdesk.money.of(5, "EUR")
    credit = v1.CreditAccount(account_id="a1", amount=amount, cause="goodwill", case_id="k1")
    debit = v1.DebitAccount(account_id="a1", amount=amount, cause="fee", case_id="k1")
    assert shop.ask(credit) == shop.ask(debit) == ["CASE_NOT_FOUND"]
    assert shop.ask(v1.OpenCase(case_id="k1", kind=v1.Case.KIND_TROUBLE, subject="a broken mug")) == []
    assert shop.ask(credit) == shop.ask(debit) == []
    method = v1.PaymentMethod(payment_method_id="credit", kind=v1.PaymentMethod.KIND_STORE_CREDIT, account_id="a1")
    assert shop.ask(v1.AddPaymentMethod(customer_id="c1", payment_method=method)) == []
    shop.place("o1", "c1", "credit")
    entity = frontdesk.entity_ref(EntityKind.ACCOUNT, "a1")
    entries = [(entry.actor_id, entry.case_id, entry.order_id, entry.amount.units) for entry in shop.desk.rows(entity, "entries")]
    assert entries == [("anna", "k1", "", 500), ("anna", "k1", "", -500), ("anna", "", "o1", -1500)]
