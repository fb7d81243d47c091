#!/usr/bin/env python3
"""Runs benchmarks and prints a table; with --json FILE, also one JSON object a row.

    run_bench.py --build BUILD [--smoke] [--json FILE] [AREA]

A row has area, name, value and unit (ns for one call: the median of several repetitions). `against` is the name of its
baseline, a row of the same run, and `ratio` is the ratio to it. Both are null for a row without a baseline.
"""

import argparse
import json
import pathlib
import subprocess
import sys
from typing import Any, Dict, List


def run_binary(binary: pathlib.Path, smoke: bool) -> Dict[str, Any]:
    command = [str(binary), "--benchmark_format=json"]
    if smoke:
        command += ["--benchmark_min_time=0.001"]
    else:
        # Repetitions of all benchmarks take turns, so that a change in the machine's speed meets all alike.
        command += ["--benchmark_min_time=0.2", "--benchmark_repetitions=9", "--benchmark_report_aggregates_only=true",
                    "--benchmark_enable_random_interleaving=true"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


NANOSECONDS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}


def rows_of(area: str, report: Dict[str, Any]) -> List[Dict[str, Any]]:
    measured = [entry for entry in report["benchmarks"] if entry.get("aggregate_name", "median") == "median"]
    measured.sort(key=lambda entry: (entry["family_index"], entry["per_family_instance_index"]))
    values = {entry["run_name"]: entry["cpu_time"] * NANOSECONDS[entry["time_unit"]] for entry in measured}
    rows = []
    for entry in measured:
        name = entry["run_name"]
        against = entry.get("label", "")
        against = against[len("against "):] if against.startswith("against ") else None
        if against is not None and against not in values:
            raise SystemExit(f"run_bench.py: {area}/{name} is compared with {against}, which was not run")
        rows.append({
            "area": area, "name": name, "value": round(values[name], 3), "unit": "ns", "against": against,
            "ratio": round(values[name] / values[against], 3) if against else None})
    return rows


def print_table(rows: List[Dict[str, Any]]) -> None:
    width = max([len(f"{row['area']}/{row['name']}") for row in rows] + [4])
    print(f"{'name':<{width}}  {'value':>12} unit  {'ratio':>8}  against")
    for row in rows:
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}x"
        label = f"{row['area']}/{row['name']}"
        print(f"{label:<{width}}  {row['value']:>12.1f} {row['unit']:<4}  {ratio:>8}  {row['against'] or ''}".rstrip())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--smoke", action="store_true", help="as short as can be, to see that it runs")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("area", nargs="?")
    arguments = parser.parse_args()

    binaries = {path.name[len("frontdesk_"):-len("_bench")]: path
                for path in sorted((arguments.build / "tests" / "bench").glob("frontdesk_*_bench"))}
    if arguments.area is not None and arguments.area not in binaries:
        parser.error(f"there is no area {arguments.area}; there are: {', '.join(binaries)}")
    rows = []
    for area, binary in binaries.items():
        if arguments.area in (None, area):
            rows += rows_of(area, run_binary(binary, arguments.smoke))
    print_table(rows)
    if arguments.json:
        arguments.json.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return 0 if rows else 1


if __name__ == "__main__":
    sys.exit(main())
