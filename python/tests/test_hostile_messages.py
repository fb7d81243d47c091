"""Messages of a newer build or of an enemy: fields and values that nobody knows, deep nesting, an ``Any`` inside an ``Any``."""

import pytest

import frontdesk
from frontdesk import cel, v1
from google.protobuf import any_pb2, struct_pb2
from google.protobuf.message import DecodeError

UNKNOWN = b"\xe8\xfd\x25\x05\xf2\xfd\x25\x03\xff\x00\n"  # 77789: 5; 77790: three bytes.


@pytest.fixture
def desk():
    policy = 'name: "p" rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
    with frontdesk.Desk.open(frontdesk.Policy.from_text(policy)) as opened:
        yield opened


def open_case(ask, case_id="k1", **fields):
    return ask(v1.OpenCase(case_id=case_id, kind=v1.Case.KIND_TROUBLE, subject="lamp", **fields))


def test_unknown_fields_are_kept(desk, ask):
    command = open_case(ask)
    command.MergeFromString(UNKNOWN)
    command.case.open_case.MergeFromString(UNKNOWN)
    command.actor.MergeFromString(UNKNOWN)
    outcome = desk.execute(command)
    assert outcome.verdict == v1.VERDICT_DONE
    kept = desk.record(outcome.record_id).command
    assert kept.SerializeToString(deterministic=True) == command.SerializeToString(deterministic=True)


@pytest.mark.parametrize("value", [4444, 77777, -1, 2**31 - 1, -(2**31)])
def test_unknown_values_of_enums_are_refused(desk, ask, value):
    command = open_case(ask)
    command.case.open_case.kind = value
    refused = desk.execute(command)
    assert [(refusal.field, refusal.origin) for refusal in refused.refusals] == [
        ("open_case.kind", v1.Refusal.ORIGIN_ARGUMENT)
    ]
    command = open_case(ask)
    command.actor.kind = value
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        desk.execute(command)
    assert [violation.field for violation in raised.value.violations] == ["actor.kind"]


def nested_any(depth):
    value = any_pb2.Any()
    value.Pack(v1.Money(units=1))
    for _ in range(depth):
        outer = any_pb2.Any()
        outer.Pack(value)
        value = outer
    return value


def deep_value(depth):
    """In binary form, which may be too deep for protobuf to read back."""
    data = struct_pb2.Value(null_value=struct_pb2.NULL_VALUE).SerializeToString()
    for _ in range(depth):
        for tag in (b"\x0a", b"\x32"):  # ListValue.values, Value.list_value
            length, size = len(data), b""
            while length > 127:
                size, length = size + bytes([length & 127 | 128]), length >> 7
            data = tag + size + bytes([length]) + data
    return data


@pytest.mark.parametrize("depth", [1, 50, 199])
def test_an_any_inside_an_any_is_what_it_holds(depth):
    assert cel.evaluate("x.units", {"x": nested_any(depth)}) == 1


@pytest.mark.parametrize("depth", [201, 3000])
def test_an_any_that_is_too_deep(depth):
    with pytest.raises(cel.EvaluationError) as raised:
        cel.evaluate("x == 1", {"x": nested_any(depth)})
    assert raised.value.reason in ("LIMIT_VALUE_DEPTH", "LIMIT_MEMORY")


def test_a_value_that_is_too_deep():
    shallow = struct_pb2.Value.FromString(deep_value(20))
    assert cel.evaluate("size(x)", {"x": shallow}) == 1
    packed = any_pb2.Any(type_url="type.googleapis.com/google.protobuf.Value", value=deep_value(5000))
    with pytest.raises(cel.EvaluationError) as raised:
        cel.evaluate("x == 1", {"x": packed})
    assert raised.value.reason == "INVALID_ANY"
    with pytest.raises(DecodeError):
        struct_pb2.Value.FromString(deep_value(5000))


@pytest.mark.parametrize("length", [b"\xff\xff\xff\xff\x07", b"\xff\xff\xff\xff\x0f", b"\xff" * 9 + b"\x01", b"\xff" * 11])
@pytest.mark.parametrize("tag", [b"\x0a", b"\x12", b"\x7a"])
def test_lengths_that_are_not_there(tag, length):
    packed = any_pb2.Any(type_url="type.googleapis.com/frontdesk.v1.Order", value=tag + length + b"x")
    with pytest.raises(cel.EvaluationError) as raised:
        cel.evaluate("x == 1", {"x": packed})
    assert raised.value.reason == "INVALID_ANY"


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_a_text_that_is_not_unicode(desk, ask, text):
    with pytest.raises((ValueError, frontdesk.InvalidArgumentError)) as raised:
        desk.execute(open_case(ask, case_id=text))
    assert text not in str(raised.value)
    for call in (
        lambda: desk.record(text),
        lambda: frontdesk.Policy.from_text(text),
        lambda: cel.Environment().compile(f"'{text}'"),
        lambda: cel.evaluate("x", {"x": {text: text}}),
    ):
        with pytest.raises((ValueError, TypeError, frontdesk.Error)) as raised:
            call()
        assert text not in str(raised.value)
