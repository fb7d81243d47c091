"""Drives an order to an end, from wherever it is: nothing asked for, nothing on its way, every piece where it stays."""

from __future__ import annotations

from typing import Any, Callable, List, Optional


from frontdesk import v1
from money_ledger import Order, Payment
from money_world import World

Give = Callable[[Any], v1.Outcome]

CAPTURED, VOIDED = v1.Payment.STATE_CAPTURED, v1.Payment.STATE_VOIDED


def drive(world: World, order: Order, give: Give) -> List[str]:
    """Gives commands until the order is at an end; returns what is left open then."""
    for _ in range(3):
        _settle(order, give)
        _move_pieces(order, give)
        _balance(world, order, give)
    left = [f"{each.refund_id} is pending" for each in order.refunds.values() if each.state == "PENDING"]
    left += [f"{each.payment_id} asks for {each.open}" for each in order.payments.values() if each.open]
    left += [f"{each.dispute_id} is {each.state}" for each in order.disputes.values() if each.state in ("OPEN", "UNDER_REVIEW")]
    places = {place for line in order.lines.values() for place in line.places}
    if places & {"ordered", "shipped"}:
        left.append(f"pieces are {places}")
    if order.owed > 0 and not order.canceled:
        left.append(f"{order.owed} are owed")
    if order.owed < 0 and order.held > 0 and not _bars(world, order):
        left.append(f"{-order.owed} more are held than owed")
    return left


def _settle(order: Order, give: Give) -> None:
    """Everything asked for outside is done or over."""
    for dispute in list(order.disputes.values()):
        if dispute.state in ("OPEN", "UNDER_REVIEW"):
            verb = v1.RecordDispute(order_id=order.order_id, dispute_id=dispute.dispute_id, state=v1.Dispute.STATE_LOST)
            # Several disputes together cannot take more than was captured.
            if len(dispute.dispute_id) % 2 or give(verb).verdict != v1.VERDICT_DONE:
                verb.state = v1.Dispute.STATE_WON
                give(verb)
    for refund in list(order.refunds.values()):
        if refund.state == "PENDING":
            change = v1.RefundChange(refund_id=refund.refund_id, state=v1.Refund.STATE_SUCCEEDED)
            give(v1.RecordPayment(order_id=order.order_id, refund=change))
    for payment in list(order.payments.values()):
        if payment.state in ("REQUESTED", "AUTHORIZED"):
            give(v1.RecordPayment(order_id=order.order_id, payment=_last(payment)))


def _last(payment: Payment) -> v1.PaymentChange:
    whole = payment.state == "REQUESTED" and payment.amount > 0
    return v1.PaymentChange(payment_id=payment.payment_id, state=CAPTURED if whole else VOIDED)


def _move_pieces(order: Order, give: Give) -> None:
    """Pieces that are not shipped are canceled where possible, else shipped; shipments arrive."""
    if order.canceled:
        return
    items = [v1.ItemSelector(line_id=line.line_id, quantity=min(line.count("ordered"), order.unrefunded(line)))
             for line in order.lines.values() if min(line.count("ordered"), order.unrefunded(line)) > 0]
    if items and len(order.order_id) % 2:
        give(v1.CancelItems(order_id=order.order_id, items=items, settlement=v1.SETTLEMENT_DONE))
    rest = [v1.LineQuantity(line_id=line.line_id, quantity=line.count("ordered")) for line in order.lines.values() if line.count("ordered")]
    if rest:
        shipment = v1.Shipment(shipment_id=f"last-{len(order.shipments)}", lines=rest)
        give(v1.RecordShipment(order_id=order.order_id, shipment=shipment))
    for shipment_id in list(order.shipments):
        if shipment_id not in order.delivered and any(line.count("shipped") for line in order.lines.values()):
            give(v1.RecordDelivery(order_id=order.order_id, shipment_id=shipment_id))


def _balance(world: World, order: Order, give: Give) -> None:
    """The owed amount is paid; a surplus goes back."""
    if order.owed > 0 and not order.canceled:
        share = v1.PaymentShare(payment_method_id="card")
        give(v1.RequestPayment(order_id=order.order_id, payments=[share], settlement=v1.SETTLEMENT_DONE))
    over = min(-order.owed, order.held)
    if over > 0 and not _bars(world, order):
        amount = v1.Money(units=over, currency_code=order.currency)
        give(v1.RefundOrder(order_id=order.order_id, cause=v1.REFUND_CAUSE_DUPLICATE, amount=amount, settlement=v1.SETTLEMENT_DONE))


def _bars(world: World, order: Order) -> bool:
    """Whether money is held from an account to which nothing can go back any more."""
    accounts: List[Optional[Any]] = [world.accounts.get(each.account_id) for each in order.payments.values() if order.held_of(each) > 0 and each.account_id]
    return any(each is None or each.is_over(world.now) for each in accounts)



