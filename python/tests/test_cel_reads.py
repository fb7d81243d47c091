"""Variables are read as far as the expression reads them: the rest costs nothing, and its errors are not found."""

import collections
import datetime
import random

import pytest

import frontdesk
from frontdesk import cel, v1

BAD = object()  # No value of the language.


class Counting(collections.abc.Mapping):
    """A mapping that knows which of its values were asked for."""

    def __init__(self, entries):
        self._entries = entries
        self.asked = 0

    def __getitem__(self, key):
        self.asked += 1
        return self._entries[key]

    def __iter__(self):
        return iter(self._entries)

    def __len__(self):
        return len(self._entries)


# (expression, variables that hold values that it does not read, result)
NOT_READ = [
    ("true", {"x": BAD}, True),
    ("x.a == 1", {"x": {"a": 1, "b": BAD}}, True),
    ("x['a'] == 1", {"x": {"a": 1, "b": BAD}}, True),
    ("x['a'] == 1", {"x": {"a": 1, 1.5: 2}}, True),
    ("x.a.b == 1", {"x": {"a": {"b": 1, "c": BAD}, "d": {"b": BAD}}}, True),
    ("has(x.a) && !has(x.c)", {"x": {"a": {"b": BAD}, "b": BAD}}, True),
    ("x.?a.orValue(2) == 1", {"x": {"a": 1, "b": BAD}}, True),
    ("x[?'a'].optMap(v, v.b).orValue(2) == 1", {"x": {"a": {"b": 1, "c": BAD}}}, True),
    ("x.all(e, e.a == 1)", {"x": [{"a": 1, "b": BAD}, {"a": 1, "c": BAD}]}, True),
    ("x.exists(e, e.a == 2)", {"x": ({"a": 1, "b": BAD}, {"a": 2})}, True),
    ("x.map(e, e.a)", {"x": [{"a": 1, "b": BAD}]}, [1]),
    ("x.map(e, e.a == 1, e.b)", {"x": [{"a": 1, "b": 2, "c": BAD}, {"a": 0, "b": 3}]}, [2]),
    ("x.a.map(e, e.b)", {"x": {"a": [{"b": 1, "c": BAD}], "b": BAD}}, [1]),
    ("x.transformMap(k, v, v.a)", {"x": {"p": {"a": 1, "b": BAD}}}, {"p": 1}),
    ("x.transformList(k, v, v.a)", {"x": {"p": {"a": 1, "b": BAD}}}, [1]),
    ("cel.bind(y, x.a, y.b + y.b)", {"x": {"a": {"b": 1, "c": BAD}, "b": BAD}}, 2),
    ("x[i].a == 1", {"x": [{"a": 1, "b": BAD}], "i": 0}, True),
    ("x[k].a == 1", {"x": {"p": {"a": 1, "b": BAD}, "q": {"a": 2}}, "k": "p"}, True),
    ("x.all(k, x[k].a == 1) && x.p.b == 2", {"x": {"p": {"a": 1, "b": 2}, "q": {"a": 1}}}, True),
    ("x.transformList(k, v, v.a) == [1] && x.p.b == 2", {"x": {"p": {"a": 1, "b": 2}}}, True),
    ("x.a", {"x": collections.OrderedDict(a=1, b=BAD)}, 1),
    ("x.a", {"x": Counting({"a": 1, "b": BAD})}, 1),
    ("x.a", {"x": {"a": 1, "\ud800": 2}}, 1),
]


@pytest.mark.parametrize("text, variables, result", NOT_READ)
def test_values_that_are_not_read_may_be_anything(text, variables, result):
    assert cel.evaluate(text, variables) == result


# (expression, variables that hold a value that is not valid where the expression reads)
READ = [
    ("x", {"x": BAD}),
    ("x.a == 1", {"x": {"a": BAD}}),
    ("x == {}", {"x": {"a": BAD}}),
    ("size(x) == 1", {"x": {"a": BAD}}),
    ("'b' in x", {"x": {"a": BAD}}),
    ("x.a == x", {"x": {"a": 1, "b": BAD}}),
    ("x.a == {}", {"x": {"a": {"b": {"c": BAD}}}}),
    ("has(x.a)", {"x": {"a": BAD}}),
    ("x.all(e, e == 1)", {"x": [1, BAD]}),
    ("x.filter(e, e.a == 1)", {"x": [{"a": 1, "b": BAD}]}),
    ("x.map(e, e)", {"x": [{"a": 1, "b": BAD}]}),
    ("x.exists(e, e.a == 1) && x[0] == 1", {"x": [{"a": 1, "b": BAD}]}),
    ("x.all(k, x[k] == 1)", {"x": {"a": BAD}}),
    ("x.all(k, true) && x.a == {}", {"x": {"a": {"b": BAD}}}),
    ("[x]", {"x": {"a": BAD}}),
    ("{'k': x}", {"x": {"a": BAD}}),
    ("true ? x.a : x.b", {"x": {"a": 1, "b": BAD}}),
    ("(true ? x : y).a", {"x": {"a": 1, "b": BAD}, "y": 1}),
    ("cel.bind(y, x, y)", {"x": {"a": BAD}}),
    ("cel.bind(y, x.a, y == 1)", {"x": {"a": {"b": BAD}}}),
    ("x.transformMap(k, v, v)", {"x": {"p": {"a": 1, "b": BAD}}}),
    ("x[?'a'].hasValue()", {"x": {"a": {"b": BAD}}}),
    ("x.?a.optMap(v, v)", {"x": {"a": {"b": BAD}}}),
    ("x.all(x, x.a == 1) && x == []", {"x": [{"a": 1, "b": BAD}]}),
    ("[1].all(x, x == 1) && x.a == 1", {"x": {"a": BAD}}),
]


@pytest.mark.parametrize("text, variables", READ)
def test_values_that_are_read_must_be_valid(text, variables):
    with pytest.raises(TypeError):
        cel.evaluate(text, variables)


def test_entries_that_are_not_read_are_not_asked_for():
    entries = Counting({"a": 1, "b": 2, "c": 3})
    assert cel.evaluate("x.y", {"x": {"y": 1, "z": entries}}) == 1
    assert entries.asked == 0


def test_a_name_that_is_not_declared_is_an_error_in_any_case():
    with pytest.raises(frontdesk.NotFoundError):
        cel.Environment(variables={"x": cel.DYN}).compile("true").evaluate({"y": BAD})


def test_a_variable_of_another_type_is_found_where_it_is_read():
    environment = cel.Environment(variables={"x": cel.STRING})
    assert environment.compile("true").evaluate({"x": 5}) is True
    with pytest.raises(frontdesk.InvalidArgumentError):
        environment.compile("x == 'a' || true").evaluate({"x": 5})


def test_an_unchecked_expression_reads_the_same():
    environment = cel.Environment(variables={"x": cel.DYN})
    assert environment.compile("x.a == 1", check=False).evaluate({"x": {"a": 1, "b": BAD}}) is True
    with pytest.raises(TypeError):
        environment.compile("x == 1", check=False).evaluate({"x": {"a": BAD}})


def test_explain_reads_everything():
    program = cel.Environment(variables={"x": cel.DYN}).compile("x.a == 1")
    assert program.explain({"x": {"a": 1, "b": 2}}).value is True
    with pytest.raises(TypeError):
        program.explain({"x": {"a": 1, "b": BAD}})


def test_a_missing_entry_is_the_same_error():
    program = cel.Environment(variables={"x": cel.DYN}).compile("x.a.b == 1")
    whole = cel.Environment(variables={"x": cel.DYN}).compile("x.a.b == 1 || size(x) > 100")
    for variables in ({"x": {}}, {"x": {"a": {}}}, {"x": {"a": 5}}, {"x": []}, {"x": {"a": [1]}}, {}):
        with pytest.raises(cel.EvaluationError) as found:
            program.evaluate(variables)
        with pytest.raises(cel.EvaluationError) as expected:
            whole.evaluate(variables)
        assert found.value.issue.code == expected.value.issue.code


def test_an_object_that_is_read_in_two_ways():
    shared = {"a": 1, "b": 2}
    assert cel.evaluate("x.p.a == 1 && x.q == {'a': 1, 'b': 2}", {"x": {"p": shared, "q": shared}}) is True
    assert cel.evaluate("x.q == {'a': 1, 'b': 2} && x.p.a == 1", {"x": {"q": shared, "p": shared}}) is True


def _value(generator, depth):
    kind = generator.randrange(5 if depth else 3)
    if kind < 2:
        return generator.randrange(3)
    if kind == 2:
        return generator.choice("abc")
    if kind == 3:
        return [_value(generator, depth - 1) for _ in range(generator.randrange(3))]
    return {name: _value(generator, depth - 1) for name in "abc" if generator.random() < 0.7}


def _expression(generator, depth, names):
    """A random expression over `names`, of which many have no value."""
    kind = generator.randrange(9) if depth else 0
    inner = lambda: _expression(generator, depth - 1, names)
    if kind == 0:
        return generator.choice(names)
    if kind <= 2:
        return f"{inner()}.{generator.choice('abc')}"
    if kind == 3:
        return f"{inner()}[{generator.choice(['0', repr('a'), repr('b'), inner()])}]"
    if kind == 4:
        return f"has({inner()}.{generator.choice('abc')})"
    if kind == 5:
        name = generator.choice("exy")
        macro = generator.choice(["map", "filter", "all", "exists"])
        body = _expression(generator, depth - 1, [*names, name])
        return f"{inner()}.{macro}({name}, {body if macro == 'map' else f'{body} == {inner()}'})"
    if kind == 6:
        name = generator.choice("exy")
        return f"cel.bind({name}, {inner()}, {_expression(generator, depth - 1, [*names, name])})"
    if kind == 7:
        return f"({inner()} == {inner()} ? {inner()} : {inner()})"
    return f"[{inner()}, {inner()}]"


def _result(program, variables):
    try:
        return program.evaluate(variables)
    except cel.EvaluationError as error:
        return error.issue.code


def test_the_result_is_that_of_whole_variables():
    """Against expressions that read the whole variables besides, of which the first part has the same value."""
    seed = 20241201
    generator = random.Random(seed)
    environment = cel.Environment(variables={"x": cel.DYN, "y": cel.DYN})
    values = 0
    for _ in range(2000):
        text = _expression(generator, 4, ["x", "y"])
        try:
            program = environment.compile(text)
            whole = environment.compile(f"[[x, y], [{text}]][1][0]")
        except cel.CompileError:
            continue
        variables = {"x": _value(generator, 4), "y": _value(generator, 3)}
        found = _result(program, variables)
        assert found == _result(whole, variables), (seed, text, variables)
        values += not isinstance(found, str)
    assert values > 100


def test_a_large_input_is_followed_by_a_small_one():
    """The memory of a call serves the next one."""
    program = cel.Environment(variables={"x": cel.DYN}).compile("x")
    large = {"a": ["text" * 100] * 2000}
    assert program.evaluate({"x": large}) == large
    assert program.evaluate({"x": {"b": 1}}) == {"b": 1}
    on_message = cel.Environment(root=v1.Order).compile("lines.size() * 10 + order_id.size()")
    order = v1.Order(order_id="abc", lines=[v1.OrderLine(line_id=str(number)) for number in range(3000)])
    assert on_message.evaluate(order) == 30003
    assert on_message.evaluate(v1.Order(order_id="ab")) == 2
    with pytest.raises(cel.EvaluationError):
        program.evaluate({})  # The variables of an earlier call are not there.


def test_a_call_inside_a_call_has_memory_of_its_own():
    def inner(depth):
        return program.evaluate({"n": depth - 1, "x": {"a": [depth]}}) if depth > 0 else 0

    function = cel.Function("inner", inner, [cel.INT], cel.INT)
    program = cel.Environment(variables={"n": cel.INT, "x": cel.DYN}, functions=[function]).compile("inner(n) + x.a[0]")
    assert program.evaluate({"n": 6, "x": {"a": [100]}}) == 100 + sum(range(1, 7))


def test_times_are_read_where_they_are_read():
    naive = datetime.datetime(2024, 5, 1)
    assert cel.evaluate("x.a", {"x": {"a": 1, "at": naive}}) == 1
    with pytest.raises(ValueError):
        cel.evaluate("x.at", {"x": {"a": 1, "at": naive}})
