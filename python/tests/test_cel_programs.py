"""frontdesk.cel: user functions, looking inside programs, threads."""

import datetime
import gc
import sys
import threading
import typing
import weakref

import pytest

from frontdesk import cel, v1


# ---- Functions ----


def test_function_from_annotations(noon):
    def shout(text: str, times: int) -> str:
        return text.upper() + "!" * times

    environment = cel.Environment(functions=[cel.function(shout, member=True), cel.function(shout, name="scream")])
    assert environment.compile("'hey'.shout(2) + scream('a', 1)").evaluate() == "HEY!!A!"


def test_overloads_and_parameters():
    element = cel.parameter("T")
    environment = cel.Environment(
        functions=[
            cel.Function("show", lambda n: f"int {n}", [int], str),
            cel.Function("show", lambda s: f"text {s}", [str], str),
            cel.Function("first", lambda l: l[0], [cel.list_of(element)], element),
        ]
    )
    assert environment.compile("show(1) + show('a')").evaluate() == "int 1text a"
    assert environment.compile("first(['a'])").result_type == cel.STRING


def test_functions_see_and_make_messages_and_times(noon):
    def later(when: datetime.datetime, by: datetime.timedelta) -> datetime.datetime:
        return when + by

    def doubled(amount: v1.Money) -> v1.Money:
        return v1.Money(units=2 * amount.units, currency_code=amount.currency_code)

    environment = cel.Environment(
        variables={"t": datetime.datetime, "m": v1.Money}, functions=[cel.function(later), cel.function(doubled)]
    )
    assert environment.compile("later(t, duration('1h'))").evaluate({"t": noon}) == noon + datetime.timedelta(hours=1)
    assert environment.compile("doubled(doubled(m)).units").evaluate({"m": v1.Money(units=3)}) == 12


def test_the_exception_of_a_function_is_the_cause():
    def broken(n: int) -> int:
        raise KeyError("secret")

    environment = cel.Environment(variables={"n": int}, functions=[cel.function(broken)])
    with pytest.raises(cel.EvaluationError) as raised:
        environment.compile("1 + broken(n)").evaluate({"n": 1})
    assert raised.value.reason == "FUNCTION_FAILED"
    assert isinstance(raised.value.__cause__, KeyError)
    assert raised.value.__cause__.__traceback__ is not None
    assert "secret" not in str(raised.value)
    assert environment.compile("true || broken(n) == 1").evaluate({"n": 1}) is True
    assert environment.compile("broken(n) == 1 || true").evaluate({"n": 1}) is True


def test_a_function_can_name_its_reason():
    def check(n: int) -> int:
        raise cel.FunctionError("OUT_OF_STOCK", "none are left")

    environment = cel.Environment(variables={"n": int}, functions=[cel.function(check)])
    with pytest.raises(cel.EvaluationError) as raised:
        environment.compile("check(n)").evaluate({"n": 1})
    assert raised.value.reason == "OUT_OF_STOCK"
    assert "none are left" in str(raised.value)


def test_a_result_of_another_type_is_an_error():
    for wrong in ("text", None, object(), 2**70):
        environment = cel.Environment(
            variables={"n": int}, functions=[cel.Function("f", lambda n, wrong=wrong: wrong, [int], int)]
        )
        with pytest.raises(cel.EvaluationError):
            environment.compile("f(n) + 1").evaluate({"n": 1})


def test_interrupts_are_not_swallowed():
    def interrupt(n: int) -> bool:
        raise KeyboardInterrupt

    environment = cel.Environment(variables={"n": int}, functions=[cel.function(interrupt)])
    with pytest.raises(KeyboardInterrupt):
        environment.compile("interrupt(n) || true").evaluate({"n": 1})


def test_unbound_functions_can_be_checked_and_not_called():
    environment = cel.Environment(variables={"n": int}, functions=[cel.Function("f", None, [int], bool)])
    program = environment.compile("f(n)")
    with pytest.raises(cel.EvaluationError) as raised:
        program.evaluate({"n": 1})
    assert raised.value.reason == "FUNCTION_UNBOUND"


def test_programs_inside_functions():
    inner = cel.Environment(variables={"n": int}).compile("'x' + string(n)")

    def call(n: int) -> str:
        return inner.evaluate({"n": n})

    outer = cel.Environment(functions=[cel.function(call)], variables={"l": typing.List[int]})
    assert outer.compile("l.map(n, call(n) + call(n + 1))").evaluate({"l": [1, 2]}) == ["x1x2", "x2x3"]


def test_annotations_are_required():
    with pytest.raises(TypeError):
        cel.function(lambda n: n)
    with pytest.raises(TypeError):
        cel.function(eval("lambda *n: n"))

    def no_result(n: int):
        return n

    with pytest.raises(TypeError):
        cel.function(no_result)


def test_functions_are_let_go():
    class Callable:
        def __call__(self, n):
            return n

    function = Callable()
    gone = weakref.ref(function)
    environment = cel.Environment(functions=[cel.Function("f", function, [int], int)])
    program = environment.compile("f(1)")
    del function, environment
    gc.collect()
    assert gone() is not None and program.evaluate() == 1
    del program
    gc.collect()
    assert gone() is None


# ---- Looking inside ----


def test_expression_tree():
    program = cel.Environment(root=v1.OrderDecisionInput).compile(
        "order.order_id == 'ü' && order.lines.all(line, line.quantities.ordered > 0)"
    )
    tree = program.expression
    assert (tree.kind, tree.operator, tree.type) == ("call", "_&&_", cel.BOOL)
    equal, every = tree.children
    assert equal.children[0].path == "order.order_id"
    assert equal.children[0].field == "frontdesk.v1.Order.order_id"
    assert equal.children[1].is_constant and equal.children[1].constant == "ü"
    assert (every.kind, every.macro, every.variables) == ("comprehension", "all", ("line",))
    for node in (tree, equal, every):
        assert program.source[node.start : node.end] == node.text


def test_check_and_parse():
    environment = cel.Environment(variables={"n": int})
    checked = environment.check("n + 1")
    assert checked.expression.type == cel.INT and checked.issues == ()
    parsed = environment.parse("unknown + 1")
    assert parsed.expression.type == cel.DYN
    broken = environment.check("m + 1")
    assert broken.expression is None and broken.issues[0].code
    assert environment.parse("1 +").issues[0].line == 1


def test_conjuncts_and_references():
    program = cel.Environment(root=v1.OrderDecisionInput).compile(
        "order.totals.total.units > 5 && (order.order_id.startsWith('a') && !has(order.place_time))"
    )
    assert [term.text for term in program.conjuncts] == [
        "order.totals.total.units > 5",
        "order.order_id.startsWith('a')",
        "!has(order.place_time)",
    ]
    question = v1.OrderDecisionInput(order=v1.Order(order_id="abc"))
    assert [term.evaluate(question) for term in program.conjuncts] == [False, True, True]
    references = program.references
    assert references.fields[0] == (
        "order.totals.total.units",
        "frontdesk.v1.Money.units",
        "order.totals.total.units",
    )
    assert [variable.name for variable in references.variables][0] == "order"
    assert "startsWith" in references.functions


def test_explain():
    program = cel.Environment(root=v1.OrderDecisionInput).compile("order.totals.total.units > 5 && order.order_id == 'a'")
    question = v1.OrderDecisionInput(order=v1.Order(order_id="b"))
    question.order.totals.total.units = 9
    explanation = program.explain(question)
    assert explanation.value is False and not explanation.truncated
    assert [(read.path, read.value) for read in explanation.reads] == [
        ("order.totals.total.units", 9),
        ("order.order_id", "b"),
    ]
    assert ("order.order_id == 'a'", False) in [(step.text, step.value) for step in explanation.steps]
    assert program.explain(question, max_reads=1).truncated


def test_references_of_macro_variables():
    environment = cel.Environment(variables={"orders": cel.map_of(str, cel.list_of(int)), "limit": float})
    program = environment.compile("orders.all(k, v, v.exists(n, double(n) > limit) || k == '')")
    assert [(field.path, field.origin) for field in program.references.fields] == [
        ("orders", "orders"),
        ("v", "orders[]"),
        ("n", "orders[][]"),
        ("limit", "limit"),
        ("k", "orders{}"),
    ]
    assert [(variable.name, variable.type) for variable in program.references.variables] == [
        ("orders", cel.map_of(str, cel.list_of(int))),
        ("limit", cel.DOUBLE),
    ]


def test_explain_says_what_was_left_out():
    program = cel.Environment(variables={"n": int, "text": str}).compile("n > 3 && (n < 9 || size(text) > 2)")
    assert [part.text for part in program.explain({"n": 5, "text": ""}).skipped] == ["size(text) > 2"]
    assert [part.text for part in program.explain({"n": 1, "text": ""}).skipped] == ["n < 9 || size(text) > 2"]
    assert program.explain({"n": 10, "text": ""}).skipped == ()
    skipped = program.explain({"n": 1, "text": ""}).skipped[0]
    assert skipped.id == program.expression.children[1].id


def test_cost_is_estimated_and_metered():
    environment = cel.Environment(variables={"names": cel.list_of(str)}, limits=cel.Limits(max_cost=1000))
    program = environment.compile("names.all(name, name.contains('x') || names.exists(other, other == name))")
    assert program.estimate_cost().max is None
    assert program.estimate_cost().min == program.fixed_cost
    small = program.estimate_cost({"names": 3, "names[]": 10})
    large = program.estimate_cost(other=100)
    assert small.max is not None and large.max is not None and small.max < large.max
    assert program.evaluate({"names": ["a", "b", "c"]}) is True
    with pytest.raises(ValueError):
        program.estimate_cost({"names": -1})
    with pytest.raises(cel.EvaluationError) as caught:
        program.evaluate({"names": ["a"] * 10 + [str(number) for number in range(90)]})
    issue = caught.value.issue
    assert (issue.code, issue.line, issue.column) == ("LIMIT_COST", 1, 7)
    assert "names.all(name" in issue.message


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("n > 0 || 10 / n > 1", "DIVISION_BY_ZERO", 13),
        ("size(texts) + int(texts[0])", "CONVERSION_FAILED", 15),
        ("texts[n + 7] == ''", "INDEX_OUT_OF_RANGE", 6),
        ("texts.map(t, t.matches(t))", "INVALID_REGEX", 16),
        ("'é' + string(9223372036854775807 + n + 1) == ''", "INTEGER_OVERFLOW", 38),
        ("{'a': 1}[texts[0]] == n", "NO_SUCH_KEY", 9),
    ],
)
def test_errors_say_where(text, code, column):
    environment = cel.Environment(variables={"n": int, "texts": cel.list_of(str)})
    with pytest.raises(cel.EvaluationError) as caught:
        environment.compile(text).evaluate({"n": 0, "texts": ["(é"]})
    issue = caught.value.issue
    assert (issue.code, issue.line, issue.column) == (code, 1, column)


def test_explain_an_error():
    program = cel.Environment(variables={"n": int}).compile("10 / n > 1")
    explanation = program.explain({"n": 0})
    assert isinstance(explanation.value, cel.EvaluationError)
    assert any(isinstance(step.value, cel.EvaluationError) for step in explanation.steps)


def test_programs_outlive_their_environment():
    program = cel.Environment(root=v1.Money).compile("units")
    assert program.conjuncts[0].evaluate(v1.Money(units=3)) == 3


def test_many_threads_share_a_program():
    program = cel.Environment(variables={"n": int}).compile("[1, 2, 3].map(x, x * n).exists(y, y == 3 * n) ? 'n' + string(n) : ''")
    wrong = []

    def work(first):
        for n in range(first, first + 500):
            if program.evaluate({"n": n}) != f"n{n}":
                wrong.append(n)

    threads = [threading.Thread(target=work, args=(1000 * each,)) for each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_gil_is_released_while_a_program_runs():
    """Another thread runs Python between the start and the end of one evaluation. If the GIL were held it could not, however
    often that is tried: within the switch interval only a thread that lets go of the GIL gives it to another."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(100)
    try:
        seen = any(_other_thread_runs_meanwhile() for _ in range(50))
    finally:
        sys.setswitchinterval(interval)
    assert seen


def _other_thread_runs_meanwhile() -> bool:
    started, finished = threading.Event(), threading.Event()

    def mark(what: str) -> bool:
        (started if what == "started" else finished).set()
        return True

    numbers = list(range(1000))
    program = cel.Environment(
        variables={"l": typing.List[int]},
        functions=[cel.function(mark)],
        limits=cel.Limits(max_cost=10**9, max_comprehension_iterations=10**9),
    ).compile("mark('started') && l.all(x, l.exists(y, x + y < 0) || x >= 0) && mark('finished')")
    worker = threading.Thread(target=lambda: program.evaluate({"l": numbers}))
    worker.start()
    started.wait()
    meanwhile = not finished.is_set()
    worker.join()
    assert finished.is_set()
    return meanwhile
