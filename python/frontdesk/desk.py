"""The desk: commands in, outcomes out, everything that happened kept in a store; and the same as pure functions."""

from __future__ import annotations

import datetime

from frontdesk import _core
from frontdesk import _guard
from frontdesk import times
from frontdesk import v1
from frontdesk._bridge import dump, limits_dict, load, load_outcome
from frontdesk.commands import command as make_command
from frontdesk.policy import Policy
from frontdesk.stores import MemoryStore, Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from types import TracebackType
    from typing import Any, Callable, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, Type, Union

    from frontdesk._desk_values import Activation, ClaimedEffect, ImportInput, PendingEffect
    from frontdesk._limits import CommandLimits, FileLimits, FindLimits
    from frontdesk.enums import EntityKind, Verdict
    from frontdesk.frames import Frames
    from frontdesk.errors import Error
    from frontdesk.ids import IdSource
    from frontdesk.messages import MessageIterator, MessageList
    from frontdesk.subscription import Subscription

__all__ = [
    "Activation",
    "ClaimedEffect",
    "CommandLimits",
    "Desk",
    "FileLimits",
    "FindLimits",
    "ImportInput",
    "MemoryStore",
    "PendingEffect",
    "Query",
    "Result",
    "decide",
    "evolve",
    "explain_record",
]

# The id of the desk as an entity.
DESK_ID = "desk"

_COMMIT_ATTEMPTS = _core.desk_default_commit_attempts()
_MICROSECOND = datetime.timedelta(microseconds=1)
_CLAIM = _core.desk_default_claim()
_RETRY = _core.desk_default_retry()
_LEASE = _CLAIM[1] * _MICROSECOND
_FIRST_DELAY = _RETRY[0] * _MICROSECOND
_MAX_DELAY = _RETRY[2] * _MICROSECOND
_MAX_CLOCK_SKEW = _core.desk_default_max_clock_skew() * _MICROSECOND
_MAX_INT64 = 2**63 - 1
_REMEMBER_FOR = _core.desk_default_remember_for() * _MICROSECOND


if TYPE_CHECKING:
    # The kinds of entities that can be looked for.
    Query = Union[v1.FindRequest, v1.CustomerQuery, v1.OrderQuery, v1.CaseQuery, v1.InteractionQuery, v1.TextQuery]
else:
    # Made when they are asked for.
    def __getattr__(name: str) -> object:
        if name in ("Activation", "ClaimedEffect", "ImportInput", "PendingEffect"):
            from frontdesk import _desk_values as place
        elif name in ("CommandLimits", "FileLimits", "FindLimits"):
            from frontdesk import _limits as place
        elif name == "Query":
            import typing

            return typing.Union[
                v1.FindRequest, v1.CustomerQuery, v1.OrderQuery, v1.CaseQuery, v1.InteractionQuery, v1.TextQuery
            ]
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(place, name)


def _microseconds(span: Optional[datetime.timedelta]) -> Optional[int]:
    return None if span is None else min(span // _MICROSECOND, _MAX_INT64)


def _instant(when: times.Instant) -> Tuple[int, int]:
    """Seconds and nanoseconds since 1970-01-01 UTC."""
    stamp = times.timestamp(when)
    return stamp.seconds, stamp.nanos


def _effects(
    read: Callable[[int, int], List[Tuple[int, bytes, bytes]]], after: int, page_size: int
) -> Iterator[PendingEffect]:
    """Page after page of effects."""
    from frontdesk._desk_values import PendingEffect

    while True:
        page = read(after, page_size)
        if not page:
            return
        for sequence, effect, claim in page:
            after = sequence
            yield PendingEffect(sequence, load(effect, v1.Effect), load(claim, v1.EffectClaim))


def _pages(read: Callable[[int], Tuple[List[bytes], int]], after: int) -> Iterator[List[bytes]]:
    """Page after page; `read` returns one with the position of its last element."""
    while True:
        page, after = read(after)
        if not page:
            return
        yield page


def _pages_by_token(
    read: Callable[[bytes], Tuple[List[bytes], str]], request: Union[v1.FindRequest, v1.TimelineRequest]
) -> Iterator[List[bytes]]:
    """Page after page; `read` returns one with the token of the next, which is empty at the end. It looks for its desk each time."""
    while True:
        page, request.page_token = read(dump(request, type(request)))
        yield page
        if not request.page_token:
            return


def _import_row(row: object) -> Tuple[bytes, bytes, str, str, str]:
    """A row as the core reads it."""
    from frontdesk._desk_values import ImportInput

    if isinstance(row, ImportInput):
        if row.command is None and not row.reason:
            raise ValueError("an ImportInput has a command or a reason")
        for value, name in ((row.source, "source"), (row.reason, "reason"), (row.text, "text")):
            _guard.text(value, name)
        command = b"" if row.command is None else dump(row.command, v1.Command)
        return command, _facts(row.facts), row.source, row.reason, row.text
    if isinstance(row, tuple):
        if len(row) != 2:
            raise ValueError(f"a row is a command and its facts, not {len(row)} values")
        return dump(row[0], v1.Command), _facts(row[1]), "", "", ""
    return dump(row, v1.Command), b"", "", "", ""


def _core_ids(ids: Optional[IdSource]) -> Any:
    if ids is None:
        return None
    from frontdesk.ids import _core_source

    return _core_source(ids)


def _activation(policy: Policy, activation: Activation) -> bytes:
    if not isinstance(policy, Policy):
        raise TypeError(f"expected a frontdesk.Policy, not {_guard.type_name(policy)}")
    from frontdesk._desk_values import Activation

    if not isinstance(activation, Activation):
        raise TypeError(f"expected a frontdesk.Activation, not {_guard.type_name(activation)}")
    verb = v1.ActivatePolicy(
        desk_id=DESK_ID, policy_hash=policy.hash, replace_unusable=activation.replace_unusable
    )
    command = make_command(
        verb,
        actor=activation.actor,
        now=activation.now,
        note=activation.note,
        idempotency_key=activation.idempotency_key,
        late_entry=activation.late_entry,
        expected_version=activation.expected_version,
    )
    return dump(command, v1.Command)


class Result:
    """The result of one command of :meth:`Desk.execute_all`: an outcome or an error.

    Attributes:
        verdict: of the outcome; None: there is an error.
        error: the exception that :meth:`Desk.execute` would have raised; None: there is an outcome.
    """

    __slots__ = ("_data", "verdict", "error")

    def __init__(self, data: Optional[bytes], verdict: Optional[Verdict], error: Optional[Error]) -> None:
        self._data = data
        self.verdict = verdict
        self.error = error

    @property
    def outcome(self) -> v1.Outcome:
        """The outcome; a message of its own each time. Raises the error if there is one."""
        if self._data is None:
            assert self.error is not None
            raise self.error
        return load_outcome(self._data)

    def __repr__(self) -> str:
        return f"<frontdesk.Result {self.error.reason if self.verdict is None and self.error else self.verdict!r}>"


class Desk:
    """A service desk. Safe to use from many threads; the GIL is released while it works.

    Args:
        policy: the active policy, which decides every command. The first desk on a store activates it.
        activate: who activates `policy` when another one is active in the store; see :meth:`activate`. None: then it is an error.
        store: where everything is kept; None: a new store in memory. A path: a :class:`SqliteStore` of that file, which the
            desk closes. A store of your own: :class:`frontdesk.stores.Store`.
        ids: where the ids of journal records come from; they must never repeat within the store. None:
            ``"r0000000001"``, ``"r0000000002"``, ...; they continue behind what the store holds.
        limits: how much of a command is accepted.
        find_limits: how much is looked through when something is looked for.
        max_cached_state_bytes: most bytes of states that the desk keeps in memory beside the store, about; those that were used
            lately. A state that is not among them is made from its rows again, which takes several times as long. Sixteen parts
            share the bytes, so a state that is larger than a sixteenth is never kept. 0: none is kept. None: 3 GiB beside a store in
            memory, and 64 MiB beside any other.
        max_commit_attempts: how often a command is decided again because another one changed what it had read.
        remember_for: how long the verdict on a command with an idempotency key is remembered; None: for ever.
        max_clock_skew: how far the clocks of hosts may be apart. A command whose `now` is earlier than the last instant of an
            entity that it changes, by at most this, is decided at that instant. An earlier one that is no late entry is refused
            with ``COMMAND_TOO_EARLY``. None: any.
        max_clock_lead: how much later than the newest instant of the desk `now` may be. A command that is later by this and an
            eighth is refused with ``COMMAND_TOO_FAR_AHEAD``, so that one wrong clock bars no entity. None: not bounded.
        full_trace: whether outcomes and journal records show every rule, with the cause that stopped it, or only the rules
            that decided. :meth:`explain` makes the others anew.

    Use it in a ``with`` statement, or :meth:`close` it, to let go of the store.

    Functions of the policy, `ids`, and a store of your own run inside a call. From there another desk may be used, but not the same one. A child
    of the process, as by ``os.fork()``, makes desks, stores and id sources of its own; policies may be from before.

    Raises:
        ValueError: `max_cached_state_bytes` is negative.
        InvalidArgumentError: ``DESK_OPTIONS_INVALID`` for another limit that is not positive.
        FailedPreconditionError: ``POLICY_NOT_ACTIVE`` when another policy is active, and `activate` is None, or that command is
            refused or held. With `activate` also the errors of :meth:`execute`.

    Another desk may activate a policy that this desk cannot use. Then every method that decides raises
    ``FailedPreconditionError``, and nothing has changed. The reason is ``POLICY_NOT_USABLE`` when the policy does not compile. It is
    ``POLICY_FUNCTION_MISSING`` when it calls a function that the policy of this desk does not have in that version.

    Every method but :meth:`close` may raise, before anything is done:
        FailedPreconditionError: ``DESK_REENTERED`` from inside a call of the same desk in the same thread;
            ``PROCESS_FORKED`` in a child that was forked since the desk was opened; ``INTERPRETER_ENDING`` when the
            interpreter ends while another thread is inside a call.

    >>> import datetime
    >>> import frontdesk
    >>> from frontdesk import v1
    >>> allow_all = frontdesk.Policy.from_text(
    ...     'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }')
    >>> with frontdesk.Desk.open(allow_all) as desk:
    ...     outcome = desk.execute(frontdesk.command(
    ...         v1.CreateCustomer(customer_id="c1", given_name="Ann"),
    ...         actor=frontdesk.actor("anna"),
    ...         now=datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc)))
    ...     outcome.verdict == frontdesk.Verdict.DONE
    ...     desk.get(outcome.events[0].entity).customer.given_name
    True
    'Ann'
    """

    def __init__(
        self,
        policy: Policy,
        store: Union[Store, str, os.PathLike[str], None] = None,
        *,
        activate: Optional[Activation] = None,
        ids: Optional[IdSource] = None,
        limits: Optional[CommandLimits] = None,
        find_limits: Optional[FindLimits] = None,
        max_cached_state_bytes: Optional[int] = None,
        max_commit_attempts: int = _COMMIT_ATTEMPTS,
        remember_for: Optional[datetime.timedelta] = _REMEMBER_FOR,
        max_clock_skew: Optional[datetime.timedelta] = _MAX_CLOCK_SKEW,
        max_clock_lead: Optional[datetime.timedelta] = None,
        full_trace: bool = False,
    ) -> None:
        if not isinstance(policy, Policy):
            raise TypeError(f"expected a frontdesk.Policy, not {_guard.type_name(policy)}")
        if store is not None and not isinstance(store, Store):
            if not isinstance(store, str) and not hasattr(store, "__fspath__"):
                raise TypeError(f"expected a frontdesk.Store or a path, not {_guard.type_name(store)}")
            from frontdesk.stores import SqliteStore

            store = SqliteStore(store)
        if max_cached_state_bytes is not None and _guard.integer(max_cached_state_bytes, "max_cached_state_bytes") < 0:
            raise ValueError("max_cached_state_bytes is negative")
        self._open: Optional[_core.Desk] = _core.Desk.open(
            policy._core,
            None if activate is None else _activation(policy, activate),
            None if store is None else store._rows(),
            None if store is None else store._owner(),
            _core_ids(ids),
            limits=limits_dict(limits),
            find_limits=limits_dict(find_limits),
            max_cached_state_bytes=max_cached_state_bytes,
            max_commit_attempts=max_commit_attempts,
            remember_for=_microseconds(remember_for),
            max_clock_skew=_microseconds(max_clock_skew),
            max_clock_lead=_microseconds(max_clock_lead),
            full_trace=full_trace,
        )
        self._policy = policy

    @classmethod
    def open(
        cls,
        policy: Policy,
        store: Union[Store, str, os.PathLike[str], None] = None,
        *,
        activate: Optional[Activation] = None,
        ids: Optional[IdSource] = None,
        limits: Optional[CommandLimits] = None,
        find_limits: Optional[FindLimits] = None,
        max_cached_state_bytes: Optional[int] = None,
        max_commit_attempts: int = _COMMIT_ATTEMPTS,
        remember_for: Optional[datetime.timedelta] = _REMEMBER_FOR,
        max_clock_skew: Optional[datetime.timedelta] = _MAX_CLOCK_SKEW,
        max_clock_lead: Optional[datetime.timedelta] = None,
        full_trace: bool = False,
    ) -> "Desk":
        """Opens a desk; the same as calling the class."""
        return cls(
            policy,
            activate=activate,
            store=store,
            ids=ids,
            limits=limits,
            find_limits=find_limits,
            max_cached_state_bytes=max_cached_state_bytes,
            max_commit_attempts=max_commit_attempts,
            remember_for=remember_for,
            max_clock_skew=max_clock_skew,
            max_clock_lead=max_clock_lead,
            full_trace=full_trace,
        )

    def close(self) -> None:
        """Lets go of the store. Every later use but another close raises ``ValueError``."""
        self._open = None

    def __enter__(self) -> "Desk":
        self._core  # Raises when it is closed.
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    @property
    def _core(self) -> _core.Desk:
        if self._open is None:
            raise ValueError("the desk is closed")
        return self._open

    def execute(self, command: v1.Command, *, facts: Optional[v1.Facts] = None) -> v1.Outcome:
        """Carries out a command: the only way in which anything changes.

        A refusal is a value: look at ``outcome.verdict`` and ``outcome.refusals``, the leading reason first. A verdict is
        remembered under the command's idempotency key; an exception is not, and it leaves everything as it was.

        Args:
            command: who asks, when, for what; see :func:`frontdesk.command`.
            facts: what the host knows and the command needs: catalog, prices, stock.

        Raises:
            InvalidArgumentError: ``COMMAND_MALFORMED`` with all violations.
            LimitError: ``COMMAND_TOO_LARGE``, ``FACTS_TOO_LARGE``, ``EVENTS_TOO_MANY``.
            AlreadyExistsError: ``IDEMPOTENCY_KEY_REUSED`` with another body.
            AbortedError: ``VERSION_CONFLICT``, ``COMMIT_CONTENDED``.
            FailedPreconditionError: ``FACT_MISSING``.
        """
        return load_outcome(self._core.execute(dump(command, v1.Command), _facts(facts)))

    def execute_all(
        self,
        commands: Sequence[v1.Command],
        *,
        facts: Optional[Sequence[v1.Facts]] = None,
        group_size: int = 256,
        progress: Optional[Callable[[int], Any]] = None,
    ) -> List[Result]:
        """Carries out many commands, each as :meth:`execute` does: its own verdict and its own record.

        They come one after the other, in this order, and are committed in groups. Other threads run meanwhile.

        Args:
            commands: the commands.
            facts: those of each command, as many as commands; None: no facts.
            group_size: most commands that are committed together; positive.
            progress: called after each group with the number of results so far. An exception from it ends the work: the commands up
                to there are carried out.

        Returns:
            A result for each command. Outcomes are parsed when they are looked at.

        Raises:
            ValueError: `facts` has another length, or the group size is not positive.

        >>> import datetime
        >>> import frontdesk
        >>> from frontdesk import v1
        >>> desk = frontdesk.Desk.open(frontdesk.Policy.from_text(
        ...     'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'))
        >>> noon = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
        >>> asked = [frontdesk.command(v1.CreateCustomer(customer_id=each, given_name="Ann"),
        ...     actor=frontdesk.actor("anna"), now=noon) for each in ("c1", "c2", "c1")]
        >>> [result.verdict.name for result in desk.execute_all(asked)]
        ['DONE', 'DONE', 'REFUSED']
        """
        if facts is not None and len(facts) != len(commands):
            raise ValueError(f"{len(commands)} commands need as many facts, not {len(facts)}")
        if _guard.integer(group_size, "group_size") <= 0:
            raise ValueError("group_size is not positive")
        from frontdesk.enums import Verdict
        from frontdesk.errors import _from_status

        asked = [dump(command, v1.Command) for command in commands]
        known = [] if facts is None else [dump(each, v1.Facts) for each in facts]
        results: List[Result] = []
        step = group_size if progress is not None else max(1, len(asked))
        for begin in range(0, len(asked), step):
            end = begin + step
            for data, verdict, error in self._core.execute_all(asked[begin:end], known[begin:end], group_size):
                if error is not None:
                    results.append(Result(None, None, _from_status(*error)))
                else:
                    results.append(Result(data, Verdict(verdict), None))
            if progress is not None:
                progress(len(results))
        return results

    def import_commands(
        self,
        import_id: str,
        rows: Iterable[Union[v1.Command, Tuple[v1.Command, Optional[v1.Facts]], ImportInput]],
        *,
        progress: Optional[Callable[[int], Any]] = None,
        group_size: int = 256,
    ) -> v1.ImportReport:
        """Imports many commands, each as :meth:`execute` does, and keeps the result of each row.

        The result of a row is kept in the transaction of its command. So each row is done once, whatever ends the import: a kill, a
        store that fails, an exception. To continue, call it again with the same rows, from the first one on: rows that have a
        result are not decided again. Two processes may do the same import at the same time. A row is done when it has a verdict, and
        also when the command itself is an error, as ``COMMAND_MALFORMED``.

        Args:
            import_id: the name of the import.
            rows: commands, pairs of a command and its facts, or :class:`ImportInput`. They are read in groups, and may call the
                desk, which holds the rows of the groups before. After an exception from them, the rows before are done.
            progress: called after each group with the number of rows that have a result. False, or an exception, ends the import.
            group_size: most rows that are committed together, and that are in memory; positive.

        Returns:
            The numbers of rows by verb, verdict and leading reason. :meth:`import_rows` has each row.

        Raises:
            InvalidArgumentError: ``IMPORT_MALFORMED`` when `import_id` is empty or no id, or a source, a reason or a text is not
                valid.
            FailedPreconditionError: ``IMPORT_NOT_CONTINUED`` when a row is another one than that whose result the store has, or rows
                are missing at the end.
            ValueError: the group size is not positive.

        >>> import datetime
        >>> import frontdesk
        >>> from frontdesk import v1
        >>> desk = frontdesk.Desk.open(frontdesk.Policy.from_text(
        ...     'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'))
        >>> noon = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
        >>> def rows():
        ...     for number, each in enumerate(["c1", "", "c1"], 1):
        ...         source = f"customers.csv:{number}"
        ...         if not each:
        ...             yield frontdesk.ImportInput(source=source, reason="LINE_EMPTY")
        ...             continue
        ...         create = v1.CreateCustomer(customer_id=each, given_name="Ann")
        ...         yield frontdesk.ImportInput(
        ...             frontdesk.command(create, actor=frontdesk.actor("anna"), now=noon), source=source)
        >>> report = desk.import_commands("customers", rows())
        >>> [(count.verb, count.reason, count.row_count) for count in report.counts]
        [('', 'LINE_EMPTY', 1), ('CreateCustomer', '', 1), ('CreateCustomer', 'CUSTOMER_EXISTS', 1)]
        >>> [row.source for row in desk.import_rows("customers") if row.reasons]
        ['customers.csv:2', 'customers.csv:3']
        >>> desk.import_commands("customers", rows()).earlier_row_count
        3
        """
        if _guard.integer(group_size, "group_size") <= 0:
            raise ValueError("group_size is not positive")
        importer = self._core.import_commands(_guard.text(import_id, "import_id"))
        rest = iter(rows)
        while True:
            group: List[Tuple[bytes, bytes, str, str, str]] = []
            has_more = True
            try:
                while has_more and len(group) < group_size:
                    try:
                        row = next(rest)
                    except StopIteration:
                        has_more = False
                    else:
                        group.append(_import_row(row))
            except Exception:
                importer.add(group)
                raise
            row_count = importer.add(group)
            goes_on = not group or progress is None or progress(row_count) is not False
            if not has_more:
                return load(importer.finish(), v1.ImportReport)
            if not goes_on:
                return load(importer.report(), v1.ImportReport)

    def import_rows(self, import_id: str, *, after: int = 0, page_size: int = 1000) -> MessageIterator[v1.ImportRow]:
        """The rows of an import that have a result, in their order, from behind row `after`, read in pages of `page_size`.

        Raises:
            InvalidArgumentError: ``IMPORT_MALFORMED`` when `import_id` is empty or no id.
        """
        from frontdesk.messages import MessageIterator

        _guard.text(import_id, "import_id")
        return MessageIterator(
            _pages(lambda last: self._core.read_import(import_id, last, page_size), after), v1.ImportRow
        )

    def preview(
        self, command: v1.Command, *, facts: Optional[v1.Facts] = None, full_trace: Optional[bool] = None
    ) -> v1.Outcome:
        """Says what :meth:`execute` would say at this moment, and changes nothing. The outcome carries no ids.

        Args:
            command: who asks, when, for what.
            facts: as of :meth:`execute`.
            full_trace: in place of that of the desk.
        """
        outcome = self._core.preview(dump(command, v1.Command), _facts(facts), full_trace)
        return load_outcome(outcome)

    def rank_remedies(
        self, command: v1.Command, *, facts: Optional[v1.Facts] = None
    ) -> MessageList[v1.RankedRemedy]:
        """The remedies that may be given to make a case good, from the policy's remedies for its kind. First come those
        that the actor may give, then those that somebody has to approve, then those that are refused. Each group is in
        the order of the pack.

        The verdict on each is that of :meth:`preview` on `command`, a ``ResolveCase``, with the remedy's code, name and
        amount for its own. Changes nothing.

        Raises:
            InvalidArgumentError: ``COMMAND_WRONG_ENTITY`` when the command is no ``ResolveCase``; ``COMMAND_MALFORMED``.
            NotFoundError: ``ENTITY_NOT_FOUND`` when there is no such case.
            Error: what :meth:`preview` fails with, where there is a remedy for the case.
        """
        from frontdesk.messages import MessageList

        return MessageList(self._core.rank_remedies(dump(command, v1.Command), _facts(facts)), v1.RankedRemedy)

    def approve(
        self,
        approval_id: str,
        *,
        actor: v1.Actor,
        now: times.Instant,
        note: str = "",
        idempotency_key: str = "",
        late_entry: bool = False,
        facts: Optional[v1.Facts] = None,
    ) -> v1.Outcome:
        """Lets a held command through: it is decided again on the state of now.

        Refusals of its own: ``APPROVAL_NOT_FOUND``, ``APPROVAL_STATE`` (no longer pending), ``APPROVAL_AUTHORITY_MISSING``,
        ``APPROVAL_BY_REQUESTER``. Otherwise the outcome is that of the held command, whose events come after the one that
        resolves the approval. Without `facts` those count with which it was held.
        """
        verb = v1.Approve(approval_id=_guard.text(approval_id, "approval_id"), note=_guard.text(note, "note"))
        command = make_command(
            verb, actor=actor, now=now, idempotency_key=idempotency_key, late_entry=late_entry
        )
        return self.execute(command, facts=facts)

    def decline(
        self,
        approval_id: str,
        *,
        actor: v1.Actor,
        now: times.Instant,
        note: str = "",
        idempotency_key: str = "",
        late_entry: bool = False,
    ) -> v1.Outcome:
        """Turns a held command down for good. Who asked for it may take it back this way; anybody else needs the authority."""
        verb = v1.Decline(approval_id=_guard.text(approval_id, "approval_id"), note=_guard.text(note, "note"))
        return self.execute(
            make_command(verb, actor=actor, now=now, idempotency_key=idempotency_key, late_entry=late_entry)
        )

    def get(self, entity: v1.EntityRef, *, lists: Sequence[str] = ()) -> v1.EntityState:
        """The state of an entity; see :func:`frontdesk.entity_ref`.

        Of lists whose elements are rows of their own (:meth:`rows`) those in `lists` are in it, whole, by the name of the
        field: ``lists=["tasks", "links"]`` for a case. All others are empty.

        Raises:
            NotFoundError: ``ENTITY_NOT_FOUND``.
            InvalidArgumentError: ``ENTITY_REF_MALFORMED`` without kind or id; ``ROW_LIST_UNKNOWN``.
            LimitError: ``FIND_ROWS_TOO_MANY`` for more elements than `FindLimits.max_rows`.
        """
        return load(self._core.get(dump(entity, v1.EntityRef), list(lists)), v1.EntityState)

    def find(self, query: Query, *, page_size: int = 50) -> MessageIterator[v1.EntityState]:
        """Finds customers, orders, cases or interactions, also by words in their texts; reads page after page as they are asked for.

        The meaning of each query is in ``frontdesk/v1/find.proto``. A survivor is found in place of all customers that
        were merged into it. Names and postcodes are compared without blanks and by full case folding; accents count.
        Orders, cases and interactions come the latest first, customers in the order of their ids. Nothing that fits the
        whole time is left out or returned twice. ``.count()`` counts what is found without parsing.

        Args:
            query: what is looked for; a ``v1.FindRequest`` begins where its page token says.
            page_size: how many are read at a time, 1 to 1,000; a size that a ``v1.FindRequest`` names goes first.

        Raises, when the first one is asked for:
            InvalidArgumentError: ``FIND_MALFORMED`` with all violations; ``FIND_PAGE_TOKEN_INVALID``; for a telephone number or
                an e-mail address that cannot be read the reason of :func:`frontdesk.contact.normalize`.
            LimitError: ``FIND_ROWS_TOO_MANY`` for a beginning of more words than `FindLimits.max_prefix_words`.

        >>> import datetime
        >>> import frontdesk
        >>> from frontdesk import v1
        >>> allow_all = frontdesk.Policy.from_text(
        ...     'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }')
        >>> noon = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
        >>> desk = frontdesk.Desk.open(allow_all)
        >>> for verb in (v1.CreateCustomer(customer_id="c1", given_name="Ann"),
        ...              v1.AddContactPoint(customer_id="c1", contact_point_id="home", kind=v1.ContactPoint.KIND_EMAIL,
        ...                                 as_typed="Ann@Example.com")):
        ...     outcome = desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=noon))
        >>> [found.customer.customer_id for found in desk.find(v1.CustomerQuery(email="ann@example.com"))]
        ['c1']
        """
        from frontdesk.messages import MessageIterator

        request = _request(query)
        if request.page_size == 0:
            request.page_size = _guard.number(page_size, "page_size", "int")
        return MessageIterator(_pages_by_token(lambda data: self._core.find_states(data), request), v1.EntityState)

    def timeline(
        self,
        customer_id: str,
        *,
        entity_kinds: Iterable[Union[v1.EntityKind, EntityKind, str]] = (),
        oldest_first: bool = False,
        page_size: int = 50,
    ) -> MessageIterator[v1.TimelineEntry]:
        """Everything that happened about a customer, the newest first; reads page after page as they are asked for.

        These are the events of the customer and of those merged into it, and of their interactions, orders, cases and
        stored-value accounts, in the order of the log. Each entry has the event, its text for people, the verb and the position.

        Args:
            customer_id: the customer, or one that was merged into it.
            entity_kinds: only events of entities of these kinds: ``[frontdesk.EntityKind.CASE]``. Empty: of all.
            oldest_first: whether the oldest event is first.
            page_size: how many are read at a time, 1 to 1,000.

        Raises, when the first one is asked for:
            InvalidArgumentError: ``FIND_MALFORMED`` with all violations; ``ENTITY_REF_MALFORMED``.
            NotFoundError: ``ENTITY_NOT_FOUND``.
            ResourceExhaustedError: ``FIND_RELATED_TOO_MANY``.
        """
        from frontdesk.messages import MessageIterator

        request = v1.TimelineRequest(
            customer_id=customer_id,
            entity_kinds=list(entity_kinds),
            oldest_first=oldest_first,
            page_size=_guard.number(page_size, "page_size", "int"),
        )
        return MessageIterator(_pages_by_token(lambda data: self._core.timeline(data), request), v1.TimelineEntry)

    def find_page(self, query: Query) -> v1.FindResponse:
        """One page of the results of :meth:`find`, for those who hand pages on. Put the answer's ``next_page_token``
        into the request for the next page; empty: there is none. A page may be shorter than asked for. Errors of
        :meth:`find`."""
        return load(self._core.find(dump(_request(query), v1.FindRequest)), v1.FindResponse)

    def find_duplicates(self, customer_id: str) -> MessageList[v1.DuplicateCandidate]:
        """Customers that may be the same as this one, or as the survivor of its merge, the likeliest first.

        Raises:
            NotFoundError: ``ENTITY_NOT_FOUND``.
            InvalidArgumentError: ``ENTITY_REF_MALFORMED`` without id.
        """
        from frontdesk.messages import MessageList

        return MessageList(self._core.find_duplicates(customer_id), v1.DuplicateCandidate)

    def open_file(
        self,
        customer_id: str,
        *,
        now: times.Instant,
        interaction_id: str = "",
        limits: Optional[FileLimits] = None,
    ) -> v1.CustomerFile:
        """The first view that an agent has of a customer, or of the survivor of its merge: all of one moment.

        Args:
            customer_id: the customer.
            now: when it is: which verifications of identity still count.
            interaction_id: the interaction in which it is asked; verifications of other interactions do not count.
            limits: how many of each are read.

        Raises:
            NotFoundError: ``ENTITY_NOT_FOUND``.
            InvalidArgumentError: ``ENTITY_REF_MALFORMED`` without id; ``FIND_MALFORMED`` when `now` is no valid time.
        """
        data = self._core.open_file(
            customer_id, times.timestamp(now).SerializeToString(), interaction_id, limits_dict(limits)
        )
        return load(data, v1.CustomerFile)

    def customer_view(self, entity: v1.EntityRef) -> v1.CustomerView:
        """The view that a customer may have of an interaction or a case: never an internal part or a note.

        Raises:
            NotFoundError: ``ENTITY_NOT_FOUND``.
            InvalidArgumentError: ``ENTITY_REF_MALFORMED`` without kind or id, or for an entity of another kind.
        """
        return load(self._core.customer_view(dump(entity, v1.EntityRef)), v1.CustomerView)

    def history(self, entity: v1.EntityRef, *, after: int = 0, page_size: int = 1000) -> MessageIterator[v1.Event]:
        """The events of an entity, oldest first, from behind version `after`. Read in pages of `page_size`; the fold of
        all of them equals :meth:`get`. ``.count()`` counts them without parsing. Errors of :meth:`get`, when the first event is
        asked for."""
        from frontdesk.messages import MessageIterator

        reference = dump(entity, v1.EntityRef)
        return MessageIterator(_pages(lambda last: self._core.history(reference, last, page_size), after), v1.Event)

    def rows(
        self, entity: v1.EntityRef, name: str, *, page_size: int = 1000, descending: bool = False
    ) -> Iterator[Any]:
        """The elements of a list of an entity that are rows of their own, and so not in :meth:`get`, as messages.

        They come in the order in which they were added, or with `descending` in the reverse. `name` is the field of the list: an
        account has ``"entries"``. Read in pages of `page_size`, each as of its own moment. Errors when the first element is asked
        for: ``InvalidArgumentError`` with ``ROW_LIST_UNKNOWN``; those of :meth:`get`.
        """
        reference = dump(entity, v1.EntityRef)
        after: Optional[Tuple[int, int]] = None
        while True:
            data, after = self._core.read_rows(reference, name, after, page_size, descending)
            state = load(data, v1.EntityState)
            yield from getattr(getattr(state, state.WhichOneof("state")), name)
            if after is None:
                return

    def record(self, record_id: str) -> v1.JournalRecord:
        """One journal record. ``NotFoundError``: ``RECORD_NOT_FOUND``."""
        return load(self._core.get_record(record_id), v1.JournalRecord)

    def journal(self, *, after: int = 0, page_size: int = 1000) -> MessageIterator[v1.JournalRecord]:
        """The journal, oldest first, from behind sequence `after`, read in pages of `page_size`. ``.count()`` counts the records
        without parsing."""
        from frontdesk.messages import MessageIterator

        return MessageIterator(_pages(lambda last: self._core.journal(last, page_size), after), v1.JournalRecord)

    def read_log(self, *, after: int = 0, page_size: int = 1000) -> MessageIterator[v1.LogChange]:
        """The log, oldest first, from behind position `after`: each entry with its events, its journal record and its policy.

        Positions have no gaps, and no entry ever comes before one that was returned. :meth:`subscribe` follows what happens.
        """
        from frontdesk.messages import MessageIterator

        return MessageIterator(_pages(lambda last: self._core.read_log(last, page_size), after), v1.LogChange)

    def subscribe(self, position: int = 0) -> Subscription:
        """Follows the log from behind a position, as it grows.

        Raises:
            InvalidArgumentError: ``SUBSCRIPTION_POSITION_UNKNOWN`` for a position that the log does not have.
        """
        from frontdesk.subscription import Subscription

        return Subscription(self._core, self._core.subscribe(_guard.integer(position, "position")))

    def verify(self, known: Optional[Mapping[int, bytes]] = None) -> v1.LogReport:
        """Verifies the log: every entry, event, journal record and policy is as it was written, and nothing was added. The report
        names the first fault, if there is one.

        Args:
            known: links that are kept elsewhere, by position; those of a ``v1.LogReport`` or ``v1.LogEntry``.
        """
        return load(self._core.verify(sorted((known or {}).items())), v1.LogReport)

    def verify_rows(self) -> v1.LogReport:
        """The same, and that states, lists, the index and the outbox are what the log says. They are made again in memory."""
        return load(self._core.verify_rows(), v1.LogReport)

    def get_as_of(self, entity: v1.EntityRef, time: times.Instant) -> v1.EntityState:
        """The state that an entity had at an instant: after its last event that was decided then or earlier. Lists whose elements are
        rows are empty. ``NotFoundError``: ``ENTITY_NOT_FOUND`` also when it was not there yet."""
        instant = times.timestamp(time).SerializeToString()
        return load(self._core.get_as_of(dump(entity, v1.EntityRef), instant), v1.EntityState)

    def explain(self, record_id: str) -> v1.Explanation:
        """Says why a command came out as it did, also a refused one, and why each rule did not fire.

        For this the input of the command is made again, and decided again by the policy of then. Where that is not exactly
        possible, ``fidelity`` and the text say so, and the explanation shows what the record itself has.
        ``NotFoundError``: ``RECORD_NOT_FOUND``.
        """
        return load(self._core.explain(record_id), v1.Explanation)

    def decision_input_of(self, record_id: str) -> v1.RebuiltInput:
        """The decision input of a command that reached policy, made again from the log; :func:`decide` takes it.

        ``fidelity`` is ``FIDELITY_EXACT`` when it has the bytes that were decided on. It is ``FIDELITY_CHANGED`` when this
        version of the code makes another one: then ``changed_fields`` says which fields differ.

        Raises:
            NotFoundError: ``RECORD_NOT_FOUND``; ``POLICY_NOT_KEPT`` when the store does not have the policy of then.
            FailedPreconditionError: ``RECORD_WITHOUT_INPUT`` for a command that did not reach policy;
                ``POLICY_FUNCTION_MISSING`` when the policy of then calls functions that the desk's policy does not have in
                that version; ``POLICY_NOT_USABLE`` when it does not compile any more.
        """
        return load(self._core.decision_input_of(record_id), v1.RebuiltInput)

    def frames(self, *, after: int = 0, page_size: int = 10_000) -> Iterator[Frames]:
        """The tables of :meth:`to_frames`, as ``pandas.DataFrame``, for a piece of the log at a time. Needs pandas.

        A case or an order is in the piece with its first event, in its present state; the entries of an account are, too. So the
        rows of all pieces together are those of :meth:`to_frames`.

        Args:
            after: the position behind which it begins, ``Frames.next`` of an earlier piece.
            page_size: the number of entries of the log in a piece, 1 to 10,000.
        """
        from frontdesk.frames import pages

        return pages(self._core, after, page_size)

    def to_frames(self) -> Frames:
        """Cases, orders, entries of accounts, events, decisions and refusals, each as a ``pandas.DataFrame``. Needs pandas.

        Times are in UTC, to the nanosecond. Words of which there are few are categories. An amount is a float in units of its
        currency, and exact in a column ``…_minor``, in the smallest unit. An absent value is ``NaT``, ``NaN`` or ``NA``.
        """
        from frontdesk.frames import whole

        return whole(self._core)

    def pending_effects(self, *, after: int = 0, page_size: int = 1000) -> Iterator[PendingEffect]:
        """Effects in the outbox, in the order of the journal, from behind sequence `after`; dead letters are among them."""
        return _effects(self._core.pending_effects, after, page_size)

    def dead_letters(self, *, after: int = 0, page_size: int = 1000) -> Iterator[PendingEffect]:
        """Effects that are not claimed any more, in the same order: the most attempts were made, or a report says that they failed."""
        return _effects(self._core.dead_letters, after, page_size)

    def claim_effects(
        self,
        now: times.Instant,
        *,
        max_effects: int = _CLAIM[0],
        lease: datetime.timedelta = _LEASE,
        max_attempts: int = _CLAIM[2],
    ) -> List[ClaimedEffect]:
        """Claims effects that are due at `now`: nobody else gets them before the lease ends.

        First come those that were claimed before, by their due times, then the others, in the order of the journal. An effect
        waits until all earlier ones of its entity have left the outbox, or are dead letters. There may be fewer than
        `max_effects` while there are more; none means that none is due.

        An effect that is not acknowledged, reported or retried before `lease_end` is claimed again. So it may be carried out
        twice: use its ``effect_id`` as the idempotency key outside.

        Args:
            now: when.
            max_effects: the most effects, 1 to 10,000.
            lease: the time until the effects may be claimed again.
            max_attempts: an effect whose lease has ended after this number of claims becomes a dead letter.

        Raises:
            InvalidArgumentError: ``EFFECT_OPTIONS_INVALID``.
            AbortedError: ``OUTBOX_CONTENDED`` when others were first each time.
        """
        from frontdesk._desk_values import ClaimedEffect

        claimed = self._core.claim_effects(_instant(now), max_effects, _microseconds(lease), max_attempts)
        return [
            ClaimedEffect(sequence, load(data, v1.Effect), attempt, times._datetime(*end))
            for sequence, data, attempt, end in claimed
        ]

    def acknowledge_effect(self, effect_id: str, attempt: Optional[int] = None) -> None:
        """Says that an effect was carried out: it leaves the outbox. Repeating it is harmless.

        The command ``v1.ReportEffect`` does the same, and keeps the result in the history of the entity.

        Args:
            effect_id: the effect.
            attempt: the claim, ``ClaimedEffect.attempt``; None: whoever has claimed it, if anybody.

        Raises:
            NotFoundError: ``EFFECT_NOT_FOUND``.
            AbortedError: ``EFFECT_CLAIM_LOST`` when it was claimed again since, or is a dead letter; nothing has changed.
        """
        self._core.acknowledge_effect(effect_id, attempt)

    def retry_effect(
        self,
        effect_id: str,
        attempt: int,
        *,
        now: times.Instant,
        code: str = "",
        due_time: Optional[times.Instant] = None,
        first_delay: datetime.timedelta = _FIRST_DELAY,
        factor: int = _RETRY[1],
        max_delay: datetime.timedelta = _MAX_DELAY,
        max_attempts: int = _RETRY[3],
    ) -> v1.EffectClaim:
        """Says that an attempt failed, and when the effect is claimed again. Returns its new state.

        Args:
            effect_id: the effect.
            attempt: the claim, ``ClaimedEffect.attempt``.
            now: when.
            code: the cause, as a stable word: ``"GATEWAY_DOWN"``. No personal data.
            due_time: from when on it can be claimed again. None: after a delay, which is `first_delay` after the first attempt and
                larger by `factor` after each later one, up to `max_delay`.
            first_delay: see `due_time`.
            factor: see `due_time`.
            max_delay: see `due_time`.
            max_attempts: after this number of attempts it is a dead letter.

        Raises:
            InvalidArgumentError: ``EFFECT_OPTIONS_INVALID``.
            NotFoundError: ``EFFECT_NOT_FOUND``.
            AbortedError: ``EFFECT_CLAIM_LOST`` when it was claimed again since, is a dead letter, or has left the outbox.
        """
        due = None if due_time is None else _instant(due_time)
        delays = (_microseconds(first_delay), factor, _microseconds(max_delay))
        return load(
            self._core.retry_effect(effect_id, attempt, _instant(now), code, due, *delays, max_attempts), v1.EffectClaim
        )

    def extend_lease(self, effect_id: str, attempt: int, lease_end: times.Instant) -> None:
        """Gives a lease another end. Raises as :meth:`retry_effect`."""
        self._core.extend_lease(effect_id, attempt, _instant(lease_end))

    def revive_effect(self, effect_id: str) -> None:
        """Makes a dead letter due again, with new attempts.

        Raises:
            NotFoundError: ``EFFECT_NOT_FOUND``.
            FailedPreconditionError: ``EFFECT_NOT_DEAD``.
        """
        self._core.revive_effect(effect_id)

    @property
    def policy(self) -> Policy:
        """The active policy, as this desk knows it: that of its last call that asked policy, or activated one."""
        core = self._core.policy()
        if core.hash != self._policy.hash:
            self._policy = Policy(core, ())
        return self._policy

    def activate(self, policy: Policy, activation: Activation) -> v1.Outcome:
        """Activates a policy: from then on, it decides every command of all desks on the store.

        The policy of before decides this command, ``ActivatePolicy``. Done without events when the policy is active already. A
        refusal of its own: ``POLICY_NOT_FOUND``. Errors of :meth:`execute`.
        """
        command = _activation(policy, activation)
        outcome = load_outcome(self._core.activate(policy._core, command))
        if self._core.policy().hash == policy.hash:
            self._policy = policy
        return outcome

    def fork(self, *, ids: Optional[IdSource] = None, policy: Optional[Policy] = None) -> "Desk":
        """A desk of its own that begins with the contents of this one, to try something out. `policy` is active there from the
        beginning, without a command; None: the one that is active here. With a store in memory it costs next to nothing. With one in a
        SQLite file it copies the file into another one, which is removed when the fork is closed. Without `ids` it draws from this
        desk's source, if that has one."""
        if policy is not None and not isinstance(policy, Policy):
            raise TypeError(f"expected a frontdesk.Policy, not {_guard.type_name(policy)}")
        other = object.__new__(type(self))
        other._open = self._core.fork(_core_ids(ids), None if policy is None else policy._core)
        other._policy = self.policy if policy is None else policy
        return other

    def __repr__(self) -> str:
        return f"<frontdesk.Desk {'closed' if self._open is None else repr(self._policy)}>"


def _request(query: Query) -> v1.FindRequest:
    """A request of its own for any way to say what is looked for."""
    request = v1.FindRequest()
    if isinstance(query, v1.FindRequest):
        request.CopyFrom(query)
    elif isinstance(query, v1.CustomerQuery):
        request.customers.CopyFrom(query)
    elif isinstance(query, v1.OrderQuery):
        request.orders.CopyFrom(query)
    elif isinstance(query, v1.CaseQuery):
        request.cases.CopyFrom(query)
    elif isinstance(query, v1.InteractionQuery):
        request.interactions.CopyFrom(query)
    elif isinstance(query, v1.TextQuery):
        request.texts.CopyFrom(query)
    else:
        raise TypeError(f"expected a FindRequest or one of its queries, not {_guard.type_name(query)}")
    return request


def _facts(facts: Optional[v1.Facts]) -> bytes:
    return b"" if facts is None else dump(facts, v1.Facts)


def decide(
    input: v1.DecisionInput,
    command: v1.Command,
    policy: Policy,
    *,
    limits: Optional[CommandLimits] = None,
    full_trace: bool = True,
) -> v1.Outcome:
    """Decides a command on the state and facts in `input`. Pure: no clock, no store, no ids.

    Args:
        input: the arm that fits the verb, with the state before the command and the facts; its command, actor, now and
            assessment are filled in here.
        command: who asks, when, for what.
        policy: decides.
        limits: how much of a command is accepted.
        full_trace: False shows only the rules that decided, and is much quicker where there are many.

    Raises:
        InvalidArgumentError: ``COMMAND_MALFORMED`` with all violations, ``DECISION_INPUT_MISMATCH``.
        FailedPreconditionError: ``FACT_MISSING``.
        OutOfRangeError: ``MONEY_OVERFLOW``.
        LimitError: a limit.

    >>> import datetime
    >>> import frontdesk
    >>> from frontdesk import v1
    >>> nothing_allowed = frontdesk.Policy.from_pack(v1.PolicyPack(name="strict"))
    >>> question = v1.DecisionInput(order=v1.OrderDecisionInput(order=v1.Order(
    ...     order_id="1001", state=v1.Order.STATE_PLACED, currency_code="EUR")))
    >>> asked = frontdesk.command(v1.CancelOrder(order_id="1001"), actor=frontdesk.actor("anna"),
    ...                           now=datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc))
    >>> frontdesk.decide(question, asked, nothing_allowed).refusals[0].reason
    'POLICY_NO_RULE'
    """
    if not isinstance(policy, Policy):
        raise TypeError(f"expected a frontdesk.Policy, not {_guard.type_name(policy)}")
    outcome = _core.decide(
        dump(input, v1.DecisionInput), dump(command, v1.Command), policy._core, limits_dict(limits), full_trace
    )
    return load_outcome(outcome)


def evolve(event: v1.Event, state: Optional[v1.EntityState] = None) -> v1.EntityState:
    """Folds an event into the state of the entity that it is about; None is an entity that does not exist yet.

    Returns a new message; `state` is left as it is.

    Raises:
        InvalidArgumentError: ``EVENT_MALFORMED`` for an event without entity or fact.
        DataLossError: ``EVENT_NOT_APPLICABLE`` for one that does not follow on the state.
    """
    before = b"" if state is None else dump(state, v1.EntityState)
    return load(_core.evolve(dump(event, v1.Event), before), v1.EntityState)


def explain_record(record: v1.JournalRecord, events: Iterable[v1.Event] = ()) -> v1.Explanation:
    """An explanation from a journal record and the events that it caused: what :meth:`Desk.explain` returns. Pure."""
    happened = [dump(event, v1.Event) for event in events]
    return load(_core.explain_record(dump(record, v1.JournalRecord), happened), v1.Explanation)
