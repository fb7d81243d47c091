"""The process ends while daemon threads are inside calls: with its own exit status, and silently."""

import pathlib
import subprocess
import sys
import textwrap

import pytest

import frontdesk
import host_calls

PROGRAM = pathlib.Path(host_calls.__file__)

# Functions of a desk that do not enter the core.
NOT_CALLS = {"close"}


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-B", *arguments], capture_output=True, text=True, cwd=PROGRAM.parent, timeout=600, check=False
    )


def assert_ended(result, status=0):
    assert (result.returncode, result.stderr, result.stdout) == (status, "", "")


def test_every_function_of_a_desk_is_called():
    functions = {name for name in dir(frontdesk.Desk) if not name.startswith("_")}
    assert functions - NOT_CALLS == functions & set(host_calls.CALLS)


NAMES = list(host_calls.CALLS)
GROUPS = [NAMES[begin : begin + 5] for begin in range(0, len(NAMES), 5)]


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: names[0])
def test_exit_within_calls(names):
    for _ in range(2):
        assert_ended(run(str(PROGRAM), "2", *names))


def test_exit_within_all_calls():
    for _ in range(3):
        assert_ended(run(str(PROGRAM), "1", *NAMES))


def test_the_status_is_that_of_the_process():
    program = """
        import sys
        import host_calls
        host_calls.main(2, ["preview", "Program.evaluate, with functions in Python"])
        sys.exit(7)
    """
    for _ in range(3):
        assert_ended(run("-c", textwrap.dedent(program)), 7)


def test_exit_while_a_function_never_returns():
    """A thread that waits inside a function or an id source for ever holds locks of its desk. The end does not wait for it,
    and a call that an object's end makes gets an error."""
    program = """
        import threading
        import frontdesk
        import host_calls
        from frontdesk import v1

        inside = threading.Event()

        class Ids:
            def next_id(self, now):
                inside.set()
                threading.Event().wait()

        desk = host_calls.opened()
        stuck = frontdesk.Desk.open(host_calls.POLICY, ids=Ids())

        class Last:
            def __init__(self):
                self.command = host_calls.ask(host_calls.case(1))
                self.calls = [desk.preview, stuck.execute]

            def __del__(self):
                for call in self.calls:
                    try:
                        call(self.command)
                    except RuntimeError:
                        print("RuntimeError")

        threading.Thread(target=lambda: stuck.execute(host_calls.ask(host_calls.case(1))), daemon=True).start()
        inside.wait()
        host_calls.last = Last()  # The thread keeps the variables of the main module.
    """
    result = run("-c", textwrap.dedent(program))
    assert (result.returncode, result.stderr, result.stdout) == (0, "", "RuntimeError\nRuntimeError\n")


def test_an_object_that_ends_last_may_use_its_desk():
    program = """
        import frontdesk
        import host_calls

        class Last:
            def __init__(self):
                self.desk = host_calls.opened()
                self.command = host_calls.ask(host_calls.case(1))
                self.core = self.desk._core

            def __del__(self):
                print(len(self.core.preview(self.command.SerializeToString(), b"", None, None)) > 0)

        last = Last()
    """
    result = run("-c", textwrap.dedent(program))
    assert (result.returncode, result.stderr, result.stdout) == (0, "", "True\n")


# Objects of the host that give up the interpreter's lock where the core uses them, not in a call: at their end, in a property,
# in an allocation.
OBJECTS = {
    "the result of a function": """
        class Slow(list):
            def __del__(self):
                time.sleep(0.001)

        def make(value: int) -> list[int]:
            return Slow([value])

        program = cel.Environment(variables={"n": int}, functions=[cel.function(make)]).compile("make(n).size()")
        call = lambda: program.evaluate({"n": 1})
    """,
    "the error of a function": """
        class Slow:
            def __del__(self):
                time.sleep(0.001)

        def make(value: int) -> int:
            kept = Slow()
            raise LookupError("nothing")

        program = cel.Environment(variables={"n": int}, functions=[cel.function(make)]).compile("make(n)")

        def call():
            try:
                program.evaluate({"n": 1})
            except frontdesk.Error:
                pass
    """,
    "a property of a message": """
        class Slow:
            message = v1.Money()

            @property
            def DESCRIPTOR(self):
                time.sleep(0.001)
                return self.message.DESCRIPTOR

            def SerializePartialToString(self):
                return b""

        program = cel.Environment(variables={"n": cel.DYN}, types=[v1.Money]).compile("1")
        call = lambda: program.evaluate({"n": [Slow()] * 10})
    """,
    "an optional value": """
        sys.setswitchinterval(1e-5)
        program = cel.Environment(variables={"n": cel.DYN}).compile("1")
        values = [cel.OptionalValue(each) for each in range(1000)]
        call = lambda: program.evaluate({"n": values})
    """,
    "a collection of garbage": """
        class Slow:
            def __init__(self):
                self.own = self
                self.file = open("/dev/null")

            def __del__(self):
                self.file.close()

        program = cel.Environment(variables={"n": cel.DYN}).compile("n")
        values = [[each] for each in range(300)]

        def call():
            Slow()
            program.evaluate({"n": values})
    """,
}


@pytest.mark.parametrize("name", OBJECTS)
def test_exit_within_objects_of_the_host(name):
    head = """
        import sys
        import threading
        import time
        import frontdesk
        from frontdesk import cel, v1
    """
    tail = """
        started = threading.Semaphore(0)

        def work():
            call()
            started.release()
            while True:
                call()

        for _ in range(4):
            threading.Thread(target=work, daemon=True).start()
        for _ in range(4):
            started.acquire()
    """
    program = "".join(map(textwrap.dedent, (head, OBJECTS[name], tail)))
    for _ in range(3):
        assert_ended(run("-c", program))
