"""The lists of mutants fit the code, and the runner sees what becomes of a mutant."""

import os
import pathlib
import signal
import subprocess
import sys

import pytest

ROOT = pathlib.Path(os.environ.get("FRONTDESK_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
sys.path.insert(0, str(ROOT / "tests" / "mutation"))

import mutants  # noqa: E402
import run_mutants  # noqa: E402

ROOMS = [
    "agents", "base", "calendar", "cel", "decide", "desk", "domain", "event_log", "policy", "postgres", "python", "report", "rules", "sqlite",
    "store", "tool"
]
# Of the lists that are not for src/ROOM.
FOLDERS = {"postgres": "src/store/postgres", "python": "python", "sqlite": "src/store/sqlite"}
# The number that the lists began with; each later issue adds ten.
FEWEST = 150


def all_mutants():
    return [mutant for room in mutants.rooms() for mutant in mutants.read_list(mutants.HERE / f"{room}.toml")]


def test_every_room_has_a_list():
    assert mutants.rooms() == ROOMS
    assert len(all_mutants()) >= FEWEST


@pytest.mark.parametrize("room", ROOMS)
def test_every_mutant_fits_its_file(room):
    folder = FOLDERS.get(room, f"src/{room}")
    for mutant in mutants.read_list(mutants.HERE / f"{room}.toml"):
        assert mutant.file.startswith(folder), mutant.name
        assert mutant.felt.endswith("."), mutant.name
        try:
            mutants.apply(mutant, (ROOT / mutant.file).read_text(encoding="utf-8"))
        except mutants.ListError as error:
            pytest.fail(f"{room} {mutant.name}: {error}")


def test_a_list_with_a_mistake_is_refused(tmp_path):
    good = {"name": "a", "file": "f", "text": "x", "replacement": "y", "felt": "z"}
    cases = {
        "missing": [{key: value for key, value in good.items() if key != "felt"}],
        "unknown": [{**good, "feels": "z"}],
        "nothing": [{**good, "replacement": "x"}],
        "twice": [good, good],
    }
    for told, tables in cases.items():
        path = tmp_path / f"{told}.toml"
        path.write_text("".join("[[mutant]]\n" + "".join(f'{key} = "{value}"\n' for key, value in table.items())
                                for table in tables), encoding="utf-8")
        with pytest.raises(mutants.ListError, match=told):
            mutants.read_list(path)


def test_a_text_that_does_not_occur_once_does_not_apply():
    mutant = mutants.Mutant("base", "a", "f", "x", "y", "z", "", 1)
    assert mutants.apply(mutant, "1\n2 x\n") == ("1\n2 y\n", 2)
    for source in ("", "x x"):
        with pytest.raises(mutants.ListError):
            mutants.apply(mutant, source)
    assert mutants.apply(mutant._replace(occurrences=2), "x x") == ("y y", 1)


RUN = "[ RUN      ] A.One\n"


@pytest.mark.parametrize("status, output, told", [
    (1, RUN + "[  FAILED  ] A.One (3 ms)\n", "A.One"),
    (1, RUN + "[  FAILED  ] A/B.One/0, where GetParam() = 3 (3 ms)\n", "A/B.One/0"),
    (None, RUN, "timeout in A.One"),
    (-signal.SIGSEGV, RUN, "crash (SIGSEGV) in A.One"),
    (-signal.SIGABRT, "", "crash (SIGABRT) in the start of the program"),
    (3, RUN, "exit status 3 in A.One"),
])
def test_the_killer_is_named(status, output, told):
    assert run_mutants.google_test_killer(run_mutants.Ran(status, output)) == told


@pytest.mark.parametrize("status, output, told", [
    (1, "FAILED python/tests/test_desk.py::test_it - assert\n", "test_desk.py::test_it"),
    (2, "ERROR python/tests/test_desk.py\n", "test_desk.py"),
    (None, "", "timeout"),
    (-signal.SIGSEGV, "", "crash (SIGSEGV)"),
    (4, "", "exit status 4"),
])
def test_the_killer_in_python_is_named(status, output, told):
    assert run_mutants.pytest_killer(run_mutants.Ran(status, output)) == told


def test_a_run_is_bounded(tmp_path):
    """By the clock where it waits, by the processor's time where it works."""
    def run(command, limits):
        return run_mutants.run_limited(["/bin/sh", "-c", command], environment={}, folder=tmp_path, limits=limits)

    assert run("echo told; exit 3", run_mutants.Limits(cpu=60, clock=600)) == (3, "told\n")
    assert run("sleep 600", run_mutants.Limits(cpu=60, clock=0.2)).status is None
    assert run("while :; do :; done", run_mutants.Limits(cpu=1, clock=600)).status is None


def test_the_table_says_what_is_alive(capsys):
    mutant = mutants.Mutant("base", "off-by-one", "src/base/id.cc", "x", "y", "Ids repeat.", "", 1)
    run_mutants.print_table([run_mutants.Result(mutant, 7, "killed", "IdTest.Repeats"),
                             run_mutants.Result(mutant, 8, "ALIVE", mutant.felt)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split("  ")[-1] == "killed by IdTest.Repeats" and "src/base/id.cc:7" in lines[1]
    assert lines[2].endswith("ALIVE: Ids repeat.")
    assert lines[3] == "2 mutants: 1 killed, 1 alive, 0 invalid"


def test_rooms_and_names_are_checked_before_anything_is_built():
    for arguments in (["dance"], ["base", "--only", "dance"]):
        refused = subprocess.run([str(ROOT / "dev"), "mutate", *arguments], capture_output=True, text=True, check=False,
                                 stdin=subprocess.DEVNULL)
        assert refused.returncode == 1 and "dance" in refused.stderr and "[1/" not in refused.stderr
