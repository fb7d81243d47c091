"""Rule sets over data frames: the result of a row is that of a message with the same fields."""

import datetime
import random
import subprocess
import sys

import pytest

import frontdesk
import test_rule_messages
from frontdesk import rules, v1

numpy = pytest.importorskip("numpy")
UTC = datetime.timezone.utc


def pandas_module():
    return pytest.importorskip("pandas")


TEXT = """
id: "orders" default_outcome: POLICY_OUTCOME_ALLOW
default_outputs { name: "queue" expression: "'first'" }
rules { id: "large" order: 10 outcome: POLICY_OUTCOME_HOLD authority: "lead" reason: "ORDER_LARGE"
        condition: "order.totals.total.units > 100000"
        outputs { name: "amount" expression: "order.totals.total" }
        outputs { name: "queue" expression: "order.order_id + '!'" } }
rules { id: "late" order: 20 outcome: POLICY_OUTCOME_REFUSE reason: "ORDER_LATE"
        condition: "has(order.place_time) && now - order.place_time > duration('720h')"
        outputs { name: "when" expression: "order.place_time" }
        outputs { name: "age" expression: "now - order.place_time" } }
rules { id: "shipped" order: 30 outcome: POLICY_OUTCOME_REFUSE reason: "ORDER_SHIPPED"
        condition: "order.state == Order.State.STATE_SHIPPED"
        outputs { name: "share" expression: "double(size(order.order_id)) / 2.0" }
        outputs { name: "count" expression: "size(order.order_id)" }
        outputs { name: "is_short" expression: "size(order.order_id) < 2" } }
"""


@pytest.fixture(scope="module", name="orders")
def fixture_orders():
    return rules.RuleSet.from_text(TEXT, input=v1.OrderDecisionInput)


def order_columns(numbers, count):
    """Values by column: None is missing."""

    def some(make):
        return [make() if numbers.random() < 0.7 else None for _ in range(count)]

    now = datetime.datetime(2024, 5, 1, tzinfo=UTC)
    return {
        "now": [now] * count,
        "order.order_id": some(lambda: numbers.choice(("a", "ab", "ü"))),
        "order.state": some(lambda: numbers.choice((v1.Order.STATE_PLACED, v1.Order.STATE_SHIPPED))),
        "order.place_time": some(lambda: now - datetime.timedelta(days=numbers.randrange(60), microseconds=numbers.randrange(10))),
        "order.totals.total.units": some(lambda: numbers.randrange(200000)),
        "order.totals.total.currency_code": some(lambda: "EUR"),
    }


def message_of(kind, columns, row):
    """The same message, by Python's protobuf."""
    message = kind()
    for path, values in columns.items():
        if values[row] is None:
            continue
        *around, name = path.split(".")
        place = message
        for each in around:
            place = getattr(place, each)
            place.SetInParent()
        value = values[row]
        if isinstance(value, datetime.datetime):
            getattr(place, name).MergeFromString(frontdesk.times.timestamp(value).SerializeToString())
            getattr(place, name).SetInParent()
        elif isinstance(value, datetime.timedelta):
            getattr(place, name).MergeFromString(frontdesk.times.duration(value).SerializeToString())
            getattr(place, name).SetInParent()
        elif name == "maybe":
            place.maybe.value = value
            place.maybe.SetInParent()
        else:
            setattr(place, name, value)
    return message


def as_frame(columns, numbers, missing):
    """The same columns in one of the ways that pandas has for each."""
    pandas = pandas_module()
    made = {}
    for name, values in columns.items():
        given = [missing if value is None else value for value in values]
        present = [value for value in values if value is not None]
        ways = [lambda: pandas.Series(given, dtype=object)]  # pylint: disable=cell-var-from-loop
        if present and isinstance(present[0], str):
            ways += [lambda: pandas.Series(values, dtype="string"), lambda: pandas.Series(values, dtype="category")]  # pylint: disable=cell-var-from-loop
        elif present and isinstance(present[0], datetime.datetime):
            ways += [lambda: pandas.to_datetime(pandas.Series(values), utc=True),  # pylint: disable=cell-var-from-loop
                     lambda: pandas.to_datetime(pandas.Series(values), utc=True).dt.tz_convert("Asia/Tokyo")]  # pylint: disable=cell-var-from-loop
        elif present and isinstance(present[0], int):
            ways += [lambda: pandas.Series(values, dtype="Int64"), lambda: pandas.Series(values, dtype="float64")]  # pylint: disable=cell-var-from-loop
            if len(present) == len(values):
                ways += [lambda: pandas.Series(values, dtype="int64")]  # pylint: disable=cell-var-from-loop
        made[name] = numbers.choice(ways)()
    return pandas.DataFrame(made)


def test_rows_are_decided_as_messages_are(orders):
    pandas = pandas_module()
    seed = random.randrange(1 << 32)
    print("seed", seed)
    numbers = random.Random(seed)
    for _ in range(25):
        count = numbers.randrange(1, 40)
        columns = order_columns(numbers, count)
        missing = numbers.choice((None, float("nan"), pandas.NA, pandas.NaT))
        frame = as_frame(columns, numbers, missing)
        frame.index = [f"row {number}" for number in range(count)]
        decided = orders.decide_frame(frame)
        assert list(decided.index) == list(frame.index)
        for row in range(count):
            decision = orders.decide(message_of(v1.OrderDecisionInput, columns, row))
            outputs = rules.outputs(decision)
            reasons = rules.reasons(decision)
            made = decided.iloc[row]
            assert made["outcome"] == frontdesk.PolicyOutcome.of(decision.outcome).name.lower()
            for place, name in ((0, "rule_id"), (1, "reason")):
                wanted = reasons[0][place] if reasons else ""
                assert made[name] == wanted or (not wanted and pandas.isna(made[name]))
            for name in ("queue", "when", "age", "share", "count", "is_short", "amount_minor"):
                given = made[f"output.{name}"]
                wanted = outputs.get(name.removesuffix("_minor"))
                wanted = wanted.units if isinstance(wanted, v1.Money) else wanted
                # An output that is an empty text is none.
                assert (pandas.isna(given) and wanted in (None, "")) or given == wanted
            if not pandas.isna(made["output.amount_minor"]) and outputs["amount"].currency_code:
                assert made["output.amount"] == made["output.amount_minor"] / 100
                assert made["output.amount_currency"] == "EUR"


def deed_columns(numbers, count):
    def some(make):
        return [make() if numbers.random() < 0.7 else None for _ in range(count)]

    names = ("a", "b", "c")
    return {
        "one1": some(lambda: numbers.randrange(-5, 9)), "one3": some(lambda: numbers.randrange(9)), "one2": some(lambda: numbers.randrange(-9, 9)),
        "one4": some(lambda: numbers.choice((3, 2**64 - 1))), "one5": some(lambda: numbers.random() * 3), "one6": some(lambda: 0.25),
        "one7": some(lambda: numbers.random() < 0.5), "one8": some(lambda: numbers.choice(names)), "one9": some(lambda: numbers.choice((b"b", b"\xff"))),
        "state": some(lambda: numbers.randrange(3)), "when": some(lambda: datetime.datetime.fromtimestamp(numbers.randrange(-9, 9) + 0.25, UTC)),
        "part.name": some(lambda: numbers.choice(names)), "part.count": some(lambda: numbers.randrange(5)),
        "part.next.count": some(lambda: numbers.randrange(5)), "part.next.next.count": some(lambda: numbers.randrange(5)),
        "maybe": some(lambda: numbers.randrange(5)),
        "right.name": [numbers.choice(names) if number % 2 else None for number in range(count)],
        "left": [numbers.choice(names) if number % 4 == 0 else None for number in range(count)],
    }


def test_matches_of_rows_are_those_of_messages():
    pandas = pandas_module()
    kind = test_rule_messages.deed_class()
    the_rules = test_rule_messages.rule_set(kind, test_rule_messages.CONDITIONS + ["1 / one1 > 0", "one1 == 3 && 1 / one2 == 1"])
    seed = random.randrange(1 << 32)
    print("seed", seed)
    numbers = random.Random(seed)
    erring = 0
    for _ in range(10):
        count = numbers.randrange(1, 30)
        columns = deed_columns(numbers, count)
        frame = pandas.DataFrame({name: pandas.Series(values, dtype=object) for name, values in columns.items()})
        found = the_rules.matches_frame(frame)
        arrays = the_rules.matches_frame({name: numpy.array(values, dtype=object) for name, values in columns.items()})
        assert [list(found[name]) for name in found.columns] == [list(arrays[name]) for name in found.columns]
        for row in range(count):
            message = message_of(kind, columns, row)
            wanted = the_rules.matches(message)
            traces = the_rules.decide(message).rules
            assert list(wanted.rules) == [n for n, trace in enumerate(traces) if trace.result in (v1.RuleTrace.RESULT_FIRED, v1.RuleTrace.RESULT_MATCHED)]
            assert list(wanted.errors) == [n for n, trace in enumerate(traces) if trace.result == v1.RuleTrace.RESULT_ERROR]
            here = found[found["row"] == row]
            assert list(here[~here["has_error"]]["rule"]) == list(wanted.rules)
            assert list(here[here["has_error"]]["rule"]) == list(wanted.errors)
            assert list(here["rule_id"]) == [the_rules.rule_ids[number] for number in here["rule"]]
            erring += len(wanted.errors)
    assert erring > 0


def test_arrays_without_pandas():
    """In a process that has numpy alone."""
    program = """
import sys
sys.modules["pandas"] = None
import numpy
from frontdesk import rules, v1
orders = rules.RuleSet.from_text('''%s''', input=v1.OrderDecisionInput)
made = orders.decide_frame({
    "order_id": numpy.array(["a", "abc", "b"]), "state": numpy.array([1, 1, %d], dtype=numpy.int8),
    "totals.total.units": numpy.ma.masked_array([5, 200000, 300000], [False, False, True]),
    "totals.total.currency_code": numpy.array(["EUR", "JPY", "EUR"], dtype=object),
    "place_time": numpy.array(["NaT", "NaT", "2024-05-01T00:00:00"], dtype="datetime64[s]")}, prefix="order.")
assert "frontdesk.frames" not in sys.modules
print({name: values.tolist() for name, values in made.items()})
""" % (TEXT, v1.Order.STATE_SHIPPED)
    result = subprocess.run([sys.executable, "-B", "-c", program], capture_output=True, text=True, check=False)
    assert result.stderr == ""
    made = eval(result.stdout, {"nan": float("nan")})  # pylint: disable=eval-used
    assert made["outcome"] == ["allow", "hold", "refuse"]
    assert made["reason"] == [None, "ORDER_LARGE", "ORDER_SHIPPED"]
    assert made["output.queue"] == ["first", "abc!", None]
    assert made["output.amount_minor"] == [None, 200000, None]
    assert made["output.amount"][1] == 200000.0
    assert made["output.count"] == [None, None, 1]


BAD = [
    ("FRAME_COLUMN_UNKNOWN", lambda pandas: {"order.size": [1]}),
    ("FRAME_COLUMN_UNKNOWN", lambda pandas: {"order.order_id.size": ["a"]}),
    ("FRAME_COLUMN_UNKNOWN", lambda pandas: {"": ["a"]}),
    ("FRAME_COLUMN_TYPE", lambda pandas: {"order": [1]}),
    ("FRAME_COLUMN_TYPE", lambda pandas: {"order.lines": [1]}),
    ("FRAME_COLUMN_TYPE", lambda pandas: {"order.lines.quantity": [1]}),
    ("FRAME_COLUMN_TYPE", lambda pandas: {"order.order_id": [1]}),
    ("FRAME_COLUMN_TYPE", lambda pandas: {"order.totals.total.units": ["a"]}),
    ("FRAME_COLUMN_TYPE", lambda pandas: {"order.totals.total.units": [True]}),
    ("FRAME_COLUMN_TYPE", lambda pandas: {"order.order_id": [{}]}),
    ("FRAME_COLUMN_TYPE", lambda pandas: {"order.order_id": numpy.array([1j])}),
    ("FRAME_COLUMN_TYPE", lambda pandas: {"order.order_id": numpy.array([["a"]])}),
    ("FRAME_COLUMN_TYPE", lambda pandas: {"order.place_time": [5]}),
    ("FRAME_COLUMN_TYPE", lambda pandas: {"order.place_time": [datetime.timedelta(days=1)]}),
    ("FRAME_COLUMN_LENGTH", lambda pandas: {"order.order_id": ["a"], "order.totals.total.units": [1, 2]}),
    ("FRAME_TIME_NAIVE", lambda pandas: pandas.DataFrame({"order.place_time": pandas.to_datetime(["2024-05-01"])})),
    ("FRAME_TIME_NAIVE", lambda pandas: {"order.place_time": [datetime.datetime(2024, 5, 1)]}),
    ("FRAME_VALUE", lambda pandas: {"order.totals.total.units": [1.5]}),
    ("FRAME_VALUE", lambda pandas: {"order.totals.total.units": [2**64]}),
    ("FRAME_VALUE", lambda pandas: {"order.totals.total.units": [float("inf")]}),
    ("FRAME_VALUE", lambda pandas: {"order.state": ["STATE_SENT"]}),
    ("FRAME_VALUE", lambda pandas: {"order.state": [2**40]}),
    ("FRAME_VALUE", lambda pandas: {"order.order_id": ["\ud800"]}),
    ("FRAME_VALUE", lambda pandas: {"order.order_id": [b"a"]}),
    ("FRAME_VALUE", lambda pandas: {"order.place_time": numpy.array(["9999-01-01"], dtype="datetime64[D]")}),
]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_errors(orders, number):
    reason, make = BAD[number]
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        orders.decide_frame(make(pandas_module()))
    assert raised.value.reason == reason
    with pytest.raises(frontdesk.InvalidArgumentError):
        orders.matches_frame(make(pandas_module()))


def test_values_are_not_in_errors(orders):
    for columns in ({"order.totals.total.units": ["secret"]}, {"order.state": ["secret"]}, {"order.totals.total.units": [98765.5]}):
        with pytest.raises(frontdesk.InvalidArgumentError) as raised:
            orders.decide_frame(columns)
        assert "secret" not in str(raised.value) and "98765" not in str(raised.value)


def test_frames_of_other_types(orders):
    for frame in (None, [1], "text", v1.OrderDecisionInput(), numpy.array([1])):
        with pytest.raises(TypeError):
            orders.decide_frame(frame)
    with pytest.raises(TypeError):
        orders.decide_frame(pandas_module().DataFrame({1: [2]}))


def test_columns_by_other_names(orders):
    pandas = pandas_module()
    frame = pandas.DataFrame({"id": ["a", "b"], "status": ["STATE_SHIPPED", "STATE_PLACED"], "note": [object(), object()]})
    decided = orders.decide_frame(frame, prefix="order.", columns={"id": "order_id", "status": "state"})
    assert list(decided["outcome"]) == ["refuse", "allow"]
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        orders.decide_frame(frame, columns={"absent": "order.order_id"})
    assert raised.value.reason == "FRAME_COLUMN_UNKNOWN"
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        orders.decide_frame(frame, columns={"id": "order.order_id", "status": "order.order_id"})
    assert raised.value.reason == "FRAME_COLUMN_UNKNOWN"


def test_columns_without_a_value(orders):
    for path in ("order.order_id", "order.state", "order.place_time", "order.totals.total.units"):
        for values in (numpy.array([numpy.nan, numpy.nan]), [None, None]):
            assert len(orders.decide_frame({path: values})["outcome"]) == len(values)
    with pytest.raises(frontdesk.InvalidArgumentError):
        orders.decide_frame({"order": [None]})


def test_no_rows_and_no_columns(orders):
    pandas = pandas_module()
    assert len(orders.decide_frame(pandas.DataFrame({"order.order_id": []}))) == 0
    assert list(orders.decide_frame(pandas.DataFrame(index=[3, 4]))["outcome"]) == ["allow", "allow"]
    assert orders.matches_frame({})["row"].tolist() == []


def test_progress(orders):
    units = numpy.arange(10_000)
    seen = []
    decided = orders.decide_frame({"order.totals.total.units": units}, progress=seen.append)
    assert seen == [4096, 8192, 10_000]
    assert len(decided["outcome"]) == 10_000
    pandas = pandas_module()
    frame = pandas.DataFrame({"order.totals.total.units": units}, index=units + 5)
    assert list(orders.decide_frame(frame, progress=lambda rows: False).index) == list(range(5, 4101))
    assert len(orders.matches_frame(frame, progress=lambda rows: False)) == 0

    def fail(rows):
        raise KeyError(rows)

    with pytest.raises(KeyError):
        orders.decide_frame(frame, progress=fail)


def test_functions_of_python():
    is_even = frontdesk.cel.Function("isEven", lambda number: number % 2 == 0, [int], bool)
    made = v1.RuleSet(id="even", default_outcome=v1.POLICY_OUTCOME_ALLOW)
    made.rules.add(id="even", order=1, condition="isEven(order.totals.total.units)", outcome=v1.POLICY_OUTCOME_REFUSE, reason="EVEN")
    the_rules = rules.RuleSet.compile(made, input=v1.OrderDecisionInput, functions=[is_even])
    assert list(the_rules.decide_frame({"order.totals.total.units": numpy.arange(3)})["outcome"]) == ["refuse", "allow", "refuse"]


def test_rules_of_a_time():
    made = v1.RuleSet(id="soon", default_outcome=v1.POLICY_OUTCOME_ALLOW)
    rule = made.rules.add(id="soon", order=1, condition="true", outcome=v1.POLICY_OUTCOME_REFUSE, reason="SOON")
    rule.effective_time.FromJsonString("2024-05-01T00:00:00Z")
    the_rules = rules.RuleSet.compile(made, input=v1.OrderDecisionInput)
    columns = {"order.order_id": numpy.array(["a"])}
    before, after = (datetime.datetime(2024, month, 1, tzinfo=UTC) for month in (4, 6))
    assert list(the_rules.decide_frame(columns, now=before)["outcome"]) == ["allow"]
    assert list(the_rules.decide_frame(columns, now=before, as_of=after)["outcome"]) == ["refuse"]
    assert the_rules.matches_frame(columns, now=before)["row"].tolist() == []
    assert the_rules.matches_frame(columns, now=after)["row"].tolist() == [0]
    assert list(the_rules.matches(v1.OrderDecisionInput(), now=after).rules) == [0]
    assert not len(the_rules.matches(v1.OrderDecisionInput(), now=before).rules)
    for ask in (the_rules.decide_frame, the_rules.matches_frame):
        with pytest.raises(frontdesk.InvalidArgumentError) as raised:
            ask(columns)
        assert raised.value.reason == "RULES_TIME_MISSING"
    with pytest.raises(frontdesk.InvalidArgumentError):
        the_rules.matches(v1.OrderDecisionInput())


def test_a_rule_whose_output_errs_holds(orders):
    made = v1.RuleSet(id="errs", default_outcome=v1.POLICY_OUTCOME_ALLOW)
    rule = made.rules.add(id="errs", order=1, condition="has(order)", outcome=v1.POLICY_OUTCOME_REFUSE, reason="R")
    rule.outputs.add(name="share", expression="1 / size(order.order_id)")
    the_rules = rules.RuleSet.compile(made, input=v1.OrderDecisionInput)
    message = v1.OrderDecisionInput(order=v1.Order())
    assert the_rules.decide(message).rules[0].result == v1.RuleTrace.RESULT_ERROR
    found = the_rules.matches(message)
    assert (list(found.rules), list(found.errors)) == ([0], [])
    with pytest.raises(TypeError):
        orders.matches(None)
