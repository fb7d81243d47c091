"""The results of hit policies and of the analysis of rules, typed. Public as :mod:`frontdesk.rules`."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, Optional, Tuple

from frontdesk import _core
from frontdesk import _guard
from frontdesk import times
from frontdesk import v1

if TYPE_CHECKING:
    from frontdesk.rules import OutputValue


class Hit(NamedTuple):
    """A rule that counts under a hit policy of DMN."""

    rule_id: str
    outcome: int
    """Its outcome, as written: a number of :class:`frontdesk.PolicyOutcome`."""
    outputs: Dict[str, OutputValue]
    """The values that it computed. Those without a value are left out."""


def hits(decision: v1.Decision) -> List[Hit]:
    """The rules that count, in the order of the hit policy; of a violated policy, the rules that match. Empty under FIRST and ALL.

    >>> decision = v1.Decision()
    >>> hit = decision.hits.add(rule_id="gold", outcome=v1.POLICY_OUTCOME_ALLOW)
    >>> _ = hit.outputs.add(name="discount", int_value=10)
    >>> [(each.rule_id, each.outputs) for each in hits(decision)]
    [('gold', {'discount': 10})]
    """
    from frontdesk.rules import _output_value

    return [
        Hit(hit.rule_id, int(hit.outcome), {each.name: _output_value(each) for each in hit.outputs})
        for hit in decision.hits
    ]


def aggregate(decision: v1.Decision) -> Optional[OutputValue]:
    """The value that the aggregator of ``HIT_POLICY_COLLECT`` computed. None: there is none.

    >>> aggregate(v1.Decision()) is None
    True
    >>> aggregate(v1.Decision(aggregate=v1.OutputValue(name="points", int_value=30)))
    30
    """
    from frontdesk.rules import _output_value

    return _output_value(decision.aggregate) if decision.HasField("aggregate") else None


class HitPolicyError(NamedTuple):
    """The violation of a hit policy: the rules that match do not go together. :func:`hits` has them."""

    reason: str
    """``POLICY_UNIQUE_VIOLATED``, ``POLICY_ANY_VIOLATED``, ``POLICY_OUTPUT_UNRANKED``, ``POLICY_AGGREGATE_CURRENCY`` or
    ``POLICY_AGGREGATE_OVERFLOW``."""
    text: str
    output_names: Tuple[str, ...]
    """The outputs that differ, have no place in their order, or cannot be computed."""


def hit_policy_error(decision: v1.Decision) -> Optional[HitPolicyError]:
    """The error of the hit policy of a decision. None: there is none.

    >>> hit_policy_error(v1.Decision()) is None
    True
    """
    if not decision.HasField("hit_policy_error"):
        return None
    error = decision.hit_policy_error
    return HitPolicyError(error.reason, error.text, tuple(error.output_names))


class ConditionVerdict(enum.IntEnum):
    """Whether a condition holds."""

    NOT_DECIDED = 0
    NEVER = 1
    SOMETIMES = 2
    ALWAYS = 3


class Reach(enum.IntEnum):
    """Whether a rule can be the one that decides."""

    NOT_DECIDED = 0
    REACHED = 1
    NEVER = 2


class GapVerdict(enum.IntEnum):
    """Whether there is an input that no rule matches, and for which no rule errs."""

    NOT_ASKED = 0
    NOT_DECIDED = 1
    NONE = 2
    FOUND = 3


@dataclasses.dataclass(frozen=True)
class RuleAnalysis:
    """The answers about one rule."""

    rule_id: str
    condition: ConditionVerdict
    reach: Reach
    input: Optional[Any]
    """An input that it decides; without one, an input for which its condition holds. None: none was found."""
    time: Optional[datetime.datetime]
    """The instant at which it decides. None: any."""
    covering_rule_ids: Tuple[str, ...]
    """Of a rule that is never reached: the rules that decide in its place."""
    duplicate_of: str
    """An earlier rule with the same condition and result. Empty: none."""
    text: str
    """The input in words."""


@dataclasses.dataclass(frozen=True)
class RuleOverlap:
    """Two rules that match the same input."""

    rule_id: str
    other_rule_id: str
    is_violation: bool
    """Whether it violates the hit policy: UNIQUE, or ANY with other results."""
    differences: Tuple[str, ...]
    """The parts of their results that differ: ``"outcome"``, ``"reason"``, ``"authority"``, ``"output NAME"``."""
    input: Any
    """An input that both match."""
    time: Optional[datetime.datetime]
    """An instant at which they do. None: any."""
    text: str
    """The input in words."""


@dataclasses.dataclass(frozen=True)
class Analysis:
    """Answers about a rule set that are true of every input: :meth:`frontdesk.rules.RuleSet.analyze`."""

    rules: Tuple[RuleAnalysis, ...]
    """By order number."""
    overlaps: Tuple[RuleOverlap, ...]
    are_overlaps_complete: bool
    """Whether every pair of rules was looked at."""
    undecided_overlaps: int
    """Pairs of which it is not decided whether they overlap, or differ."""
    gap_verdict: GapVerdict
    gap: Optional[Any]
    """An input that no rule matches."""
    gap_time: Optional[datetime.datetime]
    gap_text: str
    """The gap in words; empty where nothing is set."""
    is_complete: bool
    """False when the steps were spent before the end."""


def analyze(
    core: _core.RuleSet, message_class: Any, find_overlaps: bool, find_gap: bool, max_overlaps: int, max_steps: int
) -> Analysis:
    """The analysis of a compiled set, with inputs of the class."""
    for number, name in ((_guard.integer(max_overlaps, "max_overlaps"), "max_overlaps"), (_guard.integer(max_steps, "max_steps"), "max_steps")):
        if number < 0:
            raise ValueError(f"{name} is less than 0")

    def read(data: Optional[bytes]) -> Optional[Any]:
        if data is None:
            return None
        message = message_class()
        message.MergeFromString(data)
        return message

    def instant(time: Optional[Tuple[int, int]]) -> Optional[datetime.datetime]:
        return None if time is None else times._datetime(*time)

    rules, overlaps, (all_pairs, undecided), gap, is_complete = core.analyze(
        _guard.flag(find_overlaps, "find_overlaps"), _guard.flag(find_gap, "find_gap"), max_overlaps, max_steps
    )
    verdict, gap_input, gap_time, gap_text = gap
    return Analysis(
        tuple(
            RuleAnalysis(rule_id, ConditionVerdict(condition), Reach(reach), read(data), instant(time), tuple(covering), same, text)
            for rule_id, condition, reach, data, time, covering, same, text in rules
        ),
        tuple(
            RuleOverlap(rule_id, other, violates, tuple(differences), read(data), instant(time), text)
            for rule_id, other, violates, differences, data, time, text in overlaps
        ),
        all_pairs,
        undecided,
        GapVerdict(verdict),
        read(gap_input),
        instant(gap_time),
        gap_text,
        is_complete,
    )
