"""The verdict of the ledger on a command before it is given: done (True), refused (False), or not its business (None).

``None`` is for cases that the description of the commands leaves to the company's policy or to the library, and for cases that
several rules speak about at once. Whatever the verdict, the books must be right afterwards.
"""

from __future__ import annotations

import copy
from typing import Any, Dict, List, Optional, Sequence, Tuple

from frontdesk import v1
from money_ledger import GIVING_BACK, STORED, Line, Order
from money_world import Verdict, World, all_of, can_go_back, can_pay, can_receive, free_pieces, is_last, name_of, new_line, select
from money_world import are_surely, units, worth_of


def place_order(world: World, verb: v1.PlaceOrder, total: int) -> Verdict:
    if verb.order_id in world.orders:
        return False
    if total <= 0:
        return None
    if not verb.payments:
        return can_pay(world, verb.payment_method_id, total)
    return _can_share(world, verb.payments, total, exactly=True)


def _can_share(world: World, shares: Sequence[v1.PaymentShare], owed: int, exactly: bool) -> Verdict:
    named = [units(each, "amount") for each in shares]
    given = sum(each for each in named if each is not None)
    rest = owed - given
    if named.count(None) > 1 or any(each is not None and each <= 0 for each in named):
        return False
    if (None in named and rest <= 0) or rest < 0 or (exactly and None not in named and rest != 0):
        return False
    before: Dict[str, int] = {}
    verdicts: List[Verdict] = []
    for share, amount in zip(shares, named):
        size = rest if amount is None else amount
        verdicts.append(can_pay(world, share.payment_method_id, size, before.get(share.payment_method_id, 0)))
        if share.payment_method_id in before:
            verdicts.append(None)
        before[share.payment_method_id] = before.get(share.payment_method_id, 0) + size
    return all_of(*verdicts)


def request_payment(world: World, verb: v1.RequestPayment) -> Verdict:
    order = world.orders[verb.order_id]
    owed = order.owed_at(world.now)
    if "CANCELED" in order.states() or owed <= 0:
        return False
    return _can_share(world, verb.payments, owed, exactly=False)


def change_payment_method(world: World, verb: v1.ChangePaymentMethod) -> Verdict:
    order = world.orders[verb.order_id]
    if "CANCELED" in order.states() or verb.payment_method_id not in world.methods:
        return False
    low, high = moved_range(world, order, verb.payment_method_id)
    if high <= 0:
        return True
    back = [can_receive(world, each.kind, each.account_id) for each in order.payments.values()
            if each.method != verb.payment_method_id and order.held_of(each) > 0]
    pays = [can_pay(world, verb.payment_method_id, size) for size in {max(low, 0), high}]
    return all_of(pays[0] if len(set(pays)) == 1 else None, *back)


def moved_range(world: World, order: Order, method_id: str) -> Tuple[int, int]:
    """The amount that another method is asked for: the held and open amounts of other methods, and the owed amount. With a surplus it
    may be less, but not below the owed part."""
    others = [each for each in order.payments.values() if each.method != method_id]
    live = sum(each.open for each in others if not each.has_run_out(world.now))
    moved = sum(order.held_of(each) for each in others) + live
    owed = order.owed_at(world.now)
    return moved + owed, moved + max(0, owed)


def cancel_order(world: World, verb: v1.CancelOrder) -> Verdict:
    order = world.orders[verb.order_id]
    places = {place for line in order.lines.values() for place in line.places}
    if order.canceled or places - {"ordered", "canceled"} or places == {"canceled"}:
        return False
    if verb.payment_method_id and verb.payment_method_id not in world.methods:
        return False
    back = can_go_back(world, order, order.held)
    return back if back is True else (None if verb.payment_method_id or order.kept_fees else back)


def cancel_items(world: World, verb: v1.CancelItems) -> Verdict:
    order = world.orders[verb.order_id]
    if not set(order.states()) & {"PLACED", "PROCESSING"}:
        return False
    chosen = select(order, verb.items, lambda line: free_pieces(order, line, "CANCELLATION"))
    if chosen is None:
        return False
    worth, fee = worth_of(order, chosen), units(verb, "fee") or 0
    if fee > worth:
        return False
    over = -(order.owed_at(world.now) - (worth - fee))
    rest = min(max(0, min(over, worth - fee) - order.open_at(world.now)), order.held)
    if rest <= 0:
        return None if verb.payment_method_id and verb.payment_method_id not in world.methods or is_last(order, chosen) else True
    return None if is_last(order, chosen) else can_go_back(world, order, rest, verb.payment_method_id)


def refund_order(world: World, verb: v1.RefundOrder) -> Verdict:
    order = world.orders[verb.order_id]
    cause = name_of(v1.RefundCause, verb.cause)
    if cause == "UNSPECIFIED" or (cause == "OTHER" and not verb.reason):
        return False
    amount, shipping, fee = units(verb, "amount"), units(verb, "shipping_amount") or 0, units(verb, "fee_amount") or 0
    total = amount or 0
    if cause in GIVING_BACK and (verb.items or shipping or fee):
        return False
    if verb.items:
        chosen = select(order, verb.items, lambda line: free_pieces(order, line, cause))
        if chosen is None:
            return False
        worth = worth_of(order, chosen)
        if amount is not None and amount > worth:
            return False
        total = worth if amount is None else amount
    elif amount is None and not verb.HasField("shipping_amount") and not verb.HasField("fee_amount"):
        return False
    if shipping + order.refunded_part("shipping") > order.terms.shipping or fee + order.refunded_part("fee") > order.terms.fees:
        return False
    # Pieces that are named take their worth with them. Without them only a surplus goes back as canceled.
    uncredited = total + (shipping + fee if order.canceled else 0)
    if cause == "CANCELLATION" and not verb.items and uncredited > max(0, -order.owed_at(world.now)):
        return False
    total += shipping + fee
    back = can_go_back(world, order, total, verb.payment_method_id)
    return all_of(back, True if total > 0 else None)


def change_items(world: World, verb: v1.ChangeItems) -> Verdict:
    order = world.orders[verb.order_id]
    if not set(order.states()) & {"PLACED", "PROCESSING"} or verb.payment_method_id not in world.methods:
        return False
    for change in verb.changes:
        if change.new_variant_id and change.new_variant_id not in world.prices:
            return False
        if change.HasField("item") and change.item.line_id not in order.lines:
            return False
    for line in order.lines.values():
        asked = sum(each.item.quantity for each in verb.changes if each.item.line_id == line.line_id)
        if asked > min(line.count("ordered"), order.unrefunded(line)):
            return False
    chosen = [(order.lines[each.item.line_id], each.item.quantity) for each in verb.changes if each.HasField("item")]
    after = changed(world, order, verb) if are_surely(order, chosen, "ordered") else None
    return None if after is None else _can_settle(world, order, after, verb.payment_method_id)


def changed(world: World, order: Order, verb: v1.ChangeItems) -> Optional[Order]:
    """The order after the changes; None for more changes of one line, whose outcome the ledger does not foresee."""
    after = copy.deepcopy(order)
    named = [each.item.line_id for each in verb.changes if each.HasField("item")]
    if len(named) != len(set(named)):
        return None
    for number, change in enumerate(verb.changes):
        change_line(world, after, change, f"new-{number}")
    after.price()
    return after


def change_line(world: World, order: Order, change: v1.ItemChange, new_line_id: str) -> None:
    """Moves pieces of one line to another variant, to a new line, or away."""
    if not change.HasField("item"):
        order.lines[new_line_id] = new_line(world, new_line_id, change.new_variant_id, change.added_quantity)
        return
    line, size = order.lines[change.item.line_id], change.item.quantity
    if size == line.ordered:
        if change.new_variant_id:
            order.lines[line.line_id] = new_line(world, line.line_id, change.new_variant_id, size)
        else:
            del order.lines[line.line_id]
            order.cuts = [each for each in order.cuts if each.line_id != line.line_id]
        return
    for _ in range(size):
        line.places.remove("ordered")
    if change.new_variant_id:
        order.lines[new_line_id] = new_line(world, new_line_id, change.new_variant_id, size)
        moving = [each for each in order.cuts if each.line_id == line.line_id and each.amount is None]
        order.cuts += [each._replace(line_id=new_line_id) for each in moving]


def _can_settle(world: World, order: Order, after: Order, method_id: str) -> Verdict:
    """Whether the price difference can be paid or refunded."""
    lines = list(after.lines.values())
    if all(place == "canceled" for line in lines for place in line.places):
        return False
    for line in lines:
        if sum(after.line_refunds(line.line_id)[1:]) + line.canceled_amount + line.fee_kept > line.net:
            return False
    # A line that is gone costs nothing, and so may have had no refunds.
    if any(sum(order.line_refunds(each)[1:]) > 0 for each in order.lines if each not in after.lines):
        return False
    owed = after.owed_at(world.now)
    if owed > 0:
        return can_pay(world, method_id, owed)
    over = min(-owed, max(0, order.total - after.total))
    rest = min(max(0, over - after.open_at(world.now)), after.held)
    return True if rest <= 0 else can_go_back(world, after, rest, method_id)


def record_shipment(world: World, verb: v1.RecordShipment) -> Verdict:
    order = world.orders[verb.order_id]
    if not set(order.states()) & {"PLACED", "PROCESSING"} or verb.shipment.shipment_id in order.shipments:
        return False
    counts: Dict[str, int] = {}
    for each in verb.shipment.lines:
        counts[each.line_id] = counts.get(each.line_id, 0) + each.quantity
    if any(line_id not in order.lines or order.lines[line_id].count("ordered") < size for line_id, size in counts.items()):
        return False
    return True


def record_delivery(world: World, verb: v1.RecordDelivery) -> Verdict:
    order = world.orders[verb.order_id]
    if verb.shipment_id not in order.shipments or verb.shipment_id in order.delivered:
        return False
    lost = any(order.lines[each].count("shipped") < size for each, size in order.shipments[verb.shipment_id].items())
    return None if lost else True


def request_return(world: World, verb: Any) -> Verdict:
    order = world.orders[verb.order_id]
    items = verb.items if isinstance(verb, v1.RequestReturn) else [each.item for each in verb.changes]
    if not set(order.states()) & {"PROCESSING", "SHIPPED", "DELIVERED"} or verb.payment_method_id not in world.methods:
        return False
    if isinstance(verb, v1.RequestExchange) and any(each.new_variant_id not in world.prices for each in verb.changes):
        return False
    return select(order, items, lambda line: line.count("delivered")) is not None


def move_account(world: World, verb: Any, sign: int) -> Verdict:
    account = world.accounts.get(verb.account_id)
    if account is None or (verb.order_id and verb.order_id not in world.orders) or account.closed:
        return False
    if sign < 0 and (verb.amount.units > account.balance or account.is_over(world.now)):
        return False
    return None if account.is_over(world.now) or verb.amount.units == 0 else True
