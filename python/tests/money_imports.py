"""Orders of another system for random sequences, and the way in which the ledger takes them in."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from frontdesk import v1
from money_books import Books
from money_ledger import Dispute, Order, Payment, Refund
from money_prices import EXPONENTS, Cut, Terms
from money_shop import SOURCE, Shop
from money_world import Verdict, World, name_of, new_line

CONTRADICTORY = "contradictory"  # The document of an order whose amounts or counts do not add up.


def import_order(shop: Shop) -> Any:
    """An order as another system has it: partly shipped, paid, refunded. Some contradict themselves."""
    dice, currency = shop.dice, shop.world.currency
    order = v1.Order(order_id=shop.fresh("i"), customer_id=shop.world.customer_id, currency_code=currency)
    scale = EXPONENTS[currency] + 1
    for number in range(dice.choice([1, 2])):
        variant = dice.choice(["mug", "lamp"])
        line = order.lines.add(line_id=str(number + 1), variant_id=variant)
        line.quantities.ordered = dice.choice([1, 2, 4])
        line.unit_price.CopyFrom(v1.UnitPrice(value=shop.world.prices[variant], scale=scale, currency_code=currency))
    order.totals.shipping.CopyFrom(shop.money(dice.choice([1, 500])))
    order.rounding_level = v1.ROUNDING_LEVEL_LINE
    order.rounding = v1.ROUNDING_HALF_UP
    order.state = dice.choice([v1.Order.STATE_PLACED, v1.Order.STATE_PROCESSING, v1.Order.STATE_SHIPPED, v1.Order.STATE_DELIVERED])
    if order.state >= v1.Order.STATE_SHIPPED:
        shipment = order.shipments.add(shipment_id="old", delivered=order.state == v1.Order.STATE_DELIVERED)
        for line in order.lines:
            line.quantities.shipped = line.quantities.ordered
            line.quantities.delivered = line.quantities.ordered if shipment.delivered else 0
            shipment.lines.add(line_id=line.line_id, quantity=line.quantities.ordered)
    _money(shop, order)
    source = v1.ImportSource(system=SOURCE.system)
    if dice.random() < 0.15:
        source.document = CONTRADICTORY
        _contradict(shop, order)
    return v1.ImportOrder(order=order, source=source, strict=True)


def _money(shop: Shop, order: v1.Order) -> None:
    total = read_order(shop.world, order).total
    route = v1.MoneyRoute(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD)
    payment = order.payments.add(payment_id="old-1", route=route, amount=shop.money(total), state=v1.Payment.STATE_CAPTURED)
    payment.gateway_reference = shop.fresh("ref")
    if shop.dice.random() < 0.3:
        payment.state = v1.Payment.STATE_AUTHORIZED
        return
    if total > 0 and shop.dice.random() < 0.4:
        _dispute(shop, order, total)
    if total > 1 and shop.dice.random() < 0.6:
        size = shop.money(shop.dice.randint(1, total - 1))
        order.refunds.add(
            refund_id="old-2", route=route, state=shop.dice.choice([v1.Refund.STATE_SUCCEEDED, v1.Refund.STATE_FAILED]),
            amount=size, cause=v1.REFUND_CAUSE_GOODWILL, parts=[v1.RefundPart(payment_id="old-1", amount=size)],
        )


def _dispute(shop: Shop, order: v1.Order, captured: int) -> None:
    dice = shop.dice
    order.disputes.add(
        dispute_id="old-3", payment_id="old-1", amount=shop.money(dice.randint(1, captured)), gateway_reference=shop.fresh("ref"),
        state=dice.choice([v1.Dispute.STATE_OPEN, v1.Dispute.STATE_UNDER_REVIEW, v1.Dispute.STATE_WON, v1.Dispute.STATE_LOST,
                           v1.Dispute.STATE_WITHDRAWN]),
        stage=dice.choice([v1.Dispute.STAGE_UNSPECIFIED, v1.Dispute.STAGE_INQUIRY, v1.Dispute.STAGE_CHARGEBACK]),
    )


def _contradict(shop: Shop, order: v1.Order) -> None:
    choice = shop.dice.randrange(4)
    if choice == 0 and order.refunds:
        order.refunds[0].amount.units += 1
    elif choice == 3 and order.disputes:
        order.disputes[0].amount.units = order.payments[0].amount.units + 1
    elif choice == 1:
        order.lines[0].quantities.delivered = order.lines[0].quantities.ordered + 1
    else:
        order.payments[0].captured_amount.CopyFrom(shop.money(1))
        order.payments[0].refunded_amount.CopyFrom(shop.money(2))


def read_order(world: World, told: v1.Order) -> Order:
    """The order as the ledger reads it."""
    terms = Terms(shipping=told.totals.shipping.units)
    cuts: List[Cut] = []
    lines = {each.line_id: new_line(world, each.line_id, each.variant_id, each.quantities.ordered) for each in told.lines}
    order = Order(told.order_id, told.currency_code, terms, cuts, lines)
    order.began_processing = told.state == v1.Order.STATE_PROCESSING
    for each in told.lines:
        line = lines[each.line_id]
        line.move(min(each.quantities.shipped, line.ordered), "ordered", "shipped")
        line.move(min(each.quantities.delivered, line.count("shipped")), "shipped", "delivered")
    for shipment in told.shipments:
        order.shipments[shipment.shipment_id] = {each.line_id: each.quantity for each in shipment.lines}
        order.delivered += [shipment.shipment_id] if shipment.delivered else []
    order.price()
    for paid in told.payments:
        state, amount = name_of(v1.Payment.State, paid.state), paid.amount.units
        captured = amount if state == "CAPTURED" else 0
        order.payments[paid.payment_id] = Payment(paid.payment_id, "card", "CARD", "", state, amount, captured, amount, reference=paid.gateway_reference)
    for back in told.refunds:
        parts: Dict[str, int] = {each.payment_id: each.amount.units for each in back.parts}
        state = name_of(v1.Refund.State, back.state)
        order.refunds[back.refund_id] = Refund(back.refund_id, state, back.amount.units, parts, "GOODWILL", method="card", kind="CARD")
    for claim in told.disputes:
        stage = name_of(v1.Dispute.Stage, claim.stage or v1.Dispute.STAGE_CHARGEBACK)
        state = name_of(v1.Dispute.State, claim.state)
        order.disputes[claim.dispute_id] = Dispute(claim.dispute_id, claim.payment_id, state, stage, claim.amount.units)
    return order


def verdict(world: World, verb: v1.ImportOrder) -> Verdict:
    if verb.order.order_id in world.orders:
        return False
    return verb.source.document != CONTRADICTORY


def book(books: Books, verb: v1.ImportOrder) -> None:
    order = read_order(books.world, verb.order)
    order.repriced = True  # The tax in refunds of before is not known.
    books.order = books.world.orders[order.order_id] = order


IMPORTS: Tuple[Tuple[int, Any], ...] = ((1, import_order),)
