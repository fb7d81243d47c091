#!/usr/bin/env python3
"""Passes on the output of ctest, and reports the progress and the time left now and then.

    ctest … | show_tests.py BUILD_FOLDER JOBS NAME…

The NAMEs are the tests that run. ctest keeps the last time of each in Testing/Temporary/CTestCostData.txt of the build
folder. A test that is not known there counts with the average time of the tests that ended.
"""

import pathlib
import re
import sys
import time
from typing import Dict, Iterable, Optional, TextIO

STARTED = re.compile(r"^\s*Start\s+\d+: ")
ENDED = re.compile(r"^\s*(\d+)/(\d+) Test\s+#\d+: (\S+) \.*.*?([0-9.]+) sec")
EVERY_SECONDS = 15


def read_costs(path: pathlib.Path) -> Dict[str, float]:
    """Seconds by test, of those that were run before."""
    costs = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            fields = line.split(" ")
            if len(fields) == 3 and float(fields[2]) > 0:
                costs[fields[0]] = float(fields[2])
    return costs


def for_people(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


class Progress:
    """How far a run is."""

    def __init__(self, costs: Dict[str, float], jobs: int, names: Iterable[str]) -> None:
        self.left = {name: costs.get(name) for name in names}
        self.jobs = jobs
        self.done = 0

    def ended(self, name: str, total: int, so_far: float) -> str:
        self.done += 1
        self.left.pop(name, None)
        average = so_far / self.done * self.jobs
        costs = [average if cost is None else cost for cost in self.left.values()]
        left = max(sum(costs) / self.jobs, max(costs, default=0.0))
        return f"      {self.done} of {total} tests, {for_people(so_far)} so far, about {for_people(left)} left"


def show(lines: Iterable[str], progress: Progress, out: TextIO, clock=time.monotonic) -> None:
    begun = told = clock()
    for line in lines:
        if STARTED.match(line):
            continue
        out.write(line)
        match: Optional[re.Match] = ENDED.match(line)
        if match is None:
            continue
        text = progress.ended(match[3], int(match[2]), clock() - begun)
        if clock() - told >= EVERY_SECONDS:
            told = clock()
            out.write(text + "\n")
        out.flush()


def main() -> int:
    build, jobs, *names = sys.argv[1:]
    costs = read_costs(pathlib.Path(build) / "Testing" / "Temporary" / "CTestCostData.txt")
    show(sys.stdin, Progress(costs, int(jobs), names), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
