"""Tests of a policy in files: the desk as it is before, a command, the outcome that is expected.

The messages are :class:`frontdesk.v1.PolicyTestFile` and :class:`frontdesk.v1.PolicyTestReport`; ``docs/policy-tests.md`` shows them by
task. The same as ``frontdesk test``.

>>> import frontdesk
>>> policy = frontdesk.Policy.from_text('''
...     rule_sets { id: "customers" decision_points: "CreateCustomer" default_outcome: POLICY_OUTCOME_ALLOW
...       rules { id: "no_bots" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "BOTS_CREATE_NOBODY"
...               condition: "actor.kind == Actor.Kind.KIND_BOT" } }
... ''')
>>> tests = frontdesk.policy_tests.read('''
...     time: "2024-05-15T12:00:00Z"
...     tests { name: "an agent" expected { verdict: VERDICT_DONE }
...             command { customer { create_customer { customer_id: "c1" given_name: "Ann" } } } }
...     tests { name: "a bot" actor { actor_id: "robo" kind: KIND_BOT } expected { verdict: VERDICT_DONE }
...             command { customer { create_customer { customer_id: "c1" given_name: "Ann" } } } }
... ''')
>>> report = frontdesk.policy_tests.run(policy, tests)
>>> report.passed_count, report.results[1].differences[0]
(1, 'the verdict is REFUSED; expected: DONE')
"""

from __future__ import annotations

from frontdesk import _core, _guard, v1
from frontdesk._bridge import dump, load
from frontdesk._texts import load_issues, raise_issues
from frontdesk.enums import IssueSeverity
from frontdesk.policy import Policy

__all__ = ["format_report", "read", "run"]


def read(text: str, *, file: str = "") -> v1.PolicyTestFile:
    """Reads and checks a text.

    Args:
        text: protobuf text format of a ``PolicyTestFile``; JSON of it when `file` ends in ``.json``; a ``PolicyTest`` as JSON in each line
            when it ends in ``.jsonl``.
        file: the name of the text, for issues.

    Raises:
        PolicyError: with every issue and its place.
    """
    data, found = _core.report_read_policy_tests(_guard.text(text, "text").encode("utf-8"), _guard.text(file, "file"))
    issues = load_issues(found)
    if any(issue.severity == IssueSeverity.ERROR for issue in issues):
        raise_issues(issues)
    return load(data, v1.PolicyTestFile)


def run(policy: Policy, tests: v1.PolicyTestFile) -> v1.PolicyTestReport:
    """Runs the tests in their order, each on a desk in memory. A test that fails is a result, not an exception.

    Raises:
        PolicyError: the tests have faults that :func:`read` reports.
    """
    if not isinstance(policy, Policy):
        raise TypeError(f"expected a Policy, not {_guard.type_name(policy)}")
    return load(_core.report_run_policy_tests(policy._core, dump(tests, v1.PolicyTestFile)), v1.PolicyTestReport)


def format_report(report: v1.PolicyTestReport, *, coverage: bool = True) -> str:
    """The report for people, several lines: the failures with their causes, the counts, and the parts of rules that no test made true or false."""
    return _core.report_format_policy_tests(dump(report, v1.PolicyTestReport), coverage)
