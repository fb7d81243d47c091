"""Exact money: :class:`frontdesk.v1.Money` with the arithmetic of the core, and ``Decimal`` at the edges.

Amounts are integers of minor units with an ISO 4217 code; nothing here ever sees a float.

>>> from decimal import Decimal
>>> from frontdesk import money, Rounding
>>> price = money.of(Decimal("12.34"), "USD")
>>> price.units
1234
>>> [money.format(part) for part in money.allocate(price, [1, 1, 1])]
['4.12 USD', '4.11 USD', '4.11 USD']
>>> money.to_decimal(money.multiply(price, 3, rounding=Rounding.HALF_EVEN))
Decimal('37.02')

Every function that takes an amount first checks its currency code: ``InvalidArgumentError`` with the reason
``MONEY_CURRENCY_UNKNOWN``, or ``MONEY_CURRENCY_NO_MINOR_UNIT`` for codes such as XAU. Further reasons are listed with
each function; ``OutOfRangeError`` (an ``OverflowError``) with ``MONEY_OVERFLOW`` when a result does not fit into 64
bits of minor units.
"""

import fractions
from decimal import Decimal
from typing import Iterable, List, NamedTuple, Optional, Sequence, Tuple, Union

from frontdesk import _core
from frontdesk import _guard
from frontdesk import v1
from frontdesk._bridge import dump, load, load_all
from frontdesk.enums import Rounding, RoundingLevel

__all__ = [
    "Currency",
    "add",
    "allocate",
    "allocate_cumulative",
    "compare",
    "compare_unit_price",
    "currencies",
    "currency_exponent",
    "format",
    "format_amount",
    "format_unit_price",
    "from_units",
    "multiply",
    "negate",
    "of",
    "parse",
    "parse_unit_price",
    "price_lines",
    "price_times",
    "subtract",
    "sum",
    "to_decimal",
    "unit_price",
    "unit_price_of",
    "unit_price_to_decimal",
]


class Currency(NamedTuple):
    """One currency or fund of ISO 4217: `exponent` is how many decimals its minor unit is, None where it has none."""

    code: str
    number: int
    exponent: Optional[int]


def currencies() -> List[Currency]:
    """All of ISO 4217 list one, by code.

    >>> [each for each in currencies() if each.code in ("BHD", "JPY", "XAU")]
    [Currency(code='BHD', number=48, exponent=3), Currency(code='JPY', number=392, exponent=0), \
Currency(code='XAU', number=959, exponent=None)]
    """
    return [
        Currency(code, number, None if exponent < 0 else exponent)
        for code, number, exponent in _core.money_currencies()
    ]


def currency_exponent(currency_code: str) -> int:
    """How many decimals the minor unit is: 2 for USD, 0 for JPY, 3 for BHD."""
    return _core.money_currency_exponent(currency_code)


def _rounding(rounding: Optional[Rounding]) -> int:
    return 0 if rounding is None else int(Rounding(_guard.number(rounding, "rounding", "frontdesk.Rounding")))


def _text(amount: Decimal) -> str:
    """The digits of `amount`, cut where they can no longer matter so that 1E+999999999 stays small."""
    if not amount.is_finite():
        return str(amount)
    if amount and amount.adjusted() > 40:
        return ("-" if amount < 0 else "") + "1" + "0" * 40
    if amount and amount.adjusted() < -40:
        return ("-" if amount < 0 else "") + "0." + "0" * 40 + "1"
    if not amount:
        return "0"
    return f"{amount:f}"


def from_units(units: int, currency_code: str) -> v1.Money:
    """`units` minor units.

    >>> format(from_units(5800, "JPY"))
    '5800 JPY'
    """
    return load(_core.money_make(_guard.integer(units, "units"), currency_code), v1.Money)


def of(amount: Union[Decimal, int], currency_code: str, *, rounding: Optional[Rounding] = None) -> v1.Money:
    """An amount of major units. Without `rounding`, more decimals than the currency has must be zeros.

    Raises:
        InvalidArgumentError: ``MONEY_SYNTAX`` for NaN and infinity, ``MONEY_PRECISION``.
        OutOfRangeError: ``MONEY_OVERFLOW``.
        TypeError: a float, or anything else that is not exact.
    """
    if isinstance(amount, bool) or not isinstance(amount, (Decimal, int)):
        raise TypeError(f"an amount is a Decimal or an int, not {type(amount).__name__}")
    return parse(_text(Decimal(amount)), currency_code, rounding=rounding)


def parse(text: str, currency_code: str, *, rounding: Optional[Rounding] = None) -> v1.Money:
    """Reads a decimal number of major units such as ``-12.34``: no spaces, no grouping, no exponent.

    Raises:
        InvalidArgumentError: ``MONEY_SYNTAX``; ``MONEY_PRECISION`` for more decimals than the minor unit has, unless they
            are zeros or `rounding` is given.
        OutOfRangeError: ``MONEY_OVERFLOW``.
    """
    return load(_core.money_parse(text, currency_code, _rounding(rounding)), v1.Money)


def format(money: v1.Money) -> str:  # pylint: disable=redefined-builtin
    """``"12.34 USD"``, for texts. Never fails; an absent amount is ``""``."""
    return _core.money_format(dump(money, v1.Money))


def format_amount(money: v1.Money) -> str:
    """``"12.34"``: as many decimals as the minor unit has. :func:`parse` reads it back."""
    return _core.money_format_amount(dump(money, v1.Money))


def to_decimal(money: v1.Money) -> Decimal:
    """The amount in major units, exact, with as many decimals as the minor unit has.

    >>> to_decimal(v1.Money(units=1234, currency_code="BHD"))
    Decimal('1.234')
    """
    return Decimal(format_amount(money))


def add(a: v1.Money, b: v1.Money) -> v1.Money:
    """a + b. ``MONEY_CURRENCY_MISMATCH`` when the codes differ; ``MONEY_OVERFLOW``."""
    return load(_core.money_add(dump(a, v1.Money), dump(b, v1.Money)), v1.Money)


def subtract(a: v1.Money, b: v1.Money) -> v1.Money:
    """a - b; errors as :func:`add`."""
    return load(_core.money_subtract(dump(a, v1.Money), dump(b, v1.Money)), v1.Money)


def negate(a: v1.Money) -> v1.Money:
    """-a. ``MONEY_OVERFLOW`` for the most negative amount."""
    return load(_core.money_negate(dump(a, v1.Money)), v1.Money)


def sum(amounts: Iterable[v1.Money], currency_code: str) -> v1.Money:  # pylint: disable=redefined-builtin
    """The sum of amounts that are all in `currency_code`; zero for none.

    Raises:
        InvalidArgumentError: ``MONEY_CURRENCY_MISMATCH``.
        OutOfRangeError: ``MONEY_OVERFLOW``, of the result only.
    """
    return load(_core.money_sum([dump(amount, v1.Money) for amount in amounts], currency_code), v1.Money)


def compare(a: v1.Money, b: v1.Money) -> int:
    """-1, 0 or 1 as a is less than, equal to or greater than b. ``MONEY_CURRENCY_MISMATCH``."""
    order = _core.money_compare(dump(a, v1.Money), dump(b, v1.Money))
    return (order > 0) - (order < 0)


def multiply(
    money: v1.Money, factor: Union[int, fractions.Fraction, Decimal], *, rounding: Rounding
) -> v1.Money:
    """money x factor, exact, then rounded once.

    >>> format(multiply(from_units(1000, "EUR"), fractions.Fraction(1, 3), rounding=Rounding.HALF_UP))
    '3.33 EUR'

    Raises:
        OutOfRangeError: ``MONEY_OVERFLOW``.
        OverflowError: a factor whose numerator or denominator does not fit into 64 bits.
    """
    if isinstance(factor, bool) or not isinstance(factor, (int, fractions.Fraction, Decimal)):
        raise TypeError(f"a factor is an int, a Fraction or a Decimal, not {type(factor).__name__}")
    if isinstance(factor, Decimal) and (not factor.is_finite() or abs(factor.adjusted()) > 40):
        raise OverflowError("the factor does not fit into 64 bits")
    exact = fractions.Fraction(factor)
    numerator = _guard.integer(exact.numerator, "the factor's numerator")
    denominator = _guard.integer(exact.denominator, "the factor's denominator")
    return load(_core.money_multiply(dump(money, v1.Money), numerator, denominator, _rounding(rounding)), v1.Money)


def allocate(total: v1.Money, weights: Sequence[int]) -> List[v1.Money]:
    """Splits `total` in proportion to `weights` by largest remainder, ties to the first. The parts sum to `total` exactly.

    Raises:
        InvalidArgumentError: ``MONEY_WEIGHTS`` for a negative weight, or a sum of zero while the total is not.
    """
    checked = [_guard.integer(weight, "a weight") for weight in weights]
    return load_all(_core.money_allocate(dump(total, v1.Money), checked), v1.Money)


def allocate_cumulative(
    total: v1.Money, *, weight_so_far: int, weight_whole: int, already_given: v1.Money
) -> v1.Money:
    """The next part of a `total` that is handed out part by part.

    It is what is due for `weight_so_far` (this part included) of `weight_whole`, less what was `already_given`, so that every
    sequence of parts that reaches the whole sums to `total`.

    >>> total, given = from_units(1000, "EUR"), from_units(0, "EUR")
    >>> parts = []
    >>> for pieces in (1, 2, 3):
    ...     part = allocate_cumulative(total, weight_so_far=pieces, weight_whole=3, already_given=given)
    ...     given = add(given, part)
    ...     parts.append(part.units)
    >>> parts
    [333, 334, 333]

    Raises:
        InvalidArgumentError: ``MONEY_CURRENCY_MISMATCH``; ``MONEY_WEIGHTS``.
        OutOfRangeError: ``MONEY_OVERFLOW``.
    """
    part = _core.money_allocate_cumulative(
        dump(total, v1.Money),
        _guard.integer(weight_so_far, "weight_so_far"),
        _guard.integer(weight_whole, "weight_whole"),
        dump(already_given, v1.Money),
    )
    return load(part, v1.Money)


def unit_price(amount: Union[Decimal, int], currency_code: str) -> v1.UnitPrice:
    """A price per piece, which may carry up to nine decimals.

    >>> price = unit_price(Decimal("0.0125"), "USD")
    >>> price.value, price.scale
    (125, 4)
    """
    if isinstance(amount, bool) or not isinstance(amount, (Decimal, int)):
        raise TypeError(f"a price is a Decimal or an int, not {type(amount).__name__}")
    return parse_unit_price(_text(Decimal(amount)), currency_code)


def parse_unit_price(text: str, currency_code: str) -> v1.UnitPrice:
    """Reads a price as :func:`parse` reads an amount; the scale is the number of decimals written, at most nine.

    Raises:
        InvalidArgumentError: ``MONEY_SYNTAX``; ``MONEY_PRECISION``.
        OutOfRangeError: ``MONEY_OVERFLOW``.
    """
    return load(_core.unit_price_parse(text, currency_code), v1.UnitPrice)


def format_unit_price(price: v1.UnitPrice) -> str:
    """``"1.2345 USD"``. Never fails."""
    return _core.unit_price_format(dump(price, v1.UnitPrice))


def unit_price_to_decimal(price: v1.UnitPrice) -> Decimal:
    """The price in major units, exact. ``MONEY_SCALE`` for a scale outside 0 to 9."""
    _core.unit_price_check(dump(price, v1.UnitPrice))
    return Decimal(price.value).scaleb(-price.scale)


def unit_price_of(money: v1.Money) -> v1.UnitPrice:
    """`money` as the price of one piece."""
    return load(_core.unit_price_of(dump(money, v1.Money)), v1.UnitPrice)


def compare_unit_price(a: v1.UnitPrice, b: v1.UnitPrice) -> int:
    """-1, 0 or 1 by value: 1.50 equals 1.5. ``MONEY_SCALE``; ``MONEY_CURRENCY_MISMATCH``."""
    order = _core.unit_price_compare(dump(a, v1.UnitPrice), dump(b, v1.UnitPrice))
    return (order > 0) - (order < 0)


def price_times(price: v1.UnitPrice, quantity: int, *, rounding: Rounding) -> v1.Money:
    """price x quantity, rounded once to the minor unit. ``MONEY_SCALE``; ``MONEY_OVERFLOW``."""
    amount = _core.unit_price_times(dump(price, v1.UnitPrice), _guard.integer(quantity, "quantity"), _rounding(rounding))
    return load(amount, v1.Money)


def price_lines(
    lines: Iterable[Tuple[v1.UnitPrice, int]],
    currency_code: str,
    *,
    level: RoundingLevel = RoundingLevel.LINE,
    rounding: Rounding,
) -> List[v1.Money]:
    """The amount of every line of price and quantity, rounded where `level` says; with TOTAL they sum to the rounded total.

    Raises:
        InvalidArgumentError: ``MONEY_SCALE``; ``MONEY_CURRENCY_MISMATCH``.
        OutOfRangeError: ``MONEY_OVERFLOW``.
    """
    pairs = [(dump(price, v1.UnitPrice), _guard.integer(quantity, "quantity")) for price, quantity in lines]
    return load_all(
        _core.unit_price_lines(
            pairs,
            currency_code,
            int(RoundingLevel(_guard.number(level, "level", "frontdesk.RoundingLevel"))),
            _rounding(rounding),
        ),
        v1.Money,
    )
