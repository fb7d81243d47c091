"""The invoice lines of an online shop: CSV with the columns of data set 352 of the UCI Machine Learning Repository.

A file is read twice, line by line. The first time its invoices are counted, so that an invoice whose lines are not beside each
other is whole the second time. No more than the lines of open invoices are in memory.
"""

import csv
import dataclasses
import datetime
import decimal
import hashlib
import pathlib
import re
import zoneinfo
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Dict, Final, Iterator, List, Optional, TextIO

COLUMNS: Final = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
# The shop is in London; its file has the time of its clocks.
TIME_ZONE: Final = zoneinfo.ZoneInfo("Europe/London")
MINOR_UNITS: Final = 2
PENNY: Final = Decimal(1).scaleb(-MINOR_UNITS)
# Nine digits each before and behind the point fit into a unit price.
_PRICE: Final = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?")
_WHOLE: Final = re.compile(r"([+-]?[0-9]{1,9})(\.0+)?")
# Sums of such numbers are exact.
decimal.getcontext().prec = 60


class FileProblem(Exception):
    """The file cannot be used."""


@dataclass(frozen=True)
class Line:
    """A line of the file. `amount` is the exact quantity times price; None: one of them is no number. `reason` says why it cannot be
    part of an order; empty: it can be."""

    number: int
    invoice: str
    stock_code: str
    description: str
    quantity: int
    price: Decimal
    time: Optional[datetime.datetime]
    customer: str
    amount: Optional[Decimal]
    reason: str
    text: str


@dataclass
class Invoice:
    """The lines of an invoice, in the order of the file."""

    name: str
    lines: List[Line] = field(default_factory=list)

    @property
    def is_cancellation(self) -> bool:
        """Whether its name begins with C: it takes back what other invoices sold."""
        return is_cancellation(self.name)


def is_cancellation(invoice: str) -> bool:
    """Whether an invoice of that name is a cancellation."""
    return invoice[:1] in ("C", "c")


class InvoiceFile:
    """A file, once it was counted."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self._counts: Counter[str] = Counter()
        self.line_count = 0
        # The time of the last invoice. The first one that there can be: no invoice has a time.
        self.last_time = datetime.datetime(1970, 1, 2, tzinfo=TIME_ZONE)
        digest = hashlib.sha256()
        with open(path, "rb") as file:
            for piece in iter(lambda: file.read(1 << 20), b""):
                digest.update(piece)
        self.sha256 = digest.hexdigest()
        for line in self.lines():
            self.line_count += 1
            self._counts[line.invoice] += 1
            if line.time is not None:
                self.last_time = max(self.last_time, line.time)

    @property
    def invoice_count(self) -> int:
        """The number of invoices that have a name."""
        return sum(1 for name in self._counts if name)

    @property
    def cancellation_count(self) -> int:
        """The number of those that are cancellations."""
        return sum(1 for name in self._counts if is_cancellation(name))

    def lines(self) -> Iterator[Line]:
        """The lines of the file. Raises FileProblem."""
        # Bytes that are no UTF-8 are a problem of their line.
        with open(self.path, encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            yield from _read_lines(file, self.path)

    def invoices(self) -> Iterator[Invoice]:
        """The invoices, in the order of their last lines. A line without the name of an invoice is one of its own."""
        open_ones: Dict[str, Invoice] = {}
        for line in self.lines():
            if not line.invoice:
                yield Invoice("", [line])
                continue
            invoice = open_ones.setdefault(line.invoice, Invoice(line.invoice))
            invoice.lines.append(line)
            if len(invoice.lines) == self._counts[line.invoice]:
                del open_ones[line.invoice]
                yield invoice


def _read_lines(file: TextIO, path: pathlib.Path) -> Iterator[Line]:
    reader = csv.reader(file)
    try:
        header: List[str] = next(reader, [])
        missing = [name for name in COLUMNS if name not in header]
        if missing:
            raise FileProblem(f"{path}: the columns {', '.join(missing)} are missing")
        places = [header.index(name) for name in COLUMNS]
        for cells in reader:
            if cells:
                yield _read_line(reader.line_num, cells, places, len(header))
    except csv.Error as error:
        raise FileProblem(f"{path}, line {reader.line_num}: {error}") from None


def _read_line(number: int, cells: List[str], places: List[int], width: int) -> Line:
    is_whole = len(cells) == width
    cells = [cells[place].strip() if place < len(cells) else "" for place in places]
    text = "".join(cells)
    is_text = text.isascii() or not any("\ud800" <= each <= "\udfff" for each in text)
    if not is_text:
        cells = [cell.encode("utf-8", "replace").decode() for cell in cells]
    invoice, stock_code, description, quantity_text, time_text, price_text, customer, _ = cells
    whole = _WHOLE.fullmatch(quantity_text)
    has_price = _PRICE.fullmatch(price_text) is not None
    quantity = int(whole.group(1)) if whole else 0
    price = Decimal(price_text) if has_price else Decimal(0)
    amount = quantity * price if whole and has_price else None
    time: Optional[datetime.datetime] = None
    try:
        time = datetime.datetime.fromisoformat(time_text).replace(tzinfo=TIME_ZONE)
    except ValueError:
        pass
    # 17850.0 is the number 17850.
    numbered = _WHOLE.fullmatch(customer)
    line = Line(
        number=number,
        invoice=invoice,
        stock_code=stock_code,
        description=description,
        quantity=quantity,
        price=price,
        time=time,
        customer=numbered.group(1) if numbered else customer,
        amount=amount,
        reason="",
        text="",
    )
    fault = "LINE_COLUMNS The line has another number of columns than the header." if not is_whole else ""
    if not fault and not is_text:
        fault = "LINE_ENCODING The line is not UTF-8."
    fault = fault or _fault_of(line, whole is not None, has_price)
    if not fault:
        return line
    reason, _, text = fault.partition(" ")
    return dataclasses.replace(line, reason=reason, text=text)


def _fault_of(line: Line, has_quantity: bool, has_price: bool) -> str:
    """Why the line cannot be part of an order: a reason and a text; empty: it can be."""
    sign = -1 if is_cancellation(line.invoice) else 1
    if not line.invoice:
        return "INVOICE_MISSING The line has no invoice."
    if line.invoice[:1] in ("A", "a"):
        return "INVOICE_ADJUSTMENT An invoice that begins with A adjusts the books of the shop; it sells nothing."
    if not line.invoice.lstrip("Cc").isdigit():
        return "INVOICE_UNKNOWN The invoice is neither a number nor C and a number."
    if not line.stock_code:
        return "STOCK_CODE_MISSING The line has no stock code."
    if line.stock_code[:4].upper() == "TEST":
        return "LINE_TEST The stock code is one for tests."
    if not has_quantity:
        return "QUANTITY_MALFORMED The quantity is no whole number of at most nine digits."
    if not has_price:
        return "PRICE_MALFORMED The price is no number of at most nine digits and nine decimals."
    if line.time is None:
        return "TIME_MALFORMED The invoice has no date and time."
    if line.quantity == 0:
        return "QUANTITY_ZERO The quantity is 0."
    if line.quantity * sign < 0:
        if sign > 0:
            return "QUANTITY_NEGATIVE The quantity is below zero, and the invoice is no cancellation: a correction of the stock."
        return "QUANTITY_POSITIVE The quantity is above zero, and the invoice is a cancellation."
    if line.price < 0:
        return "PRICE_NEGATIVE The price is below zero."
    if line.price == 0:
        return "PRICE_ZERO The line has no price: a gift, or a note about the stock."
    assert line.amount is not None
    if line.amount.quantize(PENNY) != line.amount:
        return "AMOUNT_FRACTION The amount of the line has fractions of a penny; an order would round it."
    return ""
