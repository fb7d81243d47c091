"""Books a command that was done, and lists what the events say differently.

The events give what the ledger has no opinion on: new ids, and which payments a refund is paid from. Amounts, causes, states and
pieces are worked out here and compared.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from frontdesk import v1
from money_ledger import STORED, Line, Order, Payment, Refund
from money_prices import Cut, Terms
from money_verdicts import change_line, moved_range
from money_world import Method, World, free_pieces, name_of, new_line, select, units

Faults = List[str]


class Books:
    """Books one outcome; `faults` are the differences."""

    def __init__(self, world: World, order: Optional[Order], outcome: v1.Outcome) -> None:
        self.world, self.outcome, self.faults = world, outcome, []  # type: World, v1.Outcome, Faults
        self.events = [event.order for event in outcome.events if event.WhichOneof("event") == "order"]
        if order is not None:
            self.order = order

    def expect(self, what: str, found: Any, expected: Any) -> None:
        if found != expected:
            self.faults.append(f"{what}: {found!r}, the ledger has {expected!r}")

    def named(self, name: str) -> List[Any]:
        return [getattr(each, name) for each in self.events if each.WhichOneof("event") == name]

    # ---- Movements that a command asks for ----

    def payments(self, settled: bool) -> List[Payment]:
        """Books new payments; returns them. Those that were there may only ask for less."""
        new: List[Payment] = []
        for event in self.named("payment_recorded"):
            if not event.HasField("payment"):
                continue
            told = event.payment
            known = self.order.payments.get(told.payment_id)
            if known is not None:
                self._lower(known, told)
                continue
            made = self.new_payment(told)
            at_once = settled or made.kind in STORED
            self.expect(f"state of {made.payment_id}", made.state, "CAPTURED" if at_once else "REQUESTED")
            self.expect(f"captured by {made.payment_id}", told.captured_amount.units, made.amount if at_once else 0)
            self.expect(f"{made.payment_id} is not of zero", made.amount > 0, True)
            new.append(made)
        return new

    def new_payment(self, told: v1.Payment) -> Payment:
        route = told.route
        made = Payment(
            told.payment_id, route.payment_method_id, name_of(v1.PaymentMethod.Kind, route.kind), route.account_id,
            name_of(v1.Payment.State, told.state), told.amount.units, told.captured_amount.units, told.amount.units,
        )
        method = self.world.methods.get(made.method, Method(made.method, made.kind))
        self.expect(f"route of {made.payment_id}", (made.kind, made.account_id), (method.kind, method.account_id))
        self.expect(f"{made.payment_id} is new", made.payment_id in self.order.payments, False)
        self.order.payments[made.payment_id] = made
        return made

    def _lower(self, known: Payment, told: v1.Payment) -> None:
        """A payment that a command asks less of: voided, lowered, or closed at its captured amount."""
        before = known.open
        state, amount = name_of(v1.Payment.State, told.state), told.amount.units
        self.expect(f"captured by {known.payment_id}", told.captured_amount.units, known.captured)
        if state == "VOIDED" or state == "EXPIRED":
            self.expect(f"{known.payment_id} is {state} with what was captured", known.captured, 0)
        known.state, known.amount = state, amount
        self.expect(f"{known.payment_id} asks for less", known.open < before, True)

    def refunds(self, total: int, cause: str, settled: bool, method_id: str = "") -> List[Refund]:
        """Books the refunds of a command, which must sum to `total`."""
        made: List[Refund] = []
        for event in self.named("order_refunded"):
            refund = self.new_refund(event.refund)
            self.expect(f"cause of {refund.refund_id}", refund.cause, cause)
            at_once = settled or refund.kind in STORED
            if refund.amount:
                self.expect(f"state of {refund.refund_id}", refund.state, "SUCCEEDED" if at_once else "PENDING")
            if method_id:
                self.expect(f"route of {refund.refund_id}", refund.method, method_id)
            else:
                came_from = {self.order.payments[each].method for each in refund.parts}
                self.expect(f"route of {refund.refund_id}", {refund.method}, came_from)
            made.append(refund)
        self.expect("refunded", sum(each.amount for each in made), total)
        return made

    def new_refund(self, told: v1.Refund) -> Refund:
        parts = {each.payment_id: each.amount.units for each in told.parts}
        route = told.route
        refund = Refund(
            told.refund_id, name_of(v1.Refund.State, told.state), told.amount.units, parts, name_of(v1.RefundCause, told.cause),
            [(each.line_id, each.quantity, each.amount.units, each.withheld_amount.units) for each in told.lines],
            told.shipping_amount.units, told.fee_amount.units, told.tax_amount.units,
            route.payment_method_id, name_of(v1.PaymentMethod.Kind, route.kind), route.account_id, told.is_contested,
        )
        self.expect(f"{refund.refund_id} is new", refund.refund_id in self.order.refunds, False)
        self.expect(f"parts of {refund.refund_id}", sum(parts.values()), refund.amount)
        if refund.in_force:
            for payment_id, size in parts.items():
                held = self.order.held_of(self.order.payments[payment_id])
                self.expect(f"{refund.refund_id} takes {size} of {held} held by {payment_id}", 0 <= size <= held, True)
            rest = refund.amount - refund.shipping - refund.fee
            tax = self.order.tax_of(rest, refund.cause)
            if tax is not None:
                self.expect(f"tax in {refund.refund_id}", refund.tax, tax)
        self.order.refunds[refund.refund_id] = refund
        return refund

    # ---- Pieces ----

    def items_canceled(self, quantities: Dict[str, int], amount: Optional[int], fee: int = 0) -> int:
        """Books pieces that left the order: `amount` for them together, the rest of their worth and `fee` withheld."""
        rows = [row for event in self.named("items_canceled") for row in event.lines]
        self.expect("pieces canceled", _by_line(rows), {each: size for each, size in quantities.items() if size})
        worth = credited = 0
        for row in rows:
            line = self.order.lines[row.line_id]
            due = self.order.worth(line, row.quantity)
            self.expect(f"worth of {row.quantity} pieces of {row.line_id}", row.amount.units + row.withheld_amount.units, due)
            worth, credited = worth + due, credited + row.amount.units
            refunded = self.order.line_refunds(row.line_id)[0]
            line.move(row.quantity, "ordered", "canceled")
            if refunded > line.ordered - line.canceled:
                self.order.converted.add(row.line_id)
                self.order.counted[row.line_id] = line.ordered - line.canceled
            line.canceled_amount += row.amount.units
            line.fee_kept += row.withheld_amount.units
        self.expect("credited for the pieces", credited, worth - fee if amount is None else amount)
        return credited

    def order_canceled(self) -> None:
        for event in self.named("order_canceled"):
            self.expect("kept", event.kept_amount.units, self.order.kept_fees)
            self.order.lowered_before = [each.refund_id for each in self.order.refunds.values()]
            self.order.canceled, self.order.kept = True, self.order.kept_fees
            for line in self.order.lines.values():
                line.move(line.count("ordered"), "ordered", "canceled")

    def given_back(self, over: int, settled: bool, cause: str, method_id: str = "") -> None:
        """The surplus over the owed amount: first less is asked for, then held money is refunded."""
        opened, held = self.order.open_at(self.world.now), self.order.held
        new = self.payments(settled)
        self.expect("new payments", [each.amount for each in new], [])
        released = opened - self.order.open_at(self.world.now)
        rest = min(max(0, over - released), held)
        made = self.refunds(rest, cause, settled, method_id)
        self.expect("less is asked for before anything is refunded", bool(made) and rest > 0 and self.order.open_at(self.world.now) > 0, False)
        self.expect("given back", released + sum(each.amount for each in made), min(over, opened + held))


def _by_line(rows: Sequence[Any]) -> Dict[str, int]:
    counts: Dict[str, int] = {}
    for row in rows:
        counts[row.line_id] = counts.get(row.line_id, 0) + row.quantity
    return counts


# ---- One function a command ----


def place_order(books: Books, verb: v1.PlaceOrder) -> None:
    world, placed = books.world, books.named("order_placed")[0].order
    order = new_order(world, verb)
    books.order = world.orders[order.order_id] = order
    books.expect("total", placed.totals.total.units, order.total)
    for told in placed.payments:
        made = books.new_payment(told)
        at_once = verb.settlement == v1.SETTLEMENT_DONE or made.kind in STORED
        books.expect(f"state of {made.payment_id}", made.state, "CAPTURED" if at_once else "REQUESTED")
    if order.total == 0 and not verb.payments:
        return books.expect("payments of a free order", len(order.payments), 0)
    _shares(books, verb.payments or [v1.PaymentShare(payment_method_id=verb.payment_method_id)], list(order.payments.values()), order.total)


def new_order(world: World, verb: v1.PlaceOrder) -> Order:
    terms = Terms(
        verb.tax_rule.rate_ppm, verb.tax_rule.inclusive, verb.rounding_level == v1.ROUNDING_LEVEL_TOTAL,
        name_of(v1.Rounding, verb.rounding).replace("ROUNDING_", ""), verb.shipping.units, verb.fee.units,
    )
    cuts = [Cut(each.line_id or None, each.amount.units if each.HasField("amount") else None, each.rate_ppm) for each in verb.discounts]
    lines = {}
    for number, each in enumerate(verb.lines, 1):
        line_id = each.line_id or str(number)
        lines[line_id] = new_line(world, line_id, each.variant_id, each.quantity)
    order = Order(verb.order_id, verb.currency_code, terms, cuts, lines)
    order.price()
    return order


def _shares(books: Books, shares: Sequence[v1.PaymentShare], made: Sequence[Payment], whole: int) -> None:
    rest = whole - sum(each.amount.units for each in shares if each.HasField("amount"))
    expected = [(each.payment_method_id, each.amount.units if each.HasField("amount") else rest) for each in shares]
    books.expect("payments", [(each.method, each.amount) for each in made], expected)


def request_payment(books: Books, verb: v1.RequestPayment) -> None:
    owed = books.order.owed_at(books.world.now)
    _shares(books, verb.payments, books.payments(verb.settlement == v1.SETTLEMENT_DONE), owed)


def change_payment_method(books: Books, verb: v1.ChangePaymentMethod) -> None:
    order, settled = books.order, verb.settlement == v1.SETTLEMENT_DONE
    low, high = moved_range(books.world, order, verb.payment_method_id)
    others = [each for each in order.payments.values() if each.method != verb.payment_method_id]
    owed = order.owed_at(books.world.now)
    back = sum(order.held_of(each) for each in others)
    asked = sum(each.amount for each in books.payments(settled))
    books.refunds(back, "PAYMENT_CHANGE", settled)
    books.expect(f"asked for {asked}, of {max(low, 0)} to {high}", max(low, 0) <= asked <= high, True)
    books.expect("other methods are asked for", sum(each.open for each in others if not each.has_run_out(books.world.now)), 0)
    if owed >= 0:
        books.expect("owed", order.owed_at(books.world.now), 0)
    if high <= 0 and back == 0 and not any(each.open and not each.has_run_out(books.world.now) for each in others):
        books.expect("events of a change that changes nothing", len(books.events), 0)


def cancel_order(books: Books, verb: v1.CancelOrder) -> None:
    order = books.order
    books.expect("events of the cancellation", len(books.named("order_canceled")), 1)
    books.order_canceled()
    _canceled_whole(books, -order.owed_at(books.world.now), verb.settlement == v1.SETTLEMENT_DONE)


def _canceled_whole(books: Books, over: int, settled: bool) -> None:
    """The money of an order that was canceled: nothing is asked for, and money above the fees goes back."""
    order = books.order
    opened, held = order.open_at(books.world.now), order.held
    books.payments(settled)
    refunds = [books.new_refund(event.refund) for event in books.named("order_refunded")]
    books.expect("causes", {each.cause for each in refunds} <= {"CANCELLATION"}, True)
    if order.kept == 0:
        books.expect("asked for", order.open_at(), 0)
    books.expect("given back", opened - order.open_at(books.world.now) + sum(each.amount for each in refunds), min(max(0, over), opened + held))


def cancel_items(books: Books, verb: v1.CancelItems) -> None:
    order, settled = books.order, verb.settlement == v1.SETTLEMENT_DONE
    chosen = select(order, verb.items, lambda line: free_pieces(order, line, "CANCELLATION")) or []
    credited = books.items_canceled(quantities_of(chosen), None, units(verb, "fee") or 0)
    all_canceled = all(place == "canceled" for line in order.lines.values() for place in line.places)
    books.expect("order_canceled", len(books.named("order_canceled")), int(all_canceled))
    books.order_canceled()
    over = max(0, -order.owed_at(books.world.now))
    if all_canceled:
        _canceled_whole(books, over, settled)
    else:
        books.given_back(min(over, credited), settled, "CANCELLATION", verb.payment_method_id)


def quantities_of(chosen: Sequence[Tuple[Line, int]]) -> Dict[str, int]:
    counts: Dict[str, int] = {}
    for line, quantity in chosen:
        counts[line.line_id] = counts.get(line.line_id, 0) + quantity
    return counts


def refund_order(books: Books, verb: v1.RefundOrder) -> None:
    order, cause = books.order, name_of(v1.RefundCause, verb.cause)
    amount, shipping, fee = units(verb, "amount"), verb.shipping_amount.units, verb.fee_amount.units
    rest, opened, released = amount or 0, 0, 0
    quantities: Dict[str, int] = {}
    worths: Dict[str, int] = {}
    if verb.items:
        chosen = select(order, verb.items, lambda line: free_pieces(order, line, cause)) or []
        quantities = quantities_of(chosen)
        worths = {each: order.worth(order.lines[each], size) for each, size in quantities.items()}
        rest = sum(worths.values()) if amount is None else amount
    if verb.items and cause == "CANCELLATION":
        books.items_canceled(quantities, rest)
        quantities, worths = {}, {}
        opened, released = last_pieces(books, verb.settlement == v1.SETTLEMENT_DONE)
    new = {each: min(size, order.unrefunded(order.lines[each])) for each, size in quantities.items()}
    lost(books, quantities if cause == "LOST" else {})
    made = books.refunds(rest + shipping + fee, cause, verb.settlement == v1.SETTLEMENT_DONE, verb.payment_method_id)
    no_more_than_owed(books, opened, released)
    components(books, made, new, worths, shipping, fee)


def last_pieces(books: Books, settled: bool) -> Tuple[int, int]:
    """The last pieces of an order of which nothing was shipped cancel it. Returns the sum that was asked for, and how much less is now."""
    order = books.order
    last = all(place == "canceled" for line in order.lines.values() for place in line.places)
    books.expect("order_canceled", len(books.named("order_canceled")), int(last))
    books.order_canceled()
    opened = order.open_at(books.world.now)
    books.expect("new payments", [each.amount for each in books.payments(settled)], [])
    return (opened if last else 0), opened - order.open_at(books.world.now)


def no_more_than_owed(books: Books, opened: int, released: int) -> None:
    """After the refund of the last pieces no more is asked for than is owed, and no less."""
    over = max(0, released - books.order.owed_at(books.world.now))
    books.expect("asked for less", released, min(over, opened))


def lost(books: Books, quantities: Dict[str, int]) -> None:
    rows = [row for event in books.named("items_lost") for row in event.lines]
    books.expect("pieces lost", _by_line(rows), quantities)
    for line_id, size in quantities.items():
        line = books.order.lines[line_id]
        if books.order.unrefunded(line) < size:
            books.order.converted.add(line_id)
        line.move(size, "shipped", "lost")


def components(books: Books, made: Sequence[Refund], quantities: Dict[str, int], worths: Dict[str, int], shipping: int, fee: int) -> None:
    """The lines, shipping and fees in the refunds."""
    rows = [row for refund in made for row in refund.lines]
    pieces: Dict[str, int] = {}
    together: Dict[str, int] = {}
    for line_id, quantity, amount, withheld in rows:
        pieces[line_id] = pieces.get(line_id, 0) + quantity
        together[line_id] = together.get(line_id, 0) + amount + withheld
    books.expect("pieces in the refunds", _without_zeros(pieces), _without_zeros(quantities))
    books.expect("worth of the pieces", _without_zeros(together), _without_zeros(worths))
    books.expect("shipping in the refunds", sum(each.shipping for each in made), shipping)
    books.expect("fees in the refunds", sum(each.fee for each in made), fee)


def _without_zeros(counts: Dict[str, int]) -> Dict[str, int]:
    return {name: count for name, count in counts.items() if count}


def change_items(books: Books, verb: v1.ChangeItems) -> None:
    world, order, settled = books.world, books.order, verb.settlement == v1.SETTLEMENT_DONE
    before = order.total
    changed = books.named("items_changed")[0]
    for index, change in enumerate(verb.changes):
        _change_one(books, change, changed.items[index])
    order.price()
    order.repriced = True
    books.expect("total", changed.totals.total.units, order.total)
    books.expect("price difference", changed.price_difference.units, order.total - before)
    owed = order.owed_at(world.now)
    if owed > 0:
        made = books.payments(settled)
        books.expect("asked for", [(each.method, each.amount) for each in made], [(verb.payment_method_id, owed)])
        books.refunds(0, "ITEM_CHANGE", settled)
        return
    over = min(-owed, max(0, before - order.total))
    books.given_back(over, settled, "ITEM_CHANGE", verb.payment_method_id)


def _change_one(books: Books, change: v1.ItemChange, told: v1.ItemChanged) -> None:
    order = books.order
    if change.HasField("item"):
        books.expect("line of the change", told.line_id, change.item.line_id)
        whole = change.item.quantity == order.lines[told.line_id].ordered and change.new_variant_id
        books.expect("line of the new pieces", told.new_line_id in order.lines, bool(whole))
    change_line(books.world, order, change, told.new_line_id)


def record_shipment(books: Books, verb: v1.RecordShipment) -> None:
    counts = _by_line(verb.shipment.lines)
    books.order.shipments[verb.shipment.shipment_id] = counts
    for line_id, size in counts.items():
        books.order.lines[line_id].move(size, "ordered", "shipped")


def record_delivery(books: Books, verb: v1.RecordDelivery) -> None:
    books.order.delivered.append(verb.shipment_id)
    for line_id, size in books.order.shipments[verb.shipment_id].items():
        line = books.order.lines[line_id]
        line.move(min(size, line.count("shipped")), "shipped", "delivered")


def request_return(books: Books, verb: Any) -> None:
    items = verb.items if isinstance(verb, v1.RequestReturn) else [each.item for each in verb.changes]
    for line, size in select(books.order, items, lambda line: line.count("delivered")) or []:
        line.move(size, "delivered", "in_return")


BOOKED: Dict[type, Callable[[Books, Any], None]] = {
    v1.PlaceOrder: place_order,
    v1.RequestPayment: request_payment,
    v1.ChangePaymentMethod: change_payment_method,
    v1.CancelOrder: cancel_order,
    v1.CancelItems: cancel_items,
    v1.RefundOrder: refund_order,
    v1.ChangeItems: change_items,
    v1.RecordShipment: record_shipment,
    v1.RecordDelivery: record_delivery,
    v1.RequestReturn: request_return,
    v1.RequestExchange: request_return,
}
