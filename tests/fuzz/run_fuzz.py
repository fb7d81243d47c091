#!/usr/bin/env python3
"""Runs the fuzzers of a build, as many at once as there are processors, and says what came of it.

    run_fuzz.py --build FOLDER [--seconds N | --seconds-in-all N] [--jobs N] [NAME…]

Inputs that reached something new are kept in FOLDER/fuzz/NAME/corpus, those that broke something in
FOLDER/fuzz/NAME/findings; exit code 1 when there is one.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time
from typing import List, NamedTuple


class Fuzzer(NamedTuple):
    name: str
    program: pathlib.Path
    corpus: pathlib.Path
    longest: int


def read_fuzzers(build: pathlib.Path) -> List[Fuzzer]:
    rows = (build / "fuzzers.tsv").read_text(encoding="utf-8").splitlines()
    fields = [row.split("\t") for row in rows if row]
    return [Fuzzer(name, pathlib.Path(program), pathlib.Path(corpus), int(longest))
            for name, program, corpus, longest in fields]


def unpack_seeds(source: pathlib.Path, target: pathlib.Path) -> None:
    """libFuzzer reads one input a file: files of many inputs are taken apart."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.rglob("*")):
        if not path.is_file():
            continue
        if path.suffix not in (".lines", ".hex"):
            (target / path.name).write_bytes(path.read_bytes())
            continue
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if line:
                data = bytes.fromhex(line.decode("ascii")) if path.suffix == ".hex" else line
                (target / f"{path.stem}-{number}").write_bytes(data)


def run(fuzzer: Fuzzer, where: pathlib.Path, seconds: int) -> bool:
    """True when nothing was found."""
    for folder in ("seeds", "corpus", "findings"):
        (where / folder).mkdir(parents=True, exist_ok=True)
    unpack_seeds(fuzzer.corpus, where / "seeds")
    before = {path.name for path in (where / "findings").iterdir()}
    started = time.monotonic()
    # The sanitizer keeps every stack that ever allocated. Deep recursion has more of them than the limit of memory allows
    # in a long run. Run a finding alone to see whole stacks.
    options = ":".join(filter(None, ["malloc_context_size=2", os.environ.get("ASAN_OPTIONS")]))
    done = subprocess.run(
        [str(fuzzer.program), f"-max_total_time={seconds}", f"-max_len={fuzzer.longest}", "-timeout=20",
         "-rss_limit_mb=2048", "-print_final_stats=1", f"-artifact_prefix={where / 'findings'}{os.sep}",
         str(where / "corpus"), str(where / "seeds")],
        capture_output=True, text=True, errors="replace", check=False, stdin=subprocess.DEVNULL, cwd=str(where),
        env={**os.environ, "ASAN_OPTIONS": options})
    (where / "log").write_text(done.stdout + done.stderr, encoding="utf-8")
    spent = time.monotonic() - started
    counted = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)
    mutations = re.search(r"and (\d+) mutations", done.stdout)
    runs = int(counted.group(1)) if counted else int(mutations.group(1)) if mutations else 0
    found = sorted(path.name for path in (where / "findings").iterdir() if path.name not in before)
    print(f"{fuzzer.name:24} {spent:6.0f} s {runs:12,} runs  "
          f"{'nothing found' if done.returncode == 0 else 'FOUND ' + ', '.join(found)}", flush=True)
    if done.returncode != 0:
        print("\n".join(done.stderr.splitlines()[-40:]))
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=int, default=60, help="for each fuzzer")
    parser.add_argument("--seconds-in-all", type=int, help="how long all of it takes, shared out evenly among the fuzzers")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many run at once")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    arguments.build = arguments.build.resolve()
    fuzzers = read_fuzzers(arguments.build)
    known = [fuzzer.name for fuzzer in fuzzers]
    unknown = sorted(set(arguments.names) - set(known))
    if unknown:
        print(f"no fuzzer {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    chosen = [fuzzer for fuzzer in fuzzers if not arguments.names or fuzzer.name in arguments.names]
    seconds = arguments.seconds
    rounds = -(-len(chosen) // max(1, arguments.jobs))
    if arguments.seconds_in_all:
        seconds = max(1, arguments.seconds_in_all // rounds)
    print(f"{len(chosen)} fuzzers, {seconds} s each, {arguments.jobs} at once: {seconds * rounds} s", flush=True)
    with concurrent.futures.ThreadPoolExecutor(max(1, arguments.jobs)) as pool:
        clean = list(pool.map(lambda fuzzer: run(fuzzer, arguments.build / "fuzz" / fuzzer.name, seconds), chosen))
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
