"""Messages as bytes."""

from typing import Any

__all__ = ["canonical_bytes"]


def canonical_bytes(message: Any) -> bytes:
    """The deterministic serialisation of a message: what is hashed, compared and kept, the same as in C++.

    >>> from frontdesk import v1
    >>> canonical_bytes(v1.Money(units=1, currency_code="EUR")).hex()
    '08011203455552'
    """
    data: bytes = message.SerializeToString(deterministic=True)
    return data
