#!/usr/bin/env python3
"""Runs benchmarks and prints a table; with --json FILE, also one JSON object a row.

    run_bench.py --build BUILD [--smoke] [--only PREFIX] [--json FILE] [--workload DIR] [AREA]
    run_bench.py --targets [--only PREFIX] [--json FILE] [AREA]      prints the targets to build for that, and runs nothing

A row has area, name, value and unit. A row that is compared also has `against`, the name of its baseline in the same area, and
`ratio`, its value divided by the baseline's. Both were measured in the same run. --only runs the rows whose names begin with PREFIX,
and their baselines. Times are the CPU time of the thread for one call, the median of several repetitions.

The area `build` is build_bench.py. The others are programs, frontdesk_AREA_bench, of one of two kinds:

- Google Benchmark programs; the label "against NAME" of a benchmark names its baseline.
- frontdesk_rules_workload prints the rows of a folder of rules and events; --workload names another one than that of the shared files.
- The area `cpp` is process_bench.py: whole processes. The area `python` is that and python_bench.py, which the package's interpreter
  runs; without the package in the build folder there are no rows.
- frontdesk_report_bench, and six programs of `desk`, which print their rows themselves. The first of `desk` also counts instructions, in valgrind where that is
  installed. The others are frontdesk_desk_reads, frontdesk_desk_growth, frontdesk_desk_sqlite, frontdesk_desk_open and
  frontdesk_desk_postgres. The second and third last keep their files in the build folder for a while. The last one has a scratch
  server of PostgreSQL, where that is installed. frontdesk_desk_growth skips a row at a limit of the desk or after a minute. The table
  and a message show the cause of a skipped row, and the JSON has no such row.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Any, Dict, List, Optional

import build_bench
import process_bench

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# The function of such a program whose instructions are counted.
COUNTED = "FrontdeskCountInstructions"
# The sizes of frontdesk_desk_reads and frontdesk_desk_growth in a short run.
SMALL_READS = ["--entities", "2000", "--rounds", "1"]
SMALL_GROWTH = ["--bytes-length", "20", "--time-length", "40", "--rules", "40", "--order-lines", "40", "--rounds", "1"]
# Those of frontdesk_desk_sqlite and frontdesk_desk_open.
SMALL_FILES = {"frontdesk_desk_sqlite": ["--commands", "4", "--batch", "24", "--rounds", "1", "--syncs", "3"],
               "frontdesk_desk_open": ["--events", "2000", "--rounds", "1"]}
SMALL_POSTGRES = ["--commands", "1", "--batch", "24", "--rounds", "1", "--shared", "4"]
SMALL_WORKLOAD = ["--rounds", "1", "--most", "10000"]
SMALL_REPORT = ["--commands", "48", "--rounds", "1", "--records", "1200"]
SCRATCH_POSTGRES = HERE.parent / "store" / "scratch_postgres.py"
# The tool, in the build folder.
TOOL = pathlib.Path("src", "tool", "frontdesk")
NANOSECONDS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}

Row = Dict[str, Any]


def areas() -> List[str]:
    return sorted(["build"] + [path.name[:-len("_bench.cc")] for path in HERE.glob("*_bench.cc")])


def say(text: str) -> None:
    print(f"      {text}", file=sys.stderr, flush=True)


# ---- Google Benchmark ----------------------------------------------------------------------------------------------


def run_google(binary: pathlib.Path, names: List[str], smoke: bool) -> Dict[str, Any]:
    pattern = "^(" + "|".join(re.escape(name) for name in names) + ")$"
    command = [str(binary), "--benchmark_format=json", f"--benchmark_filter={pattern}"]
    if smoke:
        command += ["--benchmark_min_time=0.001"]
    else:
        # Repetitions of all benchmarks take turns, so that a change in the machine's speed meets all alike.
        command += ["--benchmark_min_time=0.2", "--benchmark_repetitions=9", "--benchmark_report_aggregates_only=true",
                    "--benchmark_enable_random_interleaving=true"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def google_rows(binary: pathlib.Path, smoke: bool, only: str) -> List[Row]:
    listed = subprocess.run([str(binary), "--benchmark_list_tests=true"], check=True, stdout=subprocess.PIPE, text=True)
    names = [name for name in listed.stdout.splitlines() if name.startswith(only)]
    if only and names:
        # Only a run shows the baselines: a short one.
        names += [row["against"] for row in rows_of(run_google(binary, names, smoke=True)) if row["against"]]
    return rows_of(run_google(binary, names, smoke)) if names else []


def rows_of(report: Dict[str, Any]) -> List[Row]:
    measured = [entry for entry in report["benchmarks"] if entry.get("aggregate_name", "median") == "median"]
    measured.sort(key=lambda entry: (entry["family_index"], entry["per_family_instance_index"]))
    rows = []
    for entry in measured:
        label = entry.get("label", "")
        rows.append({"name": entry["run_name"], "value": entry["cpu_time"] * NANOSECONDS[entry["time_unit"]], "unit": "ns",
                     "against": label[len("against "):] if label.startswith("against ") else None})
    return rows


# ---- Programs that print rows --------------------------------------------------------------------------------------


def run_printing(command: List[str], **environment: str) -> List[Row]:
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}).stdout
    return [json.loads(line) for line in printed.splitlines()]


def printed_rows(folder: pathlib.Path, smoke: bool, only: str) -> List[Row]:
    binary = folder / "frontdesk_desk_bench"
    size = ["--commands", "8", "--rounds", "1"] if smoke else []
    rows = run_printing([str(binary), "--only", only, *size]) + count_instructions(binary, smoke, only)
    # In large pages of memory: docs/performance.md.
    rows += run_printing([str(folder / "frontdesk_desk_reads"), "--only", only, *(SMALL_READS if smoke else [])],
                         GLIBC_TUNABLES="glibc.malloc.hugetlb=1")
    rows += run_printing([str(folder / "frontdesk_desk_growth"), "--only", only, *(SMALL_GROWTH if smoke else [])])
    for name, size in SMALL_FILES.items():
        if not (folder / name).exists():
            say(f"no row of {name} is run: the store in a SQLite file is not built")
            continue
        # On the disk of the build. The files go also when the program ends with an error.
        with tempfile.TemporaryDirectory(dir=folder) as files:
            tool = ["--tool", str(folder.parents[1] / TOOL)] if name == "frontdesk_desk_open" else []
            rows += run_printing([str(folder / name), "--folder", files, "--only", only, *tool, *(size if smoke else [])])
    return rows + postgres_rows(folder, smoke, only)


def postgres_rows(folder: pathlib.Path, smoke: bool, only: str) -> List[Row]:
    binary = folder / "frontdesk_desk_postgres"
    if only and not only.startswith("postgres") and not "postgres".startswith(only):
        return []
    if not binary.exists():
        say(f"no row of {binary.name} is run: the store in a PostgreSQL database is not built")
        return []
    command = [sys.executable, "-B", str(SCRATCH_POSTGRES), "--sync", "--", str(binary), "--only", only,
               *(SMALL_POSTGRES if smoke else [])]
    ended = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    if ended.stdout.startswith("absent: "):
        say(f"no row of {binary.name} is run: {ended.stdout.strip()[len('absent: '):]}")
        return []
    ended.check_returncode()
    return [json.loads(line) for line in ended.stdout.splitlines()]


def parse_instructions(dumps: List[str]) -> List[int]:
    """The sums of callgrind's dumps, one a call of the counted function."""
    sums = []
    for text in dumps:
        found = re.search(r"^(?:totals|summary): (\d+)", text, re.MULTILINE)
        if not found:
            raise SystemExit("run_bench.py: a dump of callgrind has no sum")
        sums.append(int(found.group(1)))
    return sums


def count_instructions(binary: pathlib.Path, smoke: bool, only: str) -> List[Row]:
    prefixes = ("instructions_", "floor_instructions_")
    if not any(prefix.startswith(only) or only.startswith(prefix) for prefix in prefixes):
        return []
    if smoke and not only:
        only = "instructions_create_customer"
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        say("no instructions are counted: valgrind is not installed")
        return []
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "out"
        rows = run_printing([
            valgrind, "--quiet", "--tool=callgrind", f"--toggle-collect={COUNTED}", f"--dump-after={COUNTED}",
            f"--callgrind-out-file={out}", f"--log-file={folder}/log", str(binary), "--count-instructions", "--only", only,
            "--commands", "8" if smoke else "64"])
        dumps = [(pathlib.Path(folder) / f"out.{number}").read_text(encoding="utf-8") for number in range(1, len(rows) + 1)]
    for row, instructions in zip(rows, parse_instructions(dumps)):
        row["value"] = instructions / row["value"]  # Of one command; the program prints the number of commands.
    return rows


# ---- Python --------------------------------------------------------------------------------------------------------


def python_rows(build: pathlib.Path, smoke: bool, only: str) -> List[Row]:
    cache = (build / "CMakeCache.txt").read_text(encoding="utf-8")
    python = re.findall(r"^Python_EXECUTABLE:[A-Z]+=(.*)$", cache, re.MULTILINE)
    if not python or not (build / "python" / "frontdesk" / "__init__.py").exists():
        say("no row of python is run: the package is not built")
        return []
    command = [python[0], str(HERE / "python_bench.py"), str(build / "tests" / "bench" / "frontdesk_python_bench"), "--only", only]
    printed = subprocess.run(command + (["--smoke"] if smoke else []), env=process_bench.environment(build), check=True,
                             stdout=subprocess.PIPE, text=True).stdout
    rows = [json.loads(line) for line in printed.splitlines()]
    return rows + process_bench.rows(build, process_bench.python_sides(python[0]), smoke, only)


# ---- All -----------------------------------------------------------------------------------------------------------


def compared(area: str, rows: List[Row]) -> List[Row]:
    """The rows as they are written: with the area, and with the ratio where there is a baseline. A skipped row has no value, and
    the cause in `skipped`."""
    values = {row["name"]: row["value"] for row in rows if "skipped" not in row}
    written = []
    for row in rows:
        if "skipped" in row:
            say(f"{area}/{row['name']} is skipped: {row['skipped']}")
            written.append({"area": area, "name": row["name"], "skipped": row["skipped"]})
            continue
        result = {"area": area, "name": row["name"], "value": round(row["value"], 3), "unit": row["unit"]}
        against = row.get("against")
        if against is not None:
            if against not in values:
                raise SystemExit(f"run_bench.py: {area}/{row['name']} is compared with {against}, which was not run")
            result["against"] = against
            result["ratio"] = round(row["value"] / values[against], 3)
        written.append(result)
    return written


def workload_rows(folder: pathlib.Path, workload: Optional[pathlib.Path], smoke: bool, only: str) -> List[Row]:
    if workload is None:
        workload = pathlib.Path(os.environ.get("FRONTDESK_SHARED", ROOT.parent / "shared")) / "workloads" / "rules"
        if not workload.is_dir():
            say(f"no row of a workload of rules is run: there is no folder {workload}")
            return []
    only = only or ("plain" if smoke else "")
    return run_printing([str(folder / "frontdesk_rules_workload"), "--workload", str(workload), "--only", only, *(SMALL_WORKLOAD if smoke else [])])


def run_area(area: str, build: pathlib.Path, smoke: bool, only: str, workload: Optional[pathlib.Path] = None) -> List[Row]:
    if area == "build":
        return build_bench.rows(ROOT, build, smoke, only)
    folder = build / "tests" / "bench"
    if area == "desk":
        return printed_rows(folder, smoke, only)
    if area == "report":
        return run_printing([str(folder / "frontdesk_report_bench"), "--only", only, *(SMALL_REPORT if smoke else [])])
    if area == "cpp":
        return process_bench.rows(build, process_bench.cpp_sides(build), smoke, only)
    if area == "python":
        return python_rows(build, smoke, only)
    rows = google_rows(folder / f"frontdesk_{area}_bench", smoke, only)
    return rows + workload_rows(folder, workload, smoke, only) if area == "rules" else rows


def print_table(rows: List[Row]) -> None:
    names = [f"{row['area']}/{row['name']}" for row in rows]
    width = max(len(name) for name in ["name", *names])
    unit = max(len(text) for text in ["unit", *(row.get("unit", "") for row in rows)])
    print(f"{'name':<{width}}  {'value':>12} {'unit':<{unit}}  {'ratio':>8}  against")
    for name, row in zip(names, rows):
        if "skipped" in row:
            print(f"{name:<{width}}  skipped: {row['skipped']}")
            continue
        ratio = f"{row['ratio']:.2f}x" if "ratio" in row else ""
        print(f"{name:<{width}}  {row['value']:>12.1f} {row['unit']:<{unit}}  {ratio:>8}  {row.get('against', '')}".rstrip())


def targets(area: str) -> List[str]:
    if area == "build":
        # The generated headers.
        return sorted(f"proto/frontdesk/v1/{path.stem}.pb.h" for path in (ROOT / "proto" / "frontdesk" / "v1").glob("*.proto"))
    more = {"desk": ["frontdesk_desk_growth", "frontdesk_desk_reads", "frontdesk_program", *SMALL_FILES, "frontdesk_desk_postgres"],
            "rules": ["frontdesk_rules_workload"], "cpp": ["frontdesk_empty_program"], "python": ["frontdesk_python"]}
    return [f"frontdesk_{area}_bench"] + more.get(area, [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--build", type=pathlib.Path)
    mode.add_argument("--targets", action="store_true")
    parser.add_argument("--smoke", action="store_true", help="as short as can be, to see that it runs")
    parser.add_argument("--only", default="", metavar="PREFIX")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--workload", type=pathlib.Path, metavar="DIR", help="rules and events: see frontdesk_rules_workload")
    parser.add_argument("area", nargs="?")
    arguments = parser.parse_args()
    if arguments.area is not None and arguments.area not in areas():
        parser.error(f"there is no area {arguments.area}; there are: {', '.join(areas())}")
    chosen = areas() if arguments.area is None else [arguments.area]
    if arguments.targets:
        print("\n".join(target for area in chosen for target in targets(area)))
        return 0
    rows: List[Row] = []
    for area in chosen:
        rows += compared(area, run_area(area, arguments.build.resolve(), arguments.smoke, arguments.only, arguments.workload))
    if not rows:
        raise SystemExit(f"run_bench.py: there is no row that begins with {arguments.only}")
    print_table(rows)
    if arguments.json:
        arguments.json.write_text("".join(json.dumps(row) + "\n" for row in rows if "skipped" not in row), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
