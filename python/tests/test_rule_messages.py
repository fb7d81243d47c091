"""Messages of rules go to the core without bytes where that is possible: the decisions are those of the way through bytes."""

import os
import random
import subprocess
import sys

import pytest
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, duration_pb2, json_format, message_factory
from google.protobuf import struct_pb2, timestamp_pb2, wrappers_pb2
from google.protobuf.internal import api_implementation

import frontdesk
from frontdesk import rules, v1

F = descriptor_pb2.FieldDescriptorProto


def field(message, name, kind, number, type_name="", repeated=False, oneof=None):
    made = message.field.add(name=name, number=number, type=kind, label=F.LABEL_REPEATED if repeated else F.LABEL_OPTIONAL)
    if type_name:
        made.type_name = type_name
    if oneof is not None:
        made.oneof_index = oneof
    return made


def deed_file(syntax="proto3"):
    """A message with a field of every kind, of messages that refer to themselves too."""
    file = descriptor_pb2.FileDescriptorProto(name="deeds/deed.proto", package="deeds", syntax=syntax)
    file.dependency.extend(
        ["google/protobuf/timestamp.proto", "google/protobuf/struct.proto", "google/protobuf/any.proto", "google/protobuf/wrappers.proto"])
    state = file.enum_type.add(name="State")
    for number, name in enumerate(("NONE", "OPEN", "SHUT")):
        state.value.add(name=name, number=number)
    part = file.message_type.add(name="Part")
    field(part, "name", F.TYPE_STRING, 1)
    field(part, "count", F.TYPE_INT32, 2)
    field(part, "parts", F.TYPE_MESSAGE, 3, ".deeds.Part", repeated=True)
    field(part, "next", F.TYPE_MESSAGE, 4, ".deeds.Part")
    deed = file.message_type.add(name="Deed")
    for number, kind in enumerate(
            (F.TYPE_INT32, F.TYPE_INT64, F.TYPE_UINT32, F.TYPE_UINT64, F.TYPE_DOUBLE, F.TYPE_FLOAT, F.TYPE_BOOL, F.TYPE_STRING, F.TYPE_BYTES), 1):
        field(deed, f"one{number}", kind, number)
        field(deed, f"many{number}", kind, 20 + number, repeated=True)
    field(deed, "state", F.TYPE_ENUM, 10, ".deeds.State")
    field(deed, "states", F.TYPE_ENUM, 30, ".deeds.State", repeated=True)
    field(deed, "part", F.TYPE_MESSAGE, 11, ".deeds.Part")
    field(deed, "parts", F.TYPE_MESSAGE, 31, ".deeds.Part", repeated=True)
    field(deed, "when", F.TYPE_MESSAGE, 12, ".google.protobuf.Timestamp")
    field(deed, "any", F.TYPE_MESSAGE, 13, ".google.protobuf.Any")
    field(deed, "free", F.TYPE_MESSAGE, 14, ".google.protobuf.Struct")
    field(deed, "maybe", F.TYPE_MESSAGE, 15, ".google.protobuf.Int64Value")
    entry = deed.nested_type.add(name="CountsEntry")
    entry.options.map_entry = True
    field(entry, "key", F.TYPE_STRING, 1)
    field(entry, "value", F.TYPE_MESSAGE, 2, ".deeds.Part")
    field(deed, "counts", F.TYPE_MESSAGE, 40, ".deeds.Deed.CountsEntry", repeated=True)
    deed.oneof_decl.add(name="choice")
    field(deed, "left", F.TYPE_STRING, 41, oneof=0)
    field(deed, "right", F.TYPE_MESSAGE, 42, ".deeds.Part", oneof=0)
    return file


def deed_class(syntax="proto3"):
    pool = descriptor_pool.DescriptorPool()
    for module in (timestamp_pb2, struct_pb2, any_pb2, wrappers_pb2, duration_pb2):
        pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(deed_file(syntax).SerializeToString())
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("deeds.Deed"))


@pytest.fixture(scope="module")
def Deed():
    return deed_class()


CONDITIONS = [
    "one1 > 3 || one2 > 5", "one3 > 3u && one4 < 9u", "one5 > 1.5 || one6 < 0.5", "one7", "one8 == 'b'", "one9 == b'b'",
    "many1.exists(x, x > 4)", "size(many2) > 1", "many3[0] > 2u", "many4.all(x, x < 9u)", "many5 == many5 && size(many5) == 2",
    "many6.exists(x, x > 2.0)", "many7.exists(x, x)", "'b' in many8", "many9 == [b'a']", "has(many1)", "has(one8)",
    "state == State.OPEN", "states.exists(s, s == State.SHUT)", "has(states)",
    "has(part)", "part.name == 'a'", "part.next.next.count > 2", "has(part.next)", "part == Part{name: 'a'}", "part.parts.exists(p, p.count > 2)",
    "has(parts)", "size(parts) == 2", "parts.exists(p, p.count > 3 && p.next.name == 'c')", "parts[0].parts[0].name == 'b'",
    "parts == [Part{count: 2}]", "parts.map(p, p.next)[0].count > 3", "parts.filter(p, p.count > 1)[0].name == 'a'",
    "when > timestamp('1970-01-01T00:00:05Z')", "has(when)", "any.count > 3", "has(any)", "free.a == 'b'", "has(free.b)", "free.b.c > 2.0",
    "maybe > 3", "maybe == null", "counts['a'].count > 2", "'b' in counts", "has(counts)", "counts.exists(k, counts[k].name == 'c')",
    "counts.a.next.count > 1", "left == 'b'", "has(right)", "right.name == 'c'", "has(left)", "size(counts) == 2",
    "(one7 ? part : right).count > 2", "cel.bind(p, part.next, p.count > 1 || p.name == 'b')", "[part, right].exists(p, p.name == 'a')",
    "part.?next.optMap(n, n.count).orValue(0) > 2",
]


def rule_set(kind, conditions):
    made = v1.RuleSet(id="deeds", hit_policy=v1.HIT_POLICY_ALL, default_outcome=v1.POLICY_OUTCOME_ALLOW)
    for number, condition in enumerate(conditions):
        made.rules.add(id=f"r{number}", order=number + 1, condition=condition, outcome=v1.POLICY_OUTCOME_REFUSE, reason="R")
    return rules.RuleSet.compile(made, input=kind)


def fill_part(part, numbers, depth=0):
    if numbers.random() < 0.7:
        part.name = numbers.choice("abc")
    if numbers.random() < 0.7:
        part.count = numbers.randrange(6)
    if depth < 3:
        for _ in range(numbers.choice((0, 0, 1, 2))):
            fill_part(part.parts.add(), numbers, depth + 1)
        if numbers.random() < 0.5:
            fill_part(part.next, numbers, depth + 1)
            part.next.SetInParent()


def random_deed(Deed, numbers):
    deed = Deed()

    def chance():
        return numbers.random() < 0.6

    values = {"1": lambda: numbers.randrange(10), "5": lambda: numbers.random() * 3, "7": lambda: numbers.random() < 0.5,
              "8": lambda: numbers.choice(("a", "b", "ü")), "9": lambda: numbers.choice((b"a", b"b", b"\xff"))}
    for number in "123456789":
        make = values.get({"2": "1", "3": "1", "4": "1", "6": "5"}.get(number, number))
        if chance():
            setattr(deed, f"one{number}", make())
        getattr(deed, f"many{number}").extend(make() for _ in range(numbers.randrange(3)))
    if chance():
        deed.state = numbers.choice((0, 1, 2, 7))
    deed.states.extend(numbers.choice((0, 1, 2, 7)) for _ in range(numbers.randrange(3)))
    if chance():
        deed.part.SetInParent()
        fill_part(deed.part, numbers)
    for _ in range(numbers.randrange(3)):
        fill_part(deed.parts.add(), numbers)
    if chance():
        deed.when.seconds = numbers.randrange(10)
    if chance():
        held = type(deed.part)(count=numbers.randrange(6))
        deed.any.type_url = "type.googleapis.com/deeds.Part"
        deed.any.value = held.SerializeToString()
    if chance():
        json_format.ParseDict(numbers.choice(({"a": "b"}, {"b": {"c": 3}}, {}, {"b": None})), deed.free)
    if chance():
        deed.maybe.value = numbers.randrange(6)
    for key in "ab":
        if chance():
            fill_part(deed.counts[key], numbers)
    choice = numbers.randrange(3)
    if choice == 1:
        deed.left = numbers.choice("abc")
    if choice == 2:
        deed.right.SetInParent()
        fill_part(deed.right, numbers)
    return deed


def by_bytes(the_rules, message, full_trace):
    """The way that is there for every message."""
    data = the_rules._core.decide(message.SerializePartialToString(), "", None, None, [], [], full_trace)
    return v1.Decision.FromString(data)


def goes_directly(kind):
    """Whether messages of Python are objects of the C++ library that the package uses."""
    return rule_set(kind, ["true"])._decide(kind(), "", False, v1.Decision())


def test_this_protobuf_goes_directly(Deed):
    if api_implementation.Type() != "cpp":
        pytest.skip("Python's protobuf is not over the C++ library")
    assert goes_directly(Deed)
    assert goes_directly(v1.OrderDecisionInput)


def test_another_protobuf_gives_the_same():
    program = """
import random, sys
sys.path.insert(0, %r)
import test_rule_messages as tests
kind = tests.deed_class()
the_rules = tests.rule_set(kind, tests.CONDITIONS)
numbers = random.Random(5)
decisions = [the_rules.decide(tests.random_deed(kind, numbers)) for _ in range(20)]
found = [list(the_rules.matches(kind(one1=9, one8="b")).rules)]
print(tests.goes_directly(kind), [list(each.fired_rule_ids) for each in decisions], found)
""" % os.path.dirname(os.path.abspath(__file__))
    results = []
    for implementation in ("python", "cpp"):
        run = subprocess.run(
            [sys.executable, "-B", "-c", program], capture_output=True, text=True, check=False,
            env={**os.environ, "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": implementation})
        assert run.returncode == 0, run.stderr
        results.append(run.stdout.split(" ", 1))
    assert results[0][0] == "False"
    assert results[0][1] == results[1][1]


def test_decisions_are_those_of_bytes(Deed):
    seed = random.randrange(1 << 32)
    print("seed", seed)
    numbers = random.Random(seed)
    sets = [rule_set(Deed, [condition]) for condition in CONDITIONS] + [rule_set(Deed, CONDITIONS)]
    outcomes = [set() for _ in sets]
    for _ in range(60):
        deed = random_deed(Deed, numbers)
        before = deed.SerializeToString(deterministic=True)
        for the_rules, seen in zip(sets, outcomes):
            for full_trace in (False, True):
                decision = the_rules.decide(deed, full_trace=full_trace)
                assert decision == by_bytes(the_rules, deed, full_trace)
                seen.add(decision.outcome)
        assert deed.SerializeToString(deterministic=True) == before
    assert sum(len(seen) == 2 for seen in outcomes) > len(CONDITIONS) * 0.8


def test_the_class_of_another_pool_is_another_class(Deed):
    other = deed_class()
    the_rules = rule_set(Deed, ["one8 == 'b'", "part.name == 'a'"])
    for kind in (Deed, other, Deed, deed_class()):
        message = kind(one8="b")
        message.part.name = "a"
        assert len(the_rules.decide(message).fired_rule_ids) == 2
        del message, kind


def test_many_classes():
    the_rules = rule_set(deed_class(), ["one8 == 'b'"])
    for _ in range(20):
        assert len(the_rules.decide(deed_class()(one8="b")).fired_rule_ids) == 1


def test_a_text_that_is_not_unicode_is_an_error():
    if api_implementation.Type() == "python":
        pytest.skip("it does not read such a text")
    old = deed_class("proto2")
    message = old.FromString(b"\x42\x02\xff\xfe")
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        rule_set(old, ["one8 == 'b'"]).decide(message)
    assert raised.value.reason == "MESSAGE_TEXT_ENCODING"


def test_fields_that_nobody_knows_count_in_equality(Deed):
    the_rules = rule_set(Deed, ["part == Part{name: 'a'}"])
    message = Deed.FromString(b"\x5a\x05\x0a\x01a\x78\x01")  # Deed.part: name is "a", field 15 is 1.
    assert message.part.name == "a"
    assert the_rules.decide(message) == by_bytes(the_rules, message, True)


def test_a_message_that_is_too_deep_is_an_error(Deed):
    message = Deed()
    part = message.part
    for _ in range(80):
        part = part.next
    part.name = "a"
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        rule_set(Deed, ["part == part.next"]).decide(message)
    assert raised.value.reason == "MESSAGE_MALFORMED"
    # As deep as it is read, it is not.
    if not goes_directly(Deed):
        return
    assert not rule_set(Deed, ["part.next.next.name == 'a'"]).decide(message).fired_rule_ids


def test_decisions_keep_nothing_of_the_input(Deed):
    the_rules = rule_set(Deed, ["one8 == 'b'"])
    assert len(the_rules.decide(Deed(one8="b")).fired_rule_ids) == 1
    assert not the_rules.decide(Deed()).fired_rule_ids


def test_our_own_messages():
    the_rules = rule_set(v1.OrderDecisionInput, ["order.state == Order.State.STATE_PLACED", "has(order.totals)", "order == Order{}"])
    for order in (None, v1.Order(), v1.Order(state=v1.Order.STATE_PLACED), v1.Order(totals=v1.OrderTotals())):
        message = v1.OrderDecisionInput(order=order)
        for full_trace in (False, True):
            assert the_rules.decide(message, full_trace=full_trace) == by_bytes(the_rules, message, full_trace)


@pytest.mark.parametrize("input", [None, 1, "text", v1.Money(), v1.OrderDecisionInput, {}])
def test_inputs_of_other_types(input):
    with pytest.raises(TypeError, match="expected a frontdesk.v1.OrderDecisionInput"):
        rule_set(v1.OrderDecisionInput, ["has(order)"]).decide(input)


def test_options_of_other_types():
    the_rules = rule_set(v1.OrderDecisionInput, ["has(order)"])
    for options in ({"decision_point": 1}, {"full_trace": "yes"}, {"decision_point": None}):
        with pytest.raises(TypeError):
            the_rules.decide(v1.OrderDecisionInput(), **options)
