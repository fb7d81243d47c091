"""Making commands: who asks, when, and the verb."""

from __future__ import annotations

from google.protobuf import message

from frontdesk import _guard
from frontdesk import times
from frontdesk import v1
from frontdesk.enums import ActorKind
from frontdesk.v1 import _tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, Optional, Tuple

    from frontdesk.enums import EntityKind

__all__ = ["actor", "command", "entity_ref"]


def actor(
    actor_id: str,
    kind: ActorKind = ActorKind.AGENT,
    *,
    roles: Iterable[str] = (),
    authorities: Iterable[str] = (),
    team_ids: Iterable[str] = (),
) -> v1.Actor:
    """Who asks.

    Raises:
        TypeError: an argument of another type; roles, authorities and teams are several str each, `kind` is no str.

    >>> from frontdesk import actor, ActorKind
    >>> actor("anna", authorities=["refunds"]).kind == ActorKind.AGENT
    True
    """
    return v1.Actor(
        actor_id=_guard.text(actor_id, "actor_id"),
        kind=_guard.number(kind, "kind", "frontdesk.ActorKind, such as ActorKind.AGENT"),  # type: ignore[arg-type]
        roles=_guard.texts(roles, "roles"),
        authorities=_guard.texts(authorities, "authorities"),
        team_ids=_guard.texts(team_ids, "team_ids"),
    )


def command(
    verb: Any,
    *,
    actor: v1.Actor,
    now: times.Instant,
    idempotency_key: str = "",
    expected_version: Optional[int] = None,
    interaction_id: str = "",
    note: str = "",
    late_entry: bool = False,
) -> v1.Command:
    """A command around the message of a verb.

    Args:
        verb: what is asked, for example a ``v1.CancelOrder``.
        actor: who asks.
        now: the instant of asking; frontdesk reads no clock. For a late entry, the instant at which it occurred.
        idempotency_key: makes a repeated command harmless.
        expected_version: the version that the addressed entity must have; None for any.
        interaction_id: the interaction in whose course it is asked.
        note: why, for people.
        late_entry: whether something in the past is recorded only now, as an import or offline work is. The command is decided at
            the last instant of the entities that it changes; its events keep `now` as their ``occur_time``.

    Raises:
        TypeError: `verb` is not the message of a verb, but for example its class; another argument of another type.
        ValueError: a naive datetime; a text that is not valid Unicode.

    >>> import datetime
    >>> import frontdesk
    >>> asked = frontdesk.command(
    ...     frontdesk.v1.CancelOrder(order_id="1001", reason="no longer needed"),
    ...     actor=frontdesk.actor("anna"),
    ...     now=datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc),
    ... )
    >>> asked.order.cancel_order.order_id
    '1001'
    """
    place = _places.get(type(verb)) or _place_of(verb)
    if not isinstance(actor, v1.Actor):
        raise TypeError(f"expected a frontdesk.v1.Actor, not {_guard.type_name(actor)}")
    made = v1.Command(actor=actor, now=times.timestamp(now))
    if idempotency_key != "":
        made.idempotency_key = _guard.text(idempotency_key, "idempotency_key")
    if interaction_id != "":
        made.interaction_id = _guard.text(interaction_id, "interaction_id")
    if note != "":
        made.note = _guard.text(note, "note")
    if late_entry is not False:
        made.late_entry = _guard.flag(late_entry, "late_entry")
    if expected_version is not None:
        made.expected_version = _guard.integer(expected_version, "expected_version")
    arm, field = place
    asked = getattr(getattr(made, arm), field)
    asked.SetInParent()
    asked.CopyFrom(verb)
    return made


# The places of verbs, by the class of their message.
_places: Dict[type, Tuple[str, str]] = {}


def _place_of(verb: Any) -> Tuple[str, str]:
    place = _tables.VERB_PLACES.get(verb.DESCRIPTOR.full_name) if isinstance(verb, message.Message) else None
    if place is None:
        raise TypeError(f"expected the message of a verb such as CancelOrder, not {_guard.type_name(verb)}")
    _places[type(verb)] = place
    return place


def entity_ref(kind: EntityKind, entity_id: str) -> v1.EntityRef:
    """The address of an entity.

    >>> from frontdesk import entity_ref, EntityKind
    >>> entity_ref(EntityKind.ORDER, "1001").id
    '1001'
    """
    return v1.EntityRef(
        kind=_guard.number(kind, "kind", "frontdesk.EntityKind"),  # type: ignore[arg-type]
        id=_guard.text(entity_id, "entity_id"),
    )
