"""Messages as bytes, and messages that are parsed when they are looked at."""

from __future__ import annotations

from typing import Any, Generic, Iterator, List, Optional, Sequence, Type, TypeVar, Union, overload

from google.protobuf import message as protobuf_message

from frontdesk import _guard

__all__ = ["MessageIterator", "MessageList", "canonical_bytes"]

M = TypeVar("M")


def canonical_bytes(message: Any) -> bytes:
    """The deterministic serialization of a message: the bytes that are hashed, compared and kept, the same as in C++.

    >>> from frontdesk import v1
    >>> canonical_bytes(v1.Money(units=1, currency_code="EUR")).hex()
    '08011203455552'
    """
    if not isinstance(message, protobuf_message.Message):
        raise TypeError(f"expected a message, not {_guard.type_name(message)}")
    data: bytes = message.SerializeToString(deterministic=True)
    return data


class MessageList(Sequence[M]):
    """Messages that the core returned. Each is parsed when it is looked at for the first time; `len` parses none. Immutable.

    Equal to any sequence of equal messages.

    >>> from frontdesk import v1
    >>> found = MessageList([v1.Money(units=1).SerializeToString(), v1.Money(units=2).SerializeToString()], v1.Money)
    >>> len(found), found[1].units, [each.units for each in found]
    (2, 2, [1, 2])
    """

    def __init__(self, data: List[bytes], kind: Type[M]) -> None:
        self._data = data
        self._kind = kind
        self._parsed: List[Optional[M]] = [None] * len(data)

    def __len__(self) -> int:
        return len(self._data)

    @overload
    def __getitem__(self, index: int) -> M: ...

    @overload
    def __getitem__(self, index: slice) -> List[M]: ...

    def __getitem__(self, index: Union[int, slice]) -> Union[M, List[M]]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        message = self._parsed[index]
        if message is None:
            message = self._parsed[index] = getattr(self._kind, "FromString")(self._data[index])
        assert message is not None
        return message

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, tuple, MessageList)):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<frontdesk.messages.MessageList of {len(self)}>"


class MessageIterator(Iterator[M], Generic[M]):
    """Messages that are read page after page. Each is parsed when it is asked for; :meth:`count` parses none."""

    def __init__(self, pages: Iterator[List[bytes]], kind: Type[M]) -> None:
        self._pages = pages
        self._kind = kind
        self._page: List[bytes] = []
        self._place = 0

    def _turn(self) -> bool:
        """Turns to the next page where this one is used up; False at the end."""
        while self._place >= len(self._page):
            page = next(self._pages, None)
            if page is None:
                return False
            self._page, self._place = page, 0
        return True

    def __next__(self) -> M:
        if not self._turn():
            raise StopIteration
        data = self._page[self._place]
        self._place += 1
        message: M = getattr(self._kind, "FromString")(data)
        return message

    def count(self) -> int:
        """The number of messages that are left. They are read, but not parsed; afterwards none is left."""
        number = 0
        while self._turn():
            number += len(self._page) - self._place
            self._place = len(self._page)
        return number
