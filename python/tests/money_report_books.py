"""Books a report of a gateway that was recorded, as money_books.py books commands."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Tuple

from frontdesk import v1
from money_books import Books, components, last_pieces, lost, no_more_than_owed, quantities_of
from money_ledger import Dispute, Order, Payment, Refund
from money_world import Reference, World, free_pieces, name_of, select, units


def _note(world: World, order_id: str, reference: str, about: Tuple[str, str], fact: Tuple[str, Optional[int]]) -> None:
    if reference:
        world.references.setdefault(reference, Reference(order_id, about)).facts.add(fact)


def _report_is_kept(books: Books, reference: str, is_first_state: bool) -> None:
    """A report says nothing of its subject that is not known. Its reference or its state may be new, for when it comes again."""
    is_new = bool(reference) and (not is_first_state or reference not in books.world.references)
    books.expect("events of a report that says nothing new", len(books.outcome.events), int(is_new))
    kept = [each.report.reference for each in books.named("payment_recorded")]
    books.expect("references kept", kept, [reference] if is_new else [])


def record_payment(books: Books, verb: v1.RecordPayment) -> None:
    if verb.HasField("refund"):
        return _refund_report(books, verb.refund)
    world, order, change = books.world, books.order, verb.payment
    told = next((each.payment for each in books.named("payment_recorded") if each.HasField("payment")), None)
    state, amount = name_of(v1.Payment.State, change.state), units(change, "amount")
    reference = world.references.get(change.gateway_reference)
    if reference is not None and (state, amount) in reference.facts:
        return books.expect("events of a report that was recorded", len(books.outcome.events), 0)
    paid = order.payments.get(reference.about[1] if reference else change.payment_id)
    if paid is not None and paid.is_known(state, amount, change.gateway_reference):
        _report_is_kept(books, change.gateway_reference, state == "AUTHORIZED")
        paid.reference = paid.reference or change.gateway_reference
        return _note(world, order.order_id, change.gateway_reference, ("payment", paid.payment_id), (state, amount))
    if told is None:
        return books.expect("state that was known", paid.state if paid is not None else None, state)
    before = max(0, -order.owed_at(world.now))
    known = order.payments.get(told.payment_id)
    if known is None:
        known = books.new_payment(told)
        known.state, known.captured = "REQUESTED", 0
        books.expect("amount of a new payment", known.amount, amount)
    _payment_report(books, known, change, told)
    known.reference = told.gateway_reference
    _note(world, order.order_id, change.gateway_reference, ("payment", known.payment_id), (state, amount))
    if state in ("FAILED", "CHARGED_BACK"):
        _contest(order, known.payment_id)
    after = max(0, -order.owed_at(world.now))
    event = next(each for each in books.named("payment_recorded") if each.HasField("payment"))
    books.expect("excess", units(event, "excess_amount"), after if state == "CAPTURED" and after > before else None)


def _payment_report(books: Books, known: Payment, change: v1.PaymentChange, told: v1.Payment) -> None:
    """The payment after a report."""
    state = name_of(v1.Payment.State, change.state)
    if state == "CAPTURED" and known.state in ("CHARGED_BACK", "FAILED") and known.captured:
        # A charge-back was reversed: the amount of before is here again, or the reported one, but not less than went back of it.
        given_back = sum(books.order.of_payment(known.payment_id, each) for each in ("SUCCEEDED", "PENDING"))
        size = max(change.amount.units, given_back) if change.HasField("amount") else known.captured
        books.expect("captured again", told.captured_amount.units, size)
        known.captured, known.state = told.captured_amount.units, name_of(v1.Payment.State, told.state)
    elif state == "CAPTURED":
        known.captured += change.amount.units if change.HasField("amount") else max(0, known.amount - known.captured)
        goes_on = change.more_captures and known.state in ("REQUESTED", "AUTHORIZED") and known.captured < known.amount
        known.state = "AUTHORIZED" if goes_on else "CAPTURED"
    elif state in ("VOIDED", "EXPIRED") and known.captured:
        known.state = "CAPTURED"  # The rest is released, the captured amount stays.
    else:
        known.state = state
    if change.HasField("expire_time"):
        known.expire = change.expire_time.seconds


def _contest(order: Order, payment_id: str) -> None:
    for refund in order.refunds.values():
        if refund.state == "PENDING" and payment_id in refund.parts:
            refund.contested = True


def _refund_report(books: Books, change: v1.RefundChange) -> None:
    world, order = books.world, books.order
    state, amount = name_of(v1.Refund.State, change.state), units(change, "amount")
    reference = world.references.get(change.gateway_reference)
    if reference is not None and (state, amount) in reference.facts:
        return books.expect("events of a report that was recorded", len(books.outcome.events), 0)
    refund_id = reference.about[1] if reference else change.refund_id
    refund = order.refunds.get(refund_id)
    if refund is not None and state in (refund.state, "PENDING"):
        _report_is_kept(books, change.gateway_reference, state == "PENDING")
    elif refund is None:
        _refund_began_outside(books, change, state)
    else:
        was_in_force, refund.state = refund.in_force, state
        again = [each.refund for each in books.named("payment_recorded") if each.HasField("refund")]
        if again and refund.in_force and not was_in_force:
            _comes_again(books, refund, again[0])
    _note(world, order.order_id, change.gateway_reference, ("refund", refund_id), (state, amount))


def _comes_again(books: Books, refund: Refund, told: v1.Refund) -> None:
    """A refund that comes into force again has the rest of its lines and components; its tax is shared anew."""
    before = {line_id: (quantity, amount, withheld) for line_id, quantity, amount, withheld in refund.lines}
    rows = [(each.line_id, each.quantity, each.amount.units, each.withheld_amount.units) for each in told.lines]
    for line_id, *found in rows:
        books.expect(f"{found} of {line_id} in {refund.refund_id}", all(a <= b for a, b in zip(found, before.get(line_id, (0, 0, 0)))), True)
    books.expect("shipping and fees that come again", told.shipping_amount.units <= refund.shipping and told.fee_amount.units <= refund.fee, True)
    refund.lines, refund.shipping, refund.fee, refund.tax = rows, told.shipping_amount.units, told.fee_amount.units, told.tax_amount.units
    books.order.converted |= set(before)  # The desk counts the pieces.


def _refund_began_outside(books: Books, change: v1.RefundChange, state: str) -> None:
    order, cause = books.order, name_of(v1.RefundCause, change.cause)
    quantities: Dict[str, int] = {}
    worths: Dict[str, int] = {}
    total = change.amount.units
    if change.items:
        quantities = quantities_of(select(order, change.items, lambda line: free_pieces(order, line, cause)) or [])
        worths = {each: order.worth(order.lines[each], size) for each, size in quantities.items()}
        total = total if change.HasField("amount") else sum(worths.values())
    in_force = state in ("PENDING", "SUCCEEDED")
    opened = released = 0
    if in_force and quantities and cause == "CANCELLATION":
        books.items_canceled(quantities, total)
        opened, released = last_pieces(books, False)
        quantities, worths = {}, {}
    new = {each: min(size, order.unrefunded(order.lines[each])) for each, size in quantities.items()}
    lost(books, quantities if cause == "LOST" and in_force else {})
    reported = [each for each in books.named("payment_recorded") if each.HasField("refund")]
    told = [each.refund for each in books.named("order_refunded") or reported]
    made = [books.new_refund(each) for each in told]
    books.expect("refund from outside", [(each.refund_id, each.state, each.amount) for each in made], [(change.refund_id, state, total)])
    if in_force:
        no_more_than_owed(books, opened, released)
        components(books, made, new, worths, 0, 0)


def record_dispute(books: Books, verb: v1.RecordDispute) -> None:
    world, order = books.world, books.order
    found = books.named("dispute_recorded")
    if not found:
        return
    told = found[0].dispute
    state, amount = name_of(v1.Dispute.State, verb.state), units(verb, "amount")
    known = order.disputes.get(told.dispute_id)
    is_new = known is None
    if known is None:
        size = order.payments[told.payment_id].captured if amount is None else amount
        known = order.disputes[told.dispute_id] = Dispute(told.dispute_id, told.payment_id, state, "CHARGEBACK", size)
        books.expect("payment of the dispute", told.payment_id, verb.payment_id)
    before = known.amount if known.takes and not is_new else 0
    known.state = state
    known.amount = known.amount if amount is None else amount
    if verb.stage:
        known.stage = name_of(v1.Dispute.Stage, verb.stage)
    if verb.HasField("due_time"):
        known.due = verb.due_time.seconds
    if known.takes and known.amount > before:
        _contest(order, known.payment_id)
    _note(world, order.order_id, verb.gateway_reference, ("dispute", told.dispute_id), (state, amount))


def answer_dispute(books: Books, verb: v1.AnswerDispute) -> None:
    dispute = books.order.disputes[verb.dispute_id]
    told = books.named("dispute_recorded")[0].dispute
    # Sent: the bank decides. Accepted: the money stays away until the bank has closed the dispute.
    dispute.state = dispute.state if verb.accepts else "UNDER_REVIEW"
    dispute.accepted = verb.accepts
    books.expect("state of an answered dispute", name_of(v1.Dispute.State, told.state), dispute.state)
    books.expect("accepted", told.is_accepted, verb.accepts)


BOOKED: Dict[type, Callable[[Books, Any], None]] = {
    v1.RecordPayment: record_payment,
    v1.RecordDispute: record_dispute,
    v1.AnswerDispute: answer_dispute,
}
