"""Business time: when something is open, and arithmetic in open time.

>>> import datetime, zoneinfo
>>> from frontdesk import Calendar
>>> office = Calendar.from_text('''
...     calendar_id: "office" time_zone: "Europe/Berlin"
...     weekly_hours {
...       days: [DAY_OF_WEEK_MONDAY, DAY_OF_WEEK_TUESDAY, DAY_OF_WEEK_WEDNESDAY, DAY_OF_WEEK_THURSDAY, DAY_OF_WEEK_FRIDAY]
...       intervals { open: "09:00" close: "17:00" }
...     }
...     exceptions { kind: KIND_HOLIDAY date: "2026-12-25" name: "Christmas Day" }
... ''')
>>> eve = datetime.datetime(2026, 12, 24, 16, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
>>> str(office.add(eve, datetime.timedelta(hours=1)))
'2026-12-28 09:30:00+01:00'
>>> [(str(each.end - each.start), each.is_open, each.name) for each in office.segments(eve, eve + datetime.timedelta(days=2))]
[('0:30:00', True, ''), ('7:00:00', False, ''), ('1 day, 0:00:00', False, 'Christmas Day'), ('16:30:00', False, '')]

The comments of :class:`frontdesk.v1.Calendar` say what each field means. Instants are aware datetimes, or ``Timestamp`` messages where
nanoseconds count; a result is of the same kind, and a datetime is in the time zone of the argument. The methods also take columns:
arrays of ``numpy.datetime64``, which are in UTC, and ``pandas`` Series and indexes with a time zone. Then the result is a column too.
"""

from __future__ import annotations

import datetime
import sys
from typing import NamedTuple

from google.protobuf import duration_pb2
from google.protobuf import text_format
from google.protobuf import timestamp_pb2

from frontdesk import _core
from frontdesk import _guard
from frontdesk import times
from frontdesk import v1
from frontdesk._bridge import dump, limits_dict, load_all
from frontdesk._limits import CalendarLimits, HolidayLimits
from frontdesk.enums import CalendarCombinationOperation, CalendarExceptionKind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Tuple, Union, overload
else:

    def overload(function: object) -> object:
        return function


__all__ = [
    "Calendar",
    "CalendarLimits",
    "HolidayLimits",
    "Segment",
    "has_icalendar_library",
    "holidays_from_icalendar",
    "holidays_from_json",
]


class Segment(NamedTuple):
    """A stretch of time that is open, or closed, for one cause."""

    start: datetime.datetime
    """The first instant, rounded down to the microsecond."""
    end: datetime.datetime
    """The first instant after it."""
    is_open: bool
    """Whether the calendar is open."""
    kind: Optional[CalendarExceptionKind]
    """The kind of the exception that decides it; None: the weekly hours do."""
    name: str
    """The name of the exception."""


def _zone_data(zones: Optional[Mapping[str, bytes]], names: Iterable[str]) -> Optional[Dict[str, bytes]]:
    """The data of the zones that are needed; None: the files of the system."""
    if zones is None:
        return None
    return {name: bytes(zones[name]) for name in set(names) if name in zones}


class Calendar:
    """A compiled calendar. Immutable, safe to use from many threads.

    Made by :meth:`from_message`, :meth:`from_text` or :meth:`compile_all`. Common arguments:

        zones: the TZif data (RFC 9636) of time zones by name; None: the files of the system, in ``/usr/share/zoneinfo``.
        limits: how large calendars may be; None: the defaults of :class:`CalendarLimits`.

    Calendars combine as sets of instants: ``a | b`` is open when one of them is, ``a & b`` when both are, ``a - b`` when `a` is and `b` is
    not. Business days are then those of the zone of `a`.
    """

    __slots__ = ("_compiled",)
    _compiled: _core.Calendar

    def __init__(self) -> None:
        raise TypeError("a Calendar is made by Calendar.from_message, from_text or compile_all")

    @classmethod
    def _of(cls, core: _core.Calendar) -> Calendar:
        self = cls.__new__(cls)
        self._compiled = core
        return self

    @classmethod
    def compile_all(
        cls,
        calendars: Iterable[v1.Calendar],
        *,
        zones: Optional[Mapping[str, bytes]] = None,
        limits: Optional[CalendarLimits] = None,
    ) -> List[Calendar]:
        """The calendars of a list, in its order. A combination refers to others of the list.

        Raises:
            InvalidArgumentError: ``CALENDAR_INVALID``; the violations list every field that is not valid.
                ``CALENDAR_ZONE_INVALID``: the data of a zone is no TZif data.
            LimitError: ``CALENDAR_TOO_LARGE``.
        """
        listed = list(calendars)
        messages = [dump(each, v1.Calendar) for each in listed]
        data = _zone_data(zones, (each.time_zone for each in listed))
        return [cls._of(each) for each in _core.calendar_compile(messages, data, limits_dict(limits))]

    @classmethod
    def from_message(
        cls,
        calendar: v1.Calendar,
        *,
        zones: Optional[Mapping[str, bytes]] = None,
        limits: Optional[CalendarLimits] = None,
    ) -> Calendar:
        """The calendar of one message. Raises as :meth:`compile_all` does."""
        return cls.compile_all([calendar], zones=zones, limits=limits)[0]

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        zones: Optional[Mapping[str, bytes]] = None,
        limits: Optional[CalendarLimits] = None,
    ) -> Calendar:
        """The calendar of a message in protobuf text format. Raises as :meth:`compile_all` does; ``ValueError`` for a text that is no
        such message."""
        message = v1.Calendar()
        try:
            text_format.Parse(_guard.text(text, "text"), message)
        except text_format.ParseError as error:
            raise ValueError(f"the text is no calendar: {error}") from None
        return cls.from_message(message, zones=zones, limits=limits)

    @property
    def calendar_id(self) -> str:
        """The id of the message; empty for a combination that was made by an operator."""
        return self._compiled.id()

    @property
    def time_zone(self) -> str:
        """The name of the zone in which business days are counted."""
        return self._compiled.zone()

    @property
    def zone_hashes(self) -> Dict[str, str]:
        """The zones that it depends on, each with the SHA-256 of its changes of local time."""
        return dict(self._compiled.zones())

    def __repr__(self) -> str:
        return f"<frontdesk.Calendar {self.calendar_id!r} in {self.time_zone}>"

    def __or__(self, other: Calendar) -> Calendar:
        return self._combine(CalendarCombinationOperation.UNION, other)

    def __and__(self, other: Calendar) -> Calendar:
        return self._combine(CalendarCombinationOperation.INTERSECTION, other)

    def __sub__(self, other: Calendar) -> Calendar:
        return self._combine(CalendarCombinationOperation.DIFFERENCE, other)

    def _combine(self, operation: CalendarCombinationOperation, other: object) -> Calendar:
        if not isinstance(other, Calendar):
            return NotImplemented
        return Calendar._of(_core.calendar_combine(int(operation), [self._compiled, other._compiled]))

    @overload
    def is_open(self, time: datetime.datetime) -> bool: ...
    @overload
    def is_open(self, time: Any) -> Any: ...
    def is_open(self, time: Any) -> Any:
        """Whether an instant is in open time; for a column, an array of bool. NaT is not."""
        if _is_column(time):
            column = _Column(time)
            return column.wrap(column.call(self._compiled.is_open_all, ()) == 1)
        return self._compiled.is_open(_parts(time))

    @overload
    def next_open(self, time: datetime.datetime) -> datetime.datetime: ...
    @overload
    def next_open(self, time: Any) -> Any: ...
    def next_open(self, time: Any) -> Any:
        """The first open instant that is not before `time`; `time` itself when it is open.

        Raises:
            OutOfRangeError: ``CALENDAR_NEVER_OPENS``, ``CALENDAR_TIME_RANGE`` (as in all methods that return an instant).
        """
        if _is_column(time):
            return _Column(time).times(self._compiled.next_open_all)
        return _like(time, self._compiled.next_open(_parts(time)))

    @overload
    def next_close(self, time: datetime.datetime) -> datetime.datetime: ...
    @overload
    def next_close(self, time: Any) -> Any: ...
    def next_close(self, time: Any) -> Any:
        """The first closed instant that is not before `time`; `time` itself when it is closed.

        Raises:
            OutOfRangeError: ``CALENDAR_NEVER_CLOSES``.
        """
        if _is_column(time):
            return _Column(time).times(self._compiled.next_close_all)
        return _like(time, self._compiled.next_close(_parts(time)))

    @overload
    def between(self, start: datetime.datetime, end: datetime.datetime) -> datetime.timedelta: ...
    @overload
    def between(self, start: Any, end: Any) -> Any: ...
    def between(self, start: Any, end: Any) -> Any:
        """The open time from `start` to `end`, negative when `end` is earlier; rounded down to the microsecond. One of them, or both,
        may be a column; then so is the result."""
        if _is_column(start) or _is_column(end):
            column = _Column(start if _is_column(start) else end)
            return column.wrap(column.call(self._compiled.between_all, (_nanos(start), _nanos(end))).view("timedelta64[ns]"))
        seconds, nanos = self._compiled.between(_parts(start), _parts(end))
        return times.to_timedelta(duration_pb2.Duration(seconds=seconds, nanos=nanos))

    @overload
    def add(self, time: datetime.datetime, span: datetime.timedelta) -> datetime.datetime: ...
    @overload
    def add(self, time: Any, span: Any) -> Any: ...
    def add(self, time: Any, span: Any) -> Any:
        """The first instant with that open time between `time` and it. The end of a day is preferred to the start of the next. `span` may be
        negative, and a column.

        Raises:
            OutOfRangeError: ``CALENDAR_NEVER_OPENS``, or ``CALENDAR_TIME_RANGE`` past the year 9999.
        """
        if _is_column(time) or _is_column(span):
            return _Column(time if _is_column(time) else span).times(self._compiled.add_all, time, _span_nanos(span))
        return _like(time, self._compiled.add(_parts(time), _span_parts(span)))

    @overload
    def subtract(self, time: datetime.datetime, span: datetime.timedelta) -> datetime.datetime: ...
    @overload
    def subtract(self, time: Any, span: Any) -> Any: ...
    def subtract(self, time: Any, span: Any) -> Any:
        """The last instant with that open time between it and `time`: one business hour before the deadline, for example.

        Raises:
            OutOfRangeError: ``CALENDAR_NEVER_OPENS``, or ``CALENDAR_TIME_RANGE`` before the year 1.
        """
        if _is_column(time) or _is_column(span):
            return _Column(time if _is_column(time) else span).times(self._compiled.subtract_all, time, _span_nanos(span))
        return _like(time, self._compiled.subtract(_parts(time), _span_parts(span)))

    @overload
    def add_business_days(self, time: datetime.datetime, days: int) -> datetime.datetime: ...
    @overload
    def add_business_days(self, time: Any, days: Any) -> Any: ...
    def add_business_days(self, time: Any, days: Any) -> Any:
        """The same local time of day, that number of business days later; earlier for a negative one. A business day is a local date with open
        time, and the date of `time` does not count.

        Raises:
            OutOfRangeError: ``CALENDAR_NEVER_OPENS``, ``CALENDAR_TIME_RANGE``.
        """
        if _is_column(time) or _is_column(days):
            return _Column(time if _is_column(time) else days).times(self._compiled.add_business_days_all, time, _integers(days))
        return _like(time, self._compiled.add_business_days(_parts(time), _guard.integer(days, "days")))

    def segments(self, start: times.Instant, end: times.Instant, *, max_segments: int = 100_000) -> List[Segment]:
        """The stretches from `start` to `end`, in order and without gaps; their datetimes are in the time zone of `start`.

        Raises:
            LimitError: ``CALENDAR_SEGMENTS_TOO_MANY``: more than `max_segments`.
            OutOfRangeError: ``CALENDAR_TIME_RANGE``.
        """
        zone = start.tzinfo if isinstance(start, datetime.datetime) else datetime.timezone.utc
        found = self._compiled.segments(_parts(start), _parts(end), max(0, _guard.integer(max_segments, "max_segments")))
        return [
            Segment(
                times._datetime(*first).astimezone(zone),
                times._datetime(*last).astimezone(zone),
                is_open,
                CalendarExceptionKind(kind) if kind else None,
                name,
            )
            for first, last, is_open, kind, name in found
        ]


# ---- Single values ----


def _parts(time: times.Instant) -> Tuple[int, int]:
    stamp = times.timestamp(time)
    return stamp.seconds, stamp.nanos


def _span_parts(span: times.Span) -> Tuple[int, int]:
    message = times.duration(span)
    return message.seconds, message.nanos


def _like(time: Any, parts: Tuple[int, int]) -> Any:
    """The instant as `time` is written."""
    if isinstance(time, timestamp_pb2.Timestamp):
        return timestamp_pb2.Timestamp(seconds=parts[0], nanos=parts[1])
    return times._datetime(*parts).astimezone(time.tzinfo)


# ---- Columns ----


def _pandas() -> Any:
    """The module, where it is imported: only then there are columns of it."""
    return sys.modules.get("pandas")


def _pandas_value(value: Any) -> bool:
    """Whether it is a Series or an Index."""
    pandas = _pandas()
    return pandas is not None and isinstance(value, (pandas.Series, pandas.Index))


def _is_column(value: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return _pandas_value(value) or (numpy is not None and isinstance(value, numpy.ndarray))


def _exact_nanos(values: Any, kind: str) -> Any:
    """An array of datetime64 or timedelta64 as nanoseconds. Other units must fit."""
    import numpy

    nanos = values.astype(f"{kind}64[ns]")
    if not numpy.array_equal(nanos.astype(values.dtype), values, equal_nan=True):
        raise OverflowError("an instant or span does not fit into 64 bits of nanoseconds")
    return nanos.astype(numpy.int64)


def _nanos(time: Any) -> Any:
    """Instants as nanoseconds since 1970: an array, or one number for all rows."""
    import numpy

    if _pandas_value(time):
        if getattr(time.dtype, "tz", None) is None:
            raise ValueError("a column of instants needs a time zone: this one is naive, or has other values")
        return numpy.asarray(time.astype("datetime64[ns, UTC]").astype("int64"))
    if _is_column(time):
        if time.dtype.kind != "M":
            raise TypeError(f"expected an array of datetime64, not of {time.dtype}")
        return _exact_nanos(time, "datetime")
    seconds, nanos = _parts(time)
    return _one_number(seconds * 1_000_000_000 + nanos)


def _span_nanos(span: Any) -> Any:
    """Spans as nanoseconds: an array, or one number for all rows."""
    import numpy

    if _is_column(span):
        values = numpy.asarray(span)
        if values.dtype.kind != "m":
            raise TypeError(f"expected a column of timedelta64, not of {values.dtype}")
        return _exact_nanos(values, "timedelta")
    seconds, nanos = _span_parts(span)
    return _one_number(seconds * 1_000_000_000 + nanos)


def _integers(numbers: Any) -> Any:
    import numpy

    if _is_column(numbers):
        values = numpy.asarray(numbers)
        if values.dtype.kind not in "iu":
            raise TypeError(f"expected a column of integers, not of {values.dtype}")
        return values.astype(numpy.int64)
    return _one_number(_guard.integer(numbers, "days"))


def _one_number(number: int) -> Any:
    import numpy

    # The lowest number is NaT.
    if not -(1 << 63) < number < 1 << 63:
        raise OverflowError("an instant or span does not fit into 64 bits of nanoseconds")
    return numpy.int64(number)


class _Column:
    """The column of a call that the result is like."""

    def __init__(self, like: Any) -> None:
        self.like = like

    def call(self, function: Callable[..., bytes], arguments: Tuple[Any, ...]) -> Any:
        """The numbers of the result, in the shape of the arguments."""
        import numpy

        arrays = numpy.broadcast_arrays(*(arguments or (_nanos(self.like),)))
        result = function(*(numpy.ascontiguousarray(each).tobytes() for each in arrays))
        return numpy.frombuffer(bytearray(result), dtype=numpy.int64).reshape(arrays[0].shape)

    def wrap(self, values: Any) -> Any:
        """An array as the column is written: as a Series with its index and name, or as it is."""
        pandas = _pandas()
        if pandas is not None and isinstance(self.like, pandas.Series):
            return pandas.Series(values, index=self.like.index, name=self.like.name)
        if _pandas_value(self.like):
            return pandas.Index(values, name=self.like.name)
        return values

    def times(self, function: Callable[..., bytes], time: Any = None, other: Any = None) -> Any:
        """Instants in the zone of `time`."""
        time = self.like if time is None else time
        arguments = (_nanos(time),) if other is None else (_nanos(time), other)
        values = self.call(function, arguments).view("datetime64[ns]")
        wrapped = self.wrap(values)
        if not _pandas_value(wrapped):
            return values
        zone = time.dtype.tz if _pandas_value(time) else getattr(time, "tzinfo", None) or datetime.timezone.utc
        if isinstance(wrapped, _pandas().Series):
            return wrapped.dt.tz_localize("UTC").dt.tz_convert(zone)
        return wrapped.tz_localize("UTC").tz_convert(zone)


# ---- Holidays ----


def _days(day: datetime.date) -> int:
    if not isinstance(day, datetime.date):
        raise TypeError(f"expected a date, not {_guard.type_name(day)}")
    return day.toordinal() - datetime.date(1970, 1, 1).toordinal()


def _text_bytes(text: Union[str, bytes]) -> bytes:
    return text if isinstance(text, bytes) else _guard.text(text, "text").encode("utf-8")


def has_icalendar_library() -> bool:
    """Whether this build reads iCalendar text."""
    return _core.holidays_has_icalendar_library()


def holidays_from_json(
    text: Union[str, bytes],
    *,
    first_date: datetime.date,
    last_date: datetime.date,
    types: Iterable[str] = ("public",),
    kind: CalendarExceptionKind = CalendarExceptionKind.HOLIDAY,
    limits: Optional[HolidayLimits] = None,
) -> List[v1.CalendarException]:
    """The holidays of a JSON list in the form of the npm package date-holidays, as exceptions for :class:`frontdesk.v1.Calendar`.

    >>> import datetime
    >>> text = '[{"date": "2026-12-25 00:00:00", "name": "Christmas Day", "type": "public"}]'
    >>> year = {"first_date": datetime.date(2026, 1, 1), "last_date": datetime.date(2026, 12, 31)}
    >>> [holiday.name for holiday in holidays_from_json(text, **year)]
    ['Christmas Day']

    Args:
        text: the list.
        first_date: earlier holidays are left out.
        last_date: later ones too.
        types: the types of holiday that are read.
        kind: the kind of the exceptions.
        limits: how much is read; None: the defaults of :class:`HolidayLimits`.

    Raises:
        InvalidArgumentError: ``CALENDAR_HOLIDAYS_SYNTAX``.
        LimitError: ``CALENDAR_HOLIDAYS_TOO_MANY``.
    """
    found = _core.holidays_from_json(
        _text_bytes(text),
        (_days(first_date), _days(last_date)),
        _guard.number(kind, "kind", "frontdesk.CalendarExceptionKind"),
        limits_dict(limits),
        _guard.texts(types, "types"),
    )
    return load_all(found, v1.CalendarException)


def holidays_from_icalendar(
    text: Union[str, bytes],
    *,
    first_date: datetime.date,
    last_date: datetime.date,
    time_zone: str = "",
    zones: Optional[Mapping[str, bytes]] = None,
    kind: CalendarExceptionKind = CalendarExceptionKind.HOLIDAY,
    limits: Optional[HolidayLimits] = None,
) -> List[v1.CalendarException]:
    """The events of an iCalendar text (RFC 5545), with their repetitions, as exceptions for :class:`frontdesk.v1.Calendar`.

    Args:
        text: the iCalendar text.
        first_date: earlier days are left out.
        last_date: later ones too.
        time_zone: the zone of the calendar. Times in UTC or in another zone become local times of it; events of whole days need none.
        zones: the TZif data of time zones by name; None: the files of the system.
        kind: the kind of the exceptions.
        limits: how much is read; None: the defaults of :class:`HolidayLimits`.

    Raises:
        UnimplementedError: ``CALENDAR_NO_ICALENDAR_LIBRARY``: this build has no libical.
        InvalidArgumentError: ``CALENDAR_HOLIDAYS_SYNTAX``, ``CALENDAR_HOLIDAYS_FREQUENCY``.
        NotFoundError: ``CALENDAR_ZONE_UNKNOWN``.
        LimitError: ``CALENDAR_HOLIDAYS_TOO_MANY``.
    """
    found = _core.holidays_from_icalendar(
        _text_bytes(text),
        (_days(first_date), _days(last_date)),
        _guard.number(kind, "kind", "frontdesk.CalendarExceptionKind"),
        limits_dict(limits),
        _guard.text(time_zone, "time_zone"),
        None if zones is None else {name: bytes(zones[name]) for name in zones},
    )
    return load_all(found, v1.CalendarException)
