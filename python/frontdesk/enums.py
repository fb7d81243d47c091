"""The numbers that messages hold, as Python enums.

Every member equals the number that the message holds, so the two compare directly:

>>> from frontdesk import v1, Verdict
>>> v1.Outcome(verdict=v1.VERDICT_DONE).verdict == Verdict.DONE
True

``of`` reads a number that a message holds. What is not set is ``None``; a number that this version does not know is kept:

>>> Verdict.of(2)
<Verdict.REFUSED: 2>
>>> Verdict.of(0) is None
True
>>> Verdict.of(77) == 77
True
"""

import enum
from typing import Optional, Type, TypeVar

__all__ = [
    "ActorKind",
    "ContactKind",
    "DataClass",
    "EntityKind",
    "HitPolicy",
    "PolicyOutcome",
    "RefusalOrigin",
    "Rounding",
    "RoundingLevel",
    "Severity",
    "Verdict",
]

_E = TypeVar("_E", bound="_Number")


class _Number(enum.IntEnum):
    """An enum of a message. Numbers that are not listed become members without a name of their own."""

    @classmethod
    def _missing_(cls, value: object) -> Optional["_Number"]:
        if not isinstance(value, int) or isinstance(value, bool) or value == 0:
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


class Verdict(_Number):
    """What came of a command: ``v1.Verdict``."""

    DONE = 1
    REFUSED = 2
    HELD = 3


class RefusalOrigin(_Number):
    """Who says no: ``v1.Refusal.Origin``."""

    POLICY = 1
    INVARIANT = 2
    ARGUMENT = 3
    NOT_FOUND = 4


class EntityKind(_Number):
    """The kinds of entity that have a history: ``v1.EntityKind``."""

    CUSTOMER = 1
    INTERACTION = 2
    ORDER = 3
    ACCOUNT = 4
    CASE = 5
    APPROVAL = 6


class ActorKind(_Number):
    """What kind of party asks: ``v1.Actor.Kind``."""

    AGENT = 1
    CUSTOMER = 2
    SYSTEM = 3
    BOT = 4


class ContactKind(_Number):
    """What kind of contact point it is: ``v1.ContactPoint.Kind``."""

    EMAIL = 1
    PHONE = 2
    HANDLE = 3


class PolicyOutcome(_Number):
    """What a rule says: ``v1.PolicyOutcome``."""

    ALLOW = 1
    REFUSE = 2
    HOLD = 3


class HitPolicy(_Number):
    """Which of several matching rules count: ``v1.HitPolicy``."""

    FIRST = 1
    ALL = 2


class Severity(_Number):
    """How bad an issue in an author's text is: ``v1.Issue.Severity``."""

    ERROR = 1
    WARNING = 2


class DataClass(_Number):
    """How sensitive a field is: ``v1.DataClass``."""

    PUBLIC = 1
    INTERNAL = 2
    PERSONAL = 3
    SENSITIVE = 4
    SECRET = 5


class Rounding(_Number):
    """How a result between two minor units becomes one of them: ``v1.Rounding``."""

    HALF_EVEN = 1
    HALF_UP = 2
    HALF_DOWN = 3
    UP = 4
    DOWN = 5
    FLOOR = 6
    CEILING = 7


class RoundingLevel(_Number):
    """Where charges are rounded: ``v1.RoundingLevel``."""

    LINE = 1
    TOTAL = 2
