"""Refunds as policy routes them, pieces that are canceled, and refunds as a table."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

import frontdesk
from frontdesk import domain, v1

NOW = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
LATER = NOW + datetime.timedelta(days=3)
SOURCE = v1.ImportSource(system="shop")
MUG = v1.Variant(variant_id="mug", unit_price=v1.UnitPrice(value=1500, scale=2, currency_code="EUR"))
FACTS = v1.Facts(catalog=v1.CatalogFacts(variants=[MUG]))

ALLOW = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }\n'
HOLD = ALLOW + """
    rule_sets {
      id: "cancellations" decision_points: "CancelItems" default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "expired" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "ACCOUNT_OVER" authority: "refunds"
        condition: "assessment.is_route_closed"
        outputs { name: "payment_method_id" expression: "'other'" }
      }
    }"""
TO_OTHER = HOLD.replace('POLICY_OUTCOME_HOLD reason: "ACCOUNT_OVER" authority: "refunds"', "POLICY_OUTCOME_ALLOW")
TO_CARD = TO_OTHER.replace("'other'", "'card'")
CASH_OUT = TO_CARD.replace(
    """expression: "'card'" }""", """expression: "'card'" } outputs { name: "cash_out" expression: "true" }"""
)
FEE = ALLOW + """
    rule_sets {
      id: "cancellations" decision_points: "CancelItems" default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "fee" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "true"
        outputs { name: "fee" expression: "percent(assessment.refund_amount, 10)" }
      }
    }"""


class Shop:
    """Order o1 of two mugs at 15.00, paid with a gift card that expires in two days, or by card."""

    def __init__(self, policy: str, method: str = "gift") -> None:
        self.desk = frontdesk.Desk.open(frontdesk.Policy.from_text(policy))
        for name in ("gift", "other"):
            account = v1.Account(account_id=name, kind=v1.Account.KIND_GIFT_CARD, state=v1.Account.STATE_ACTIVE)
            account.balance.CopyFrom(frontdesk.money.of(100, "EUR"))
            if name == "gift":
                account.expire_time.FromDatetime(NOW + datetime.timedelta(days=2))
            self.done(v1.ImportAccount(account=account, source=SOURCE))
        customer = v1.Customer(customer_id="c1", state=v1.Customer.STATE_CUSTOMER, given_name="Ann")
        customer.addresses.add(address_id="home").address.lines.append("Main Street 1")
        for name in ("gift", "other"):
            customer.payment_methods.add(
                payment_method_id=name, kind=v1.PaymentMethod.KIND_GIFT_CARD, account_id=name
            )
        customer.payment_methods.add(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD)
        self.done(v1.ImportCustomer(customer=customer, source=SOURCE))
        verb = v1.PlaceOrder(order_id="o1", customer_id="c1", currency_code="EUR", payment_method_id=method)
        verb.settlement = v1.SETTLEMENT_DONE
        verb.lines.add(variant_id="mug", quantity=2)
        self.done(verb)

    def ask(self, verb: Any, now: datetime.datetime = NOW) -> v1.Outcome:
        return self.desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=now), facts=FACTS if isinstance(verb, v1.PlaceOrder) else None)

    def done(self, verb: Any, now: datetime.datetime = NOW) -> v1.Outcome:
        outcome = self.ask(verb, now)
        assert outcome.verdict == frontdesk.Verdict.DONE, outcome.refusals
        return outcome

    def order(self) -> v1.Order:
        return self.desk.get(frontdesk.entity_ref(frontdesk.EntityKind.ORDER, "o1")).order

    def balance(self, account_id: str) -> int:
        return self.desk.get(frontdesk.entity_ref(frontdesk.EntityKind.ACCOUNT, account_id)).account.balance.units


def cancel(**more: Any) -> v1.CancelItems:
    return v1.CancelItems(order_id="o1", items=[v1.ItemSelector(line_id="1", quantity=1)], **more)


def test_a_refund_to_an_expired_account_is_refused() -> None:
    shop = Shop(ALLOW)
    refused = shop.ask(cancel(), LATER)
    assert [refusal.reason for refusal in refused.refusals] == ["ORDER_ACCOUNT_EXPIRED"]
    # Before it expired, it goes back.
    shop.done(cancel())
    assert shop.balance("gift") == 8500


def test_policy_holds_it_and_names_another_account() -> None:
    shop = Shop(HOLD)
    held = shop.ask(cancel(), LATER)
    assert held.verdict == frontdesk.Verdict.HELD
    shop.desk.approve(held.held.approval_id, actor=frontdesk.actor("carla", authorities=["refunds"]), now=LATER)
    assert (shop.balance("gift"), shop.balance("other")) == (7000, 11500)
    # Where the account is open, nobody waits.
    open_shop = Shop(HOLD)
    open_shop.done(cancel())


def test_policy_sends_it_elsewhere() -> None:
    shop = Shop(TO_OTHER)
    shop.done(cancel(), LATER)
    assert shop.balance("other") == 11500


def test_stored_value_becomes_card_money_only_where_policy_says_so() -> None:
    refused = Shop(TO_CARD).ask(cancel(), LATER)
    assert refused.verdict == frontdesk.Verdict.REFUSED
    assert [detail.value for detail in refused.refusals[0].details if detail.name == "cause"] == ["ORDER_CASH_OUT"]
    asked = Shop(ALLOW).ask(cancel(payment_method_id="card", cash_out=True), LATER)
    assert [refusal.reason for refusal in asked.refusals] == ["ARGUMENT_FORBIDDEN"]
    shop = Shop(CASH_OUT)
    outcome = shop.done(cancel(), LATER)
    assert [effect.order.send_refund.amount.units for effect in outcome.effects] == [1500]
    assert shop.order().refunds[0].route.payment_method_id == "card"


def test_policy_computes_the_fee() -> None:
    shop = Shop(FEE, "card")
    shop.done(cancel(settlement=v1.SETTLEMENT_DONE))
    line = shop.order().lines[0]
    assert (line.canceled_amount.units, line.withheld_amount.units) == (1350, 150)
    assert shop.order().owed_amount.units == 0


def test_a_preview_of_refunds_is_a_table() -> None:
    shop = Shop(ALLOW, "card")
    verb = v1.RefundOrder(order_id="o1", cause=v1.REFUND_CAUSE_GOODWILL)
    verb.items.add(line_id="1", quantity=1)
    command = frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOW)
    before = shop.order()
    preview = domain.refund_table(before, shop.desk.preview(command))
    (row,) = preview.rows
    assert (row.component, row.line_id, row.quantity) == (v1.RefundRow.COMPONENT_LINE, "1", 1)
    assert (row.amount.units, preview.amount.units, preview.refundable_amount.units) == (1500, 1500, 3000)
    assert shop.order() == before
    done = domain.refund_table(before, shop.desk.execute(command))
    assert done == preview


def test_the_table_of_something_else_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        domain.refund_table(v1.Order(), v1.Order())  # type: ignore[arg-type]
