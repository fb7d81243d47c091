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
    "CaseKind",
    "CaseLinkKind",
    "CaseState",
    "Channel",
    "ConsentAnswer",
    "ContactKind",
    "ContactReason",
    "CustomerState",
    "DataClass",
    "Direction",
    "EntityKind",
    "EscalationBasis",
    "HitPolicy",
    "InteractionState",
    "PartKind",
    "PolicyOutcome",
    "RefusalOrigin",
    "Rounding",
    "RoundingLevel",
    "Severity",
    "Synchrony",
    "TransferKind",
    "Verdict",
    "Visibility",
]

_E = TypeVar("_E", bound="_Number")


class _Number(enum.IntEnum):
    """An enum of a message. Numbers that are not listed become members without a name of their own."""

    @classmethod
    def _missing_(cls, value: object) -> Optional["_Number"]:
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


class CustomerState(_Number):
    """Where a customer stands in the relation with the company: ``v1.Customer.State``."""

    PROSPECT = 1
    CUSTOMER = 2
    FORMER = 3
    MERGED = 4


class ConsentAnswer(_Number):
    """What a customer answered to a question for consent: ``v1.Consent.Answer``."""

    GIVEN = 1
    REFUSED = 2


class Channel(_Number):
    """The channels a contact can come over: ``v1.Channel``."""

    VOICE = 1
    EMAIL = 2
    CHAT = 3
    SMS = 4
    VIDEO = 5
    SOCIAL = 6
    IN_PERSON = 7
    WEB_FORM = 8
    POSTAL = 9


class EscalationBasis(_Number):
    """What one step of a chain has more of than the step before: ``v1.EscalationBasis``."""

    SKILL = 1
    AUTHORITY = 2


class Synchrony(_Number):
    """Whether both sides of a contact are there at the same time: ``v1.Synchrony``."""

    SYNCHRONOUS = 1
    ASYNCHRONOUS = 2


class Direction(_Number):
    """Which way a contact goes: ``v1.Direction``."""

    INBOUND = 1
    OUTBOUND = 2


class ContactReason(_Number):
    """Why a contact was made: ``v1.ContactReason``."""

    QUESTION = 1
    REQUEST = 2
    COMMENT = 3
    COMPLAINT = 4
    TROUBLE = 5
    ORDER = 6
    BILLING = 7


class Visibility(_Number):
    """Who may ever see something; not set is read as INTERNAL: ``v1.Visibility``."""

    INTERNAL = 1
    PUBLIC = 2


class PartKind(_Number):
    """What a part of an interaction or a case is: ``v1.InteractionPart.Kind``."""

    MESSAGE = 1
    NOTE = 2
    TRANSCRIPT = 3
    ATTACHMENT = 4
    RECORDING = 5


class InteractionState(_Number):
    """How far an interaction got: ``v1.Interaction.State``."""

    OPEN = 1
    ENDED = 2
    WRAPPED_UP = 3


class CaseState(_Number):
    """The category of a case's state, which drives its clocks: ``v1.Case.State``."""

    NEW = 1
    OPEN = 2
    WAITING_ON_CUSTOMER = 3
    WAITING_ON_THIRD_PARTY = 4
    RESOLVED = 5
    CLOSED = 6
    CANCELLED = 7
    MERGED = 8


class CaseKind(_Number):
    """What kind of matter a case is: ``v1.Case.Kind``."""

    QUESTION = 1
    REQUEST = 2
    COMPLAINT = 3
    TROUBLE = 4
    BILLING = 5
    FEEDBACK = 6


class CaseLinkKind(_Number):
    """What the other case of a link is to this one: ``v1.CaseLink.Kind``."""

    PARENT = 1
    CHILD = 2
    RELATED = 3
    DUPLICATE_OF = 4
    CAUSED_BY = 5
    FOLLOW_UP_OF = 6
    HAS_DUPLICATE = 7
    CAUSE_OF = 8
    HAS_FOLLOW_UP = 9
    SPLIT_FROM = 10
    SPLIT_INTO = 11


class TransferKind(_Number):
    """How a case is handed over: ``v1.TransferCase.Kind``."""

    WARM = 1
    COLD = 2


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
