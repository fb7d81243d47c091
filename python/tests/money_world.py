"""Everything that the ledger knows at one moment, and the questions that several commands ask of it: where money can go, and which
pieces a command names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from money_ledger import STORED, Account, Line, Order, Payment
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
        return all_of(can_receive(world, method.kind, method.account_id), _can_turn(world, held, method, amount))
    verdicts = [can_receive(world, each.kind, each.account_id) for each, _ in held]
    if all(verdicts) and all(each is True for each in verdicts):
        return True
    good = sum(units_held for (each, units_held), verdict in zip(held, verdicts) if verdict is True)
    return False if good < amount and False in verdicts else None


def can_receive(world: World, kind: str, account_id: str) -> Verdict:
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


def new_line(world: World, line_id: str, variant_id: str, quantity: int) -> Line:
    price = Priced(line_id, Fraction(world.prices[variant_id], 10), quantity)  # One decimal more than the currency has.
    return Line(line_id, variant_id, price, ["ordered"] * quantity)
