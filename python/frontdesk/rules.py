"""Rule sets over any protobuf message: compiled once, asked many times, and every decision says why.

>>> from frontdesk import rules, v1
>>> returns = rules.RuleSet.from_text('''
...     id: "returns" default_outcome: POLICY_OUTCOME_ALLOW
...     rules {
...       id: "late" order: 10 outcome: POLICY_OUTCOME_REFUSE reason: "RETURN_TOO_LATE"
...       condition: "now - order.place_time > duration('720h')"
...     }
... ''', input=v1.OrderDecisionInput)
>>> question = v1.OrderDecisionInput()
>>> question.now.FromJsonString("2024-05-01T00:00:00Z")
>>> question.order.place_time.FromJsonString("2024-01-01T00:00:00Z")
>>> decision = returns.decide(question)
>>> decision.outcome == v1.POLICY_OUTCOME_REFUSE, rules.reasons(decision)[0].reason
(True, 'RETURN_TOO_LATE')

The fields of the input message are the variables of the rules. The meaning of rules, hit policies, holds and traces is
described in ``frontdesk/v1/rule.proto`` and ``frontdesk/v1/decision.proto``.
"""

from __future__ import annotations

import array
import dataclasses
import datetime
import functools
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple, Union

from frontdesk import _core
from frontdesk import _guard
from frontdesk import times
from frontdesk import v1
from frontdesk._bridge import MessageTypes, descriptor_of, dump, load, load_all, message_class
from frontdesk._rule_results import (
    Analysis,
    ConditionVerdict,
    GapVerdict,
    Hit,
    HitPolicyError,
    Reach,
    RuleAnalysis,
    RuleOverlap,
    aggregate,
    analyze as _analyze,
    hit_policy_error,
    hits,
)
from frontdesk._texts import Form, format_issues, load_issues, raise_issues, read_file
from frontdesk.cel import Function, Limits
from frontdesk.cel._types import type_of

if TYPE_CHECKING:
    from frontdesk._texts import PathLike
    from frontdesk.policy import Policy

__all__ = [
    "Analysis",
    "ConditionVerdict",
    "DecisionReason",
    "GapVerdict",
    "Hit",
    "HitPolicyError",
    "Matches",
    "OutputValue",
    "Reach",
    "ReplayInput",
    "RuleAnalysis",
    "RuleOverlap",
    "RuleSet",
    "aggregate",
    "format_decision",
    "format_issues",
    "hit_policy_error",
    "hits",
    "outputs",
    "reasons",
    "replay",
]


class Matches(NamedTuple):
    """The rules that hold for an input, by their numbers in :attr:`RuleSet.rule_ids`, ascending.

    Arrays of ``numpy.int32`` where numpy is installed, else of ``array.array``.
    """

    rules: Any
    """The rules whose conditions hold."""
    errors: Any
    """The rules whose conditions err."""


class RuleSet:
    """A compiled rule set. Immutable and safe to use from many threads; the GIL is released while it decides.

    Made by :meth:`from_text`, :meth:`from_json`, :meth:`from_file` or :meth:`compile`. Common arguments:

        input: the message class, or descriptor, whose fields are the variables; also of messages that only Python knows.
        container: scope of names in rules; None takes the package of the input message.
        functions: functions that rules may call beside the language's own.
        limits: limits of each expression.
        file: the name of the text, for issues.

    Raises:
        PolicyError: with every issue, each with its place.
        ValueError: descriptors that do not fit together.
    """

    def __init__(
        self,
        core: _core.RuleSet,
        types: MessageTypes,
        input: Any,
        issues: Tuple[v1.Issue, ...],
        notes: Tuple[v1.Issue, ...] = (),
    ) -> None:
        self._core = core
        self._decide = _core.rules_quick_decide(core)
        self._rule_ids: Optional[Tuple[str, ...]] = None
        self._types = types
        self._input = input
        self.issues = issues
        """Warnings that compiling gave."""
        self.notes = notes
        """The rules that the checks have no answer about; see :attr:`frontdesk.Policy.notes`."""

    @classmethod
    def compile(
        cls,
        source: v1.RuleSet,
        *,
        input: Any,
        container: Optional[str] = None,
        functions: Iterable[Function] = (),
        limits: Limits = Limits(),
    ) -> "RuleSet":
        """Compiles a rule set that was built in memory. Positions of issues are field paths."""
        return cls._compile(dump(source, v1.RuleSet), Form.BYTES, "", input, container, functions, limits)

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        input: Any,
        file: str = "",
        container: Optional[str] = None,
        functions: Iterable[Function] = (),
        limits: Limits = Limits(),
    ) -> "RuleSet":
        """Reads protobuf text format. Issues carry line and column, also inside expressions."""
        return cls._compile(_guard.text(text, "text").encode("utf-8"), Form.TEXT, file, input, container, functions, limits)

    @classmethod
    def from_json(
        cls,
        text: str,
        *,
        input: Any,
        file: str = "",
        container: Optional[str] = None,
        functions: Iterable[Function] = (),
        limits: Limits = Limits(),
    ) -> "RuleSet":
        """Reads protobuf JSON. Issues carry the field's path and the place inside expressions."""
        return cls._compile(_guard.text(text, "text").encode("utf-8"), Form.JSON, file, input, container, functions, limits)

    @classmethod
    def from_file(
        cls,
        path: PathLike,
        *,
        input: Any,
        container: Optional[str] = None,
        functions: Iterable[Function] = (),
        limits: Limits = Limits(),
    ) -> "RuleSet":
        """Reads a file: JSON when its name ends in ``.json``, else text format."""
        data, form = read_file(path)
        return cls._compile(data, form, str(path), input, container, functions, limits)

    @classmethod
    def _compile(
        cls,
        data: bytes,
        form: int,
        file: str,
        input: Any,
        container: Optional[str],
        functions: Iterable[Function],
        limits: Limits,
    ) -> "RuleSet":
        descriptor = descriptor_of(input)
        functions = list(functions)
        types = MessageTypes([input, *function_messages(functions)])
        core, found, notes = _core.rules_compile(
            types.core,
            descriptor.full_name,
            data,
            form,
            file,
            container,
            [function._tuple() for function in functions],
            types.make_message,
            dataclasses.asdict(limits),
        )
        issues = load_issues(found)
        if core is None:
            raise_issues(issues)
            raise AssertionError("unreachable")
        return cls(core, types, descriptor, issues, load_issues(notes))

    def decide(
        self,
        input: Any,
        *,
        decision_point: str = "",
        now: Optional[times.Instant] = None,
        as_of: Optional[times.Instant] = None,
        granted_authorities: Iterable[str] = (),
        granted_rules: Iterable[Tuple[str, str]] = (),
        full_trace: bool = True,
    ) -> v1.Decision:
        """Asks the rules. A refusal is a decision, not an exception; so is a rule that errs (``POLICY_ERROR``).

        Args:
            input: a message of the type that the set was compiled over.
            decision_point: put into the decision, the verb.
            now: selects the rules in effect; required if the set has effective times and `as_of` is None.
            as_of: the instant whose rules are asked, where that is another one than `now`. Conditions read the time that
                the input has.
            granted_authorities: HOLD rules that ask for one of them are satisfied.
            granted_rules: HOLD rules of these ids, while they ask for these authorities, are satisfied.
            full_trace: ``False`` tells only the rules that decided, and is much quicker.

        Raises:
            TypeError: `input` is of another type.
            InvalidArgumentError: ``RULES_TIME_MISSING``.
        """
        if now is None and as_of is None and not granted_authorities and not granted_rules:
            made = v1.Decision()
            if self._decide(input, decision_point, full_trace, made):
                return made
        _check_type(input, self._input.full_name)
        decision = self._core.decide(
            input.SerializePartialToString(),
            decision_point,
            times._instant(now),
            times._instant(as_of),
            list(granted_authorities),
            list(granted_rules),
            full_trace,
        )
        return load(decision, v1.Decision)

    def matches(
        self, input: Any, *, now: Optional[times.Instant] = None, as_of: Optional[times.Instant] = None
    ) -> Matches:
        """All rules that hold for a message, whatever the hit policy is. Conditions alone count, of the rules in effect.

        >>> from frontdesk import rules, v1
        >>> sizes = rules.RuleSet.from_text('''
        ...     id: "sizes" default_outcome: POLICY_OUTCOME_ALLOW
        ...     rules { id: "any" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "order.order_id != ''" }
        ...     rules { id: "large" order: 2 outcome: POLICY_OUTCOME_HOLD authority: "lead" reason: "ORDER_LARGE"
        ...             condition: "order.totals.total.units > 100000" }
        ... ''', input=v1.OrderDecisionInput)
        >>> found = sizes.matches(v1.OrderDecisionInput(order=v1.Order(order_id="1001")))
        >>> [sizes.rule_ids[number] for number in found.rules], len(found.errors)
        (['any'], 0)

        Args:
            input: a message of the type that the set was compiled over.
            now: selects the rules in effect; required if the set has effective times and `as_of` is None.
            as_of: the instant whose rules are asked, where that is another one than `now`.

        Raises:
            TypeError: `input` is of another type.
            InvalidArgumentError: ``RULES_TIME_MISSING``.
        """
        instants = times._instant(now), times._instant(as_of)
        _check_type(input, self._input.full_name)
        found, errors = self._core.matches(input, *instants)
        if found is None or errors is None:
            found, errors = self._core.matches(input.SerializePartialToString(), *instants)
        return Matches(_numbers(found), _numbers(errors))

    def decide_frame(
        self,
        frame: Any,
        *,
        prefix: str = "",
        columns: Optional[Mapping[str, str]] = None,
        now: Optional[times.Instant] = None,
        as_of: Optional[times.Instant] = None,
        progress: Optional[Callable[[int], Any]] = None,
    ) -> Any:
        """Asks the rules about every row of a ``pandas.DataFrame``, or of a dict of numpy arrays.

        A column is a field of the input: its name is the path, such as ``"order.totals.total.units"``. The inputs are made of the
        columns in the core, and the GIL is released. The result of a row is that of :meth:`decide` for a message with the same fields.

        >>> import numpy
        >>> from frontdesk import rules, v1
        >>> sizes = rules.RuleSet.from_text('''
        ...     id: "sizes" default_outcome: POLICY_OUTCOME_ALLOW
        ...     rules { id: "large" order: 2 outcome: POLICY_OUTCOME_REFUSE reason: "ORDER_LARGE"
        ...             condition: "order.totals.total.units > 100000" }
        ... ''', input=v1.OrderDecisionInput)
        >>> decided = sizes.decide_frame({"order.totals.total.units": numpy.array([5000, 200000])})
        >>> list(decided["outcome"]), list(decided["reason"])
        (['allow', 'refuse'], [None, 'ORDER_LARGE'])

        Args:
            frame: the columns. Integers, floats, booleans, times, spans, texts and categories of texts. A time has a time zone; an array
                of ``numpy.datetime64`` is in UTC. Whole floats are accepted for integers, and names of values for enums. A value that
                is missing (NaN, NaT, None, ``pandas.NA``) is an absent field. A message without a value is absent.
            prefix: put before each path: ``"order."`` for a frame of orders.
            columns: the path of each column that is read, by its name. None: all columns, by their names.
            now: selects the rules in effect; required if the set has effective times and `as_of` is None.
            as_of: the instant whose rules are asked, where that is another one than `now`.
            progress: called after each 4,096 rows with the number of rows so far. After False the result has the rows so far. An
                exception ends the work, and is raised.

        Returns:
            A frame with the same index, or a dict of arrays. Columns: ``outcome`` (``allow``, ``refuse``, ``hold``), ``reason`` and
            ``rule_id`` of the leading reason, and ``output.NAME`` for each output. An amount has the columns of ``docs/frames.md``, and
            ``output.NAME_currency``.

        Raises:
            InvalidArgumentError: ``FRAME_COLUMN_UNKNOWN``, ``FRAME_COLUMN_TYPE``, ``FRAME_COLUMN_LENGTH``, ``FRAME_TIME_NAIVE``,
                ``FRAME_VALUE``, ``RULES_TIME_MISSING``.
            TypeError: `frame` is no frame.
        """
        from frontdesk import _rule_frames

        made = _rule_frames.Frame(frame, _guard.text(prefix, "prefix"), columns)
        return _rule_frames.decide(self._core, made, times._instant(now), times._instant(as_of), progress)

    def matches_frame(
        self,
        frame: Any,
        *,
        prefix: str = "",
        columns: Optional[Mapping[str, str]] = None,
        now: Optional[times.Instant] = None,
        as_of: Optional[times.Instant] = None,
        progress: Optional[Callable[[int], Any]] = None,
    ) -> Any:
        """All rules that hold for every row, as :meth:`matches` has them; arguments and errors are those of :meth:`decide_frame`.

        Returns:
            A frame with a row for each pair of a row of `frame` and a rule, in this order, with the index of the first; or a dict of
            arrays. Columns: ``row`` (from 0 on), ``rule`` (its number), ``rule_id``, and ``has_error`` for a condition that errs.
        """
        from frontdesk import _rule_frames

        made = _rule_frames.Frame(frame, _guard.text(prefix, "prefix"), columns)
        return _rule_frames.match(self._core, made, self.rule_ids, times._instant(now), times._instant(as_of), progress)

    @property
    def rule_ids(self) -> Tuple[str, ...]:
        """The ids of the rules, by order number: the numbers of :class:`Matches` are places in it."""
        if self._rule_ids is None:
            self._rule_ids = tuple(rule.id for rule in self.source.rules)
        return self._rule_ids

    def fields_read_by(self, rule_id: str) -> List[str]:
        """The fields of the input that a rule reads by name, also through variables: ``"order.lines[].quantity"``. Empty for a rule
        that there is not."""
        return self._core.fields_read_by(_guard.text(rule_id, "rule_id"))

    def analyze(
        self,
        *,
        find_overlaps: bool = False,
        find_gap: bool = False,
        max_overlaps: int = 1000,
        max_steps: int = 4_000_000,
    ) -> Analysis:
        """Answers for every input: conditions that never hold, rules that are never reached, rules that overlap and gaps.

        Each input in the answer was shown by running the rules on it.

        >>> table = RuleSet.from_text('''
        ...     id: "bands" hit_policy: HIT_POLICY_UNIQUE
        ...     rules { id: "low" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "order.payment_count <= 3" }
        ...     rules { id: "high" order: 2 outcome: POLICY_OUTCOME_ALLOW condition: "order.payment_count >= 3" }
        ... ''', input=v1.OrderDecisionInput)
        >>> analysis = table.analyze()
        >>> [(each.rule_id, each.other_rule_id, each.text) for each in analysis.overlaps]
        [('low', 'high', 'order.payment_count is 3')]
        >>> analysis.gap_verdict
        <GapVerdict.NONE: 2>

        Args:
            find_overlaps: also pairs of rules with conflicting outcomes, under every hit policy. Overlaps that violate UNIQUE or ANY
                are found in any case.
            find_gap: also an input that no rule matches, for a set with a default outcome. Without one it is looked for in any case.
            max_overlaps: the most overlaps that are listed.
            max_steps: evaluations of a part of a condition. The rules that are left then are NOT_DECIDED.

        Raises:
            ValueError: a limit is less than 0.
        """
        return _analyze(self._core, message_class(self._input), find_overlaps, find_gap, max_overlaps, max_steps)

    @property
    def id(self) -> str:
        """The id."""
        return self._core.id

    @property
    def hash(self) -> bytes:
        """SHA-256 over the content of the rules, in whatever form they were written down: 32 bytes."""
        return self._core.hash

    @property
    def source(self) -> v1.RuleSet:
        """The rule set, its rules by order number."""
        return load(self._core.source, v1.RuleSet)

    @property
    def has_effective_times(self) -> bool:
        """Whether a rule has an effective time, so that decisions need `now`."""
        return self._core.has_effective_times

    def __repr__(self) -> str:
        return f"<frontdesk.rules.RuleSet {self.id!r} over {self._input.full_name}>"


@functools.lru_cache(maxsize=1)
def _has_numpy() -> bool:
    import importlib.util

    return importlib.util.find_spec("numpy") is not None


def _numbers(data: Optional[bytes]) -> Any:
    """Numbers of the core as an array."""
    data = data or b""
    if not _has_numpy():
        return array.array("i", data)
    import numpy

    return numpy.frombuffer(data, dtype=numpy.int32)


def _check_type(input: Any, full_name: str) -> None:
    descriptor = getattr(input, "DESCRIPTOR", None)
    if descriptor is None or descriptor.full_name != full_name or isinstance(input, type):
        raise TypeError(f"expected a {full_name}, not {_guard.type_name(input)}")


def function_messages(functions: Iterable[Function]) -> List[Any]:
    """The message classes that signatures name."""
    named = [each for one in functions for each in (*one.parameters, one.result)]
    for each in named:
        type_of(each)
    return [each for each in named if hasattr(each, "DESCRIPTOR") or hasattr(each, "fields_by_name")]


class DecisionReason(NamedTuple):
    """A cause of a decision: one rule that decided, or a reason given where no rule did.

    `rule_id` is empty when no rule decided, then `reason` is ``POLICY_NO_RULE`` or ``POLICY_DEFAULT``; `authority` is for HOLD
    who can approve; `details` is what the rule handed out.
    """

    rule_id: str
    reason: str
    text: str
    authority: str
    details: Tuple[v1.DetailValue, ...]


def reasons(decision: v1.Decision) -> List[DecisionReason]:
    """The reasons of a decision, leading one first; empty when the default allowed."""
    return [
        DecisionReason(rule_id, reason, text, authority, tuple(load_all(details, v1.DetailValue)))
        for rule_id, reason, text, authority, details in _core.rules_decision_reasons(dump(decision, v1.Decision))
    ]


# The Python types of an output's value. The number of an enum is an int.
OutputValue = Union[str, int, float, bool, datetime.datetime, datetime.timedelta, v1.Money]


def outputs(decision: v1.Decision) -> Dict[str, OutputValue]:
    """The values that a decision computed, by name: also those that no field of the command has.

    >>> decision = v1.Decision()
    >>> _ = decision.outputs.add(name="amount", money_value=v1.Money(units=8000, currency_code="EUR"))
    >>> _ = decision.outputs.add(name="queue", rule_id="vip", string_value="first_line")
    >>> sorted(outputs(decision)), outputs(decision)["queue"]
    (['amount', 'queue'], 'first_line')
    """
    return {each.name: _output_value(each) for each in decision.outputs}


def _output_value(output: v1.OutputValue) -> OutputValue:
    field = output.WhichOneof("value")
    if field is None:
        raise ValueError(f"the output {output.name!r} has no value")
    if field == "time_value":
        return times.to_datetime(output.time_value)
    if field == "duration_value":
        return times.to_timedelta(output.duration_value)
    value: OutputValue = getattr(output, field)
    return value


def format_decision(decision: v1.Decision, *, why_not: bool = True, max_rules: int = 50) -> str:
    """The decision as text for people: the verdict, the rules behind it, the values they read and the changes that
    would have stopped them. With `why_not` then every other rule, at most `max_rules`, with the condition that stopped
    it."""
    return _core.rules_format_decision(dump(decision, v1.Decision), why_not, max_rules)


class ReplayInput(NamedTuple):
    """An input of :func:`replay`, and how it is asked about: as :meth:`RuleSet.decide` has it."""

    input: Any
    """The message."""
    id: str = ""
    """Names the input among examples."""
    decision_point: str = ""
    """The verb. Empty: the one that the decision under the rules of before names."""
    now: Optional[times.Instant] = None
    """Selects the rules in effect. A policy reads the time of the message."""
    as_of: Optional[times.Instant] = None
    """The instant whose rules are asked, where that is another one than `now`."""
    granted_authorities: Tuple[str, ...] = ()
    """HOLD rules that ask for one of them are satisfied, under both."""


def replay(
    inputs: Iterable[Any],
    before: Union[RuleSet, Policy],
    after: Union[RuleSet, Policy],
    *,
    max_examples: int = 5,
    group_size: int = 256,
    progress: Optional[Callable[[int], Any]] = None,
) -> v1.ReplayReport:
    """Decides the same inputs under two rule sets, or two policies, and compares.

    An input is decided as it is: another outcome would have changed later inputs, which is not followed up. An input that cannot be
    decided is counted with the reason of the error. The GIL is released while the core decides.

    >>> text = '''id: "returns" default_outcome: POLICY_OUTCOME_ALLOW
    ...     rules { id: "late" order: 10 outcome: POLICY_OUTCOME_REFUSE reason: "RETURN_TOO_LATE"
    ...             condition: "now - order.place_time > duration('720h')" }'''
    >>> before = RuleSet.from_text(text, input=v1.OrderDecisionInput)
    >>> after = RuleSet.from_text(text.replace("720h", "336h"), input=v1.OrderDecisionInput)
    >>> def asked(days):
    ...     input = v1.OrderDecisionInput()
    ...     input.now.FromSeconds(86400 * days)
    ...     input.order.place_time.FromSeconds(0)
    ...     return ReplayInput(input, id=f"after {days} days")
    >>> report = replay(map(asked, (10, 20, 40)), before, after)
    >>> [(change.count, list(change.example_ids)) for change in report.outcomes if change.before != change.after]
    [(1, ['after 20 days'])]

    Args:
        inputs: messages, or :class:`ReplayInput` of messages. A message alone has its number, from 0 on, as its id. They are read one
            after the other: a generator is not kept in memory. For policies: :class:`frontdesk.v1.DecisionInput`.
        before, after: two rule sets over messages of one type, or two policies.
        max_examples: the most inputs that are named for a pair of outcomes, for a reason, and for an error.
        group_size: the inputs that are in memory at a time.
        progress: called after each group with the number of inputs so far. After False the report has the inputs so far. An
            exception ends the work, and is raised.

    Raises:
        TypeError: an input is of another type, or `before` and `after` do not fit together.
        InvalidArgumentError: ``RULES_REPLAY_OPTIONS_INVALID``.
        LimitError: ``RULES_REPLAY_LIMIT_DECISION_POINTS``.
    """
    full_name = _input_name(before)
    if _input_name(after) != full_name or isinstance(before, RuleSet) != isinstance(after, RuleSet):
        raise TypeError("expected two rule sets over messages of one type, or two policies")
    numbered = enumerate(inputs)

    def next_input() -> Optional[Tuple[bytes, str, str, Any, Any, List[str]]]:
        for number, each in numbered:
            asked = each if isinstance(each, ReplayInput) else ReplayInput(each, str(number))
            _check_type(asked.input, full_name)
            return (
                asked.input.SerializePartialToString(),
                _guard.text(asked.id, "id"),
                _guard.text(asked.decision_point, "decision_point"),
                times._instant(asked.now),
                times._instant(asked.as_of),
                _guard.texts(asked.granted_authorities, "granted_authorities"),
            )
        return None

    report = _core.rules_replay(
        next_input, before._core, after._core, max_examples, group_size, progress
    )
    return load(report, v1.ReplayReport)


def _input_name(rules: Union[RuleSet, Policy]) -> str:
    from frontdesk.policy import Policy

    if isinstance(rules, RuleSet):
        return str(rules._input.full_name)
    if isinstance(rules, Policy):
        return str(v1.DecisionInput.DESCRIPTOR.full_name)
    raise TypeError(f"expected a RuleSet or a Policy, not {_guard.type_name(rules)}")
