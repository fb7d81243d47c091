"""The service requests of a city: one row for each, with the times at which it was opened, due and closed.

The columns are those of the 311 service requests of the City of Boston (https://data.boston.gov/dataset/311-service-requests).
Times are local, MM/DD/YYYY HH:MM:SS AM. An empty field is a value that is not given.
"""

import csv
import datetime
import pathlib
import zoneinfo
from dataclasses import dataclass
from typing import Final, List, Mapping, Optional, Set, Tuple

ZONE: Final = zoneinfo.ZoneInfo("America/New_York")
COLUMNS: Final = (
    "CASE_ENQUIRY_ID", "OPEN_DT", "TARGET_DT", "CLOSED_DT", "OnTime_Status", "CASE_TITLE", "TYPE", "QUEUE", "Source",
)
MOST_FIELD_CHARACTERS: Final = 1000
HALF_A_MINUTE: Final = datetime.timedelta(seconds=30)


@dataclass(frozen=True)
class Request:
    """One request."""

    line: int  # Of the file, from 1.
    number: str
    opened: datetime.datetime
    due: Optional[datetime.datetime]  # The city's own due time.
    closed: Optional[datetime.datetime]
    is_late: Optional[bool]  # By the city's own flag; None: it has none.
    title: str
    type: str
    queue: str
    channel: str


class FileProblem(Exception):
    """A file that is not such a file."""


class _Reader:
    """Reads the fields of one row and keeps the problems in them."""

    def __init__(self, file: str, problems: List[str]) -> None:
        self._file = file
        self._problems = problems
        self._line = 0
        self._fields: Mapping[str, Optional[str]] = {}
        self._numbers: Set[str] = set()

    def row(self, line: int, fields: Mapping[str, Optional[str]]) -> Optional[Request]:
        self._line, self._fields = line, fields
        before = len(self._problems)
        number = self._text("CASE_ENQUIRY_ID", required=True)
        if number and number in self._numbers:
            self._add("CASE_ENQUIRY_ID", "is that of an earlier row")
        self._numbers.add(number)
        opened = self._time("OPEN_DT", required=True)
        request_type = self._text("TYPE", required=True)
        due, closed, is_late = self._time("TARGET_DT"), self._time("CLOSED_DT"), self._flag()
        title, queue, channel = self._text("CASE_TITLE"), self._text("QUEUE"), self._text("Source")
        if len(self._problems) > before or opened is None:
            return None
        return Request(line, number, to_middle(opened), due, closed, is_late, title, request_type, queue, channel)

    def _add(self, column: str, text: str) -> None:
        self._problems.append(f"{self._file}:{self._line}: {column}: {text}")

    def _text(self, column: str, required: bool = False) -> str:
        text = (self._fields.get(column) or "").strip()
        if len(text) > MOST_FIELD_CHARACTERS:
            self._add(column, f"has more than {MOST_FIELD_CHARACTERS} characters")
        elif required and not text:
            self._add(column, "is required")
        return text

    def _time(self, column: str, required: bool = False) -> Optional[datetime.datetime]:
        text = self._text(column, required)
        if not text:
            return None
        try:
            return datetime.datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=ZONE)
        except ValueError:
            self._add(column, "is no time such as 02/29/2016 01:23:45 PM")
            return None

    def _flag(self) -> Optional[bool]:
        text = self._text("OnTime_Status")
        if text not in ("", "ONTIME", "OVERDUE"):
            self._add("OnTime_Status", "is ONTIME, OVERDUE or empty")
        return text == "OVERDUE" if text else None


def to_middle(opened: datetime.datetime) -> datetime.datetime:
    """The middle of its minute for an opening without seconds: the city publishes many openings to the minute only, while the due time
    follows from the second."""
    return opened + HALF_A_MINUTE if opened.second == 0 else opened


def read_requests(path: pathlib.Path) -> Tuple[List[Request], List[str]]:
    """The requests in the order in which they were opened, and the problems of the rows that are left out, one line each. Bytes that are
    no UTF-8 become question marks.

    Raises:
        OSError: the file cannot be read.
        FileProblem: it is not such a file.
    """
    problems: List[str] = []
    requests: List[Request] = []
    reader = _Reader(str(path), problems)
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            table = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (table.fieldnames or ())]
            if missing:
                raise FileProblem(f"{path}:1: has no column {', '.join(missing)}")
            for fields in table:
                request = reader.row(table.line_num, fields)
                if request is not None:
                    requests.append(request)
    except csv.Error as error:
        raise FileProblem(f"{path}: is no CSV: {error}") from None
    return sorted(requests, key=lambda request: (request.opened.timestamp(), request.line)), problems
