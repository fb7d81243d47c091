"""One number for all that came out: equal digests mean equal messages, byte by byte."""

import hashlib

import frontdesk
from frontdesk import v1
from google.protobuf.message import Message


class MessageDigest:
    """SHA-256 over messages: of each, in order, the length of its bytes as eight bytes, the highest first, and then its
    bytes in deterministic protobuf serialization."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()

    def add(self, message: Message) -> None:
        data = frontdesk.canonical_bytes(message)
        self._sha256.update(len(data).to_bytes(8, "big"))
        self._sha256.update(data)

    def text(self) -> str:
        """64 lower-case hexadecimal digits."""
        return self._sha256.hexdigest()


def opened_change(change: v1.LogChange) -> v1.LogChange:
    """The part of a change that is equal wherever a desk is kept: its position, journal record, events and policy as a
    reader sees them. The digests of the entry are left out, since they cover what a store holds in their place."""
    opened = v1.LogChange()
    opened.CopyFrom(change)
    opened.entry.Clear()
    opened.entry.position = change.entry.position
    return opened
