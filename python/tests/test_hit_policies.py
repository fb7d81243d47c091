"""frontdesk.rules: the hit policies of DMN, their hits, aggregates and errors, and the analysis of a rule set."""

import datetime

import pytest

import frontdesk
from frontdesk import PolicyOutcome, Verdict, rules, v1

POINTS = """
id: "points" hit_policy: HIT_POLICY_COLLECT aggregator: HIT_AGGREGATOR_SUM aggregate_output: "points"
default_outcome: POLICY_OUTCOME_ALLOW
rules { id: "any" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "order.payment_count > 0"
        outputs { name: "points" expression: "10" } }
rules { id: "many" order: 2 outcome: POLICY_OUTCOME_ALLOW condition: "order.payment_count > 2"
        outputs { name: "points" expression: "order.payment_count" } outputs { name: "badge" expression: "'GOLD'" } }
"""


def compiled(text):
    return rules.RuleSet.from_text(text, input=v1.OrderDecisionInput)


def asked(payments):
    return v1.OrderDecisionInput(order=v1.Order(payment_count=payments))


def test_hits_and_the_aggregate():
    points = compiled(POINTS)
    decision = points.decide(asked(5))
    assert rules.hits(decision) == [
        rules.Hit("any", PolicyOutcome.ALLOW, {"points": 10}),
        rules.Hit("many", PolicyOutcome.ALLOW, {"badge": "GOLD", "points": 5}),
    ]
    assert rules.aggregate(decision) == 15
    assert rules.outputs(decision) == {"badge": "GOLD", "points": 15}
    assert rules.hit_policy_error(decision) is None
    nothing = points.decide(asked(0))
    assert (rules.hits(nothing), rules.aggregate(nothing), nothing.by_default) == ([], None, True)
    count = compiled(POINTS.replace("AGGREGATOR_SUM", "AGGREGATOR_COUNT"))
    assert [rules.aggregate(count.decide(asked(number))) for number in (0, 1, 3)] == [0, 1, 2]


def test_a_violation_names_the_rules_and_the_values():
    anything = compiled(
        """id: "rates" hit_policy: HIT_POLICY_ANY default_outcome: POLICY_OUTCOME_ALLOW
        rules { id: "a" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "order.payment_count > 0"
                outputs { name: "rate" expression: "0.5" } }
        rules { id: "b" order: 2 outcome: POLICY_OUTCOME_ALLOW condition: "order.payment_count > 1"
                outputs { name: "rate" expression: "0.25" } }"""
    )
    decision = anything.decide(asked(2), full_trace=False)
    assert decision.outcome == PolicyOutcome.REFUSE and not decision.fired_rule_ids
    error = rules.hit_policy_error(decision)
    assert (error.reason, error.output_names) == ("POLICY_ANY_VIOLATED", ("rate",))
    assert "0.5 ('a') and 0.25 ('b')" in error.text
    assert [hit.outputs["rate"] for hit in rules.hits(decision)] == [0.5, 0.25]
    (reason,) = rules.reasons(decision)
    assert (reason.reason, reason.rule_id) == ("POLICY_ANY_VIOLATED", "")
    assert anything.issues[0].reason == "RULE_OVERLAP"


def test_an_analysis_lists_overlaps_gaps_and_shadowed_rules():
    first = compiled(
        """id: "first"
        rules { id: "a" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "order.payment_count > 3" }
        rules { id: "b" order: 2 outcome: POLICY_OUTCOME_REFUSE reason: "B" condition: "order.payment_count > 5" }"""
    )
    plain = first.analyze()
    assert [each.reach for each in plain.rules] == [rules.Reach.REACHED, rules.Reach.NEVER]
    assert plain.rules[1].covering_rule_ids == ("a",)
    assert plain.rules[0].condition is rules.ConditionVerdict.SOMETIMES
    assert first.decide(plain.rules[0].input).fired_rule_ids == ["a"]
    assert plain.overlaps == () and plain.is_complete and plain.are_overlaps_complete
    assert plain.gap_verdict is rules.GapVerdict.FOUND
    assert first.decide(plain.gap).fired_rule_ids == []
    (overlap,) = first.analyze(find_overlaps=True).overlaps
    assert (overlap.rule_id, overlap.other_rule_id, overlap.is_violation) == ("a", "b", False)
    assert overlap.differences == ("outcome", "reason") and overlap.input.order.payment_count > 5
    assert not first.analyze(find_overlaps=True, max_overlaps=0).are_overlaps_complete
    assert not first.analyze(max_steps=0).is_complete
    with pytest.raises(ValueError):
        first.analyze(max_steps=-1)
    with pytest.raises(TypeError):
        first.analyze(max_overlaps="many")


def test_an_overlap_has_its_time():
    dated = compiled(
        """id: "dated" hit_policy: HIT_POLICY_UNIQUE default_outcome: POLICY_OUTCOME_ALLOW
        rules { id: "a" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "order.payment_count > 3" }
        rules { id: "b" order: 2 outcome: POLICY_OUTCOME_ALLOW condition: "order.payment_count > 5"
                effective_time { seconds: 86400 } }"""
    )
    (overlap,) = dated.analyze().overlaps
    assert overlap.time == datetime.datetime(1970, 1, 2, tzinfo=datetime.timezone.utc)
    assert rules.hit_policy_error(dated.decide(overlap.input, now=overlap.time)).reason == "POLICY_UNIQUE_VIOLATED"


POLICY = """
name: "tables" version: "1" default_region_code: "GB"
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
rule_sets {
  id: "assign" decision_points: "AssignCase" hit_policy: HIT_POLICY_UNIQUE default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "ben" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "command.assign_case.assignee_id == 'ben'" }
  rules { id: "short" order: 2 outcome: POLICY_OUTCOME_ALLOW condition: "size(command.assign_case.assignee_id) < 5" }
}
"""


def test_a_command_is_refused_with_the_reason_of_the_violation():
    noon = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
    policy = frontdesk.Policy.from_text(POLICY)

    def asked_by_eva(verb):
        return frontdesk.command(verb, actor=frontdesk.actor("eva"), now=noon)

    with frontdesk.Desk.open(policy) as desk:
        desk.execute(asked_by_eva(v1.OpenCase(case_id="k1", kind=v1.Case.KIND_TROUBLE, subject="The lamp broke")))
        assert desk.execute(asked_by_eva(v1.AssignCase(case_id="k1", assignee_id="eva"))).verdict == Verdict.DONE
        outcome = desk.execute(asked_by_eva(v1.AssignCase(case_id="k1", assignee_id="ben")))
        assert outcome.verdict == Verdict.REFUSED
        assert [(each.reason, each.rule_id) for each in outcome.refusals] == [("POLICY_UNIQUE_VIOLATED", "")]
        explanation = desk.explain(outcome.record_id)
        assert "rule ben" in explanation.text and "rule short" in explanation.text
        # The rules are the company's own: an agent reads that there is an error.
        assert any("hit policy UNIQUE" in line for line in explanation.agent_lines)
        assert not any("'ben'" in line for line in explanation.agent_lines)
        assert "POLICY_UNIQUE" not in explanation.customer_text
        assert [hit.rule_id for hit in rules.hits(explanation.decision)] == ["ben", "short"]
        assert "POLICY_UNIQUE_VIOLATED" in [each.reason for each in policy.rules_of("AssignCase")]
