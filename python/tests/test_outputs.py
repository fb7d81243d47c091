"""Outputs of policy that commands use, and decisions as of another date."""

import datetime
from decimal import Decimal

import pytest

import frontdesk
from frontdesk import money, rules, v1

UTC = datetime.timezone.utc
NOON = datetime.datetime(2024, 5, 15, 12, tzinfo=UTC)

ALL_TYPES = """
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    rule_sets {
      id: "open" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "all" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "true"
        outputs { name: "queue" expression: "'vip'" }
        outputs { name: "priority" expression: "2" }
        outputs { name: "score" expression: "0.5" }
        outputs { name: "urgent" expression: "true" }
        outputs { name: "answer_by" expression: "now + duration('36h')" }
        outputs { name: "patience" expression: "duration('90m')" }
        outputs { name: "worth" expression: "money('12.50 EUR')" }
      }
    }"""


def run(desk, verb, **envelope):
    return desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOON, **envelope))


def open_case(**fields):
    return v1.OpenCase(case_id="k1", kind=v1.Case.KIND_QUESTION, subject="Where is it?", **fields)


def case_of(desk):
    return desk.get(frontdesk.entity_ref(frontdesk.EntityKind.CASE, "k1")).case


def test_outputs_are_python_values():
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(ALL_TYPES))
    outcome = run(desk, open_case())
    assert outcome.verdict == v1.VERDICT_DONE
    values = rules.outputs(outcome.decision)
    worth = values.pop("worth")
    assert money.to_decimal(worth) == Decimal("12.50") and worth.currency_code == "EUR"
    assert values == {
        "queue": "vip",
        "priority": 2,
        "score": 0.5,
        "urgent": True,
        "answer_by": NOON + datetime.timedelta(hours=36),
        "patience": datetime.timedelta(minutes=90),
    }
    assert values["urgent"] is True
    assert (case_of(desk).queue_id, case_of(desk).priority) == ("vip", 2)
    # The record has them too, and shows the command as it was asked.
    record = desk.record(outcome.record_id)
    assert rules.outputs(record.decision)["queue"] == "vip"
    assert record.command.case.open_case.queue_id == ""


def test_a_field_that_is_set_stays():
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(ALL_TYPES))
    run(desk, open_case(queue_id="mine", priority=7))
    assert (case_of(desk).queue_id, case_of(desk).priority) == ("mine", 7)


def test_an_impossible_output_refuses():
    desk = frontdesk.Desk.open(
        frontdesk.Policy.from_text("""
            rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
            rule_sets {
              id: "open" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW
              default_outputs { name: "priority" expression: "-3" }
            }""")
    )
    outcome = run(desk, open_case())
    (refusal,) = outcome.refusals
    assert refusal.reason == "POLICY_OUTPUT_NOT_POSSIBLE"
    assert refusal.origin == v1.Refusal.ORIGIN_POLICY
    assert {each.name: each.value for each in refusal.details} == {
        "output": "priority",
        "cause": "ARGUMENT_OUT_OF_RANGE",
    }


def test_no_outputs_and_no_value():
    assert rules.outputs(v1.Decision()) == {}
    with pytest.raises(ValueError):
        rules.outputs(v1.Decision(outputs=[v1.OutputValue(name="a")]))


def test_a_type_that_the_field_does_not_have_is_an_issue():
    (issue,) = (
        each
        for each in frontdesk.check_policy("""
            rule_sets {
              id: "open" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW
              default_outputs { name: "queue" expression: "7" }
            }
            rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }""")
        if each.reason == "POLICY_OUTPUT_TYPE"
    )
    assert issue.line == 4
    assert "OpenCase" in issue.text and "a text" in issue.text


DATED = """
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    rule_sets {
      id: "cancel" decision_points: "CancelCase" default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "law" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "NEW_LAW" condition: "true"
        effective_time { seconds: 1767225600 }
      }
    }"""
NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=UTC)
BEFORE = NEW_YEAR - datetime.timedelta(microseconds=1)


def test_previews_as_of_another_date():
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(DATED))
    run(desk, open_case())
    command = frontdesk.command(
        v1.CancelCase(case_id="k1", reason="found"), actor=frontdesk.actor("anna"), now=NOON
    )
    assert desk.preview(command).verdict == v1.VERDICT_DONE
    assert desk.preview(command, as_of=BEFORE).verdict == v1.VERDICT_DONE
    outcome = desk.preview(command, as_of=NEW_YEAR)
    assert [each.reason for each in outcome.refusals] == ["NEW_LAW"]
    with pytest.raises(ValueError):
        desk.preview(command, as_of=datetime.datetime(2026, 1, 1))
    with pytest.raises(TypeError):
        desk.preview(command, as_of="2026-01-01")


def test_policies_decide_and_list_as_of_another_date():
    policy = frontdesk.Policy.from_text(DATED)
    decision_input = v1.DecisionInput()
    decision_input.case.command.cancel_case.case_id = "k1"
    decision_input.case.now.FromDatetime(NOON)
    assert policy.decide(decision_input).outcome == v1.POLICY_OUTCOME_ALLOW
    assert policy.decide(decision_input, as_of=NEW_YEAR).outcome == v1.POLICY_OUTCOME_REFUSE

    def reasons(**options):
        return [each.reason for each in policy.rules_of("CancelCase", **options) if each.check == "rule"]

    assert reasons() == ["NEW_LAW"]
    assert reasons(as_of=BEFORE) == []
    assert reasons(as_of=NEW_YEAR) == ["NEW_LAW"]
