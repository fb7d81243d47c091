"""The rows of the area `python` that run inside one interpreter. Prints one JSON object a row; run by run_bench.py.

    python_bench.py PROGRAM [--smoke] [--only PREFIX]

PROGRAM is frontdesk_python_bench, the C++ side of the rows NAME against NAME_cpp. Both sides take turns, and their results are compared.
"""

import argparse
import datetime
import importlib.util
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any, Callable, Dict, Iterator, List, Tuple

import frontdesk
from frontdesk import _core, cel, v1
from google.protobuf import timestamp_pb2

import python_rule_rows

POLICY = pathlib.Path(__file__).resolve().parent / "python_policy.textproto"
NOW = datetime.datetime.fromtimestamp(1_700_000_000, datetime.timezone.utc)
ON_MESSAGE = "order.state == Order.State.STATE_PLACED && order.totals.total.units > 10000"
ON_DICT = "order.state == 'placed' && order.total > 10000 && customer.tier != 'blocked'"
INPUTS = 64

Call = Callable[[int], Any]


def create_customer(customer_id: str, number: int) -> v1.Command:
    verb = v1.CreateCustomer(customer_id=customer_id, given_name="Ann", tier="gold" if number % 3 == 0 else "")
    return frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOW)


def cancel_order(actor: v1.Actor) -> v1.Command:
    return frontdesk.command(v1.CancelOrder(order_id="1001", reason="no longer needed"), actor=actor, now=NOW)


def bare_command(actor: v1.Actor) -> v1.Command:
    """The same command, by the message classes alone."""
    command = v1.Command(actor=actor, now=timestamp_pb2.Timestamp(seconds=int(NOW.timestamp())))
    command.order.cancel_order.CopyFrom(v1.CancelOrder(order_id="1001", reason="no longer needed"))
    return command


def order_input(number: int) -> v1.OrderDecisionInput:
    total = v1.Money(units=9000 + number * 100, currency_code="EUR")
    state = v1.Order.STATE_PLACED if number % 2 == 0 else v1.Order.STATE_SHIPPED
    return v1.OrderDecisionInput(order=v1.Order(order_id="1001", state=state, totals=v1.OrderTotals(total=total)))


def order_dict(number: int) -> Dict[str, Any]:
    """As a host has it: most of it is not read."""
    lines = [{"line_id": str(index), "product": f"product-{index}", "quantity": index, "tags": ["a", "b"]} for index in range(20)]
    return {
        "order": {"id": "1001", "state": "placed" if number % 2 == 0 else "shipped", "total": 9000 + number * 100,
                  "lines": lines, "address": {"lines": ["1 Main St"], "city": "Springfield"}, "placed": NOW},
        "customer": {"id": "c1", "tier": "gold", "name": "Ann", "history": list(range(50))},
    }


def text_of(result: Any) -> str:
    return str(result) if isinstance(result, bool) else frontdesk.canonical_bytes(result).hex()


class Works:
    """The work of each row. `prepare` makes the arguments of a number of calls, which are not measured."""

    def __init__(self) -> None:
        policy = frontdesk.Policy.from_file(POLICY)
        desk = frontdesk.Desk.open(policy)
        desk.execute(create_customer("customer--1", -1))
        self._next = 0
        inputs = [order_input(number) for number in range(INPUTS)]
        dicts = [order_dict(number) for number in range(INPUTS)]
        asked = cancel_order(frontdesk.actor("anna"))
        questions = [v1.DecisionInput(order=each) for each in inputs]
        for question in questions:
            question.order.command.CopyFrom(asked.order)
            question.order.now.CopyFrom(asked.now)
        on_message = cel.Environment(root=v1.OrderDecisionInput, container="frontdesk.v1").compile(ON_MESSAGE)
        on_dict = cel.Environment(variables={"order": cel.DYN, "customer": cel.DYN}, container="frontdesk.v1").compile(ON_DICT)
        entity = frontdesk.entity_ref(frontdesk.EntityKind.CUSTOMER, "customer--1")
        self.calls: Dict[str, Callable[[int], Call]] = {
            "build_command": lambda count: lambda i: cancel_order(frontdesk.actor("anna")),
            "execute": lambda count: self._execute(desk, count),
            "get": lambda count: lambda i: desk.get(entity),
            "evaluate_message": lambda count: lambda i: on_message.evaluate(inputs[i % INPUTS]),
            "evaluate_dict": lambda count: lambda i: on_dict.evaluate(dicts[i % INPUTS]),
            "decide": lambda count: lambda i: policy.decide(questions[i % INPUTS]),
        }
        for name, call in python_rule_rows.rule_calls(inputs).items():
            self.calls[name] = lambda count, call=call: call

    def _execute(self, desk: frontdesk.Desk, count: int) -> Call:
        commands = [create_customer(f"customer-{number}", number) for number in range(self._next, self._next + count)]
        self._next += count
        return lambda i: desk.execute(commands[i])

    def run(self, name: str, count: int) -> Tuple[float, str]:
        """The CPU time of `count` calls in nanoseconds, and the last result."""
        call = self.calls[name](count)
        result: Any = None
        begin = time.thread_time_ns()
        for i in range(count):
            result = call(i)
        spent = time.thread_time_ns() - begin
        return float(spent), text_of(result)


def row(name: str, value: float, unit: str, against: str = "") -> Dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "against": against or None}


def is_asked(only: str, *names: str) -> bool:
    return any(name.startswith(only) for name in names)


def rows_beside_cpp(program: str, smoke: bool, only: str) -> Iterator[Dict[str, Any]]:
    works = Works()
    names = [name for name in works.calls if is_asked(only, name, f"{name}_cpp")]
    if not names:
        return
    rounds, count = (1, 4) if smoke else (15, 400)
    with subprocess.Popen([program, str(POLICY), str(python_rule_rows.SALE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None and other.stdout is not None
        for name in names:
            ours: List[float] = []
            theirs: List[float] = []
            for number in range(rounds + 1):
                spent, result = works.run(name, count)
                print(name, count, file=other.stdin, flush=True)
                answer = other.stdout.readline().split(" ")
                if len(answer) != 2 or answer[1].rstrip("\n") != result:
                    raise SystemExit(f"bench: {name} has other results in C++")
                if number > 0 or smoke:  # The first round is not counted.
                    ours.append(spent / count)
                    theirs.append(float(answer[0]) / count)
            yield row(name, statistics.median(ours), "ns", f"{name}_cpp")
            yield row(f"{name}_cpp", statistics.median(theirs), "ns")
        other.stdin.close()


def median_of_turns(sides: Dict[str, Callable[[], float]], rounds: int) -> Dict[str, float]:
    """The medians of sides that take turns; the first turn of each is not counted."""
    values: Dict[str, List[float]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, run in sides.items():
            value = run()
            if number > 0:
                values[name].append(value)
    return {name: statistics.median(each) for name, each in values.items()}


def rows_of_helper(smoke: bool, only: str) -> Iterator[Dict[str, Any]]:
    if not is_asked(only, "command_helper", "command_bare"):
        return
    actor = frontdesk.actor("anna")
    if cancel_order(actor) != bare_command(actor):
        raise SystemExit("bench: the helper and the bare messages differ")
    count = 4 if smoke else 2000

    def timed(make: Callable[[v1.Actor], v1.Command]) -> float:
        begin = time.thread_time_ns()
        for _ in range(count):
            make(actor)
        return (time.thread_time_ns() - begin) / count

    medians = median_of_turns({"helper": lambda: timed(cancel_order), "bare": lambda: timed(bare_command)}, 1 if smoke else 15)
    yield row("command_helper", medians["helper"], "ns", "command_bare")
    yield row("command_bare", medians["bare"], "ns")


def per_second(count: int, run: Callable[[], None]) -> float:
    begin = time.perf_counter()
    run()
    return count / (time.perf_counter() - begin)


def check_done(verdicts: List[int], count: int) -> None:
    if verdicts != [v1.VERDICT_DONE] * count:
        raise SystemExit("bench: a command was not done")


def rows_of_many(smoke: bool, only: str) -> Iterator[Dict[str, Any]]:
    if not is_asked(only, "execute_all", "execute_loop"):
        return
    count = 8 if smoke else 2000
    policy = frontdesk.Policy.from_file(POLICY)
    commands = [create_customer(f"customer-{number}", number) for number in range(count)]
    journals = set()

    def measure(run: Callable[[frontdesk.Desk], List[int]]) -> float:
        desk = frontdesk.Desk.open(policy)
        verdicts: List[int] = []
        speed = per_second(count, lambda: verdicts.extend(run(desk)))
        check_done(verdicts, count)
        journals.add(b"".join(map(frontdesk.canonical_bytes, desk.journal())))
        return speed

    medians = median_of_turns({
        "all": lambda: measure(lambda desk: [int(result.verdict or 0) for result in desk.execute_all(commands)]),
        "loop": lambda: measure(lambda desk: [desk.execute(command).verdict for command in commands])}, 1 if smoke else 9)
    if len(journals) != 1:
        raise SystemExit("bench: execute_all and a loop leave different journals")
    yield row("execute_all", medians["all"], "commands/s", "execute_loop")
    yield row("execute_loop", medians["loop"], "commands/s")


def rows_of_threads(smoke: bool, only: str) -> Iterator[Dict[str, Any]]:
    if not is_asked(only, "two_threads", "one_thread"):
        return
    count = 8 if smoke else 1500
    policy = frontdesk.Policy.from_file(POLICY)
    commands = [[create_customer(f"customer-{thread}-{number}", number) for number in range(count)] for thread in range(2)]

    def measure(threads: int) -> float:
        desk = frontdesk.Desk.open(policy)
        verdicts: List[int] = []

        def work(each: List[v1.Command]) -> None:
            verdicts.extend([desk.execute(command).verdict for command in each])

        def run() -> None:
            if threads == 1:
                work(commands[0])
                work(commands[1])
                return
            others = [threading.Thread(target=work, args=(each,)) for each in commands]
            for other in others:
                other.start()
            for other in others:
                other.join()

        speed = per_second(2 * count, run)
        check_done(verdicts, 2 * count)
        return speed

    medians = median_of_turns({"two": lambda: measure(2), "one": lambda: measure(1)}, 1 if smoke else 9)
    yield row("two_threads", medians["two"], "commands/s", "one_thread")
    yield row("one_thread", medians["one"], "commands/s")


def rows_of_rules(smoke: bool, only: str) -> Iterator[Dict[str, Any]]:
    for names, make in ((("dict_condition", "dict_function"), python_rule_rows.dict_rows), (("frame_rows", "frame_loop"), python_rule_rows.frame_rows)):
        if is_asked(only, *names):
            for each in make(smoke):
                yield row(*each)


# The row, that of its baseline, the key of python_frames.py, and the unit.
FRAMES = (("frames_100000", "frames_csv", "seconds", "ns"), ("frames_bytes_100000", "frames_csv_bytes", "bytes", "bytes"),
          ("frames_peak_100000", "frames_csv_peak", "peak", "bytes"))


def rows_of_frames(program: str, smoke: bool, only: str) -> Iterator[Dict[str, Any]]:
    wanted = [each for each in FRAMES if is_asked(only, each[0], each[1])]
    if not wanted:
        return
    if importlib.util.find_spec("pandas") is None or not hasattr(_core, "open_sqlite"):
        print("      no row of frames is run: pandas or SQLite is missing", file=sys.stderr)
        return
    script = str(pathlib.Path(__file__).resolve().parent / "python_frames.py")
    # On the disk of the build.
    with tempfile.TemporaryDirectory(dir=pathlib.Path(program).parent) as folder:
        subprocess.run([sys.executable, "-B", script, "make", folder, "300" if smoke else "100000"], check=True)
        values: Dict[str, List[Dict[str, Any]]] = {"desk": [], "csv": []}
        for _ in range(1 if smoke else 5):
            for side, each in values.items():
                run = subprocess.run([sys.executable, "-B", script, side, folder], check=True, stdout=subprocess.PIPE, text=True)
                each.append(json.loads(run.stdout))
    if values["desk"][0]["rows"] != values["csv"][0]["rows"]:
        raise SystemExit("bench: the desk and the CSV files have other rows")
    for name, against, key, unit in wanted:
        scale = 1e9 if unit == "ns" else 1.0
        ours, theirs = (statistics.median(each[key] for each in values[side]) * scale for side in ("desk", "csv"))
        yield row(name, ours, unit, against)
        yield row(against, theirs, unit)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--only", default="", metavar="PREFIX")
    arguments = parser.parse_args()
    smoke, only = arguments.smoke, arguments.only
    for rows in (rows_beside_cpp(arguments.program, smoke, only), rows_of_helper(smoke, only), rows_of_rules(smoke, only), rows_of_many(smoke, only),
                 rows_of_threads(smoke, only), rows_of_frames(arguments.program, smoke, only)):
        for each in rows:
            print(json.dumps(each), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
