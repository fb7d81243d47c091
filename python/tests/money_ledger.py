"""The money and the pieces of an order, kept a second time: plain integers, no counter that is not counted again.

Written from the description of orders in the messages, not from the library's code. A piece is an entry of a list and has
exactly one place. Sums are summed from payments, refunds, disputes and lines each time that somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Set, Tuple

from money_prices import Cut, Priced, Sheet, Terms, part_due, priced

STORED = ("GIFT_CARD", "STORE_CREDIT")

# Causes of refunds that lower the owed amount, and those that return a surplus. CANCELLATION does neither by itself: the
# canceled pieces do.
LOWERING = {"LOST", "RETURN", "EXCHANGE", "GOODWILL", "FRAUD", "PRICE_ADJUSTMENT", "OTHER"}
GIVING_BACK = {"ITEM_CHANGE", "PAYMENT_CHANGE", "DUPLICATE"}

# The states that a gateway may report next. None: no such payment or refund.
PAYMENT_MOVES = {
    None: {"AUTHORIZED", "CAPTURED", "FAILED"},
    "REQUESTED": {"AUTHORIZED", "CAPTURED", "FAILED", "VOIDED", "EXPIRED"},
    "AUTHORIZED": {"CAPTURED", "FAILED", "VOIDED", "EXPIRED"},
    "CAPTURED": {"CAPTURED", "CHARGED_BACK", "FAILED"},
    "VOIDED": {"CAPTURED"},
    "EXPIRED": {"CAPTURED"},
    "FAILED": {"CAPTURED"},
    "CHARGED_BACK": {"CAPTURED"},
}
REFUND_MOVES = {
    None: {"PENDING", "SUCCEEDED", "FAILED", "CANCELED"},
    "PENDING": {"SUCCEEDED", "FAILED", "CANCELED"},
    "SUCCEEDED": {"FAILED"},
    "FAILED": {"SUCCEEDED"},
    "CANCELED": {"SUCCEEDED"},
}
DISPUTE_MOVES = {
    None: {"OPEN", "UNDER_REVIEW", "WON", "LOST"},
    "OPEN": {"OPEN", "UNDER_REVIEW", "WON", "LOST", "WITHDRAWN"},
    "UNDER_REVIEW": {"OPEN", "UNDER_REVIEW", "WON", "LOST", "WITHDRAWN"},
    "WON": {"OPEN", "UNDER_REVIEW", "LOST"},
    "LOST": {"OPEN", "UNDER_REVIEW", "WON", "WITHDRAWN"},
    "WITHDRAWN": {"OPEN"},
}


@dataclass
class Account:
    """A stored-value account and its balance."""

    account_id: str
    kind: str
    owner: str
    posted: int  # Imported, credited and debited by commands of its own.
    balance: int
    closed: bool = False
    expire: Optional[int] = None

    def is_over(self, now: int) -> bool:
        return self.closed or (self.expire is not None and now >= self.expire)


@dataclass
class Payment:
    """A payment as the ledger has it."""

    payment_id: str
    method: str
    kind: str
    account_id: str
    state: str
    amount: int
    captured: int = 0
    first_amount: int = 0
    expire: Optional[int] = None
    reference: str = ""

    @property
    def open(self) -> int:
        if self.state == "REQUESTED":
            return self.amount
        return max(0, self.amount - self.captured) if self.state == "AUTHORIZED" else 0

    def is_known(self, state: str, amount: Optional[int], reference: str) -> bool:
        """Whether a report says nothing new of the payment: it is in that state, or beyond it, with that amount."""
        if state == "CAPTURED":
            if self.state != "CAPTURED" or (self.reference and reference and self.reference != reference):
                return False
            return amount in (None, self.captured)
        return (self.state != "REQUESTED" if state == "AUTHORIZED" else self.state == state) and amount in (None, self.amount)

    def has_run_out(self, now: int) -> bool:
        return self.state == "AUTHORIZED" and self.expire is not None and now >= self.expire

    @property
    def counts(self) -> bool:
        return self.state in ("AUTHORIZED", "CAPTURED")


@dataclass
class Refund:
    """A refund as the ledger has it."""

    refund_id: str
    state: str
    amount: int
    parts: Dict[str, int]
    cause: str
    lines: List[Tuple[str, int, int, int]] = field(default_factory=list)  # line, pieces, amount, withheld
    shipping: int = 0
    fee: int = 0
    tax: int = 0
    method: str = ""
    kind: str = ""
    account_id: str = ""
    contested: bool = False

    @property
    def in_force(self) -> bool:
        return self.state in ("PENDING", "SUCCEEDED")

    @property
    def lowers(self) -> int:
        """The part that lowers the owed amount by its cause; of a cancellation the components, since the pieces do it themselves."""
        if self.cause == "CANCELLATION":
            return self.shipping + self.fee
        return self.amount if self.cause in LOWERING else 0


@dataclass
class Dispute:
    """A dispute as the ledger has it."""

    dispute_id: str
    payment_id: str
    state: str
    stage: str
    amount: int
    due: Optional[int] = None
    accepted: bool = False

    @property
    def takes(self) -> bool:
        return self.stage != "INQUIRY" and self.state in ("OPEN", "UNDER_REVIEW", "LOST")

    @property
    def undecided(self) -> bool:
        return self.takes and self.state != "LOST"


@dataclass
class Line:
    """A line, and where each of its pieces is."""

    line_id: str
    variant: str
    price: Priced
    places: List[str]
    net: int = 0
    canceled_amount: int = 0
    fee_kept: int = 0

    def count(self, *places: str) -> int:
        return sum(1 for place in self.places if place in places)

    def move(self, quantity: int, source: str, to: str) -> None:
        assert self.count(source) >= quantity, (self.line_id, self.places, quantity, source, to)
        for index, place in enumerate(self.places):
            if place == source and quantity:
                self.places[index] = to
                quantity -= 1

    @property
    def ordered(self) -> int:
        return len(self.places)

    @property
    def canceled(self) -> int:
        return self.count("canceled")


@dataclass
class Order:
    """An order as the ledger has it."""

    order_id: str
    currency: str
    terms: Terms
    cuts: List[Cut]
    lines: Dict[str, Line]
    payments: Dict[str, Payment] = field(default_factory=dict)
    refunds: Dict[str, Refund] = field(default_factory=dict)
    disputes: Dict[str, Dispute] = field(default_factory=dict)
    shipments: Dict[str, Dict[str, int]] = field(default_factory=dict)
    delivered: List[str] = field(default_factory=list)
    canceled: bool = False
    kept: int = 0
    total: int = 0
    tax: int = 0
    all_tax: int = 0  # With the tax that prices contain.
    repriced: bool = False
    began_processing: bool = False
    converted: Set[str] = field(default_factory=set)  # Lines of which pieces that were refunded were canceled or lost then.
    counted: Dict[str, int] = field(default_factory=dict)  # Refunded pieces of lines of which a refund was released.
    changed: int = 0  # The instant of the last event: authorizations that had expired by then are not open in the state.
    # The refunds of before the cancellation; only later ones lower the rest.
    lowered_before: List[str] = field(default_factory=list)

    # ---- Prices ----

    def sheet(self) -> Sheet:
        return priced([Priced(each.line_id, each.price.price, each.ordered) for each in self.lines.values()], self.cuts, self.terms)

    def price(self) -> None:
        sheet = self.sheet()
        for line, net in zip(self.lines.values(), sheet.nets):
            line.net = net
        self.total, self.tax, self.all_tax = sheet.total, sheet.tax, sheet.tax + sheet.contained_tax

    # ---- Sums over what happened ----

    def of_payment(self, payment_id: str, state: str) -> int:
        return sum(each.parts.get(payment_id, 0) for each in self.refunds.values() if each.state == state)

    def disputed(self, payment_id: str, undecided_only: bool = False) -> int:
        return sum(
            each.amount
            for each in self.disputes.values()
            if each.payment_id == payment_id and (each.undecided if undecided_only else each.takes)
        )

    def held_of(self, payment: Payment) -> int:
        """The refundable amount of a payment: a bank may take more than is left of it."""
        return max(0, self._left_of(payment) - self.disputed(payment.payment_id)) if payment.counts else 0

    def _left_of(self, payment: Payment) -> int:
        return payment.captured - self.of_payment(payment.payment_id, "SUCCEEDED") - self.of_payment(payment.payment_id, "PENDING")

    @property
    def held(self) -> int:
        return sum(self.held_of(each) for each in self.payments.values())

    @property
    def kept_fees(self) -> int:
        """The amount withheld on the lines."""
        return sum(line.fee_kept + self.line_refunds(line.line_id)[2] for line in self.lines.values())

    @property
    def held_or_undecided(self) -> int:
        """The held amount, as if disputes that are not decided took nothing."""
        return sum(
            max(0, self._left_of(each) - self.disputed(each.payment_id) + self.disputed(each.payment_id, True))
            for each in self.payments.values()
            if each.counts
        )

    def open_at(self, now: Optional[int] = None) -> int:
        """The sum asked for; authorizations that have run out at `now` ask for nothing."""
        return sum(
            each.open
            for each in self.payments.values()
            if now is None or not each.has_run_out(now)
        )

    @property
    def credited(self) -> int:
        """The reduction of the total: canceled pieces, and refunds in force whose cause lowers the owed amount."""
        lowering = {each.refund_id: each.lowers for each in self.refunds.values() if each.in_force}
        if self.canceled:
            later = sum(amount for name, amount in lowering.items() if name not in self.lowered_before and self.refunds[name].cause in LOWERING)
            return self.total - self.kept + later
        return sum(line.canceled_amount for line in self.lines.values()) + sum(lowering.values())

    def owed_at(self, now: Optional[int] = None) -> int:
        return max(0, self.total - self.credited) - self.held_or_undecided - self.open_at(now)

    @property
    def owed(self) -> int:
        return self.owed_at()

    # ---- Components ----

    def line_refunds(self, line_id: str) -> Tuple[int, int, int]:
        """Pieces, amount and withheld amount of a line in refunds in force. After one of them was released, the pieces are those whose
        worth is still paid. The desk counts them, and the check of a line says whether the count is possible."""
        naming = [each for each in self.refunds.values() if any(row[0] == line_id for row in each.lines)]
        rows = [row for each in naming if each.in_force for row in each.lines if row[0] == line_id]
        is_sum = line_id not in self.converted and all(each.in_force for each in naming)
        pieces = sum(row[1] for row in rows) if is_sum else self.counted.get(line_id, 0)
        return pieces, sum(row[2] for row in rows), sum(row[3] for row in rows)

    def worth(self, line: Line, quantity: int) -> int:
        """The worth of `quantity` more pieces: cumulative, so that all portions together are the whole line."""
        pieces, amount, withheld = self.line_refunds(line.line_id)
        due = part_due(line.net, min(line.ordered, line.canceled + pieces + quantity), line.ordered)
        return max(0, due - amount - withheld - line.canceled_amount - line.fee_kept)

    def unrefunded(self, line: Line) -> int:
        return line.ordered - line.canceled - self.line_refunds(line.line_id)[0]

    def refunded_part(self, part: str) -> int:
        counted = [each for each in self.refunds.values() if each.in_force and (part != "tax" or each.cause != "ITEM_CHANGE")]
        return sum(getattr(each, part) for each in counted)

    def tax_of(self, rest: int, cause: str) -> Optional[int]:
        """The tax in `rest` more of refunds of the lines; None where earlier prices make it a question of history."""
        if cause in GIVING_BACK:
            return None if self.repriced else 0
        base = self.total - self.terms.shipping - self.terms.fees
        if self.repriced or self.refunded_goods + rest > base or base <= 0:
            return None
        # After a refund was released, the others may have more than their share, or less. No refund is more tax than it is money.
        return min(max(0, part_due(self.all_tax, self.refunded_goods + rest, base) - self.refunded_part("tax")), max(0, rest))

    @property
    def refunded_goods(self) -> int:
        """The amount of the refunds with tax in them, without shipping and fees."""
        return sum(each.amount - each.shipping - each.fee for each in self.refunds.values() if each.in_force and each.cause not in GIVING_BACK)

    # ---- Progress ----

    def states(self) -> Tuple[str, ...]:
        """The states that fit where the pieces are."""
        places = [place for line in self.lines.values() for place in line.places]
        if self.canceled or all(place == "canceled" for place in places):
            return ("CANCELED",)
        if all(place in ("ordered", "canceled") for place in places):
            return ("PROCESSING",) if self.began_processing else ("PLACED",)
        if "ordered" in places:
            return ("PROCESSING",)
        if "shipped" in places:
            return ("SHIPPED",)
        if all(place in ("lost", "canceled") for place in places):
            return ("SHIPPED", "DELIVERED")
        return ("DELIVERED",)
