"""Rows and batches, as stores have them. Private: the names are those of :mod:`frontdesk.stores`."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
from typing import NamedTuple, Optional, Sequence, Tuple

from frontdesk.errors import InvalidArgumentError

MAX_KEY_BYTES = 4_096
MAX_VALUE_BYTES = 64 << 20
LINK_BYTES = 32
_POSITION_BYTES = 8


class Key(NamedTuple):
    """The place of a row: the number of its table, 0 to 255, and the bytes of the key. Keys of a table are ordered byte by byte, as
    Python orders ``bytes``."""

    table: int
    data: bytes


class Row(NamedTuple):
    """A row of a table that is known from the context."""

    key: bytes
    value: bytes


class Range(NamedTuple):
    """The rows of a table from `begin` on and before `end`. None: up to the end of the table."""

    table: int
    begin: bytes = b""
    end: Optional[bytes] = None


class WritePosition(enum.Enum):
    """Where the position of a batch goes, as :func:`encode_position` has it, and its link."""

    NOWHERE = 0
    BEHIND_KEY = 1
    BEHIND_VALUE = 2
    BEHIND_KEY_LINK_BEHIND_VALUE = 3
    """The position behind the key, the link behind the value."""

    @property
    def is_behind_key(self) -> bool:
        return self in (WritePosition.BEHIND_KEY, WritePosition.BEHIND_KEY_LINK_BEHIND_VALUE)


@dataclasses.dataclass(frozen=True)
class Write:
    """One row that changes. Without a value it is removed, if it is there."""

    key: Key
    value: Optional[bytes]
    position: WritePosition = WritePosition.NOWHERE

    def resolve(self, position: int, link: bytes) -> Tuple[Key, Optional[bytes]]:
        """The key and the value that the row gets in a batch of that position and link.

        >>> Write(Key(1, b"log/"), b"entry", WritePosition.BEHIND_KEY).resolve(2, FIRST_LINK)
        (Key(table=1, data=b'log/\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02'), b'entry')
        """
        key, value = self.key, self.value
        if self.position.is_behind_key:
            key = Key(key.table, key.data + encode_position(position))
        if value is not None and self.position is WritePosition.BEHIND_VALUE:
            value += encode_position(position)
        elif value is not None and self.position is WritePosition.BEHIND_KEY_LINK_BEHIND_VALUE:
            value += link
        return key, value


@dataclasses.dataclass(frozen=True)
class Expectation:
    """A row that a batch was decided on: it must have exactly this value. None: there must be no such row."""

    key: Key
    value: Optional[bytes]


@dataclasses.dataclass(frozen=True)
class RangeExpectation:
    """The range must hold exactly these keys, ascending."""

    range: Range
    keys: Sequence[bytes]


@dataclasses.dataclass(frozen=True)
class Batch:
    """Changes that are made together, or not at all.

    Attributes:
        expectations: what must hold.
        range_expectations: the same.
        writes: in this order; a later one of the same row counts.
        digest: what the batch adds to the chain of links, 32 bytes; empty: nothing.
    """

    expectations: Sequence[Expectation] = ()
    range_expectations: Sequence[RangeExpectation] = ()
    writes: Sequence[Write] = ()
    digest: bytes = b""

    @property
    def has_position(self) -> bool:
        """Whether the batch gets a position: one of its writes has it."""
        return any(write.position is not WritePosition.NOWHERE for write in self.writes)


@dataclasses.dataclass(frozen=True)
class CommitResult:
    """The result of one batch.

    Attributes:
        is_committed: whether all expectations held.
        position: of a committed batch that has a position; else 0.
        failed: of one that was not committed, the number of the first expectation that did not hold; `expectations` come before
            `range_expectations`, and the first one is 0.
    """

    is_committed: bool
    position: int = 0
    failed: int = 0


def encode_position(position: int) -> bytes:
    """The eight bytes of a position, so that keys are in its order.

    >>> encode_position(258).hex()
    '0000000000000102'
    """
    return position.to_bytes(_POSITION_BYTES, "big")


def next_link(link: bytes, digest: bytes) -> bytes:
    """The link that follows: SHA-256 of the link before it and the digest.

    >>> next_link(FIRST_LINK, b"a" * 32).hex()[:16]
    '02e1135630209abf'
    """
    return hashlib.sha256(link + digest).digest()


FIRST_LINK = bytes(LINK_BYTES)
"""The link before the first one."""


def range_of(table: int, prefix: bytes) -> Range:
    """All keys that begin with `prefix`.

    >>> range_of(1, b"a")
    Range(table=1, begin=b'a', end=b'b')
    """
    end = prefix.rstrip(b"\xff")
    return Range(table, prefix, end[:-1] + bytes([end[-1] + 1]) if end else None)


def check_batches(batches: Sequence[Batch]) -> None:
    """The checks that a store makes before it changes anything.

    Raises:
        InvalidArgumentError: a key or a value is too long, with the bytes of the position or of the link. A range ends before it begins.
            A digest has another length, or a link is written without one. A row that is removed has a position or a link behind its
            value.
    """
    for batch in batches:
        if batch.digest and len(batch.digest) != LINK_BYTES:
            raise InvalidArgumentError(f"a digest has {LINK_BYTES} bytes")
        for expected in batch.range_expectations:
            if expected.range.end is not None and expected.range.end < expected.range.begin:
                raise InvalidArgumentError("a range ends before it begins")
        for write in batch.writes:
            _check_write(write, bool(batch.digest))


def _check_write(write: Write, has_digest: bool) -> None:
    behind_key = _POSITION_BYTES if write.position.is_behind_key else 0
    behind_value = {WritePosition.BEHIND_VALUE: _POSITION_BYTES, WritePosition.BEHIND_KEY_LINK_BEHIND_VALUE: LINK_BYTES}.get(
        write.position, 0
    )
    if len(write.key.data) + behind_key > MAX_KEY_BYTES:
        raise InvalidArgumentError(f"a key has more than {MAX_KEY_BYTES} bytes")
    if behind_value and write.value is None:
        raise InvalidArgumentError("a row that is removed has no value for a position or a link")
    if write.position is WritePosition.BEHIND_KEY_LINK_BEHIND_VALUE and not has_digest:
        raise InvalidArgumentError("a batch without a digest has no link")
    if len(write.value or b"") + behind_value > MAX_VALUE_BYTES:
        raise InvalidArgumentError(f"a value has more than {MAX_VALUE_BYTES} bytes")
