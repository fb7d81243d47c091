"""Instants and spans: aware ``datetime`` and ``timedelta`` to and from protobuf's ``Timestamp`` and ``Duration``.

Python counts microseconds and protobuf nanoseconds: what comes from Python is exact, what goes to Python is rounded down to the
microsecond.

>>> import datetime
>>> noon = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
>>> timestamp(noon).seconds
1714564800
>>> to_datetime(timestamp(noon)) == noon
True
"""

from __future__ import annotations

import datetime

from google.protobuf import duration_pb2
from google.protobuf import timestamp_pb2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Tuple, Union

    from frontdesk import v1

__all__ = ["Instant", "Span", "duration", "time_span", "timestamp", "to_datetime", "to_timedelta"]

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_MICROSECOND = datetime.timedelta(microseconds=1)

# The types that functions accept for an instant, and for a span.
if TYPE_CHECKING:
    Instant = Union[datetime.datetime, timestamp_pb2.Timestamp]
    Span = Union[datetime.timedelta, duration_pb2.Duration]
else:

    def __getattr__(name: str) -> object:
        import typing

        if name == "Instant":
            return typing.Union[datetime.datetime, timestamp_pb2.Timestamp]
        if name == "Span":
            return typing.Union[datetime.timedelta, duration_pb2.Duration]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")



def _parts(when: datetime.datetime) -> Tuple[int, int]:
    """Seconds and nanoseconds since 1970-01-01 UTC."""
    try:
        span = when - _EPOCH
    except TypeError:
        raise ValueError("a datetime needs a time zone: this one is naive") from None
    return span.days * 86400 + span.seconds, span.microseconds * 1000


def _datetime(seconds: int, nanos: int) -> datetime.datetime:
    """The instant in UTC, rounded down to the microsecond."""
    return _EPOCH + datetime.timedelta(seconds=seconds, microseconds=nanos // 1000)


def timestamp(when: Instant) -> timestamp_pb2.Timestamp:
    """An instant as a ``Timestamp``. ``ValueError`` for a naive datetime; a ``Timestamp`` is returned as it is."""
    if isinstance(when, timestamp_pb2.Timestamp):
        return when
    if not isinstance(when, datetime.datetime):
        raise TypeError(f"expected an aware datetime or a Timestamp, not {type(when).__name__}")
    seconds, nanos = _parts(when)
    return timestamp_pb2.Timestamp(seconds=seconds, nanos=nanos)


def _instant(when: Optional[Instant]) -> Optional[Tuple[int, int]]:
    """Seconds and nanoseconds of an instant that may be left out."""
    if when is None:
        return None
    stamp = timestamp(when)
    return stamp.seconds, stamp.nanos


def to_datetime(when: timestamp_pb2.Timestamp) -> datetime.datetime:
    """The instant as a datetime in UTC, rounded down to the microsecond. ``OverflowError`` outside years 1 to 9999."""
    return _datetime(when.seconds, when.nanos)


def duration(span: Span) -> duration_pb2.Duration:
    """A span as a ``Duration``; a ``Duration`` is returned as it is.

    >>> duration(datetime.timedelta(milliseconds=-1500)).nanos
    -500000000
    """
    if isinstance(span, duration_pb2.Duration):
        return span
    if not isinstance(span, datetime.timedelta):
        raise TypeError(f"expected a timedelta or a Duration, not {type(span).__name__}")
    microseconds = span // _MICROSECOND
    sign = -1 if microseconds < 0 else 1
    seconds, rest = divmod(abs(microseconds), 1_000_000)
    return duration_pb2.Duration(seconds=sign * seconds, nanos=sign * rest * 1000)


def time_span(
    span: Optional[Span] = None, *, is_business_time: bool = False, business_days: int = 0
) -> v1.TimeSpan:
    """A span for a verb: ``v1.PauseCase(case_id="k1", state=waiting, wait=time_span(timedelta(hours=4), is_business_time=True))``.

    Either ``span`` or ``business_days``; ``ValueError`` for both, neither, or ``is_business_time`` with ``business_days``. Business time
    and business days count by the calendar of the case's service level.

    >>> time_span(business_days=2).business_days
    2
    >>> time_span(datetime.timedelta(hours=4), is_business_time=True).duration.seconds
    14400
    """
    from frontdesk import v1

    if (span is None) == (business_days == 0):
        raise ValueError("a time span is either a span or a number of business days")
    if span is None:
        if is_business_time:
            raise ValueError("is_business_time is for a span; business days count by the calendar anyway")
        return v1.TimeSpan(business_days=business_days)
    basis = v1.TIME_BASIS_BUSINESS if is_business_time else v1.TIME_BASIS_UNSPECIFIED
    return v1.TimeSpan(duration=duration(span), basis=basis)


def to_timedelta(span: duration_pb2.Duration) -> datetime.timedelta:
    """The span as a timedelta, rounded down to the microsecond. ``OverflowError`` beyond a timedelta's range."""
    return datetime.timedelta(seconds=span.seconds, microseconds=span.nanos // 1000)
