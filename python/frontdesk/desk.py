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
from frontdesk.reader import Reader, _as_store, _cache_size
from frontdesk.stores import MemoryStore, Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any, Callable, Iterable, List, Optional, Sequence, Tuple, Union

    from frontdesk._desk_values import Activation, ClaimedEffect, ImportInput, PendingEffect
    from frontdesk._limits import CommandLimits, FileLimits, FindLimits
    from frontdesk.enums import Verdict
    from frontdesk.errors import Error
    from frontdesk.ids import IdSource
    from frontdesk.messages import MessageList
    from frontdesk.reader import Query

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
    "explain",
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


if not TYPE_CHECKING:
    # Made when they are asked for.
    def __getattr__(name: str) -> object:
        if name in ("Activation", "ClaimedEffect", "ImportInput", "PendingEffect"):
            from frontdesk import _desk_values as place
        elif name in ("CommandLimits", "FileLimits", "FindLimits"):
            from frontdesk import _limits as place
        elif name == "Query":
            from frontdesk import reader as place
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(place, name)


def _microseconds(span: Optional[datetime.timedelta]) -> Optional[int]:
    return None if span is None else min(span // _MICROSECOND, _MAX_INT64)


def _instant(when: times.Instant) -> Tuple[int, int]:
    """Seconds and nanoseconds since 1970-01-01 UTC."""
    stamp = times.timestamp(when)
    return stamp.seconds, stamp.nanos


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


class Desk(Reader):
    """A service desk: a :class:`frontdesk.Reader` that carries out commands too. Safe to use from many threads; the GIL is released
    while it works.

    Args:
        policy: the active policy, which decides every command. The first desk on a store activates it.
        activate: who activates `policy` when another one is active in the store; see :meth:`activate`. None: then it is an error.
        store: where everything is kept; None: a new store in memory. A path: a :class:`SqliteStore` of that file, which the
            desk closes. ``"postgres:host=db1 dbname=shop"``: a :class:`PostgresStore`. A store of your own:
            :class:`frontdesk.stores.Store`.
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
        kept = None if store is None else _as_store(store, read_only=False)
        self._open: Optional[_core.Desk] = _core.Desk.open(
            policy._core,
            None if activate is None else _activation(policy, activate),
            None if kept is None else kept._rows(),
            None if kept is None else kept._owner(),
            _core_ids(ids),
            limits=limits_dict(limits),
            find_limits=limits_dict(find_limits),
            max_cached_state_bytes=_cache_size(max_cached_state_bytes),
            max_commit_attempts=max_commit_attempts,
            remember_for=_microseconds(remember_for),
            max_clock_skew=_microseconds(max_clock_skew),
            max_clock_lead=_microseconds(max_clock_lead),
            full_trace=full_trace,
        )
        self._policy = policy

    @classmethod
    def open(  # type: ignore[override]  # Made from a policy, as a desk is. No reader is opened by it.
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

    def preview(
        self,
        command: v1.Command,
        *,
        facts: Optional[v1.Facts] = None,
        full_trace: Optional[bool] = None,
        as_of: Optional[times.Instant] = None,
    ) -> v1.Outcome:
        """Says what :meth:`execute` would say at this moment, and changes nothing. The outcome carries no ids.

        Args:
            command: who asks, when, for what.
            facts: as of :meth:`execute`.
            full_trace: in place of that of the desk.
            as_of: the instant whose rules of the active policy count, rather than those in effect when the command is decided. No
                outcome is remembered then.
        """
        at = None if as_of is None else _instant(as_of)
        outcome = self._core.preview(dump(command, v1.Command), _facts(facts), full_trace, at)
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
        round: int = 1,
        idempotency_key: str = "",
        late_entry: bool = False,
        facts: Optional[v1.Facts] = None,
    ) -> v1.Outcome:
        """Approves a held command: it is decided again on the state of now.

        An approval covers what the round shows: the rules that hold the command, the amounts and numbers that they read, the amounts
        that are paid, and the target. The same or smaller amounts pass. ``outcome.approval_differences`` shows what differs.

        The outcome is that of the held command, after the event of the approval. With DONE the approval is used up, with REFUSED it
        stays pending. HELD is under the same approval: for another authority, or in the next round (``outcome.held.round``).

        Args:
            approval_id: ``outcome.held.approval_id`` of the held command.
            actor: who approves, with the authorities that the host has established.
            now: when it is.
            note: why, for people.
            round: the round that the actor saw.
            idempotency_key: as of :func:`frontdesk.command`.
            late_entry: as of :func:`frontdesk.command`.
            facts: newer facts; without them those of the round count.

        Refusals of its own: ``APPROVAL_NOT_FOUND``, ``APPROVAL_STATE`` (no longer pending), ``APPROVAL_EXPIRED``,
        ``APPROVAL_AUTHORITY_MISSING``, ``APPROVAL_BY_REQUESTER``, ``APPROVAL_ROUND`` (another round waits),
        ``APPROVAL_ROUNDS_EXCEEDED`` (it would ask too often, and is closed).
        """
        verb = v1.Approve(
            approval_id=_guard.text(approval_id, "approval_id"),
            note=_guard.text(note, "note"),
            round=_guard.number(round, "round", "int"),
        )
        return self._resolve(verb, actor, now, idempotency_key, late_entry, facts)

    def preview_approval(
        self, approval_id: str, *, now: times.Instant, facts: Optional[v1.Facts] = None
    ) -> v1.ApprovalPreview:
        """The result of approving, as if everybody whose authority is needed approved the present round. It has the amounts, their
        split over the routes of money, the events and effects, and the differences from the round. Changes nothing, and needs no
        authority.

        Raises:
            NotFoundError: ``ENTITY_NOT_FOUND``.
            InvalidArgumentError: ``ENTITY_REF_MALFORMED`` for an invalid id; ``COMMAND_MALFORMED``.
        """
        data = self._core.preview_approval(
            _guard.text(approval_id, "approval_id"), times.timestamp(now).SerializeToString(), _facts(facts)
        )
        return load(data, v1.ApprovalPreview)

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
        return self._resolve(verb, actor, now, idempotency_key, late_entry)

    def withdraw(
        self,
        approval_id: str,
        *,
        actor: v1.Actor,
        now: times.Instant,
        note: str = "",
        idempotency_key: str = "",
        late_entry: bool = False,
    ) -> v1.Outcome:
        """Withdraws a held command. Only who asked for it can: ``APPROVAL_NOT_REQUESTER``."""
        verb = v1.Withdraw(approval_id=_guard.text(approval_id, "approval_id"), note=_guard.text(note, "note"))
        return self._resolve(verb, actor, now, idempotency_key, late_entry)

    def _resolve(
        self,
        verb: Union[v1.Approve, v1.Decline, v1.Withdraw],
        actor: v1.Actor,
        now: times.Instant,
        idempotency_key: str,
        late_entry: bool,
        facts: Optional[v1.Facts] = None,
    ) -> v1.Outcome:
        command = make_command(
            verb, actor=actor, now=now, idempotency_key=idempotency_key, late_entry=late_entry
        )
        return self.execute(command, facts=facts)

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


def _policy_core(policy: Optional[Policy]) -> Optional[_core.Policy]:
    if policy is not None and not isinstance(policy, Policy):
        raise TypeError(f"expected a frontdesk.Policy, not {_guard.type_name(policy)}")
    return None if policy is None else policy._core


def explain(command: v1.Command, outcome: v1.Outcome, policy: Optional[Policy] = None) -> v1.Explanation:
    """Why a command came out as it did, for an outcome that was not recorded: of :meth:`Desk.preview` or :func:`decide`. Pure.

    ``customer_text`` is one sentence for the customer, or empty where customers are not informed of the command. ``agent_lines`` are
    at most five lines for the agent. ``text`` is everything, for auditors. :meth:`Reader.explain` explains a record of the journal.

    Args:
        command: the command that was decided.
        outcome: the outcome. The values that rules read, and what would be different, are known when it shows every rule
            (`full_trace`).
        policy: the policy that decided, for the texts and words of the pack.

    >>> import datetime
    >>> import frontdesk
    >>> from frontdesk import v1
    >>> nothing_allowed = frontdesk.Policy.from_text(
    ...     'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_REFUSE }')
    >>> question = v1.DecisionInput(order=v1.OrderDecisionInput(order=v1.Order(
    ...     order_id="1001", state=v1.Order.STATE_PLACED, currency_code="EUR")))
    >>> asked = frontdesk.command(v1.CancelOrder(order_id="1001"), actor=frontdesk.actor("anna"),
    ...                           now=datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc))
    >>> frontdesk.explain(asked, frontdesk.decide(question, asked, nothing_allowed), nothing_allowed).customer_text
    'We cannot cancel your order.'
    """
    return load(
        _core.explain(dump(command, v1.Command), dump(outcome, v1.Outcome), _policy_core(policy)), v1.Explanation
    )


def explain_record(
    record: v1.JournalRecord,
    events: Iterable[v1.Event] = (),
    *,
    policy: Optional[Policy] = None,
    request: Optional[v1.JournalRecord] = None,
) -> v1.Explanation:
    """An explanation from a journal record and the events that it caused: what :meth:`Desk.explain` returns. Pure.

    Args:
        record: the record.
        events: the events that it caused.
        policy: the policy that decided, for the texts and words of the pack.
        request: after an approval, the record of the command that was held; it says who asked.
    """
    happened = [dump(event, v1.Event) for event in events]
    requested = None if request is None else dump(request, v1.JournalRecord)
    explained = _core.explain_record(dump(record, v1.JournalRecord), happened, _policy_core(policy), requested)
    return load(explained, v1.Explanation)
