"""The audit trail of an incident desk: one row for every update of an incident, with all of its fields as they were then.

The columns are those of the "Incident management process enriched event log" (UCI Machine Learning Repository, data set
498, https://archive.ics.uci.edu/dataset/498). Times are D/M/YYYY HH:MM. They are read as UTC here; `?` marks a value
that is not given. A log need not have the columns `made_sla` and `closed_at`.
"""

import csv
import datetime
import pathlib
import re
from dataclasses import dataclass
from typing import Dict, Final, List, Mapping, Optional

NOT_TOLD: Final = "?"
COLUMNS: Final = (
    "number", "incident_state", "reassignment_count", "reopen_count", "caller_id", "opened_at", "sys_updated_by",
    "sys_updated_at", "category", "subcategory", "u_symptom", "impact", "urgency", "priority", "assignment_group",
    "assigned_to", "closed_code",
)
MOST_PROBLEMS: Final = 100
MOST_FIELD_CHARACTERS: Final = 1000
MOST_COUNT: Final = 1_000_000


@dataclass(frozen=True)
class Row:
    """One update."""

    line: int  # Of the file, from 1.
    number: str
    state: str
    reassignment_count: int
    reopen_count: int
    caller: str
    opened: datetime.datetime
    updated: datetime.datetime
    updated_by: str
    words: List[str]  # Category, subcategory and symptom, as far as they are given.
    impact: int  # 0: not given. So with urgency.
    urgency: int
    priority: str
    group: str
    assignee: str
    closed_code: str
    closed: Optional[datetime.datetime]  # As the row says. None: not given. So with made_sla.
    made_sla: Optional[bool]


class LogProblems(Exception):
    """The problems of a log, one line each."""

    def __init__(self, lines: List[str]) -> None:
        super().__init__(f"{len(lines)} problems")
        self.lines = lines


class _Reader:
    """Reads the fields of one row and keeps the problems in them."""

    def __init__(self, file: str, problems: List[str]) -> None:
        self._file = file
        self._problems = problems
        self._line = 0
        self._fields: Mapping[str, Optional[str]] = {}

    def row(self, line: int, fields: Mapping[str, Optional[str]]) -> Optional[Row]:
        self._line, self._fields = line, fields
        before = len(self._problems)
        row = Row(
            line=line,
            number=self._text("number", required=True),
            state=self._text("incident_state", required=True),
            reassignment_count=self._count("reassignment_count"),
            reopen_count=self._count("reopen_count"),
            caller=self._text("caller_id"),
            opened=self._time("opened_at"),
            updated=self._time("sys_updated_at"),
            updated_by=self._text("sys_updated_by"),
            words=[word for word in map(self._text, ("category", "subcategory", "u_symptom")) if word != NOT_TOLD],
            impact=self._level("impact"),
            urgency=self._level("urgency"),
            priority=self._text("priority"),
            group=self._text("assignment_group"),
            assignee=self._text("assigned_to"),
            closed_code=self._text("closed_code"),
            closed=None if self._text("closed_at") == NOT_TOLD else self._time("closed_at"),
            made_sla=self._flag("made_sla"),
        )
        return row if len(self._problems) == before else None

    def _add(self, column: str, text: str) -> None:
        self._problems.append(f"{self._file}:{self._line}: {column}: {text}")

    def _text(self, column: str, required: bool = False) -> str:
        text = (self._fields.get(column) or "").strip()
        if len(text) > MOST_FIELD_CHARACTERS:
            self._add(column, f"has more than {MOST_FIELD_CHARACTERS} characters")
        elif required and text in ("", NOT_TOLD):
            self._add(column, "has to be told")
        return text or NOT_TOLD

    def _count(self, column: str) -> int:
        text = self._text(column)
        if not re.fullmatch("[0-9]{1,7}", text) or int(text) > MOST_COUNT:
            self._add(column, f"is no whole number from 0 to {MOST_COUNT}")
            return 0
        return int(text)

    def _time(self, column: str) -> datetime.datetime:
        found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}) ([0-9]{1,2}):([0-9]{2})", self._text(column))
        try:
            if found:
                day, month, year, hour, minute = map(int, found.groups())
                return datetime.datetime(year, month, day, hour, minute, tzinfo=datetime.timezone.utc)
        except ValueError:
            pass
        self._add(column, "is no time such as 29/2/2016 01:23")
        return datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)

    def _flag(self, column: str) -> Optional[bool]:
        text = self._text(column).lower()
        if text not in ("true", "false", NOT_TOLD):
            self._add(column, "is neither true nor false")
        return None if text == NOT_TOLD else text == "true"

    def _level(self, column: str) -> int:
        """The number of a level such as "2 - Medium"; 0 when it is not given."""
        text = self._text(column)
        found = re.fullmatch("([0-9]{1,3}) - .*", text)
        if found is None and text != NOT_TOLD:
            self._add(column, 'is no level such as "2 - Medium"')
        return int(found.group(1)) if found else 0


def read_log(path: pathlib.Path) -> Dict[str, List[Row]]:
    """The rows of every incident, incidents and rows in the order of the file.

    Raises:
        OSError: the file cannot be read.
        LogProblems: it is not such a log, or some rows cannot be read.
    """
    problems: List[str] = []
    incidents: Dict[str, List[Row]] = {}
    reader = _Reader(str(path), problems)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file, strict=True)
            missing = [name for name in COLUMNS if name not in (table.fieldnames or ())]
            if missing:
                raise LogProblems([f"{path}:1: has no column {name}" for name in missing])
            for fields in table:
                row = reader.row(table.line_num, fields)
                if row is not None:
                    incidents.setdefault(row.number, []).append(row)
                if len(problems) >= MOST_PROBLEMS:
                    break
    except UnicodeDecodeError:
        problems.append(f"{path}: is not UTF-8")
    except csv.Error as error:
        problems.append(f"{path}: is no CSV: {error}")
    if problems:
        raise LogProblems(problems)
    return incidents
