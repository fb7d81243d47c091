"""Desks in a file, and logs that move from one store to another."""

import contextlib
import datetime
import json
import multiprocessing
import os
import sqlite3
import stat

import pytest

import frontdesk
from frontdesk import v1

ALLOW_ALL = 'name: "allow" rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
NOON = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
MINUTE = datetime.timedelta(minutes=1)

sqlite = pytest.mark.skipif(not hasattr(frontdesk._core, "open_sqlite"), reason="built without SQLite")


@pytest.fixture(scope="module")
def policy():
    return frontdesk.Policy.from_text(ALLOW_ALL)


def ask(desk, verb, now=NOON):
    outcome = desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=now))
    assert outcome.verdict == frontdesk.Verdict.DONE, outcome
    return outcome


def open_case(desk, case_id="k", now=NOON):
    return ask(desk, v1.OpenCase(case_id=case_id, kind=v1.Case.KIND_TROUBLE, subject="The lamp does not light"), now)


def add_note(desk, part_id, now=NOON):
    part = v1.InteractionPart(
        part_id=part_id, kind=v1.InteractionPart.KIND_NOTE, visibility=v1.VISIBILITY_INTERNAL, text="Called."
    )
    return ask(desk, v1.AddCasePart(case_id="k", part=part), now)


CASE = frontdesk.entity_ref(frontdesk.EntityKind.CASE, "k")


@sqlite
def test_a_desk_in_a_file_goes_on(policy, tmp_path):
    path = tmp_path / "shop.db"
    with frontdesk.Desk.open(policy, path) as desk:
        open_case(desk)
        before = desk.get(CASE)
    with frontdesk.Desk.open(policy, str(path)) as desk:
        assert desk.get(CASE) == before
        assert add_note(desk, "p").record_id == "r0000000002"
        assert not desk.verify_rows().HasField("fault")
    with frontdesk.SqliteStore(path, must_exist=True) as store:
        store.check_integrity()
        store.backup(tmp_path / "copy.db")
        with pytest.raises(frontdesk.AlreadyExistsError) as exists:
            store.backup(tmp_path / "copy.db")
        assert exists.value.reason == "STORE_FILE_EXISTS"
    with frontdesk.Desk.open(policy, tmp_path / "copy.db") as copy:
        assert copy.get(CASE).case.part_count == 1


@sqlite
def test_a_fork_of_a_desk_in_a_file_is_a_file_of_its_own(policy, tmp_path):
    (tmp_path / "clones").mkdir()
    with frontdesk.SqliteStore(tmp_path / "shop.db", clone_folder=tmp_path / "clones") as store:
        with frontdesk.Desk.open(policy, store) as desk:
            open_case(desk)
            with desk.fork() as fork:
                add_note(fork, "p")
                with fork.fork() as of_fork:
                    add_note(of_fork, "q")
                    assert [each.get(CASE).case.part_count for each in (desk, fork, of_fork)] == [0, 1, 2]
                names = {path.name.partition("-clone-")[0] for path in (tmp_path / "clones").iterdir()}
                assert names == {"shop.db"}
            assert not any((tmp_path / "clones").iterdir())
            assert add_note(desk, "r").record_id == "r0000000002"
    with frontdesk.SqliteStore(tmp_path / "shop.db", read_only=True) as store:
        with frontdesk.Desk.open(policy, store) as desk, desk.fork() as fork:
            add_note(fork, "s")
            assert (desk.get(CASE).case.part_count, fork.get(CASE).case.part_count) == (1, 2)
    assert not [path.name for path in tmp_path.iterdir() if "-clone-" in path.name]


@sqlite
def test_two_desks_in_a_file_see_nothing_of_each_other(policy, tmp_path):
    other_policy = frontdesk.Policy.from_text(ALLOW_ALL.replace("allow", "other"))
    with frontdesk.SqliteStore(tmp_path / "f.db", desk="one") as one, frontdesk.SqliteStore(
        tmp_path / "f.db", desk="two", durability=frontdesk.Durability.OFF
    ) as two:
        first = frontdesk.Desk.open(policy, one)
        second = frontdesk.Desk.open(other_policy, two)
        open_case(first)
        with pytest.raises(frontdesk.NotFoundError):
            second.get(CASE)
        assert second.policy.hash != first.policy.hash


@sqlite
@pytest.mark.parametrize(
    "contents, options, kind, reason",
    [
        (None, {"must_exist": True}, frontdesk.NotFoundError, "STORE_NOT_FOUND"),
        (None, {"read_only": True}, frontdesk.NotFoundError, "STORE_NOT_FOUND"),
        (b"hello, this is a text and no database" * 40, {}, frontdesk.InvalidArgumentError, "STORE_FILE_INVALID"),
        (None, {"desk": "x" * 300}, frontdesk.InvalidArgumentError, "STORE_FILE_INVALID"),
    ],
)
def test_files_that_cannot_be_opened(tmp_path, contents, options, kind, reason):
    path = tmp_path / "f.db"
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(kind) as error:
        frontdesk.SqliteStore(path, **options)
    assert error.value.reason == reason
    assert str(tmp_path) not in str(error.value)


@sqlite
def test_a_file_that_is_read_only_takes_no_command(policy, tmp_path):
    path = tmp_path / "f.db"
    frontdesk.Desk.open(policy, path).close()
    with frontdesk.SqliteStore(path, read_only=True) as store, frontdesk.Desk.open(policy, store) as desk:
        with pytest.raises(frontdesk.FailedPreconditionError) as error:
            open_case(desk)
        assert error.value.reason == "STORE_NOT_USABLE"


def test_closed_stores_and_other_objects(policy, tmp_path):
    with pytest.raises(TypeError):
        frontdesk.Desk.open(policy, 7)
    with pytest.raises(TypeError):
        frontdesk.export_log("shop.db", tmp_path / "x")
    with pytest.raises(TypeError):
        frontdesk.import_log(tmp_path / "x", frontdesk.MemoryStore(), format="json")
    if hasattr(frontdesk._core, "open_sqlite"):
        store = frontdesk.SqliteStore(tmp_path / "f.db")
        store.close()
        store.close()
        with pytest.raises(ValueError):
            store.check_integrity()
        with pytest.raises(ValueError):
            frontdesk.Desk.open(policy, store)
        with pytest.raises(TypeError):
            frontdesk.SqliteStore(tmp_path / "f.db", durability="full")


def test_the_log_is_followed(policy):
    desk = frontdesk.Desk.open(policy)
    (activation,) = desk.read_log()
    assert not activation.HasField("record") and activation.policy.pack.name == "allow"
    done = open_case(desk)
    add_note(desk, "p")
    changes = list(desk.read_log(after=1, page_size=1))
    assert [change.entry.position for change in changes] == [2, 3]
    assert changes[0].record.record_id == done.record_id
    assert list(changes[0].events) == list(done.events)
    assert desk.read_log().count() == 3


def test_the_log_is_verified(policy):
    desk = frontdesk.Desk.open(policy)
    open_case(desk)
    report = desk.verify()
    assert (report.entry_count, report.HasField("fault")) == (2, False)
    add_note(desk, "p")
    assert not desk.verify({report.entry_count: report.link}).HasField("fault")
    fault = desk.verify({2: b"x" * 32}).fault
    assert (fault.kind, fault.position) == (v1.LogFault.KIND_LINK_UNEXPECTED, 2)
    assert not desk.verify_rows().HasField("fault")


def test_a_state_as_of_an_instant(policy):
    desk = frontdesk.Desk.open(policy)
    open_case(desk)
    add_note(desk, "p", NOON + MINUTE)
    assert desk.get_as_of(CASE, NOON).case.part_count == 0
    assert desk.get_as_of(CASE, NOON + MINUTE).case.part_count == 1
    with pytest.raises(frontdesk.NotFoundError):
        desk.get_as_of(CASE, NOON - MINUTE)


@pytest.mark.parametrize("format", frontdesk.LogFormat)
def test_a_log_moves_to_another_store(policy, tmp_path, format):
    store = frontdesk.MemoryStore()
    desk = frontdesk.Desk.open(policy, store)
    open_case(desk)
    for number in range(20):
        add_note(desk, f"p{number}")
    path = tmp_path / "shop.log"
    frontdesk.export_log(store, path, format=format)
    assert os.listdir(tmp_path) == ["shop.log"]
    if format is frontdesk.LogFormat.JSON_LINES:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert list(lines[0]) == ["header"] and list(lines[-1]) == ["trailer"]
    copy = frontdesk.MemoryStore()
    report = frontdesk.import_log(path, copy, format=format)
    assert report.link == desk.verify().link
    other = frontdesk.Desk.open(policy, copy)
    assert list(other.read_log()) == list(desk.read_log())
    assert other.get(CASE, lists=["parts"]) == desk.get(CASE, lists=["parts"])
    again = tmp_path / "again.log"
    frontdesk.export_log(copy, again, format=format)
    assert again.read_bytes() == path.read_bytes()


def test_exports_that_are_not_whole(policy, tmp_path):
    store = frontdesk.MemoryStore()
    open_case(frontdesk.Desk.open(policy, store))
    path = tmp_path / "shop.log"
    frontdesk.export_log(store, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    with pytest.raises(frontdesk.DataLossError) as error:
        frontdesk.import_log(path, frontdesk.MemoryStore())
    assert error.value.reason == "LOG_TRUNCATED"
    path.write_bytes(whole)
    with pytest.raises(frontdesk.InvalidArgumentError) as malformed:
        frontdesk.import_log(path, frontdesk.MemoryStore(), format=frontdesk.LogFormat.JSON_LINES)
    assert malformed.value.reason in ("LOG_MALFORMED", "LOG_TRUNCATED")
    with pytest.raises(FileNotFoundError):
        frontdesk.import_log(tmp_path / "nothing", frontdesk.MemoryStore())


def test_a_failed_export_leaves_the_old_file(policy, tmp_path):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full")
    # The part is written to a device that is full.
    path = tmp_path / "shop.log"
    path.write_bytes(b"old")
    os.symlink("/dev/full", tmp_path / "shop.log.part")
    assert stat.S_ISCHR(os.stat(tmp_path / "shop.log.part").st_mode)
    with pytest.raises(OSError):
        frontdesk.export_log(frontdesk.MemoryStore(), path)
    assert path.read_bytes() == b"old"


def _count(path, process, commands):
    policy = frontdesk.Policy.from_text(ALLOW_ALL)
    with frontdesk.Desk.open(policy, path) as desk:
        for number in range(commands):
            add_note(desk, f"p{process}-{number}")


@sqlite
def test_processes_share_a_file(policy, tmp_path):
    path = str(tmp_path / "f.db")
    with frontdesk.Desk.open(policy, path) as desk:
        open_case(desk)
    start = multiprocessing.get_context("spawn")
    processes = [start.Process(target=_count, args=(path, process, 10)) for process in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    with frontdesk.Desk.open(policy, path) as desk:
        assert desk.get(CASE).case.part_count == 30
        assert desk.journal().count() == 31
        assert not desk.verify_rows().HasField("fault")


@sqlite
@pytest.mark.parametrize("cached, is_kept", [(None, True), (0, False), (1 << 20, True), (16 * 100, False)])
def test_the_states_that_a_desk_keeps_in_memory(policy, tmp_path, cached, is_kept):
    options = {} if cached is None else {"max_cached_state_bytes": cached}
    path = tmp_path / "shop.db"
    with frontdesk.Desk.open(policy, path, **options) as desk:
        open_case(desk)
        before = desk.get(CASE)
        # The rows from which a state is made are damaged; the one that says which state is the newest is not.
        with contextlib.closing(sqlite3.connect(path)) as file, file:
            damaged = file.execute("UPDATE rows SET checksum = checksum + 1 WHERE space % 256 IN (2, 3)").rowcount
        assert damaged >= 1
        if is_kept:
            assert desk.get(CASE) == before
        else:
            with pytest.raises(frontdesk.DataLossError):
                desk.get(CASE)


def test_the_bytes_of_states_are_a_number(policy):
    for negative in (-1, -(1 << 63)):
        with pytest.raises(ValueError, match="negative"):
            frontdesk.Desk.open(policy, max_cached_state_bytes=negative)
    with pytest.raises(OverflowError):
        frontdesk.Desk.open(policy, max_cached_state_bytes=1 << 63)
    with pytest.raises(TypeError):
        frontdesk.Desk(policy, None, 0)  # By name only.
    frontdesk.Desk.open(policy, max_cached_state_bytes=(1 << 63) - 1).close()
