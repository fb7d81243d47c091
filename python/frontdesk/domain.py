"""The verbs, the lifecycles as tables, and pure questions about orders.

>>> from frontdesk import domain, EntityKind
>>> next(verb for verb in domain.verbs() if verb.name == "CancelOrder").field
'cancel_order'
"""

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from frontdesk import _core
from frontdesk import v1
from frontdesk._bridge import dump, load, load_all
from frontdesk.enums import EntityKind

__all__ = [
    "ChargeSheet",
    "PaymentTransition",
    "Transition",
    "Verb",
    "addressed_entity",
    "assess_order",
    "compute_charges",
    "held_amount",
    "payment_transitions",
    "returnable_quantity",
    "transitions",
    "verbs",
]


class Verb(NamedTuple):
    """One verb.

    `number` and `field` are those of ``v1.Command``, `name` is the verb's message and decision point, `entity_kind` is what it
    addresses (None for verbs that address nothing of the desk's), `id_path` says where in the verb the addressed id stands,
    `creates` whether that id must be free, `reason_prefix` what its own refusals begin with, and `input` the full name of
    the message whose fields its rules can read (empty: no policy decides it).
    """

    number: int
    name: str
    field: str
    entity_kind: Optional[EntityKind]
    id_path: str
    creates: bool
    reason_prefix: str
    input: str


def verbs() -> List[Verb]:
    """All verbs, by number."""
    return [
        Verb(number, name, field, EntityKind.of(kind), id_path, creates, prefix, input_name)
        for number, name, field, kind, id_path, creates, prefix, input_name in _core.domain_verbs()
    ]


class Transition(NamedTuple):
    """One cell of a lifecycle: what a verb does in a state.

    States are the names in the entity's ``State`` enum without the prefix, None for "no such entity". `to` are the states that may
    follow, empty when the verb is refused, with `refusal_reason`.
    """

    verb: str
    state: Optional[str]
    to: Tuple[str, ...]
    refusal_reason: str


_ENTITIES: Dict[EntityKind, Any] = {
    EntityKind.CUSTOMER: v1.Customer,
    EntityKind.INTERACTION: v1.Interaction,
    EntityKind.ORDER: v1.Order,
    EntityKind.ACCOUNT: v1.Account,
    EntityKind.CASE: v1.Case,
}


def transitions(kind: EntityKind) -> List[Transition]:
    """Every state x every verb of the entities of that kind. ``ValueError`` for approvals, which have no such table.

    >>> cell = next(each for each in transitions(EntityKind.ORDER) if each.verb == "CancelOrder" and each.state == "PLACED")
    >>> cell.to
    ('CANCELLED',)
    """
    cells = _core.domain_transitions(int(kind))
    states = _ENTITIES[kind].State
    names = {verb.number: verb.name for verb in verbs()}

    def state_name(number: int) -> str:
        return str(states.Name(number)).removeprefix("STATE_")

    return [
        Transition(names[verb], state_name(state) if state else None, tuple(state_name(each) for each in to), reason)
        for verb, state, to, reason in cells
    ]


class PaymentTransition(NamedTuple):
    """What may become of a payment: states as in :class:`Transition`, None for "no such payment"."""

    state: Optional[str]
    to: str


def payment_transitions() -> List[PaymentTransition]:
    """Every pair that ``RecordPayment`` allows; all others are refused with ``ORDER_RECORD_PAYMENT_TRANSITION``.

    >>> PaymentTransition("AUTHORISED", "CAPTURED") in payment_transitions()
    True
    """

    def name(number: int) -> str:
        return str(v1.Payment.State.Name(number)).removeprefix("STATE_")

    return [
        PaymentTransition(name(state) if state else None, name(to)) for state, to in _core.domain_payment_transitions()
    ]


def addressed_entity(command: v1.Command) -> v1.EntityRef:
    """What a command addresses: kind and id; the id is empty when the command does not give it."""
    return load(_core.domain_addressed_entity(dump(command, v1.Command)), v1.EntityRef)


def assess_order(input: v1.OrderDecisionInput) -> v1.OrderAssessment:
    """What policy is to know about an order command, worked out from command and state; it holds no opinion.

    Raises:
        InvalidArgumentError: ``COMMAND_WRONG_ENTITY`` when the command is no order verb.
        FailedPreconditionError: ``FACT_MISSING`` when the verb prices variants and there are no catalogue facts.
    """
    return load(_core.domain_assess_order(dump(input, v1.OrderDecisionInput)), v1.OrderAssessment)


class ChargeSheet(NamedTuple):
    """What an order costs: each part explained, the sums, and what the customer pays for each whole line."""

    charges: Tuple[v1.Charge, ...]
    totals: v1.OrderTotals
    line_net_amounts: Tuple[v1.Money, ...]


def compute_charges(order: v1.Order) -> ChargeSheet:
    """What an order costs, from its lines, discounts, tax rule, rounding, shipping and fees.

    Raises:
        InvalidArgumentError: ``MONEY_CURRENCY_UNKNOWN``, ``MONEY_CURRENCY_MISMATCH``, ``ORDER_CHARGES_LINE_UNKNOWN``.
        OutOfRangeError: ``MONEY_OVERFLOW``.
    """
    charges, totals, net_amounts = _core.domain_compute_charges(dump(order, v1.Order))
    return ChargeSheet(
        tuple(load_all(charges, v1.Charge)), load(totals, v1.OrderTotals), tuple(load_all(net_amounts, v1.Money))
    )


def held_amount(order: v1.Order) -> v1.Money:
    """What is held for an order: captured less refunded less pending refunds, over all payments."""
    return load(_core.domain_held_amount(dump(order, v1.Order)), v1.Money)


def returnable_quantity(line: v1.OrderLine) -> int:
    """How many delivered pieces of a line could still be sent back."""
    return _core.domain_returnable_quantity(dump(line, v1.OrderLine))
