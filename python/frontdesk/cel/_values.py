"""Values of the language that Python has no type of its own for, and how times cross the border."""

import sys
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, List, Tuple

from frontdesk import _core
from frontdesk import times
from frontdesk.cel._types import Type, make_type_value

__all__ = ["Mapping", "OptionalValue", "Type", "Uint", "datetime", "make_type_value", "timedelta"]


class Uint(int):
    """An unsigned integer of 64 bits. The language distinguishes it from a signed one.

    >>> from frontdesk import cel
    >>> cel.evaluate("1u + 2u")
    Uint(3)
    >>> cel.evaluate("x == 3u", {"x": cel.Uint(3)})
    True

    ``OverflowError`` below zero and from 2**64. Arithmetic in Python gives ordinary ints.
    """

    def __new__(cls, value: int = 0) -> "Uint":
        if not 0 <= value < 1 << 64:
            raise OverflowError("an unsigned integer of 64 bits is 0 to 2**64 - 1")
        return super().__new__(cls, value)

    def __repr__(self) -> str:
        return f"Uint({int(self)})"

    def __str__(self) -> str:
        return int.__repr__(self)


_MISSING: Any = object()


class OptionalValue:
    """A value of the language's optional type: with a value, or with none.

    >>> OptionalValue(5).value
    5
    >>> OptionalValue().present
    False
    """

    __slots__ = ("_value",)

    def __init__(self, value: Any = _MISSING) -> None:
        self._value = value

    @property
    def present(self) -> bool:
        """Whether there is a value."""
        return self._value is not _MISSING

    @property
    def value(self) -> Any:
        """The value; ``LookupError`` when there is none."""
        if self._value is _MISSING:
            raise LookupError("the optional has no value")
        return self._value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OptionalValue):
            return NotImplemented
        if not self.present or not other.present:
            return self.present == other.present
        return bool(self._value == other._value)

    def __hash__(self) -> int:
        return hash((OptionalValue, self._value)) if self.present else hash(OptionalValue)

    def __repr__(self) -> str:
        return f"OptionalValue({self._value!r})" if self.present else "OptionalValue()"


def timestamp_parts(when: datetime) -> Tuple[int, int]:
    """Seconds and nanoseconds since 1970-01-01 UTC. Called by the core."""
    return times._parts(when)


def make_timestamp(seconds: int, nanos: int) -> datetime:
    """The instant, in UTC, rounded down to the microsecond. Called by the core."""
    return times._datetime(seconds, nanos)


def duration_nanos(span: timedelta) -> int:
    """Called by the core."""
    return span // timedelta(microseconds=1) * 1000


def make_duration(nanos: int) -> timedelta:
    """The span, rounded down to the microsecond. Called by the core."""
    return timedelta(microseconds=nanos // 1000)


def elements_of(items: Iterable[Any]) -> List[Any]:
    """The elements of a list that has methods of its own; its length may say anything. Called by the core."""
    return list(iter(items))


def entries_of(mapping: Mapping[Any, Any]) -> List[Tuple[Any, Any]]:
    """Called by the core."""
    return [(key, value) for key, value in mapping.items()]


_core.cel_register(sys.modules[__name__])
