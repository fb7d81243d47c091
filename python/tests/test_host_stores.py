"""Stores that are written in Python: the contract, on good stores and on faulty ones, and desks on them."""

import asyncio
import contextlib
import datetime
import gc
import io
import itertools
import os
import pathlib
import subprocess
import sys
import threading
import weakref

import pytest

import frontdesk
from conftest import NOON, done
from dict_store import DictSnapshot, DictStore
from frontdesk import _core, store_contract, stores, v1
from test_reentry import ALL_REENTERED, reasons

ROOT = pathlib.Path(__file__).parents[2]
ALLOW_ALL = 'name: "allow" rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
POLICY = frontdesk.Policy.from_text(ALLOW_ALL)
CUSTOMER = frontdesk.entity_ref(frontdesk.EntityKind.CUSTOMER, "c1")
KEY = stores.Key(1, b"a")


def ask(customer_id="c1"):
    verb = v1.CreateCustomer(customer_id=customer_id, given_name="Ann")
    return frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOON)


class TestDictStore(store_contract.StoreContract):
    def make_store(self):
        return DictStore()

    def reopen(self, store):
        other = DictStore()
        other.now = store.now
        return other


class TestMemoryStore(store_contract.StoreContract):
    def make_store(self):
        return frontdesk.MemoryStore()


@pytest.mark.skipif(not hasattr(_core, "open_sqlite"), reason="built without SQLite")
class TestSqliteStore(store_contract.StoreContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        self.path = tmp_path / "shop.db"

    def make_store(self):
        return frontdesk.SqliteStore(self.path, durability=frontdesk.Durability.OFF)

    def reopen(self, store):
        store.close()
        return self.make_store()


# Faulty stores, each with a test that finds it.


class LosesWrites(DictStore):
    """The last write of a batch of several."""

    def add(self, now, batch):
        if len(batch.writes) > 3:
            batch = stores.Batch(batch.expectations, batch.range_expectations, batch.writes[1:], batch.digest)
        return super().add(now, batch)


class SkipsPositions(DictStore):
    def add(self, now, batch):
        result = super().add(now, batch)
        if batch.has_position and not result.is_committed:
            now.position += 1
        return result


class ChangesSnapshots(DictStore):
    def commit(self, batches):
        stores.check_batches(batches)
        with self.lock:
            return [self.add(self.now, batch) for batch in batches]


class CommitsHalf(DictStore):
    """Writes before it looks at the ranges."""

    def add(self, now, batch):
        result = super().add(now, batch)
        if not result.is_committed and result.failed >= len(batch.expectations):
            self.put(now, stores.Key(2, b"written"), b"w")
        return result


class IgnoresExpectations(DictStore):
    def add(self, now, batch):
        return super().add(now, stores.Batch((), batch.range_expectations, batch.writes, batch.digest))


class CountsFailuresAnew(DictStore):
    def add(self, now, batch):
        result = super().add(now, batch)
        return result if result.is_committed else stores.CommitResult(False)


class ForgetsLinks(DictStore):
    def add(self, now, batch):
        link = now.link
        result = super().add(now, batch)
        if batch.expectations:
            now.link = link
        return result


class AcceptsLongRows(DictStore):
    def commit(self, batches):
        with self.lock:
            return [self.add(self.now, batch) for batch in batches]


class LosesRaces(DictStore):
    """Commits on a copy that another thread may replace meanwhile."""

    def commit(self, batches):
        stores.check_batches(batches)
        now = DictSnapshot(dict(self.now.rows), list(self.now.keys), self.now.position, self.now.link)
        threading.Event().wait(1e-5)  # Others run.
        results = [self.add(now, batch) for batch in batches]
        self.now = now
        return results


class OtherSnapshot(DictStore):
    """A store with snapshots of a class of its own."""

    kind = DictSnapshot

    def read(self):
        now = self.now
        return self.kind(now.rows, now.keys, now.position, now.link)


class ScansUnordered(OtherSnapshot):
    class kind(DictSnapshot):
        def scan(self, *arguments, **options):
            rows = super().scan(*arguments, **options)
            return rows[1:] + rows[:1]


class ScansBeyond(OtherSnapshot):
    class kind(DictSnapshot):
        def scan(self, table, begin=b"", end=None, limit=1000, descending=False):
            return super().scan(table, begin, None, limit, descending)


class ScansTooMany(OtherSnapshot):
    class kind(DictSnapshot):
        def scan(self, table, begin=b"", end=None, limit=1000, descending=False):
            return super().scan(table, begin, end, limit + 1, descending)


class ScansFromTheFront(OtherSnapshot):
    """With a limit, descending rows are the first ones."""

    class kind(DictSnapshot):
        def scan(self, table, begin=b"", end=None, limit=1000, descending=False):
            rows = super().scan(table, begin, end, limit)
            return rows[::-1] if descending else rows


class ForgetsOnReopen(DictStore):
    pass


def forget(store):
    other = ForgetsOnReopen()
    other.now = DictSnapshot(store.now.rows, store.now.keys, store.now.position, stores.FIRST_LINK)
    return other


FAULTY = {
    LosesWrites: "test_keys_are_ordered_byte_by_byte",
    SkipsPositions: "test_a_batch_is_committed_on_the_values_it_expects",
    ChangesSnapshots: "test_a_snapshot_stays_as_it_is",
    CommitsHalf: "test_it_does_as_a_dict_does",
    IgnoresExpectations: "test_a_batch_is_committed_on_the_values_it_expects",
    CountsFailuresAnew: "test_a_batch_is_committed_on_the_keys_of_a_range",
    ForgetsLinks: "test_it_does_as_a_dict_does",
    AcceptsLongRows: "test_rows_that_are_too_long_are_refused",
    LosesRaces: "test_threads_get_every_position_once",
    ScansUnordered: "test_prefixes_are_ranges",
    ScansBeyond: "test_ranges_have_edges",
    ScansTooMany: "test_keys_are_ordered_byte_by_byte",
    ScansFromTheFront: "test_keys_are_ordered_byte_by_byte",
    ForgetsOnReopen: "test_a_store_that_is_opened_again_goes_on",
}


@pytest.mark.parametrize("kind", FAULTY, ids=lambda kind: kind.__name__)
def test_the_contract_finds_a_faulty_store(kind):
    name = FAULTY[kind]
    reopen = forget if kind is ForgetsOnReopen else None
    assert list(store_contract.failures(kind, reopen=reopen, only=[name])) == [name]
    assert store_contract.failures(DictStore, only=[name]) == {}


def test_a_store_has_both_functions():
    class Half(frontdesk.Store):
        def read(self):
            return None

    with pytest.raises(TypeError):
        Half()


# Desks on stores in Python.


@contextlib.contextmanager
def failing(store, name, call):
    """In its scope `call` is in the place of a function of the store."""
    setattr(store, name, call)
    try:
        yield
    finally:
        delattr(store, name)


def raising(error):
    def call(*_):
        raise error

    return call


class Snapshot:
    """A snapshot whose members can be replaced."""

    def __init__(self, **members):
        self.position, self.link = 0, stores.FIRST_LINK
        self.get = lambda table, key: None
        self.scan = lambda table, begin, end, limit, descending: []
        vars(self).update(members)


@pytest.mark.parametrize(
    "error, kind, reason",
    [
        (KeyError("Ann"), frontdesk.UnavailableError, "STORE_UNAVAILABLE"),
        (OSError(5, "Ann"), frontdesk.UnavailableError, "STORE_UNAVAILABLE"),
        (MemoryError(), frontdesk.UnavailableError, "STORE_UNAVAILABLE"),
        (frontdesk.UnavailableError("Ann"), frontdesk.UnavailableError, "STORE_UNAVAILABLE"),
        (frontdesk.NotFoundError("Ann"), frontdesk.UnavailableError, "STORE_UNAVAILABLE"),
        (frontdesk.DataLossError("Ann"), frontdesk.DataLossError, "STORE_CORRUPT"),
        (frontdesk.FailedPreconditionError("Ann"), frontdesk.FailedPreconditionError, "STORE_NOT_USABLE"),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_exceptions_of_a_store(error, kind, reason):
    store = DictStore()
    desk = frontdesk.Desk.open(POLICY, store)
    calls = {
        "read": [lambda: desk.get(CUSTOMER), lambda: desk.execute(ask()), lambda: list(desk.read_log()), desk.verify],
        "commit": [lambda: desk.execute(ask())],
    }
    for name, each in itertools.chain.from_iterable(zip(itertools.repeat(name), all) for name, all in calls.items()):
        with failing(store, name, raising(error)), pytest.raises(kind) as raised:
            each()
        assert (type(raised.value), raised.value.reason) == (kind, reason)
        assert raised.value.__cause__ is error
        assert "Ann" not in str(raised.value)
    # Behind it the desk is as it should be, and a later error has no cause.
    with pytest.raises(frontdesk.NotFoundError) as later:
        desk.get(CUSTOMER)
    assert later.value.__cause__ is None
    done(desk.execute(ask()))


def test_an_exception_that_a_call_survives_is_released():
    """The desk looks for outcomes that are to be forgotten only now and then, and goes on when that fails."""

    class Awkward(KeyError):
        pass

    store = DictStore()
    desk = frontdesk.Desk.open(POLICY, store, remember_for=datetime.timedelta(seconds=1))
    errors = []
    for number in range(520):
        command = ask(f"c{number}")
        command.now.FromDatetime(NOON + datetime.timedelta(hours=number))
        command.idempotency_key = f"k{number}"
        commits = []

        def commit(batches):
            commits.append(len(batches))
            if len(commits) == 2:
                errors.append(weakref.ref(error := Awkward("x")))
                raise error
            return DictStore.commit(store, batches)

        with failing(store, "commit", commit):
            done(desk.execute(command))
    assert errors
    gc.collect()
    assert [each() for each in errors] == [None] * len(errors)


def test_exceptions_of_a_strange_class():
    class Meta(type):
        @property
        def __name__(cls):
            raise LookupError

    class Strange(Exception, metaclass=Meta):
        pass

    class Codes(frontdesk.DataLossError):
        reason = property(raising(LookupError()), lambda *_: None)

    store = DictStore()
    desk = frontdesk.Desk.open(POLICY, store)
    for error in (Strange("Ann"), Codes("Ann")):
        with failing(store, "read", raising(error)), pytest.raises(frontdesk.UnavailableError) as raised:
            desk.get(CUSTOMER)
        assert raised.value.__cause__ is error


def test_a_row_that_is_too_large():
    store = DictStore()
    desk = frontdesk.Desk.open(POLICY, store)
    with failing(store, "commit", raising(frontdesk.InvalidArgumentError("Ann"))), pytest.raises(frontdesk.LimitError) as raised:
        desk.execute(ask())
    assert raised.value.reason == "STORE_ROW_TOO_LARGE"


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_interrupts_are_not_swallowed(interrupt):
    store = DictStore()
    desk = frontdesk.Desk.open(POLICY, store)
    for name, call in (("read", lambda: desk.get(CUSTOMER)), ("commit", lambda: desk.execute(ask()))):
        with failing(store, name, raising(interrupt("stop"))), pytest.raises(interrupt, match="stop"):
            call()
    done(desk.execute(ask()))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        7,
        "snapshot",
        Snapshot(position="1"),
        Snapshot(position=True),
        Snapshot(position=-1),
        Snapshot(position=1 << 63),
        Snapshot(link=b"short"),
        Snapshot(link="x" * 32),
        Snapshot(link=None),
        Snapshot(get=lambda table, key: "text"),
        Snapshot(get=lambda table, key: bytearray(b"x")),
        Snapshot(scan=lambda *_: [b"row"]),
        Snapshot(scan=lambda *_: [(b"key",)]),
        Snapshot(scan=lambda *_: [(b"key", None)]),
        Snapshot(scan=lambda *_: [[b"key", b"value"]]),
        Snapshot(scan=lambda table, begin, end, limit, descending: [(begin, b"")] * 2),
        Snapshot(scan=lambda table, begin, end, limit, descending: ((begin + b"%08d" % i, b"") for i in itertools.count())),
        Snapshot(scan=lambda table, begin, end, limit, descending: [(b"\0", b"")]),
    ],
)
def test_snapshots_that_are_not_valid(answer):
    store = DictStore()
    desk = frontdesk.Desk.open(POLICY, store)
    done(desk.execute(ask()))
    with failing(store, "read", lambda: answer), pytest.raises(frontdesk.DataLossError) as raised:
        with contextlib.suppress(frontdesk.NotFoundError):
            desk.get(CUSTOMER)
        list(desk.read_log())
    assert raised.value.reason == "STORE_CORRUPT"
    if raised.value.__cause__ is not None:
        assert isinstance(raised.value.__cause__, frontdesk.DataLossError)
        assert "(" in str(raised.value.__cause__) or "is" in str(raised.value.__cause__)


@pytest.mark.parametrize("kind, text", [(ScansUnordered, "not in order"), (ScansTooMany, "more rows than asked for")])
def test_rows_that_are_not_as_asked_for(kind, text):
    store = DictStore()
    desk = frontdesk.Desk.open(POLICY, store)
    for number in range(3):
        done(desk.execute(ask(f"c{number}")))
    now = store.now
    faulty = kind.kind(now.rows, now.keys, now.position, now.link)
    with failing(store, "read", lambda: faulty), pytest.raises(frontdesk.DataLossError) as raised:
        list(desk.read_log(page_size=2))
    assert text in str(raised.value.__cause__)


@pytest.mark.parametrize("snapshot", [Snapshot(scan=lambda *_: 7), Snapshot(get=7), Snapshot(scan=None)])
def test_snapshots_whose_functions_are_none(snapshot):
    store = DictStore()
    desk = frontdesk.Desk.open(POLICY, store)
    done(desk.execute(ask()))
    with failing(store, "read", lambda: snapshot), pytest.raises(frontdesk.UnavailableError) as raised:
        with contextlib.suppress(frontdesk.NotFoundError):
            desk.get(CUSTOMER)
        list(desk.read_log())
    assert isinstance(raised.value.__cause__, TypeError)


@pytest.mark.parametrize(
    "results",
    [
        None,
        7,
        [],
        [stores.CommitResult(True, 2)] * 2,
        [True],
        [(True, 2, 0)],
        [stores.CommitResult(1, 2)],
        [stores.CommitResult(True, "2")],
        [stores.CommitResult(True, -2)],
        [stores.CommitResult(True, 1 << 64)],
        [stores.CommitResult(True, 2, None)],
    ],
)
def test_results_that_are_not_valid(results):
    store = DictStore()
    desk = frontdesk.Desk.open(POLICY, store)
    with failing(store, "commit", lambda batches: results), pytest.raises(frontdesk.DataLossError) as raised:
        desk.execute(ask())
    assert raised.value.reason == "STORE_CORRUPT"
    assert isinstance(raised.value.__cause__, frontdesk.DataLossError)


def test_a_store_that_calls_its_desk():
    class Calling(DictStore):
        inside = None

        def read(self):
            if self.inside:
                self.inside()
            return super().read()

    store, found = Calling(), []
    desk = frontdesk.Desk.open(POLICY, store)
    store.inside = lambda: found.append(reasons(desk))
    done(desk.execute(ask()))
    assert found and all(each == ALL_REENTERED for each in found)
    # Its exception has the reason for the caller too.
    store.inside = lambda: desk.get(CUSTOMER)
    with pytest.raises(frontdesk.FailedPreconditionError) as raised:
        desk.get(CUSTOMER)
    assert raised.value.reason == "DESK_REENTERED"
    assert raised.value.__cause__.reason == "DESK_REENTERED"
    # Another desk may be called, also one on a store in Python that fails.
    other_store = DictStore()
    other = frontdesk.Desk.open(POLICY, other_store)

    def call_other():
        with failing(other_store, "read", raising(KeyError("inner"))), contextlib.suppress(frontdesk.UnavailableError):
            other.get(CUSTOMER)

    store.inside = call_other
    assert desk.get(CUSTOMER).version == 1
    with failing(store, "read", raising(ValueError("outer"))), pytest.raises(frontdesk.UnavailableError) as outer:
        desk.get(CUSTOMER)
    assert str(outer.value.__cause__) == "outer"


def test_a_desk_cannot_be_forked_or_waited_for():
    desk = frontdesk.Desk.open(POLICY, DictStore())
    with pytest.raises(frontdesk.UnimplementedError) as raised:
        desk.fork()
    assert raised.value.reason == "STORE_NOT_CLONEABLE"
    with desk.subscribe() as subscription, pytest.raises(frontdesk.UnimplementedError) as raised:
        assert len(subscription.read()) == 1
        subscription.fileno()
    assert raised.value.reason == "STORE_NOT_WATCHABLE"


def test_logs_move_between_stores(tmp_path):
    store = DictStore()
    desk = frontdesk.Desk.open(POLICY, store)
    done(desk.execute(ask()))
    frontdesk.export_log(store, tmp_path / "shop.log")
    copy = DictStore()
    report = frontdesk.import_log(tmp_path / "shop.log", copy)
    assert report.link == store.now.link == copy.now.link
    assert copy.now.rows == store.now.rows
    with failing(copy, "read", raising(KeyError("x"))), pytest.raises(frontdesk.UnavailableError) as raised:
        frontdesk.export_log(copy, tmp_path / "again.log")
    assert isinstance(raised.value.__cause__, KeyError)


# Cycles of desks and stores, and threads.


def ends(*objects):
    return [weakref.ref(each) for each in objects]


def test_cycles_are_collected():
    store = DictStore()
    desk = frontdesk.Desk.open(POLICY, store)
    other = frontdesk.Desk.open(POLICY, store)
    store.desks = [desk, other]
    store.subscription = desk.subscribe()
    found = ends(store, desk, other, store.subscription)
    del desk, other
    gc.collect()
    # The store is used from outside, and all others through it.
    assert all(each() is not None for each in found)
    done(store.desks[0].execute(ask()))
    assert len(store.subscription.read()) == 2
    del store
    gc.collect()
    assert [each() for each in found] == [None] * 4


def test_a_desk_keeps_its_store():
    desk = frontdesk.Desk.open(POLICY, DictStore())
    subscription = desk.subscribe()
    gc.collect()
    done(desk.execute(ask()))
    desk.close()
    del desk
    gc.collect()
    assert len(subscription.read()) == 2
    store = subscription._reader
    found = ends(subscription)
    del subscription, store
    gc.collect()
    assert found[0]() is None


def test_a_store_goes_with_its_desk():
    store = DictStore()
    found = ends(store)
    desk = frontdesk.Desk.open(POLICY, store)
    del store
    gc.disable()
    try:
        assert found[0]() is not None
        desk.close()
        assert found[0]() is None
    finally:
        gc.enable()


def test_a_store_whose_desk_does_not_open_goes_too():
    store = DictStore()
    found = ends(store)
    with failing(store, "commit", raising(KeyError("x"))), contextlib.suppress(frontdesk.UnavailableError):
        frontdesk.Desk.open(POLICY, store)
    del store
    gc.collect()
    assert found[0]() is None


def test_the_collector_runs_while_desks_come_and_go():
    threshold = gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    try:
        for _ in range(30):
            store = DictStore()
            store.desk = frontdesk.Desk.open(POLICY, store)
            done(store.desk.execute(ask()))
            assert store.desk.get(CUSTOMER).version == 1
    finally:
        gc.set_threshold(*threshold)


def test_a_desk_that_is_closed_while_a_call_runs():
    inside, may_go_on = threading.Event(), threading.Event()

    class Slow(DictStore):
        def commit(self, batches):
            inside.set()
            may_go_on.wait()
            return super().commit(batches)

    may_go_on.set()
    desk = frontdesk.Desk.open(POLICY, Slow())
    inside.clear()
    may_go_on.clear()
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(desk.execute(ask())))
    thread.start()
    inside.wait()
    desk.close()
    gc.collect()
    may_go_on.set()
    thread.join()
    done(outcomes[0])


def test_threads_on_a_store():
    desk = frontdesk.Desk.open(POLICY, DictStore())
    done(desk.execute(ask()))
    errors = []

    def work(thread):
        try:
            for number in range(15):
                verb = v1.OpenCase(
                    case_id=f"k{thread}-{number}", kind=v1.Case.KIND_TROUBLE, subject="lamp", customer_id="c1"
                )
                done(desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOON)))
                desk.open_file("c1", now=NOON)
        except BaseException as error:  # pylint: disable=broad-except
            errors.append(error)

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert desk.journal().count() == 91
    assert not desk.verify_rows().HasField("fault")


def test_a_store_is_asked_from_other_threads():
    """A call waits for one in another thread, which uses the same store."""

    class Waiting(DictStore):
        other = None

        def commit(self, batches):
            if self.other is not None:
                work, self.other = self.other, None
                thread = threading.Thread(target=work)
                thread.start()
                thread.join()
            return super().commit(batches)

    store = Waiting()
    desk = frontdesk.Desk.open(POLICY, store)
    store.other = lambda: done(desk.execute(ask("c2")))
    done(desk.execute(ask()))
    assert desk.journal().count() == 2


def run_program(text):
    return subprocess.run(
        [sys.executable, "-B", "-c", text], capture_output=True, text=True, cwd=ROOT, timeout=600, check=False
    )


def test_a_child_makes_its_own():
    store = DictStore()
    desk = frontdesk.Desk.open(POLICY, store)
    subscription = desk.subscribe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            found = []
            for call in (lambda: desk.get(CUSTOMER), subscription.read):
                try:
                    call()
                except frontdesk.FailedPreconditionError as error:
                    found.append(error.reason)
            own = frontdesk.Desk.open(POLICY, store)
            done(own.execute(ask()))
            status = 0 if found == ["PROCESS_FORKED"] * 2 else 2
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    done(desk.execute(ask()))


SHOP = """
import sys
sys.path[:0] = ["tests/acceptance/retail", "python/tests"]
import retail_desk
import shop_store
from dict_store import DictStore


def keep_original(self):
    self._original = self.rows.now


def copy(self):
    other = shop_store.DeskStore(shop_store.StoreChoice())
    other.rows.now = self._original
    return other


if {in_python}:
    shop_store.DeskStore._opened = lambda self: DictStore()
    shop_store.DeskStore.keep_original = keep_original
    shop_store.DeskStore.copy = copy
sys.exit(retail_desk.main([]))
"""


def test_the_recorded_shop_is_the_same():
    runs = [run_program(SHOP.format(in_python=in_python)) for in_python in (True, False)]
    for run in runs:
        assert (run.returncode, run.stderr) == (0, "")
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stdout.count("sha256") >= 2


# Rows of the core's stores.


def test_rows_of_a_desk_are_read():
    store = frontdesk.MemoryStore()
    desk = frontdesk.Desk.open(POLICY, store)
    before = store.read()
    done(desk.execute(ask()))
    now = store.read()
    assert (before.position, now.position) == (1, 2)
    assert now.link == desk.verify().link != before.link
    rows = [row for table in range(256) for row in now.scan(table, limit=10_000)]
    assert rows and all(isinstance(row, stores.Row) for row in rows)
    assert sorted(row.key for row in now.scan(1)) == [row.key for row in now.scan(1)]


@pytest.mark.parametrize(
    "call, kind",
    [
        (lambda store: store.commit([7]), TypeError),
        (lambda store: store.commit(7), TypeError),
        (lambda store: store.commit([stores.Batch(writes=(7,))]), TypeError),
        (lambda store: store.commit([stores.Batch(writes=(stores.Write((1, b"a"), b"b"),))]), TypeError),
        (lambda store: store.commit([stores.Batch(writes=(stores.Write(KEY, "b"),))]), TypeError),
        (lambda store: store.commit([stores.Batch(writes=(stores.Write(KEY, b"b", 7),))]), TypeError),
        (lambda store: store.commit([stores.Batch(writes=(stores.Write(stores.Key(256, b""), b"b"),))]), ValueError),
        (lambda store: store.commit([stores.Batch(writes=(stores.Write(stores.Key(-1, b""), b"b"),))]), ValueError),
        (lambda store: store.commit([stores.Batch(writes=(stores.Write(stores.Key("1", b""), b"b"),))]), TypeError),
        (lambda store: store.commit([stores.Batch(expectations=(stores.Expectation(KEY, 7),))]), TypeError),
        (lambda store: store.commit([stores.Batch(range_expectations=(stores.RangeExpectation(KEY, ()),))]), TypeError),
        (lambda store: store.commit([stores.Batch(digest="x")]), TypeError),
        (lambda store: store.read().get(1, "a"), TypeError),
        (lambda store: store.read().get("1", b"a"), TypeError),
        (lambda store: store.read().get(256, b"a"), ValueError),
        (lambda store: store.read().scan(1, limit=-1), ValueError),
        (lambda store: store.read().scan(1, "a"), TypeError),
        (lambda store: store.read().scan(1, b"a", 7), TypeError),
    ],
)
def test_arguments_of_other_types(call, kind):
    store = frontdesk.MemoryStore()
    with pytest.raises(kind):
        call(store)
    assert store.read().position == 0


def test_the_constants_are_those_of_the_core():
    store = frontdesk.MemoryStore()

    def put(key_bytes, value_bytes):
        write = stores.Write(stores.Key(1, bytes(key_bytes)), bytes(value_bytes))
        return store.commit([stores.Batch(writes=(write,))])

    assert put(stores.MAX_KEY_BYTES, stores.MAX_VALUE_BYTES)[0].is_committed
    for size in ((stores.MAX_KEY_BYTES + 1, 0), (0, stores.MAX_VALUE_BYTES + 1)):
        with pytest.raises(frontdesk.InvalidArgumentError):
            put(*size)
    assert store.read().link == stores.FIRST_LINK
