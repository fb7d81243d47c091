"""The tool on the recorded shop, beside golden files. FRONTDESK_UPDATE_GOLDEN=1 writes them anew."""

import json
import os
import pathlib
import re
import subprocess
from typing import List, NamedTuple

import pytest
from programs import POLICY, programs, write_lines

SHARED = pathlib.Path(os.environ.get("FRONTDESK_SHARED", "")) / "data" / "tau_retail"
TOOL = os.environ.get("FRONTDESK_TOOL", "")
GOLDEN = pathlib.Path(__file__).parent / "tool"

pytestmark = [
    pytest.mark.skipif(not SHARED.is_dir(), reason="the recorded shop is not here (FRONTDESK_SHARED)"),
    pytest.mark.skipif(not TOOL, reason="the tool is not built: it needs SQLite"),
]

CUSTOMER = "isabella_sanchez_2068"
PENDING, DELIVERED = "#W4386313", "#W1713682"


class Ran(NamedTuple):
    """The end of a run of the tool."""

    code: int
    out: str
    error: str


def run(*arguments: object) -> Ran:
    environment = {**os.environ, "NO_COLOR": "1"}
    ended = subprocess.run([TOOL, *map(str, arguments)], capture_output=True, check=False, env=environment)
    return Ran(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def cancel(minute: int, order_id: str, reason: str) -> str:
    """A line of a file of commands."""
    verb = {"order_id": order_id, "reason": reason, "settlement": "SETTLEMENT_DONE"}
    command = {
        "actor": {"actor_id": "anna", "kind": "KIND_AGENT"},
        "now": f"2024-05-15T16:{minute:02}:00Z",
        "order": {"cancel_order": verb},
    }
    return json.dumps({"command": command})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A folder with `shop.db`: the recorded shop, and four requests to cancel an order."""
    made = tmp_path_factory.mktemp("shop")
    for name in ("tasks", "calls"):
        write_lines(made / name, [])
    program = next(iter(programs("retail_desk")))
    filled = program(
        "--db", SHARED, "--tasks", made / "tasks", "--calls", made / "calls", "--store", f"sqlite:{made / 'shop.db'}"
    )
    assert filled.code == 0, filled.out
    requests: List[str] = [
        cancel(0, PENDING, "too blue"),
        cancel(1, PENDING, "no longer needed"),
        cancel(2, DELIVERED, "no longer needed"),
        cancel(3, "#W0000000", "no longer needed"),
    ]
    (made / "requests.jsonl").write_text("\n".join(requests), encoding="utf-8")
    imported = run("import", made / "shop.db", made / "requests.jsonl", "--policy", POLICY)
    assert imported.code == 4, imported.error
    expect_golden("import", imported.out)
    return made


def expect_golden(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("FRONTDESK_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("show_customer", ["show", f"customer/{CUSTOMER}"]),
        ("show_order", ["show", f"order/{PENDING}"]),
        ("find_customers", ["find", "customers", "--email", "Isabella.Sanchez6218@EXAMPLE.com"]),
        ("find_customers_json", ["find", "customers", "--name", "sanchez", "--postcode", "85093", "--json"]),
        ("find_orders", ["find", "orders", "--customer", CUSTOMER]),
        ("timeline", ["timeline", CUSTOMER]),
        ("timeline_orders", ["timeline", CUSTOMER, "--kinds", "order", "--oldest-first"]),
        ("history", ["history", f"order/{PENDING}"]),
        ("explain_done", ["explain", "r0000001736"]),
        ("explain_refused", ["explain", "r0000001737"]),
        ("stats", ["stats"]),
        ("stats_json", ["stats", "--json"]),
    ],
)
def test_the_recorded_shop(folder: pathlib.Path, name: str, arguments: List[str]) -> None:
    command, *rest = arguments
    ran = run(command, folder / "shop.db", *rest)
    assert (ran.code, ran.error) == (0, "")
    expect_golden(name, ran.out)


def test_the_recorded_shop_has_no_fault(folder: pathlib.Path) -> None:
    # The link behind it covers every byte of the log: each change of an event changes it.
    verified = run("verify", folder / "shop.db", "--rows")
    assert (verified.code, verified.out.splitlines()[0]) == (0, "1738 entries, no fault"), verified.error


def test_copies_of_the_recorded_shop(folder: pathlib.Path) -> None:
    exported = run("export", folder / "shop.db", folder / "log")
    assert exported.code == 0 and re.fullmatch("[0-9]+ bytes\n", exported.out), exported.error
    assert run("import", folder / "imported.db", folder / "log").out == "1738 entries\n"
    assert run("backup", folder / "shop.db", folder / "copy.db").out == "done\n"
    for copy in ("imported.db", "copy.db"):
        for command in ("stats", "verify"):
            assert run(command, folder / copy) == run(command, folder / "shop.db"), (copy, command)
