"""Messages as bytes."""

from typing import Any

from google.protobuf import message as protobuf_message

from frontdesk import _guard

__all__ = ["canonical_bytes"]


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
