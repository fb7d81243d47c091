"""Totals: limits over a period, from Python."""

from __future__ import annotations

import datetime
from typing import Tuple

import pytest

import frontdesk
from frontdesk import v1

POLICY = """
name: "bank"
totals { name: "credits_30d" text: "credits of the last 30 days" commands: "CreditAccount" per: TOTAL_SUBJECT_ACCOUNT days: 30 }
rule_sets {
  id: "credits" decision_points: "CreditAccount" default_outcome: POLICY_OUTCOME_ALLOW
  rules {
    id: "limit" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "LIMIT"
    condition: "totals.given('credits_30d') + command.credit_account.amount > money('100 EUR')"
  }
}
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""
PLAIN = POLICY.replace("totals.given('credits_30d') + ", "").replace(POLICY.split("\n")[2], "")
NOW = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)


def open_desk(policy: frontdesk.Policy) -> frontdesk.Desk:
    desk = frontdesk.Desk.open(policy)
    account = v1.Account(account_id="a1", kind=v1.Account.KIND_STORE_CREDIT, state=v1.Account.STATE_ACTIVE,
                         balance=v1.Money(currency_code="EUR"))
    do(desk, v1.ImportAccount(account=account, source=v1.ImportSource(system="bank")))
    return desk


def do(desk: frontdesk.Desk, verb: object, days: int = 0) -> v1.Outcome:
    return desk.execute(
        frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOW + datetime.timedelta(days=days)))


def credit(desk: frontdesk.Desk, amount: str, days: int = 0) -> Tuple[frontdesk.Verdict, str]:
    outcome = do(desk, v1.CreditAccount(account_id="a1", cause="goodwill", amount=frontdesk.money.parse(amount, "EUR")), days)
    return frontdesk.Verdict(outcome.verdict), outcome.record_id


def test_the_totals_of_a_verb() -> None:
    policy = frontdesk.Policy.from_text(POLICY)
    (total,) = policy.totals_of("CreditAccount")
    assert (total.name, total.days, list(total.commands)) == ("credits_30d", 30, ["CreditAccount"])
    assert policy.totals_of("DebitAccount") == ()
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        policy.totals_of("Credit")
    assert raised.value.reason == "POLICY_DECISION_POINT_UNKNOWN"


def test_a_limit_over_a_period_and_its_explanation() -> None:
    with open_desk(frontdesk.Policy.from_text(POLICY)) as desk:
        assert credit(desk, "60")[0] == frontdesk.Verdict.DONE
        verdict, record_id = credit(desk, "50", 1)
        assert verdict == frontdesk.Verdict.REFUSED
        why = desk.explain(record_id)
        assert "together 110.00 EUR" in why.agent_lines[2]
        assert "credits_30d (credits of the last 30 days): asked 1, 60.00 EUR; given 1, 60.00 EUR" in why.text
        assert desk.decision_input_of(record_id).fidelity == v1.RebuiltInput.FIDELITY_EXACT
        # Nothing that came later counts.
        assert credit(desk, "40", 2)[0] == frontdesk.Verdict.DONE
        rebuilt = desk.decision_input_of(record_id)
        assert rebuilt.fidelity == v1.RebuiltInput.FIDELITY_EXACT
        (total,) = rebuilt.input.account.totals.totals
        assert (total.asked_count, total.given_count, total.given[0].units) == (1, 1, 6000)
        assert rebuilt.input.account.totals.currency_code == "EUR"
        assert credit(desk, "60", 29)[0] == frontdesk.Verdict.REFUSED
        assert credit(desk, "60", 30)[0] == frontdesk.Verdict.DONE


def test_history_is_decided_on_the_totals_of_the_new_policy() -> None:
    plain, limited = frontdesk.Policy.from_text(PLAIN), frontdesk.Policy.from_text(POLICY)
    with open_desk(plain) as desk:
        records = [credit(desk, amount, days)[1] for days, amount in enumerate(("60", "50", "30"))]
        rebuilt = desk.decision_input_of(records[1], totals_of=limited)
        assert rebuilt.fidelity == v1.RebuiltInput.FIDELITY_EXACT
        assert rebuilt.input.account.totals.totals[0].given[0].units == 6000
        assert not desk.decision_input_of(records[1]).input.account.HasField("totals")
        record = desk.record(records[1])
        outcome = frontdesk.decide(rebuilt.input, record.command, limited)
        assert [refusal.reason for refusal in outcome.refusals] == ["LIMIT"]
        report = frontdesk.backtest.run(desk, limited)
        changes = {(change.before, change.after): change.count for change in report.verdicts}
        assert changes[v1.VERDICT_DONE, v1.VERDICT_REFUSED] == 2
        # The other way, under both policies.
        report = frontdesk.backtest.run(desk, plain, before=limited)
        changes = {(change.before, change.after): change.count for change in report.verdicts}
        assert changes[v1.VERDICT_REFUSED, v1.VERDICT_DONE] == 2


def test_earlier_commands_of_a_policy_test_count() -> None:
    tests = frontdesk.policy_tests.read("""
        time: "2024-05-15T12:00:00Z"
        entities { account { account_id: "a1" kind: KIND_STORE_CREDIT state: STATE_ACTIVE balance { currency_code: "EUR" } } }
        tests {
          name: "the second one passes the limit"
          decided_commands { command { account { credit_account { account_id: "a1" cause: "goodwill" amount { units: 6000 currency_code: "EUR" } } } } }
          command { account { credit_account { account_id: "a1" cause: "goodwill" amount { units: 4001 currency_code: "EUR" } } } }
          expected { verdict: VERDICT_REFUSED reasons: "LIMIT" }
        }
        tests {
          name: "the second one is just possible"
          commands { command { account { credit_account { account_id: "a1" cause: "goodwill" amount { units: 6000 currency_code: "EUR" } } } } }
          command { account { credit_account { account_id: "a1" cause: "goodwill" amount { units: 4000 currency_code: "EUR" } } } }
          expected { verdict: VERDICT_DONE }
        }
    """)
    report = frontdesk.policy_tests.run(frontdesk.Policy.from_text(POLICY), tests)
    assert frontdesk.policy_tests.format_report(report).startswith("2 passed, 0 failed")


ORDERS = """
totals { name: "orders_30d" text: "orders of the last 30 days" commands: "PlaceOrder" per: TOTAL_SUBJECT_CUSTOMER days: 30 }
rule_sets {
  id: "orders" decision_points: "PlaceOrder" default_outcome: POLICY_OUTCOME_ALLOW
  rules {
    id: "limit" order: 1 outcome: POLICY_OUTCOME_HOLD authority: "credit" reason: "LIMIT"
    condition: "totals.given('orders_30d') + assessment.order_amount > money('100 EUR')"
  }
}
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""


def test_orders_count_with_their_amount() -> None:
    mug = v1.Variant(variant_id="mug", unit_price=v1.UnitPrice(value=1500, scale=2, currency_code="EUR"))
    facts = v1.Facts(catalog=v1.CatalogFacts(variants=[mug]))
    with frontdesk.Desk.open(frontdesk.Policy.from_text(ORDERS)) as desk:
        do(desk, v1.CreateCustomer(customer_id="c1", given_name="Ann"))
        customer = v1.Customer(customer_id="c2", state=v1.Customer.STATE_CUSTOMER)
        customer.payment_methods.add(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD)
        customer.addresses.add(address_id="home").address.lines.append("Main Street 1")
        do(desk, v1.ImportCustomer(customer=customer, source=v1.ImportSource(system="shop")))

        def place(order_id: str, quantity: int, days: int) -> frontdesk.Verdict:
            verb = v1.PlaceOrder(order_id=order_id, customer_id="c2", currency_code="EUR", payment_method_id="card",
                                 shipping=frontdesk.money.parse("5", "EUR"))
            verb.lines.add(variant_id="mug", quantity=quantity)
            now = NOW + datetime.timedelta(days=days)
            outcome = desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=now), facts=facts)
            return frontdesk.Verdict(outcome.verdict)

        assert place("o1", 4, 0) == frontdesk.Verdict.DONE  # 65.00
        assert place("o2", 3, 1) == frontdesk.Verdict.HELD  # 65.00 and 50.00; a held one is not given.
        assert place("o3", 2, 1) == frontdesk.Verdict.DONE  # Just 100.00.
        assert place("o4", 1, 29) == frontdesk.Verdict.HELD
        assert place("o4", 1, 30) == frontdesk.Verdict.DONE  # The first has left the window.
