"""Values that share their parts, between the language and Python: small to keep and large to look at."""

import subprocess
import sys
import textwrap

import pytest

from frontdesk import cel
from google.protobuf import any_pb2, struct_pb2, timestamp_pb2

# A gibibyte more than the program has when it begins.
PREPARE = """
    import resource
    import frontdesk
    from frontdesk import cel

    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 30),) * 2)
    shared = "[1]" + ".map(a, [a, a])" * 26

    def outcome(call):
        try:
            return type(call()).__name__
        except frontdesk.Error as error:
            return error.reason
"""


def run(program):
    """The output of a program that may use a gibibyte, as words."""
    text = textwrap.dedent(PREPARE) + textwrap.dedent(program)
    result = subprocess.run([sys.executable, "-B", "-c", text], capture_output=True, text=True, timeout=600, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.split()


def test_a_value_that_shares_its_parts():
    program = """
        program = cel.Environment().compile(shared)
        print(outcome(program.evaluate))
        print(outcome(program.evaluate_literal))
        explanation = program.explain()
        print(outcome(lambda: explanation.value).replace("EvaluationError", explanation.value.reason))
        print(explanation.steps[-1].value.reason, any(step.value == [[1, 1]] for step in explanation.steps))
    """
    size = "LIMIT_RESULT_SIZE"
    assert run(program) == [size, size, size, size, "True"]


def test_arguments_of_a_function():
    program = """
        calls = []

        def look(value: list) -> bool:
            calls.append(value)
            return True

        functions = [cel.Function("look", look, parameters=[cel.DYN], result=bool)]
        environment = cel.Environment(functions=functions)
        print(outcome(environment.compile(f"look({shared})").evaluate))
        short = "[1]" + ".map(a, [a, a])" * 18
        print(outcome(environment.compile(f"look([{short}, {short}])").evaluate), len(calls))
        print(outcome(environment.compile(f"look({short})").evaluate), len(calls))
    """
    assert run(program) == ["LIMIT_COST", "LIMIT_RESULT_SIZE", "0", "bool", "1"]


def test_a_python_value_that_shares_its_parts():
    program = """
        value = [1]
        for _ in range(100):
            value = [value, value]
        text = "x" * 1_000_000
        environment = cel.Environment(
            variables={"value": cel.DYN, "texts": cel.DYN},
            functions=[cel.Function("make", lambda: value, parameters=[], result=cel.DYN)])
        given = {"value": {"a": (value, value)}, "texts": [text] * 100_000 + [text.encode()] * 100_000}
        print(environment.compile("value.a.size() + texts.size()").evaluate(given))
        print(outcome(lambda: environment.compile("value").evaluate(given)))
        print(outcome(environment.compile("make()").evaluate))
    """
    assert run(program) == ["200002", "LIMIT_RESULT_SIZE", "LIMIT_RESULT_SIZE"]


def test_an_object_that_occurs_again_is_read_as_its_place_says():
    shared = [1, 2]
    environment = cel.Environment(
        variables={"a": cel.list_of(cel.list_of(cel.INT)), "b": cel.list_of(cel.list_of(cel.DOUBLE)), "c": cel.DYN}
    )
    given = {"a": [shared, shared], "b": [shared, shared], "c": {"d": shared, "e": [shared], "f": (shared, "x" * 1000)}}
    assert environment.compile("type(a[1][0]) == int && type(b[1][0]) == double").evaluate(given)
    assert environment.compile("c").evaluate(given) == {"d": [1, 2], "e": [[1, 2]], "f": [[1, 2], "x" * 1000]}


def test_depth_counts_where_an_object_occurs_again():
    def nested(levels, inner):
        for _ in range(levels):
            inner = [inner]
        return inner

    environment = cel.Environment(variables={"x": cel.DYN})
    program = environment.compile("x.size()")
    inner = nested(100, [1])
    assert program.evaluate({"x": [inner, nested(98, inner)]}) == 2
    with pytest.raises(ValueError, match="nested too deeply"):
        program.evaluate({"x": [inner, nested(99, inner)]})
    circle: list = []
    circle.append(circle)
    with pytest.raises(ValueError, match="nested too deeply"):
        program.evaluate({"x": circle})


@pytest.mark.parametrize(
    "text, size",
    [
        ("1", 16),
        ("'12345'", 21),
        ("b'12345'", 21),
        ("[1, 2]", 48),
        ("{'a': 1}", 49),
        ("optional.of(1)", 32),
        ("[[1], [1]]", 80),
        ("timestamp(0)", 16),
        ("google.protobuf.ListValue{values: [1]}", 32),
    ],
)
def test_the_size_of_a_value(text, size):
    def look(value):
        return True

    function = cel.Function("look", look, parameters=[cel.DYN], result=bool)

    def environment(limit):
        return cel.Environment(functions=[function], limits=cel.Limits(max_result_bytes=limit))

    environment(size).compile(text).evaluate()
    assert environment(size).compile(f"look({text})").evaluate()
    for call in (text, f"look({text})"):
        with pytest.raises(cel.EvaluationError, match="max_result_bytes") as raised:
            environment(size - 1).compile(call).evaluate()
        assert raised.value.reason == "LIMIT_RESULT_SIZE"


def test_the_result_of_a_function_counts():
    function = cel.Function("make", lambda: [1, 2, 3], parameters=[], result=cel.list_of(int))
    for limit, fits in ((64, True), (63, False)):
        environment = cel.Environment(functions=[function], limits=cel.Limits(max_result_bytes=limit))
        program = environment.compile("make().size() == 3")
        if fits:
            assert program.evaluate()
        else:
            with pytest.raises(cel.EvaluationError, match="max_result_bytes"):
                program.evaluate()


def test_all_values_of_an_explanation_share_the_limit():
    environment = cel.Environment(variables={"n": cel.list_of(int)}, limits=cel.Limits(max_result_bytes=80))
    explanation = environment.compile("n.size() + n.size() + n.size()").explain({"n": [1, 2]})
    assert explanation.value == 6
    assert [read.value for read in explanation.reads] == [[1, 2]]
    assert explanation.steps[-1].value.reason == "LIMIT_RESULT_SIZE"


def test_no_function_sees_an_error():
    seen = []

    def look(value):
        seen.append(value)
        return True

    broken = timestamp_pb2.Timestamp(seconds=1 << 60)
    environment = cel.Environment(
        variables={"x": cel.DYN, "any": cel.ANY},
        functions=[cel.Function("look", look, parameters=[cel.DYN], result=bool)],
    )
    values = struct_pb2.ListValue()
    values.extend([1, "a"])
    assert environment.compile("look([x])").evaluate({"x": values}) and seen == [[[1.0, "a"]]]
    seen.clear()
    unknown = any_pb2.Any(type_url="type.googleapis.com/no.such.Type")
    for text, given in (
        ("look([x])", broken),
        ("look({'a': [x]})", broken),
        ("look(optional.of(x))", broken),
        ("look([x])", unknown),
        ("look(x)", unknown),
    ):
        with pytest.raises(cel.EvaluationError) as raised:
            environment.compile(text).evaluate({"x": given})
        assert raised.value.reason in ("TIMESTAMP_OUT_OF_RANGE", "INVALID_ANY"), text
    assert not seen
