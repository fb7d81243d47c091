"""The checks of a policy's meaning from Python, and the policies in docs and examples, which have no issue."""

import datetime
import pathlib
import re
from typing import List, Tuple

import frontdesk
import pytest
from frontdesk import v1
from frontdesk.enums import IssueSeverity, PolicyOutcome

ROOT = pathlib.Path(__file__).resolve().parents[2]
REST = 'rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }\n'
DOUBTFUL = REST + '''rule_sets {
  id: "cancel" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "a" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "A" condition: "order.payment_count > 1" }
  rules { id: "b" order: 2 outcome: POLICY_OUTCOME_HOLD reason: "B" authority: "x" condition: "order.payment_count > 2" }
}'''


def test_a_policy_with_warnings_is_accepted_and_has_them() -> None:
    policy = frontdesk.Policy.from_text(DOUBTFUL, file="shop.textproto")
    (issue,) = policy.issues
    assert issue == frontdesk.check_policy(DOUBTFUL, file="shop.textproto")[0]
    assert issue.severity == IssueSeverity.WARNING and issue.reason == "RULE_NEVER_REACHED"
    assert (issue.file, issue.line) == ("shop.textproto", 5)
    assert "rule 'a' decides whenever its condition holds, as when order.payment_count is 3" in issue.text


UNDECIDED = REST + '''rule_sets {
  id: "cancel" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
  rules {
    id: "odd" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "ODD"
    condition: "order.payment_count % 2 == 1"
  }
}'''


def test_notes_name_the_rules_that_the_checks_do_not_decide() -> None:
    policy = frontdesk.Policy.from_text(UNDECIDED, file="shop.textproto")
    assert policy.issues == ()
    (note,) = policy.notes
    assert (note.reason, note.severity, note.file, note.line) == ("RULE_NOT_DECIDED", 0, "shop.textproto", 6)
    assert note.text.startswith("not decided: ")
    assert frontdesk.check_policy(UNDECIDED) == ()
    assert frontdesk.Policy.from_text(DOUBTFUL).notes == ()
    rules = frontdesk.rules.RuleSet.compile(policy.pack.rule_sets[1], input=v1.OrderDecisionInput, container="frontdesk.v1")
    assert [each.reason for each in rules.notes] == ["RULE_NOT_DECIDED"]


def test_check_policy_returns_errors_too() -> None:
    assert frontdesk.check_policy(REST) == ()
    issues = frontdesk.check_policy(REST + DOUBTFUL[len(REST):].replace("order.payment_count > 2", "order.state == Case.State.STATE_OPEN"))
    assert [issue.reason for issue in issues] == ["RULE_ENUM_TYPE"]
    assert [issue.reason for issue in frontdesk.check_policy('{"name": 1}', file="x.json")] == ["POLICY_TEXT_VALUE"]
    for wrong in ({"text": 1}, {"text": "", "file": b""}):
        with pytest.raises(TypeError):
            frontdesk.check_policy(**wrong)  # type: ignore[arg-type]


SHARED = REST + """
variables { name: "fee" expression: "percent(order.totals.total, 10)" }
rule_sets {
  id: "cancel" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
  default_outputs { name: "fee" expression: "money('0 EUR')" }
  groups { id: "summer" effective_time { seconds: 1717200000 } }
  rules {
    id: "fee" order: 1 outcome: POLICY_OUTCOME_ALLOW group_id: "summer" owner: "billing" tags: "fees"
    condition: "variables.fee > money('1 EUR')"
    outputs { name: "fee" expression: "variables.fee" }
  }
}"""


def test_outputs_variables_and_groups() -> None:
    assert frontdesk.check_policy(SHARED) == ()
    policy = frontdesk.Policy.from_text(SHARED)
    total = v1.Money(units=5000, currency_code="EUR")
    question = v1.DecisionInput(order=v1.OrderDecisionInput(
        command=v1.OrderCommand(cancel_order=v1.CancelOrder(order_id="o1")),
        order=v1.Order(totals=v1.OrderTotals(total=total))))
    summer = datetime.datetime(2024, 6, 1, tzinfo=datetime.timezone.utc)
    question.order.now.FromDatetime(summer - datetime.timedelta(days=1))
    for as_of, rule, units in ((None, "", 0), (summer, "fee", 500)):
        (output,) = policy.decide(question, as_of=as_of).outputs
        assert (output.name, output.rule_id, output.money_value.units) == ("fee", rule, units)
    (issue,) = frontdesk.check_policy(SHARED.replace("variables.fee > ", "variables.fees > "))
    assert issue.reason == "RULE_VARIABLE_UNKNOWN" and "'fee'" in issue.text


def test_rules_of_a_verb() -> None:
    policy = frontdesk.Policy.from_text(DOUBTFUL)
    rules = policy.rules_of("CancelOrder")
    assert [rule.check for rule in rules] == sorted(
        (rule.check for rule in rules), key=["argument", "reference", "rule", "invariant"].index
    )
    assert [(rule.rule_id, rule.outcome, rule.authority) for rule in rules if rule.check == "rule"] == [
        ("a", PolicyOutcome.REFUSE, ""), ("b", PolicyOutcome.HOLD, "x")
    ]
    assert {rule.outcome for rule in rules if rule.check != "rule"} == {None}
    assert "ORDER_NOT_FOUND" in {rule.reason for rule in rules}
    with pytest.raises(frontdesk.InvalidArgumentError, match="did you mean 'CancelOrder'") as raised:
        policy.rules_of("CancelOrders")
    assert raised.value.reason == "POLICY_DECISION_POINT_UNKNOWN"


def policies_of_the_tree() -> List[Tuple[str, str]]:
    """Every text of a policy in the docs, the examples and the README, with its place. Those that show an issue are left out."""
    found = []
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "examples").rglob("*"))]:
        if path.suffix not in (".md", ".py", ".cc", ".textproto"):
            continue
        content = path.read_text(encoding="utf-8")
        if path.suffix == ".textproto" and "rule_sets" in content:
            found.append((path.name, content))
        for text in re.findall(r'R"pb\((.*?)\)pb"|"""(.*?)"""|\'\'\'(.*?)\'\'\'', content, re.DOTALL):
            policy = "".join(text)
            if "rule_sets" in policy and "decision_points" in policy:
                found.append((path.name, policy))
    return found


# Texts of the docs that show what an issue looks like, and one that is a form to fill in.
SHOWN = ("{{", "order.stat ==", "cases.priority ==", "# issues:", "supervisr")


@pytest.mark.parametrize("name, text", policies_of_the_tree())
def test_the_policies_of_the_tree_have_no_issue(name: str, text: str) -> None:
    if any(slip in text for slip in SHOWN) or "{" not in text:
        return
    issues = frontdesk.check_policy(text, file=name)
    assert not issues, frontdesk.rules.format_issues(issues)


def table_of_the_docs() -> List[List[str]]:
    """The rows of "Checked when it is loaded": verb, condition, reason and severity, repair."""
    page = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    section = page.split("## Checked when it is loaded\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


@pytest.mark.parametrize("verb, condition, issue, repair", table_of_the_docs())
def test_the_table_of_the_docs(verb: str, condition: str, issue: str, repair: str) -> None:
    def check(text: str) -> Tuple[v1.Issue, ...]:
        return frontdesk.check_policy(
            REST + "attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: 'color' type: TYPE_STRING "
            "allowed_values: 'blue' }\n"
            "attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: 'visits' type: TYPE_INT }\n"
            "vocabulary { roles { name: 'agent' } roles { name: 'supervisor' } }\n"
            f"rule_sets {{ id: 'a' decision_points: '{verb[1:-1]}' default_outcome: POLICY_OUTCOME_ALLOW "
            f'rules {{ id: "r" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "R" condition: "{text[1:-1]}" }} }}'
        )

    reason, severity = issue.split(", ")
    (found,) = check(condition)
    assert found.reason == reason[1:-1]
    assert IssueSeverity(found.severity).name.lower() == severity
    assert check(repair) == ()


def test_the_docs_name_every_reason() -> None:
    section = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8").split("## Checked when it is loaded\n")[1]
    for reason in ("RULE_NEVER_REACHED", "RULE_DUPLICATE", "RULE_SET_DEFAULT_MISSING", "POLICY_VERBS_UNDECIDED",
                   "RULE_LIMIT_ANALYSIS", *(row[2].split("`")[1] for row in table_of_the_docs())):
        assert f"`{reason}`" in section
        assert reason.startswith("CEL_") or reason in {each.reason for each in frontdesk.errors.reasons()}


def test_there_are_policies_in_the_tree() -> None:
    assert len(policies_of_the_tree()) > 10
