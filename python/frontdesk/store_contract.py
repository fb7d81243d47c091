"""The contract of stores, as tests: a store is one when all of them pass.

Derive from :class:`StoreContract` in a test module of yours. pytest finds its tests, and so does unittest with ``unittest.TestCase`` as
a second base::

    class TestMyStore(frontdesk.store_contract.StoreContract):
        def make_store(self):
            return MyStore()

:func:`failures` runs them without a test runner.

>>> import frontdesk
>>> from frontdesk import store_contract
>>> class Forgetful(frontdesk.MemoryStore):
...     def commit(self, batches):
...         return super().commit([frontdesk.stores.Batch(writes=batch.writes[1:]) for batch in batches])
>>> sorted(store_contract.failures(Forgetful, only=["test_an_empty_store_holds_nothing", "test_prefixes_are_ranges"]))
['test_prefixes_are_ranges']

The parts are those of the suite for C++ in ``tests/store``, without clones and watches, which stores in Python do not have.
"""

from __future__ import annotations

import random
import threading
import unittest
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple

from frontdesk import _host_store
from frontdesk._store_rows import (
    FIRST_LINK,
    LINK_BYTES,
    MAX_KEY_BYTES,
    MAX_VALUE_BYTES,
    Batch,
    CommitResult,
    Expectation,
    Key,
    Range,
    RangeExpectation,
    Write,
    WritePosition,
    encode_position,
    next_link,
    range_of,
)
from frontdesk.errors import InvalidArgumentError
from frontdesk.stores import Store

__all__ = ["StoreContract", "failures"]

# The table of the rows that have the positions of batches.
_LOG = 9


class _Reader:
    """A snapshot, whose results are checked as the core checks them."""

    def __init__(self, store: Store) -> None:
        self._snapshot, self.position, self.link = _host_store.read(store)

    def get(self, table: int, key: bytes) -> Optional[bytes]:
        return _host_store.get(self._snapshot, table, key)

    def scan(self, range: Range, limit: int = 10_000, descending: bool = False) -> List[Tuple[bytes, bytes]]:
        return _host_store.scan(self._snapshot, range.table, range.begin, range.end, limit, descending)


def _put(table: int, key: bytes, value: bytes, position: WritePosition = WritePosition.NOWHERE) -> Write:
    return Write(Key(table, key), value, position)


def _remove(table: int, key: bytes) -> Write:
    return Write(Key(table, key), None)


def _batch(
    *writes: Write, expectations: Sequence[Expectation] = (), range_expectations: Sequence[RangeExpectation] = ()
) -> Batch:
    """With a row that has the position of the batch."""
    log = _put(_LOG, b"", b"log", WritePosition.BEHIND_KEY)
    return Batch(tuple(expectations), tuple(range_expectations), (*writes, log))


def _commit_all(store: Store, *batches: Batch) -> List[CommitResult]:
    results = store.commit(list(batches))
    return [CommitResult(*each) for each in _host_store.dump_results(store, results, len(batches))]


def _commit(store: Store, batch: Batch) -> CommitResult:
    return _commit_all(store, batch)[0]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}... ({len(text)} characters)"


def _equal(found: object, expected: object, subject: str) -> None:
    if found != expected:
        raise AssertionError(f"{subject}: expected {_shown(expected)}, found {_shown(found)}")


def _refused(store: Store, *batches: Batch) -> None:
    try:
        results = store.commit(list(batches))
    except InvalidArgumentError:
        return
    raise AssertionError(f"InvalidArgumentError was expected, found {_shown(results)}")


def _uneven(size: int) -> bytes:
    """Bytes that differ from place to place, so that a piece that is missing or moved shows."""
    return random.Random(size).randbytes(size)


def _together(*works: Callable[[], None]) -> None:
    """Runs each in a thread of its own; raises the first error."""
    errors: List[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # pylint: disable=broad-except
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


class StoreContract:
    """The tests. Each makes a store of its own."""

    def make_store(self) -> Store:
        """A new, empty store."""
        raise NotImplementedError

    def reopen(self, store: Store) -> Optional[Store]:
        """A store on the same contents as `store`, which nobody uses any more. None: the store does not outlive its process, and there is
        nothing to test."""
        return None

    def test_an_empty_store_holds_nothing(self) -> None:
        """No rows, position 0, the first link."""
        now = _Reader(self.make_store())
        _equal((now.position, now.link), (0, FIRST_LINK), "the position and the link")
        _equal(now.get(1, b"a"), None, "a row")
        _equal(now.scan(Range(1)), [], "the rows")

    def test_rows_are_written_changed_and_removed(self) -> None:
        """Each commit shows in the snapshots behind it."""
        store = self.make_store()
        first = _commit(store, _batch(_put(1, b"a", b"x"), _put(2, b"a", b"y"), _put(1, b"b", b"")))
        _equal(first, CommitResult(True, 1), "the first result")
        now = _Reader(store)
        _equal([now.get(1, b"a"), now.get(2, b"a"), now.get(1, b"b")], [b"x", b"y", b""], "rows")
        second = _commit(store, _batch(_put(1, b"a", b"z"), _remove(1, b"b"), _remove(1, b"c")))
        _equal(second, CommitResult(True, 2), "the second result")
        now = _Reader(store)
        _equal([now.get(1, b"a"), now.get(1, b"b"), now.position], [b"z", None, 2], "rows and the position")
        # The last write of a row counts.
        _commit(store, _batch(_put(1, b"d", b"1"), _remove(1, b"d"), _put(1, b"d", b"2")))
        _equal(_Reader(store).get(1, b"d"), b"2", "a row that was written twice")

    def test_keys_are_ordered_byte_by_byte(self) -> None:
        """From either end, with limits, each table for itself."""
        store = self.make_store()
        keys = [b"", b"\0", b"a", b"ab", b"\xc3\xa9", b"\xff"]
        writes = [_put(1, key, str(place).encode()) for place, key in enumerate(keys)]
        _commit(store, _batch(*reversed(writes), _put(0, b"a", b"other"), _put(255, b"a", b"other")))
        now = _Reader(store)
        _equal([key for key, _ in now.scan(Range(1))], keys, "all keys")
        _equal([key for key, _ in now.scan(Range(1), descending=True)], keys[::-1], "all keys, descending")
        for range, limit, descending, expected in (
            (Range(1, b"a", b"\xc3\xa9"), 10, False, [b"a", b"ab"]),
            (Range(1, b"a", b"\xc3\xa9"), 10, True, [b"ab", b"a"]),
            (Range(1, b"a"), 2, False, [b"a", b"ab"]),
            (Range(1), 2, True, [b"\xff", b"\xc3\xa9"]),
            (Range(1), 0, False, []),
            (Range(1, b"b", b"a"), 10, False, []),
            (Range(255), 10, False, [b"a"]),
        ):
            _equal([key for key, _ in now.scan(range, limit, descending)], expected, f"{range}, at most {limit}")

    def test_keys_have_any_bytes(self) -> None:
        """Every byte, zeros at the end, and keys that begin alike."""
        store = self.make_store()
        # Each byte alone and before another one, a zero above all.
        keys = {b""}
        for one in (bytes([each]) for each in range(256)):
            keys |= {one, one + b"\0", one + b"\0\0" + one, one + b"\xff"}
        ordered = sorted(keys)
        _commit(store, _batch(*(_put(1, key, str(place).encode()) for place, key in enumerate(reversed(ordered)))))
        now = _Reader(store)
        _equal([key for key, _ in now.scan(Range(1))], ordered, "all keys")
        _equal(len(now.scan(Range(1, b"\0", b"\0\0"))), 1, "the rows from a zero to two")
        _equal(len(now.scan(range_of(1, b"\0"))), 4, "the keys that begin with a zero")

    def test_prefixes_are_ranges(self) -> None:
        """`range_of` finds the keys that begin with a prefix."""
        store = self.make_store()
        keys = [b"a", b"a\xff", b"a\xff\xff", b"b", b"\xff", b"\xff\xff"]
        _commit(store, _batch(*(_put(1, key, b"") for key in keys)))
        now = _Reader(store)
        for prefix, expected in ((b"a", keys[:3]), (b"a\xff", keys[1:3]), (b"\xff", keys[4:]), (b"", keys)):
            _equal([key for key, _ in now.scan(range_of(1, prefix))], expected, f"the keys with {prefix!r}")

    def test_ranges_have_edges(self) -> None:
        """The begin is in a range and the end is not; a range may be empty."""
        store = self.make_store()
        _commit(
            store,
            _batch(
                *(_put(table, key, b"x") for table, key in ((0, b"x"), (1, b""), (1, b"a"), (1, b"b"), (255, b""), (255, b"\xff")))
            ),
        )
        now = _Reader(store)
        for range, limit, descending, expected in (
            (Range(1, b"", b""), 10, False, []),
            (Range(1, b"a", b"a"), 10, False, []),
            (Range(1, b"a", b"a\0"), 10, False, [b"a"]),
            (Range(1, b"aa"), 10, False, [b"b"]),
            (Range(1, b"c"), 10, False, []),
            (Range(1, b"", b"b"), 1, True, [b"a"]),
            (Range(255), 10, True, [b"\xff", b""]),
            (Range(2), 10, False, []),
        ):
            _equal([key for key, _ in now.scan(range, limit, descending)], expected, f"{range}, at most {limit}")

    def test_values_of_all_sizes_come_back(self) -> None:
        """From none to a mebibyte: read, expected and replaced."""
        store = self.make_store()
        sizes = [0, 1, 500, 1_000, 4_000, 4_096, 4_097, 70_000, 1 << 20]
        _commit(store, _batch(*(_put(1, str(size).encode(), _uneven(size)) for size in sizes)))
        before = _Reader(store)
        for size in sizes:
            key = str(size).encode()
            _equal(before.get(1, key), _uneven(size), f"a value of {size} bytes")
            # It is expected, and gets another size.
            changed = _batch(
                _put(1, key, _uneven(size // 2 + 3)), expectations=[Expectation(Key(1, key), _uneven(size))]
            )
            _equal(_commit(store, changed).is_committed, True, f"whether a value of {size} bytes is found equal")
            _equal(_Reader(store).get(1, key), _uneven(size // 2 + 3), "the value that replaced it")
            _equal(before.get(1, key), _uneven(size), "the value in the snapshot of before")

    def test_the_largest_row_is_kept(self) -> None:
        """Of 4,096 bytes and of 64 MiB, with the position in them."""
        store = self.make_store()
        key, value = b"\xff" * (MAX_KEY_BYTES - 8), _uneven(1 << 16) * (MAX_VALUE_BYTES >> 16)
        value = value[:-8]
        _commit(store, _batch(_put(1, key, value, WritePosition.BEHIND_KEY), _put(2, key, value, WritePosition.BEHIND_VALUE)))
        now = _Reader(store)
        _equal(now.get(1, key + encode_position(1)) == value, True, "whether the longest key is found")
        _equal(now.get(2, key) == value + encode_position(1), True, "whether the longest value is kept")

    def test_rows_that_are_too_long_are_refused(self) -> None:
        """`InvalidArgumentError`, and no batch of the call is committed."""
        store = self.make_store()
        _commit(store, _batch(_put(1, b"k" * MAX_KEY_BYTES, b"")))
        for batch in (
            _batch(_put(1, b"k" * (MAX_KEY_BYTES + 1), b"")),
            _batch(_put(1, b"k" * (MAX_KEY_BYTES - 7), b"", WritePosition.BEHIND_KEY)),
            _batch(_put(1, b"k", bytes(MAX_VALUE_BYTES + 1))),
            _batch(Write(Key(1, b"k"), None, WritePosition.BEHIND_VALUE)),
            _batch(range_expectations=[RangeExpectation(Range(1, b"b", b"a"), ())]),
        ):
            _refused(store, _batch(_put(1, b"good", b"1")), batch)
            now = _Reader(store)
            _equal([now.get(1, b"good"), now.position], [None, 1], "a row of the batch before, and the position")

    def test_a_batch_is_committed_on_the_values_it_expects(self) -> None:
        """Else it changes nothing, and its result names the expectation."""
        store = self.make_store()
        _commit(store, _batch(_put(1, b"a", b"x")))

        def commit(key: Key, value: Optional[bytes]) -> CommitResult:
            return _commit(
                store,
                _batch(
                    _put(1, b"written", b"w"),
                    _put(1, b"a", b"changed"),
                    expectations=[Expectation(Key(1, b"a"), b"x"), Expectation(key, value)],
                ),
            )

        for key, value in (
            (Key(1, b"a"), b"y"),
            (Key(1, b"a"), b""),
            (Key(1, b"a"), None),
            (Key(1, b"b"), b""),
            (Key(2, b"a"), b"x"),
        ):
            _equal(commit(key, value), CommitResult(False, 0, 1), f"the result on {key} with {value!r}")
            now = _Reader(store)
            _equal([now.get(1, b"written"), now.get(1, b"a"), now.position], [None, b"x", 1], "rows and the position")
        _equal(commit(Key(2, b"a"), None), CommitResult(True, 2), "the result on values that hold")
        _equal(_Reader(store).get(1, b"a"), b"changed", "the row")

    def test_a_batch_is_committed_on_the_keys_of_a_range(self) -> None:
        """The same for the keys of a range."""
        store = self.make_store()
        _commit(store, _batch(_put(1, b"a1", b""), _put(1, b"a2", b""), _put(1, b"b", b"")))

        def commit(*keys: bytes) -> CommitResult:
            return _commit(
                store,
                _batch(
                    _put(2, b"w", b"w"),
                    expectations=[Expectation(Key(1, b"b"), b"")],
                    range_expectations=[RangeExpectation(range_of(1, b"a"), keys)],
                ),
            )

        for keys in ((), (b"a1",), (b"a2",), (b"a1", b"a3"), (b"a1", b"a2", b"b"), (b"a2", b"a1")):
            _equal(commit(*keys), CommitResult(False, 0, 1), f"the result on {keys}")
        _equal(commit(b"a1", b"a2").is_committed, True, "whether the keys that are there are found")

    def test_ranges_are_expected_as_the_batches_before_leave_them(self) -> None:
        """Batches of one call see those before them."""
        store = self.make_store()
        _commit(store, _batch(*(_put(table, key, b"") for table, key in ((1, b"a"), (1, b"b"), (0, b"a"), (2, b"a")))))

        def expect(range: Range, *keys: bytes) -> Batch:
            return Batch(range_expectations=(RangeExpectation(range, keys),))

        results = _commit_all(
            store,
            expect(Range(1), b"a", b"b"),
            _batch(_remove(1, b"a"), _put(1, b"c", b"")),
            expect(Range(1), b"a", b"b"),
            expect(Range(1), b"b", b"c"),
            expect(Range(1), b"b"),
            expect(Range(1, b"b", b"c"), b"b"),
            expect(Range(1, b"d")),
            expect(Range(1, b"c")),
            expect(Range(1, b"b", b"b")),
        )
        committed = [result.is_committed for result in results]
        _equal(committed, [True, True, False, True, False, True, True, False, True], "the batches that are committed")
        wrong, right = RangeExpectation(Range(1), (b"wrong",)), Expectation(Key(1, b"b"), b"")
        both = _commit(store, _batch(expectations=[right], range_expectations=[wrong, wrong]))
        _equal(both, CommitResult(False, 0, 1), "the result when a range does not hold")
        last = _commit(store, _batch(expectations=[right], range_expectations=[RangeExpectation(Range(1, b"d"), ()), wrong]))
        _equal(last, CommitResult(False, 0, 2), "the result when the second range does not hold")

    def test_batches_are_committed_one_after_another(self) -> None:
        """One that fails does not stop the others, and gets no position."""
        store = self.make_store()
        missing, one = Expectation(Key(1, b"a"), None), Expectation(Key(1, b"a"), b"1")
        results = _commit_all(
            store,
            _batch(_put(1, b"a", b"1"), expectations=[missing]),
            _batch(_put(1, b"a", b"2"), expectations=[missing]),  # Does not hold any more.
            _batch(_put(1, b"b", b"3"), expectations=[one]),
        )
        expected = [CommitResult(True, 1), CommitResult(False), CommitResult(True, 2)]
        _equal(results, expected, "the results")
        now = _Reader(store)
        _equal([now.get(1, b"a"), now.get(1, b"b"), now.position], [b"1", b"3", 2], "rows and the position")

    def test_nothing_is_committed_without_batches(self) -> None:
        """A call without batches, and a batch without changes."""
        store = self.make_store()
        _equal(_commit_all(store), [], "the results")
        _equal(_commit(store, Batch()), CommitResult(True), "the result of an empty batch")
        _equal(_Reader(store).position, 0, "the position")

    def test_the_position_goes_where_it_is_wanted(self) -> None:
        """Behind a key or a value; a batch without one has none."""
        store = self.make_store()
        _commit(store, _batch())
        log = _put(1, b"log/", b"entry", WritePosition.BEHIND_KEY)
        pointer = _put(2, b"id", b"at ", WritePosition.BEHIND_VALUE)
        _equal(_commit(store, _batch(log, pointer)).position, 2, "the position")
        now = _Reader(store)
        _equal(now.get(1, b"log/" + encode_position(2)), b"entry", "the row with the position behind its key")
        _equal(now.get(2, b"id"), b"at " + encode_position(2), "the row with the position behind its value")
        # One that writes no position has none.
        _equal(_commit(store, Batch(writes=(_put(1, b"a", b"b"),))), CommitResult(True), "the result without a position")
        now = _Reader(store)
        _equal([now.position, now.get(1, b"a")], [2, b"b"], "the position and the row")

    def test_digests_make_a_chain(self) -> None:
        """Each link covers the one before it, in the order of the commits."""
        store = self.make_store()

        def logged(digest: bytes, *expectations: Expectation) -> Batch:
            write = _put(_LOG, b"log", b"entry", WritePosition.BEHIND_KEY_LINK_BEHIND_VALUE)
            return Batch(expectations, (), (write,), digest)

        before = _Reader(store)
        results = _commit_all(
            store,
            logged(b"a" * LINK_BYTES),
            logged(b"x" * LINK_BYTES, Expectation(Key(1, b"a"), b"no")),
            _batch(_put(1, b"b", b"1")),
            logged(b"b" * LINK_BYTES),
        )
        _equal([each.is_committed for each in results], [True, False, True, True], "the batches that are committed")
        first = next_link(FIRST_LINK, b"a" * LINK_BYTES)
        second = next_link(first, b"b" * LINK_BYTES)
        now = _Reader(store)
        _equal(now.link.hex(), second.hex(), "the link")
        _equal(now.get(_LOG, b"log" + encode_position(1)), b"entry" + first, "the row with the first link")
        _equal(now.get(_LOG, b"log" + encode_position(3)), b"entry" + second, "the row with the second link")
        _equal(before.link, FIRST_LINK, "the link in the snapshot of before")

    def test_a_link_needs_a_digest(self) -> None:
        """A link without a digest, or with a short one, is refused."""
        store = self.make_store()
        position = WritePosition.BEHIND_KEY_LINK_BEHIND_VALUE
        for batch in (
            Batch(writes=(_put(_LOG, b"", b"entry", position),)),
            Batch(writes=(_put(1, b"a", b"b"),), digest=b"short"),
            Batch(writes=(Write(Key(_LOG, b""), None, position),), digest=b"a" * LINK_BYTES),
        ):
            _refused(store, batch)
        _equal(_Reader(store).position, 0, "the position")

    def test_a_snapshot_stays_as_it_is(self) -> None:
        """While many others commit."""
        store = self.make_store()
        _commit(store, _batch(_put(1, b"a", b"1"), _put(1, b"b", b"1")))
        before = _Reader(store)
        for number in range(100):
            _commit(store, _batch(_put(1, b"c%d" % number, b"2"), _put(1, b"a", b"2")))
        _commit(store, _batch(_remove(1, b"b")))
        _equal(before.get(1, b"a"), b"1", "a row that changed")
        _equal(before.scan(Range(1)), [(b"a", b"1"), (b"b", b"1")], "the rows of before")
        _equal(before._snapshot.position, 1, "the position of before")
        _equal(_Reader(store).get(1, b"a"), b"2", "the row of now")

    def test_a_store_that_is_opened_again_goes_on(self) -> None:
        """With its rows, position and link. Skipped when `reopen` returns None."""
        store = self.make_store()
        _commit(store, _batch(_put(1, b"a", b"1"), _put(1, b"b", _uneven(100_000))))
        digested = Batch(writes=_batch(_put(1, b"a", b"2")).writes, digest=b"d" * LINK_BYTES)
        _commit(store, digested)
        for number in range(3):
            again = self.reopen(store)
            if again is None:
                raise unittest.SkipTest("this store ends with its process")
            store = again
            now = _Reader(store)
            _equal((now.position, now.link), (2 + number, next_link(FIRST_LINK, b"d" * LINK_BYTES)), "position and link")
            _equal([now.get(1, b"a"), now.get(1, b"b")], [b"2", _uneven(100_000)], "rows")
            batch = _batch(_put(2, b"%d" % number, b""), expectations=[Expectation(Key(1, b"a"), b"2")])
            _equal(_commit(store, batch).position, 3 + number, "the position")

    def test_threads_see_whole_batches(self) -> None:
        """Writers count in one row, and readers look at two rows that are always equal."""
        store = self.make_store()
        writers, rounds = 3, 40
        _commit(store, _batch(_put(1, b"a", b"0"), _put(1, b"z", b"0")))
        left = [writers]

        def write() -> None:
            try:
                done = 0
                while done < rounds:
                    before = _Reader(store).get(1, b"a")
                    after = b"%d" % (int(before or b"") + 1)
                    batch = _batch(
                        _put(1, b"a", after),
                        _put(1, b"m" + after, b"x"),
                        _put(1, b"z", after),
                        expectations=[Expectation(Key(1, b"a"), before)],
                    )
                    done += _commit(store, batch).is_committed
            finally:
                left[0] -= 1

        def read() -> None:
            last = 0
            while left[0] > 0:
                now = _Reader(store)
                count = now.get(1, b"a")
                _equal(now.get(1, b"z"), count, "a row that is written with another one")
                _equal(len(now.scan(range_of(1, b"m"))), int(count or b""), "the rows of the same batches")
                _equal(now.position >= last, True, "whether the position has not gone back")
                last = now.position

        _together(*[write] * writers, read)
        now = _Reader(store)
        _equal([now.get(1, b"a"), now.position], [b"%d" % (writers * rounds), writers * rounds + 1], "the count and the position")

    def test_threads_get_every_position_once(self) -> None:
        """Many calls at once, each of several batches: one of each call fails, and the others get their positions."""
        store = self.make_store()
        threads, rounds = 6, 15
        positions: List[int] = []

        def work(thread: int) -> None:
            for number in range(rounds):
                key = b"%d-%d" % (thread, number)
                failing = _batch(_put(2, key, b"never"), expectations=[Expectation(Key(1, key), None)])
                first, second, third = _commit_all(
                    store, _batch(_put(1, key, b"first")), failing, _batch(_put(3, key, b"last"))
                )
                _equal(second.is_committed, False, "whether the batch is committed that must not be")
                _equal(third.position > first.position > 0, True, "whether the positions are in order")
                positions.extend((first.position, third.position))
                # A commit that has returned is in every snapshot that is made later.
                now = _Reader(store)
                _equal(now.position >= third.position, True, "whether a snapshot has the commits of before")
                _equal([now.get(3, key), now.get(2, key)], [b"last", None], "rows")

        _together(*[lambda thread=thread: work(thread) for thread in range(threads)])
        _equal(sorted(positions), list(range(1, 2 * threads * rounds + 1)), "all positions")
        _equal(len(_Reader(store).scan(Range(_LOG))), len(positions), "the rows with positions")

    def test_one_snapshot_is_read_by_many_threads(self) -> None:
        """While others write."""
        store = self.make_store()
        _commit(store, _batch(*(_put(1, b"%d" % (1_000 + number), b"%d" % number) for number in range(300))))
        now = _Reader(store)
        everything = now.scan(Range(1))

        def work(thread: int) -> None:
            for number in range(15):
                _equal(now.scan(Range(1)), everything, "the rows")
                place = number * 4 + thread
                _equal(now.get(1, b"%d" % (1_000 + place)), b"%d" % place, "a row")
                # Others write meanwhile.
                if number % 5 == thread:
                    _commit(store, _batch(_put(1, b"%d" % number, b"new")))

        _together(*[lambda thread=thread: work(thread) for thread in range(4)])
        _equal(now.scan(Range(1)), everything, "the rows")

    def test_it_does_as_a_dict_does(self) -> None:
        """Random batches and snapshots, compared with a dict. The seed is in the error."""
        seed = random.SystemRandom().getrandbits(64)
        try:
            _Model(self.make_store(), random.Random(seed)).run()
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from None


class _Model:
    """A store beside the obvious one: a dict, and a sort for each scan."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        self.store = store
        self.chance = chance
        self.rows: Dict[Key, bytes] = {}
        self.position = 0
        self.link = FIRST_LINK

    def run(self) -> None:
        kept: List[Tuple[_Reader, Dict[Key, bytes], int, bytes]] = []
        for number in range(120):
            # Grows, then shrinks.
            self.step(spread=2_000 if number % 60 < 30 else 30, removes=0.25 if number % 60 < 30 else 0.9)
            now = (_Reader(self.store), dict(self.rows), self.position, self.link)
            if self.chance.random() < 0.2:
                kept = [*kept, now][-4:]
            for each in (*kept, now):
                self.compare(*each)

    def key(self, spread: int) -> Key:
        data = b"%d" % self.chance.randrange(spread)
        # Some are the beginnings of others, and some begin alike for long.
        data += self.chance.choice((b"", b"", b"", b"\xff", b"\0", b"\0\0\0"))
        return Key(self.chance.randrange(3), self.chance.choice((b"", b"", b"k" * 60)) + data)

    def step(self, spread: int, removes: float) -> None:
        batches: List[Batch] = []
        expected: List[CommitResult] = []
        for _ in range(self.chance.randrange(1, 4)):
            batch = self.batch(spread, removes)
            batches.append(batch)
            expected.append(self.apply(batch))
        _equal(_commit_all(self.store, *batches), expected, "the results")

    def batch(self, spread: int, removes: float) -> Batch:
        expectations = []
        for _ in range(self.chance.randrange(3)):
            key = self.key(spread)
            value = self.rows.get(key)
            if self.chance.random() < 0.1:  # Does not hold.
                value = b"" if value is None else None
            expectations.append(Expectation(key, value))
        ranges = []
        if self.chance.random() < 0.3:
            table, begin, end = self.range(spread)
            if end is None or begin <= end:
                keys = [key.data for key in self.between(Range(table, begin, end))]
                if keys and self.chance.random() < 0.2:  # Does not hold.
                    keys.pop()
                ranges.append(RangeExpectation(Range(table, begin, end), keys))
        writes = []
        for _ in range(self.chance.randrange(40)):
            key = self.key(spread)
            if self.chance.random() < removes:
                writes.append(Write(key, None))
            else:
                position = WritePosition.BEHIND_VALUE if self.chance.random() < 0.1 else WritePosition.NOWHERE
                writes.append(Write(key, self.chance.randbytes(self.chance.randrange(20)), position))
        digest = b""
        if self.chance.random() < 0.5:
            digest = self.chance.randbytes(LINK_BYTES)
            writes.append(_put(_LOG, b"", b"log", WritePosition.BEHIND_KEY_LINK_BEHIND_VALUE))
        return Batch(expectations, ranges, writes, digest)

    def apply(self, batch: Batch) -> CommitResult:
        held = [self.rows.get(each.key) == each.value for each in batch.expectations]
        held += [[key.data for key in self.between(each.range)] == list(each.keys) for each in batch.range_expectations]
        if not all(held):
            return CommitResult(False, 0, held.index(False))
        if batch.has_position:
            self.position += 1
        if batch.digest:
            self.link = next_link(self.link, batch.digest)
        for write in batch.writes:
            key, value = write.resolve(self.position, self.link)
            if value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = value
        return CommitResult(True, self.position if batch.has_position else 0)

    def range(self, spread: int) -> Range:
        table, begin = self.key(spread)
        end = self.key(spread).data if self.chance.random() < 0.5 else None
        return Range(table, b"" if self.chance.random() < 0.25 else begin, end)

    def between(self, range: Range, rows: Optional[Dict[Key, bytes]] = None) -> List[Key]:
        keys = self.rows if rows is None else rows
        return sorted(
            key
            for key in keys
            if key.table == range.table and key.data >= range.begin and (range.end is None or key.data < range.end)
        )

    def compare(self, now: _Reader, rows: Dict[Key, bytes], position: int, link: bytes) -> None:
        _equal((now._snapshot.position, now._snapshot.link), (position, link), "the position and the link")
        range = self.range(2_000)
        limit, descending = self.chance.choice((1, 7, 10_000)), self.chance.random() < 0.5
        expected = [(key.data, rows[key]) for key in self.between(range, rows)]
        if descending:
            expected.reverse()
        _equal(now.scan(range, limit, descending), expected[:limit], f"{range}, at most {limit}, descending: {descending}")
        for key in [self.key(2_000) for _ in [None] * 3] + self.chance.sample(sorted(rows), min(3, len(rows))):
            _equal(now.get(*key), rows.get(key), f"the row at {key}")


class _Run(StoreContract):
    def __init__(self, make_store: Callable[[], Store], reopen: Optional[Callable[[Any], Store]]) -> None:
        self._make_store = make_store
        self._reopen = reopen

    def make_store(self) -> Store:
        return self._make_store()

    def reopen(self, store: Store) -> Optional[Store]:
        return None if self._reopen is None else self._reopen(store)


def failures(
    make_store: Callable[[], Store],
    *,
    reopen: Optional[Callable[[Any], Store]] = None,
    only: Optional[Iterable[str]] = None,
) -> Dict[str, Exception]:
    """Runs the tests, and returns the errors of those that fail, by name: none for a store.

    Args:
        make_store: as :meth:`StoreContract.make_store`.
        reopen: as :meth:`StoreContract.reopen`; None: the store ends with its process.
        only: the names of the tests to run; None: all.
    """
    run = _Run(make_store, reopen)
    names = [name for name in dir(StoreContract) if name.startswith("test_")] if only is None else list(only)
    failed: Dict[str, Exception] = {}
    for name in names:
        try:
            getattr(run, name)()
        except unittest.SkipTest:
            continue
        except Exception as error:  # pylint: disable=broad-except
            failed[name] = error
    return failed
