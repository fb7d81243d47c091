"""A small shop for stories about money: customer c1 with a card, a wallet, a gift card and store credit, and order o1."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List, Optional

import frontdesk
from frontdesk import v1
from frontdesk.money import format as text_of

NOON = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
ALLOW = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }\n'
# Stored value may become another kind of money.
BY_POLICY = ALLOW + """
rule_sets {
  id: "back" decision_points: "RefundOrder" decision_points: "CancelOrder" decision_points: "CancelItems"
  default_outcome: POLICY_OUTCOME_ALLOW
  default_outputs { name: "cash_out" expression: "true" }
}
"""
SOURCE = v1.ImportSource(system="shop")
DONE = v1.SETTLEMENT_DONE


class Shop:
    """The desk, as somebody in the shop uses it. Amounts are texts: ``"27.50"``."""

    def __init__(self, policy: str = ALLOW, currency: str = "EUR", **prices: str) -> None:
        self.currency, self.now = currency, NOON
        self.desk = frontdesk.Desk.open(frontdesk.Policy.from_text(policy))
        variants = [
            v1.Variant(variant_id=name, name=name, available=True, unit_price=frontdesk.money.parse_unit_price(price, currency))
            for name, price in (prices or {"mug": "5.50"}).items()
        ]
        self.facts = v1.Facts(catalog=v1.CatalogFacts(variants=variants))
        self.add_customer("c1")

    def add_customer(self, name: str) -> None:
        customer = v1.Customer(customer_id=name, state=v1.Customer.STATE_CUSTOMER)
        customer.addresses.add(address_id="home").address.lines.append("1 Mill Lane")
        for method_id, kind in (("card", v1.PaymentMethod.KIND_CARD), ("wallet", v1.PaymentMethod.KIND_WALLET)):
            customer.payment_methods.add(payment_method_id=method_id, kind=kind, last_four="4242", gateway_token="tok-" + method_id)
        self.done(v1.ImportCustomer(customer=customer, source=SOURCE))

    def add_account(self, name: str, kind: "v1.Account.Kind", balance: str, owner: str = "c1", **more: Any) -> None:
        account = v1.Account(account_id=name, kind=kind, state=v1.Account.STATE_ACTIVE, customer_id=owner, balance=self.money(balance), **more)
        self.done(v1.ImportAccount(account=account, source=SOURCE))
        method_kind = v1.PaymentMethod.KIND_GIFT_CARD if kind == v1.Account.KIND_GIFT_CARD else v1.PaymentMethod.KIND_STORE_CREDIT
        method = v1.PaymentMethod(payment_method_id=name, kind=method_kind, account_id=name)
        self.done(v1.AddPaymentMethod(customer_id=owner or "c1", payment_method=method))

    def money(self, text: str) -> v1.Money:
        return frontdesk.money.parse(text, self.currency)

    def give(self, verb: Any, **more: Any) -> v1.Outcome:
        self.now += datetime.timedelta(minutes=1)
        facts = self.facts if isinstance(verb, (v1.PlaceOrder, v1.ChangeItems, v1.RequestExchange)) else None
        return self.desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=self.now, **more), facts=facts)

    def done(self, verb: Any) -> v1.Outcome:
        outcome = self.give(verb)
        assert outcome.verdict == v1.VERDICT_DONE, [refusal.reason for refusal in outcome.refusals]
        return outcome

    def refused(self, verb: Any) -> List[str]:
        outcome = self.give(verb)
        assert outcome.verdict == v1.VERDICT_REFUSED, outcome
        return [refusal.reason for refusal in outcome.refusals]

    # ---- The order ----

    def place(self, settlement: "v1.Settlement" = v1.SETTLEMENT_UNSPECIFIED, method: str = "card", **quantities: int) -> v1.Outcome:
        return self.done(self.order_of(settlement, method, **quantities))

    def order_of(self, settlement: "v1.Settlement" = v1.SETTLEMENT_UNSPECIFIED, method: str = "card", **quantities: int) -> v1.PlaceOrder:
        verb = v1.PlaceOrder(order_id="o1", customer_id="c1", currency_code=self.currency, payment_method_id=method, settlement=settlement)
        for number, (name, quantity) in enumerate((quantities or {"mug": 5}).items(), 1):
            verb.lines.add(line_id=str(number), variant_id=name, quantity=quantity)
        return verb

    @property
    def order(self) -> v1.Order:
        lists = ["finished_payments", "finished_refunds"]
        return self.desk.get(frontdesk.entity_ref(frontdesk.EntityKind.ORDER, "o1"), lists=lists).order

    @property
    def owed(self) -> str:
        return frontdesk.money.format_amount(self.order.owed_amount)

    @property
    def held(self) -> str:
        return frontdesk.money.format_amount(frontdesk.domain.held_amount(self.order))

    def balance(self, name: str) -> str:
        return frontdesk.money.format_amount(self.desk.get(frontdesk.entity_ref(frontdesk.EntityKind.ACCOUNT, name)).account.balance)

    def payments(self) -> List[str]:
        """Every payment: "card 27.50 FAILED"."""
        found = sorted([*self.order.payments, *self.order.finished_payments], key=place_of)
        return [
            f"{each.route.payment_method_id} {frontdesk.money.format_amount(each.amount)} {v1.Payment.State.Name(each.state)[6:]}" for each in found
        ]

    def refunds(self) -> List[str]:
        """Every refund: "card 5.50 PENDING"."""
        found = sorted([*self.order.refunds, *self.order.finished_refunds], key=place_of)
        return [
            f"{each.route.payment_method_id} {frontdesk.money.format_amount(each.amount)} {v1.Refund.State.Name(each.state)[6:]}" for each in found
        ]

    # ---- Reports and requests ----

    def pays(self, payment_id: str, state: "v1.Payment.State", amount: Optional[str] = None, **more: Any) -> v1.RecordPayment:
        change = v1.PaymentChange(payment_id=payment_id, state=state, **more)
        if amount is not None:
            change.amount.CopyFrom(self.money(amount))
        return v1.RecordPayment(order_id="o1", payment=change)

    def pays_back(self, refund_id: str, state: "v1.Refund.State", amount: Optional[str] = None, **more: Any) -> v1.RecordPayment:
        change = v1.RefundChange(refund_id=refund_id, state=state, **more)
        if amount is not None:
            change.amount.CopyFrom(self.money(amount))
        return v1.RecordPayment(order_id="o1", refund=change)

    def refund(self, cause: "v1.RefundCause" = v1.REFUND_CAUSE_GOODWILL, settlement: "v1.Settlement" = DONE, **more: Any) -> v1.RefundOrder:
        fields: Dict[str, Any] = {name: self.money(value) if name.endswith("amount") else value for name, value in more.items()}
        return v1.RefundOrder(order_id="o1", cause=cause, settlement=settlement, **fields)

    def ship(self, shipment_id: str, quantity: int, line_id: str = "1") -> v1.RecordShipment:
        lines = [v1.LineQuantity(line_id=line_id, quantity=quantity)]
        return v1.RecordShipment(order_id="o1", shipment=v1.Shipment(shipment_id=shipment_id, lines=lines))

    def disputes(self, state: "v1.Dispute.State", amount: Optional[str] = None, **more: Any) -> v1.RecordDispute:
        verb = v1.RecordDispute(order_id="o1", state=state, **more)
        if amount is not None:
            verb.amount.CopyFrom(self.money(amount))
        return verb


def place_of(movement: Any) -> int:
    """The place of a payment or refund among those of its order."""
    return int(movement.sequence)


def pieces(quantity: int, line_id: str = "1") -> List[v1.ItemSelector]:
    return [v1.ItemSelector(line_id=line_id, quantity=quantity)]


def effects(outcome: v1.Outcome) -> List[str]:
    """The effects, as texts: "capture_payment wallet 27.50 EUR"."""
    told = []
    for effect in outcome.effects:
        name = effect.order.WhichOneof("effect")
        about: Any = getattr(effect.order, name)
        route = about.route.payment_method_id if hasattr(about, "route") else ""
        words = [name, route, text_of(about.amount) if hasattr(about, "amount") else ""]
        told.append(" ".join(word for word in words if word))
    return told
