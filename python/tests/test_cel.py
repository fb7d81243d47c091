"""frontdesk.cel with Python values: inputs, results and errors."""

import datetime
import math
import typing

import pytest
from google.protobuf import any_pb2, duration_pb2, struct_pb2, timestamp_pb2, wrappers_pb2

import frontdesk
from frontdesk import _core, cel, v1

UTC = datetime.timezone.utc


@pytest.mark.parametrize(
    "text, expected",
    [
        ("null", None),
        ("true", True),
        ("1", 1),
        ("-9223372036854775808", -(2**63)),
        ("18446744073709551615u", cel.Uint(2**64 - 1)),
        ("1.5", 1.5),
        ("'it''s'.size()", None),
        ("'naïve 🙂'", "naïve 🙂"),
        ("b'\\x00\\xff'", b"\x00\xff"),
        ("[1, 2.5, 'x', [true]]", [1, 2.5, "x", [True]]),
        ("{'a': 1, 'b': {1: 2u}}", {"a": 1, "b": {1: cel.Uint(2)}}),
        ("timestamp('2024-05-01T12:00:00.25Z')", datetime.datetime(2024, 5, 1, 12, 0, 0, 250000, UTC)),
        ("duration('-90s')", datetime.timedelta(seconds=-90)),
        ("type(1)", cel.INT),
        ("type('x') == string", True),
        ("type([1])", cel.list_of()),
        ("type(null)", cel.NULL),
        ("optional.of(5)", cel.OptionalValue(5)),
        ("optional.none()", cel.OptionalValue()),
        ("google.protobuf.StringValue{value: 'x'}", "x"),
        ("frontdesk.v1.Money{units: 5, currency_code: 'EUR'}", v1.Money(units=5, currency_code="EUR")),
    ],
)
def test_results(text, expected):
    if text == "'it''s'.size()":
        with pytest.raises(cel.CompileError):
            cel.evaluate(text)
        return
    value = cel.evaluate(text)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    "value, text",
    [
        (None, "x == null"),
        (True, "x == true"),
        (-5, "x == -5"),
        (cel.Uint(5), "type(x) == uint && x == 5u"),
        (2.5, "x == 2.5"),
        (math.inf, "x > 1e308"),
        ("naïve", "x.size() == 5"),
        (b"\xff", "x == b'\\xff'"),
        ([1, (2, 3)], "x == [1, [2, 3]]"),
        ({"a": {1: True}, "b": None}, "x.a[1] && x.b == null"),
        (datetime.datetime(2024, 5, 1, 14, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
         "x == timestamp('2024-05-01T12:00:00Z')"),
        (datetime.timedelta(milliseconds=-1), "x == duration('-1ms')"),
        (cel.STRING, "x == string"),
        (cel.OptionalValue(3), "x.value() == 3"),
        (cel.OptionalValue(), "!x.hasValue()"),
        (v1.Money(units=5), "x.units == 5 && x == frontdesk.v1.Money{units: 5}"),
        (timestamp_pb2.Timestamp(seconds=1), "x == timestamp('1970-01-01T00:00:01Z')"),
        (duration_pb2.Duration(seconds=90), "x == duration('90s')"),
        (wrappers_pb2.Int64Value(value=7), "x == 7"),
        (struct_pb2.Value(string_value="s"), "x == 's'"),
    ],
)
def test_values_in(value, text):
    assert cel.evaluate(text, {"x": value}) is True


def test_struct_and_any():
    struct = struct_pb2.Struct()
    struct.update({"a": [1, "two", None]})
    assert cel.evaluate("x.a[1] + x.a[1]", {"x": struct}) == "twotwo"
    packed = any_pb2.Any()
    packed.Pack(v1.Money(units=9))
    assert cel.evaluate("x.units", {"x": packed}) == 9
    assert cel.evaluate("x", {"x": packed}) == v1.Money(units=9)
    # And wherever else it occurs.
    nested = any_pb2.Any()
    nested.Pack(packed)
    for value in ([packed], [nested], {"a": packed}, cel.OptionalValue(packed)):
        assert cel.evaluate("x == y", {"x": value, "y": cel.evaluate("x", {"x": value})}) is True
    assert cel.evaluate("m in l && l[0].units == 9", {"l": [packed], "m": v1.Money(units=9)}) is True
    give = cel.Function("give", lambda: [packed], [], cel.DYN)
    environment = cel.Environment(functions=[give])
    assert environment.compile("give()[0].units").evaluate({}) == 9


def test_an_any_that_holds_nothing_known():
    broken = any_pb2.Any(type_url="type.googleapis.com/frontdesk.v1.Money", value=b"\xff")
    unknown = any_pb2.Any(type_url="type.googleapis.com/nowhere.Nothing")
    for wrong in (broken, unknown):
        for text in ("x", "{1: x}", "x[0]", "x[0] == 1", "1 in x", "x.exists(e, e == 1)"):
            with pytest.raises(cel.EvaluationError, match="INVALID_ANY"):
                cel.evaluate(text, {"x": [wrong]})


def test_ints_become_what_the_variable_says():
    environment = cel.Environment(
        variables={"u": cel.UINT, "d": float, "l": typing.List[float], "m": cel.map_of(str, cel.UINT),
                   "w": cel.nullable(cel.UINT), "any": cel.DYN}
    )
    values = {"u": 1, "d": 1, "l": [1, 2.5], "m": {"a": 1}, "w": 1, "any": 1}
    program = environment.compile("[type(u), type(d), type(l[0]), type(m.a), type(any)]")
    assert program.evaluate(values) == [cel.UINT, cel.DOUBLE, cel.DOUBLE, cel.UINT, cel.INT]
    assert environment.compile("w == 1u").evaluate(values) is True
    assert environment.compile("w == null").evaluate({**values, "w": None}) is True


@pytest.mark.parametrize(
    "value, kind",
    [
        (2**63, OverflowError),
        (-(2**63) - 1, OverflowError),
        (datetime.timedelta(days=200_000), OverflowError),
        (datetime.datetime(2024, 5, 1), ValueError),
        ("\ud800", ValueError),
        ({1.5: 1}, TypeError),
        ({None: 1}, TypeError),
        (object(), TypeError),
        ({1, 2}, TypeError),
        (1 + 2j, TypeError),
        ([[object()]], TypeError),
    ],
)
def test_invalid_values(value, kind):
    with pytest.raises(kind):
        cel.evaluate("x == x || true", {"x": value})


def test_uint_range():
    with pytest.raises(OverflowError):
        cel.Uint(-1)
    with pytest.raises(OverflowError):
        cel.Uint(2**64)
    with pytest.raises(OverflowError):
        cel.Environment(variables={"u": cel.UINT}).compile("u").evaluate({"u": -1})
    assert repr(cel.Uint(3)) == "Uint(3)" and str(cel.Uint(3)) == "3"


def test_deep_values_are_refused():
    deep = []
    for _ in range(1000):
        deep = [deep]
    with pytest.raises(ValueError):
        cel.evaluate("x == x", {"x": deep})
    loop = []
    loop.append(loop)
    with pytest.raises(ValueError):
        cel.evaluate("x == x", {"x": loop})


def test_keys_that_a_dict_cannot_tell_apart():
    with pytest.raises(ValueError):
        cel.evaluate("{1: 'a', true: 'b'}")


def test_nanoseconds_are_rounded_down_and_kept_by_literals():
    program = cel.Environment().compile("timestamp('1969-12-31T23:59:59.999999999Z')")
    assert program.evaluate() == datetime.datetime(1969, 12, 31, 23, 59, 59, 999999, UTC)
    assert program.evaluate_literal() == 'timestamp("1969-12-31T23:59:59.999999999Z")'
    assert cel.evaluate("duration('-1ns')") == datetime.timedelta(microseconds=-1)
    exact = timestamp_pb2.Timestamp(nanos=1)
    assert cel.literal(exact) == 'timestamp("1970-01-01T00:00:00.000000001Z")'


def test_literals():
    value = {"b": b"\x01", "n": None, "u": cel.Uint(1), "d": 2.0, "l": [True, "q\""]}
    text = cel.literal(value)
    assert cel.evaluate(text) == value
    assert cel.literal(v1.Money(units=5)) == "frontdesk.v1.Money{units: 5}"
    assert "..." in cel.literal("x" * 1000, max_bytes=50)
    assert len(cel.literal("x" * 1000, max_bytes=50)) < 70
    assert len(cel.literal("🙂" * 1000, max_bytes=50)) < 70
    with pytest.raises(ValueError):
        cel.literal(1, max_bytes=0)


# ---- Issues and errors ----


def test_issues_have_places():
    environment = cel.Environment(variables={"order": v1.Order})
    with pytest.raises(cel.CompileError) as raised:
        environment.compile("'näm' == order.order_id &&\n  order.totl > 5 && order.nothing")
    error = raised.value
    assert isinstance(error, frontdesk.Error) and isinstance(error, ValueError)
    assert error.reason == error.issues[0].code
    assert [(issue.line, issue.column) for issue in error.issues] == [(2, 9), (2, 27)]
    assert "totl" in error.issues[0].snippet and "^" in error.issues[0].snippet
    assert "totl" in str(error)


def test_issue_ranges_index_the_text():
    text = "'näïve' + nope"
    with pytest.raises(cel.CompileError) as raised:
        cel.Environment().compile(text)
    issue = raised.value.issues[0]
    assert text[issue.start : issue.end] == "nope"
    assert issue.format("a.cel").startswith(f"a.cel:1:{text.index('nope') + 1}: error: ")
    assert f"[{issue.code}]" in str(issue)


@pytest.mark.parametrize(
    "text, variables, where",
    [
        ("1 + 10 / n", {"n": 0}, "/"),
        ("[1][n]", {"n": 5}, None),
        ("{'a': 1}[n]", {"n": "b"}, None),
        ("9223372036854775807 + n", {"n": 1}, None),
        ("timestamp(n)", {"n": "yesterday"}, None),
        ("n.all(x, x / 0 == 1)", {"n": [1]}, "/"),
    ],
)
def test_evaluation_errors_have_places(text, variables, where):
    with pytest.raises(cel.EvaluationError) as raised:
        cel.evaluate(text, variables)
    error = raised.value
    assert isinstance(error, ValueError)
    assert error.reason == error.issue.code in {code.code for code in cel.issue_codes()}
    assert error.issue.line == 1
    if where:
        assert text[error.issue.start : error.issue.end] == where
    assert error.__cause__ is None


def test_errors_hold_no_values():
    with pytest.raises(cel.EvaluationError) as raised:
        cel.evaluate("{'a': 1}[secret]", {"secret": "hunter2"})
    assert "hunter2" not in str(raised.value)


def test_limits_are_named():
    limits = cel.Limits(max_expression_bytes=10)
    with pytest.raises(cel.CompileError) as raised:
        cel.Environment(limits=limits).compile("1 + 1 + 1 + 1 + 1")
    assert raised.value.reason == "LIMIT_EXPRESSION_BYTES"
    program = cel.Environment(variables={"l": typing.List[int]}, limits=cel.Limits(max_comprehension_iterations=5))
    with pytest.raises(cel.EvaluationError) as failed:
        program.compile("l.all(x, x > 0)").evaluate({"l": [1] * 6})
    assert failed.value.reason == "LIMIT_COMPREHENSION_ITERATIONS"


def test_default_extensions_are_those_of_the_core():
    assert cel.Extension.DEFAULT == _core.cel_default_extensions()


def test_hostile_texts():
    for text in ["(" * 100_000, "[" * 5000 + "]" * 5000, "a" * 100_000, "\x00", "'" + "\\", "1" * 1000, "!" * 9999 + "true"]:
        with pytest.raises(cel.CompileError):
            cel.Environment().compile(text)


@pytest.mark.parametrize(
    "options",
    [
        {"variables": {"1x": int}},
        {"variables": {"a": int}, "constants": {"a": 1}},
        {"functions": [cel.Function("f", None, [int], int), cel.Function("f", None, [int], str)]},
        {"functions": [cel.Function("_+_", None, [int, int], int)]},
    ],
)
def test_invalid_environments(options):
    with pytest.raises(frontdesk.InvalidArgumentError):
        cel.Environment(**options)


def test_unknown_types_and_messages():
    with pytest.raises(ValueError):
        cel.Environment(root="shop.Nothing")
    with pytest.raises(TypeError):
        cel.Environment(variables={"a": complex})
    with pytest.raises(TypeError):
        cel.Environment(root=int)


def test_invalid_variables():
    program = cel.Environment(variables={"n": int}).compile("n")
    with pytest.raises(LookupError):
        program.evaluate({"n": 1, "m": 2})
    with pytest.raises(frontdesk.InvalidArgumentError):
        program.evaluate({"n": "text"})
    with pytest.raises(TypeError):
        program.evaluate(v1.Money())
    with pytest.raises(TypeError):
        program.evaluate({"n": 1}, {"n": 1})
    with pytest.raises(cel.EvaluationError):
        program.evaluate()


def test_invalid_root():
    program = cel.Environment(root=v1.Money).compile("units > 5")
    assert program.evaluate(v1.Money(units=6)) is True
    with pytest.raises(TypeError):
        program.evaluate(v1.Order())
    with pytest.raises(TypeError):
        program.evaluate("text")


# ---- Environments ----


def test_root_with_variables_and_constants():
    environment = cel.Environment(
        root=v1.Money, variables={"factor": int}, constants={"LIMIT": 100}, container="frontdesk.v1"
    )
    program = environment.compile("units * factor > LIMIT && Money{units: 1} != Money{}")
    assert program.evaluate(v1.Money(units=60), {"factor": 2}) is True
    assert program.evaluate(v1.Money(units=60), variables={"factor": 1}) is False


def test_expected_type():
    environment = cel.Environment()
    assert environment.compile("1 < 2", expected_type=bool).result_type == cel.BOOL
    with pytest.raises(cel.CompileError):
        environment.compile("1 + 2", expected_type=bool)


def test_unchecked_programs_fail_when_they_run():
    program = cel.Environment(variables={"s": str}).compile("s + 1", check=False)
    with pytest.raises(cel.EvaluationError):
        program.evaluate({"s": "x"})


def test_extensions():
    assert cel.evaluate("'a,b'.split(',')") == ["a", "b"]
    with pytest.raises(cel.CompileError):
        cel.Environment(extensions=cel.Extension.NONE).compile("'a,b'.split(',')")
    every = cel.Extension.DEFAULT | cel.Extension.BLOCK
    assert cel.Environment(extensions=every).compile("math.greatest(1, 2)").evaluate() == 2


def test_time_zones():
    assert cel.evaluate("t.getHours('Europe/Paris')", {"t": datetime.datetime(2024, 7, 1, tzinfo=UTC)}) == 2


def test_types_read_and_written():
    environment = cel.Environment(variables={"o": v1.Order, "m": typing.Dict[str, typing.Optional[int]]})
    for text, expected in [
        ("o", cel.message_of(v1.Order)),
        ("o.lines", cel.list_of(v1.OrderLine)),
        ("m", cel.map_of(str, cel.nullable(int))),
        ("o.place_time", cel.TIMESTAMP),
        ("type(o)", cel.type_value_of(v1.Order)),
        ("optional.of(1)", cel.optional_of(int)),
        ("dyn(1)", cel.DYN),
    ]:
        assert environment.compile(text).result_type == expected, text
    assert str(cel.map_of(str, cel.list_of(v1.Order))) == "map(string, list(frontdesk.v1.Order))"
    assert str(cel.TIMESTAMP) == "google.protobuf.Timestamp"


def test_opaque_types():
    token = cel.opaque("token")
    environment = cel.Environment(
        opaque_types=["token"],
        functions=[cel.Function("make", None, [int], token), cel.Function("read", None, [token], int)],
    )
    assert environment.compile("read(make(1))").result_type == cel.INT
    with pytest.raises(cel.CompileError):
        environment.compile("read(1)")


def test_a_warning_names_the_function_that_always_fails():
    program = cel.Environment().compile("math.bitShiftLeft(1u, -1)")
    assert [(issue.code, "'math.bitShiftLeft'" in issue.message) for issue in program.issues] == [("CONSTANT_ERROR", True)]


def test_optional_entries_are_listed():
    checked = cel.Environment().check("[1, ?optional.of(2)]")
    assert checked.expression is not None and checked.expression.optional_children == (False, True)
