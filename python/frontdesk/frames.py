"""A desk as ``pandas.DataFrame``: :meth:`frontdesk.Reader.to_frames` and :meth:`frontdesk.Reader.frames`. Needs pandas.

The columns of each table are listed in ``docs/frames.md``.

>>> import frontdesk
>>> policy = frontdesk.Policy.from_text(
...     'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }')
>>> frames = frontdesk.Desk.open(policy).to_frames()
>>> list(frames.events["event"])
['PolicyActivated']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Iterator, List, NamedTuple, Tuple

import numpy
import pandas

from frontdesk import money

if TYPE_CHECKING:
    from frontdesk import _core

__all__ = ["Frames"]

# The types of columns: frontdesk/report/frames.h.
_TEXT, _CATEGORY, _TIME, _INTEGER, _AMOUNT = range(5)
_ABSENT = numpy.iinfo(numpy.int64).min
_MOST_ENTRIES = 10_000
# A table as the core gives it: its name, the number of its rows, and columns (name, type, numbers, texts, labels).
_Frame = Tuple[str, int, List[Tuple[str, int, bytes, List[str], List[str]]]]


class Frames(NamedTuple):
    """The tables of a desk, or of a piece of its log."""

    cases: Any
    """A row for each case, in its present state."""
    orders: Any
    """A row for each order, in its present state."""
    entries: Any
    """A row for each entry of a stored-value account."""
    events: Any
    """A row for each event, in the order of the log."""
    decisions: Any
    """A row for each command that reached policy."""
    refusals: Any
    """A row for each reason against such a command."""
    imports: Any
    """A row for each row of an import."""
    next: int
    """The position of the last entry of the log in it."""


class _Column:
    """A column that grows by pieces."""

    def __init__(self, name: str, kind: int) -> None:
        self.name = name
        self.kind = kind
        self.numbers: List[Any] = []
        self.texts: List[str] = []
        self.labels: Dict[str, int] = {}

    def add(self, numbers: bytes, texts: List[str], labels: List[str]) -> None:
        if self.kind == _TEXT:
            self.texts += texts
            return
        values = numpy.frombuffer(numbers, dtype=numpy.int64)
        if self.kind == _CATEGORY:
            # Labels have other places in each piece; -1, which is absent, is the last of these.
            places = [self.labels.setdefault(label, len(self.labels)) for label in labels]
            values = numpy.array(places + [-1], dtype=numpy.int64)[values]
        self.numbers.append(values)

    def values(self) -> Any:
        return numpy.concatenate(self.numbers) if self.numbers else numpy.empty(0, dtype=numpy.int64)


def _whole_numbers(values: Any) -> Any:
    """Numbers, some of which may be absent."""
    absent = values == _ABSENT
    return pandas.array(numpy.where(absent, 0, values), dtype="Int64") if not absent.any() else pandas.arrays.IntegerArray(
        numpy.where(absent, 0, values), absent)


def _units(values: Any, codes: Any, labels: Dict[str, int]) -> Any:
    """Amounts in units of their currencies."""
    factors = [10.0 ** money.currency_exponent(label) for label in labels]
    # Where there is no currency, there is no amount.
    divisors = numpy.array(factors + [1.0])[codes]
    return numpy.where(values == _ABSENT, numpy.nan, values / divisors)


def _frame(columns: List[_Column]) -> Any:
    by_name = {column.name: column for column in columns}
    made: Dict[str, Any] = {}
    for column in columns:
        if column.kind == _TEXT:
            made[column.name] = pandas.Series(numpy.array([text or None for text in column.texts], dtype=object), dtype=object)
            continue
        values = column.values()
        if column.kind == _CATEGORY:
            made[column.name] = pandas.Categorical.from_codes(values, list(column.labels))
        elif column.kind == _TIME:
            # The number of an absent time is that of NaT.
            made[column.name] = pandas.DatetimeIndex(values.view("datetime64[ns]"), tz="UTC")
        elif column.kind == _AMOUNT:
            currency = by_name["currency"]
            made[column.name] = _units(values, currency.values(), currency.labels)
            made[f"{column.name}_minor"] = _whole_numbers(values)
        else:
            made[column.name] = _whole_numbers(values) if (values == _ABSENT).any() else values
    return pandas.DataFrame(made)


class _Tables:
    """All tables, which grow by pieces of the log."""

    def __init__(self) -> None:
        self.tables: Dict[str, List[_Column]] = {}

    def add(self, frames: List[_Frame]) -> None:
        for name, _, columns in frames:
            table = self.tables.setdefault(name, [_Column(column, kind) for column, kind, *_ in columns])
            for column, (_, _, numbers, texts, labels) in zip(table, columns):
                column.add(numbers, texts, labels)

    def take(self, position: int) -> Frames:
        return Frames(**{name: _frame(columns) for name, columns in self.tables.items()}, next=position)


def _emptied(frames: List[_Frame]) -> List[_Frame]:
    """The same columns without rows."""
    return [(name, 0, [(column, kind, b"", [], []) for column, kind, *_ in columns]) for name, _, columns in frames]


def _import_frames(core: "_core.Reader", page_size: int) -> Iterator[_Frame]:
    """The rows of all imports, in pieces; at least one, which may have no rows."""
    place = ("", 0)
    while True:
        frame, following = core.read_import_frame(*place, page_size)
        if following != place or not place[0]:
            yield frame
        if following == place:
            return
        place = following


def pages(core: "_core.Reader", after: int, page_size: int) -> Iterator[Frames]:
    """See Desk.frames."""
    has_imports = after <= 0
    no_imports = _emptied([core.read_import_frame("", 0, 1)[0]])
    while True:
        frames, position = core.read_frames(after, page_size)
        if position == after:
            break
        tables = _Tables()
        tables.add(frames + no_imports)
        after = position
        yield tables.take(position)
    if not has_imports:
        return
    for frame in _import_frames(core, page_size):
        if frame[1]:
            tables = _Tables()
            tables.add(frames + [frame])
            yield tables.take(after)


def whole(core: "_core.Reader") -> Frames:
    """See Desk.to_frames."""
    tables = _Tables()
    position = 0
    while True:
        frames, following = core.read_frames(position, _MOST_ENTRIES)
        # The first piece names the columns, also of an empty desk.
        if following != position or not tables.tables:
            tables.add(frames)
        if following == position:
            break
        position = following
    for frame in _import_frames(core, _MOST_ENTRIES):
        tables.add([frame])
    return tables.take(position)
