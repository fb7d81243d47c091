#!/usr/bin/env python3
"""Replays the audit trail of an incident desk as commands on cases, by a policy that holds its priority matrix and the
names of its states. For every row it prints the result. Where the log has the column made_sla, it is compared with the
clock of the policy's milestone "closing".

    incident_replay.py                     the small log that lies beside this file
    incident_replay.py --log FILE          another log (columns: see incident_log.py)
    incident_replay.py --report FILE       one JSON line for each incident
    incident_replay.py --policy FILE       another policy
    incident_replay.py --store sqlite:FILE the cases stay in a file, which must not exist

Ends with 0 when every row was read and accounted for, whatever the result. Ends with 1 when an input cannot be used,
and reports all places of its problems. Ends with 2 when its arguments are not valid. Writes nothing to stderr.
"""

import json
import pathlib
import sys
from typing import Dict, Final, List, Sequence

import frontdesk

HERE: Final = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "shop"))  # Options and digest are those of the programs on the shop.

from incident_log import LogProblems, Row, read_log
from incident_promise import print_promise
from incident_run import Incident, Replay, Tally
from shop_json import Problems
from shop_options import read_named_options, read_usage
from shop_store import DeskStore, read_store_choice

USAGE: Final = read_usage(__file__)
PROGRESS_EVERY: Final = 500  # Incidents between two signs of life.


def report_line(incident: Incident) -> str:
    return json.dumps(vars(incident), ensure_ascii=False)


def print_tally(title: str, tally: Tally) -> None:
    """Prints what was counted, the most frequent first, with every place."""
    print(title)
    if not tally.counts:
        print("  none")
    for name, count in sorted(tally.counts.items(), key=lambda item: (-item[1], item[0])):
        print(f"  {count:6} {name} ({', '.join(tally.places[name])})")
    print()


def print_totals(replay: Replay, incidents: int) -> None:
    totals = replay.totals
    print("Commands                 done  refused")
    for name in sorted({*totals.done_by_verb, *totals.refused_by_verb}):
        print(f"  {name:20} {totals.done_by_verb[name]:6}   {totals.refused_by_verb[name]:6}")
    print()
    print_tally("Refused or impossible, by reason", totals.refusals)
    print_tally("Taken otherwise than the row says", totals.notes)
    print_tally("Other than the log says", totals.differences)
    print(
        f"{totals.rows} rows: {totals.changed} changed the case, {totals.unchanged} changed nothing that is replayed, "
        f"{totals.refused} refused or impossible"
    )
    print(f"priority derived equals the row's: {totals.priority_equal} of {totals.rows} rows")
    print(f"state equals the row's: {totals.state_equal} of {totals.rows} rows")
    print(f"group equals the row's: {totals.group_equal} of {totals.rows} rows")
    print(f"assignee equals the row's: {totals.assignee_equal} of {totals.rows} rows")
    print(f"final state equals the log's: {totals.final_equal} of {incidents} incidents")
    print(f"reopened as often as the log says: {totals.reopens_equal} of {incidents} incidents")
    print(f"reassigned as often as the log says: {totals.reassignments_equal} of {incidents} incidents")
    print(f"sha256 {replay.digest}")


def replay_all(replay: Replay, incidents: Dict[str, List[Row]]) -> List[str]:
    """Replays all incidents, in order; returns the lines of the report."""
    lines: List[str] = []
    for rows in incidents.values():
        lines.append(report_line(replay.run(rows)))
        if sys.stdout.isatty() and len(lines) % PROGRESS_EVERY == 0:
            print(f"\r{len(lines)} of {len(incidents)}", end="", flush=True)
    if sys.stdout.isatty():
        print("\r" + " " * 30 + "\r", end="")
    return lines


def main(arguments: Sequence[str]) -> int:
    if list(arguments) in (["--help"], ["-h"]):
        print(USAGE, end="")
        return 0
    options = read_named_options(arguments, ("log", "policy", "report", "store"))
    if options is None:
        print(USAGE, end="")
        return 2
    problems = Problems()
    choice = read_store_choice(str(options.get("store", "memory")), problems)
    if choice.exists():
        problems.add("--store", "", f"{choice.file} holds something already; name a file that does not exist")
    if len(problems):
        print(problems.text(), end="")
        return 1
    options.setdefault("log", HERE / "incidents.csv")
    options.setdefault("policy", HERE.parent / "policies" / "incidents.textproto")
    try:
        policy = frontdesk.Policy.from_file(options["policy"])
        incidents = read_log(options["log"])
    except frontdesk.PolicyError as error:
        print(error)
        return 1
    except LogProblems as faults:
        print("\n".join(faults.lines))
        return 1
    except OSError as error:
        print(f"{error.filename}: cannot be read")
        return 1
    print(frontdesk.rules.format_issues(policy.issues), end="")
    print(
        f"Log {options['log']}, policy {policy.name} {policy.version} {policy.hash[:6].hex()}, {len(incidents)} incidents, "
        f"{sum(map(len, incidents.values()))} rows\n"
    )
    store = DeskStore(choice)
    try:
        replay = Replay(policy, store.rows)
        lines = replay_all(replay, incidents)
    finally:
        store.close()
    if "report" in options:
        try:
            options["report"].write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        except OSError:
            print(f"{options['report']}: cannot be written")
            return 1
    print_totals(replay, len(incidents))
    print_promise(replay.promise)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except frontdesk.Error as broken:  # Nothing in the files causes it.
        print(f"{broken.reason}: {broken}")
        sys.exit(1)
