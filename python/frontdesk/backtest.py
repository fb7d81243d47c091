"""A policy tried on the recorded work of a desk before it is active, and the differences of two policies. The same as ``frontdesk diff``.

The messages are :class:`frontdesk.v1.BacktestReport` and :class:`frontdesk.v1.PolicyDifference`; ``docs/policy-tests.md`` shows them by task.

>>> import datetime
>>> import frontdesk
>>> from frontdesk import v1
>>> text = '''rule_sets { id: "customers" decision_points: "CreateCustomer" default_outcome: POLICY_OUTCOME_ALLOW
...     rules { id: "no_bots" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "BOTS" condition: "actor.kind == Actor.Kind.KIND_BOT" } }'''
>>> before = frontdesk.Policy.from_text(text)
>>> after = frontdesk.Policy.from_text(text.replace("KIND_BOT", "KIND_AGENT"))
>>> desk = frontdesk.Desk.open(before)
>>> outcome = desk.execute(frontdesk.command(
...     v1.CreateCustomer(customer_id="c1", given_name="Ann"), actor=frontdesk.actor("anna"),
...     now=datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)))
>>> report = frontdesk.backtest.run(desk, after)
>>> [(frontdesk.Verdict(row.before).name, frontdesk.Verdict(row.after).name, row.count) for row in report.verdicts]
[('DONE', 'REFUSED', 1)]
>>> [row.field for row in frontdesk.backtest.differences(before, after)]
['condition']
"""

from __future__ import annotations

from typing import Any, Callable, Optional, Tuple

from frontdesk import _core, _guard, v1
from frontdesk._bridge import dump, load, load_all
from frontdesk.policy import Policy
from frontdesk.reader import Reader

__all__ = ["differences", "format_difference", "format_html", "format_report", "run"]

_LAST = 2**63 - 1


def run(
    reader: Reader,
    after: Policy,
    *,
    before: Optional[Policy] = None,
    after_sequence: int = 0,
    last_sequence: Optional[int] = None,
    max_examples: int = 5,
    group_size: int = 256,
    progress: Optional[Callable[[int], Any]] = None,
) -> v1.BacktestReport:
    """Decides each command of the journal on the input of then, made again from the log, under the policy `after`, and compares.

    A changed verdict would have changed what came after it: that is not followed up. A command that was approved is there twice: when it
    was held, and when it was decided again. The approval counts under both policies, for the authorities that it granted. `notes` of the
    report say so.

    Args:
        reader: a desk, or a reader.
        after: the policy that is tried.
        before: the policy to compare with. None: each command as it was recorded, by the policy of then.
        after_sequence, last_sequence: the records to look at: those behind the first, up to the last one. None: up to the newest.
        max_examples: the most journal records that are named for a pair of verdicts, and for a reason.
        group_size: the records that are in memory at a time.
        progress: called after each group with the number of records so far that reached policy. After False the report has the records
            so far. An exception ends the work, and is raised.

    Raises:
        InvalidArgumentError: ``REPORT_OPTIONS_INVALID``.
    """
    if not isinstance(reader, Reader):
        raise TypeError(f"expected a Desk or a Reader, not {_guard.type_name(reader)}")
    for policy in (after,) if before is None else (after, before):
        if not isinstance(policy, Policy):
            raise TypeError(f"expected a Policy, not {_guard.type_name(policy)}")
    last = _LAST if last_sequence is None else last_sequence
    old = None if before is None else before._core
    return load(
        _core.report_backtest(
            reader._core, after._core, old, after_sequence, last, max_examples, group_size, progress
        ),
        v1.BacktestReport,
    )


def format_report(report: v1.BacktestReport) -> str:
    """The report for people, several lines."""
    return _core.report_format_backtest(dump(report, v1.BacktestReport), False)


def format_html(report: v1.BacktestReport) -> str:
    """The same as one page of HTML, without scripts."""
    return _core.report_format_backtest(dump(report, v1.BacktestReport), True)


def differences(before: Policy, after: Policy) -> Tuple[v1.PolicyDifference, ...]:
    """Every difference of two policies, rule by rule. Where a rule is written in the pack makes none."""
    return tuple(
        load_all(
            _core.report_compare_packs(dump(before.pack, v1.PolicyPack), dump(after.pack, v1.PolicyPack)),
            v1.PolicyDifference,
        )
    )


def format_difference(difference: v1.PolicyDifference) -> str:
    """A difference for people, one to three lines."""
    return _core.report_format_difference(dump(difference, v1.PolicyDifference))
