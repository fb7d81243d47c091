"""The verbs, the lifecycles as tables, and pure questions about customers, orders and cases.

>>> from frontdesk import domain, EntityKind
>>> next(verb for verb in domain.verbs() if verb.name == "CancelOrder").field
'cancel_order'
"""

import datetime
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Tuple, Union

from google.protobuf import timestamp_pb2

from frontdesk import _core
from frontdesk import _guard
from frontdesk import times
from frontdesk import v1
from frontdesk._bridge import dump, load, load_all
from frontdesk.enums import CaseState, EntityKind

__all__ = [
    "CaseClockBasis",
    "CasePart",
    "CaseParts",
    "CasePause",
    "ChargeSheet",
    "PaymentTransition",
    "Transition",
    "Verb",
    "addressed_entity",
    "assess_case",
    "assess_customer",
    "assess_interaction",
    "assess_order",
    "collect_case_parts",
    "compute_case_clock_basis",
    "compute_charges",
    "dispute_transitions",
    "held_amount",
    "match_customers",
    "payment_transitions",
    "reached_identity_level",
    "refund_table",
    "refund_transitions",
    "returnable_quantity",
    "transitions",
    "unchanged_commands",
    "verbs",
    "view_case",
    "view_interaction",
]


class Verb(NamedTuple):
    """One verb.

    `arm` is the field of ``v1.Command`` that holds the entity's command; `number` and `field` are those of the verb in it. `name`
    is the verb's message and decision point. `entity_kind` is what it addresses. `id_path` says which field of the verb holds
    that id, `creates` whether the id must be free. `reason_prefix` is what its own refusals begin with. `input` is the full name
    of the message whose fields its rules can read (empty: no policy decides it).
    """

    arm: str
    number: int
    name: str
    field: str
    entity_kind: Optional[EntityKind]
    id_path: str
    creates: bool
    reason_prefix: str
    input: str


def verbs() -> List[Verb]:
    """All verbs, by entity, then by number.

    >>> next(verb for verb in verbs() if verb.name == "CloseCase").arm
    'case'
    """
    return [
        Verb(arm, number, name, field, EntityKind.of(kind), id_path, creates, prefix, input_name)
        for arm, number, name, field, kind, id_path, creates, prefix, input_name in _core.domain_verbs()
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
    EntityKind.APPROVAL: v1.Approval,
}


def transitions(kind: EntityKind) -> List[Transition]:
    """Every state x every verb of the entities of that kind. Empty for the desk itself, which has no states.

    >>> cell = next(each for each in transitions(EntityKind.ORDER) if each.verb == "CancelOrder" and each.state == "PLACED")
    >>> cell.to
    ('CANCELED',)
    """
    cells = _core.domain_transitions(_guard.number(kind, "kind", "frontdesk.EntityKind"))
    if not cells:
        return []
    states = _ENTITIES[EntityKind(kind)].State

    def state_name(number: int) -> str:
        return str(states.Name(number)).removeprefix("STATE_")

    return [
        Transition(verb, state_name(state) if state else None, tuple(state_name(each) for each in to), reason)
        for verb, state, to, reason in cells
    ]


class PaymentTransition(NamedTuple):
    """A possible transition of a payment, refund or dispute: states as in :class:`Transition`, None for "there is none"."""

    state: Optional[str]
    to: str


def payment_transitions() -> List[PaymentTransition]:
    """Every pair that ``RecordPayment`` allows; all others are refused with ``ORDER_RECORD_PAYMENT_TRANSITION``.

    >>> PaymentTransition("AUTHORIZED", "CAPTURED") in payment_transitions()
    True
    """

    return _transitions_of(_core.domain_payment_transitions(), v1.Payment.State.Name)


def refund_transitions() -> List[PaymentTransition]:
    """The same for refunds: every pair that ``RecordPayment`` allows.

    >>> PaymentTransition("SUCCEEDED", "FAILED") in refund_transitions()  # It bounced.
    True
    """
    return _transitions_of(_core.domain_refund_transitions(), v1.Refund.State.Name)


def dispute_transitions() -> List[PaymentTransition]:
    """The same for disputes: every pair that ``RecordDispute`` allows; all others are refused with
    ``ORDER_RECORD_DISPUTE_TRANSITION``.

    >>> PaymentTransition("WON", "LOST") in dispute_transitions()
    True
    """
    return _transitions_of(_core.domain_dispute_transitions(), v1.Dispute.State.Name)


def _transitions_of(pairs: List[Tuple[int, int]], name: Callable[[int], str]) -> List[PaymentTransition]:
    def state(number: int) -> str:
        return str(name(number)).removeprefix("STATE_")

    return [PaymentTransition(state(begin) if begin else None, state(end)) for begin, end in pairs]


def addressed_entity(command: v1.Command) -> v1.EntityRef:
    """The entity that a command addresses: kind and id; the id is empty when the command does not give it."""
    return load(_core.domain_addressed_entity(dump(command, v1.Command)), v1.EntityRef)


def unchanged_commands() -> Dict[str, str]:
    """The commands that may change nothing, by name, and how things are when they do. Such a command is done without events where
    policy and the lifecycle allow it; the field ``is_unchanged`` of its assessment says it to policy.

    >>> unchanged_commands()["PauseCase"]
    'the case waits in that state already'
    """
    return dict(_core.domain_unchanged_commands())


def assess_customer(input: v1.CustomerDecisionInput) -> v1.CustomerAssessment:
    """The assessment of a customer command for policy: whether it would change nothing.

    >>> from frontdesk import v1
    >>> state = v1.Customer.STATE_FORMER
    >>> asked = v1.CustomerCommand(change_customer_state=v1.ChangeCustomerState(customer_id="c1", state=state))
    >>> customer = v1.Customer(customer_id="c1", state=state)
    >>> assess_customer(v1.CustomerDecisionInput(command=asked, customer=customer)).is_unchanged
    True
    """
    return load(_core.domain_assess_customer(dump(input, v1.CustomerDecisionInput)), v1.CustomerAssessment)


def assess_interaction(input: v1.InteractionDecisionInput) -> v1.InteractionAssessment:
    """The assessment of an interaction command for policy: whether it would change nothing."""
    return load(_core.domain_assess_interaction(dump(input, v1.InteractionDecisionInput)), v1.InteractionAssessment)


def assess_order(input: v1.OrderDecisionInput) -> v1.OrderAssessment:
    """The assessment of an order command for policy, worked out from command and state; it holds no opinion.

    Raises:
        InvalidArgumentError: ``COMMAND_WRONG_ENTITY`` when the command is no order verb.
        FailedPreconditionError: ``FACT_MISSING`` when the verb prices variants and there are no catalog facts.
    """
    return load(_core.domain_assess_order(dump(input, v1.OrderDecisionInput)), v1.OrderAssessment)


def assess_case(input: v1.CaseDecisionInput, policy: Optional[v1.CasePolicy] = None) -> v1.CaseAssessment:
    """The assessment of a case command for policy, worked out from command and case by the `cases` of a policy pack. It
    has the priority by the pack's matrix, until when the case can be reopened, and whether the name of a state is
    listed. It holds no opinion.

    >>> from frontdesk import v1
    >>> asked = v1.CaseCommand(prioritize_case=v1.PrioritizeCase(case_id="case-1", impact=1, urgency=2))
    >>> matrix = v1.CasePolicy(priority_matrix=[v1.PriorityCell(impact=1, urgency=2, priority=2)])
    >>> assess_case(v1.CaseDecisionInput(command=asked), matrix).priority
    2
    """
    return load(
        _core.domain_assess_case(dump(input, v1.CaseDecisionInput), dump(policy or v1.CasePolicy(), v1.CasePolicy)),
        v1.CaseAssessment,
    )


class ChargeSheet(NamedTuple):
    """The price of an order: each part explained, the sums, and the customer's price for each whole line."""

    charges: Tuple[v1.Charge, ...]
    totals: v1.OrderTotals
    line_net_amounts: Tuple[v1.Money, ...]


def compute_charges(order: v1.Order) -> ChargeSheet:
    """The price of an order, from its lines, discounts, tax rule, rounding, shipping and fees.

    Raises:
        InvalidArgumentError: ``MONEY_CURRENCY_UNKNOWN``, ``MONEY_CURRENCY_MISMATCH``, ``ORDER_CHARGES_LINE_UNKNOWN``.
        OutOfRangeError: ``MONEY_OVERFLOW``.
    """
    charges, totals, net_amounts = _core.domain_compute_charges(dump(order, v1.Order))
    return ChargeSheet(
        tuple(load_all(charges, v1.Charge)), load(totals, v1.OrderTotals), tuple(load_all(net_amounts, v1.Money))
    )


def held_amount(order: v1.Order) -> v1.Money:
    """The amount held for an order: captured less refunded less pending refunds, over all payments."""
    return load(_core.domain_held_amount(dump(order, v1.Order)), v1.Money)


def refund_table(order: v1.Order, outcome: v1.Outcome) -> v1.RefundTable:
    """The refunds of a command as a table: which amount of which component goes from which payment to which place, and why.

    Args:
        order: the order as it was before the command.
        outcome: the outcome of the command, done or a preview. Other outcomes have no refunds, and their table is empty.

    The amounts of the rows sum to ``amount``. ``refundable_amount`` is the most that could have been refunded.

    >>> from frontdesk import v1, EntityKind, entity_ref
    >>> usd = lambda units: v1.Money(units=units, currency_code="USD")
    >>> refund = v1.Refund(refund_id="refund-2", amount=usd(1500), shipping_amount=usd(500),
    ...                    parts=[v1.RefundPart(payment_id="payment-1", amount=usd(1500))],
    ...                    lines=[v1.LineAmount(line_id="1", quantity=2, amount=usd(1000))])
    >>> done = v1.Outcome(events=[v1.Event(entity=entity_ref(EntityKind.ORDER, "o1"),
    ...                                    order=v1.OrderEvent(order_refunded=v1.OrderRefunded(refund=refund)))])
    >>> table = refund_table(v1.Order(order_id="o1", currency_code="USD"), done)
    >>> [(v1.RefundRow.Component.Name(row.component), row.line_id, row.amount.units) for row in table.rows]
    [('COMPONENT_LINE', '1', 1000), ('COMPONENT_SHIPPING', '', 500)]
    """
    return load(_core.domain_refund_table(dump(order, v1.Order), dump(outcome, v1.Outcome)), v1.RefundTable)


def reached_identity_level(customer: v1.Customer, now: times.Instant, interaction_id: str = "") -> int:
    """The level to which the customer's identity is verified at `now`: the highest of the verifications that count. A
    verification counts when it was made until then, has not expired, and was made outside of any interaction or in this
    one. 0: none.

    Raises:
        ValueError: a naive datetime.
    """
    return _core.domain_reached_identity_level(
        dump(customer, v1.Customer), times.timestamp(now).SerializeToString(), interaction_id
    )


def returnable_quantity(line: v1.OrderLine) -> int:
    """How many delivered pieces of a line could still be sent back."""
    return _core.domain_returnable_quantity(dump(line, v1.OrderLine))


class CasePart(NamedTuple):
    """A part, and the id of the case that holds it."""

    case_id: str
    part: v1.InteractionPart


class CaseParts(NamedTuple):
    """The parts that belong to a case, in order of time, and the cases that would be needed and were not given."""

    parts: Tuple[CasePart, ...]
    missing_case_ids: Tuple[str, ...]


def collect_case_parts(case: v1.Case, cases: Iterable[v1.Case] = ()) -> CaseParts:
    """The parts that belong to a case now, in order of time.

    Its own parts, less those that went with a split, with those that came with a split. The same goes for the cases
    merged into it, and into those. A correction goes with the part that it corrects. Who may see a part is set in the
    part itself, wherever it is seen.

    Args:
        case: the case.
        cases: the other cases concerned; those that are not among them are left out and told.

    >>> main = v1.Case(case_id="a", merged_cases=[v1.MergedCase(case_id="b"), v1.MergedCase(case_id="c")])
    >>> merged = v1.Case(case_id="b", parts=[v1.InteractionPart(part_id="1")])
    >>> collected = collect_case_parts(main, [merged])
    >>> [(each.case_id, each.part.part_id) for each in collected.parts], collected.missing_case_ids
    ([('b', '1')], ('c',))
    """
    parts, missing = _core.domain_collect_case_parts(dump(case, v1.Case), [dump(each, v1.Case) for each in cases])
    return CaseParts(
        tuple(CasePart(case_id, load(part, v1.InteractionPart)) for case_id, part in parts), tuple(missing)
    )


class CasePause(NamedTuple):
    """A stretch of time in which a clock is paused: `start` is in it, `end` is not; None: it goes on."""

    start: datetime.datetime
    end: Optional[datetime.datetime]


class CaseClockBasis(NamedTuple):
    """The instants that the clocks of a case count from, and the cases that would be needed and were not given.

    `start` is None when it is not known of any of the cases, which were imported.
    """

    start: Optional[datetime.datetime]
    pauses: Tuple[CasePause, ...]
    missing_case_ids: Tuple[str, ...]


def compute_case_clock_basis(
    case: v1.Case,
    cases: Iterable[v1.Case] = (),
    *,
    pausing_states: Iterable[Union["v1.Case.State", CaseState]] = (
        v1.Case.STATE_WAITING_ON_CUSTOMER,
        v1.Case.STATE_WAITING_ON_THIRD_PARTY,
    ),
) -> CaseClockBasis:
    """The earliest start, and the union of the pauses, of a case, the cases merged into it, and those merged into them.

    Args:
        case: the case.
        cases: the other cases concerned; those that are not among them are left out and told.
        pausing_states: the states in which the clock stands.

    >>> at = timestamp_pb2.Timestamp
    >>> later = v1.Case(case_id="a", open_time=at(seconds=60), merged_cases=[v1.MergedCase(case_id="b")])
    >>> earlier = v1.Case(case_id="b", open_time=at(seconds=0))
    >>> print(compute_case_clock_basis(later, [earlier]).start)
    1970-01-01 00:00:00+00:00
    """
    start, pauses, missing = _core.domain_compute_case_clock_basis(
        dump(case, v1.Case),
        [_guard.number(state, "each of pausing_states", "frontdesk.CaseState") for state in pausing_states],
        [dump(each, v1.Case) for each in cases],
    )

    def instant(data: bytes) -> datetime.datetime:
        return times.to_datetime(load(data, timestamp_pb2.Timestamp))

    return CaseClockBasis(
        None if start is None else instant(start),
        tuple(CasePause(instant(each), None if end is None else instant(end)) for each, end in pauses),
        tuple(missing),
    )


def match_customers(customer: v1.Customer, other: v1.Customer) -> Optional[v1.DuplicateCandidate]:
    """The evidence that two customers are one; None when there is none. The candidate is `other`.

    Score and evidence are as :meth:`frontdesk.Desk.find_duplicates` returns them. ``is_certain`` only with the same
    external id or an e-mail address that is verified on both sides, never by a telephone number.

    >>> candidate = match_customers(v1.Customer(customer_id="a", given_name="Ann", family_name="Strauß"),
    ...                             v1.Customer(customer_id="b", given_name="ANN", family_name="Strauss"))
    >>> candidate.customer_id, candidate.score, candidate.is_certain
    ('b', 150, False)
    """
    found = _core.domain_match_customers(dump(customer, v1.Customer), dump(other, v1.Customer))
    return None if found is None else load(found, v1.DuplicateCandidate)


def view_interaction(interaction: v1.Interaction) -> v1.CustomerViewInteraction:
    """The view that a customer may have of an interaction: no internal part, no note, nothing kept for the company."""
    return load(_core.domain_view_interaction(dump(interaction, v1.Interaction)), v1.CustomerViewInteraction)


def view_case(case: v1.Case, others: Iterable[v1.Case] = ()) -> v1.CustomerViewCase:
    """The view that a customer may have of a case, with the parts that belong to it now.

    Args:
        case: the case.
        others: the cases that were merged into it, those merged into these, and those from which parts came with a split; parts
            of one that is not among them are left out.
    """
    return load(
        _core.domain_view_case(dump(case, v1.Case), [dump(each, v1.Case) for each in others]), v1.CustomerViewCase
    )
