"""The desk of a city as a newcomer runs it: the small file, the real one where it lies at hand, policies fitted anew, and broken files."""

import collections
import csv
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import zoneinfo
from typing import Any, Dict, Final, List, Tuple

import pytest
from programs import EXAMPLES, Run, assert_takes_its_options, usage_of

HERE = EXAMPLES / "city_requests"
SMALL = HERE / "requests.csv"
POLICY = EXAMPLES / "policies" / "city_requests.textproto"
GOLDEN = pathlib.Path(__file__).resolve().parent / "city_requests.txt"
REAL = pathlib.Path(os.environ.get("FRONTDESK_SHARED", "")) / "data" / "boston311" / "dev_2015-04-01_2015-06-15.csv"
ZONE = zoneinfo.ZoneInfo("America/New_York")
FORM = "%m/%d/%Y %I:%M:%S %p"
# The days on which the offices are closed, as far as due times of the small file can pass them.
HOLIDAYS: Final = (datetime.date(2015, 4, 20), datetime.date(2015, 5, 25))
# The rules of the types in the small file: business days, or days.
RULES: Final = {
    "Sign Repair": ("offices", 10),
    "CE Collection": ("offices", 1),
    "Empty Litter Basket": ("offices", 1),
    "Building Inspection Request": ("offices", 3),
    "Street Light Outages": ("offices", 10),
    "Traffic Signal Repair": ("days", 180),
    "Rodent Activity": ("days", 30),
    "Graffiti Removal": ("offices", 45),
    "Sidewalk Repair": ("days", 365),
    "Request for Recycling Cart": ("offices", 15),
    "Poor Ventilation": ("days", 90),
    "Pick up Dead Animal": ("offices", 1),
}

pytestmark = pytest.mark.skipif(
    not os.environ.get("FRONTDESK_TEST_PYTHON_DEMO"), reason="the Python package is not built: FRONTDESK_BUILD_PYTHON"
)


def python(program: str, *arguments: Any) -> Run:
    command = [sys.executable, "-B", str(HERE / program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    return Run(done.returncode, done.stdout)


def run(*arguments: Any) -> Run:
    return python("city_requests.py", *arguments)


def read_rows(path: pathlib.Path) -> List[Dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: pathlib.Path, rows: List[Dict[str, str]]) -> pathlib.Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    return path


def read_report(path: pathlib.Path) -> Dict[str, Dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {line["number"]: line for line in lines}


def share(out: str) -> Tuple[float, int]:
    """The share within 60 seconds, in percent, and the number of requests; from a line of its own."""
    found = re.findall(r"^within 60 s: ([0-9.]+) % of ([0-9]+)$", out, re.MULTILINE)
    assert len(found) == 1
    return float(found[0][0]), int(found[0][1])


def is_open_day(day: datetime.date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def due_by_days(opened: datetime.datetime, calendar: str, days: int) -> datetime.datetime:
    """The due time in local time, day by day."""
    if calendar == "days":
        return opened + datetime.timedelta(days)
    day, time = opened.date(), opened.time()
    if not is_open_day(day) or time >= datetime.time(17):
        time = datetime.time(8, 30)
        day += datetime.timedelta(1)
        while not is_open_day(day):
            day += datetime.timedelta(1)
    time = max(time, datetime.time(8, 30))
    for _ in range(days):
        day += datetime.timedelta(1)
        while not is_open_day(day):
            day += datetime.timedelta(1)
    return datetime.datetime.combine(day, time)


def test_the_small_file(tmp_path: pathlib.Path) -> None:
    done = run("--report", tmp_path / "report")
    assert done.code == 0
    out = done.out.replace(f"{EXAMPLES}/", "")
    out = re.sub(r"(city_requests 1) [0-9a-f]{12}", r"\1", out)
    # The words of an explanation have tests of their own.
    explained = re.findall(r"^    \| (.+)$", out, re.MULTILINE)
    assert explained
    out = re.sub(r"^    \| .*\n", "", out, flags=re.MULTILINE)
    if os.environ.get("FRONTDESK_UPDATE_GOLDEN"):
        GOLDEN.write_text(out, encoding="utf-8")
    assert out == GOLDEN.read_text(encoding="utf-8")
    report = read_report(tmp_path / "report")
    for row in read_rows(SMALL):
        line = report[row["CASE_ENQUIRY_ID"]]
        if row["TYPE"] not in RULES:
            assert line["due"] is None and not line["is_late"]
            continue
        calendar, days = RULES[row["TYPE"]]
        if row["CASE_TITLE"].startswith("Sidewalk Repair/"):
            days = 730
        opened = datetime.datetime.strptime(row["OPEN_DT"], FORM)
        if opened.second == 0:
            opened += datetime.timedelta(seconds=30)
        due = due_by_days(opened, calendar, days).replace(tzinfo=ZONE)
        assert datetime.datetime.fromisoformat(line["due"]) == due, row
        closed = row["CLOSED_DT"] and datetime.datetime.strptime(row["CLOSED_DT"], FORM).replace(tzinfo=ZONE)
        assert line["is_late"] == bool(closed and closed > due), row


def test_a_flag_that_differs_is_reported(tmp_path: pathlib.Path) -> None:
    rows = read_rows(SMALL)
    rows[2]["OnTime_Status"] = "OVERDUE"  # Closed exactly when it was due.
    done = run("--log", write_rows(tmp_path / "rows.csv", rows))
    assert done.code == 0
    assert "late or on time equal: 15 of 16 closed requests" in done.out
    assert "differs: request DEMO003, line 4" in done.out


def test_without_levels_nothing_is_due(tmp_path: pathlib.Path) -> None:
    text = POLICY.read_text(encoding="utf-8")
    (tmp_path / "none.textproto").write_text(text[: text.index("service_levels")], encoding="utf-8")
    done = run("--policy", tmp_path / "none.textproto")
    assert done.code == 0 and share(done.out) == (0, 0)
    assert "other types: within 60 s 0 of 19, 13 types" in done.out


def test_a_policy_is_fitted(tmp_path: pathlib.Path) -> None:
    """Openings at all hours of two weeks, due by a rule: the fit finds the rule again, and one type too few."""
    rows = []
    for number in range(5 * 24):
        opened = datetime.datetime(2015, 4, 13, 0, 7, 1) + datetime.timedelta(hours=3 * number)
        for name, (calendar, days) in {"Lamp": ("offices", 4), "Tree": ("days", 200), "It's": ("offices", 6)}.items():
            if name == "It's" and number >= 4:
                continue
            due = due_by_days(opened, calendar, days) if number % 5 else opened  # Some are due at another time.
            rows.append({
                "CASE_ENQUIRY_ID": f"{name} {number}", "OPEN_DT": opened.strftime(FORM), "TARGET_DT": due.strftime(FORM), "CLOSED_DT": "",
                "OnTime_Status": "", "CASE_TITLE": "", "TYPE": name, "QUEUE": "", "Source": "",
            })  # fmt: skip
    path = write_rows(tmp_path / "rows.csv", rows)
    done = python("fit_policy.py", path)
    assert done.code == 0
    (tmp_path / "policy.textproto").write_text(done.out, encoding="utf-8")
    done = run("--log", path, "--policy", tmp_path / "policy.textproto", "--report", tmp_path / "report")
    assert done.code == 0 and share(done.out) == (80.0, 240)
    assert "other types: within 60 s 3 of 4, 1 types" in done.out
    levels = {(line["type"], line["level"]) for line in read_report(tmp_path / "report").values()}
    assert levels == {("Lamp", "business_days_4"), ("Tree", "days_200"), ("It's", "business_days_6_few")}


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("OPEN_DT", "", "OPEN_DT: is required"),
        ("OPEN_DT", "04/31/2015 01:00:00 AM", "OPEN_DT: is no time"),
        ("TARGET_DT", "2015-04-30", "TARGET_DT: is no time"),
        ("TYPE", " ", "TYPE: is required"),
        ("CASE_ENQUIRY_ID", "DEMO002", "CASE_ENQUIRY_ID: is that of an earlier row"),
        ("OnTime_Status", "LATE", "OnTime_Status: is ONTIME, OVERDUE or empty"),
        ("CASE_TITLE", "x" * 1001, "CASE_TITLE: has more than 1000 characters"),
    ],
)
def test_broken_rows(tmp_path: pathlib.Path, column: str, value: str, text: str) -> None:
    rows = read_rows(SMALL)
    rows[3][column] = value
    path = write_rows(tmp_path / "rows.csv", rows)
    done = run("--log", path)
    assert done.code == 0 and f"\n{path}:5: {text}" in done.out and "\n1 problems; the rows" in done.out
    assert ", 19 requests\n" in done.out


def test_bytes_that_are_no_text_do_no_harm(tmp_path: pathlib.Path) -> None:
    (tmp_path / "latin.csv").write_bytes(b"\xef\xbb\xbf" + SMALL.read_bytes().replace(b"Bent stop", b"B\xe9nt stop"))
    done = run("--log", tmp_path / "latin.csv")
    assert done.code == 0 and share(done.out) == (94.12, 17)


def test_refusals_are_counted(tmp_path: pathlib.Path) -> None:
    text = POLICY.read_text(encoding="utf-8")
    condition = "command.open_case.queue_id == 'Recycling'"
    rule = f'rules {{ id: "no" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "NO_CARTS" condition: "{condition}" }}'
    opening = 'rule_sets { id: "open" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW ' + rule + " }\n"
    (tmp_path / "policy.textproto").write_text(text.replace("rule_sets {", opening + "rule_sets {", 1), encoding="utf-8")
    done = run("--policy", tmp_path / "policy.textproto")
    assert done.code == 0 and share(done.out) == (100.0, 15)
    assert "refused by the desk: 2 NO_CARTS\n" in done.out


def test_files_that_cannot_be_used(tmp_path: pathlib.Path) -> None:
    (tmp_path / "columns.csv").write_text("OPEN_DT,TYPE\n", encoding="utf-8")
    (tmp_path / "long.csv").write_text(SMALL.read_text(encoding="utf-8") + "x" * 200_000, encoding="utf-8")
    for name, text in (("columns", "has no column CASE_ENQUIRY_ID, TARGET_DT"), ("long", "is no CSV"), ("none", "cannot be read")):
        done = run("--log", tmp_path / f"{name}.csv")
        assert done.code == 1 and text in done.out, name
    (tmp_path / "policy.textproto").write_text('name: "x" service_levels { level_id: "a" condition: "case.nothing" }', encoding="utf-8")
    assert run("--policy", tmp_path / "policy.textproto").code == 1


def test_options() -> None:
    assert run("--help").out == usage_of("city_requests")
    assert_takes_its_options(run, "city_requests")


def fit_and_run(tmp_path: pathlib.Path, fitted: List[Dict[str, str]], tried: List[Dict[str, str]]) -> Tuple[float, int]:
    """The share on the second rows by a policy that is fitted on the first."""
    policy = tmp_path / "policy.textproto"
    policy.write_text(python("fit_policy.py", write_rows(tmp_path / "fitted.csv", fitted)).out, encoding="utf-8")
    done = run("--log", write_rows(tmp_path / "tried.csv", tried), "--policy", policy)
    assert done.code == 0
    return share(done.out)


def test_the_real_file(tmp_path: pathlib.Path) -> None:
    if not REAL.is_file():
        pytest.skip(f"no {REAL}: FRONTDESK_SHARED")
    done = run("--log", REAL, "--report", tmp_path / "report")
    assert done.code == 0
    percent, number = share(done.out)
    print(f"{percent} % of {number}")
    assert percent >= 97 and number == 21228
    assert "late or on time equal: 22603 of 22603 closed requests, 18571 with a due time of the city\n" in done.out
    # The levels are those of the types with at least five dated requests.
    rows = read_rows(REAL)
    dated = collections.Counter(row["TYPE"] for row in rows if row["TARGET_DT"])
    report = read_report(tmp_path / "report")
    for row in rows:
        level = report[row["CASE_ENQUIRY_ID"]]["level"]
        assert (level != "" and not level.endswith("_few")) == (dated[row["TYPE"]] >= 5), row["TYPE"]


def test_the_policy_is_the_one_fitted_on_the_real_file() -> None:
    if not REAL.is_file():
        pytest.skip(f"no {REAL}: FRONTDESK_SHARED")
    assert python("fit_policy.py", REAL).out == POLICY.read_text(encoding="utf-8")


def test_a_policy_holds_for_weeks_that_it_was_not_fitted_on(tmp_path: pathlib.Path) -> None:
    if not REAL.is_file():
        pytest.skip(f"no {REAL}: FRONTDESK_SHARED")
    rows = read_rows(REAL)
    is_early = lambda row: datetime.datetime.strptime(row["OPEN_DT"], FORM) < datetime.datetime(2015, 5, 9)
    early, late = [row for row in rows if is_early(row)], [row for row in rows if not is_early(row)]
    for fitted, tried in ((early, late), (late, early)):
        percent, number = fit_and_run(tmp_path, fitted, tried)
        print(f"fitted on {len(fitted)} requests: {percent} % of {number}")
        assert percent >= 95 and number > 9000
