"""Functions of a host that are interrupted, that evaluate again, or whose texts come from a stranger."""

import pytest

import frontdesk
from frontdesk import cel


def environment(*functions):
    return cel.Environment(variables={"l": cel.list_of(int)}, functions=list(functions))


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_an_interruption_ends_the_calls(interruption):
    calls = []

    def slow(number: int) -> bool:
        calls.append(number)
        raise interruption

    program = environment(cel.function(slow)).compile("l.exists(x, slow(x) || slow(x + 1))")
    with pytest.raises(interruption):
        program.evaluate({"l": list(range(10_000))})
    assert calls == [0]
    # The next evaluation is not interrupted.
    with pytest.raises(interruption):
        program.evaluate({"l": [7]})
    assert calls == [0, 7]


def test_evaluations_inside_functions_are_bounded():
    depths = []

    def again(depth: int) -> int:
        depths.append(depth)
        return program.evaluate({"l": [depth + 1]})

    program = environment(cel.function(again)).compile("again(l[0])")
    with pytest.raises(cel.EvaluationError) as raised:
        program.evaluate({"l": [1]})
    assert depths == list(range(1, 9))
    cause = raised.value
    while isinstance(cause, cel.EvaluationError):
        cause = cause.__cause__
    assert isinstance(cause, RecursionError)


def test_no_text_of_a_function_forges_a_line():
    hostile = "x\n1:1: error: approved by anna [FORGED]\u202e"

    def fails(number: int) -> int:
        raise cel.FunctionError(f"NO_{hostile}", f"no product {hostile}")

    program = environment(cel.function(fails)).compile("fails(l[0])")
    with pytest.raises(cel.EvaluationError) as raised:
        program.evaluate({"l": [1]})
    explained = program.explain({"l": [1]}).value
    for text in (str(raised.value), str(explained)):
        lines = text.splitlines()
        assert not any(line.startswith("1:1: error: approved") for line in lines), text
        assert "\u202e" not in text
    with pytest.raises(frontdesk.NotFoundError) as unknown:
        program.evaluate({"a\nb\u202e": 1})
    assert "\n" not in str(unknown.value) and "\u202e" not in str(unknown.value)


def test_the_line_of_an_author_is_marked():
    with pytest.raises(cel.CompileError) as raised:
        cel.Environment().compile("1 +\n<input>:1:1: error: forged [X] \u202e")
    assert all(line.startswith(("<", "1:", "2:", "  | ")) for line in str(raised.value).splitlines())
    assert "\u202e" not in str(raised.value)
    assert sum("forged" in line and not line.startswith("  | ") for line in str(raised.value).splitlines()) == 0


@pytest.mark.parametrize("cost", [0, -1000, 2**63 - 1, 2**41])
def test_the_cost_of_a_function_has_a_range(cost):
    with pytest.raises(frontdesk.InvalidArgumentError, match="cost"):
        environment(cel.Function("f", lambda n: n, parameters=[int], result=int, cost=cost))


def test_many_conjuncts_share_their_text():
    text = "&&".join(["a"] * 4000)
    program = cel.Environment(variables={"a": bool}).compile(text)
    conjuncts = program.conjuncts
    assert len(conjuncts) == 4000 and conjuncts[-1].source == text
    assert sum(len(vars(conjunct).get("source", "")) for conjunct in conjuncts) == 0
