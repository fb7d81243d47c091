"""The canonical form of contact points, by which they are compared.

>>> from frontdesk import contact, ContactPointKind
>>> contact.normalize(ContactPointKind.EMAIL, " Ann.Lee+news@Example.COM ")
NormalizedContactPoint(canonical='Ann.Lee+news@example.com', match_key='ann.lee+news@example.com')
"""

from typing import NamedTuple

from frontdesk import _core
from frontdesk import _guard
from frontdesk.enums import ContactPointKind

__all__ = ["NormalizedContactPoint", "has_phone_library", "load_phone_metadata", "normalize"]


class NormalizedContactPoint(NamedTuple):
    """`canonical` is what to show and to send to; `match_key` what to compare."""

    canonical: str
    match_key: str


def normalize(kind: ContactPointKind, as_typed: str, *, region_code: str = "") -> NormalizedContactPoint:
    """Reads what a person typed; white space around it is ignored.

    Args:
        kind: e-mail, phone or handle.
        as_typed: at most 254 bytes, phones 64.
        region_code: ISO 3166-1 alpha-2, where a phone number typed without + is read.

    Raises:
        InvalidArgumentError: with the reason ``CONTACT_POINT_KIND``, ``CONTACT_POINT_EMPTY``, ``CONTACT_POINT_TOO_LONG``,
            ``CONTACT_POINT_REGION_REQUIRED``, ``CONTACT_POINT_NO_PHONE_LIBRARY``, ``CONTACT_POINT_REGION_UNKNOWN`` or
            ``CONTACT_POINT_SYNTAX``; the texts hold nothing of what was typed.
    """
    return NormalizedContactPoint(
        *_core.contact_normalize(_guard.number(kind, "kind", "frontdesk.ContactPointKind"), as_typed, region_code)
    )


def has_phone_library() -> bool:
    """Whether this build reads national phone numbers; else only numbers typed with +."""
    return _core.contact_has_phone_library()


def load_phone_metadata() -> None:
    """Loads what the telephone library knows about the countries, which takes some milliseconds. Otherwise the first phone number that
    a process reads waits for it. Later calls do nothing; other threads run meanwhile.

    >>> load_phone_metadata()
    """
    _core.contact_load_phone_metadata()
