"""Ids from a source that the caller gives.

>>> import datetime
>>> from frontdesk import ids
>>> noon = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
>>> source = ids.SequenceIds("order-")
>>> source.next_id(noon), source.next_id(noon)
('order-0000000001', 'order-0000000002')
>>> ids.time_of(ids.TimeOrderedIds().next_id(noon)) == noon
True
"""

import datetime
import secrets
from typing import Callable, Optional, Protocol, Union

from frontdesk import _core
from frontdesk import _guard
from frontdesk import times

__all__ = ["IdSource", "SequenceIds", "TimeOrderedIds", "import_id", "time_of"]


class IdSource(Protocol):
    """Where new ids come from. Any object with this method will do; it must be safe to call from many threads and never
    give one id twice. A desk calls it in the midst of a command, and cannot be used by it."""

    def next_id(self, now: datetime.datetime) -> str:
        """A new id for something that happens at `now`."""


class _CoreIds:
    """An id source of the core. Not for a child of the process, which would make the same ids again:
    ``FailedPreconditionError``, ``PROCESS_FORKED``."""

    def __init__(self, core: _core.IdSource) -> None:
        self._core = core

    def next_id(self, now: datetime.datetime) -> str:
        """A new id for something that happens at `now`, an aware datetime."""
        return self._core.next_id(*times._parts(now))


class TimeOrderedIds(_CoreIds):
    """Ids of 26 characters that sort in the order of their time and, from one source, in the order they were made (the layout
    of ULID: 48 bits of milliseconds, 80 of randomness). Thread-safe.

    Args:
        random: gives 64 independent uniform bits a call (of a larger int, the lowest 64 count); default ``secrets.randbits(64)``.
            When it uses this source, it gets ``FailedPreconditionError``, ``DESK_REENTERED``.
    """

    def __init__(self, *, random: Optional[Callable[[], int]] = None) -> None:
        bits = random or (lambda: secrets.randbits(64))
        super().__init__(_core.ids_time_ordered(lambda: bits() & 0xFFFF_FFFF_FFFF_FFFF))


class SequenceIds(_CoreIds):
    """`prefix` and a count, padded to ten digits: the same calls give the same ids, for tests and replay. Thread-safe."""

    def __init__(self, prefix: str = "", *, first: int = 1) -> None:
        super().__init__(_core.ids_sequence(prefix, first))


def import_id(system: str, raw: Union[str, bytes]) -> str:
    """An id for an entity that `system` knows as `raw`, for imports.

    It is `raw` when that is an id; else `system`, a hyphen and 32 digits of a hash of both. The same two texts always give the same id.

    >>> import_id("old desk", "INC 4711")
    'INC 4711'
    >>> import_id("old desk", "INC\\t4711")
    'old desk-32492f9af0c63f3aad56cffcdbc54e46'
    """
    data: Union[str, bytes] = _guard.text(raw, "raw") if isinstance(raw, str) else raw
    return _core.ids_import_id(_guard.text(system, "system"), data)


def time_of(id: str) -> Optional[datetime.datetime]:  # pylint: disable=redefined-builtin
    """The millisecond that an id of :class:`TimeOrderedIds` was made at; None when it is not such an id, or one of a time
    beyond the year 9999."""
    parts = _core.ids_time_of(id)
    if parts is None:
        return None
    try:
        return times._datetime(*parts)
    except OverflowError:
        return None


def _core_source(source: Optional[IdSource]) -> Union[None, _core.IdSource, Callable[[int, int], str]]:
    """The id source for the core: its own sources as they are, or a callable for a Python one."""
    if source is None:
        return None
    if isinstance(source, _CoreIds):
        return source._core
    if not callable(getattr(source, "next_id", None)):
        raise TypeError(f"expected an id source, with a method next_id, not {_guard.type_name(source)}")
    made = source.next_id

    def next_id(seconds: int, nanos: int) -> str:
        return _guard.text(made(times._datetime(seconds, nanos)), "an id")

    return next_id
