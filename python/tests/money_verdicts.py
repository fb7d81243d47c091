"""The verdict of the ledger on a command before it is given: done (True), refused (False), or not its business (None).

``None`` is for cases that the description of the commands leaves to the company's policy or to the library, and for cases that
several rules speak about at once. Whatever the verdict, the books must be right afterwards.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from frontdesk import v1
from money_ledger import DISPUTE_MOVES, GIVING_BACK, PAYMENT_MOVES, REFUND_MOVES, STORED, Account, Line, Order, Payment
from money_prices import Priced

Verdict = Optional[bool]


class Method(NamedTuple):
    """A payment method of the customer."""

    method_id: str
    kind: str
    account_id: str = ""


@dataclass
class Reference:
    """The reports with one reference: their subject, and each fact with its amount."""

    order_id: str
    about: Tuple[str, str]
    facts: Set[Tuple[str, Optional[int]]] = field(default_factory=set)


@dataclass
class World:
    """Everything that the ledger knows: one customer, their methods, the accounts and the orders."""

    customer_id: str
    currency: str
    cash_out: bool
    methods: Dict[str, Method] = field(default_factory=dict)
    accounts: Dict[str, Account] = field(default_factory=dict)
    orders: Dict[str, Order] = field(default_factory=dict)
    references: Dict[str, Reference] = field(default_factory=dict)
    prices: Dict[str, int] = field(default_factory=dict)
    now: int = 0


def all_of(*verdicts: Verdict) -> Verdict:
    """Refused if any is refused; done if all are done."""
    if any(each is False for each in verdicts):
        return False
    return True if all(each is True for each in verdicts) else None


def name_of(enum: Any, number: int) -> str:
    """The name of an enum's value without its prefix."""
    return str(enum.Name(number)).replace("REFUND_CAUSE_", "").replace("STATE_", "").replace("STAGE_", "").replace("KIND_", "")


def units(message: Any, name: str) -> Optional[int]:
    return int(getattr(message, name).units) if message.HasField(name) else None


# ---- Where money can go ----


def can_pay(world: World, method_id: str, amount: int, before: int = 0) -> Verdict:
    """Whether the method can pay; `before` is what it pays in the same command already."""
    method = world.methods.get(method_id)
    if method is None:
        return False
    if method.kind not in STORED:
        return True
    account = world.accounts.get(method.account_id)
    if account is None or account.kind != method.kind or account.owner not in ("", world.customer_id) or account.is_over(world.now):
        return False
    return account.balance >= amount + before


def can_go_back(world: World, order: Order, amount: int, method_id: str = "") -> Verdict:
    """Whether `amount` of the held money can be refunded, to a method or to where it came from."""
    if amount > order.held:
        return False
    held = [(each, order.held_of(each)) for each in order.payments.values() if order.held_of(each) > 0]
    if method_id:
        method = world.methods.get(method_id)
        if method is None:
            return False
        return all_of(_can_receive(world, method.kind, method.account_id), _can_turn(world, held, method, amount))
    verdicts = [_can_receive(world, each.kind, each.account_id) for each, _ in held]
    if all(verdicts) and all(each is True for each in verdicts):
        return True
    good = sum(units_held for (each, units_held), verdict in zip(held, verdicts) if verdict is True)
    return False if good < amount and False in verdicts else None


def _can_receive(world: World, kind: str, account_id: str) -> Verdict:
    if kind not in STORED:
        return True
    account = world.accounts.get(account_id)
    if account is None or account.kind != kind or account.owner not in ("", world.customer_id):
        return False
    return not account.is_over(world.now)


def _can_turn(world: World, held: Sequence[Tuple[Payment, int]], method: Method, amount: int) -> Verdict:
    """Stored value becomes another kind of money only where policy says so."""
    if world.cash_out:
        return True
    other = [(each, size) for each, size in held if each.kind in STORED and each.kind != method.kind]
    if not other:
        return True
    if len(other) == len(held) and amount > 0 and method.kind not in STORED:
        return False
    return None


# ---- Pieces ----


def free_pieces(order: Order, line: Line, cause: str) -> int:
    """How many pieces of a line a refund with that cause can name."""
    if cause == "CANCELLATION":
        return line.count("ordered")
    if cause == "LOST":
        return line.count("shipped")
    return order.unrefunded(line)


def select(order: Order, items: Sequence[Any], free: Any) -> Optional[List[Tuple[Line, int]]]:
    """The lines of these selectors; None where the order has no such pieces."""
    chosen: List[Tuple[Line, int]] = []
    taken: Dict[str, int] = {}
    for item in items:
        quantity = int(item.quantity)
        if item.line_id:
            lines = [order.lines[item.line_id]] if item.line_id in order.lines else []
        else:
            lines = [each for each in order.lines.values() if each.variant == item.variant_id and each.line_id not in taken]
            lines = sorted(lines, key=lambda each: int(order.unrefunded(each) < quantity))  # Pieces that were not refunded come first.
        lines = [each for each in lines if free(each) - taken.get(each.line_id, 0) >= quantity]
        if not lines:
            return None
        taken[lines[0].line_id] = taken.get(lines[0].line_id, 0) + quantity
        chosen.append((lines[0], quantity))
    return chosen


def are_surely(order: Order, chosen: Sequence[Tuple[Line, int]], place: str) -> Verdict:
    """Whether there are as many pieces at the place even if those that were refunded were all there; nobody said where they are."""
    asked: Dict[str, int] = {}
    for line, quantity in chosen:
        asked[line.line_id] = asked.get(line.line_id, 0) + quantity
    sure = all(size <= order.lines[each].count(place) - order.line_refunds(each)[0] for each, size in asked.items())
    return True if sure else None


def is_last(order: Order, chosen: Sequence[Tuple[Line, int]]) -> bool:
    """Whether these are the last pieces of an order of which nothing was shipped."""
    asked = sum(quantity for _, quantity in chosen)
    return asked == sum(line.ordered - line.canceled for line in order.lines.values())


def worth_of(order: Order, chosen: Sequence[Tuple[Line, int]]) -> int:
    quantities: Dict[str, int] = {}
    for line, quantity in chosen:
        quantities[line.line_id] = quantities.get(line.line_id, 0) + quantity
    return sum(order.worth(order.lines[line_id], quantity) for line_id, quantity in quantities.items())


# ---- Commands ----


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
    back = [_can_receive(world, each.kind, each.account_id) for each in order.payments.values()
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
    owed = after.owed_at(world.now)
    if owed > 0:
        return can_pay(world, method_id, owed)
    over = min(-owed, max(0, order.total - after.total))
    rest = min(max(0, over - after.open_at(world.now)), after.held)
    return True if rest <= 0 else can_go_back(world, after, rest, method_id)


def new_line(world: World, line_id: str, variant_id: str, quantity: int) -> Line:
    price = Priced(line_id, Fraction(world.prices[variant_id], 10), quantity)  # One decimal more than the currency has.
    return Line(line_id, variant_id, price, ["ordered"] * quantity)


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


# ---- Reports ----


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
        moves = DISPUTE_MOVES[dispute.state]
        return False if verb.payment_id not in ("", dispute.payment_id) or (state not in moves and state != dispute.state) else None
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


def move_account(world: World, verb: Any, sign: int) -> Verdict:
    account = world.accounts.get(verb.account_id)
    if account is None or (verb.order_id and verb.order_id not in world.orders) or account.closed:
        return False
    if sign < 0 and (verb.amount.units > account.balance or account.is_over(world.now)):
        return False
    return None if account.is_over(world.now) or verb.amount.units == 0 else True
