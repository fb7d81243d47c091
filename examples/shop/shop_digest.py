"""One number for all that came out: equal digests mean equal outcomes, byte by byte."""

import hashlib

import frontdesk
from frontdesk import v1


class OutcomeDigest:
    """SHA-256 over outcomes: of each, in order, the length of its bytes as eight bytes, the highest first, and then its
    bytes in deterministic protobuf serialization."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()

    def add(self, outcome: v1.Outcome) -> None:
        data = frontdesk.canonical_bytes(outcome)
        self._sha256.update(len(data).to_bytes(8, "big"))
        self._sha256.update(data)

    def text(self) -> str:
        """64 lower-case hexadecimal digits."""
        return self._sha256.hexdigest()
