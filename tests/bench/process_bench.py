"""Rows of whole processes: the area `cpp`, and the cold start of the area `python`.

A row is the time on the wall clock from the start of a process to its end. The processes of both sides take turns. Python runs
without the environment variables that change it, and with bytecode on disk, as an installation has it.
"""

import os
import pathlib
import statistics
import subprocess
import time
from typing import Any, Dict, List, NamedTuple, Tuple

Row = Dict[str, Any]

HERE = pathlib.Path(__file__).resolve().parent
POLICY = HERE.parents[1] / "examples" / "policies" / "retail.textproto"
ROUNDS = 41


class Side(NamedTuple):
    """One side of a row: its name, and its command."""

    name: str
    command: List[str]


def environment(build: pathlib.Path) -> Dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": str(build / "python")}


def cpp_sides(build: pathlib.Path) -> Tuple[Side, Side]:
    folder = build / "tests" / "bench"
    return (Side("cold_start", [str(folder / "frontdesk_cpp_bench"), str(POLICY)]),
            Side("empty_program", [str(folder / "frontdesk_empty_program")]))


def python_sides(python: str) -> Tuple[Side, Side]:
    return (Side("cold_start", [python, str(HERE / "python_cold_start.py"), str(POLICY)]), Side("pass", [python, "-c", "pass"]))


def run_once(command: List[str], env: Dict[str, str]) -> float:
    """Nanoseconds until the process has ended. Its output goes nowhere: `printed` has checked it."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    try:
        begin = time.perf_counter_ns()
        process = os.posix_spawn(command[0], command, env, file_actions=[(os.POSIX_SPAWN_DUP2, devnull, 1)])
        _, status = os.waitpid(process, 0)
        spent = time.perf_counter_ns() - begin
    finally:
        os.close(devnull)
    if status != 0:
        raise SystemExit(f"bench: {command[0]} ended with status {os.waitstatus_to_exitcode(status)}")
    return float(spent)


def printed(command: List[str], env: Dict[str, str]) -> str:
    return subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def check_decision(build: pathlib.Path, sides: Tuple[Side, Side]) -> None:
    """The first process decides, under the whole policy."""
    words = printed(sides[0].command, environment(build)).split()
    if len(words) != 2 or words[0] != "VERDICT_DONE" or len(words[1]) != 64:
        raise SystemExit(f"bench: {sides[0].command[0]} does not decide as expected")


def rows(build: pathlib.Path, sides: Tuple[Side, Side], smoke: bool, only: str) -> List[Row]:
    """Both rows, where one of them is asked for."""
    if not any(side.name.startswith(only) for side in sides):
        return []
    check_decision(build, sides)
    env = environment(build)
    times: Dict[str, List[float]] = {side.name: [] for side in sides}
    for _ in range(1 if smoke else ROUNDS):
        for side in sides:
            times[side.name].append(run_once(side.command, env))
    first, floor = sides
    return [{"name": first.name, "value": statistics.median(times[first.name]), "unit": "ns", "against": floor.name},
            {"name": floor.name, "value": statistics.median(times[floor.name]), "unit": "ns", "against": None}]
