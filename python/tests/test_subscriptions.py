"""Following a desk: pages, positions, and a descriptor for select and event loops. Nothing here waits for a time."""

import asyncio
import datetime
import multiprocessing
import os
import select
import selectors
import subprocess
import sys
import threading

import pytest

import frontdesk
from conftest import NOON, done
from frontdesk import v1

ALLOW_ALL = 'name: "allow" rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
POLICY = frontdesk.Policy.from_text(ALLOW_ALL)

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="stores are watched on Linux only")
sqlite = pytest.mark.skipif(not hasattr(frontdesk._core, "open_sqlite"), reason="built without SQLite")


def create(desk, customer_id):
    verb = v1.CreateCustomer(customer_id=customer_id, given_name="Ann")
    return done(desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOON)))


def positions(changes):
    return [change.entry.position for change in changes]


def is_readable(subscription):
    return select.select([subscription], [], [], 0)[0] == [subscription]


def test_pages_and_positions():
    desk = frontdesk.Desk.open(POLICY)
    with desk.subscribe() as subscription:
        assert positions(subscription.read()) == [1]
        assert subscription.read() == []
        for number in range(4):
            create(desk, f"c{number}")
        assert subscription.position == 1
        assert positions(subscription.read(page_size=3)) == [2, 3, 4]
        assert subscription.position == 4
        assert list(desk.subscribe(4).read()) == list(desk.read_log(after=4)) == list(subscription.read())


def test_positions_and_sizes_that_are_not_valid():
    desk = frontdesk.Desk.open(POLICY)
    for position in (-1, 2, (1 << 63) - 1):
        with pytest.raises(frontdesk.InvalidArgumentError) as raised:
            desk.subscribe(position)
        assert raised.value.reason == "SUBSCRIPTION_POSITION_UNKNOWN"
    for position in (1 << 63, -(1 << 64)):
        with pytest.raises(OverflowError):
            desk.subscribe(position)
    for position in ("1", None, 1.0):
        with pytest.raises(TypeError):
            desk.subscribe(position)
        with pytest.raises(TypeError):
            desk.subscribe().read(position)
    with pytest.raises(OverflowError):
        desk.subscribe().read(1 << 40)


def test_a_subscription_is_closed():
    desk = frontdesk.Desk.open(POLICY)
    subscription = desk.subscribe()
    subscription.close()
    subscription.close()
    for call in (subscription.read, subscription.fileno, lambda: subscription.position, subscription.__enter__):
        with pytest.raises(ValueError):
            call()
    with desk.subscribe() as other:
        desk.close()
        assert positions(other.read()) == [1]


@linux
def test_the_descriptor():
    desk = frontdesk.Desk.open(POLICY)
    with desk.subscribe() as subscription:
        assert subscription.fileno() == subscription.fileno()
        assert is_readable(subscription)
        subscription.read()
        assert not is_readable(subscription)
        create(desk, "c1")
        create(desk, "c2")
        assert is_readable(subscription)
        subscription.read(1)
        assert is_readable(subscription)
        subscription.read(1)
        assert not is_readable(subscription)
        number = subscription.fileno()
        os.fstat(number)
    with pytest.raises(OSError):
        os.fstat(number)


@linux
def test_a_thread_waits_without_end():
    store = frontdesk.MemoryStore()
    desk, other = frontdesk.Desk.open(POLICY, store), frontdesk.Desk.open(POLICY, store)
    found = []

    def follow():
        with desk.subscribe() as subscription, selectors.DefaultSelector() as selector:
            selector.register(subscription, selectors.EVENT_READ)
            while len(found) < 101:
                selector.select()
                found.extend(positions(subscription.read(2)))

    thread = threading.Thread(target=follow)
    thread.start()
    for number in range(50):
        create(desk, f"a{number}")
        create(other, f"b{number}")
    thread.join()
    assert found == list(range(1, 102))


@linux
def test_an_event_loop():
    desk = frontdesk.Desk.open(POLICY)
    found = []

    async def follow():
        loop = asyncio.get_running_loop()
        over = asyncio.Event()
        with desk.subscribe() as subscription:

            def on_change():
                found.extend(positions(subscription.read()))
                if len(found) == 11:
                    over.set()

            loop.add_reader(subscription, on_change)
            for number in range(10):
                await loop.run_in_executor(None, create, desk, f"c{number}")
            await over.wait()
            loop.remove_reader(subscription)

    asyncio.run(follow())
    assert found == list(range(1, 12))


def _create_some(path, process):
    with frontdesk.Desk.open(POLICY, path) as desk:
        for number in range(10):
            create(desk, f"{process}-{number}")


@linux
@sqlite
def test_processes_are_followed(tmp_path):
    path = str(tmp_path / "f.db")
    start = multiprocessing.get_context("spawn")
    with frontdesk.Desk.open(POLICY, path) as desk, desk.subscribe() as subscription:
        processes = [start.Process(target=_create_some, args=(path, process)) for process in range(2)]
        for process in processes:
            process.start()
        found = []
        while len(found) < 21:
            select.select([subscription], [], [])
            found += positions(subscription.read())
        assert found == list(range(1, 22))
        for process in processes:
            process.join()
            assert process.exitcode == 0
