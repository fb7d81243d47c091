"""frontdesk.money: exact amounts over the core's arithmetic."""

import fractions
import random
from decimal import Decimal

import pytest

import frontdesk
from frontdesk import Rounding, RoundingLevel, money, v1


def usd(units):
    return v1.Money(units=units, currency_code="USD")


@pytest.mark.parametrize(
    "text, code, units",
    [
        ("12.34", "USD", 1234),
        ("-12.34", "USD", -1234),
        ("+0.1", "EUR", 10),
        ("5800", "JPY", 5800),
        ("1.234", "BHD", 1234),
        ("1.2345", "CLF", 12345),
        ("1.5000000", "USD", 150),
        ("92233720368547758.07", "USD", 2**63 - 1),
        ("-92233720368547758.08", "USD", -(2**63)),
    ],
)
def test_parse(text, code, units):
    parsed = money.parse(text, code)
    assert (parsed.units, parsed.currency_code) == (units, code)
    assert money.parse(money.format_amount(parsed), code) == parsed
    assert money.to_decimal(parsed) == Decimal(text)
    assert money.of(Decimal(text), code) == parsed


@pytest.mark.parametrize(
    "call, reason, kind",
    [
        (lambda: money.parse("12,50", "USD"), "MONEY_SYNTAX", ValueError),
        (lambda: money.parse("", "USD"), "MONEY_SYNTAX", ValueError),
        (lambda: money.parse("1e3", "USD"), "MONEY_SYNTAX", ValueError),
        (lambda: money.parse("0.005", "USD"), "MONEY_PRECISION", ValueError),
        (lambda: money.parse("1", "usd"), "MONEY_CURRENCY_UNKNOWN", ValueError),
        (lambda: money.parse("1", "XAU"), "MONEY_CURRENCY_NO_MINOR_UNIT", ValueError),
        (lambda: money.parse("92233720368547758.08", "USD"), "MONEY_OVERFLOW", OverflowError),
        (lambda: money.of(Decimal("NaN"), "USD"), "MONEY_SYNTAX", ValueError),
        (lambda: money.of(Decimal("-Infinity"), "USD"), "MONEY_SYNTAX", ValueError),
        (lambda: money.of(Decimal("1E+999999"), "USD"), "MONEY_OVERFLOW", OverflowError),
        (lambda: money.of(Decimal("1E-999999"), "USD"), "MONEY_PRECISION", ValueError),
        (lambda: money.add(usd(1), money.from_units(1, "EUR")), "MONEY_CURRENCY_MISMATCH", ValueError),
        (lambda: money.add(usd(2**63 - 1), usd(1)), "MONEY_OVERFLOW", OverflowError),
        (lambda: money.subtract(usd(-(2**63)), usd(1)), "MONEY_OVERFLOW", OverflowError),
        (lambda: money.negate(usd(-(2**63))), "MONEY_OVERFLOW", OverflowError),
        (lambda: money.sum([money.from_units(1, "EUR")], "USD"), "MONEY_CURRENCY_MISMATCH", ValueError),
        (lambda: money.compare(usd(1), money.from_units(1, "EUR")), "MONEY_CURRENCY_MISMATCH", ValueError),
        (lambda: money.allocate(usd(1), []), "MONEY_WEIGHTS", ValueError),
        (lambda: money.allocate(usd(1), [1, -1]), "MONEY_WEIGHTS", ValueError),
        (lambda: money.multiply(usd(2**62), 4, rounding=Rounding.UP), "MONEY_OVERFLOW", OverflowError),
        (lambda: money.parse_unit_price("1.0000000001", "USD"), "MONEY_PRECISION", ValueError),
        (lambda: money.unit_price_to_decimal(v1.UnitPrice(value=1, scale=10, currency_code="USD")), "MONEY_SCALE", ValueError),
        (lambda: money.currency_exponent("???"), "MONEY_CURRENCY_UNKNOWN", ValueError),
        (
            lambda: money.allocate_cumulative(usd(9), weight_so_far=4, weight_whole=3, already_given=usd(0)),
            "MONEY_WEIGHTS",
            ValueError,
        ),
    ],
)
def test_errors(call, reason, kind):
    with pytest.raises(frontdesk.Error) as raised:
        call()
    assert raised.value.reason == reason
    assert isinstance(raised.value, kind)


@pytest.mark.parametrize(
    "call",
    [
        lambda: money.of(1.5, "USD"),
        lambda: money.of(True, "USD"),
        lambda: money.of("1.5", "USD"),
        lambda: money.multiply(usd(1), 0.5, rounding=Rounding.UP),
        lambda: money.add(usd(1), 1),
        lambda: money.format(v1.UnitPrice()),
        lambda: money.allocate(usd(1), [0.5]),
        lambda: money.from_units("1", "USD"),
    ],
)
def test_type_errors(call):
    with pytest.raises(TypeError):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: money.from_units(2**63, "USD"),
        lambda: money.multiply(usd(1), fractions.Fraction(1, 2**63), rounding=Rounding.UP),
        lambda: money.multiply(usd(1), Decimal("1E+999999"), rounding=Rounding.UP),
        lambda: money.price_times(v1.UnitPrice(currency_code="USD"), 2**63, rounding=Rounding.UP),
    ],
)
def test_numbers_beyond_64_bits(call):
    with pytest.raises(OverflowError):
        call()


@pytest.mark.parametrize(
    "rounding, up, down",
    [
        (Rounding.HALF_EVEN, 2, -2),
        (Rounding.HALF_UP, 3, -3),
        (Rounding.HALF_DOWN, 2, -2),
        (Rounding.UP, 3, -3),
        (Rounding.DOWN, 2, -2),
        (Rounding.FLOOR, 2, -3),
        (Rounding.CEILING, 3, -2),
    ],
)
def test_rounding(rounding, up, down):
    half = fractions.Fraction(1, 2)
    assert money.multiply(usd(5), half, rounding=rounding).units == up
    assert money.multiply(usd(-5), half, rounding=rounding).units == down
    assert money.multiply(usd(5), Decimal("0.5"), rounding=rounding).units == up
    assert money.parse("0.025", "USD", rounding=rounding).units == up
    assert money.of(Decimal("-0.025"), "USD", rounding=rounding).units == down
    price = money.unit_price(Decimal("0.025"), "USD")
    assert money.price_times(price, 1, rounding=rounding).units == up


def test_tiny_and_huge_decimals_keep_their_meaning():
    assert money.of(Decimal("1E-999999"), "USD", rounding=Rounding.UP).units == 1
    assert money.of(Decimal("-1E-999999"), "USD", rounding=Rounding.FLOOR).units == -1
    assert money.of(Decimal("1E-999999"), "USD", rounding=Rounding.HALF_UP).units == 0
    assert money.of(Decimal("0E-999999"), "USD").units == 0
    assert money.of(Decimal("1E+3"), "USD").units == 100000


def test_arithmetic_agrees_with_decimal():
    generator = random.Random(20240501)
    for _ in range(300):
        code, exponent = generator.choice([("USD", 2), ("JPY", 0), ("BHD", 3)])
        a, b = (generator.randint(-(10**9), 10**9) for _ in range(2))
        one, two = money.from_units(a, code), money.from_units(b, code)
        unit = Decimal(1).scaleb(-exponent)
        assert money.to_decimal(money.add(one, two)) == a * unit + b * unit
        assert money.to_decimal(money.subtract(one, two)) == a * unit - b * unit
        assert money.to_decimal(money.negate(one)) == -a * unit
        assert money.compare(one, two) == (a > b) - (a < b)


def test_allocation_sums_and_is_proportional():
    generator = random.Random(7)
    for _ in range(300):
        total = generator.randint(-(10**6), 10**6)
        weights = [generator.randint(0, 50) for _ in range(generator.randint(1, 8))]
        weights[0] += 1
        parts = [part.units for part in money.allocate(usd(total), weights)]
        assert sum(parts) == total
        for part, weight in zip(parts, weights):
            assert abs(part - fractions.Fraction(total * weight, sum(weights))) < 1


def test_cumulative_allocation_ends_at_the_total():
    given, parts = usd(0), []
    for pieces in (1, 2, 3, 7):
        part = money.allocate_cumulative(usd(1000), weight_so_far=pieces, weight_whole=7, already_given=given)
        given = money.add(given, part)
        parts.append(part.units)
    assert sum(parts) == 1000


def test_unit_prices():
    price = money.parse_unit_price("1.23450", "USD")
    assert money.format_unit_price(price) == "1.23450 USD"
    assert money.unit_price_to_decimal(price) == Decimal("1.23450")
    assert money.compare_unit_price(price, money.unit_price(Decimal("1.2345"), "USD")) == 0
    assert money.compare_unit_price(price, money.unit_price(2, "USD")) == -1
    assert money.unit_price_of(usd(150)).value == 150


def test_price_lines_by_line_and_by_total():
    lines = [(money.unit_price(Decimal("0.333"), "USD"), 1)] * 3
    by_line = money.price_lines(lines, "USD", rounding=Rounding.HALF_UP)
    assert [line.units for line in by_line] == [33, 33, 33]
    by_total = money.price_lines(lines, "USD", level=RoundingLevel.TOTAL, rounding=Rounding.HALF_UP)
    assert sum(line.units for line in by_total) == 100


def test_currencies():
    by_code = {each.code: each for each in money.currencies()}
    assert by_code["USD"] == ("USD", 840, 2)
    assert by_code["XAU"].exponent is None
    assert list(by_code) == sorted(by_code)
    assert money.currency_exponent("CLF") == 4


def test_format_is_total():
    assert money.format(v1.Money()) == ""
    assert money.format(usd(-5)) == "-0.05 USD"
    assert "?" in money.format(v1.Money(units=5, currency_code="nonsense"))
