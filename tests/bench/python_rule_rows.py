"""The rows of the area `python` about rule sets, expressions over dicts, and frames of inputs. Part of python_bench.py."""

import importlib.util
import pathlib
import statistics
import time
from typing import Any, Callable, Dict, Iterator, List, Tuple

from frontdesk import cel, rules, v1
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

SALE = pathlib.Path(__file__).resolve().parent / "python_sale.textproto"
RULES = """
  id: "orders" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "large" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "ORDER_LARGE"
          condition: "order.state == Order.State.STATE_PLACED && order.totals.total.units > 10000" }
"""
ANY_RULES = """
  id: "sales" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "large" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "SALE_LARGE"
          condition: "sale.total_cents > 10000 && buyer.tier == 'gold' && sale.status in ['PLACED', 'PICKING']" }
"""
FRAME_RULES = """
  id: "returns" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "large" order: 1 outcome: POLICY_OUTCOME_HOLD authority: "lead" reason: "ORDER_LARGE"
          condition: "order.state == Order.State.STATE_PLACED && order.totals.total.units > 100000" }
  rules { id: "late" order: 2 outcome: POLICY_OUTCOME_REFUSE reason: "RETURN_TOO_LATE"
          condition: "now - order.place_time > duration('720h') && customer.tier != 'gold'" }
"""
CONDITION = "state == 'placed' && total > 10000 && tier != 'blocked' && country == 'DE'"
NOW = 1_700_000_000


def sale_class() -> Any:
    pool = descriptor_pool.DescriptorPool()
    file = text_format.Parse(SALE.read_text(encoding="utf-8"), descriptor_pb2.FileDescriptorProto())
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("shop.Question"))


def sale(kind: Any, number: int) -> Any:
    return text_format.Parse(f"""
        sale {{ id: '1001' total_cents: {9000 + number * 100} currency: 'EUR' status: '{"SENT" if number % 2 else "PLACED"}' channel: 'WEB'
                lines {{ sku: 'a' quantity: 2 }} lines {{ sku: 'b' quantity: 1 }} }}
        buyer {{ id: 'c1' name: 'Ann' tier: '{"none" if number % 3 else "gold"}' country: 'DE' tags: 'a' tags: 'b' }}""", kind())


def rule_calls(inputs: List[v1.OrderDecisionInput]) -> Dict[str, Callable[[int], Any]]:
    """The calls that the C++ side makes too."""
    kind = sale_class()
    sales = [sale(kind, number) for number in range(len(inputs))]
    own = rules.RuleSet.from_text(RULES, input=v1.OrderDecisionInput)
    any_rules = rules.RuleSet.from_text(ANY_RULES, input=kind)
    return {
        "rules_decide": lambda i: own.decide(inputs[i % len(inputs)], full_trace=False),
        "rules_decide_any": lambda i: any_rules.decide(sales[i % len(inputs)], full_trace=False),
    }


def by_hand(given: Dict[str, Any]) -> bool:
    return bool(given["state"] == "placed" and given["total"] > 10000 and given["tier"] != "blocked" and given["country"] == "DE")


def dict_rows(smoke: bool) -> Iterator[Tuple[str, float, str, str]]:
    """An expression over a dict of four entries, and the same function of Python."""
    names = {"state": str, "total": int, "tier": str, "country": str}
    condition = cel.Environment(variables=names).compile(CONDITION)
    dicts = [{"state": "placed" if number % 2 else "shipped", "total": 9000 + number * 100, "tier": "gold", "country": "DE"} for number in range(64)]
    if [condition.evaluate(each) for each in dicts] != [by_hand(each) for each in dicts]:
        raise SystemExit("bench: the expression and the function differ")
    rounds, count = (1, 1) if smoke else (25, 200)
    calls = (condition.evaluate, by_hand)
    spent: List[List[float]] = [[], []]
    for _ in range(rounds):
        for call, each in zip(calls, spent):
            begin = time.thread_time_ns()
            for _ in range(count):
                for given in dicts:
                    call(given)
            each.append((time.thread_time_ns() - begin) / (count * len(dicts)))
    yield "dict_condition", statistics.median(spent[0]), "ns", "dict_function"
    yield "dict_function", statistics.median(spent[1]), "ns", ""


def frame_rows(smoke: bool) -> Iterator[Tuple[str, float, str, str]]:
    """A frame of inputs, and a loop over its rows that makes messages."""
    if importlib.util.find_spec("pandas") is None:
        return
    import numpy
    import pandas

    count = 50 if smoke else 20_000
    random = numpy.random.default_rng(1)
    frame = pandas.DataFrame({
        "now": pandas.to_datetime(numpy.full(count, NOW), unit="s", utc=True),
        "order.order_id": [str(number) for number in range(count)],
        "order.state": random.choice([v1.Order.STATE_PLACED, v1.Order.STATE_SHIPPED], count),
        "order.totals.total.units": random.integers(0, 200_000, count),
        "order.place_time": pandas.to_datetime(NOW - random.integers(0, 60 * 86400, count), unit="s", utc=True),
        "customer.tier": pandas.Categorical(random.choice(["gold", "silver", "none"], count)),
    })
    the_rules = rules.RuleSet.from_text(FRAME_RULES, input=v1.OrderDecisionInput)
    names = {v1.POLICY_OUTCOME_ALLOW: "allow", v1.POLICY_OUTCOME_REFUSE: "refuse", v1.POLICY_OUTCOME_HOLD: "hold"}

    def loop() -> List[str]:
        outcomes = []
        for now, order_id, state, units, placed, tier in frame.itertuples(index=False):
            message = v1.OrderDecisionInput()
            message.now.seconds = now.value // 1_000_000_000
            order = message.order
            order.order_id = order_id
            order.state = state
            order.totals.total.units = units
            order.place_time.seconds = placed.value // 1_000_000_000
            message.customer.tier = tier
            outcomes.append(names[the_rules.decide(message, full_trace=False).outcome])
        return outcomes

    def whole() -> List[str]:
        return list(the_rules.decide_frame(frame)["outcome"])

    speeds: List[List[float]] = [[], []]
    results = []
    for _ in range(1 if smoke else 5):
        for call, each in zip((whole, loop), speeds):
            begin = time.thread_time()
            results.append(call())
            each.append(count / (time.thread_time() - begin))
    if any(result != results[0] for result in results):
        raise SystemExit("bench: the frame and the loop have other outcomes")
    yield "frame_rows", statistics.median(speeds[0]), "rows/s", "frame_loop"
    yield "frame_loop", statistics.median(speeds[1]), "rows/s", ""
