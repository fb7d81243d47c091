"""Exceptions: nothing could be decided or recorded.

A refusal is no exception: it is an :class:`frontdesk.v1.Outcome` whose verdict is ``REFUSED``. Every exception of this
package derives from :class:`Error` and from the builtin that fits, and carries a stable ``reason`` to compare; texts are for
people and may change.

>>> import frontdesk
>>> try:
...     frontdesk.money.parse("12,50", "EUR")
... except ValueError as error:
...     print(type(error).__name__, error.reason)
InvalidArgumentError MONEY_SYNTAX
"""

import enum
from typing import Dict, List, NamedTuple, Optional, Tuple, Type

from frontdesk import _core
from frontdesk import v1

__all__ = [
    "AbortedError",
    "AlreadyExistsError",
    "DataLossError",
    "Error",
    "FailedPreconditionError",
    "FieldTypeError",
    "InternalError",
    "InvalidArgumentError",
    "LimitError",
    "NotFoundError",
    "OutOfRangeError",
    "PermissionDeniedError",
    "PolicyError",
    "ReasonInfo",
    "StatusCode",
    "UnavailableError",
    "UnimplementedError",
    "reasons",
]


class StatusCode(enum.IntEnum):
    """The kinds of error, as the C++ side numbers them (``absl::StatusCode``)."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


class Error(Exception):
    """The base of every exception of this package.

    Attributes:
        code: what kind of error it is.
        reason: a stable word for programs, listed in ``docs/errors.md``, such as ``"VERSION_CONFLICT"``.
        text: the same for people; never personal data.
        violations: all fields that are wrong, with path, reason and text.
        metadata: more facts by name.
    """

    code: StatusCode = StatusCode.UNKNOWN

    def __init__(
        self,
        text: str,
        *,
        reason: str = "",
        code: Optional[StatusCode] = None,
        detail: Optional[v1.ErrorDetail] = None,
    ) -> None:
        super().__init__(text)
        self.text = text
        if code is not None:
            self.code = code
        self.reason = reason or self.code.name
        detail = v1.ErrorDetail() if detail is None else detail
        self.violations: Tuple[v1.FieldViolation, ...] = tuple(detail.violations)
        self.metadata: Dict[str, str] = {entry.name: entry.value for entry in detail.metadata}


class InvalidArgumentError(Error, ValueError):
    """The value given is not valid: a malformed envelope, an amount that is no number, a policy that does not
    compile."""

    code = StatusCode.INVALID_ARGUMENT


class PolicyError(InvalidArgumentError):
    """A policy or rule set cannot be used. ``issues`` lists all errors in it, each with its place; ``str()`` shows
    them."""

    def __init__(
        self,
        text: str,
        *,
        reason: str = "POLICY_INVALID",
        code: Optional[StatusCode] = None,
        detail: Optional[v1.ErrorDetail] = None,
    ) -> None:
        super().__init__(text, reason=reason, code=code, detail=detail)
        self.issues: Tuple[v1.Issue, ...] = () if detail is None else tuple(detail.issues)


class FieldTypeError(Error, TypeError):
    """A field of a message was given a ``datetime`` or ``timedelta``; the text names the field and says what to write."""

    code = StatusCode.INVALID_ARGUMENT


class OutOfRangeError(Error, OverflowError):
    """A result does not fit: more than 64 bits of minor units."""

    code = StatusCode.OUT_OF_RANGE


class NotFoundError(Error, LookupError):
    """The entity or value asked for does not exist."""

    code = StatusCode.NOT_FOUND


class AlreadyExistsError(Error, ValueError):
    """An idempotency key was used again with another body."""

    code = StatusCode.ALREADY_EXISTS


class AbortedError(Error, RuntimeError):
    """Somebody else was quicker: the entity has another version than expected. Read it again and decide again."""

    code = StatusCode.ABORTED


class FailedPreconditionError(Error, RuntimeError):
    """Something that the call needs is missing, such as catalog facts."""

    code = StatusCode.FAILED_PRECONDITION


class LimitError(Error, RuntimeError):
    """A limit was exceeded; the text names it."""

    code = StatusCode.RESOURCE_EXHAUSTED


class PermissionDeniedError(Error, PermissionError):
    """The caller may not do that."""

    code = StatusCode.PERMISSION_DENIED


class UnavailableError(Error, ConnectionError):
    """The store cannot be reached now; trying again may help."""

    code = StatusCode.UNAVAILABLE


class DataLossError(Error, RuntimeError):
    """The stored data is damaged."""

    code = StatusCode.DATA_LOSS


class UnimplementedError(Error, NotImplementedError):
    """Not offered here, for example a fork of a store that cannot be cloned."""

    code = StatusCode.UNIMPLEMENTED


class InternalError(Error, RuntimeError):
    """A fault of frontdesk itself."""

    code = StatusCode.INTERNAL


_BY_CODE: Dict[StatusCode, Type[Error]] = {
    each.code: each
    for each in (
        InvalidArgumentError,
        OutOfRangeError,
        NotFoundError,
        AlreadyExistsError,
        AbortedError,
        FailedPreconditionError,
        LimitError,
        PermissionDeniedError,
        UnavailableError,
        DataLossError,
        UnimplementedError,
        InternalError,
    )
}


def _from_status(code: int, text: str, payload: Optional[bytes]) -> Error:
    """The exception for a status of the core. Called by the extension."""
    detail = v1.ErrorDetail() if payload is None else v1.ErrorDetail.FromString(payload)
    status_code = StatusCode(code)
    if detail.issues:
        return PolicyError(text, reason=detail.reason, code=status_code, detail=detail)
    kind = _BY_CODE.get(status_code, Error)
    return kind(text, reason=detail.reason, code=status_code, detail=detail)


class ReasonInfo(NamedTuple):
    """One reason that frontdesk itself gives.

    ``code`` is ``StatusCode.OK`` for the reason of a refusal, or of a violation inside an error, which is never an
    exception of its own.
    """

    reason: str
    code: StatusCode
    text: str


def reasons() -> List[ReasonInfo]:
    """Every reason that frontdesk itself gives, by room; issues in the expressions of a policy have ``CEL_`` and one of
    `frontdesk.cel.issue_codes()` besides. Rules may give any reason of their own.

    >>> "MONEY_OVERFLOW" in {info.reason for info in reasons()}
    True
    """
    return [ReasonInfo(reason, StatusCode(code), text) for reason, code, text in _core.reasons()]
