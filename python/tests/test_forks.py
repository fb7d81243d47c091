"""The process forks while its threads work: in the child, objects from before give an error, and new ones work."""

import multiprocessing
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import threading

import pytest

import frontdesk
import host_calls
from conftest import reason_of
from frontdesk import cel

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork()")

# For a child that hangs, so that the test ends; no child that works comes near it.
_GIVE_UP_SECONDS = 120


def in_child(work):
    """Forks; the child ends with the status that `work` returns. Returns that status, or minus a signal."""
    child = os.fork()
    if child == 0:
        status = 99
        try:
            signal.alarm(_GIVE_UP_SECONDS)
            status = work()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Workers:
    """Threads that make calls until the end of the scope."""

    def __init__(self, *names):
        self._names = names
        self._ended = False
        self._threads = []

    def __enter__(self):
        began = []
        for name in self._names:
            began.append(threading.Event())
            self._threads.append(threading.Thread(target=self._repeat, args=(host_calls.CALLS[name], began[-1])))
        for thread in self._threads:
            thread.start()
        for event in began:
            event.wait()

    def __exit__(self, *_):
        self._ended = True
        for thread in self._threads:
            thread.join()

    def _repeat(self, call, began):
        try:
            call()
        finally:
            began.set()
        while not self._ended:
            call()


def all_forked():
    """Whether all that has locks, and is from before the fork, says so."""
    for name in ("execute", "preview", "get", "find", "history", "explain", "fork", "policy", "clone", "SequenceIds",
                 "TimeOrderedIds"):
        if reason_of(host_calls.CALLS[name]) != "PROCESS_FORKED":
            return 1
    policy = frontdesk.Policy.from_text(host_calls.ALLOW_ALL)
    if reason_of(lambda: frontdesk.Desk.open(policy, store=host_calls.STORE)) != "PROCESS_FORKED":
        return 2
    desk = frontdesk.Desk.open(policy, ids=host_calls.SEQUENCE)
    if reason_of(lambda: desk.execute(host_calls.ask(host_calls.case(1)))) != "PROCESS_FORKED":
        return 3
    return 0


def new_ones_work():
    """Whether objects that the child makes work."""
    return desk_works(frontdesk.Policy.from_text(host_calls.ALLOW_ALL)) or cel.evaluate("1 + 1") != 2


def desk_works(policy):
    desk = frontdesk.Desk.open(policy, ids=frontdesk.ids.TimeOrderedIds())
    return desk.execute(host_calls.ask(host_calls.case(1))).verdict != frontdesk.Verdict.DONE


def old_ones_work():
    """Whether policies, rule sets and programs of before work too, when no thread was inside the core."""
    if desk_works(host_calls.POLICY) or host_calls.PROGRAM.evaluate({"n": 1}) != [2, 3, 4]:
        return 4
    return host_calls.RULE_SET.decide(host_calls.INPUT.order).outcome != frontdesk.PolicyOutcome.ALLOW


def old_ones_work_or_say_so():
    """The same where threads work: one that stays inside the core for long, on a slow machine, makes a torn fork."""
    try:
        return old_ones_work()
    except frontdesk.FailedPreconditionError as error:
        return error.reason != "PROCESS_FORKED"


@pytest.mark.parametrize(
    "names, waits_for_ids",
    [
        (["preview", "execute", "find", "Program.evaluate"], False),
        # Ids that are made in Python: threads wait for the lock of their desk, whose holder waits for the interpreter's.
        (["execute with functions and ids in Python"] * 4, True),
        (["contact.normalize, a telephone", "Policy.from_text", "RuleSet.decide", "Program.explain"], False),
    ],
)
def test_fork_while_threads_work(names, waits_for_ids):
    with Workers(*names):
        for _ in range(20):
            assert in_child(lambda: all_forked() or new_ones_work() or (not waits_for_ids and old_ones_work_or_say_so())) == 0
    # In the parent nothing has changed.
    assert reason_of(host_calls.CALLS["execute"]) == "OK"


def test_fork_of_one_thread_is_the_same():
    assert in_child(lambda: all_forked() or new_ones_work() or old_ones_work()) == 0


def test_a_child_of_a_child():
    def child():
        desk = frontdesk.Desk.open(host_calls.POLICY)
        return in_child(lambda: reason_of(lambda: desk.get(host_calls.CUSTOMER)) != "PROCESS_FORKED")

    assert in_child(child) == 0


def test_a_function_that_forks():
    """The call that forked goes on in the child, where the desk accepts no further one."""
    children = []

    def fork(note: str) -> bool:
        if not children:
            children.append(os.fork())
        return True

    policy = frontdesk.Policy.from_text(
        'rule_sets { id: "a" decision_points: "OpenCase" rules { id: "r" order: 1 outcome: POLICY_OUTCOME_ALLOW '
        'condition: "fork(note)" } }',
        functions=[cel.function(fork)],
    )
    desk = frontdesk.Desk.open(policy)
    outcome = desk.preview(host_calls.ask(host_calls.case(1)))
    if children[0] == 0:
        good = outcome.verdict == frontdesk.Verdict.DONE
        os._exit(not good or reason_of(lambda: desk.journal().__next__()) != "PROCESS_FORKED")
    assert os.waitstatus_to_exitcode(os.waitpid(children[0], 0)[1]) == 0
    assert outcome.verdict == frontdesk.Verdict.DONE


def test_multiprocessing():
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    with Workers("preview", "preview"):
        child = context.Process(target=lambda: results.put(reason_of(host_calls.CALLS["preview"])))
        child.start()
        child.join()
    assert (child.exitcode, results.get()) == (0, "PROCESS_FORKED")


def test_fork_that_waits_in_vain():
    """A thread is inside a long evaluation. The fork does not wait for its end, and in the child a program from before is
    not to be used: a lock inside it might be held for ever."""
    program = """
        import os, threading
        import host_calls, test_forks
        from frontdesk import cel

        limits = cel.Limits(max_cost=10**18, max_comprehension_iterations=10**18)
        started = threading.Event()

        def start() -> bool:
            started.set()
            return True

        environment = cel.Environment(variables={"n": int}, functions=[cel.function(start)], limits=limits)
        numbers = str(list(range(1000)))
        long = environment.compile(
            f"start() && {numbers}.all(a, {numbers}.all(b, {numbers}.all(c, {numbers}.all(d, a + b + c + d >= n))))"
        )
        short = environment.compile("n + 1")
        threading.Thread(target=lambda: long.evaluate({"n": 0}), daemon=True).start()
        started.wait()

        def child():
            for call in (
                lambda: short.evaluate({"n": 0}),
                lambda: short.explain({"n": 0}),
                lambda: environment.compile("n"),
                lambda: environment.check("n"),
                host_calls.CALLS["RuleSet.decide"],
                host_calls.CALLS["Policy.decide"],
                host_calls.CALLS["decide"],
                host_calls.CALLS["open"],
                host_calls.CALLS["preview"],
            ):
                if test_forks.reason_of(call) != "PROCESS_FORKED":
                    return 1
            return cel.evaluate("1 + 1") != 2

        # The thread may still be on its way back from start(): such a fork waits for nothing.
        for _ in range(100):
            status = test_forks.in_child(child)
            if status != 1:
                break
        print(status)
    """
    result = subprocess.run(
        [sys.executable, "-B", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        cwd=pathlib.Path(__file__).parent,
        timeout=600,
        check=False,
    )
    assert (result.returncode, result.stderr, result.stdout) == (0, "", "0\n")
