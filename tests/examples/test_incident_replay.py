"""The incident replay as a newcomer runs it: the small log, the real one where it lies at hand, and logs that are broken."""

import json
import os
import pathlib
import re
import subprocess
import sys
from typing import Any, Dict, List, Tuple

import pytest
from programs import EXAMPLES, Run, assert_takes_its_options, usage_of

HERE = EXAMPLES / "incident_replay"
LOG = HERE / "incidents.csv"
POLICY = EXAMPLES / "policies" / "incidents.textproto"
REAL = pathlib.Path(os.environ.get("FRONTDESK_SHARED", "")) / "data" / "incident_log" / "incident_event_log_first40k.csv"

pytestmark = pytest.mark.skipif(
    not os.environ.get("FRONTDESK_TEST_PYTHON_DEMO"), reason="the Python package is not built: FRONTDESK_BUILD_PYTHON"
)


def replay(*arguments: Any) -> Run:
    done = subprocess.run(
        [sys.executable, "-B", str(HERE / "incident_replay.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stderr == ""
    return Run(done.returncode, done.stdout)


def read_report(path: pathlib.Path) -> Dict[str, Dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len({line["number"] for line in lines}) == len(lines)
    return {line["number"]: line for line in lines}


def counts(out: str, title: str) -> Dict[str, int]:
    """The counts in a tally, by name."""
    lines = out.split(title + "\n")[1].split("\n\n")[0].splitlines()
    found = [re.fullmatch(r" +(\d+) (.+?) \(.*\)", line) for line in lines]
    return {match.group(2): int(match.group(1)) for match in found if match}


def accounted(out: str) -> List[int]:
    """How many rows changed the case, changed nothing, were refused."""
    told = re.search(r"^(\d+) rows: (\d+) changed the case, (\d+) changed nothing that is replayed, (\d+) refused", out, re.M)
    assert told is not None
    assert int(told.group(1)) == sum(int(told.group(i)) for i in (2, 3, 4))
    return [int(told.group(i)) for i in (2, 3, 4)]


def test_the_cases_stay_in_a_file(tmp_path: pathlib.Path) -> None:
    import frontdesk

    store = f"sqlite:{tmp_path / 'incidents.db'}"
    assert replay("--store", store).out == replay().out
    with frontdesk.Desk.open(frontdesk.Policy.from_file(POLICY), tmp_path / "incidents.db") as desk:
        assert desk.journal().count() > 0 and not desk.verify_rows().HasField("fault")
    again = replay("--store", store)
    assert again.code == 1 and "holds something already" in again.out


def test_small_log(tmp_path: pathlib.Path) -> None:
    run = replay("--report", tmp_path / "report")
    assert run.code == 0
    assert read_report(tmp_path / "report") == {
        name: {
            "number": name,
            "priority": priority,
            "final_state": "Closed",
            "reopen_count": reopened,
            "reassignment_count": reassigned,
        }
        for name, priority, reopened, reassigned in (
            ("DEMO001", "3 - Moderate", 0, 1),
            ("DEMO002", "2 - High", 1, 1),
            ("DEMO003", "4 - Low", 0, 0),
            ("DEMO004", "3 - Moderate", 1, 1),
            ("DEMO005", "2 - High", 0, 1),
            ("DEMO006", "4 - Low", 1, 2),
        )
    }
    # Changed once it was closed; a state of which the policy says nothing.
    assert counts(run.out, "Refused or impossible, by reason") == {
        "CASE_PRIORITIZE_STATE": 1,
        "STATE_NOT_IN_POLICY": 1,
    }
    rows = len(rows_of()) - 1
    assert sum(accounted(run.out)) == rows
    assert f"priority derived equals the row's: {rows} of {rows} rows" in run.out
    assert f"state equals the row's: {rows - 1} of {rows} rows" in run.out
    assert f"group equals the row's: {rows} of {rows} rows" in run.out
    assert f"assignee equals the row's: {rows} of {rows} rows" in run.out
    assert "final state equals the log's: 6 of 6 incidents" in run.out
    assert "reopened as often as the log says: 6 of 6 incidents" in run.out
    assert "reassigned as often as the log says: 6 of 6 incidents" in run.out


def test_runs_repeat() -> None:
    assert replay().out == replay().out


@pytest.mark.skipif(not REAL.exists(), reason=f"{REAL} is not there")
def test_real_log(tmp_path: pathlib.Path) -> None:
    run = replay("--log", REAL, "--report", tmp_path / "report")
    assert run.code == 0
    assert "priority derived equals the row's: 40006 of 40006 rows" in run.out
    assert "final state equals the log's: 5774 of 5774 incidents" in run.out
    assert "reopened as often as the log says: 5774 of 5774 incidents" in run.out
    assert "reassigned as often as the log says: 5774 of 5774 incidents" in run.out
    assert "state equals the row's: 40006 of 40006 rows" in run.out
    assert "group equals the row's: 40006 of 40006 rows" in run.out
    assert "assignee equals the row's: 40006 of 40006 rows" in run.out
    assert "made_sla: 5770 of 5774 equal" in run.out
    assert "made_sla equals the row's: 39999 of 40006 rows" in run.out
    assert "(INC0003451, INC0003815, INC0008249, INC0008485)" in run.out
    assert accounted(run.out) == [30367, 9639, 0]
    # Each row that is replayed otherwise than it says is listed.
    assert counts(run.out, "Refused or impossible, by reason") == counts(run.out, "Other than the log says") == {}
    otherwise = counts(run.out, "Taken otherwise than the row says")
    assert sorted(otherwise.values()) == [2, 57]
    assert len(re.findall(r"INC\d+ line \d+", run.out)) == sum(otherwise.values())
    report = read_report(tmp_path / "report")
    assert len(report) == 5774
    assert {line["final_state"] for line in report.values()} == {"Closed"}


def test_another_matrix(tmp_path: pathlib.Path) -> None:
    """The priority follows from the policy's matrix, not from the log."""
    text = POLICY.read_text(encoding="utf-8")
    changed = text.replace("impact: 1 urgency: 1 priority: 1", "impact: 1 urgency: 1 priority: 2")
    assert changed != text
    policy = tmp_path / "policy.textproto"
    policy.write_text(changed, encoding="utf-8")
    run = replay("--policy", policy)
    assert run.code == 0
    assert counts(run.out, "Other than the log says") == {"priority": 3}


COLUMNS = {
    "number": "X", "incident_state": "Active", "reassignment_count": "0", "reopen_count": "0", "caller_id": "Ines",
    "opened_at": "2/1/2024 08:00", "sys_updated_by": "Rosa", "sys_updated_at": "?", "category": "?", "subcategory": "?",
    "u_symptom": "Paper jam", "impact": "2 - Medium", "urgency": "2 - Medium", "priority": "3 - Moderate",
    "assignment_group": "Front line", "assigned_to": "?", "closed_code": "?",
}  # fmt: skip


def replay_rows(path: pathlib.Path, *rows: Dict[str, Any]) -> Tuple[str, Dict[str, Any]]:
    """Replays one incident: of each row what differs from COLUMNS. Returns what was printed, and its line of the report."""
    lines = [",".join(COLUMNS)]
    for number, row in enumerate(rows):
        assert set(row) <= set(COLUMNS)
        lines.append(",".join(map(str, {**COLUMNS, "sys_updated_at": f"2/1/2024 09:{number:02}", **row}.values())))
    (path / "log.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = replay("--log", path / "log.csv", "--report", path / "report")
    assert run.code == 0, run.out
    assert sum(accounted(run.out)) == len(rows)
    return run.out, read_report(path / "report")["X"]


def state(name: str, reopened: int = 0, **fields: Any) -> Dict[str, Any]:
    return {"incident_state": name, "reopen_count": reopened, **fields}


AMID_LIFE = {"reassignment_count": 2, "impact": "1 - High", "urgency": "1 - High"}


@pytest.mark.parametrize(
    "first", ["New", "Active", "Awaiting User Info", "Awaiting Vendor", "Resolved", "Closed", "Canceled", "Cancelled"]
)
@pytest.mark.parametrize("priority, differs", [("4 - Low", {"priority": 2}), ("1 - Critical", {})])
def test_a_log_that_begins_in_the_midst(first: str, priority: str, differs: Dict[str, int], tmp_path: pathlib.Path) -> None:
    """The priority follows from the matrix there, too: what the row says is compared with it and never taken over."""
    row = state(first, 1, **AMID_LIFE, priority=priority, assigned_to="Tom")
    out, line = replay_rows(tmp_path, row, row)
    assert counts(out, "Other than the log says") == differs
    assert counts(out, "Refused or impossible, by reason") == {}
    assert f"priority derived equals the row's: {0 if differs else 2} of 2 rows" in out
    assert "ImportCase                1        0" in out
    assert line == {
        "number": "X",
        "priority": "1 - Critical",
        "final_state": first,
        "reopen_count": 1,
        "reassignment_count": 2,
    }


FINAL_DIFFERS = {"final state": 1}


@pytest.mark.parametrize(
    "rows, final, reopened, refused, differs",
    [
        # Reopened between two rows.
        ([("Resolved", 0), ("Resolved", 1)], "Resolved", 1, {}, {}),
        ([("Resolved", 0), ("Resolved", 2), ("Closed", 2)], "Closed", 2, {}, {}),
        ([("Resolved", 0), ("Closed", 0), ("Closed", 1)], "Closed", 1, {}, {}),
        ([("Resolved", 0), ("Closed", 0), ("Resolved", 1)], "Resolved", 1, {}, {}),
        ([("Resolved", 0), ("Active", 2)], "Active", 2, {}, {}),
        ([("Active", 0), ("Active", 1)], "Active", 1, {}, {}),
        ([("Active", 0), ("Awaiting Vendor", 1)], "Awaiting Vendor", 1, {}, {}),
        ([("Active", 0), ("Resolved", 1)], "Resolved", 1, {}, {}),
        ([("Resolved", 0), ("-100", 1), ("Resolved", 1)], "Resolved", 1, {"STATE_NOT_IN_POLICY": 1}, {}),
        ([("Resolved", 0), ("Canceled", 1)], "Canceled", 1, {}, {}),
        # Reopened before it is counted, or without that it is.
        ([("Resolved", 0), ("Active", 0), ("Active", 1)], "Active", 1, {}, {}),
        ([("Resolved", 0), ("Active", 0)], "Active", 1, {}, {"reopen count": 1}),
        # Counts that are not possible.
        ([("Resolved", 0), ("Active", 1), ("Active", 0)], "Active", 1, {"COUNT_RAN_BACK": 1}, {"reopen count": 1}),
        ([("Resolved", 0), ("Resolved", 1000000)], "Resolved", 0, {}, {"reopen count": 1}),
        ([("New", 0), ("New", 1)], "New", 0, {}, {"reopen count": 1}),
        ([("Canceled", 0), ("Canceled", 1)], "Canceled", 0, {"CASE_REOPEN_STATE": 1}, {"reopen count": 1}),
        # Given up.
        ([("Canceled", 0)], "Canceled", 0, {}, {}),
        ([("New", 0), ("Canceled", 0)], "Canceled", 0, {}, {}),
        ([("Active", 0), ("Awaiting Vendor", 0), ("Cancelled", 0), ("Cancelled", 0)], "Cancelled", 0, {}, {}),
        ([("Active", 0), ("Canceled", 0), ("Active", 0)], "Canceled", 0, {"CASE_REOPEN_STATE": 1}, FINAL_DIFFERS),
        ([("Active", 0), ("Canceled", 0), ("Closed", 0)], "Canceled", 0, {"CASE_CLOSE_STATE": 1}, FINAL_DIFFERS),
        ([("Resolved", 0), ("Canceled", 0)], "Resolved", 0, {"CASE_CANCEL_STATE": 1}, FINAL_DIFFERS),
        ([("Closed", 0), ("Canceled", 0)], "Closed", 0, {"CASE_CANCEL_STATE": 1}, FINAL_DIFFERS),
        # States of which the policy says nothing.
        ([("Active", 0), ("-100", 0)], "Active", 0, {"STATE_NOT_IN_POLICY": 1}, FINAL_DIFFERS),
        ([("Awaiting Vendor", 0), ("-100", 0)], "Awaiting Vendor", 0, {"STATE_NOT_IN_POLICY": 1}, FINAL_DIFFERS),
        ([("New", 0), ("-100", 0)], "New", 0, {"STATE_NOT_IN_POLICY": 1}, FINAL_DIFFERS),
        ([("Closed", 0), ("-100", 0)], "Closed", 0, {"STATE_NOT_IN_POLICY": 1}, FINAL_DIFFERS),
        ([("-100", 0), ("-100", 0)], "?", 0, {"STATE_NOT_IN_POLICY": 2}, FINAL_DIFFERS),
        ([("-100", 1), ("Awaiting Vendor", 1)], "Awaiting Vendor", 1, {"STATE_NOT_IN_POLICY": 1}, {}),
        # Ways that the lifecycle does not have.
        ([("Closed", 0), ("Resolved", 0)], "Closed", 0, {"CASE_RESOLVE_STATE": 1}, FINAL_DIFFERS),
        ([("Closed", 0), ("Resolved", 0), ("Closed", 0)], "Closed", 0, {"CASE_RESOLVE_STATE": 1}, {}),
        ([("Active", 0), ("New", 0)], "Active", 0, {"NOTHING_LEADS_TO_NEW": 1}, FINAL_DIFFERS),
    ],
)
def test_ways_of_an_incident(
    rows: List[Tuple[str, int]],
    final: str,
    reopened: int,
    refused: Dict[str, int],
    differs: Dict[str, int],
    tmp_path: pathlib.Path,
) -> None:
    out, line = replay_rows(tmp_path, *(state(name, count) for name, count in rows))
    assert (line["final_state"], line["reopen_count"]) == (final, reopened)
    assert counts(out, "Refused or impossible, by reason") == refused
    assert counts(out, "Other than the log says") == differs


def test_reopenings_that_no_row_shows_are_noted(tmp_path: pathlib.Path) -> None:
    out, _ = replay_rows(tmp_path, state("Resolved"), state("Active", 3), state("Resolved", 3), state("Resolved", 4))
    noted = counts(out, "Taken otherwise than the row says")
    assert {name: times for name, times in noted.items() if "reopening" in name} == {
        "a reopening is counted that no row shows; reopened, and resolved where needed, between the rows": 3
    }


def test_nobody_is_given_a_new_case_by_a_state_that_is_not_known(tmp_path: pathlib.Path) -> None:
    """It would be open from then on, which no row says."""
    named = {"assigned_to": "Tom"}
    assert replay_rows(tmp_path, state("New"), state("-100", **named))[1]["final_state"] == "New"
    assert replay_rows(tmp_path, state("-100", **named), state("-100", **named))[1]["final_state"] == "?"
    assert replay_rows(tmp_path, state("-100", **named), state("Active", **named))[1]["final_state"] == "Active"


OUTSIDE = {"impact": "9 - None", "priority": "5 - Planning"}


@pytest.mark.parametrize(
    "rows, priority, refused, differs",
    [
        # Reported for the row that says so, not for those that repeat it.
        ([OUTSIDE, OUTSIDE], "?", {"CASE_OPEN_CELL_MISSING": 1}, {"priority": 4}),
        ([{"urgency": "7 - Some time", "priority": "?"}], "?", {"CASE_OPEN_CELL_MISSING": 1}, {}),
        ([{**OUTSIDE, "reassignment_count": 3}] * 2, "?", {"CASE_PRIORITIZE_CELL_MISSING": 1}, {"priority": 4}),
        ([OUTSIDE, {}], "3 - Moderate", {"CASE_OPEN_CELL_MISSING": 1}, {"priority": 1}),
        ([{}, OUTSIDE], "3 - Moderate", {"CASE_PRIORITIZE_CELL_MISSING": 1}, {"priority": 3}),
        ([{}, OUTSIDE, {}, OUTSIDE], "3 - Moderate", {"CASE_PRIORITIZE_CELL_MISSING": 2}, {"priority": 4}),
        # A value that is not given keeps the one before.
        ([{}, {"impact": "?"}, {"impact": "?", "urgency": "?"}], "3 - Moderate", {}, {}),
    ],
)
def test_levels_outside_the_matrix(
    rows: List[Dict[str, Any]],
    priority: str,
    refused: Dict[str, int],
    differs: Dict[str, int],
    tmp_path: pathlib.Path,
) -> None:
    """The incident is there all the same, and goes its way."""
    levels = {name: rows[-1][name] for name in rows[-1] if name != "reassignment_count"}
    hands = {"reassignment_count": rows[-1].get("reassignment_count", 0)}
    end = [state(name, **levels, **hands) for name in ("Resolved", "Closed")]
    out, line = replay_rows(tmp_path, *(state("Active", **row) for row in rows), *end)
    assert (line["priority"], line["final_state"]) == (priority, "Closed")
    assert counts(out, "Refused or impossible, by reason") == refused
    assert counts(out, "Other than the log says") == differs
    assert f"state equals the row's: {len(rows) + 2} of {len(rows) + 2} rows" in out


def rows_of(log: pathlib.Path = LOG) -> List[str]:
    return log.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    "change, place",
    [
        (lambda rows: [], ":1: has no column number"),
        (lambda rows: [rows[0].replace("urgency,", "")], ":1: has no column urgency"),
        (lambda rows: [rows[0], rows[1].replace("2/1/2024 09:00", "31/2/2024 09:00")], ":2: sys_updated_at: is no time"),
        (lambda rows: [rows[0], rows[1].replace("2 - Medium", "rather")], ":2: impact: is no level"),
        (lambda rows: [rows[0], rows[1].replace(",0,0,", ",-1,0,")], ":2: reassignment_count: is no whole number"),
        (lambda rows: [rows[0], rows[1].replace("DEMO001", "?")], ":2: number: has to be told"),
        (lambda rows: [rows[0], rows[1].replace("Ines", "I" * 2000)], ":2: caller_id: has more than 1000 characters"),
        (lambda rows: [rows[0], '"' + rows[1]], "is no CSV"),
    ],
)
def test_broken_logs(change: Any, place: str, tmp_path: pathlib.Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("\n".join(change(rows_of())) + "\n", encoding="utf-8")
    run = replay("--log", log)
    assert run.code == 1
    assert place in run.out
    assert "Traceback" not in run.out


def test_every_problem_is_reported(tmp_path: pathlib.Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("\n".join(row.replace("2 - Medium", "x") for row in rows_of()) + "\n", encoding="utf-8")
    run = replay("--log", log)
    assert run.code == 1
    assert len(run.out.splitlines()) > 10


def test_not_text_and_not_there(tmp_path: pathlib.Path) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes(b"number\xff\n")
    assert replay("--log", log).code == 1
    assert replay("--log", tmp_path / "none").code == 1
    assert replay("--policy", tmp_path / "none").code == 1
    assert replay("--unknown", "x").code == 2
    assert replay("--log").code == 2
    assert replay("--help").out == usage_of("incident_replay")
    assert_takes_its_options(replay, "incident_replay")


@pytest.mark.parametrize(
    "row, made, equal, reason",
    [
        # A moderate incident of Tuesday morning has 69 hours, ten a day: until Wednesday of the next week, 23:00.
        ({"sys_updated_at": "10/1/2024 23:00"}, "true", 1, ""),
        ({"sys_updated_at": "10/1/2024 23:01"}, "false", 1, ""),
        ({"sys_updated_at": "10/1/2024 23:00"}, "false", 0, "missed, although it was closed within the time that fits the others"),
        ({"sys_updated_at": "10/1/2024 23:01"}, "true", 0, "made, although it was closed after the time that fits the others"),
        (
            {"sys_updated_at": "10/1/2024 23:01", "closed_at": "10/1/2024 22:00"},
            "true",
            0,
            "closed_at is not the time of the row that closed it",
        ),
        # The priority at the closing decides: low has 147 hours, until Monday 22 at 21:00; high has two days.
        ({"sys_updated_at": "22/1/2024 21:00", "impact": "3 - Low", "priority": "4 - Low"}, "true", 1, ""),
        ({"sys_updated_at": "22/1/2024 21:01", "impact": "3 - Low", "priority": "4 - Low"}, "false", 1, ""),
        ({"sys_updated_at": "4/1/2024 08:00", "impact": "1 - High", "priority": "2 - High"}, "true", 1, ""),
        ({"sys_updated_at": "4/1/2024 08:01", "impact": "1 - High", "priority": "2 - High"}, "false", 1, ""),
    ],
)
def test_promise_of_the_log(row: Dict[str, str], made: str, equal: int, reason: str, tmp_path: pathlib.Path) -> None:
    last = {"incident_state": "Closed", "made_sla": made, **row}
    resolved = {**last, "incident_state": "Resolved", "made_sla": "true", "sys_updated_at": "2/1/2024 10:00"}
    out = replay_promise(tmp_path, {}, resolved, last)
    assert f"\nmade_sla: {equal} of 1 equal\n" in out
    assert f"\nmade_sla equals the row's: {2 + equal} of 3 rows\n" in out
    assert ("(X)" in out) == (equal == 0) and reason in out


def test_promise_of_cases_that_the_clock_does_not_see_whole(tmp_path: pathlib.Path) -> None:
    first, last = {"reassignment_count": "1"}, {"incident_state": "Closed", "reassignment_count": "1"}
    out = replay_promise(tmp_path, first, last)
    assert "made_sla: 0 of 1 equal" in out and "imported (X)" in out
    # Its time is out while nobody closed it; the log clears the flag at the closing alone.
    late = {"sys_updated_at": "11/1/2024 08:00"}
    out = replay_promise(tmp_path, {}, late)
    assert "made_sla: 0 of 1 equal" in out and "the clock is still open (X)" in out
    assert "made_sla equals the row's: 2 of 2 rows" in out
    out = replay_promise(tmp_path, {}, {"made_sla": "false", **late})
    assert "made_sla: 1 of 1 equal" in out and "made_sla equals the row's: 1 of 2 rows\n  rows of X (1)\n" in out
    closed = {"incident_state": "Closed"}
    again = {**closed, "made_sla": "false", "reopen_count": "1", "sys_updated_at": "11/1/2024 08:00"}
    assert "measures the first closing (X)" in replay_promise(tmp_path, {}, closed, again)


def test_logs_and_policies_without_the_promise(tmp_path: pathlib.Path) -> None:
    assert "made_sla" not in replay().out
    text = POLICY.read_text(encoding="utf-8").split("calendars {")[0]
    (tmp_path / "policy.textproto").write_text(text, encoding="utf-8")
    assert "made_sla" not in replay_promise(tmp_path, {}, policy=tmp_path / "policy.textproto")
    assert "made_sla: is neither true nor false" in replay_promise(tmp_path, {"made_sla": "yes"}, code=1)


def replay_promise(path: pathlib.Path, *rows: Dict[str, str], policy: pathlib.Path = POLICY, code: int = 0) -> str:
    """Replays one incident of a log that has the columns of the promise; returns what was printed."""
    fields = {**COLUMNS, "made_sla": "true", "closed_at": "?"}
    lines = [",".join(fields)]
    for number, row in enumerate(rows):
        assert set(row) <= set(fields)
        lines.append(",".join({**fields, "sys_updated_at": f"2/1/2024 09:{number:02}", **row}.values()))
    (path / "promise.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = replay("--log", path / "promise.csv", "--policy", policy)
    assert run.code == code, run.out
    return run.out
