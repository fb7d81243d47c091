#!/usr/bin/env python3
"""Adds up what the test runners left in folders of JUnit files and closes with `N passed, N failed[, N skipped]`.

    count_results.py FOLDER…

Each folder holds ctest.xml, with one entry a test program. A program may have written a file about its own cases, named
after its entry: then the cases count, not the entry. A program counts as one failure when it failed without
listing its cases, or although its cases all passed. Every other file counts by itself. The exit code is 1 when
anything failed or nothing ran.
"""

import pathlib
import sys
import xml.etree.ElementTree
from typing import Dict, List, NamedTuple


class Count(NamedTuple):
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def plus(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def count_case(case: xml.etree.ElementTree.Element) -> Count:
    if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
        return Count(failed=1)
    if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled"):
        return Count(skipped=1)
    return Count(passed=1)


def count_file(path: pathlib.Path) -> Count:
    total = Count()
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        total = total.plus(count_case(case))
    return total


def count_folder(folder: pathlib.Path) -> Dict[str, Count]:
    counts = {path.stem: count_file(path) for path in sorted(folder.glob("*.xml")) if path.name != "ctest.xml"}
    ctest = folder / "ctest.xml"
    if ctest.exists():
        for entry in xml.etree.ElementTree.parse(ctest).getroot().iter("testcase"):
            name = entry.get("name", "")
            told = count_case(entry)
            if name not in counts:
                counts[name] = told
            elif told.failed and not counts[name].failed:
                counts[name] = counts[name].plus(Count(failed=1))
    return counts


def main(arguments: List[str]) -> int:
    total = Count()
    for argument in arguments[1:]:
        for name, count in count_folder(pathlib.Path(argument)).items():
            print(f"  {name:<32} {count.passed:>6} passed {count.failed:>4} failed {count.skipped:>4} skipped")
            total = total.plus(count)
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    print(f"{total.passed} passed, {total.failed} failed{skipped}")
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
