"""The cost of an order, worked out with fractions: the slow, plain reference for prices and shares.

Amounts are whole minor units. Exact amounts on the way are ``Fraction``. Nothing here asks the library.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import List, NamedTuple, Optional, Sequence, Tuple

EXPONENTS = {"EUR": 2, "JPY": 0, "KWD": 3}


def rounded(amount: Fraction, mode: str) -> int:
    """The amount in whole minor units; all modes here are symmetric about zero."""
    size, sign = abs(amount), -1 if amount < 0 else 1
    below = math.floor(size)
    rest = size - below
    if mode == "DOWN" or rest == 0:
        up = False
    elif mode == "UP":
        up = True
    elif mode == "HALF_EVEN":
        up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1)
    elif mode == "HALF_DOWN":
        up = rest > Fraction(1, 2)
    else:
        up = rest >= Fraction(1, 2)
    return sign * (below + up)


def allocated(total: int, weights: Sequence[Fraction]) -> List[int]:
    """`total` by largest remainder: whole shares first, then one unit each to the largest remainders, ties to the first."""
    whole = sum(weights, Fraction(0))
    if whole == 0:
        return [0] * len(weights)
    exact = [total * weight / whole for weight in weights]
    shares = [math.floor(each) for each in exact]
    order = sorted(range(len(exact)), key=lambda index: (shares[index] - exact[index], index))
    for index in order[: total - sum(shares)]:
        shares[index] += 1
    return shares


def part_due(total: int, so_far: int, whole: int) -> int:
    """The part of `total` that is due when `so_far` of `whole` has come."""
    return allocated(total, [Fraction(so_far), Fraction(whole - so_far)])[0] if whole else 0


class Priced(NamedTuple):
    """A line to be priced: the price of a piece in minor units, exact."""

    line_id: str
    price: Fraction
    quantity: int


class Cut(NamedTuple):
    """A discount: of a line or of the order (None), an amount or a rate in millionths."""

    line_id: Optional[str]
    amount: Optional[int]
    rate_ppm: int


class Terms(NamedTuple):
    """The terms of an order's price."""

    tax_ppm: int = 0
    inclusive: bool = False
    by_total: bool = False
    mode: str = "HALF_UP"
    shipping: int = 0
    fees: int = 0


class Sheet(NamedTuple):
    """The price: of each line, tax included, and the sums."""

    nets: Tuple[int, ...]
    subtotal: int
    discount: int
    tax: int
    total: int
    contained_tax: int


def _cut_of(cut: Cut, rest: Fraction, terms: Terms) -> Fraction:
    if cut.amount is not None:
        return min(Fraction(cut.amount), rest)
    exact = rest * cut.rate_ppm / 1_000_000
    return exact if terms.by_total else Fraction(rounded(exact, terms.mode))


def priced(lines: Sequence[Priced], cuts: Sequence[Cut], terms: Terms) -> Sheet:
    """The price of these lines: line discounts, then those of the order, then tax."""

    def at_once(amount: Fraction) -> Fraction:
        return amount if terms.by_total else Fraction(rounded(amount, terms.mode))

    rests = [at_once(line.price * line.quantity) for line in lines]
    before = sum(rests, Fraction(0))
    for index, line in enumerate(lines):
        for cut in cuts:
            if cut.line_id == line.line_id:
                rests[index] -= _cut_of(cut, rests[index], terms)
    for cut in cuts:
        if cut.line_id is None:
            size = _cut_of(cut, sum(rests, Fraction(0)), terms)
            rests = _less(rests, size, terms)
    after = sum(rests, Fraction(0))
    rate = Fraction(0 if terms.inclusive else terms.tax_ppm, 1_000_000)
    taxes = [at_once(rest * rate) for rest in rests]
    whole = after + sum(taxes, Fraction(0))
    subtotal, reduced, together = (rounded(each, terms.mode) for each in (before, after, whole))
    costs = [rest + tax for rest, tax in zip(rests, taxes)]
    nets = allocated(together, costs) if terms.by_total else [int(each) for each in costs]
    total = together + terms.shipping + terms.fees
    return Sheet(tuple(nets), subtotal, reduced - subtotal, together - reduced, total, _contained(rests, terms))


def _contained(rests: Sequence[Fraction], terms: Terms) -> int:
    """The tax that the prices contain."""
    if not terms.inclusive:
        return 0
    bases = [Fraction(rounded(sum(rests, Fraction(0)), terms.mode))] if terms.by_total else rests
    return sum(rounded(base * terms.tax_ppm / (1_000_000 + terms.tax_ppm), terms.mode) for base in bases)


def _less(rests: Sequence[Fraction], size: Fraction, terms: Terms) -> List[Fraction]:
    """The amounts less an order discount, shared in proportion to them."""
    whole = sum(rests, Fraction(0))
    if whole == 0:
        return list(rests)
    if terms.by_total:
        return [rest - size * rest / whole for rest in rests]
    return [rest - share for rest, share in zip(rests, allocated(int(size), rests))]
