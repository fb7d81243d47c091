"""Expressions over dicts of plain values, and over messages, take a short way: its results are those of the long one."""

import datetime
import random

import pytest

import frontdesk
import test_rule_messages
from frontdesk import cel

VALUES = [
    None, True, False, 0, 1, 7, -3, 2**63 - 1, -(2**63), 0.0, 1.5, float("nan"), float("inf"), "", "a", "ab", "ü\U0001f600", "x" * 300,
    {}, {"a": 1}, {"a": "a", "b": {"a": 2}}, {"b": {"a": "a"}}, {1: 2}, [], [1], {"a": [1]}, b"a", cel.Uint(3), (1, 2),
    datetime.timedelta(seconds=5), datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc), 2**64, "\ud800", {"\ud800": 1, "a": 1},
    type("Text", (str,), {})("a"), type("Number", (int,), {})(1), type("Dict", (dict,), {})(a=1), object(),
]
TEXTS = [
    "x", "x == y", "x == 1", "x == 'a'", "x.a", "x.a == 1 && y.a == 1", "x.b.a", "has(x.a)", "x['a'] == 'a'", "x < y", "x + y", "[x, y]", "{'k': x}",
    "x == null", "true", "x.exists(e, e == 1)", "x.a in [1, 2] || y", "y ? x : 1", "string(x) + 'b'", "size(x)", "x.?a", "1.5", "'a'", "x[y]",
    "type(x)", "z",
]
TYPES = [cel.DYN, int, float, str, bool, dict[str, int], dict[str, str], dict[str, float], dict[str, cel.UINT], cel.UINT, datetime.timedelta, list[int]]


def outcome(call):
    try:
        value = call()
    except Exception as error:  # pylint: disable=broad-except
        return type(error), str(error).replace("Program._evaluate()", "Program.evaluate()")
    return type(value), repr(value)


def test_results_are_those_of_the_long_way():
    seed = random.randrange(1 << 32)
    print("seed", seed)
    numbers = random.Random(seed)
    short = 0
    for _ in range(3000):
        variables = {"x": numbers.choice(TYPES), "y": cel.DYN, "z": cel.DYN}
        try:
            program = cel.Environment(variables=variables).compile(numbers.choice(TEXTS))
        except frontdesk.PolicyError:
            continue
        except cel.CompileError:
            continue
        given = {name: numbers.choice(VALUES) for name in "xyz" if numbers.random() < 0.9}
        if numbers.random() < 0.1:
            given[numbers.choice(("w", 1, "\ud800"))] = 1
        long = outcome(lambda: program._evaluate(given, None, 0))  # pylint: disable=cell-var-from-loop
        assert outcome(lambda: program.evaluate(given)) == long, (program, given)  # pylint: disable=cell-var-from-loop
        short += outcome(lambda: program._quick(given)) == long  # pylint: disable=cell-var-from-loop
    assert short > 200


def test_plain_values_take_the_short_way():
    program = cel.Environment(variables={"d": cel.DYN}).compile("d.a == 'x' && d.b > 1 && d.c != 2.5 && !d.d")
    assert program._quick({"d": {"a": "x", "b": 2, "c": 1.5, "d": False, "e": object()}}) is True
    assert program._quick({"d": {"a": "x", "b": 2, "c": 1.5, "d": [1]}}) is NotImplemented


def test_a_function_of_python_takes_the_long_way():
    calls = []
    seen = cel.Function("seen", lambda value: not calls.append(value), [int], bool)
    program = cel.Environment(variables={"n": int}, functions=[seen]).compile("seen(n)")
    assert program._quick({"n": 1}) is NotImplemented
    assert program.evaluate({"n": 1}) is True
    assert calls == [1]


def test_a_key_that_changes_the_dict():
    class Key:
        def __init__(self, given):
            self.given = given

        def __hash__(self):
            return hash("a")

        def __eq__(self, other):
            self.given.clear()
            return False

    given = {}
    given[Key(given)] = 1
    given["b"] = "x" * 1000
    program = cel.Environment(variables={"d": cel.DYN}).compile("d.a == 1 || d.b == 'x'")
    for _ in range(100):
        outcome(lambda: program.evaluate({"d": given}))


def test_the_environment_outlives_its_names():
    evaluate = cel.Environment(variables={"n": int}).compile("n + 1").evaluate
    assert [evaluate({"n": number}) for number in range(3)] == [1, 2, 3]


def test_large_results_are_errors():
    program = cel.Environment(variables={"x": str}, limits=cel.Limits(max_result_bytes=100)).compile("x + x")
    assert program.evaluate({"x": "a" * 20}) == "a" * 40
    with pytest.raises(cel.EvaluationError) as raised:
        program.evaluate({"x": "a" * 200})
    assert raised.value.reason == "LIMIT_RESULT_SIZE"


def test_messages_that_only_python_knows():
    kind = test_rule_messages.deed_class()
    environment = cel.Environment(root=kind, container="deeds")
    seed = random.randrange(1 << 32)
    print("seed", seed)
    numbers = random.Random(seed)
    programs = [environment.compile(text) for text in [*test_rule_messages.CONDITIONS, "part.name", "one1 + 1", "part", "many8", "one6"]]
    for _ in range(40):
        deed = test_rule_messages.random_deed(kind, numbers)
        for program in programs:
            long = outcome(lambda: program._evaluate(deed, None, 0))  # pylint: disable=cell-var-from-loop
            assert outcome(lambda: program.evaluate(deed)) == long  # pylint: disable=cell-var-from-loop
            assert program._quick(deed) is NotImplemented or program._quick(deed) == program._evaluate(deed, None, 0)
