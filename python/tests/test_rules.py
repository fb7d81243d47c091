"""frontdesk.rules and frontdesk.Policy: compiled from text, JSON, files and messages; decisions that say why."""

import datetime
import json

import pytest
from google.protobuf import json_format

import conftest
import frontdesk
from frontdesk import PolicyOutcome, cel, rules, v1

TEXT = """
id: "canceling"
decision_points: "CancelOrder"
rules {
  id: "placed"
  order: 20
  condition: "order.state == Order.State.STATE_PLACED && customer.tier == 'gold'"
  outcome: POLICY_OUTCOME_ALLOW
}
rules {
  id: "shipped"
  order: 10
  condition: "order.state == Order.State.STATE_SHIPPED"
  outcome: POLICY_OUTCOME_REFUSE
  reason: "ORDER_SHIPPED"
  text: "It is on its way."
  details { name: "order" expression: "order.order_id" }
}
"""


def question(state=v1.Order.STATE_PLACED, tier="gold"):
    return v1.OrderDecisionInput(order=v1.Order(order_id="o1", state=state), customer=v1.Customer(tier=tier))


@pytest.fixture(scope="module")
def canceling():
    return rules.RuleSet.from_text(TEXT, input=v1.OrderDecisionInput, file="cancel.textproto")


STATE_SHIPPED = dict(v1.Order.State.items()).get("STATE_SHIPPED")


def test_names_used_here_exist():
    assert STATE_SHIPPED is not None


def test_decide(canceling):
    allowed = canceling.decide(question(), decision_point="CancelOrder")
    assert PolicyOutcome.of(allowed.outcome) is PolicyOutcome.ALLOW
    assert list(allowed.fired_rule_ids) == ["placed"]
    assert allowed.decision_point == "CancelOrder"
    refused = canceling.decide(question(STATE_SHIPPED))
    assert refused.outcome == PolicyOutcome.REFUSE
    (reason,) = rules.reasons(refused)
    assert (reason.rule_id, reason.reason, reason.text) == ("shipped", "ORDER_SHIPPED", "It is on its way.")
    assert [(detail.name, detail.value) for detail in reason.details] == [("order", "o1")]


def test_no_rule_no_default_refuses(canceling):
    decision = canceling.decide(question(tier="silver"))
    assert decision.outcome == PolicyOutcome.REFUSE
    assert rules.reasons(decision)[0].reason == "POLICY_NO_RULE"


def test_why_and_why_not(canceling):
    decision = canceling.decide(question(tier="silver"))
    trace = {rule.rule_id: rule for rule in decision.rules}["placed"]
    assert trace.result == v1.RuleTrace.RESULT_NOT_MATCHED
    assert [conjunct.result for conjunct in trace.conjuncts] == [
        v1.ConjunctTrace.RESULT_TRUE,
        v1.ConjunctTrace.RESULT_FALSE,
    ]
    assert trace.conjuncts[1].reads[0].path == "customer.tier"
    text = rules.format_decision(decision)
    assert "placed" in text and "customer.tier" in text
    assert len(rules.format_decision(decision, why_not=False)) < len(text)
    quick = canceling.decide(question(), full_trace=False)
    assert quick.outcome == PolicyOutcome.ALLOW and not quick.rules[0].conjuncts


def test_the_same_set_however_written(canceling):
    source = canceling.source
    assert [rule.id for rule in source.rules] == ["shipped", "placed"]
    from_json = rules.RuleSet.from_json(json_format.MessageToJson(source), input=v1.OrderDecisionInput)
    from_message = rules.RuleSet.compile(source, input=v1.OrderDecisionInput.DESCRIPTOR)
    assert from_json.hash == from_message.hash == canceling.hash and len(canceling.hash) == 32
    assert canceling.id == "canceling"


def test_from_file(tmp_path, canceling):
    text = tmp_path / "cancel.textproto"
    text.write_text(TEXT)
    as_json = tmp_path / "cancel.json"
    as_json.write_text(json_format.MessageToJson(canceling.source))
    for path in (text, str(as_json)):
        assert rules.RuleSet.from_file(path, input=v1.OrderDecisionInput).hash == canceling.hash
    with pytest.raises(FileNotFoundError):
        rules.RuleSet.from_file(tmp_path / "nothing", input=v1.OrderDecisionInput)


BROKEN = """id: "broken"
rules { id: "a" order: 1 condition: "order.totl > 5" outcome: POLICY_OUTCOME_ALLOW }
rules { id: "a" order: 1 condition: "1 +" outcome: POLICY_OUTCOME_REFUSE }
rules { id: "b" order: 2 condition: "order.order_id" outcome: POLICY_OUTCOME_HOLD reason: "r" }
"""


def test_all_issues_at_once_each_with_its_place():
    with pytest.raises(frontdesk.PolicyError) as raised:
        rules.RuleSet.from_text(BROKEN, input=v1.OrderDecisionInput, file="broken.textproto")
    error = raised.value
    assert isinstance(error, ValueError) and error.reason == "POLICY_INVALID"
    found = {(issue.line, issue.reason) for issue in error.issues}
    assert {(3, "RULE_ID_DUPLICATE"), (3, "RULE_ORDER_DUPLICATE"), (3, "RULE_REASON_MISSING")} <= found
    assert {(4, "RULE_CONDITION_NOT_BOOL"), (4, "RULE_AUTHORITY_MISSING")} <= found
    (unknown,) = [issue for issue in error.issues if issue.line == 2]
    assert unknown.reason.startswith("CEL_") and unknown.field == "rules[0].condition"
    assert BROKEN.splitlines()[1][unknown.column - 1 :].startswith(("totl", ".totl"))
    assert str(error).startswith("broken.textproto:2:")
    assert rules.format_issues(error.issues).count("\n") >= 2 * len(error.issues)


def test_json_issues_name_the_field():
    text = json.dumps({"id": "j", "rules": [{"id": "a", "order": 1, "condition": "nope", "outcome": "POLICY_OUTCOME_ALLOW"}]})
    with pytest.raises(frontdesk.PolicyError) as raised:
        rules.RuleSet.from_json(text, input=v1.OrderDecisionInput)
    (issue,) = raised.value.issues
    assert issue.field == "rules[0].condition"
    assert (issue.expression_line, issue.expression_column) == (1, 1)


@pytest.mark.parametrize("text", ["{", "id: ", 'idd: "x"', 'id: "x" rules { order: "one" }', "\x00", "id: 'a' id: 'b'"])
def test_texts_that_cannot_be_read(text, capfd):
    with pytest.raises(frontdesk.PolicyError) as raised:
        rules.RuleSet.from_text(text, input=v1.OrderDecisionInput, file="x.textproto")
    assert raised.value.issues[0].file == "x.textproto"
    assert raised.value.issues[0].line >= 1
    assert capfd.readouterr() == ("", "")


def test_effective_times(noon):
    dated = rules.RuleSet.from_text(
        """id: "dated" default_outcome: POLICY_OUTCOME_ALLOW
        rules { id: "sale" order: 1 condition: "true" outcome: POLICY_OUTCOME_REFUSE reason: "SALE"
                effective_time { seconds: 1714564800 } }""",
        input=v1.OrderDecisionInput,
    )
    assert dated.has_effective_times
    assert dated.decide(question(), now=noon).outcome == PolicyOutcome.REFUSE
    before = noon - datetime.timedelta(microseconds=1)
    assert dated.decide(question(), now=before).outcome == PolicyOutcome.ALLOW
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        dated.decide(question())
    assert raised.value.reason == "RULES_TIME_MISSING"
    assert dated.decide(question(), now=before, as_of=noon).outcome == PolicyOutcome.REFUSE
    assert dated.decide(question(), as_of=before).outcome == PolicyOutcome.ALLOW
    with pytest.raises(TypeError):
        dated.decide(question(), as_of="noon")


def test_functions_in_rules():
    def vip(name: str) -> bool:
        return name == "gold"

    ruled = rules.RuleSet.from_text(
        'id: "f" rules { id: "v" order: 1 condition: "vip(customer.tier)" outcome: POLICY_OUTCOME_ALLOW }',
        input=v1.OrderDecisionInput,
        functions=[cel.function(vip)],
    )
    assert ruled.decide(question()).outcome == PolicyOutcome.ALLOW
    assert ruled.decide(question(tier="x")).outcome == PolicyOutcome.REFUSE


def test_a_function_that_raises_refuses():
    def broken(name: str) -> bool:
        raise RuntimeError(name)

    ruled = rules.RuleSet.from_text(
        'id: "f" rules { id: "v" order: 1 condition: "broken(customer.tier)" outcome: POLICY_OUTCOME_ALLOW }',
        input=v1.OrderDecisionInput,
        functions=[cel.function(broken)],
    )
    decision = ruled.decide(question(tier="hunter2"))
    assert decision.outcome == PolicyOutcome.REFUSE
    assert rules.reasons(decision)[0].reason == "POLICY_ERROR"


def test_expression_limits():
    with pytest.raises(frontdesk.PolicyError) as raised:
        rules.RuleSet.from_text(TEXT, input=v1.OrderDecisionInput, limits=cel.Limits(max_expression_bytes=10))
    assert "CEL_LIMIT_EXPRESSION_BYTES" in {issue.reason for issue in raised.value.issues}


# ---- Policies ----


def test_policy(shop_policy):
    assert (shop_policy.name, shop_policy.version) == ("shop", "1")
    again = frontdesk.Policy.from_pack(shop_policy.pack)
    as_json = frontdesk.Policy.from_json(json_format.MessageToJson(shop_policy.pack))
    assert again.hash == as_json.hash == shop_policy.hash and len(shop_policy.hash) == 32
    assert "shop" in repr(shop_policy)


def test_policy_from_file(tmp_path, shop_policy):
    path = tmp_path / "shop.textproto"
    path.write_text(conftest.SHOP_POLICY, encoding="utf-8")
    assert frontdesk.Policy.from_file(path).hash == shop_policy.hash
    with pytest.raises(OSError):
        frontdesk.Policy.from_file(tmp_path)


def test_policy_decides(shop_policy, ask):
    command = ask(v1.CancelOrder(order_id="o1", reason="bored"))
    asked = v1.DecisionInput(
        order=v1.OrderDecisionInput(command=command.order, now=command.now, order=v1.Order(order_id="o1"))
    )
    decision = shop_policy.decide(asked)
    assert decision.outcome == PolicyOutcome.REFUSE and decision.fired_rule_ids == ["reason"]
    mismatched = v1.DecisionInput(account=v1.AccountDecisionInput(command=v1.AccountCommand()))
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        shop_policy.decide(mismatched)
    assert raised.value.reason == "DECISION_INPUT_MISMATCH"


@pytest.mark.parametrize(
    "text, reason",
    [
        ('rule_sets { id: "a" decision_points: "Nothing" }', "POLICY_DECISION_POINT_UNKNOWN"),
        ('rule_sets { id: "a" decision_points: "CancelOrder" } rule_sets { id: "b" decision_points: "CancelOrder" }',
         "POLICY_DECISION_POINT_DUPLICATE"),
        ('rule_sets { id: "a" decision_points: "CancelOrder" } rule_sets { id: "a" decision_points: "RefundOrder" }',
         "POLICY_RULE_SET_ID_DUPLICATE"),
        ('rule_sets { id: "a" decision_points: "CancelOrder" decision_points: "DebitAccount" }',
         "POLICY_DECISION_POINTS_MIXED"),
    ],
)
def test_invalid_packs(text, reason):
    with pytest.raises(frontdesk.PolicyError) as raised:
        frontdesk.Policy.from_text(text, file="pack.textproto")
    assert reason in {issue.reason for issue in raised.value.issues}
    assert all(issue.line == 1 for issue in raised.value.issues)


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet"])
def test_a_text_without_any_field_is_no_policy(text):
    with pytest.raises(frontdesk.PolicyError) as raised:
        frontdesk.Policy.from_text(text, file="missing.textproto")
    (issue,) = raised.value.issues
    assert (issue.reason, issue.file, issue.line) == ("POLICY_TEXT_EMPTY", "missing.textproto", 1)
    assert frontdesk.Policy.from_pack(v1.PolicyPack()).pack == v1.PolicyPack()


@pytest.mark.parametrize("name", ["empty.textproto", "empty.json"])
def test_an_empty_file_is_no_policy(tmp_path, name):
    (tmp_path / name).write_text("")
    with pytest.raises(frontdesk.PolicyError) as raised:
        frontdesk.Policy.from_file(tmp_path / name)
    assert [issue.reason for issue in raised.value.issues] == ["POLICY_TEXT_EMPTY"]
    with pytest.raises(frontdesk.PolicyError) as raised:
        frontdesk.Policy.from_json("{}")
    assert [issue.reason for issue in raised.value.issues] == ["POLICY_TEXT_EMPTY"]


def test_policy_limits():
    with pytest.raises(frontdesk.PolicyError):
        frontdesk.Policy.from_text(conftest.SHOP_POLICY, limits=frontdesk.PolicyLimits(max_text_bytes=10))
    with pytest.raises(frontdesk.PolicyError):
        frontdesk.Policy.from_text(conftest.SHOP_POLICY, limits=frontdesk.PolicyLimits(max_rule_sets=1))


@pytest.mark.parametrize(
    "condition, reason, column",
    [
        ("now.getHours('Europe/Berln') < 6", "CEL_UNKNOWN_TIME_ZONE", 14),
        ("now.getHours('+25:00') < 6", "CEL_UNKNOWN_TIME_ZONE", 14),
        ("now.getDate('Local') == 1", "CEL_UNKNOWN_TIME_ZONE", 13),
        ("case.impact > 1 || 1 / 0 > 1", "CEL_CONSTANT_ERROR", 22),
    ],
)
def test_a_part_that_always_fails_is_an_error_with_its_place(condition, reason, column):
    with pytest.raises(frontdesk.PolicyError) as raised:
        frontdesk.Policy.from_text(
            'rule_sets { id: "o" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW'
            f' rules {{ id: "r" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "R" condition: "{condition}" }} }}'
        )
    issues = [issue for issue in raised.value.issues if issue.reason == reason]
    assert [(issue.severity, issue.expression_column) for issue in issues] == [(v1.Issue.SEVERITY_ERROR, column)]
