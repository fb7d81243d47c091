"""Feeds Python values that no honest program makes to the language: as variables, constants, results of functions.

    python value_fuzzer.py [--runs N] [--seconds N] [--seed N]

Each run chooses by a seed of its own, which is printed for a run that fails; ``--runs 1 --seed SEED`` repeats it. The seeds in
``value_seeds.txt`` run first. A value is accepted, or gives an error that does not show it.
"""

import argparse
import collections
import datetime
import decimal
import enum
import faulthandler
import math
import pathlib
import random
import sys
import time
import types
from typing import Any, Callable, Iterator, List

import frontdesk
from frontdesk import cel, v1
from google.protobuf import any_pb2, duration_pb2, field_mask_pb2, struct_pb2, timestamp_pb2, wrappers_pb2

SECRET = "Quastenberg"
SEEDS = pathlib.Path(__file__).with_name("value_seeds.txt")


class Raised(Exception):
    """The exception that methods of hostile objects raise."""


class HostileInt(int):
    """Raises wherever it is asked for its value."""

    def __index__(self) -> int:
        raise Raised

    def __int__(self) -> int:
        raise Raised

    def __eq__(self, other: object) -> bool:
        raise Raised

    def __hash__(self) -> int:
        return 7


class HostileText(str):
    """Raises when it is encoded or compared."""

    def encode(self, *_: Any, **__: Any) -> bytes:
        raise Raised

    def __hash__(self) -> int:
        raise Raised


class HostileZone(datetime.tzinfo):
    """A time zone whose offset is out of range, no offset, or an exception."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def utcoffset(self, _: Any) -> Any:
        if self.answer is Raised:
            raise Raised
        return self.answer

    def dst(self, _: Any) -> Any:
        return self.utcoffset(None)

    def tzname(self, _: Any) -> str:
        return SECRET


class HostileMapping(collections.abc.Mapping):  # type: ignore[type-arg]
    """A mapping whose length, keys and values do not go together."""

    def __init__(self, kind: int) -> None:
        self.kind = kind

    def __len__(self) -> int:
        if self.kind == 0:
            raise Raised
        return [0, 1 << 40, 3, 1][self.kind % 4]

    def __iter__(self) -> Iterator[Any]:
        if self.kind == 1:
            raise Raised
        return iter(["a", "b"] if self.kind % 2 else ["a", "a", SECRET])

    def __getitem__(self, key: Any) -> Any:
        if self.kind == 2:
            raise Raised
        return {"a": self} if self.kind == 4 else key


class HostileSequence(collections.abc.Sequence):  # type: ignore[type-arg]
    """A sequence that grows while it is read, or is longer than it says."""

    def __init__(self, kind: int) -> None:
        self.kind = kind
        self.reads = 0

    def __len__(self) -> int:
        if self.kind == 0:
            raise Raised
        return [2, sys.maxsize, 5, self.reads + 1][self.kind % 4]

    def __getitem__(self, index: Any) -> Any:
        self.reads += 1
        if self.reads > 1000:
            raise IndexError
        if self.kind == 2:
            raise Raised
        return self if self.kind == 4 else SECRET


class ChangingList(list):  # type: ignore[type-arg]
    """Empties itself when one of its elements is looked at."""


class Emptier:
    """Empties a container whenever it is asked anything."""

    def __init__(self, container: Any) -> None:
        self.container = container

    def _empty(self) -> None:
        self.container.clear()

    def __index__(self) -> int:
        self._empty()
        return 1

    def __float__(self) -> float:
        self._empty()
        return 1.0

    def __len__(self) -> int:
        self._empty()
        return 1

    def __iter__(self) -> Iterator[Any]:
        self._empty()
        return iter(())

    def __getattr__(self, name: str) -> Any:
        self._empty()
        raise AttributeError(name)


class Color(enum.IntEnum):
    RED = 1
    HUGE = 1 << 70


def deep_struct(depth: int) -> struct_pb2.Value:
    value = struct_pb2.Value(string_value=SECRET)
    for _ in range(depth):
        outer = struct_pb2.Value()
        outer.list_value.values.append(value)
        value = outer
    return value


def nested_any(depth: int) -> any_pb2.Any:
    value = any_pb2.Any(type_url="type.googleapis.com/frontdesk.v1.Money", value=b"\x08\xff")
    for _ in range(depth):
        outer = any_pb2.Any()
        outer.Pack(value)
        value = outer
    return value


def message_from(data: bytes) -> Any:
    """A message with fields and values of enums that nobody knows; an empty one where the bytes are none."""
    order = v1.Order()
    try:
        order.MergeFromString(data)
    except Exception:  # pylint: disable=broad-except
        order.Clear()
    return order


SCALARS: List[Callable[[random.Random], Any]] = [
    lambda r: None,
    lambda r: r.choice([True, False]),
    lambda r: r.choice([0, 1, -1, 2**31, 2**53 + 1, 2**62, 2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 2**64, 10**400, -(10**400)]),
    lambda r: r.choice([0.0, -0.0, 1.5, math.nan, math.inf, -math.inf, 5e-324, 1.7976931348623157e308, 2.0**63, float(2**53)]),
    lambda r: r.choice(["", "a", SECRET, "\x00", "\ud800", "\udfff" * 3, "a\nb\u202e", "é" * 2000, "😀" * 100, "x" * 200_000]),
    lambda r: r.choice([b"", b"\xff\xfe", SECRET.encode(), b"\x00" * 70_000, bytearray(b"a\xff"), memoryview(b"abc")]),
    lambda r: cel.Uint(r.choice([0, 1, 2**63, 2**64 - 1])),
    lambda r: r.choice([decimal.Decimal("NaN"), decimal.Decimal("1e400"), 1 + 2j, object(), Ellipsis, NotImplemented, int, len]),
    lambda r: r.choice([Color.RED, Color.HUGE, HostileInt(5), HostileText(SECRET), types.SimpleNamespace(a=SECRET)]),
    lambda r: r.choice([datetime.datetime.min, datetime.datetime.max, datetime.date.max, datetime.time.max]),
    lambda r: r.choice([datetime.datetime.min, datetime.datetime.max, datetime.datetime(2024, 2, 29)]).replace(
        tzinfo=r.choice([datetime.timezone.utc, datetime.timezone(datetime.timedelta(hours=-23, minutes=-59)), HostileZone(Raised),
                         HostileZone(None), HostileZone(7), HostileZone(datetime.timedelta(days=400))])),
    lambda r: r.choice([datetime.timedelta.min, datetime.timedelta.max, datetime.timedelta.resolution, datetime.timedelta(0)]),
    lambda r: cel.OptionalValue(),
    lambda r: message_from(r.randbytes(r.choice([0, 3, 9, 40]))),
    lambda r: v1.Money(units=r.choice([0, 2**63 - 1]), currency_code=r.choice(["EUR", "", "\u202e"])),
    lambda r: deep_struct(r.choice([0, 1, 40, 90])),
    lambda r: nested_any(r.choice([0, 1, 3, 60, 150])),
    lambda r: any_pb2.Any(type_url=r.choice(["", "x", "type.googleapis.com/no.such.Type", "/frontdesk.v1.Money"]), value=r.randbytes(5)),
    lambda r: r.choice([timestamp_pb2.Timestamp(seconds=2**62), timestamp_pb2.Timestamp(nanos=-1), duration_pb2.Duration(seconds=-(2**62)),
                        wrappers_pb2.Int64Value(value=5), wrappers_pb2.BytesValue(value=b"\xff"),
                        field_mask_pb2.FieldMask(paths=["a..b", SECRET])]),
    lambda r: HostileMapping(r.randrange(6)),
    lambda r: HostileSequence(r.randrange(6)),
    lambda r: r.choice([{1, 2}, frozenset("ab"), range(3), range(10**12), iter([1]), (n for n in range(3)), collections.deque([1])]),
    lambda r: r.choice([cel.INT, cel.list_of(cel.DYN), cel.type_value_of(int)]),
]


def any_value(r: random.Random, depth: int = 3) -> Any:
    kind = r.randrange(len(SCALARS) + 7)
    if kind < len(SCALARS) or depth == 0:
        return SCALARS[kind % len(SCALARS)](r)
    kind -= len(SCALARS)
    if kind == 0:
        return [any_value(r, depth - 1) for _ in range(r.choice([0, 1, 2, 5]))]
    if kind == 1:
        return tuple(any_value(r, depth - 1) for _ in range(r.choice([0, 1, 3])))
    if kind == 2:
        made = {}
        for _ in range(r.choice([0, 1, 3])):
            try:
                made[any_value(r, 0)] = any_value(r, depth - 1)
            except (Raised, TypeError, ValueError):
                made["other"] = 1
        return made
    if kind == 3:
        return cel.OptionalValue(any_value(r, depth - 1))
    if kind == 4:  # A circle, through a list or a dictionary.
        circle: Any = r.choice([[1], {"a": 1}])
        inner = r.choice([circle, [circle], {"b": circle}, cel.OptionalValue(circle)])
        if isinstance(circle, list):
            circle.append(inner)
        else:
            circle["c"] = inner
        return circle
    if kind == 5:  # Small to keep, large to look at.
        shared = any_value(r, 0)
        for _ in range(r.choice([3, 30])):
            shared = [shared, shared]
        return shared
    container: Any = r.choice([ChangingList([1]), {"a": 1}])
    emptier = Emptier(container)
    if isinstance(container, list):
        container.extend([emptier, 2, 3])
    else:
        container.update(b=emptier, c=3)
    return container


TYPES = [cel.DYN, cel.INT, cel.UINT, cel.DOUBLE, cel.BOOL, cel.STRING, cel.BYTES, cel.TIMESTAMP, cel.DURATION, cel.ANY, cel.NULL,
         cel.TYPE, cel.list_of(cel.INT), cel.list_of(cel.DYN), cel.map_of(cel.STRING, cel.DYN), cel.map_of(cel.INT, cel.STRING),
         cel.optional_of(cel.DYN), cel.nullable(cel.INT), cel.nullable(cel.STRING), cel.message_of(v1.Order),
         cel.message_of(v1.Money)]
TEXTS = ["x", "[x, x]", "{'k': x}", "x == x", "optional.of(x)", "type(x)", "x == dyn(1)", "dyn(x) in [1, 'a']", "string(dyn(x))",
         "size(dyn(x))", "dyn(x)[0]", "dyn(x).a", "dyn(x).?a.hasValue()", "dyn(x).map(e, e)", "made()", "[made()] == [x]",
         "take(x)", "take(made())", "'%s'.format([x])"]
LIMITS = cel.Limits(max_cost=200_000, max_memory_bytes=1 << 22, max_result_bytes=1 << 22)


def same(left: Any, right: Any) -> bool:
    """Whether two results are equal; not a number is equal to itself."""
    if type(left) is not type(right):
        return False
    if isinstance(left, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return len(left) == len(right) and all(
            type(a) is type(b) and a == b and same(left[a], right[b]) for a, b in zip(left, right))
    if isinstance(left, cel.OptionalValue):
        return left.present == right.present and (not left.present or same(left.value, right.value))
    return bool(left == right)


def run(seed: int) -> None:
    """One value in one expression. Raises AssertionError when something does not hold."""
    r = random.Random(seed)
    value, result = any_value(r), any_value(r)
    seen: List[Any] = []

    def take(given: Any) -> bool:
        seen.append(given)
        return True

    declared = r.choice(TYPES)
    options: Any = {"variables": {"x": declared}}
    if r.randrange(4) == 0:
        options = {"constants": {"x": value}}
    try:
        environment = cel.Environment(
            limits=LIMITS,
            functions=[
                cel.Function("made", lambda: result, parameters=[], result=r.choice([cel.DYN, declared])),
                cel.Function("take", take, parameters=[cel.DYN], result=bool),
            ],
            **options,
        )
        program = environment.compile(r.choice(TEXTS))
        given = {} if "constants" in options else {"x": value}
        got = program.evaluate(given)
        program.explain(given)
        assert same(got, cel.evaluate("y", {"y": got})), "a result that goes in again comes out otherwise"
        for each in seen:
            cel.evaluate("y", {"y": each})
    except Raised:
        return
    except (frontdesk.Error, TypeError, ValueError, OverflowError) as error:
        chain: Any = error
        while chain is not None:
            # Texts of other exceptions are those of the host.
            if isinstance(chain, (frontdesk.Error, TypeError, ValueError, OverflowError)):
                assert SECRET not in str(chain), "an error shows the value"
            chain = chain.__cause__


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, help="how many values (default 2000, or as many as --seconds allows)")
    parser.add_argument("--seconds", type=float, help="how long")
    parser.add_argument("--seed", type=int, help="of the first run (default: any)")
    arguments = parser.parse_args()
    faulthandler.enable()
    seeds = [int(line.split()[0]) for line in SEEDS.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    first = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(1 << 40)
    runs = arguments.runs if arguments.runs is not None else (2000 if arguments.seconds is None else sys.maxsize)
    end = math.inf if arguments.seconds is None else time.monotonic() + arguments.seconds
    done = 0
    print(f"first seed {first}", flush=True)
    for seed in [] if arguments.runs == 1 else seeds:
        run(seed)
    while done < runs and time.monotonic() < end:
        seed = first + done
        done += 1
        try:
            run(seed)
        except BaseException:
            print(f"seed {seed} fails", flush=True)
            raise
    print(f"{done} values, nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
