#!/usr/bin/env python3
"""Imports the invoice lines of an online shop as orders, into a desk in a file or in memory. Every line is imported, or refused with
its reason. Imported and refused lines are summed apart, exactly.

    online_retail.py                           the small file that lies beside this program
    online_retail.py --file FILE --store sqlite:shop.db

An import that was interrupted continues: run it again. Ends with 0 when every line was imported or refused, whatever the reasons.
Ends with 1 when an input cannot be used, and with 2 when its arguments are not valid. Writes nothing to stderr.
"""

import json
import pathlib
import sys
import time
from decimal import Decimal
from typing import Dict, Final, Optional, Sequence

import frontdesk

HERE: Final = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "shop"))  # Options and stores are those of the programs on the shop.

from invoice_file import PENNY, FileProblem, InvoiceFile, is_cancellation
from invoice_import import Rows, Sums, Totals, sum_up
from shop_json import Problems
from shop_options import read_named_options, read_usage
from shop_store import DeskStore, read_store_choice

USAGE: Final = read_usage(__file__)


class Progress:
    """Signs of life: on a terminal after each group, else after a number of rows, if that was asked for."""

    def __init__(self, every: Optional[int]) -> None:
        self._every = every
        self._printed = 0

    def __call__(self, rows: int) -> None:
        if sys.stdout.isatty():
            print(f"\r{rows} rows", end="", flush=True)
        elif self._every is not None and rows - self._printed >= self._every:
            self._printed = rows
            print(f"{rows} rows", flush=True)

    def end(self) -> None:
        if sys.stdout.isatty():
            print("\r" + " " * 30 + "\r", end="")


def amount(value: Decimal) -> str:
    """All decimals, at least those of a penny."""
    return f"{value:,.2f}" if value == value.quantize(PENNY) else f"{value.normalize():,f}"


def print_sums(title: str, sums: Sums, invoices: int, cancellations: int) -> None:
    print(f"  {title:10} {invoices:8,} {cancellations:13,} {sums.lines:9,}  {amount(sums.net):>20}")


def print_totals(totals: Totals) -> None:
    imported, refused = totals.imported, totals.refused
    refused_only = refused.invoices - imported.invoices
    together = Sums(imported.invoices | refused.invoices, imported.lines + refused.lines, imported.net + refused.net)
    print("             invoices cancellations     lines             net in GBP")
    for title, sums, invoices in (
        ("imported", imported, imported.invoices),
        ("refused", refused, refused_only),
        ("together", together, together.invoices),
    ):
        print_sums(title, sums, len(invoices), sum(map(is_cancellation, invoices)))
    print("Cancellations are among the invoices. An invoice is imported when one of its lines is;", end=" ")
    print(f"of {totals.partly_refused:,} some lines are imported and some refused.")
    if refused.without_amount:
        print(f"{refused.without_amount:,} of the refused lines have no amount that could be summed.")
    print("\nRefused lines, by reason")
    if not totals.by_reason:
        print("  none")
    for reason, sums in sorted(totals.by_reason.items(), key=lambda item: (-item[1].lines, item[0])):
        shown = ", ".join(map(str, totals.places[reason]))
        more = ", …" if sums.lines > len(totals.places[reason]) else ""
        noun = "line" if sums.lines == 1 else "lines"
        print(f"  {sums.lines:6,} {reason}, net {amount(sums.net)} ({noun} {shown}{more})")
        print(f"         {totals.texts[reason]}")
    print()


def write_report(path: pathlib.Path, desk: frontdesk.Desk, import_id: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        for row in desk.import_rows(import_id):
            values: Dict[str, object] = {
                "row": row.row,
                "source": row.source,
                "verb": row.verb,
                "verdict": frontdesk.Verdict(row.verdict).name if row.verdict else "",
                "reasons": list(row.reasons),
                "text": row.text,
            }
            file.write(json.dumps(values, ensure_ascii=False) + "\n")


def run(file: InvoiceFile, store: DeskStore, policy: frontdesk.Policy, report: Optional[pathlib.Path], every: Optional[int]) -> int:
    import_id = f"online_retail {file.sha256[:32]}"
    began = time.monotonic()
    with frontdesk.Desk.open(policy, store.rows) as desk:
        rows = Rows(file)
        progress = Progress(every)
        done = desk.import_commands(import_id, (row.input for row in rows), progress=progress)
        progress.end()
        seconds = time.monotonic() - began
        totals = sum_up(desk, import_id, rows)
        if report is not None:
            write_report(report, desk, import_id)
    print(
        f"{done.row_count:,} rows in {seconds:.1f} seconds, {done.earlier_row_count:,} of them in an earlier run",
        flush=True,
    )
    print(f"{file.line_count:,} lines, {file.invoice_count:,} invoices, import {import_id}\n")
    print_totals(totals)
    print("Customers: " + (", ".join(f"{count:,} {reason}" for reason, count in sorted(totals.customers.items())) or "none"))
    if totals.different:
        print(f"{len(totals.different):,} orders of the desk differ from the file: {', '.join(totals.different[:3])}")
        return 1
    print("Each imported order is in the desk with these lines and this amount.")
    return 0


def main(arguments: Sequence[str]) -> int:
    if list(arguments) in (["--help"], ["-h"]):
        print(USAGE, end="")
        return 0
    options = read_named_options(arguments, ("file", "store", "report", "progress", "policy"))
    if options is None:
        print(USAGE, end="")
        return 2
    problems = Problems()
    choice = read_store_choice(str(options.get("store", "memory")), problems)
    every = str(options["progress"]) if "progress" in options else None
    if every is not None and (not every.isdecimal() or int(every) < 1):
        problems.add("--progress", "", f"is a number of rows, not {every}")
    if problems:
        print(problems.text(), end="")
        return 1
    try:
        policy = frontdesk.Policy.from_file(options.get("policy", HERE.parent / "policies" / "online_retail.textproto"))
        file = InvoiceFile(options.get("file", HERE / "invoices.csv"))
        store = DeskStore(choice, durability=frontdesk.Durability.NORMAL)
        try:
            return run(file, store, policy, options.get("report"), None if every is None else int(every))
        finally:
            store.close()
    except (frontdesk.PolicyError, FileProblem) as error:
        print(error)
    except OSError as error:
        print(f"{error.filename}: cannot be read or written")
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except frontdesk.Error as broken:  # Of the store: it is damaged, or another process has it.
        print(f"{broken.reason}: {broken}")
        sys.exit(1)
