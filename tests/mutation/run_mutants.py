#!/usr/bin/env python3
"""Puts one fault at a time into the code, and checks that the room's own tests find it.

    run_mutants.py --build BUILD [--jobs N] [--only NAME]… [ROOM]…
    run_mutants.py --targets [--only NAME]… [ROOM]…      prints the targets to build for that, and runs nothing

The faults are the lists ROOM.toml beside this file (mutants.py has their form). For each one the runner compiles the
mutated source, links it before the room's archive into the room's test program, and runs that program until the first
failure. A fault in Python is put into a copy of the package. Before that, the tests run unmutated and must pass.

Prints a table: killed, by which test, or ALIVE. The exit status is 1 when a mutant is alive, does not apply or does not
compile. The output of the tests is in BUILD/mutants/ROOM/NAME/log.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import mutants
from mutants import ListError, Mutant

ROOT = mutants.HERE.parents[1]
PYTHON = "python"
# Of the lists whose tests are not in tests/ROOM.
FOLDERS_OF_TESTS = {"postgres": "store", "sqlite": "store"}
# A mutant may run away: it gets a multiple of the processor time that the tests take unmutated, and a bounded memory. The
# clock bounds it only where it waits for nothing.
CPU_FACTOR = 5
CPU_EXTRA_SECONDS = 30
CLOCK_FACTOR = 10
CLOCK_EXTRA_SECONDS = 600
MEMORY_KILOBYTES = 6 * 1024 * 1024


class Limits(NamedTuple):
    """The seconds that a run of tests may take, of a processor and by the clock."""

    cpu: float
    clock: float


class Ran(NamedTuple):
    """How a run of tests ended. `status` is None when it took too long."""

    status: Optional[int]
    output: str


class Result(NamedTuple):
    """The end of a mutant. `by` names the test that killed it, or says the problem."""

    mutant: Mutant
    line: int
    verdict: str
    by: str


def say(text: str) -> None:
    """Tells the person who waits."""
    print(f"      {text}", file=sys.stderr, flush=True)


def for_people(seconds: float) -> str:
    """A time for people: seconds up to two minutes, then minutes."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


# ---- Running tests -------------------------------------------------------------------------------------------------


def run_limited(command: Sequence[str], *, environment: Dict[str, str], folder: pathlib.Path, limits: Limits) -> Ran:
    """Runs a command in a process group of its own, with bounds of time and memory."""
    bounds = f"ulimit -v {MEMORY_KILOBYTES}; ulimit -t {limits.cpu:.0f}; ulimit -c 0"
    bounded = ["/bin/sh", "-c", f'{bounds}; exec "$@"', "sh", *command]
    with subprocess.Popen(bounded, cwd=folder, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                          process_group=0) as process:
        try:
            output, _ = process.communicate(timeout=limits.clock)
            ran_out = process.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
            return Ran(None if ran_out else process.returncode, output)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            return Ran(None, output)


def google_test_killer(ran: Ran) -> str:
    """The test that failed in the output of a GoogleTest program."""
    failed = re.search(r"^\[  FAILED  \] ([\w./]+)", ran.output, re.MULTILINE)
    started = re.findall(r"^\[ RUN      \] (\S+)", ran.output, re.MULTILINE)
    last = started[-1] if started else "the start of the program"
    if ran.status is None:
        return f"timeout in {last}"
    if ran.status < 0:
        return f"crash ({signal.Signals(-ran.status).name}) in {last}"
    return failed.group(1) if failed else f"exit status {ran.status} in {last}"


def pytest_killer(ran: Ran) -> str:
    """The test that failed in the output of pytest."""
    failed = re.search(r"^(?:FAILED|ERROR) (?:python/tests/)?(\S+)", ran.output, re.MULTILINE)
    if ran.status is None:
        return "timeout"
    if ran.status < 0:
        return f"crash ({signal.Signals(-ran.status).name})"
    return failed.group(1) if failed else f"exit status {ran.status}"


class Tests:
    """The tests of a room: a program of GoogleTest, or the tests of the Python package."""

    def __init__(self, room: str, build: pathlib.Path) -> None:
        self._room = room
        self._folder = build / pathlib.Path(program_of(room)).parent if room != PYTHON else ROOT
        # Those of the unmutated run.
        self.limits = Limits(cpu=3600, clock=7200)

    def run(self, subject: pathlib.Path, tests: str = "") -> Ran:
        """Runs the tests of a program (or of the folder that holds a package), all or those of a hint."""
        shared = os.environ.get("FRONTDESK_SHARED", str(ROOT.parent / "shared"))
        environment = {"FRONTDESK_SOURCE_DIR": str(ROOT), "FRONTDESK_SHARED": shared}
        if self._room == PYTHON:
            where = [str(ROOT / "python" / "tests" / name) for name in tests.split()] or [str(ROOT / "python" / "tests")]
            command = [sys.executable, "-B", "-m", "pytest", "-x", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT),
                       *where]
            return run_limited(command, environment={**environment, "PYTHONPATH": str(subject)}, folder=self._folder,
                               limits=self.limits)
        # No file: test programs that run at the same time would share it.
        environment |= {"GTEST_FAIL_FAST": "1", "GTEST_OUTPUT": "", "GTEST_COLOR": "no"}
        chosen = [f"--gtest_filter={tests}"] if tests else []
        return run_limited([str(subject), *chosen], environment=environment, folder=self._folder, limits=self.limits)

    def measure(self, subject: pathlib.Path) -> Tuple[Ran, float]:
        """Runs all tests of the unmutated subject, from which the limits of mutants follow; also gives the seconds."""
        started, spent = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        ran = self.run(subject)
        clock, now = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime
        self.limits = Limits(cpu=cpu * CPU_FACTOR + CPU_EXTRA_SECONDS, clock=clock * CLOCK_FACTOR + CLOCK_EXTRA_SECONDS)
        return ran, clock

    def killer(self, ran: Ran) -> str:
        """The test that killed a mutant."""
        return pytest_killer(ran) if self._room == PYTHON else google_test_killer(ran)

    def check_hint(self, subject: pathlib.Path, tests: str) -> None:
        """Raises ListError for a hint that chooses no test."""
        if self._room == PYTHON:
            missing = [name for name in tests.split() if not (ROOT / "python" / "tests" / name.partition("::")[0]).exists()]
            if missing:
                raise ListError(f"the hint names {missing}, which do not exist")
            return
        listed = run_limited([str(subject), "--gtest_list_tests", f"--gtest_filter={tests}"], environment={},
                             folder=self._folder, limits=self.limits)
        if not re.search(r"^  \S", listed.output, re.MULTILINE):
            raise ListError(f"the hint {tests} chooses no test")


# ---- Compiling and linking -----------------------------------------------------------------------------------------


class Compiler:
    """The commands that a build folder compiles and links with."""

    def __init__(self, build: pathlib.Path) -> None:
        self.build = build
        self._entries: List[Dict[str, Any]] = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
        self._lock = threading.Lock()
        self._dependencies: Optional[Dict[str, List[str]]] = None

    def entries_of(self, source: pathlib.Path, room: str) -> List[Dict[str, Any]]:
        """The commands that compile a source: alone, in a batch, or, for a header, wherever the room includes it."""
        if source.suffix != ".cc":
            including = self._including(source)
            folder = PYTHON if room == PYTHON else f"src/{room}"
            return [entry for entry in self._entries
                    if (output := self.output(entry)) in including and output.startswith(f"{folder}/CMakeFiles/frontdesk_")]
        alone = [entry for entry in self._entries if pathlib.Path(entry["file"]) == source]
        return alone or [entry for entry in self._entries if "/Unity/" in entry["file"]
                         and f'#include "{source}"' in pathlib.Path(entry["file"]).read_text(encoding="utf-8")]

    def _including(self, header: pathlib.Path) -> List[str]:
        """The outputs that depend on a header, as ninja recorded them."""
        with self._lock:
            if self._dependencies is None:
                listed = subprocess.run(["ninja", "-C", str(self.build), "-t", "deps"], check=True, capture_output=True,
                                        text=True).stdout
                self._dependencies = {}
                for block in re.split(r"\n\n|\A(?:ninja: .*\n)?", listed):
                    output, _, rest = block.strip().partition(":")
                    self._dependencies[output] = rest.split()
        return [output for output, needed in self._dependencies.items() if str(header) in needed]

    @staticmethod
    def output(entry: Dict[str, Any]) -> str:
        """The object that a command makes, relative to the build folder."""
        words = shlex.split(entry["command"])
        return words[words.index("-o") + 1]

    def compile(self, entry: Dict[str, Any], source: pathlib.Path, target: pathlib.Path, first: Sequence[str] = ()) -> str:
        """Compiles another source by an entry's command. Returns the problem, or nothing."""
        words = [word for word in shlex.split(entry["command"]) if word not in ("-Werror", "-Wall", "-Wextra")]
        words[words.index("-o") + 1] = str(target)
        words[words.index("-c") + 1] = str(source)
        place = next(index for index, word in enumerate(words) if word.startswith("-I"))
        words[place:place] = ["-w", *first]
        done = subprocess.run(words, cwd=entry["directory"], capture_output=True, text=True, errors="replace", check=False)
        return "" if done.returncode == 0 else done.stderr or f"exit status {done.returncode}"

    def link(self, product: str, objects: Dict[str, pathlib.Path], target: pathlib.Path) -> str:
        """Links a product with mutated objects in place of its own. Returns the problem, or nothing."""
        command = subprocess.run(["ninja", "-C", str(self.build), "-t", "commands", "-s", product], check=True,
                                 capture_output=True, text=True).stdout.strip().splitlines()[-1]
        words = shlex.split(command.removeprefix(": && ").removesuffix(" && :"))
        before: List[str] = []
        for output, path in objects.items():
            if output in words:
                words[words.index(output)] = str(path)
            else:
                before.append(str(path))
        place = words.index("-o") + 1
        words[place] = str(target)
        # Before the archives, so that the linker takes the mutated functions. Those of a batch come again with the rest of it;
        # code compiled with -fPIC calls the first of two.
        words[place + 1:place + 1] = ["-Wl,--allow-multiple-definition", *before]
        done = subprocess.run(words, cwd=self.build, capture_output=True, text=True, errors="replace", check=False)
        return "" if done.returncode == 0 else done.stderr or f"exit status {done.returncode}"


def program_of(room: str) -> str:
    """The test program of a room, relative to the build folder."""
    return f"tests/{FOLDERS_OF_TESTS.get(room, room)}/frontdesk_{room}_tests"


def compile_mutant(compiler: Compiler, mutant: Mutant, mutated: str, folder: pathlib.Path) -> Dict[str, pathlib.Path]:
    """The mutated objects, by the objects that they replace. Raises ListError where that is not possible."""
    source = ROOT / mutant.file
    if mutant.room == PYTHON and source.suffix != ".cc":
        raise ListError("headers of the extension are found beside the file that includes them: mutate that file")
    entries = compiler.entries_of(source, mutant.room)
    if not entries:
        raise ListError(f"nothing in the room compiles {mutant.file}")
    relative = pathlib.Path(mutant.file).parts
    # The path below `src`, `include` or `python/src`, as includes write it.
    below = pathlib.Path(*relative[2 if relative[0] == PYTHON else 1:])
    copy = folder / "mutated" / below
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(mutated, encoding="utf-8")
    objects: Dict[str, pathlib.Path] = {}
    for number, entry in enumerate(entries):
        target = folder / f"{number}.o"
        problem = "it is in a batch"
        if source.suffix != ".cc":
            problem = compiler.compile(entry, pathlib.Path(entry["file"]), target, ["-I", str(folder / "mutated")])
        elif pathlib.Path(entry["file"]) == source or "-fvisibility=hidden" not in entry["command"]:
            problem = compiler.compile(entry, copy, target)
        if problem and source.suffix == ".cc" and pathlib.Path(entry["file"]) != source:
            batch = folder / "batch.cc"
            text = pathlib.Path(entry["file"]).read_text(encoding="utf-8")
            batch.write_text(text.replace(f'"{source}"', f'"{copy}"'), encoding="utf-8")
            problem = compiler.compile(entry, batch, target)
        if problem:
            raise ListError(f"does not compile: {first_error(problem)}")
        objects[compiler.output(entry)] = target
    return objects


def first_error(text: str) -> str:
    """The line of a compiler's output that says most."""
    return next((line for line in text.splitlines() if "error" in line), text.strip().splitlines()[-1])


def make_subject(compiler: Compiler, mutant: Mutant, mutated: str, folder: pathlib.Path) -> pathlib.Path:
    """The mutated program, or the folder with the mutated package."""
    if mutant.room != PYTHON:
        program = folder / "program"
        objects = compile_mutant(compiler, mutant, mutated, folder)
        problem = compiler.link(program_of(mutant.room), objects, program)
        if problem:
            raise ListError(f"does not link: {first_error(problem)}")
        return program
    package = folder / "package"
    # Links, since the extension is large; a file that is mutated is no link.
    shutil.copytree(compiler.build / "python" / "frontdesk", package / "frontdesk", copy_function=os.link,
                    ignore=shutil.ignore_patterns("__pycache__"))
    below = pathlib.Path(mutant.file).relative_to("python")
    if below.parts[0] == "frontdesk":
        (package / below).unlink()
        (package / below).write_text(mutated, encoding="utf-8")
        return package
    extension = next((package / "frontdesk").glob("_core*.so"))
    extension.unlink()
    product = f"python/frontdesk/{extension.name}"
    problem = compiler.link(product, compile_mutant(compiler, mutant, mutated, folder), extension)
    if problem:
        raise ListError(f"does not link: {first_error(problem)}")
    return package


# ---- One mutant, and all -------------------------------------------------------------------------------------------


def original_of(room: str, build: pathlib.Path) -> pathlib.Path:
    """The unmutated program, or the folder with the unmutated package."""
    return build / "python" if room == PYTHON else build / program_of(room)


def try_mutant(mutant: Mutant, compiler: Compiler, tests: Tests) -> Result:
    """Compiles a mutant and runs the tests: those of its hint, then all."""
    folder = compiler.build / "mutants" / mutant.room / mutant.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    line = 0
    try:
        mutated, line = mutants.apply(mutant, (ROOT / mutant.file).read_text(encoding="utf-8"))
        if mutant.tests:
            tests.check_hint(original_of(mutant.room, compiler.build), mutant.tests)
        subject = make_subject(compiler, mutant, mutated, folder)
        for hint in [mutant.tests, ""] if mutant.tests else [""]:
            ran = tests.run(subject, hint)
            (folder / "log").write_text(ran.output, encoding="utf-8")
            if ran.status != 0:
                return Result(mutant, line, "killed", tests.killer(ran))
        return Result(mutant, line, "ALIVE", mutant.felt)
    except ListError as error:
        return Result(mutant, line, "INVALID", str(error))
    finally:
        for path in [*folder.glob("*.o"), folder / "program"]:
            path.unlink(missing_ok=True)
        shutil.rmtree(folder / "package", ignore_errors=True)


def run_unmutated(tests: Dict[str, Tests], build: pathlib.Path) -> bool:
    """Runs the tests of each room as they are, and measures them. False when some fail."""
    passed = True
    for room, suite in tests.items():
        ran, seconds = suite.measure(original_of(room, build))
        if ran.status == 0:
            say(f"{room}: passes unmutated, {for_people(seconds)}")
        else:
            say(f"{room}: fails unmutated: {suite.killer(ran)}")
            passed = False
    return passed


def row(result: Result) -> Tuple[str, str, str, str]:
    """The columns of the table."""
    place = f"{result.mutant.file}:{result.line}"
    by = f"killed by {result.by}" if result.verdict == "killed" else f"{result.verdict}: {result.by}"
    return result.mutant.room, place, result.mutant.name, by


def print_table(results: Sequence[Result]) -> None:
    """All mutants, then how many of each kind."""
    rows = [("room", "place", "mutant", "result"), *map(row, results)]
    widths = [max(len(cells[column]) for cells in rows) for column in range(3)]
    for cells in rows:
        print("  ".join([*(text.ljust(width) for text, width in zip(cells, widths)), cells[3]]))
    count = {verdict: sum(result.verdict == verdict for result in results) for verdict in ("killed", "ALIVE", "INVALID")}
    print(f"{len(results)} mutants: {count['killed']} killed, {count['ALIVE']} alive, {count['INVALID']} invalid")


def choose(names: Sequence[str], only: Sequence[str]) -> List[Mutant]:
    """The mutants of the rooms, or those of them with one of the names. Raises ListError for unknown ones."""
    unknown = sorted(set(names) - set(mutants.rooms()))
    if unknown:
        raise ListError(f"there is no list for {', '.join(unknown)}; there are: {', '.join(mutants.rooms())}")
    listed = [mutant for room in names or mutants.rooms() for mutant in mutants.read_list(mutants.HERE / f"{room}.toml")]
    chosen = [mutant for mutant in listed if not only or mutant.name in only]
    missing = sorted(set(only) - {mutant.name for mutant in chosen})
    if missing:
        raise ListError(f"there is no mutant {', '.join(missing)}")
    return chosen


def try_all(chosen: Sequence[Mutant], compiler: Compiler, tests: Dict[str, Tests], jobs: int) -> List[Result]:
    """Tries the mutants, several at a time, and says how far it is."""
    started = time.monotonic()
    results: Dict[Mutant, Result] = {}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(try_mutant, mutant, compiler, tests[mutant.room]) for mutant in chosen]
        for done in concurrent.futures.as_completed(waiting):
            result = done.result()
            results[result.mutant] = result
            spent = time.monotonic() - started
            left = spent / len(results) * (len(chosen) - len(results))
            say(f"{len(results)} of {len(chosen)}, {for_people(spent)} so far, about {for_people(left)} left: "
                f"{result.mutant.room} {result.mutant.name}: {row(result)[3]}")
    return [results[mutant] for mutant in chosen]


def main() -> int:
    """See the comment of the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--build", type=pathlib.Path)
    mode.add_argument("--targets", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many run at once")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this mutant; may be repeated")
    parser.add_argument("rooms", nargs="*", metavar="ROOM")
    arguments = parser.parse_args()
    try:
        chosen = choose(arguments.rooms, arguments.only)
    except ListError as error:
        parser.error(str(error))
    names = list(dict.fromkeys(mutant.room for mutant in chosen))
    if arguments.targets:
        print("\n".join("frontdesk_python" if room == PYTHON else f"frontdesk_{room}_tests" for room in names))
        return 0
    build = arguments.build.resolve()
    tests = {room: Tests(room, build) for room in names}
    if not run_unmutated(tests, build):
        return 1
    results = try_all(chosen, Compiler(build), tests, max(1, arguments.jobs))
    print_table(results)
    return 0 if all(result.verdict == "killed" for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
