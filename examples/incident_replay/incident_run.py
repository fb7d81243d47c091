"""Carries the rows of an audit trail out as commands on cases, and keeps what came of each.

Nothing is forced. Where a row says that an incident went a way that the lifecycle of cases does not have, the command
is refused. The refusal is kept by its reason. Nothing is copied that follows from something else: the priority is
always the one that the policy's matrix gives.
"""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Dict, Final, List, Optional, Sequence

import frontdesk
from frontdesk import v1
from incident_log import NOT_TOLD, Row
from incident_promise import Promise, is_measured_by
from shop_digest import MessageDigest

PRIORITY_NAMES: Final = {1: "1 - Critical", 2: "2 - High", 3: "3 - Moderate", 4: "4 - Low", 5: "5 - Planning"}
NOT_TOLD_CODE: Final = "not told"
CANCELED_WORDS: Final = ("Canceled", "Cancelled")  # Known also when the policy does not list them.
CELL_MISSING: Final = ("CASE_OPEN_CELL_MISSING", "CASE_PRIORITIZE_CELL_MISSING")
MOST_HOPS: Final = 100  # Hand-overs, and reopenings, between two rows that are replayed one by one.

# The problems that a row can have beside refusals.
STATE_NOT_IN_POLICY: Final = "STATE_NOT_IN_POLICY"  # The row's state is no name of the policy's; the case stays in its own.
NOTHING_LEADS_TO_NEW: Final = "NOTHING_LEADS_TO_NEW"  # It goes back to a state in which nobody has worked on it.
COUNT_RAN_BACK: Final = "COUNT_RAN_BACK"  # It was reassigned or reopened less often than before.

# The values that are read otherwise than the row says.
TIME_RAN_BACK: Final = "the row is older than the one before and taken at its time"
SAME_GROUP: Final = "a hand-over is counted after which the group is the same; to its queue, or another of its queues"
REOPENED_BETWEEN: Final = "a reopening is counted that no row shows; reopened, and resolved where needed, between the rows"

_WAITING: Final = (v1.Case.STATE_WAITING_ON_CUSTOMER, v1.Case.STATE_WAITING_ON_THIRD_PARTY)
_OVER: Final = (v1.Case.STATE_RESOLVED, v1.Case.STATE_CLOSED, v1.Case.STATE_CANCELED)
# Where nothing more can be said of a case: when the log begins there, it is taken over in a state that leads there.
_TAKEN_OVER_AS: Final = {v1.Case.STATE_CLOSED: v1.Case.STATE_RESOLVED, v1.Case.STATE_CANCELED: v1.Case.STATE_OPEN}


@dataclass
class Tally:
    """Counts things by name, with the places where each was seen."""

    counts: "Counter[str]" = field(default_factory=Counter)
    places: Dict[str, List[str]] = field(default_factory=dict)

    def add(self, name: str, row: Row) -> None:
        self.counts[name] += 1
        self.places.setdefault(name, []).append(f"{row.number} line {row.line}")


@dataclass
class Incident:
    """The results of one incident."""

    number: str
    priority: str
    final_state: str
    reopen_count: int
    reassignment_count: int


@dataclass
class Totals:
    """The results of all rows."""

    rows: int = 0
    changed: int = 0  # Rows of which every command was done,
    unchanged: int = 0  # that changed nothing that is replayed,
    refused: int = 0  # that were refused or impossible, at least in part.
    priority_equal: int = 0  # Rows whose priority is the one derived.
    state_equal: int = 0  # Rows whose state, group and person are the case's after them.
    group_equal: int = 0
    assignee_equal: int = 0
    final_equal: int = 0  # Incidents that end in the state of their last row,
    reopens_equal: int = 0  # were reopened as often as it says,
    reassignments_equal: int = 0  # and reassigned as often.
    done_by_verb: "Counter[str]" = field(default_factory=Counter)
    refused_by_verb: "Counter[str]" = field(default_factory=Counter)
    refusals: Tally = field(default_factory=Tally)
    notes: Tally = field(default_factory=Tally)
    differences: Tally = field(default_factory=Tally)


class Replay:
    """Replays incidents on one desk. The policy's state names say which state of the log is of which category."""

    def __init__(self, policy: frontdesk.Policy, store: Optional[frontdesk.Store] = None) -> None:
        self._desk = frontdesk.Desk.open(policy, store)
        self._digest = MessageDigest()
        self._categories: Dict[str, int] = dict.fromkeys(CANCELED_WORDS, v1.Case.STATE_CANCELED)
        self._categories.update((name.name, name.state) for name in policy.pack.cases.state_names)
        self.totals = Totals()
        self.promise = Promise(is_measured_by(policy))
        # Of the incident at hand:
        self._case = v1.Case()
        self._now = datetime.datetime.min.replace(tzinfo=datetime.timezone.utc)
        self._done = 0
        self._amiss = 0
        self._queues = 0  # Queues of a group beside its first.
        self._names = {name.name for name in policy.pack.cases.state_names}
        self._words: Dict[int, str] = {}  # By which the log called a state that has no name in the case.
        self._is_state_known = False  # Whether any row so far had a state that is known.
        self._outside = (0, 0)  # Impact and urgency for which the matrix has no cell, as last reported.

    @property
    def digest(self) -> str:
        """That of all outcomes so far, in order."""
        return self._digest.text()

    def run(self, rows: Sequence[Row]) -> Incident:
        """Replays one incident."""
        self._case = v1.Case()
        self._queues = 0
        self._words = {}
        self._is_state_known = False
        self._outside = (0, 0)
        self._now = min(rows[0].opened, rows[0].updated)
        before: Optional[Row] = None
        for row in rows:
            self._done = self._amiss = 0
            if before is None:
                self._begin(row)
            self._follow(row, before)
            self._account(row)
            self.promise.note_row(row, self._case)
            before = row
        self.promise.note_end(rows, self._case, self._now)
        return self._end(rows[-1])

    # ---- Commands

    def _ask(self, row: Row, verb: Any) -> v1.Outcome:
        """Asks for a verb; counts what came of it."""
        by = row.updated_by
        actor = frontdesk.actor(by) if by != NOT_TOLD else frontdesk.actor("log", frontdesk.ActorKind.SYSTEM)
        outcome = self._desk.execute(frontdesk.command(verb, actor=actor, now=self._now))
        self._digest.add(outcome)
        name = type(verb).__name__
        if outcome.verdict == frontdesk.Verdict.DONE:
            self.totals.done_by_verb[name] += 1
            self._done += 1
            self._case = self._desk.get(frontdesk.entity_ref(frontdesk.EntityKind.CASE, row.number)).case
        else:
            self.totals.refused_by_verb[name] += 1
            self._note_amiss(row, outcome.refusals[0].reason)
        return outcome

    def _note_amiss(self, row: Row, reason: str) -> None:
        self.totals.refusals.add(reason, row)
        self._amiss += 1

    def _begin(self, row: Row) -> None:
        """Opens the case; or imports it, when the log begins in the midst of its life. An import has no impact, urgency
        and priority: these are reported as for any other row."""
        category = self._categories.get(row.state, v1.Case.STATE_NEW)
        if row.reopen_count or row.reassignment_count or category == v1.Case.STATE_CLOSED:
            self._take_over(row, category)
            return
        verb = v1.OpenCase(
            case_id=row.number,
            kind=v1.Case.KIND_TROUBLE,
            subject=self._subject(row),
            customer_id=self._customer_id(row),
            queue_id=row.group,
            impact=row.impact,
            urgency=row.urgency,
            external_ids=[v1.ExternalId(system="incident_log", id=row.number)],
        )
        opened = self._ask(row, verb)
        if opened.refusals and opened.refusals[0].reason in CELL_MISSING:
            self._outside = (row.impact, row.urgency)
            verb.impact = verb.urgency = 0
            self._ask(row, verb)

    def _take_over(self, row: Row, category: int) -> None:
        state = _TAKEN_OVER_AS.get(category, category)  # type: ignore[call-overload]
        case = v1.Case(
            case_id=row.number,
            kind=v1.Case.KIND_TROUBLE,
            subject=self._subject(row),
            customer_id=self._customer_id(row),
            queue_id=row.group,
            assignee_id=self._person(row),
            external_ids=[v1.ExternalId(system="incident_log", id=row.number)],
            state=state,
            state_name=self._name(row) if state == category else "",
            reopen_count=row.reopen_count,
            reassignment_count=row.reassignment_count,
            tags=dict.fromkeys(row.words),
        )
        case.open_time.FromDatetime(self._now)
        source = v1.ImportSource(system="incident_log")
        source.as_of_time.FromDatetime(row.updated)
        self._set_now(row)
        self._ask(row, v1.ImportCase(case=case, source=source))

    def _subject(self, row: Row) -> str:
        return row.words[-1] if row.words else row.number

    def _customer_id(self, row: Row) -> str:
        return "" if row.caller == NOT_TOLD else row.caller

    def _person(self, row: Row) -> str:
        return "" if row.assignee == NOT_TOLD else row.assignee

    def _name(self, row: Row) -> str:
        """The row's state as a name of the case's state; empty when the policy does not list it."""
        return row.state if row.state in self._names else ""

    def _set_now(self, row: Row) -> None:
        if row.updated < self._now:
            self.totals.notes.add(TIME_RAN_BACK, row)
        self._now = max(self._now, row.updated)

    def _follow(self, row: Row, before: Optional[Row]) -> None:
        """Takes the case to where the row says it is: awake, sorted, given to somebody, in its state."""
        self._set_now(row)
        target = self._categories.get(row.state)
        if target is None:
            self._note_amiss(row, STATE_NOT_IN_POLICY)
        else:
            self._is_state_known = True
            self._reopen(row, target)
        if before is not None and row.reopen_count < before.reopen_count:
            self._note_amiss(row, COUNT_RAN_BACK)
        self._sort(row)
        if target == v1.Case.STATE_OPEN:
            self._open(row)
        self._hand_over(row, before)
        if target is not None:
            self._enter(row, target)

    def _reopen(self, row: Row, target: int) -> None:
        """Reopens the case when it was over and is not any more, and as often as the row counts. No row shows the
        events between this one and the one before."""
        shown = int(target not in _OVER and self._case.state in _OVER)
        counted = row.reopen_count - self._case.reopen_count
        if target == v1.Case.STATE_NEW or counted > MOST_HOPS:  # It would be new no more; or is hardly meant.
            counted = 0
        name = row.state if target == v1.Case.STATE_OPEN else ""
        for number in range(max(shown, counted)):
            if self._case.state not in _OVER:
                self._resolve(row)
            reopened = self._ask(row, v1.ReopenCase(case_id=row.number, state_name=name))
            if reopened.verdict != frontdesk.Verdict.DONE:
                return
            if number >= shown:
                self.totals.notes.add(REOPENED_BETWEEN, row)
        if counted > 0 and target == v1.Case.STATE_CLOSED:
            self._resolve(row)

    def _sort(self, row: Row) -> None:
        """Its words, and how much it hurts and how soon it matters."""
        add = [word for word in dict.fromkeys(row.words) if word not in self._case.tags]
        remove = [word for word in self._case.tags if word not in row.words]
        if add or remove:
            self._ask(row, v1.ClassifyCase(case_id=row.number, add_tags=add, remove_tags=remove))
        levels = (row.impact or self._case.impact, row.urgency or self._case.urgency)
        if levels == (self._case.impact, self._case.urgency):
            self._outside = (0, 0)
        elif levels != self._outside:  # Else it was refused already, and the row says nothing new.
            asked = self._ask(row, v1.PrioritizeCase(case_id=row.number, impact=row.impact, urgency=row.urgency))
            is_outside = bool(asked.refusals) and asked.refusals[0].reason in CELL_MISSING
            self._outside = levels if is_outside else (0, 0)

    def _hand_over(self, row: Row, before: Optional[Row]) -> None:
        """Gives the case to the row's group and person; its state stays. The log counts every change of the group, and some
        hand-overs after which it shows the same group. The case then returns to the group's queue or, when nobody has it, to
        another queue of that group."""
        assignee = self._person(row)
        moved = before is not None and row.group != before.group
        hops = row.reassignment_count - before.reassignment_count if before is not None else 0
        if hops < 0:
            self._note_amiss(row, COUNT_RAN_BACK)
        for _ in range(min(hops, MOST_HOPS) - moved):
            self.totals.notes.add(SAME_GROUP, row)
            if self._case.assignee_id:
                to = self._case.queue_id
                self._ask(row, v1.TransferCase(case_id=row.number, kind=v1.TransferCase.KIND_COLD, queue_id=to))
            else:
                self._queues += 1
                self._ask(row, v1.AssignCase(case_id=row.number, queue_id=f"{self._case.queue_id} ({self._queues})"))
        queue = row.group if moved else self._case.queue_id
        if self._case.state in (v1.Case.STATE_CLOSED, v1.Case.STATE_CANCELED):
            return  # Nobody works on it any more; what the row says otherwise is counted.
        if queue != self._case.queue_id or assignee != self._case.assignee_id:
            verb = v1.AssignCase(case_id=row.number, assignee_id=assignee, queue_id=queue, keeps_state=True)
            self._ask(row, verb)

    def _open(self, row: Row) -> None:
        if self._case.state == v1.Case.STATE_OPEN:
            if self._case.state_name != row.state:
                self._ask(row, v1.NameCaseState(case_id=row.number, state_name=row.state))
        elif self._case.state == v1.Case.STATE_NEW or self._case.state in _WAITING:
            self._ask(row, v1.ResumeCase(case_id=row.number, state_name=row.state))

    def _enter(self, row: Row, target: int) -> None:
        """Takes the case to a state other than open."""
        case = self._case
        if target == v1.Case.STATE_NEW and case.state != v1.Case.STATE_NEW:
            self._note_amiss(row, NOTHING_LEADS_TO_NEW)
        elif target in _WAITING and (case.state, case.state_name) != (target, row.state):
            self._ask(row, v1.PauseCase(case_id=row.number, state=target, state_name=row.state))  # type: ignore[arg-type]
        elif target == v1.Case.STATE_RESOLVED and case.state != target:
            self._resolve(row)
        elif target == v1.Case.STATE_CLOSED and case.state != target:
            # The log closes some without a row in which they were resolved.
            reason = "" if case.state == v1.Case.STATE_RESOLVED else self._closed_code(row)
            self._ask(row, v1.CloseCase(case_id=row.number, reason=reason, state_name=self._name(row)))
        elif target == v1.Case.STATE_CANCELED and case.state != target:
            verb = v1.CancelCase(case_id=row.number, reason=self._closed_code(row), state_name=self._name(row))
            self._ask(row, verb)
        if self._case.state == target:
            self._words[target] = row.state

    def _resolve(self, row: Row) -> None:
        name = self._name(row) if self._categories.get(row.state) == v1.Case.STATE_RESOLVED else ""
        self._ask(row, v1.ResolveCase(case_id=row.number, code=self._closed_code(row), state_name=name))

    def _closed_code(self, row: Row) -> str:
        return NOT_TOLD_CODE if row.closed_code == NOT_TOLD else row.closed_code

    # ---- What came of it

    def _state(self) -> str:
        """The log's name of the case's state; empty while no row had a state that is known."""
        if not self._is_state_known:
            return NOT_TOLD
        names = (name for name, category in self._categories.items() if category == self._case.state)
        return self._case.state_name or self._words.get(self._case.state, "") or next(names, NOT_TOLD)

    def _account(self, row: Row) -> None:
        totals = self.totals
        totals.rows += 1
        if self._amiss:
            totals.refused += 1
        elif self._done:
            totals.changed += 1
        else:
            totals.unchanged += 1
        same_priority = PRIORITY_NAMES.get(self._case.priority, NOT_TOLD) == row.priority
        totals.priority_equal += same_priority
        if not same_priority:
            totals.differences.add("priority", row)
        totals.state_equal += self._state() == row.state
        # Another queue of a group is "group (1)".
        same_group = self._case.queue_id.split(" (")[0] == row.group.split(" (")[0]
        totals.group_equal += same_group
        if not same_group:
            totals.differences.add("group", row)
        same_assignee = self._case.assignee_id == self._person(row)
        totals.assignee_equal += same_assignee
        if not same_assignee:
            totals.differences.add("assignee", row)

    def _end(self, last: Row) -> Incident:
        incident = Incident(
            number=last.number,
            priority=PRIORITY_NAMES.get(self._case.priority, NOT_TOLD),
            final_state=self._state(),
            reopen_count=self._case.reopen_count,
            reassignment_count=self._case.reassignment_count,
        )
        for name, equal in (
            ("final state", incident.final_state == last.state),
            ("reopen count", incident.reopen_count == last.reopen_count),
            ("reassignment count", incident.reassignment_count == last.reassignment_count),
        ):
            if not equal:
                self.totals.differences.add(name, last)
        self.totals.final_equal += incident.final_state == last.state
        self.totals.reopens_equal += incident.reopen_count == last.reopen_count
        self.totals.reassignments_equal += incident.reassignment_count == last.reassignment_count
        return incident
