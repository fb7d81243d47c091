"""A desk of many cases in a file as data frames, and pandas reading the same tables from CSV files; python_bench.py runs it.

    python_frames.py make FOLDER CASES
    python_frames.py desk FOLDER
    python_frames.py csv FOLDER

The first makes the desk and the CSV files, and compares them. The others read one of both. They print the CPU time, the bytes of the frames,
the most memory of the process, and the rows.
"""

import datetime
import json
import pathlib
import resource
import sys
import time
from typing import Any, Dict, Iterator

import pandas

import frontdesk
from frontdesk import v1

POLICY = """
  name: "bench" rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  rule_sets { id: "resolve" decision_points: "ResolveCase" default_outcome: POLICY_OUTCOME_ALLOW
    rules { id: "large" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "REMEDY_TOO_LARGE"
            condition: "command.resolve_case.remedy_amount.units > 9000" }
    rules { id: "held" order: 2 outcome: POLICY_OUTCOME_HOLD reason: "REMEDY_LARGE" authority: "goodwill"
            condition: "command.resolve_case.remedy_amount.units > 7000" } }"""
BEGIN = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
KINDS = (v1.Case.KIND_TROUBLE, v1.Case.KIND_COMPLAINT, v1.Case.KIND_QUESTION)
GROUP = 1_000

Tables = Dict[str, Any]


def commands(cases: int) -> Iterator[v1.Command]:
    """Half of the cases are assigned, and two thirds are to be resolved with a refund."""
    for number in range(cases):
        begin = BEGIN + datetime.timedelta(minutes=number)
        actor = frontdesk.actor(f"agent-{number * 7 % 40}")
        case_id = f"case-{number}"
        verbs = [(0, v1.OpenCase(case_id=case_id, kind=KINDS[number % 3], subject=f"Lamp {number % 977} arrived broken"))]
        if number % 2:
            verbs.append((5, v1.AssignCase(case_id=case_id, assignee_id=actor.actor_id)))
        if number % 3:
            amount = v1.Money(units=number * 37 % 10_000, currency_code="EUR")
            verbs.append((90, v1.ResolveCase(case_id=case_id, code="refunded", remedy="credit", remedy_amount=amount)))
        for minutes, verb in verbs:
            yield frontdesk.command(verb, actor=actor, now=begin + datetime.timedelta(minutes=minutes))


def open_desk(folder: pathlib.Path) -> frontdesk.Desk:
    return frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY), folder / "frames.db")


def tables_of(frames: Any) -> Tables:
    return {name: table for name, table in frames._asdict().items() if name != "next" and len(table) > 0}


def read_csv(folder: pathlib.Path) -> Tables:
    types = json.loads((folder / "types.json").read_text(encoding="utf-8"))
    return {name: pandas.read_csv(folder / f"{name}.csv", dtype=each["dtype"], parse_dates=each["times"]) for name, each in types.items()}


def make(folder: pathlib.Path, cases: int) -> None:
    with open_desk(folder) as desk:
        group = []
        for command in commands(cases):
            group.append(command)
            if len(group) == GROUP:
                desk.execute_all(group)
                group = []
        desk.execute_all(group)
        tables = tables_of(desk.to_frames())
    if len(tables["cases"]) != cases:
        raise SystemExit("bench: a case was not opened")
    types = {}
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
        kinds = {column: str(kind) for column, kind in table.dtypes.items()}
        types[name] = {"dtype": {column: kind for column, kind in kinds.items() if not kind.startswith("datetime")},
                       "times": [column for column, kind in kinds.items() if kind.startswith("datetime")]}
    (folder / "types.json").write_text(json.dumps(types), encoding="utf-8")
    for name, table in read_csv(folder).items():
        compare(tables[name], table)


def compare(ours: Any, theirs: Any) -> None:
    for column in ours:
        one, other = ours[column], theirs[column]
        # Categories have another order, and a column without any value has another type.
        if str(one.dtype) == "category" or one.isna().all():
            one, other = one.astype(object), other.astype(object)
        pandas.testing.assert_series_equal(one, other)


def measure(read: Any) -> None:
    begin = time.process_time()
    tables = read()
    spent = time.process_time() - begin
    size = sum(int(table.memory_usage(deep=True).sum()) for table in tables.values())
    rows = {name: len(table) for name, table in tables.items()}
    # Kilobytes, on Linux.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": spent, "bytes": size, "peak": peak, "rows": rows}))


def main() -> int:
    mode, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if mode == "make":
        make(folder, int(sys.argv[3]))
    elif mode == "csv":
        measure(lambda: read_csv(folder))
    else:
        with open_desk(folder) as desk:
            measure(lambda: tables_of(desk.to_frames()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
