"""Plain values that a desk takes and gives, apart because few processes need them. Private: `frontdesk.desk` has them."""

import dataclasses
import datetime
from typing import NamedTuple, Optional

from frontdesk import times
from frontdesk import v1


class PendingEffect(NamedTuple):
    """Something that the host is to have done and has not acknowledged.

    `sequence` is that of its journal record. `claim` has its state, its attempts and the cause of the last failure; it is empty when
    nobody has claimed the effect.
    """

    sequence: int
    effect: v1.Effect
    claim: v1.EffectClaim


class ClaimedEffect(NamedTuple):
    """An effect that the caller has claimed: nobody else gets it before `lease_end`. `attempt` names the claim, from 1."""

    sequence: int
    effect: v1.Effect
    attempt: int
    lease_end: datetime.datetime


@dataclasses.dataclass(frozen=True)
class Activation:
    """Who activates a policy, and when: the command ``ActivatePolicy`` without the policy.

    Args:
        actor: who activates.
        now: when.
        note: why, for people.
        idempotency_key: as in a command; empty: not protected.
        late_entry: as in a command.
        expected_version: as in a command; that of the desk as an entity.
        replace_unusable: whether the new policy decides about its activation in case that this desk cannot use the active one,
            because a function is missing or it does not compile. Otherwise that is an error.
    """

    actor: v1.Actor
    now: times.Instant
    note: str = ""
    idempotency_key: str = ""
    late_entry: bool = False
    expected_version: Optional[int] = None
    replace_unusable: bool = False


@dataclasses.dataclass(frozen=True)
class ImportInput:
    """A row of :meth:`Desk.import_commands`: a command, or a row of which no command could be made.

    Args:
        command: the command. None: there is none, and `reason` says why.
        facts: as of :meth:`Desk.execute`.
        source: the place of the row in its source, for people: ``"orders.csv:17"``. At most 256 bytes.
        reason: why there is no command: a word of A to Z, 0 to 9 and _, at most 64 bytes.
        text: the reason for people, at most 1,024 bytes. No personal data.
    """

    command: Optional[v1.Command] = None
    facts: Optional[v1.Facts] = None
    source: str = ""
    reason: str = ""
    text: str = ""


# They appear under the name that users import.
PendingEffect.__module__ = ClaimedEffect.__module__ = Activation.__module__ = ImportInput.__module__ = "frontdesk.desk"
