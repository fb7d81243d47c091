"""Reading what a desk holds: states, searches, histories, the journal, explanations."""

from __future__ import annotations

from frontdesk import _core
from frontdesk import _guard
from frontdesk import times
from frontdesk import v1
from frontdesk._bridge import dump, limits_dict, load, make_default_message
from frontdesk._closing import Closing
from frontdesk.stores import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any, Callable, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

    from frontdesk import cel
    from frontdesk._desk_values import PendingEffect
    from frontdesk._limits import FileLimits, FindLimits, PolicyLimits
    from frontdesk.enums import EntityKind
    from frontdesk.frames import Frames
    from frontdesk.messages import MessageIterator, MessageList
    from frontdesk.policy import Policy
    from frontdesk.subscription import Subscription

    # The kinds of entities that can be looked for.
    Query = Union[
        v1.FindRequest,
        v1.CustomerQuery,
        v1.OrderQuery,
        v1.CaseQuery,
        v1.InteractionQuery,
        v1.TextQuery,
        v1.ApprovalQuery,
    ]
else:
    # Made when they are asked for.
    def __getattr__(name: str) -> object:
        if name == "PendingEffect":
            from frontdesk import _desk_values as place
        elif name in ("FileLimits", "FindLimits"):
            from frontdesk import _limits as place
        elif name == "Query":
            import typing

            return typing.Union[
                v1.FindRequest,
                v1.CustomerQuery,
                v1.OrderQuery,
                v1.CaseQuery,
                v1.InteractionQuery,
                v1.TextQuery,
                v1.ApprovalQuery,
            ]
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(place, name)


__all__ = ["FileLimits", "FindLimits", "PendingEffect", "Query", "Reader"]


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


def _names(read: Callable[[str, int], List[str]], after: str, page_size: int) -> Iterator[str]:
    """The same for names, of which each is its own position."""
    while True:
        page = read(after, page_size)
        if not page:
            return
        yield from page
        after = page[-1]


def _pages_by_token(
    read: Callable[[bytes], Tuple[List[bytes], str]], request: Union[v1.FindRequest, v1.TimelineRequest]
) -> Iterator[List[bytes]]:
    """Page after page; `read` returns one with the token of the next, which is empty at the end. It looks for its desk each time."""
    while True:
        page, request.page_token = read(dump(request, type(request)))
        yield page
        if not request.page_token:
            return


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
    elif isinstance(query, v1.ApprovalQuery):
        request.approvals.CopyFrom(query)
    else:
        raise TypeError(f"expected a FindRequest or one of its queries, not {_guard.type_name(query)}")
    return request


def _as_store(store: Union[Store, str, os.PathLike[str]], read_only: bool) -> Store:
    """A store as it is, that of a SQLite file, or that of a PostgreSQL database."""
    if isinstance(store, Store):
        return store
    if not isinstance(store, str) and not hasattr(store, "__fspath__"):
        raise TypeError(f"expected a frontdesk.Store or a path, not {_guard.type_name(store)}")
    from frontdesk.stores import PostgresStore, SqliteStore

    if isinstance(store, str) and store.startswith("postgres:"):
        return PostgresStore(store[len("postgres:") :], read_only=read_only)
    return SqliteStore(store, read_only=read_only)


def _cache_size(max_cached_state_bytes: Optional[int]) -> Optional[int]:
    if max_cached_state_bytes is not None and _guard.integer(max_cached_state_bytes, "max_cached_state_bytes") < 0:
        raise ValueError("max_cached_state_bytes is negative")
    return max_cached_state_bytes


class Reader(Closing):
    """Reads what desks have written into a store. It changes nothing, and needs no policy. A :class:`frontdesk.Desk` is a reader too.
    Safe to use from many threads; the GIL is released while it works.

    Args:
        store: a store, or the path of a SQLite file, which must exist. The reader opens it for reading alone, also while a program
            works on it, and closes it.
        functions: functions that the policies in the store call, for :meth:`explain` and :meth:`decision_input_of`.
        policy_limits: how large the policies in the store may be, for the same.
        find_limits: how much is looked through when something is looked for.
        max_cached_state_bytes: as of :class:`frontdesk.Desk`.

    Each call reads as of one moment of its own. Use it in a ``with`` statement, or :meth:`close` it, to let go of the store.

    Raises:
        ValueError: `max_cached_state_bytes` is negative.
        InvalidArgumentError: ``DESK_OPTIONS_INVALID`` for another limit that is not positive.
        NotFoundError: ``STORE_NOT_FOUND`` when there is no such file; other errors of :class:`frontdesk.SqliteStore`.

    Every method but :meth:`close` may raise, before anything is done:
        FailedPreconditionError: ``DESK_REENTERED`` from inside a call of the same reader in the same thread;
            ``PROCESS_FORKED`` in a child that was forked since the reader was opened; ``INTERPRETER_ENDING`` when the
            interpreter ends while another thread is inside a call.

    >>> import datetime
    >>> import frontdesk
    >>> from frontdesk import v1
    >>> store = frontdesk.MemoryStore()
    >>> with frontdesk.Desk.open(frontdesk.Policy.from_text(
    ...         'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'), store) as desk:
    ...     outcome = desk.execute(frontdesk.command(
    ...         v1.CreateCustomer(customer_id="c1", given_name="Ann"),
    ...         actor=frontdesk.actor("anna"),
    ...         now=datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc)))
    >>> with frontdesk.Reader.open(store) as reader:
    ...     reader.get(outcome.events[0].entity).customer.given_name
    ...     [entry.verb for entry in reader.timeline("c1")]
    'Ann'
    ['CreateCustomer']
    """

    def __init__(
        self,
        store: Union[Store, str, os.PathLike[str]],
        *,
        functions: Iterable[cel.Function] = (),
        policy_limits: Optional[PolicyLimits] = None,
        find_limits: Optional[FindLimits] = None,
        max_cached_state_bytes: Optional[int] = None,
    ) -> None:
        kept = _as_store(store, read_only=True)
        self._open: Optional[_core.Reader] = _core.Reader.open(
            kept._rows(),
            kept._owner(),
            [function._tuple() for function in functions],
            make_default_message,
            policy_limits=limits_dict(policy_limits),
            find_limits=limits_dict(find_limits),
            max_cached_state_bytes=_cache_size(max_cached_state_bytes),
        )

    @classmethod
    def open(
        cls,
        store: Union[Store, str, os.PathLike[str]],
        *,
        functions: Iterable[cel.Function] = (),
        policy_limits: Optional[PolicyLimits] = None,
        find_limits: Optional[FindLimits] = None,
        max_cached_state_bytes: Optional[int] = None,
    ) -> "Reader":
        """Opens a reader; the same as calling the class."""
        return cls(
            store,
            functions=functions,
            policy_limits=policy_limits,
            find_limits=find_limits,
            max_cached_state_bytes=max_cached_state_bytes,
        )

    @property
    def _core(self) -> _core.Reader:
        if self._open is None:
            raise ValueError("the reader is closed")
        return self._open

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

    def get_as_of(self, entity: v1.EntityRef, time: times.Instant) -> v1.EntityState:
        """The state that an entity had at an instant: after its last event that was decided then or earlier. Lists whose elements are
        rows are empty. ``NotFoundError``: ``ENTITY_NOT_FOUND`` also when it was not there yet."""
        instant = times.timestamp(time).SerializeToString()
        return load(self._core.get_as_of(dump(entity, v1.EntityRef), instant), v1.EntityState)

    def total(
        self, name: str, subject_id: Optional[str] = None, *, now: times.Instant, reason: Optional[str] = None
    ) -> v1.Total:
        """The value of a total of the active policy for a decision at `now`.

        Args:
            name: the name of the total in the policy.
            subject_id: the id of the customer, actor, case, order or account; None for a total of the desk. A customer counts
                with those that were merged into it.
            now: the instant at whose end the window is.
            reason: the reason, for a total per reason.

        Raises:
            NotFoundError: ``TOTAL_NOT_FOUND``.
            InvalidArgumentError: ``TOTAL_SUBJECT_MISMATCH`` for an id or a reason that the total needs, or does not have;
                ``ENTITY_REF_MALFORMED``.
            FailedPreconditionError: ``STORE_NOT_USABLE`` when the rows of the store are older.
            LimitError: ``RELATED_TOO_MANY`` when too many customers were merged into this one.
            OutOfRangeError: ``MONEY_OVERFLOW`` when a sum does not fit into 64 bits.

        >>> import datetime
        >>> import frontdesk
        >>> policy = frontdesk.Policy.from_text('''
        ...     totals { name: "credits_30d"  commands: "CreditAccount"  per: TOTAL_SUBJECT_CUSTOMER  days: 30 }
        ...     rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
        ... ''')
        >>> with frontdesk.Desk.open(policy, frontdesk.MemoryStore()) as desk:
        ...     desk.total("credits_30d", "c1", now=datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.timezone.utc)).given_count
        0
        """
        instant = times.timestamp(now).SerializeToString()
        return load(self._core.get_total(name, subject_id or "", instant, reason or ""), v1.Total)

    def find(self, query: Query, *, page_size: int = 50) -> MessageIterator[v1.EntityState]:
        """Finds customers, orders, cases, interactions or approvals, also by words in their texts; reads page after page as they are asked for.

        The meaning of each query is in ``frontdesk/v1/find.proto``. A survivor is found in place of all customers that
        were merged into it. Names and postcodes are compared without blanks and by full case folding; accents count.
        Orders, cases and interactions come the latest first. Cases with ``ORDER_OLDEST_FIRST`` come the first opened first,
        with ``ORDER_DUE_FIRST`` the first due first. Approvals come the longest waiting first, customers in the order of their
        ids. Nothing that fits the
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

    def find_page(self, query: Query) -> v1.FindResponse:
        """One page of the results of :meth:`find`, for those who hand pages on. Put the answer's ``next_page_token``
        into the request for the next page; empty: there is none. A page may be shorter than asked for. Errors of
        :meth:`find`."""
        return load(self._core.find(dump(_request(query), v1.FindRequest)), v1.FindResponse)

    def count(self, query: Query) -> int:
        """The number of entities that :meth:`find` finds.

        Raises:
            InvalidArgumentError: as of :meth:`find`; ``FIND_MALFORMED`` also for a search of words.
            LimitError: ``FIND_COUNT_TOO_MANY`` beyond `FindLimits.max_counted`.
        """
        return self._core.count(dump(_request(query), v1.FindRequest))

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

    def timeline(
        self,
        customer_id: str = "",
        *,
        entity: Optional[v1.EntityRef] = None,
        entity_kinds: Iterable[Union[v1.EntityKind, EntityKind, str]] = (),
        oldest_first: bool = False,
        page_size: int = 50,
    ) -> MessageIterator[v1.TimelineEntry]:
        """Everything that happened about a customer, or one entity, the newest first; reads page after page as they are asked for.

        These are the events of the customer and of those merged into it, and of their interactions, orders, cases, approvals and
        stored-value accounts, in the order of the log. With `entity`, they are its events and those of the approvals of commands that
        address it. Each entry has the event, its text for people, the verb and the position.

        Args:
            customer_id: the customer, or one that was merged into it.
            entity: one entity, in place of a customer.
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
            entity=entity,
            entity_kinds=list(entity_kinds),
            oldest_first=oldest_first,
            page_size=_guard.number(page_size, "page_size", "int"),
        )
        return MessageIterator(_pages_by_token(lambda data: self._core.timeline(data), request), v1.TimelineEntry)

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

    def explain(self, record_id: str) -> v1.Explanation:
        """Says why a command came out as it did, also a refused one, and why each rule did not fire.

        For this the input of the command is made again, and decided again by the policy of then. Where that is not exactly
        possible, ``fidelity`` and the text say so, and the explanation shows what the record itself has.
        ``NotFoundError``: ``RECORD_NOT_FOUND``.
        """
        return load(self._core.explain(record_id), v1.Explanation)

    def explain_clock(
        self,
        case_id: str,
        metric: Union[v1.ServiceMetric, int],
        instance: int = 1,
        *,
        milestone: str = "",
        now: Optional[times.Instant] = None,
        time_zone: str = "",
        max_segments: int = 10_000,
    ) -> v1.ClockExplanation:
        """Says why a clock of a case is due when it is, or was: its stretches, what changed it, and the same in words.

        The stretches of kind ``COUNTED`` until ``until_time`` sum up to ``counted``. A clock that is over is explained by the
        events up to its end. ``differing_zones`` names time zones whose rules have changed since the target was chosen; the
        stretches are by those of today.

        Args:
            case_id: the case.
            metric: the metric: ``v1.SERVICE_METRIC_FIRST_REPLY``.
            instance: the number of the clock among those of its metric in this case.
            milestone: for ``SERVICE_METRIC_MILESTONE``, its name.
            now: for a clock that is not over, the instant until which its time is counted; None: the last instant of the case.
            time_zone: the IANA zone in which the texts show times; empty: that of the calendar of the target, or UTC without one.
            max_segments: the maximum number of stretches.

        Raises:
            InvalidArgumentError: ``ENTITY_REF_MALFORMED``.
            NotFoundError: ``ENTITY_NOT_FOUND``; ``CLOCK_NOT_FOUND``; ``CALENDAR_ZONE_UNKNOWN``;
                ``POLICY_NOT_KEPT`` when the store does not have the policy of a target.
            FailedPreconditionError: ``POLICY_FUNCTION_MISSING``, ``POLICY_NOT_USABLE``.
            LimitError: ``FIND_ROWS_TOO_MANY``; ``CALENDAR_SEGMENTS_TOO_MANY``.
        """
        instant = None if now is None else times.timestamp(now).SerializeToString()
        numbers = (_guard.number(metric, "metric", "v1.ServiceMetric"), _guard.number(instance, "instance", "int"))
        if max_segments < 0:
            raise ValueError("max_segments is negative")
        found = self._core.explain_clock(case_id, *numbers, milestone, instant, time_zone, max_segments)
        return load(found, v1.ClockExplanation)

    def compute_clocks(self, case_id: str) -> v1.Case:
        """The case with the clocks that follow from its other events and the policies of then, and from nothing that was kept of them.

        They are equal to ``clocks``, ``clock_totals`` and ``service_level_id`` of :meth:`get`, and to its list of ``ended_clocks``.
        It costs the history of the case, and of those merged into it.

        Raises:
            InvalidArgumentError: ``ENTITY_REF_MALFORMED`` for an id that is none.
            NotFoundError: ``ENTITY_NOT_FOUND``; ``POLICY_NOT_KEPT`` when the store does not have a policy of then.
            FailedPreconditionError: ``POLICY_FUNCTION_MISSING``, ``POLICY_NOT_USABLE``.
        """
        return load(self._core.compute_clocks(case_id), v1.Case)

    def decision_input_of(self, record_id: str, *, totals_of: Optional[Policy] = None) -> v1.RebuiltInput:
        """The decision input of a command that reached policy, made again from the log; :func:`frontdesk.decide` takes it.

        Args:
            record_id: the id of the journal record.
            totals_of: a policy whose totals the input has, as they were then, to decide by it; None: those of the policy of
                then.

        ``fidelity`` is ``FIDELITY_EXACT`` when it has the bytes that were decided on. It is ``FIDELITY_CHANGED`` when this
        version of the code makes another one: then ``changed_fields`` says which fields differ.

        Raises:
            NotFoundError: ``RECORD_NOT_FOUND``; ``POLICY_NOT_KEPT`` when the store does not have the policy of then.
            FailedPreconditionError: ``RECORD_WITHOUT_INPUT`` for a command that did not reach policy;
                ``POLICY_FUNCTION_MISSING`` when the policy of then calls functions that the reader does not have in that
                version; ``POLICY_NOT_USABLE`` when it does not compile any more.
        """
        policy = None if totals_of is None else totals_of._core
        return load(self._core.decision_input_of(record_id, policy), v1.RebuiltInput)

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

    def imports(self, *, after: str = "", page_size: int = 1000) -> Iterator[str]:
        """The names of the imports that have a row with a result, in their order, from behind the name `after`."""
        _guard.text(after, "after")
        return _names(self._core.list_imports, after, page_size)

    def pending_effects(self, *, after: int = 0, page_size: int = 1000) -> Iterator[PendingEffect]:
        """Effects in the outbox, in the order of the journal, from behind sequence `after`; dead letters are among them."""
        return _effects(self._core.pending_effects, after, page_size)

    def dead_letters(self, *, after: int = 0, page_size: int = 1000) -> Iterator[PendingEffect]:
        """Effects that are not claimed any more, in the same order: the most attempts were made, or a report says that they failed."""
        return _effects(self._core.dead_letters, after, page_size)

    def frames(self, *, after: int = 0, page_size: int = 10_000) -> Iterator[Frames]:
        """The tables of :meth:`to_frames`, as ``pandas.DataFrame``, for a piece of the log at a time. Needs pandas.

        A case or an order is in the piece with its first event, in its present state; the entries of an account are, too. So the
        rows of all pieces together are those of :meth:`to_frames`.

        Rows of imports have no place in the log. They are in pieces of their own, which come last, and only when it begins at the
        start: :meth:`import_rows` reads the rows of an import from behind a row.

        Args:
            after: the position behind which it begins, ``Frames.next`` of an earlier piece.
            page_size: the number of entries of the log, or of rows of imports, in a piece, 1 to 10,000.
        """
        from frontdesk.frames import pages

        return pages(self._core, after, page_size)

    def to_frames(self) -> Frames:
        """Cases, orders, entries of accounts, events, decisions, refusals and rows of imports, each as a ``pandas.DataFrame``. Needs pandas.

        Times are in UTC, to the nanosecond. Words of which there are few are categories. An amount is a float in units of its
        currency, and exact in a column ``…_minor``, in the smallest unit. An absent value is ``NaT``, ``NaN`` or ``NA``.
        """
        from frontdesk.frames import whole

        return whole(self._core)

    def __repr__(self) -> str:
        return f"<frontdesk.Reader{' closed' if self._open is None else ''}>"
