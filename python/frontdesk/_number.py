"""The base of the enums of messages. Private."""

from __future__ import annotations

import enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Type, TypeVar

    _E = TypeVar("_E", bound="Number")


class Number(enum.IntEnum):
    """An enum of a message. Numbers that are not listed become members without a name of their own."""

    @classmethod
    def _missing_(cls, value: object) -> Optional[Number]:
        if not isinstance(value, int):
            # Enum's own error would show the value.
            raise ValueError(f"a {cls.__name__} is a number, not {type(value).__name__}")
        if isinstance(value, bool) or value == 0:
            return None
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}"
        member._value_ = value
        return member

    # Declared so that type checkers take comparisons with the numbers of messages, whose stubs give them classes of their own.
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, int):
            return NotImplemented
        return int(self) == int(other)

    __hash__ = int.__hash__

    @classmethod
    def of(cls: Type[_E], number: int) -> Optional[_E]:
        """The member with that number; ``None`` for 0, which means "not set"."""
        return None if number == 0 else cls(number)
