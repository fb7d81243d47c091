"""The demo comes to the same results wherever its desk is kept: in memory or in a file, opened once or after each command."""

import hashlib
import os
import pathlib
import re
import shutil
from typing import Any, List

import pytest
from programs import POLICY, SHOP, Program, Run, ShopFiles, programs, read_lines, write_lines

SHARED = pathlib.Path(os.environ.get("FRONTDESK_SHARED", "")) / "data" / "tau_retail"

# Sixteen parts share the bytes, one state of the shop fits into a part: about ten states are kept.
TEN_STATES = "50000"
REOPENED = ("--reopen", "1", "--cache", TEN_STATES)


@pytest.fixture(autouse=True, scope="module")
def with_sqlite(tmp_path_factory: pytest.TempPathFactory) -> None:
    empty = tmp_path_factory.mktemp("tried")
    for name in ("tasks", "calls"):
        write_lines(empty / name, [])
    for program in programs("retail_desk"):
        run = program("--tasks", empty / "tasks", "--calls", empty / "calls", "--store", f"sqlite:{empty / program.name}")
        if "built without SQLite" in run.out:
            pytest.skip(run.out.strip())


def reopened(run: Run) -> int:
    """How often a run says that the desk was opened again."""
    return sum(map(int, re.findall("^opened again ([0-9]+) times$", run.out, re.MULTILINE)))


def assert_kept_everywhere(both: List[Program], folder: pathlib.Path, *arguments: Any) -> Run:
    """Runs the programs with each store, reopened and not; returns one run."""
    first = both[0](*arguments)
    assert first.code == 0, first.out
    commands = reopened(both[0](*arguments, "--reopen", "1"))
    assert commands >= int(first.records.split()[1].rstrip(",")) - 1
    for program in both:
        for number, options in enumerate([(), ("--cache", TEN_STATES), REOPENED]):
            file = folder / f"{program.name}-{number}.db"
            for store in ("memory", f"sqlite:{file}"):
                run = program(*arguments, "--store", store, *options)
                assert run.code == 0, (program.name, store, options, run.out)
                kept = f"Kept in {file}\n" if store != "memory" else ""
                # Each import and each request is a command; the first record is that of the policy.
                times = reopened(run)
                assert times == (commands if options == REOPENED else 0), (program.name, store, options)
                again = f"opened again {times} times\n" if times else ""
                assert run.out.replace(kept, "").replace(again, "") == first.out, (program.name, store, options)
            assert file.stat().st_size > 0
    # Copies and logs are gone.
    assert {path.suffix for path in folder.iterdir()} == {".db"}
    return first


def test_the_small_shop(both: List[Program], tmp_path: pathlib.Path) -> None:
    (tmp_path / "kept").mkdir()
    run = assert_kept_everywhere(both, tmp_path / "kept")
    assert re.fullmatch("records [0-9]+, sha256 [0-9a-f]{64}", run.records)
    assert run.out.splitlines()[-3:] == [run.records, "tasks 80/80 equal, calls 420/420 equal", f"sha256 {run.digest}"]
    # Neither digest is of nothing, nor one the other.
    empty = hashlib.sha256().hexdigest()
    assert len({run.records[-64:], run.digest, empty}) == 3


@pytest.mark.skipif(not SHARED.is_dir(), reason="the recorded shop is not here (FRONTDESK_SHARED)")
def test_a_part_of_the_recorded_shop(both: List[Program], tmp_path: pathlib.Path) -> None:
    (tmp_path / "kept").mkdir()
    arguments: List[Any] = ["--db", SHARED]
    for name, count in (("tasks", 30), ("calls", 60)):
        lines = read_lines(SHARED / f"{name}_dev.jsonl")
        # Spread over the file.
        arguments += [f"--{name}", write_lines(tmp_path / name, lines[:: len(lines) // count][:count])]
    run = assert_kept_everywhere(both, tmp_path / "kept", *arguments)
    assert "tasks 30/30 equal, calls 60/60 equal\n" in run.out


def test_the_desk_is_opened_again_as_often_as_asked(program: Program, tmp_path: pathlib.Path) -> None:
    none = write_lines(tmp_path / "none", [])
    every = [reopened(program("--calls", none, "--reopen", count)) for count in (0, 1, 2, 10)]
    assert every[0] == 0 and every[1] > 100
    assert every[2:] == [every[1] // 2, every[1] // 10]


def test_one_more_request_is_one_more_record(program: Program, tmp_path: pathlib.Path) -> None:
    calls = read_lines(SHOP / "calls.jsonl")
    done = next(call for call in calls if call["error"] is None)

    def records_of(*chosen: Any) -> List[str]:
        run = program("--calls", write_lines(tmp_path / "calls.jsonl", list(chosen)))
        return re.findall("[0-9a-f]+", run.records.split("records ")[1].replace("sha256", ""))

    none, one, two = records_of(), records_of(done), records_of(done, done)
    assert int(one[0]) == int(none[0]) + 1 and int(two[0]) == int(none[0]) + 2
    assert len({none[1], one[1], two[1]}) == 3


def test_the_digest_is_over_the_records_in_the_file(both: List[Program], shop: ShopFiles, tmp_path: pathlib.Path) -> None:
    frontdesk = pytest.importorskip("frontdesk")
    file = tmp_path / "kept.db"
    # The shop without requests: all records are in the file.
    lines = {program("--db", shop.path, "--store", f"sqlite:{file}").records for program in both}
    digest = hashlib.sha256()
    count = 0
    with frontdesk.Desk.open(frontdesk.Policy.from_file(POLICY), file) as desk:
        for change in desk.read_log():
            position = change.entry.position
            change.entry.Clear()
            change.entry.position = position
            data = change.SerializeToString(deterministic=True)
            digest.update(len(data).to_bytes(8, "big") + data)
            count += 1
            assert count == 1 or change.HasField("record") and change.events
    assert lines == {f"records {count}, sha256 {digest.hexdigest()}"}


def test_a_file_with_the_same_shop_is_used(both: List[Program], tmp_path: pathlib.Path) -> None:
    file = tmp_path / "kept.db"
    file.touch()  # An empty file is a new one.
    made = both[0]("--store", f"sqlite:{file}")
    assert made.code == 0 and f"Kept in {file}\n" in made.out
    for program in both:
        again = program("--store", f"sqlite:{file}", "--cache", TEN_STATES)
        assert again.out.replace(", which held this shop already", "") == made.out
        assert f"Kept in {file}, which held this shop already\n" in again.out


@pytest.mark.parametrize("difference", ["shop", "policy", "beginning"])
def test_a_file_with_something_else_is_an_error(
    program: Program, shop: ShopFiles, difference: str, tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "kept.db"
    arguments: List[Any] = ["--db", shop.path]
    if difference == "policy":
        policy = tmp_path / "other.textproto"
        text = POLICY.read_text(encoding="utf-8")
        policy.write_text(text.replace('version: "1"', 'version: "2"'), encoding="utf-8")
        arguments += ["--policy", policy]
    elif difference == "shop":
        shop.edit("users.json", lambda users: next(iter(users.values()))["address"].update(zip="99999"))
    else:
        shop.edit("orders.json", lambda orders: orders.clear())
        shop.edit("users.json", lambda users: [user["orders"].clear() for user in users.values()])
    assert program(*arguments, "--store", f"sqlite:{file}").code == 0
    before = shutil.copyfile(file, tmp_path / "before").read_bytes()
    run = program("--store", f"sqlite:{file}")
    assert run.code == 1
    assert re.fullmatch(re.escape(str(file)) + ": .*\n", run.out), run.out
    assert "sha256" not in run.out
    assert file.read_bytes() == before
    # The one that fits still does.
    assert program(*arguments, "--store", f"sqlite:{file}").code == 0


def test_a_file_of_another_program_is_an_error(program: Program, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Call Ann.\n" * 1000, encoding="utf-8")
    run = program("--store", f"sqlite:{file}")
    assert (run.code, run.out.startswith(f"{file}: ")) == (1, True)
    assert file.read_text(encoding="utf-8") == "Call Ann.\n" * 1000
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_shop_that_cannot_be_imported_leaves_no_file(program: Program, shop: ShopFiles, tmp_path: pathlib.Path) -> None:
    shop.edit("users.json", lambda users: next(iter(users.values())).update(email="ann"))
    folder = tmp_path / "kept"
    folder.mkdir()
    in_memory = program("--db", shop.path)
    run = program("--db", shop.path, "--store", f"sqlite:{folder / 'shop.db'}")
    assert (run.code, run.out) == (1, in_memory.out)
    assert "CONTACT_POINT_SYNTAX" in run.out
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "option, value",
    [
        ("--store", "disk"),
        ("--store", "sqlite:"),
        ("--store", "sqlite"),
        ("--store", "memory:x"),
        ("--reopen", "-1"),
        ("--reopen", "often"),
        ("--cache", "1.5"),
        ("--cache", "9" * 30),
    ],
)
def test_an_invalid_value_is_an_error(program: Program, option: str, value: str) -> None:
    run = program(option, value)
    assert run.code == 1
    assert run.out.startswith(f"{option}: ") and run.out.endswith(f"not {value}\n"), run.out
