"""The incident replay as a newcomer runs it: the small log, the real one where it lies at hand, and logs that are broken."""

import json
import os
import pathlib
import re
import subprocess
import sys
from typing import Any, Dict, List

import pytest
from conftest import EXAMPLES, Run

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
    """What a tally says: how often by name."""
    lines = out.split(title + "\n")[1].split("\n\n")[0].splitlines()
    found = [re.fullmatch(r" +(\d+) (.+?) \(.*\)", line) for line in lines]
    return {match.group(2): int(match.group(1)) for match in found if match}


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
    # Closed without having been resolved; changed once it was closed; a state of which the policy says nothing.
    assert counts(run.out, "Refused or impossible, by reason") == {
        "CASE_CLOSE_STATE": 1,
        "CASE_PRIORITISE_STATE": 1,
        "STATE_NOT_IN_POLICY": 1,
    }
    rows = len(rows_of()) - 1
    told = re.search(r"^(\d+) rows: (\d+) changed the case, (\d+) changed nothing that is replayed, (\d+) refused", run.out, re.M)
    assert told is not None
    assert int(told.group(1)) == rows == sum(int(told.group(i)) for i in (2, 3, 4))
    assert f"priority derived equals the row's: {rows} of {rows} rows" in run.out
    assert f"state equals the row's: {rows - 1} of {rows} rows" in run.out
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
    assert run.out.splitlines()[-7].startswith("40006 rows: ")
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


def test_every_problem_is_told(tmp_path: pathlib.Path) -> None:
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
