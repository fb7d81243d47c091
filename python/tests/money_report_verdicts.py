"""The verdict of the ledger on a report of a gateway, as in money_verdicts.py."""

from __future__ import annotations

from typing import Any, Optional, Tuple

from frontdesk import v1
from money_ledger import DISPUTE_MOVES, GIVING_BACK, PAYMENT_MOVES, REFUND_MOVES, STORED, Order
from money_world import Verdict, World, free_pieces, name_of, select, units, worth_of


def known_report(world: World, order_id: str, reference: str, part_id: str, fact: Tuple[str, Optional[int]]) -> Optional[str]:
    """``same`` for a report that was recorded, ``conflict`` for one that contradicts, ``open`` where one of two named no amount."""
    known = world.references.get(reference) if reference else None
    if known is None:
        return None
    # An id that the order does not have is another name for the subject of the reference.
    if known.order_id != order_id or (part_id != known.about[1] and part_id in (*world.orders[order_id].payments, *world.orders[order_id].refunds)):
        return "conflict"
    if fact in known.facts:
        return "same"
    amounts = {amount for state, amount in known.facts if state == fact[0]}
    if not amounts:
        return "new"
    return "open" if None in amounts or fact[1] is None else "conflict"


def record_payment(world: World, verb: v1.RecordPayment) -> Verdict:
    order = world.orders[verb.order_id]
    if verb.HasField("refund"):
        return _record_refund(world, order, verb.refund)
    change = verb.payment
    if change.more_captures and not change.gateway_reference:
        return False
    state, amount = name_of(v1.Payment.State, change.state), units(change, "amount")
    known = known_report(world, order.order_id, change.gateway_reference, change.payment_id, (state, amount))
    if known in ("same", "conflict"):
        return known == "same"
    reference = world.references.get(change.gateway_reference)
    if reference is not None and reference.about[0] != "payment":
        return False
    if reference is not None and change.payment_id not in ("", reference.about[1]):
        return None
    payment_id = reference.about[1] if reference else change.payment_id
    if not payment_id:
        return False
    payment = order.payments.get(payment_id)
    if payment is not None and payment.is_known(state, amount, change.gateway_reference):
        return None if payment.kind in STORED else True
    if payment is None:
        if state not in PAYMENT_MOVES[None] or amount is None or change.payment_method_id not in world.methods:
            return False
        return None if world.methods[change.payment_method_id].kind in STORED or amount <= 0 else True
    if state not in PAYMENT_MOVES[payment.state]:
        return False
    if payment.state == state == "CAPTURED" and (not change.gateway_reference or reference is not None):
        return None if reference is not None else False
    left = payment.amount - payment.captured
    if payment.kind in STORED or known == "open" or (state == "CAPTURED" and (amount or left) <= 0):
        return None
    return None if amount is not None and state != "CAPTURED" and amount != payment.amount else True


def _record_refund(world: World, order: Order, change: v1.RefundChange) -> Verdict:
    state, amount = name_of(v1.Refund.State, change.state), units(change, "amount")
    known = known_report(world, order.order_id, change.gateway_reference, change.refund_id, (state, amount))
    if known in ("same", "conflict"):
        return known == "same"
    reference = world.references.get(change.gateway_reference)
    if reference is not None and reference.about[0] != "refund":
        return False
    if reference is not None and change.refund_id not in ("", reference.about[1]):
        return None
    refund_id = reference.about[1] if reference else change.refund_id
    if not refund_id:
        return False
    refund = order.refunds.get(refund_id)
    if refund is not None and state in (refund.state, "PENDING") and amount in (None, refund.amount):
        return None if refund.kind in STORED else True
    if refund is None:
        return _refund_from_outside(world, order, change, state, amount)
    if state not in REFUND_MOVES[refund.state] or (amount is not None and amount != refund.amount):
        return False
    if refund.kind in STORED or known == "open":
        return None
    return True if refund.state in ("PENDING", "SUCCEEDED") else _can_come_again(order, refund)


def _can_come_again(order: Order, refund: Any) -> Verdict:
    """Whether what failed can have succeeded after all: its money and its components must still be there."""
    short = [each for each, size in refund.parts.items() if order.held_of(order.payments[each]) < size]
    if short:
        return None
    return None if refund.lines or refund.shipping or refund.fee or refund.cause == "CANCELLATION" else True


def _refund_from_outside(world: World, order: Order, change: v1.RefundChange, state: str, amount: Optional[int]) -> Verdict:
    cause = name_of(v1.RefundCause, change.cause)
    if state not in REFUND_MOVES[None] or cause == "UNSPECIFIED" or (cause == "OTHER" and not change.reason):
        return False
    if (amount is None and not change.items) or (change.items and cause in GIVING_BACK):
        return False
    total = amount or 0
    if change.items:
        chosen = select(order, change.items, lambda line: free_pieces(order, line, cause))
        if chosen is None:
            return False
        if amount is not None and amount > worth_of(order, chosen):
            return False
        total = worth_of(order, chosen) if amount is None else amount
    if change.payment_id:
        payment = order.payments.get(change.payment_id)
        if payment is None or (total > order.held_of(payment) and state in ("PENDING", "SUCCEEDED")):
            return False
        return None if payment.kind in STORED or change.items or total <= 0 or total > order.held_of(payment) else True
    if total > order.held:
        return False if state in ("PENDING", "SUCCEEDED") else None
    stored = any(each.kind in STORED for each in order.payments.values())
    return None if stored or change.items or total <= 0 or change.payment_method_id else True


def record_dispute(world: World, verb: v1.RecordDispute) -> Verdict:
    order = world.orders[verb.order_id]
    state, amount = name_of(v1.Dispute.State, verb.state), units(verb, "amount")
    reference = world.references.get(verb.gateway_reference) if verb.gateway_reference else None
    if reference is not None and (reference.order_id != order.order_id or reference.about[0] != "dispute"
                                  or (verb.dispute_id != reference.about[1] and verb.dispute_id in order.disputes)):
        return False
    dispute = order.disputes.get(reference.about[1] if reference else verb.dispute_id)
    if dispute is not None:
        # A report that was recorded changes nothing when it comes again, also when a later one has overtaken it.
        may_follow = state in DISPUTE_MOVES[dispute.state] or state == dispute.state or (reference is not None and (state, amount) in reference.facts)
        return None if may_follow and verb.payment_id in ("", dispute.payment_id) else False
    payment = order.payments.get(verb.payment_id)
    if payment is None or payment.captured == 0 or state not in DISPUTE_MOVES[None]:
        return False
    if amount is not None and (amount <= 0 or amount > payment.captured):
        return False
    others = order.disputed(payment.payment_id)
    if others + (payment.captured if amount is None else amount) > payment.captured:
        return None
    return True if payment.counts and payment.kind not in STORED and state in ("OPEN", "UNDER_REVIEW") else None


def answer_dispute(world: World, verb: v1.AnswerDispute) -> Verdict:
    order = world.orders[verb.order_id]
    dispute = order.disputes.get(verb.dispute_id)
    if dispute is None or dispute.state != "OPEN" or verb.accepts == bool(verb.evidence):
        return False
    if dispute.due is not None and world.now >= dispute.due:
        return False
    return None if dispute.accepted else True
