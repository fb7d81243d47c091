"""Tests of policies in files, the differences of policies, and a policy tried on history."""

import datetime
import pathlib

import frontdesk
import pytest
from frontdesk import v1

POLICY = '''
name: "bank" version: "1"
rule_sets {
  id: "credits" decision_points: "CreditAccount" default_outcome: POLICY_OUTCOME_ALLOW
  rules {
    id: "large" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "CREDIT_LARGE" authority: "credits"
    condition: "command.credit_account.amount > money('100 EUR')"
  }
}
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
'''
NOON = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)


def credit(units: int) -> v1.CreditAccount:
    return v1.CreditAccount(account_id="a1", cause="goodwill", amount=v1.Money(units=units, currency_code="EUR"))


def a_test(name: str, units: int, verdict: frontdesk.Verdict) -> v1.PolicyTest:
    return v1.PolicyTest(
        name=name,
        command=v1.Command(account=v1.AccountCommand(credit_account=credit(units))),
        expected=v1.ExpectedOutcome(verdict=verdict),
    )


def test_files_built_in_memory_run() -> None:
    file = v1.PolicyTestFile(
        time="2024-05-15T12:00:00Z",
        entities=[v1.EntityState(account=v1.Account(account_id="a1", kind=v1.Account.KIND_STORE_CREDIT, state=v1.Account.STATE_ACTIVE, balance=v1.Money(currency_code="EUR")))],
        tests=[a_test("small", 10000, frontdesk.Verdict.DONE), a_test("large", 10001, frontdesk.Verdict.DONE)],
    )
    report = frontdesk.policy_tests.run(frontdesk.Policy.from_text(POLICY), file)
    assert [result.passed for result in report.results] == [True, False]
    assert list(report.results[1].reasons) == ["CREDIT_LARGE"]
    assert "money('100 EUR')" in report.results[1].explanation
    assert "FAILED large" in frontdesk.policy_tests.format_report(report, coverage=False)
    file.tests[0].name = ""
    file.tests[1].ClearField("expected")
    with pytest.raises(frontdesk.PolicyError) as raised:
        frontdesk.policy_tests.run(frontdesk.Policy.from_text(POLICY), file)
    assert [issue.reason for issue in raised.value.issues] == ["POLICY_TEST_NAME", "POLICY_TEST_EXPECTED"]


def test_texts_are_read_with_places() -> None:
    with pytest.raises(frontdesk.PolicyError) as raised:
        frontdesk.policy_tests.read('time: "now"\ntests { name: "a" }', file="a.textproto")
    assert [(issue.reason, issue.line) for issue in raised.value.issues] == [
        ("POLICY_TEST_TIME", 1), ("POLICY_TEST_COMMAND", 2), ("POLICY_TEST_EXPECTED", 2)]
    lines = '{"name": "a", "command": {"account": {"creditAccount": {}}}, "time": "2024-05-15T12:00:00Z", "expected": {"verdict": 2}}\n'
    assert frontdesk.policy_tests.read(lines, file="a.jsonl").tests[0].name == "a"


@pytest.mark.parametrize("wrong", [None, "text", 1])
def test_arguments_of_other_types_are_errors(wrong: object) -> None:
    policy = frontdesk.Policy.from_text(POLICY)
    with pytest.raises(TypeError):
        frontdesk.policy_tests.run(wrong, v1.PolicyTestFile())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        frontdesk.backtest.run(wrong, policy)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        frontdesk.backtest.run(frontdesk.Desk.open(policy), wrong)  # type: ignore[arg-type]


def test_a_backtest_equals_a_recount() -> None:
    old = frontdesk.Policy.from_text(POLICY)
    new = frontdesk.Policy.from_text(POLICY.replace("100 EUR", "60 EUR").replace('version: "1"', 'version: "2"'))
    desk = frontdesk.Desk.open(old)
    anna = frontdesk.actor("anna")
    account = v1.Account(account_id="a1", kind=v1.Account.KIND_STORE_CREDIT, state=v1.Account.STATE_ACTIVE, balance=v1.Money(currency_code="EUR"))
    desk.execute(frontdesk.command(
        v1.ImportAccount(account=account, source=v1.ImportSource(system="x")), actor=anna, now=NOON))
    amounts = [1000 * i for i in range(1, 16)]
    for units in amounts:
        desk.execute(frontdesk.command(credit(units), actor=anna, now=NOON))
    report = frontdesk.backtest.run(desk, new)
    counts = {(row.before, row.after): row.count for row in report.commands[0].verdicts}
    verdict = lambda units, limit: frontdesk.Verdict.HELD if units > limit else frontdesk.Verdict.DONE
    expected = {}
    for units in amounts:
        key = (verdict(units, 10000), verdict(units, 6000))
        expected[key] = expected.get(key, 0) + 1
    assert counts == expected
    changed = [row for row in report.verdicts if row.before != row.after]
    assert [row.before_amounts[0].units for row in changed] == [sum(range(7000, 10001, 1000))]
    assert "changed" not in frontdesk.backtest.format_report(report).split("\n")[0]
    assert "<td>HELD" not in frontdesk.backtest.format_html(report) and "<td>held</td>" in frontdesk.backtest.format_html(report)
    two = frontdesk.backtest.run(desk, new, before=old, max_examples=1, after_sequence=report.first_sequence)
    assert two.record_count == report.record_count - 1
    assert two.HasField("before") and all(len(row.example_ids) <= 1 for row in two.verdicts)


def test_the_example_has_a_test_for_each_rule() -> None:
    examples = pathlib.Path(__file__).resolve().parents[2] / "examples"
    policy = frontdesk.Policy.from_file(examples / "policies/retail.textproto")
    tests = frontdesk.policy_tests.read((examples / "policy_tests/retail.textproto").read_text("utf-8"), file="retail.textproto")
    report = frontdesk.policy_tests.run(policy, tests)
    assert [(result.name, list(result.differences)) for result in report.results if not result.passed] == []
    never = [(rule.rule_set_id, rule.rule_id) for rule in report.rules if rule.fired_count == 0]
    assert never == [], "each rule, and each default, decided a test"
