"""An approval covers the content that the approver saw, as a stranger uses it."""

from __future__ import annotations

import datetime

import pytest

import frontdesk
from frontdesk import EntityKind, Verdict, v1

NOON = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
LARGE = """
rule_sets { id: "ref" decision_points: "RefundOrder" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "large" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "LARGE" authority: "refunds"
          condition: "assessment.refund_amount > money('10.00 EUR')" } }
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""
STATE = v1.Approval.State


class Shop:
    """Customer c1 with a card and a gift card, and orders of mugs at 5.50."""

    def __init__(self, policy: str = LARGE) -> None:
        self.desk = frontdesk.Desk.open(frontdesk.Policy.from_text(policy))
        self.now = NOON
        self.done(v1.CreateCustomer(customer_id="c1", given_name="Mona", family_name="Quist"))
        self.done(v1.ChangeAddress(
            customer_id="c1", address=v1.PostalAddress(lines=["1 Mill Lane"], country_code="IE")))
        self.done(v1.AddPaymentMethod(customer_id="c1", payment_method=v1.PaymentMethod(
            payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD)))

    def do(self, verb, who="anna", facts=None, **more):
        self.now += datetime.timedelta(minutes=1)
        actor = frontdesk.actor(who)
        return self.desk.execute(frontdesk.command(verb, actor=actor, now=self.now, **more), facts=facts)

    def done(self, verb, **more):
        outcome = self.do(verb, **more)
        assert outcome.verdict == Verdict.DONE, outcome
        return outcome

    def place(self, order_id: str = "o1", quantity: int = 3):
        return self.done(v1.PlaceOrder(
            order_id=order_id, customer_id="c1", currency_code="EUR", payment_method_id="card",
            lines=[v1.PlaceOrderLine(line_id="1", variant_id="mug", quantity=quantity)],
            settlement=v1.SETTLEMENT_DONE), facts=prices(mug=550))

    def refund(self, quantity: int = 2, order_id: str = "o1", who: str = "anna"):
        return self.do(v1.RefundOrder(
            order_id=order_id, cause=v1.REFUND_CAUSE_GOODWILL,
            items=[v1.ItemSelector(line_id="1", quantity=quantity)]), who=who)

    def approve(self, approval_id: str, *, round: int = 1, who: str = "boss", authority: str = "refunds"):
        self.now += datetime.timedelta(minutes=1)
        actor = frontdesk.actor(who, authorities=[authority])
        return self.desk.approve(approval_id, actor=actor, now=self.now, round=round)

    def change(self, order_id: str = "o1", quantity: int = 3, **price):
        [(name, _)] = price.items()
        self.done(v1.ChangeItems(
            order_id=order_id, payment_method_id="card", settlement=v1.SETTLEMENT_DONE,
            changes=[v1.ItemChange(item=v1.ItemSelector(line_id="1", quantity=quantity), new_variant_id=name)],
        ), facts=prices(**price))

    def paid(self, order_id: str = "o1") -> int:
        order = self.desk.get(frontdesk.entity_ref(EntityKind.ORDER, order_id)).order
        return sum(one.amount.units for one in order.refunds if one.cause == v1.REFUND_CAUSE_GOODWILL)

    def approval(self, approval_id: str) -> v1.Approval:
        return self.desk.get(frontdesk.entity_ref(EntityKind.APPROVAL, approval_id)).approval

    def found(self, **query):
        return [one.approval.approval_id for one in self.desk.find(v1.ApprovalQuery(**query))]


def prices(**units):
    return v1.Facts(catalog=v1.CatalogFacts(
        products=[v1.Product(product_id="p-" + name, name=name) for name in units],
        variants=[v1.Variant(variant_id=name, product_id="p-" + name, name=name, available=True,
                             unit_price=v1.UnitPrice(value=value, scale=2, currency_code="EUR"))
                  for name, value in units.items()]))


def test_a_refund_that_has_grown_is_not_paid():
    """Held at 11.00, the items are changed by another agent, and then it would be 1,800.00."""
    shop = Shop()
    shop.place()
    held = shop.refund()
    assert held.verdict == Verdict.HELD
    shop.change(tv=90000)
    again = shop.approve(held.held.approval_id)
    assert again.verdict == Verdict.HELD and shop.paid() == 0
    assert again.held.approval_id == held.held.approval_id and again.held.round == 2
    assert [(one.path, one.before, one.after) for one in again.approval_differences if one.asks_again] == [
        ("assessment.refund_amount", "11.00 EUR", "1800.00 EUR"), ("EUR", "11.00 EUR", "1800.00 EUR")]
    assert shop.approve(held.held.approval_id).refusals[0].reason == "APPROVAL_ROUND"
    assert shop.approve(held.held.approval_id, round=2).verdict == Verdict.DONE
    assert shop.paid() == 180000


def test_waiting_approvals_are_found():
    shop = Shop('''rule_sets { id: "r" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW
      rules { id: "ask" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "ASK" authority: "boss" condition: "true" } }
      rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }''')
    held = shop.do(v1.OpenCase(case_id="a", kind=v1.Case.KIND_TROUBLE, subject="lamp"))
    assert shop.found(authority="boss") == [held.held.approval_id]
    assert shop.found(authority="nobody") == []


def test_approvals_are_found_by_everything_that_describes_them():
    shop = Shop()
    for order in ("o1", "o2", "o3"):
        shop.place(order)
    began = shop.now
    small = shop.refund(2, "o1").held.approval_id
    large = shop.refund(3, "o2").held.approval_id
    others = shop.refund(3, "o3", who="bea").held.approval_id
    assert shop.found() == [small, large, others], "the longest waiting first"
    assert shop.desk.count(v1.ApprovalQuery()) == 3
    assert shop.found(states=[STATE.STATE_PENDING], authority="refunds") == [small, large, others]
    assert shop.found(requester_id="bea") == [others]
    assert shop.found(entity=frontdesk.entity_ref(EntityKind.ORDER, "o2")) == [large]
    assert shop.found(customer_id="c1", requester_id="anna") == [small, large]
    assert shop.found(min_amount=v1.Money(units=1200, currency_code="EUR")) == [large, others]
    assert shop.found(max_amount=v1.Money(units=1200, currency_code="EUR")) == [small]
    assert shop.found(min_amount=v1.Money(units=1, currency_code="USD")) == []
    minutes = datetime.timedelta(minutes=1)
    instant = frontdesk.times.timestamp
    assert shop.found(start_time=instant(began + 2 * minutes)) == [large, others]
    assert shop.found(end_time=instant(began + 2 * minutes)) == [small]
    assert shop.approve(large).verdict == Verdict.DONE
    assert shop.found(states=[STATE.STATE_PENDING]) == [small, others]
    assert shop.found(states=[STATE.STATE_APPROVED]) == [large]
    assert shop.desk.count(v1.ApprovalQuery(states=[STATE.STATE_PENDING], requester_id="anna")) == 1
    pages = shop.desk.find(v1.ApprovalQuery(), page_size=1)
    assert [one.approval.approval_id for one in pages] == [small, large, others]


def test_expired_approvals_are_shown_so():
    shop = Shop(LARGE + "approvals { expire_after { seconds: 3600 } }")
    shop.place()
    held = shop.refund().held.approval_id
    pending, expired = [STATE.STATE_PENDING], [STATE.STATE_EXPIRED]
    before = frontdesk.times.timestamp(shop.now + datetime.timedelta(minutes=59))
    after = frontdesk.times.timestamp(shop.now + datetime.timedelta(minutes=60))
    assert shop.found(states=pending, now=before) == [held] and shop.found(states=expired, now=before) == []
    assert shop.found(states=pending, now=after) == [] and shop.found(states=expired, now=after) == [held]
    [shown] = shop.desk.find(v1.ApprovalQuery(now=after))
    assert shown.approval.state == STATE.STATE_EXPIRED
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        shop.found(states=expired)
    assert [one.field for one in raised.value.violations] == ["approvals.now"]
    now = shop.now + datetime.timedelta(minutes=60)
    assert [one.approval_id for one in shop.desk.open_file("c1", now=shop.now).pending_approvals] == [held]
    assert not shop.desk.open_file("c1", now=now).pending_approvals
    assert shop.desk.preview_approval(held, now=now).outcome.refusals[0].reason == "APPROVAL_EXPIRED"
    shop.now = now
    assert shop.approve(held).refusals[0].reason == "APPROVAL_EXPIRED"


def test_the_file_and_the_timelines_show_approvals():
    shop = Shop()
    shop.place()
    held = shop.refund().held.approval_id
    file = shop.desk.open_file("c1", now=shop.now)
    assert [one.approval_id for one in file.pending_approvals] == [held] and not file.has_more_pending_approvals
    assert shop.approve(held).verdict == Verdict.DONE
    assert not shop.desk.open_file("c1", now=shop.now).pending_approvals
    order = frontdesk.entity_ref(EntityKind.ORDER, "o1")
    of_order = [one.text for one in shop.desk.timeline(entity=order, oldest_first=True)]
    assert [text for text in of_order if text.startswith("approval")] == [
        f"approval {held}: requested, needs refunds", f"approval {held}: approved by boss"]
    assert of_order[0].startswith("order o1: placed")
    of_customer = [one.text for one in shop.desk.timeline("c1", entity_kinds=[EntityKind.APPROVAL])]
    assert len(of_customer) == 2
    with pytest.raises(frontdesk.InvalidArgumentError):
        list(shop.desk.timeline("c1", entity=order))
    with pytest.raises(frontdesk.NotFoundError):
        list(shop.desk.timeline(entity=frontdesk.entity_ref(EntityKind.ORDER, "none")))


def test_a_preview_shows_the_result_of_approving():
    shop = Shop()
    shop.place()
    held = shop.refund().held.approval_id
    before = shop.desk.count(v1.ApprovalQuery())
    seen = shop.desk.preview_approval(held, now=shop.now)
    assert seen.outcome.verdict == Verdict.DONE and seen.approval.state == STATE.STATE_PENDING
    assert seen.command.order.refund_order.order_id == "o1"
    assert [(one.kind, one.amount.units, one.route.payment_method_id) for one in seen.movements] == [
        (v1.ApprovalMovement.KIND_REFUND, 1100, "card")]
    assert [effect.order.send_refund.amount.units for effect in seen.outcome.effects] == [1100]
    assert not seen.differences
    shop.change(tv=90000)
    grown = shop.desk.preview_approval(held, now=shop.now)
    assert grown.outcome.verdict == Verdict.HELD
    assert [one.after for one in grown.differences if one.asks_again] == ["1800.00 EUR", "1800.00 EUR"]
    assert [one.amount.units for one in grown.movements] == [180000]
    assert grown.current.paid_amounts[0].units == 180000
    assert shop.approval(held).state == STATE.STATE_PENDING and shop.paid() == 0
    assert shop.desk.count(v1.ApprovalQuery()) == before and len(shop.approval(held).rounds) == 1
    with pytest.raises(frontdesk.NotFoundError):
        shop.desk.preview_approval("none", now=shop.now)


def test_withdrawn_and_closed():
    shop = Shop()
    shop.place()
    first = shop.refund().held.approval_id
    assert shop.refund().held.approval_id == first, "the same request waits once"
    assert shop.desk.withdraw(first, actor=frontdesk.actor("bea"), now=shop.now).refusals[0].reason == (
        "APPROVAL_NOT_REQUESTER")
    withdrawn = shop.desk.withdraw(first, actor=frontdesk.actor("anna"), now=shop.now, note="my mistake")
    assert withdrawn.verdict == Verdict.DONE
    assert shop.approval(first).state == STATE.STATE_WITHDRAWN
    second = shop.refund().held.approval_id
    shop.done(v1.CancelOrder(order_id="o1", reason="changed mind"))
    assert shop.approval(second).state == STATE.STATE_CLOSED
    assert shop.approval(second).close_reason == "ORDER_CANCELED"


def test_explanations_in_three_lengths():
    shop = Shop()
    shop.place()
    held = shop.refund().held.approval_id
    shop.change(tv=90000)
    again = shop.approve(held)
    why = shop.desk.explain(again.record_id)
    assert why.customer_text == "A colleague has to look at your request before we can issue your refund."
    assert list(why.agent_lines)[:3] == [
        "The request to issue the refund has to be approved again.",
        "Reason: Large.",
        "Since it was shown to who approves: the refund amount was 11.00 EUR and is 1800.00 EUR; "
        "the amount to pay was 11.00 EUR and is 1800.00 EUR.",
    ]
    assert "Other than the approver saw:\n  assessment.refund_amount: 11.00 EUR, now 1800.00 EUR; this asks again" in why.text
    assert why.requester_id == "anna" and why.resolver_id == "boss"
    withdrawn = shop.desk.withdraw(held, actor=frontdesk.actor("anna"), now=shop.now)
    why = shop.desk.explain(withdrawn.record_id)
    assert why.customer_text == "The request to issue your refund was withdrawn."
    assert list(why.agent_lines) == [
        "The request to issue the refund was withdrawn.", "Asked by anna, withdrawn by anna."]


def test_a_rule_set_grants_rules_one_by_one():
    rules = frontdesk.rules.RuleSet.from_text("""id: "s" default_outcome: POLICY_OUTCOME_ALLOW
        rules { id: "a" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "A" authority: "boss" condition: "units > 1" }
        rules { id: "b" order: 2 outcome: POLICY_OUTCOME_HOLD reason: "B" authority: "boss" condition: "true" }""", input=v1.Money)
    money = v1.Money(units=2)
    assert list(rules.decide(money, granted_rules=[("a", "boss")]).fired_rule_ids) == ["b"]
    assert list(rules.decide(money, granted_rules=[("a", "lead")]).fired_rule_ids) == ["a"]
    allowed = rules.decide(money, granted_rules=[("a", "boss"), ("b", "boss")])
    assert allowed.outcome == v1.POLICY_OUTCOME_ALLOW
    assert rules.fields_read_by("a") == ["units"] and rules.fields_read_by("b") == []
