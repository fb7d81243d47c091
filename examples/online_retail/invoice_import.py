"""Invoices as rows of an import, and the sums of the rows that were imported and of those that were not."""

import datetime
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Dict, Final, Iterator, List, Optional, Set, Tuple, Union

import frontdesk
from frontdesk import ImportInput, Verdict, v1
from invoice_file import MINOR_UNITS, Invoice, InvoiceFile, Line

SYSTEM: Final = "online_retail"
CURRENCY: Final = "GBP"
# Invoices without a customer belong to this one: an order has a customer.
UNKNOWN_CUSTOMER: Final = "unknown"
PLACES: Final = 3  # Lines that are shown for a reason.


@dataclass(frozen=True)
class Row:
    """A row of the import: a command about an order or a customer, or a line that is no part of an order."""

    input: ImportInput
    # The lines that the row is about: those of the order, or the one that is refused. Empty: a customer.
    lines: Tuple[Line, ...] = ()
    order_id: str = ""


def unit_price(price: Decimal) -> v1.UnitPrice:
    """The price of a piece, exactly."""
    scale = max(MINOR_UNITS, -int(price.normalize().as_tuple().exponent))
    return v1.UnitPrice(value=int(price.scaleb(scale)), scale=scale, currency_code=CURRENCY)


class Rows:
    """The rows of a file, the same ones whenever they are read."""

    def __init__(self, file: InvoiceFile) -> None:
        self._file = file
        self._actor = frontdesk.actor("importer")
        self._now = file.last_time
        self._source = v1.ImportSource(system=SYSTEM)
        self._source.as_of_time.FromDatetime(self._now.astimezone(datetime.timezone.utc).replace(tzinfo=None))

    def __iter__(self) -> Iterator[Row]:
        known: Set[str] = set()
        for invoice in self._file.invoices():
            customer = next((line.customer for line in invoice.lines), "") or UNKNOWN_CUSTOMER
            lines: List[Line] = []
            for line in invoice.lines:
                fault = (line.reason, line.text)
                if not line.reason and (line.customer or UNKNOWN_CUSTOMER) != customer:
                    fault = ("CUSTOMER_DIFFERENT", "The line has another customer than the first one of its invoice.")
                if fault[0]:
                    source = f"line {line.number}"
                    yield Row(ImportInput(source=source, reason=fault[0], text=fault[1]), (line,))
                else:
                    lines.append(line)
            if not lines:
                continue
            if customer not in known:
                known.add(customer)
                state = v1.Customer(customer_id=customer, state=v1.Customer.STATE_CUSTOMER)
                yield self._row(v1.ImportCustomer(customer=state, source=self._source), lines[:1])
            order = self._order(invoice, customer, lines)
            row = self._row(v1.ImportOrder(order=order, source=self._source), lines)
            yield Row(row.input, tuple(lines), order.order_id)

    def _row(self, verb: Union[v1.ImportCustomer, v1.ImportOrder], lines: List[Line]) -> Row:
        command = frontdesk.command(verb, actor=self._actor, now=self._now)
        first, last = lines[0].number, lines[-1].number
        source = f"line {first}" if first == last else f"lines {first} to {last}"
        return Row(ImportInput(command, source=source))

    def _order(self, invoice: Invoice, customer: str, lines: List[Line]) -> v1.Order:
        """An invoice is an order that was sent: a shop writes it then. A cancellation is a canceled order of the pieces that it takes
        back: the file does not say which invoice sold them."""
        order = v1.Order(
            order_id=invoice.name,
            order_number=invoice.name,
            customer_id=customer,
            state=v1.Order.STATE_CANCELED if invoice.is_cancellation else v1.Order.STATE_SHIPPED,
            currency_code=CURRENCY,
            rounding_level=v1.ROUNDING_LEVEL_LINE,
            rounding=v1.ROUNDING_HALF_EVEN,
        )
        time = lines[0].time
        assert time is not None
        instant = order.cancel_time if invoice.is_cancellation else order.place_time
        instant.FromDatetime(time.astimezone(datetime.timezone.utc).replace(tzinfo=None))
        for number, line in enumerate(lines, 1):
            pieces = abs(line.quantity)
            order.lines.add(
                line_id=str(number),
                variant_id=line.stock_code,
                name=line.description,
                unit_price=unit_price(line.price),
                quantities=v1.LineQuantities(
                    ordered=pieces,
                    shipped=0 if invoice.is_cancellation else pieces,
                    canceled=pieces if invoice.is_cancellation else 0,
                ),
            )
        return order


@dataclass
class Sums:
    """Lines with their exact amounts."""

    invoices: Set[str] = field(default_factory=set)
    lines: int = 0
    net: Decimal = Decimal(0)
    # Lines whose quantity or price is no number.
    without_amount: int = 0

    def add(self, line: Line) -> None:
        if line.invoice:
            self.invoices.add(line.invoice)
        self.lines += 1
        if line.amount is None:
            self.without_amount += 1
        else:
            self.net += line.amount


@dataclass
class Totals:
    """The result of an import, by line."""

    imported: Sums = field(default_factory=Sums)
    refused: Sums = field(default_factory=Sums)
    by_reason: Dict[str, Sums] = field(default_factory=dict)
    places: Dict[str, List[int]] = field(default_factory=dict)
    texts: Dict[str, str] = field(default_factory=dict)
    # Rows about customers, by verdict and reason.
    customers: "Counter[str]" = field(default_factory=Counter)
    # Orders that are not in the desk as the file has them.
    different: List[str] = field(default_factory=list)

    @property
    def partly_refused(self) -> int:
        """The invoices of which some lines were imported, and some refused."""
        return len(self.imported.invoices & self.refused.invoices)

    def refuse(self, lines: Tuple[Line, ...], reason: str, text: str) -> None:
        self.texts.setdefault(reason, text)
        for line in lines:
            self.refused.add(line)
            self.by_reason.setdefault(reason, Sums()).add(line)
            places = self.places.setdefault(reason, [])
            if len(places) < PLACES:
                places.append(line.number)


def net_of(order: v1.Order) -> Decimal:
    """The amount of an order as the desk holds it: below zero for pieces that were canceled."""
    total = Decimal(0)
    for line in order.lines:
        price = Decimal(line.unit_price.value).scaleb(-line.unit_price.scale)
        total += price * (line.quantities.ordered - 2 * line.quantities.canceled)
    return total


def sum_up(desk: frontdesk.Desk, import_id: str, rows: Rows) -> Totals:
    """Reads the results of all rows, and the orders in the desk, beside the file."""
    totals = Totals()
    for row, result in zip(rows, desk.import_rows(import_id), strict=True):
        reason = result.reasons[0] if result.reasons else ""
        if not row.lines:
            totals.customers[reason or "DONE"] += 1
        elif result.verdict != Verdict.DONE:
            totals.refuse(row.lines, reason, result.text)
        else:
            order = find_order(desk, row.order_id)
            expected = sum((line.amount for line in row.lines if line.amount is not None), Decimal(0))
            if order is None or net_of(order) != expected or len(order.lines) != len(row.lines):
                totals.different.append(row.order_id)
            for line in row.lines:
                totals.imported.add(line)
    return totals


def find_order(desk: frontdesk.Desk, order_id: str) -> Optional[v1.Order]:
    """The order in the desk."""
    try:
        return desk.get(frontdesk.entity_ref(frontdesk.EntityKind.ORDER, order_id)).order
    except frontdesk.NotFoundError:
        return None
