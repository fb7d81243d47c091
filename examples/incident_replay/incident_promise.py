"""Compares the clocks of the replayed cases with the log's own word on its promise: the column `made_sla`.

The policy promises when an incident is closed, by the milestone `closing`. The log clears its flag when an incident is
closed too late, and never sets it again. An incident that nothing explains is listed, by its reason.
"""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from typing import Dict, Final, List, Optional, Sequence, Tuple

import frontdesk
from frontdesk import times, v1
from incident_log import Row

CLOSING: Final = "closing"

# The reasons why the flag of an incident is not the clock's verdict.
NO_CLOCK: Final = "no clock; the log begins in the midst of its life, so the case is imported"
REOPENED: Final = "closed more than once; the clock measures the first closing"
CLOSED_ELSEWHERE: Final = "closed_at is not the time of the row that closed it"
MADE_LATE: Final = "made, although it was closed after the time that fits the others"
MISSED_EARLY: Final = "missed, although it was closed within the time that fits the others"
NOT_CLOSED: Final = "not closed by the replay, so the clock is still open"


@dataclass
class Promise:
    """The comparison over a log. Incidents whose last row has no flag do not count."""

    is_measured: bool  # Whether the policy has the milestone.
    incidents: int = 0
    equal: int = 0
    rows: int = 0
    rows_equal: int = 0
    row_others: "Counter[str]" = field(default_factory=Counter)  # Rows that are not equal, by incident.
    others: Dict[str, List[str]] = field(default_factory=dict)  # Numbers of the incidents, by reason.
    priorities: "Counter[Tuple[str, bool]]" = field(default_factory=Counter)  # Incidents by priority and flag.

    def note_row(self, row: Row, case: v1.Case) -> None:
        """Compares after one row; the case is as the replay left it. The flag falls at a closing, not when the time is out."""
        if row.made_sla is None or not self.is_measured:
            return
        self.rows += 1
        if row.made_sla != _ended_late(case):
            self.rows_equal += 1
        else:
            self.row_others[row.number] += 1

    def note_end(self, rows: Sequence[Row], case: v1.Case, now: datetime.datetime) -> None:
        """Compares after the last row of an incident."""
        made = rows[-1].made_sla
        if made is None or not self.is_measured:
            return
        self.incidents += 1
        self.priorities[rows[-1].priority, made] += 1
        late = _is_late(case, now)
        if late is not None and made != late:
            self.equal += 1
            return
        self.others.setdefault(_reason(rows, case, late), []).append(rows[-1].number)


def is_measured_by(policy: frontdesk.Policy) -> bool:
    return any(milestone.name == CLOSING for milestone in policy.pack.milestones)


def print_promise(promise: Promise) -> None:
    """Prints nothing for a log without the column, or for a policy without the milestone."""
    if not promise.incidents:
        return
    print(f"made_sla: {promise.equal} of {promise.incidents} equal")
    print(f"made_sla equals the row's: {promise.rows_equal} of {promise.rows} rows")
    if promise.row_others:
        print("  rows of " + ", ".join(f"{number} ({count})" for number, count in promise.row_others.items()))
    for reason, numbers in sorted(promise.others.items(), key=lambda item: (-len(item[1]), item[0])):
        print(f"  {len(numbers):6} {reason} ({', '.join(numbers)})")
    for priority in sorted({name for name, _ in promise.priorities}):
        made, missed = promise.priorities[priority, True], promise.priorities[priority, False]
        print(f"  {priority}: {made} made, {missed} missed")


def _total(case: v1.Case) -> Optional[v1.CaseClockTotal]:
    return next((total for total in case.clock_totals if total.milestone == CLOSING), None)


def _ended_late(case: v1.Case) -> bool:
    total = _total(case)
    return total is not None and total.met_late_count + total.stopped_late_count > 0


def _is_late(case: v1.Case, now: datetime.datetime) -> Optional[bool]:
    """Whether the promise was broken; nothing when the case has no clock for it."""
    if _total(case) is None:
        return None
    due = (times.to_datetime(c.due_time) for c in case.clocks if c.milestone == CLOSING and c.HasField("due_time"))
    return _ended_late(case) or any(end < now for end in due)


def _reason(rows: Sequence[Row], case: v1.Case, late: Optional[bool]) -> str:
    if late is None:
        return NO_CLOCK
    if any(clock.milestone == CLOSING for clock in case.clocks):
        return NOT_CLOSED
    if case.reopen_count:
        return REOPENED
    first = next((row for row in rows if row.state == rows[-1].state), rows[-1])
    if rows[-1].closed is not None and first.updated != rows[-1].closed:
        return CLOSED_ELSEWHERE
    return MADE_LATE if late else MISSED_EARLY
