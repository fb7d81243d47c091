"""Ids, contact points, errors, enums, times."""

import datetime
import pickle
import random
import re
import subprocess
import sys
import threading

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool

import conftest
import frontdesk
from frontdesk import ContactPointKind, contact, errors, ids, times, v1


# ---- Ids ----


def test_sequence_ids(noon):
    source = ids.SequenceIds("a-", first=9)
    assert [source.next_id(noon), source.next_id(noon)] == ["a-0000000009", "a-0000000010"]


def test_time_ordered_ids_sort_by_time(noon):
    generator = random.Random(3)
    source = ids.TimeOrderedIds(random=lambda: generator.getrandbits(64))
    made = [source.next_id(noon + datetime.timedelta(milliseconds=each // 3)) for each in range(300)]
    assert made == sorted(set(made))
    assert all(len(each) == 26 for each in made)
    assert ids.time_of(made[0]) == noon
    assert ids.time_of(made[-1]) == noon + datetime.timedelta(milliseconds=99)


def test_same_randomness_same_ids(noon):
    def one():
        generator = random.Random(5)
        return ids.TimeOrderedIds(random=lambda: generator.getrandbits(64)).next_id(noon)

    assert one() == one()
    assert ids.TimeOrderedIds().next_id(noon) != ids.TimeOrderedIds().next_id(noon)


@pytest.mark.parametrize("text", ["", "nonsense", "8" * 26, "0" * 25, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"])
def test_time_of_other_text(text):
    assert ids.time_of(text) is None


def test_random_that_raises_reaches_the_caller(noon):
    def broken():
        raise ZeroDivisionError("no randomness")

    with pytest.raises(ZeroDivisionError):
        ids.TimeOrderedIds(random=broken).next_id(noon)
    with pytest.raises(TypeError):
        ids.TimeOrderedIds(random=lambda: "text").next_id(noon)
    assert len(ids.TimeOrderedIds(random=lambda: -1).next_id(noon)) == 26


def test_ids_need_aware_times():
    with pytest.raises(ValueError):
        ids.SequenceIds().next_id(datetime.datetime(2024, 5, 1))


def test_ids_from_many_threads_are_unique(noon):
    source = ids.TimeOrderedIds()
    made = []

    def work():
        made.extend([source.next_id(noon) for _ in range(200)])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 800


# ---- Contact points ----


def test_email():
    read = contact.normalize(ContactPointKind.EMAIL, " Ann.Lee+news@Example.COM ")
    assert read == ("Ann.Lee+news@example.com", "ann.lee+news@example.com")


def test_phone_with_plus():
    assert contact.normalize(ContactPointKind.PHONE, "+1 (650) 253-0000").canonical == "+16502530000"


def test_national_phone():
    if contact.has_phone_library():
        assert contact.normalize(ContactPointKind.PHONE, "(650) 253-0000", region_code="US").canonical == "+16502530000"
    with pytest.raises(ValueError) as raised:
        contact.normalize(ContactPointKind.PHONE, "650 253 0000")
    assert raised.value.reason == "CONTACT_POINT_REGION_REQUIRED"


@pytest.mark.parametrize(
    "kind, text, reason",
    [
        (ContactPointKind.EMAIL, "  ", "CONTACT_POINT_EMPTY"),
        (ContactPointKind.EMAIL, "nobody", "CONTACT_POINT_SYNTAX"),
        (ContactPointKind.EMAIL, "a" * 300 + "@example.com", "CONTACT_POINT_TOO_LONG"),
        (ContactPointKind.HANDLE, "a\x01b", "CONTACT_POINT_SYNTAX"),
        (0, "x", "CONTACT_POINT_KIND"),
        (99, "x", "CONTACT_POINT_KIND"),
    ],
)
def test_contact_errors(kind, text, reason):
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        contact.normalize(kind, text)
    assert raised.value.reason == reason
    assert text.strip() == "" or text not in str(raised.value)


# ---- Errors ----


def test_every_code_has_an_exception_that_is_a_builtin_too():
    kinds = {
        3: ValueError,
        5: LookupError,
        6: ValueError,
        7: PermissionError,
        8: RuntimeError,
        9: RuntimeError,
        10: RuntimeError,
        11: OverflowError,
        12: NotImplementedError,
        13: RuntimeError,
        14: ConnectionError,
        15: RuntimeError,
    }
    for code, builtin in kinds.items():
        detail = v1.ErrorDetail(
            reason="SOME_REASON",
            violations=[v1.FieldViolation(field="a.b", reason="REQUIRED", text="missing")],
            metadata=[v1.ErrorMetadata(name="limit", value="5")],
        )
        error = errors._from_status(code, "what happened", detail.SerializeToString())
        assert isinstance(error, frontdesk.Error) and isinstance(error, builtin)
        assert (error.reason, error.text, str(error)) == ("SOME_REASON", "what happened", "what happened")
        assert error.code == code
        assert error.violations[0].field == "a.b"
        assert error.metadata == {"limit": "5"}


def test_a_status_without_detail_still_has_a_reason():
    error = errors._from_status(5, "nothing there", None)
    assert isinstance(error, LookupError)
    assert error.reason == "NOT_FOUND"
    assert type(errors._from_status(2, "?", None)) is frontdesk.Error


def test_issues_make_a_policy_error():
    detail = v1.ErrorDetail(reason="POLICY_INVALID", issues=[v1.Issue(reason="RULE_ID_MISSING")])
    error = errors._from_status(3, "broken", detail.SerializeToString())
    assert isinstance(error, frontdesk.PolicyError)
    assert error.issues[0].reason == "RULE_ID_MISSING"


def test_reasons_are_stable_words():
    listed = errors.reasons()
    words = [info.reason for info in listed]
    assert len(words) == len(set(words)) > 50
    assert all(word == word.upper() and word.replace("_", "").isalnum() for word in words)
    assert all(info.text for info in listed)
    by_word = {info.reason: info for info in listed}
    assert by_word["MONEY_OVERFLOW"].code == errors.StatusCode.OUT_OF_RANGE


# ---- Enums ----


def enums_of_the_messages():
    """(name in Python, descriptor) of every enum that a proto file declares, nested ones too."""
    pool = descriptor_pool.Default()

    def walk(outer, message):
        name = outer + message.name
        for enum in message.enum_types:
            yield name + enum.name, enum
        for nested in message.nested_types:
            yield from walk(name, nested)

    root = conftest.source_dir() / "proto"
    for path in sorted((root / "frontdesk" / "v1").glob("*.proto")):
        file = pool.FindFileByName(str(path.relative_to(root)))
        for enum in file.enum_types_by_name.values():
            yield enum.name, enum
        for message in file.message_types_by_name.values():
            yield from walk("", message)


@pytest.mark.parametrize("name, descriptor", list(enums_of_the_messages()))
def test_enums_are_those_of_the_messages(name, descriptor):
    ours = getattr(frontdesk, name)
    assert ours is getattr(frontdesk.enums, name)
    prefix = descriptor.values_by_number[0].name.removesuffix("UNSPECIFIED")
    expected = {value.name.removeprefix(prefix): value.number for value in descriptor.values if value.number != 0}
    assert {member.name: member.value for member in ours} == expected
    assert f"``v1.{descriptor.full_name.removeprefix('frontdesk.v1.')}``" in ours.__doc__
    assert all(re.search(rf"^ +{member}: \S", ours.__doc__, re.MULTILINE) for member in expected)


def test_there_are_no_other_enums():
    assert set(frontdesk.enums.__all__) == {name for name, _ in enums_of_the_messages()}
    assert len(frontdesk.__all__) == len(set(frontdesk.__all__)), "an enum has the name of something else"


def make_enums(tmp_path, *messages, enum_value="KIND_NEW"):
    """The build's output for a file whose messages, with dots for nested ones, each declare an enum `Kind`."""
    file = descriptor_pb2.FileDescriptorProto(name="a.proto", package="frontdesk.v1")
    for path in messages:
        holder = file.message_type.add()
        names = path.split(".")
        holder.name = names[0]
        for name in names[1:]:
            holder = holder.nested_type.add(name=name)
        kind = holder.enum_type.add(name="Kind")
        kind.value.add(name="KIND_UNSPECIFIED", number=0)
        kind.value.add(name=enum_value, number=1)
    source, output = tmp_path / "set.binpb", tmp_path / "enums.py"
    source.write_bytes(descriptor_pb2.FileDescriptorSet(file=[file]).SerializeToString())
    tool = conftest.source_dir() / "python" / "tools" / "make_enums.py"
    result = subprocess.run(
        [sys.executable, "-B", str(tool), str(source), str(output)], capture_output=True, text=True, check=False
    )
    return result, output


def test_a_new_enum_of_a_nested_message_needs_no_edit(tmp_path):
    result, output = make_enums(tmp_path, "Parcel", "Depot.Gate")
    assert result.returncode == 0, result.stderr
    namespace = {}
    exec(output.read_text(encoding="utf-8"), namespace)
    assert namespace["__all__"] == ["DepotGateKind", "ParcelKind"]
    assert namespace["DepotGateKind"].NEW == 1 and namespace["DepotGateKind"].of(0) is None


def test_enums_that_cannot_be_named_stop_the_build(tmp_path):
    twice, _ = make_enums(tmp_path, "DepotGate", "Depot.Gate")
    assert twice.returncode != 0 and "DepotGate.Kind and Depot.Gate.Kind" in twice.stderr
    prefix, _ = make_enums(tmp_path, "Depot", enum_value="SORT_NEW")
    assert prefix.returncode != 0 and "SORT_NEW" in prefix.stderr


def test_messages_take_members():
    call = v1.StartInteraction(channel=frontdesk.Channel.VOICE, direction=frontdesk.Direction.INBOUND)
    assert (call.channel, call.direction) == (v1.CHANNEL_VOICE, v1.DIRECTION_INBOUND)
    case = v1.Case(state=frontdesk.CaseState.WAITING_ON_CUSTOMER)
    assert frontdesk.CaseState.of(case.state) is frontdesk.CaseState.WAITING_ON_CUSTOMER
    assert frontdesk.CaseKind.of(case.kind) is None


def test_unspecified_is_none_and_unknown_numbers_survive():
    assert frontdesk.Verdict.of(0) is None
    unknown = frontdesk.Verdict.of(77)
    assert unknown == 77 and unknown == frontdesk.Verdict(77) and hash(unknown) == hash(77)
    assert unknown not in set(frontdesk.Verdict)
    assert v1.Outcome(verdict=unknown).verdict == 77
    assert pickle.loads(pickle.dumps(frontdesk.Verdict.DONE)) is frontdesk.Verdict.DONE
    for value in (0, "DONE", True, None):
        if value is not True:
            with pytest.raises(ValueError):
                frontdesk.Verdict(value)


# ---- Times ----


def test_times_round_trip():
    zone = datetime.timezone(datetime.timedelta(hours=-5))
    generator = random.Random(11)
    first = datetime.datetime(1, 1, 2, tzinfo=datetime.timezone.utc)
    for _ in range(300):
        when = first + datetime.timedelta(
            days=generator.randrange(3_600_000), microseconds=generator.randrange(86_400_000_000)
        )
        stamp = times.timestamp(when.astimezone(zone))
        assert 0 <= stamp.nanos < 1_000_000_000
        assert times.to_datetime(stamp) == when
        span = when - datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
        proto = times.duration(span)
        assert proto.seconds * proto.nanos >= 0
        assert times.to_timedelta(proto) == span


def test_times_refuse_what_is_not_exact():
    with pytest.raises(ValueError):
        times.timestamp(datetime.datetime(2024, 5, 1))
    with pytest.raises(TypeError):
        times.timestamp(1714564800)
    with pytest.raises(TypeError):
        times.duration(90)


def test_protobuf_times_pass_through(noon):
    stamp = times.timestamp(noon)
    assert times.timestamp(stamp) is stamp
    span = times.duration(datetime.timedelta(seconds=1))
    assert times.duration(span) is span
