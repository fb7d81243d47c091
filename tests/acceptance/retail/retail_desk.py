#!/usr/bin/env python3
"""A shop's service desk at work: imports a shop from its files, carries out the requests by the shop's own policy, and
prints the results.

    retail_desk.py                                       the small shop that lies in examples/shop
    retail_desk.py --db DIR --tasks FILE --calls FILE    another shop, other requests
    retail_desk.py --policy FILE --report FILE           another policy; one JSON line for each task and call
    retail_desk.py --store sqlite:FILE                   the shop is kept in a file, and each task gets a copy of it
    retail_desk.py --store postgres:PARAMETERS           the shop is kept in a database, and each task gets a fork of it
    retail_desk.py --short                               the results on one screen

Ends with 0 when every request was answered, whatever the answers. Ends with 1 when an input cannot be used, and reports
all places of its problems. Ends with 2 when its arguments are not valid. Writes nothing to stderr.
"""

import pathlib
import re
import sys
from dataclasses import dataclass, field
from typing import Callable, Dict, Final, List, Optional, Sequence

import frontdesk

EXAMPLES: Final = pathlib.Path(__file__).resolve().parents[3] / "examples"
sys.path.insert(0, str(EXAMPLES / "shop"))  # Where the shop is taken over.

from shop_desk import ShopDesk, read_policy
from shop_held import approve_held_refund
from shop_json import Problems
from shop_options import read_named_options, read_usage
from shop_reader import Shop, read_shop
from shop_requests import Task, read_calls, read_tasks
from shop_run import Match, TaskResult, compare_call, compare_task, report_call, report_task, run_task
from shop_store import StoreChoice, read_store_choice
from shop_summary import Summary

USAGE: Final = read_usage(__file__)
OPTIONS: Final = ("db", "tasks", "calls", "policy", "report", "store", "reopen", "cache")
FLAGS: Final = ("tools", "short")
PROGRESS_EVERY: Final = 100  # Requests between two signs of life.
DIFFERENCES_TOLD: Final = 5  # Differences from the expected results that are reported one by one.


@dataclass
class Batch:
    """Tasks or calls, how they compare with the expected results, and their lines for the report."""

    compare: Callable[[Task, TaskResult], Match]
    report: Callable[[Task, TaskResult], str]
    tasks: List[Task] = field(default_factory=list)
    equal: int = 0
    expected: int = 0


def read_options(arguments: Sequence[str]) -> Optional[Dict[str, pathlib.Path]]:
    """The options; None when the arguments are not valid."""
    options = read_named_options(arguments, OPTIONS, FLAGS)
    if options is None:
        return None
    options.setdefault("db", EXAMPLES / "shop")
    options.setdefault("policy", EXAMPLES / "policies" / "retail.textproto")
    if "tasks" not in options and "calls" not in options:
        # The files that lie beside the shop, if there are any.
        for name in ("tasks", "calls"):
            beside = options["db"] / f"{name}.jsonl"
            if beside.exists():
                options[name] = beside
    return options


@dataclass
class DeskOptions:
    """How the desk is kept."""

    choice: StoreChoice
    reopen_after: int
    max_cached_state_bytes: Optional[int]


def read_desk_options(options: Dict[str, pathlib.Path], problems: Problems) -> DeskOptions:
    """How the desk is kept; what is not valid is reported."""

    def number(name: str) -> Optional[int]:
        text = str(options.get(name, ""))
        if text and not re.fullmatch("[0-9]{1,18}", text):
            problems.add(f"--{name}", "", f"is a number of 0 or more, not {text}")
            return None
        return int(text) if text else None

    choice = read_store_choice(str(options.get("store", "memory")), problems)
    return DeskOptions(choice, number("reopen") or 0, number("cache"))


def run(batch: Batch, desk: ShopDesk, summary: Summary, differences: List[str]) -> List[str]:
    """Runs a batch, in order; returns its lines for the report."""
    lines: List[str] = []
    for task in batch.tasks:
        result = run_task(desk, task, wants_explanation=summary.wants_explanation)
        summary.add(task, result)
        lines.append(batch.report(task, result))
        match = batch.compare(task, result)
        batch.expected += match != Match.NOTHING_EXPECTED
        batch.equal += match == Match.EQUAL
        if match == Match.DIFFERENT:
            differences.append(f"{task.place}: not as expected: {lines[-1]}")
        if sys.stdout.isatty() and len(lines) % PROGRESS_EVERY == 0:
            print(f"\r{len(lines)} of {len(batch.tasks)}", end="", flush=True)
    if sys.stdout.isatty():
        print("\r" + " " * 30 + "\r", end="")
    return lines


def main(arguments: Sequence[str]) -> int:
    if list(arguments) in (["--help"], ["-h"]):
        print(USAGE, end="")
        return 0
    options = read_options(arguments)
    if options is None:
        print(USAGE, end="")
        return 2
    problems = Problems()
    how = read_desk_options(options, problems)
    policy = read_policy(options["policy"], problems)
    shop = read_shop(options["db"], problems)
    tasks = Batch(compare_task, report_task)
    calls = Batch(compare_call, report_call)
    if "tasks" in options:
        tasks.tasks = read_tasks(options["tasks"], shop or Shop(), problems)
    if "calls" in options:
        calls.tasks = read_calls(options["calls"], shop or Shop(), problems)
    desk = None
    if policy is not None and shop is not None and not len(problems):
        desk = ShopDesk.open(
            shop,
            policy,
            problems,
            choice=how.choice,
            reopen_after=how.reopen_after,
            max_cached_state_bytes=how.max_cached_state_bytes,
            calls_tools="tools" in options,
        )
    if policy is None or shop is None or desk is None or len(problems):
        print(problems.text(), end="")
        return 1

    print(
        f"Shop {options['db']}, policy {policy.name} {policy.version} {policy.hash[:6].hex()}, "
        f"{len(tasks.tasks)} tasks, {len(calls.tasks)} calls"
    )
    if how.choice.name:
        print(f"Kept in {how.choice.name}" + (", which held this shop already" if desk.was_there else ""))
    print()
    summary = Summary()
    summary.add_log(desk.log())
    differences: List[str] = []
    lines: List[str] = []
    for batch in (tasks, calls):
        lines += run(batch, desk, summary, differences)
    # The recorded requests are over: what comes now is in no digest.
    summary.held_refund = approve_held_refund(desk, shop)
    desk.close()
    if "report" in options:
        try:
            options["report"].write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        except OSError:
            print(f"{options['report']}: cannot be written")
            return 1
    print(summary.short_text() if "short" in options else summary.text())
    for difference in differences[:DIFFERENCES_TOLD]:
        print(difference)
    if how.reopen_after:
        print(f"opened again {desk.reopened} times")
    print(f"records {summary.record_count}, sha256 {summary.record_digest()}")
    if tasks.expected + calls.expected:
        print(f"tasks {tasks.equal}/{tasks.expected} equal, calls {calls.equal}/{calls.expected} equal")
    print("sha256", summary.digest())
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except frontdesk.Error as broken:  # Nothing in the files or requests causes it.
        print(f"{broken.reason}: {broken}")
        sys.exit(1)
