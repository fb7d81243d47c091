"""Disputes of payments: reported by the gateway, answered by the company, decided by the bank."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, List, Optional

import pytest

import frontdesk
from frontdesk import money, v1

NOW = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
SHIRT = v1.Variant(variant_id="shirt", unit_price=v1.UnitPrice(value=10000, scale=2, currency_code="EUR"))
FACTS = v1.Facts(catalog=v1.CatalogFacts(variants=[SHIRT]))


class Shop:
    """An order of 100.00 that was captured from a card, and a case about it."""

    def __init__(self) -> None:
        policy = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
        self.desk = frontdesk.Desk.open(frontdesk.Policy.from_text(policy))
        self.done(v1.CreateCustomer(customer_id="c1", given_name="Ann"))
        self.done(v1.AddPaymentMethod(customer_id="c1", payment_method=v1.PaymentMethod(
            payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD, last_four="4242")))
        self.done(v1.PlaceOrder(
            order_id="o1", customer_id="c1", currency_code="EUR", payment_method_id="card",
            lines=[v1.PlaceOrderLine(variant_id="shirt", quantity=1)], settlement=v1.SETTLEMENT_DONE,
            shipping_address=v1.PostalAddress(lines=["1 Main Street"], country_code="IE")))
        self.done(v1.OpenCase(case_id="case-1", customer_id="c1", kind=v1.Case.KIND_TROUBLE, subject="A dispute"))

    def execute(self, verb: Any) -> v1.Outcome:
        facts = FACTS if isinstance(verb, v1.PlaceOrder) else None
        return self.desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOW), facts=facts)

    def done(self, verb: Any) -> v1.Outcome:
        outcome = self.execute(verb)
        assert [refusal.reason for refusal in outcome.refusals] == []
        return outcome

    def refused(self, verb: Any) -> List[str]:
        return [refusal.reason for refusal in self.execute(verb).refusals]

    def dispute(self, state: int, amount: Optional[str] = None, **fields: Any) -> v1.RecordDispute:
        verb = v1.RecordDispute(order_id="o1", state=state, **fields)  # type: ignore[arg-type]
        if amount is not None:
            verb.amount.CopyFrom(money.of(Decimal(amount), "EUR"))
        return verb

    def refund(self, amount: str, settlement: int = v1.SETTLEMENT_DONE) -> v1.RefundOrder:
        return v1.RefundOrder(order_id="o1", cause=v1.REFUND_CAUSE_GOODWILL, amount=money.of(Decimal(amount), "EUR"),
                              settlement=settlement)  # type: ignore[arg-type]

    @property
    def order(self) -> v1.Order:
        return self.desk.get(frontdesk.entity_ref(frontdesk.EntityKind.ORDER, "o1")).order

    def held(self) -> int:
        return frontdesk.domain.held_amount(self.order).units


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_a_disputed_part_is_not_refundable(shop: Shop) -> None:
    opened = shop.dispute(
        v1.Dispute.STATE_OPEN, "12.34", payment_id="payment-1", gateway_reference="dp_1", case_id="case-1"
    )
    shop.done(opened)
    assert shop.held() == 8766
    assert shop.order.owed_amount.units == 0
    assert shop.refused(shop.refund("87.67")) == ["ORDER_REFUND_EXCEEDS_HELD"]
    # The same report again changes nothing; another amount is a conflict.
    assert not shop.done(opened).events
    other = shop.dispute(v1.Dispute.STATE_OPEN, "12.35", gateway_reference="dp_1")
    assert shop.refused(other) == ["ORDER_RECORD_DISPUTE_REFERENCE_CONFLICT"]
    shop.done(shop.dispute(v1.Dispute.STATE_LOST, gateway_reference="dp_1"))
    assert shop.held() == 8766
    assert shop.order.owed_amount.units == 1234
    shop.done(shop.dispute(v1.Dispute.STATE_WON, gateway_reference="dp_1"))
    assert shop.held() == 10000
    assert not shop.done(opened).events
    shop.done(shop.refund("100"))


def test_a_case_that_does_not_exist_is_not_linked(shop: Shop) -> None:
    verb = shop.dispute(v1.Dispute.STATE_OPEN, payment_id="payment-1", case_id="case-2", gateway_reference="dp_9")
    assert shop.refused(verb) == ["CASE_NOT_FOUND"]


def test_an_answer_is_sent_and_refunds_are_withdrawn(shop: Shop) -> None:
    shop.done(shop.refund("40", v1.SETTLEMENT_UNSPECIFIED))
    outcome = shop.done(shop.dispute(v1.Dispute.STATE_OPEN, "100", payment_id="payment-1", gateway_reference="dp_1"))
    assert [effect.order.withdraw_refund.refund_id for effect in outcome.effects] == ["refund-2"]
    assert shop.order.refunds[0].is_contested
    answer = v1.AnswerDispute(order_id="o1", dispute_id="dispute-1")
    answer.evidence.add(kind="shipping_documentation", text="Signed by the customer", document_id="doc-1")
    (effect,) = shop.done(answer).effects
    assert effect.order.send_dispute_answer.gateway_reference == "dp_1"
    assert effect.order.send_dispute_answer.evidence == answer.evidence
    assert shop.order.disputes[0].state == v1.Dispute.STATE_UNDER_REVIEW
    assert shop.refused(answer) == ["ORDER_ANSWER_DISPUTE_DISPUTE_STATE"]


def test_a_payment_that_was_refunded_is_disputed(shop: Shop) -> None:
    """It is no longer in the state of the order, and comes back from its row."""
    shop.done(shop.refund("100"))
    assert not shop.order.payments
    shop.done(shop.dispute(v1.Dispute.STATE_OPEN, "30", payment_id="payment-1", gateway_reference="dp_1"))
    assert shop.order.payments[0].disputed_amount.units == 3000
    assert shop.held() == 0
    shop.done(shop.dispute(v1.Dispute.STATE_WON, gateway_reference="dp_1"))
    assert not shop.order.payments
    assert shop.order.payment_count == 1
