"""Between the core and stores that are written in Python: rows as tuples, and checks of the rows that either side gives. Private.

An expectation is (table, key, value), a range (table, begin, end, keys), a write (table, key, value, position), a batch
(expectations, ranges, writes, digest), a result (is_committed, position, failed).
"""

from __future__ import annotations

from typing import Any, List, NoReturn, Optional, Sequence, Tuple

from frontdesk import _guard
from frontdesk._store_rows import (
    LINK_BYTES,
    Batch,
    CommitResult,
    Expectation,
    Key,
    Range,
    RangeExpectation,
    Write,
    WritePosition,
)
from frontdesk.errors import DataLossError, Error, StatusCode

_MAX_INT64 = 2**63 - 1
_POSITIONS = tuple(sorted(WritePosition, key=lambda each: each.value))
# Codes that a store may raise. Any other exception says that it cannot be reached.
_CODES = (StatusCode.INVALID_ARGUMENT, StatusCode.FAILED_PRECONDITION, StatusCode.DATA_LOSS)
# In the place of a code: the exception says that the store has called its desk.
_REENTERED = -1

CoreBatch = Tuple[
    List[Tuple[int, bytes, Optional[bytes]]],
    List[Tuple[int, bytes, Optional[bytes], List[bytes]]],
    List[Tuple[int, bytes, Optional[bytes], int]],
    bytes,
]


def code_of(exception: BaseException) -> int:
    """The code of the status for an exception of a store."""
    if not isinstance(exception, Error):
        return StatusCode.UNAVAILABLE
    if exception.reason == "DESK_REENTERED":
        return _REENTERED
    return next((code for code in _CODES if code == exception.code), StatusCode.UNAVAILABLE)


def _invalid(place: str, owner: object, text: str) -> NoReturn:
    raise DataLossError(f"{type(owner).__name__}.{place} {text}", reason="STORE_CORRUPT")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MAX_INT64


def read(store: Any) -> Tuple[Any, int, bytes]:
    """A snapshot of the store, with its position and link."""
    snapshot = store.read()
    for name in ("position", "link", "get", "scan"):
        if not hasattr(snapshot, name):
            _invalid("read()", store, f"returned a {_guard.type_name(snapshot)}, which has no `{name}`")
    position, link = snapshot.position, snapshot.link
    if not _is_number(position):
        _invalid("position", snapshot, f"is no int from 0 on, but a {_guard.type_name(position)}")
    if not isinstance(link, bytes) or len(link) != LINK_BYTES:
        _invalid("link", snapshot, f"is not {LINK_BYTES} bytes, but a {_guard.type_name(link)}")
    return snapshot, position, link


def get(snapshot: Any, table: int, key: bytes) -> Optional[bytes]:
    """The value of a row, or None."""
    value: Optional[bytes] = snapshot.get(table, key)
    if value is not None and not isinstance(value, bytes):
        _invalid("get()", snapshot, f"returned a {_guard.type_name(value)}, neither bytes nor None")
    return value


def scan(
    snapshot: Any, table: int, begin: bytes, end: Optional[bytes], limit: int, descending: bool
) -> List[Tuple[bytes, bytes]]:
    """Rows of a range, in order."""
    rows: List[Tuple[bytes, bytes]] = []
    last: Optional[bytes] = None
    for row in snapshot.scan(table, begin, end, limit, descending):
        if not isinstance(row, tuple) or len(row) != 2 or not all(isinstance(each, bytes) for each in row):
            _invalid("scan()", snapshot, f"gave a {_guard.type_name(row)} for a row, not a tuple of two bytes")
        key, value = row
        if key < begin or (end is not None and key >= end):
            _invalid("scan()", snapshot, "gave a row outside of the range")
        if last is not None and (key >= last if descending else key <= last):
            _invalid("scan()", snapshot, "gave rows that are not in order")
        if len(rows) == limit:
            _invalid("scan()", snapshot, "gave more rows than asked for")
        rows.append((key, value))
        last = key
    return rows


def commit(store: Any, batches: Sequence[CoreBatch]) -> List[Tuple[bool, int, int]]:
    """Hands batches of the core to a store."""
    return dump_results(store, store.commit([load_batch(batch) for batch in batches]), len(batches))


def dump_results(store: object, results: Any, count: int) -> List[Tuple[bool, int, int]]:
    """The results that a store returned for a number of batches."""
    if not isinstance(results, Sequence) or len(results) != count:
        _invalid("commit()", store, "did not return one result for each batch")
    dumped = []
    for result in results:
        if not isinstance(result, CommitResult):
            _invalid("commit()", store, f"returned a {_guard.type_name(result)}, not a CommitResult")
        if not isinstance(result.is_committed, bool) or not _is_number(result.position) or not _is_number(result.failed):
            _invalid("commit()", store, "returned a CommitResult with fields of other types")
        dumped.append((result.is_committed, result.position, result.failed))
    return dumped


CALLS = (read, commit, get, scan, code_of)


def load_batch(batch: CoreBatch) -> Batch:
    """A batch of the core."""
    expectations, ranges, writes, digest = batch
    return Batch(
        tuple(Expectation(Key(table, key), value) for table, key, value in expectations),
        tuple(RangeExpectation(Range(table, begin, end), tuple(keys)) for table, begin, end, keys in ranges),
        tuple(Write(Key(table, key), value, _POSITIONS[position]) for table, key, value, position in writes),
        digest,
    )


def _bytes(value: Any, name: str) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError(f"{name} is bytes, not {_guard.type_name(value)}")
    return value


def _optional(value: Any, name: str) -> Optional[bytes]:
    return None if value is None else _bytes(value, name)


def check_table(table: Any) -> int:
    """`table`, which must be the number of a table: ``TypeError``, ``ValueError``."""
    if not 0 <= _guard.integer(table, "a table") <= 255:
        raise ValueError("a table is a number from 0 to 255")
    return int(table)


def _is(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"expected a frontdesk.stores.{kind.__name__}, not {_guard.type_name(value)}")
    return value


def _key(key: Any) -> Tuple[int, bytes]:
    return check_table(_is(key, Key).table), _bytes(key.data, "a key")


def _range(range: Any) -> Tuple[int, bytes, Optional[bytes]]:
    return check_table(_is(range, Range).table), _bytes(range.begin, "a begin"), _optional(range.end, "an end")


def dump_batch(batch: Any) -> CoreBatch:
    """A batch for the core. ``TypeError`` for parts of other types."""
    expectations: List[Expectation] = [_is(each, Expectation) for each in _is(batch, Batch).expectations]
    ranges: List[RangeExpectation] = [_is(each, RangeExpectation) for each in batch.range_expectations]
    writes: List[Write] = [_is(each, Write) for each in batch.writes]
    return (
        [(*_key(each.key), _optional(each.value, "a value")) for each in expectations],
        [(*_range(each.range), [_bytes(key, "a key") for key in each.keys]) for each in ranges],
        [
            (*_key(each.key), _optional(each.value, "a value"), int(_is(each.position, WritePosition).value))
            for each in writes
        ],
        _bytes(batch.digest, "a digest"),
    )
