"""The area `build`: the CPU time of a clean build and its tests, and the size of the public headers of entities.

- cpu_seconds: user and system time of `./dev demo` and `./dev test` in a fresh clone of HEAD, without ccache. Only packages that
  were missing before would be installed in it, and `./dev bench` installs those first.
- cpu_seconds_per_1000_lines: the same, divided by thousands of lines of C++ (.h and .cc files that git tracks).
- added_lines/HEADER: what the header adds to protobuf and Abseil, in lines without blank lines and line markers.

With cpu_seconds it also prints the ten slowest compiler and linker calls of that build.
"""

import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
from typing import Any, Dict, List, NamedTuple

Row = Dict[str, Any]

BASE_HEADERS = ("google/protobuf/message.h", "absl/status/statusor.h")
CPU_ROWS = ("cpu_seconds", "cpu_seconds_per_1000_lines")


# ---- Added lines ---------------------------------------------------------------------------------------------------


def entity_headers(root: pathlib.Path) -> List[str]:
    """The public header of every entity: frontdesk/domain/ENTITY/ENTITY.h."""
    folder = root / "include" / "frontdesk" / "domain"
    return sorted(str(path.relative_to(root / "include")) for path in folder.glob("*/*.h") if path.stem == path.parent.name)


def include_dirs(build: pathlib.Path) -> List[str]:
    """The folders that a source of ours is compiled with, as CMake wrote them down."""
    return [line for line in (build / "include-dirs.txt").read_text(encoding="utf-8").splitlines() if line]


def compiler_of(build: pathlib.Path) -> str:
    cache = (build / "CMakeCache.txt").read_text(encoding="utf-8")
    return re.findall(r"^CMAKE_CXX_COMPILER:[A-Z]+=(.*)$", cache, re.MULTILINE)[0]


def count_lines(build: pathlib.Path, headers: List[str]) -> int:
    """The lines of a source that includes these headers, after the preprocessor."""
    source = "".join(f"#include <{header}>\n" for header in headers)
    command = [compiler_of(build), "-std=c++17", "-E", "-P", "-x", "c++", *(f"-I{folder}" for folder in include_dirs(build)), "-"]
    return subprocess.run(command, check=True, input=source, stdout=subprocess.PIPE, text=True).stdout.count("\n")


def added_lines(build: pathlib.Path, headers: List[str]) -> Dict[str, int]:
    base = count_lines(build, list(BASE_HEADERS))
    return {header: count_lines(build, [header]) - base for header in headers}


# ---- CPU time ------------------------------------------------------------------------------------------------------


class Unit(NamedTuple):
    """One step of a build."""
    seconds: float
    output: str


def slowest_units(log: str, count: int = 10) -> List[Unit]:
    """The slowest steps in a .ninja_log, the slowest one first. A step with several outputs counts once."""
    steps = {}
    for line in log.splitlines():
        parts = line.split("\t")
        if len(parts) == 5 and not line.startswith("#"):
            start, end, _, output, command = parts
            # The last line of an output counts, and the first output of a command.
            steps.setdefault((start, end, command), Unit((int(end) - int(start)) / 1000, output))
    return sorted(steps.values(), key=lambda unit: (-unit.seconds, unit.output))[:count]


def cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_logged(command: List[str], folder: pathlib.Path, log: pathlib.Path) -> None:
    environment = dict(os.environ, CCACHE_DISABLE="1")
    print(f"      {' '.join(command)}, in a fresh clone", file=sys.stderr, flush=True)
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                              stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:])
        raise SystemExit(f"{tail}\nbuild_bench.py: {' '.join(command)} failed")


def lines_of_cpp(clone: pathlib.Path) -> int:
    listed = subprocess.run(["git", "-C", str(clone), "ls-files", "-z", "*.h", "*.cc"], check=True, stdout=subprocess.PIPE)
    paths = [clone / name for name in listed.stdout.decode().split("\0") if name]
    return sum(path.read_bytes().count(b"\n") for path in paths)


def cpu_rows(root: pathlib.Path) -> List[Row]:
    changed = subprocess.run(["git", "-C", str(root), "status", "--porcelain"], check=True, stdout=subprocess.PIPE).stdout
    if changed:
        print("      uncommitted changes are not part of what is built", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="frontdesk-build-") as folder:
        clone = pathlib.Path(folder) / "frontdesk"
        subprocess.run(["git", "clone", "--quiet", str(root), str(clone)], check=True)
        before = cpu_of_children()
        for command in (["./dev", "demo"], ["./dev", "test"]):
            run_logged(command, clone, pathlib.Path(folder) / "log")
        seconds = cpu_of_children() - before
        lines = lines_of_cpp(clone)
        units = slowest_units((clone / "build" / "release" / ".ninja_log").read_text(encoding="utf-8"))
    print("the ten slowest units, in seconds on the wall clock")
    for unit in units:
        print(f"{unit.seconds:>8.1f}  {unit.output}")
    print()
    return [{"name": CPU_ROWS[0], "value": seconds, "unit": "s"},
            {"name": CPU_ROWS[1], "value": seconds / (lines / 1000), "unit": "s"}]


def rows(root: pathlib.Path, build: pathlib.Path, smoke: bool, only: str) -> List[Row]:
    """The rows that begin with `only`. A smoke run builds nothing."""
    result: List[Row] = []
    if not smoke and any(name.startswith(only) for name in CPU_ROWS):
        result += [row for row in cpu_rows(root) if row["name"].startswith(only)]
    headers = [header for header in entity_headers(root) if f"added_lines/{header}".startswith(only)]
    if headers:
        for header, lines in added_lines(build, headers).items():
            result.append({"name": f"added_lines/{header}", "value": lines, "unit": "lines"})
    return result
