"""The import of invoice lines as a newcomer runs it: the small file, the real one where it lies at hand, and files that are broken."""

import csv
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
from decimal import Decimal
from typing import Any, Dict, List, Tuple

import pytest
from programs import EXAMPLES, Run, assert_takes_its_options, read_lines, usage_of

HERE = EXAMPLES / "online_retail"
SMALL = HERE / "invoices.csv"
GOLDEN = pathlib.Path(__file__).resolve().parent / "online_retail.txt"
REAL = pathlib.Path(os.environ.get("FRONTDESK_SHARED", "")) / "data" / "online_retail" / "dev_2010-12_2011-02.csv"
COMMAND = [sys.executable, "-B", str(HERE / "online_retail.py")]

pytestmark = pytest.mark.skipif(
    not os.environ.get("FRONTDESK_TEST_PYTHON_DEMO"), reason="the Python package is not built: FRONTDESK_BUILD_PYTHON"
)


def run(*arguments: Any) -> Run:
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.stderr == ""
    return Run(done.returncode, done.stdout)


def result_of(output: str) -> str:
    """The output without the line that has the seconds, and the lines before it."""
    return output[re.search(r"^[\d,]+ lines, ", output, re.MULTILINE).start() :]


def kill(*arguments: Any, after: int) -> None:
    """Runs until a number of lines of progress are printed, and kills the program then."""
    with subprocess.Popen([*COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for number, line in enumerate(process.stdout, 1):
            assert line.endswith(" rows\n"), line
            if number == after:
                process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL


def sums_of(path: pathlib.Path) -> Tuple[int, int, int, Decimal]:
    """Lines, invoices, cancellations and the exact net amount of a file, as simply as can be."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    invoices = {row["InvoiceNo"] for row in rows}
    net = sum((Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in rows), Decimal(0))
    return len(rows), len(invoices), sum(name.startswith("C") for name in invoices), net


def table_of(output: str) -> Dict[str, Tuple[int, int, int, Decimal]]:
    """The sums that the program prints: invoices, cancellations, lines, net, by "imported", "refused", "together"."""
    found = re.findall(r"^  (imported|refused|together) +(\S+) +(\S+) +(\S+) +(\S+)$", output, re.MULTILINE)
    assert len(found) == 3
    number = lambda text: Decimal(text.replace(",", ""))
    return {name: (*(int(number(each)) for each in cells[:3]), number(cells[3])) for name, *cells in found}


def test_the_small_file_has_every_reason(tmp_path: pathlib.Path) -> None:
    done = run("--report", tmp_path / "rows.jsonl")
    assert done.code == 0 and result_of(done.out) == GOLDEN.read_text(encoding="utf-8")
    source = (HERE / "invoice_file.py").read_text(encoding="utf-8")
    for reason in re.findall(r'"([A-Z]+_[A-Z_]+) [A-Z]', source):
        assert reason in done.out or reason == "LINE_ENCODING", reason
    rows = read_lines(tmp_path / "rows.jsonl")
    assert [row["row"] for row in rows] == list(range(1, len(rows) + 1))
    # An invoice whose lines are not beside each other is one order.
    assert rows[4] == {
        "row": 5, "source": "line 4", "verb": "ImportCustomer", "verdict": "DONE", "reasons": [], "text": ""
    }
    assert any(row["source"] == "lines 4 to 6" and row["verb"] == "ImportOrder" for row in rows)
    assert [row["source"] for row in rows if "PRICE_ZERO" in row["reasons"]] == ["line 10"]


def test_a_desk_in_a_file_is_imported_once(tmp_path: pathlib.Path) -> None:
    store = f"sqlite:{tmp_path / 'shop.db'}"
    first, second = run("--store", store), run("--store", store, "--progress", 1)
    assert first.code == second.code == 0
    assert result_of(first.out) == result_of(second.out)
    assert "0 of them in an earlier run" in first.out and "28 of them in an earlier run" in second.out
    assert "28 rows\n" in second.out


def test_a_second_file_comes_to_the_first(tmp_path: pathlib.Path) -> None:
    """Another month: its import has another name, and knows the customers."""
    store = f"sqlite:{tmp_path / 'shop.db'}"
    assert run("--store", store).code == 0
    other = tmp_path / "june.csv"
    header, first = SMALL.read_text(encoding="utf-8").splitlines()[:2]
    other.write_text(f"{header}\n{first.replace('700001', '800001')}\n{first}\n", encoding="utf-8")
    done = run("--store", store, "--file", other)
    assert done.code == 0
    assert table_of(done.out)["imported"] == (1, 0, 1, Decimal("39.98"))
    assert table_of(done.out)["refused"] == (1, 0, 1, Decimal("39.98"))
    assert "1 ORDER_EXISTS, net 39.98 (line 3)" in done.out and "Customers: 1 CUSTOMER_EXISTS" in done.out


def test_bytes_that_are_no_text_are_a_fault_of_their_line(tmp_path: pathlib.Path) -> None:
    header, first, second = SMALL.read_bytes().splitlines()[:3]
    (tmp_path / "latin.csv").write_bytes(b"\n".join((header, first, second.replace(b"BLUE", b"BL\xdc"), b"")))
    done = run("--file", tmp_path / "latin.csv")
    assert done.code == 0 and "1 LINE_ENCODING, net 21.50 (line 3)" in done.out


def test_files_that_cannot_be_used(tmp_path: pathlib.Path) -> None:
    (tmp_path / "columns.csv").write_text("InvoiceNo,Quantity\n1,2\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    (tmp_path / "long.csv").write_text(SMALL.read_text(encoding="utf-8") + "x" * 200_000, encoding="utf-8")
    for name, text in (("columns", "UnitPrice"), ("empty", "InvoiceNo"), ("long", "line 28"), ("none", "cannot be read")):
        done = run("--file", tmp_path / f"{name}.csv")
        assert done.code == 1 and text in done.out, name
    (tmp_path / "other.db").write_text("no database", encoding="utf-8")
    done = run("--store", f"sqlite:{tmp_path / 'other.db'}")
    assert done.code == 1 and "STORE_" in done.out
    for arguments in (("--store", "floppy"), ("--progress", "0"), ("--progress", "many")):
        assert run(*arguments).code == 1
    (tmp_path / "header.csv").write_text(SMALL.read_text(encoding="utf-8").splitlines()[0], encoding="utf-8")
    done = run("--file", tmp_path / "header.csv")
    assert done.code == 0 and "0 lines, 0 invoices" in done.out


def test_options() -> None:
    assert run("--help").out == usage_of("online_retail")
    assert_takes_its_options(run, "online_retail")


def test_the_real_file_is_imported_also_when_it_is_killed(tmp_path: pathlib.Path) -> None:
    if not REAL.is_file():
        pytest.skip(f"no {REAL}: FRONTDESK_SHARED")
    import frontdesk

    began = time.monotonic()
    database = tmp_path / "shop.db"
    kept = ("--file", REAL, "--store", f"sqlite:{database}")
    kill(*kept, "--progress", 256, after=3)
    kill(*kept, "--progress", 256, after=11)
    killed = run(*kept, "--report", tmp_path / "killed.jsonl")
    print(f"{time.monotonic() - began:.1f} seconds for an import that was killed twice")
    assert killed.code == 0, killed.out
    assert not re.search(r"\D0 of them in an earlier run", killed.out)

    began = time.monotonic()
    whole = run("--file", REAL, "--report", tmp_path / "whole.jsonl")
    print(f"{time.monotonic() - began:.1f} seconds for an import in memory")
    assert result_of(killed.out) == result_of(whole.out)
    assert (tmp_path / "killed.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()

    # Every line is imported or refused, and the sums are those of the file.
    table = table_of(killed.out)
    lines, invoices, cancellations, net = sums_of(REAL)
    assert table["together"] == (invoices, cancellations, lines, net) == (4894, 805, 105335, Decimal("1807019.93"))
    assert tuple(map(sum, zip(table["imported"], table["refused"]))) == table["together"]
    rows: List[Dict[str, Any]] = read_lines(tmp_path / "killed.jsonl")
    assert sum(row["verb"] == "ImportOrder" and row["verdict"] == "DONE" for row in rows) == table["imported"][0]
    refused = [row for row in rows if not row["verb"]]
    assert len(refused) == table["refused"][2] and all(row["reasons"] and row["text"] for row in refused)

    # The log moves into another file, byte by byte.
    began = time.monotonic()
    with frontdesk.SqliteStore(database) as store:
        frontdesk.export_log(store, tmp_path / "first.log")
    with frontdesk.SqliteStore(tmp_path / "other.db") as other:
        frontdesk.import_log(tmp_path / "first.log", other)
        frontdesk.export_log(other, tmp_path / "second.log")
    assert (tmp_path / "first.log").read_bytes() == (tmp_path / "second.log").read_bytes()
    policy = frontdesk.Policy.from_file(EXAMPLES / "policies" / "online_retail.textproto")
    import_id = re.search("import (online_retail [0-9a-f]{32})", killed.out)[1]
    with frontdesk.Desk.open(policy, tmp_path / "other.db") as desk:
        assert [row.source for row in desk.import_rows(import_id)] == [row["source"] for row in rows]
    print(f"{time.monotonic() - began:.1f} seconds for the log in another file")
