"""A datetime or timedelta in a field of a message: the error names the field and says what to write."""

import copy
import datetime
import pickle

import pytest
from google.protobuf import timestamp_pb2

import frontdesk
from conftest import NOON
from frontdesk import times, v1
from test_wrong_types import SECRET, told

HOUR = datetime.timedelta(hours=1)


def assign(message, name, value):
    setattr(message, name, value)


# (call, name of the field in the error, its path, what the error says to write)
CALLS = [
    (lambda: v1.Case(open_time=NOON), "v1.Case.open_time", "open_time", "open_time=frontdesk.times.timestamp(...)"),
    (
        lambda: v1.Case(case_id=SECRET, parts=[{}, {"time": NOON}]),
        "v1.Case.parts[1].time",
        "parts[1].time",
        "time=frontdesk.times.timestamp(...)",
    ),
    (
        lambda: v1.Command(case={"open_case": {"subject": SECRET}}, now=NOON),
        "v1.Command.now",
        "now",
        "now=frontdesk.times.timestamp(...)",
    ),
    (
        lambda: v1.CasePolicy(reopen_window=HOUR),
        "v1.CasePolicy.reopen_window",
        "reopen_window",
        "reopen_window=frontdesk.times.duration(...)",
    ),
    (
        lambda: assign(v1.Case(case_id=SECRET), "open_time", NOON),
        "v1.Case.open_time",
        "open_time",
        "message.open_time.CopyFrom(frontdesk.times.timestamp(...))",
    ),
    (
        lambda: assign(v1.CasePolicy(), "reopen_window", HOUR),
        "v1.CasePolicy.reopen_window",
        "reopen_window",
        "message.reopen_window.CopyFrom(frontdesk.times.duration(...))",
    ),
]


@pytest.mark.parametrize("call, name, path, write", CALLS)
def test_the_error_names_the_field_and_a_valid_expression(call, name, path, write):
    with pytest.raises(frontdesk.FieldTypeError) as raised:
        call()
    assert isinstance(raised.value, TypeError) and isinstance(raised.value, frontdesk.Error)
    assert name in str(raised.value) and str(raised.value).endswith(f": write {write}")
    assert [violation.field for violation in raised.value.violations] == [path]
    assert SECRET not in told(raised.value) and str(NOON.year) not in told(raised.value)


def test_the_suggested_expression_works():
    case = v1.Case(open_time=times.timestamp(NOON))
    case.close_time.CopyFrom(times.timestamp(NOON))
    assert times.to_datetime(case.open_time) == times.to_datetime(case.close_time) == NOON


@pytest.mark.parametrize(
    "call, name",
    [
        (lambda: v1.Case(open_time=NOON.date()), "v1.Case.open_time takes a google.protobuf.Timestamp, not a date"),
        (lambda: v1.Case(open_time=HOUR), "v1.Case.open_time takes a google.protobuf.Timestamp, not a timedelta"),
        (lambda: v1.Case(case_id=NOON), "v1.Case.case_id takes a string, not a datetime"),
        (lambda: v1.Command(expected_version=NOON), "v1.Command.expected_version takes an int64, not a datetime"),
        (lambda: assign(v1.Case(), "state", NOON), "v1.Case.state takes a frontdesk.v1.Case.State, not a datetime"),
    ],
)
def test_nothing_is_to_be_written_where_nothing_fits(call, name):
    with pytest.raises(frontdesk.FieldTypeError) as raised:
        call()
    assert str(raised.value) == name


@pytest.mark.parametrize(
    "call, kind",
    [
        (lambda: v1.Case(case_id=5), TypeError),
        (lambda: v1.Case(no_such_field=NOON), ValueError),
        (lambda: assign(v1.Case(), "case_id", 5), TypeError),
        (lambda: assign(v1.Case(), "no_such_field", NOON), AttributeError),
        (lambda: assign(v1.Case(), "parts", []), AttributeError),
        (lambda: v1.Case().open_time.CopyFrom(NOON), TypeError),
    ],
)
def test_all_other_errors_are_those_of_protobuf(call, kind):
    with pytest.raises(kind) as raised:
        call()
    assert not isinstance(raised.value, frontdesk.Error)


def test_messages_stay_those_that_were_generated():
    case = v1.Case(case_id="1", open_time=timestamp_pb2.Timestamp(seconds=5), parts=[{"time": {"seconds": 7}}])
    assert type(case) is v1.Case is v1.case_pb2.Case
    assert copy.deepcopy(case) == pickle.loads(pickle.dumps(case)) == v1.Case.FromString(case.SerializeToString()) == case
    assert case.parts[0].time.seconds == 7
    case.case_id = "2"
    assert case.case_id == "2"
