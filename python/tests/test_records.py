"""Journal records hold what was read by reference: decision inputs and explanations are made again."""

import pytest

import frontdesk
from conftest import NOON
from frontdesk import cel, v1

RULES = """
name: "rules"
rule_sets {
  id: "open" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "vip" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "VIP" condition: "customer.tier == 'gold'" }
  rules { id: "lamp" order: 2 outcome: POLICY_OUTCOME_REFUSE reason: "LAMP" condition: "command.open_case.subject == 'lamp'" }
}
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""
Fidelity = v1.RebuiltInput


def opening(ask, subject="lamp"):
    return ask(v1.OpenCase(case_id="k", kind=v1.Case.KIND_TROUBLE, subject=subject, customer_id="c"))


@pytest.fixture
def rules_desk(ask):
    with frontdesk.Desk.open(frontdesk.Policy.from_text(RULES)) as desk:
        desk.execute(ask(v1.CreateCustomer(customer_id="c", given_name="Ann")))
        yield desk


def test_an_input_is_made_again_and_decides_the_same(rules_desk, ask):
    refused = rules_desk.execute(opening(ask))
    record = rules_desk.record(refused.record_id)
    assert not record.assessed.case.HasField("customer") and record.assessed.case.HasField("assessment")
    rules_desk.execute(ask(v1.EditCustomer(customer_id="c", base_version=1, given_name="Bea", tier="gold")))
    rebuilt = rules_desk.decision_input_of(refused.record_id)
    assert rebuilt.fidelity == Fidelity.FIDELITY_EXACT and not rebuilt.changed_fields
    assert rebuilt.input.case.customer.given_name == "Ann"
    again = frontdesk.decide(rebuilt.input, record.command, rules_desk.policy)
    assert [refusal.reason for refusal in again.refusals] == ["LAMP"]
    other = frontdesk.Policy.from_text(RULES.replace("'lamp'", "'fan'"))
    assert frontdesk.decide(rebuilt.input, record.command, other).verdict == frontdesk.Verdict.DONE
    with pytest.raises(frontdesk.NotFoundError) as unknown:
        rules_desk.decision_input_of("nothing")
    assert unknown.value.reason == "RECORD_NOT_FOUND"


def test_how_much_of_the_rules_is_shown(rules_desk, ask):
    def rule_ids(decision):
        return [rule.rule_id for rule in decision.rules]

    refused = rules_desk.execute(opening(ask))
    assert rule_ids(refused.decision) == rule_ids(rules_desk.record(refused.record_id).decision) == ["lamp"]
    explained = rules_desk.explain(refused.record_id)
    assert rule_ids(explained.decision) == ["vip", "lamp"] and "rule vip" in explained.text
    assert explained.fidelity == Fidelity.FIDELITY_EXACT
    assert rule_ids(rules_desk.preview(opening(ask)).decision) == ["lamp"]
    assert rule_ids(rules_desk.preview(opening(ask), full_trace=True).decision) == ["vip", "lamp"]
    question = rules_desk.decision_input_of(refused.record_id).input
    for full_trace, shown in ((True, ["vip", "lamp"]), (False, ["lamp"])):
        decided = frontdesk.decide(question, opening(ask), rules_desk.policy, full_trace=full_trace)
        assert rule_ids(decided.decision) == shown
    with frontdesk.Desk.open(rules_desk.policy, full_trace=True) as full:
        told = full.execute(opening(ask))
        assert rule_ids(told.decision) == rule_ids(full.record(told.record_id).decision) == ["vip", "lamp"]
        assert rule_ids(full.preview(opening(ask), full_trace=False).decision) == ["lamp"]


def test_the_policy_of_then_explains(ask):
    store = frontdesk.MemoryStore()
    with frontdesk.Desk.open(frontdesk.Policy.from_text(RULES), store=store) as desk:
        refused = desk.execute(opening(ask))
        text = desk.explain(refused.record_id).text
    allow = frontdesk.Policy.from_text('rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }')
    activation = frontdesk.Activation(frontdesk.actor("anna"), NOON)
    with frontdesk.Desk.open(allow, store=store, activate=activation) as other:
        assert other.explain(refused.record_id).text == text


def test_functions_are_part_of_a_policy_by_name_and_version(ask):
    def policy(version):
        def lucky(number: int) -> bool:
            return number == 7

        functions = [] if version is None else [cel.function(lucky, version=version)]
        condition = "false" if version is None else "lucky(command.open_case.impact)"
        return frontdesk.Policy.from_text(
            RULES.replace("command.open_case.subject == 'lamp'", condition), functions=functions
        )

    assert policy("1").hash == policy("1").hash != policy("2").hash
    store = frontdesk.MemoryStore()
    with frontdesk.Desk.open(policy("1"), store=store) as desk:
        done = desk.execute(opening(ask))
        assert desk.decision_input_of(done.record_id).fidelity == Fidelity.FIDELITY_EXACT
    for version in (None, "2"):
        activation = frontdesk.Activation(frontdesk.actor("anna"), NOON, replace_unusable=True)
        with frontdesk.Desk.open(policy(version), store=store, activate=activation) as desk:
            with pytest.raises(frontdesk.FailedPreconditionError, match="lucky") as missing:
                desk.decision_input_of(done.record_id)
            assert missing.value.reason == "POLICY_FUNCTION_MISSING"
            assert "not shown" in desk.explain(done.record_id).text
