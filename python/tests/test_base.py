"""Ids, contact points, errors, enums, times."""

import datetime
import pickle
import random
import threading

import pytest

import frontdesk
from frontdesk import ContactKind, contact, errors, ids, times, v1


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
    read = contact.normalize(ContactKind.EMAIL, " Ann.Lee+news@Example.COM ")
    assert read == ("Ann.Lee+news@example.com", "ann.lee+news@example.com")


def test_phone_with_plus():
    assert contact.normalize(ContactKind.PHONE, "+1 (650) 253-0000").canonical == "+16502530000"


def test_national_phone():
    if contact.has_phone_library():
        assert contact.normalize(ContactKind.PHONE, "(650) 253-0000", region_code="US").canonical == "+16502530000"
    with pytest.raises(ValueError) as raised:
        contact.normalize(ContactKind.PHONE, "650 253 0000")
    assert raised.value.reason == "CONTACT_POINT_REGION_REQUIRED"


@pytest.mark.parametrize(
    "kind, text, reason",
    [
        (ContactKind.EMAIL, "  ", "CONTACT_POINT_EMPTY"),
        (ContactKind.EMAIL, "nobody", "CONTACT_POINT_SYNTAX"),
        (ContactKind.EMAIL, "a" * 300 + "@example.com", "CONTACT_POINT_TOO_LONG"),
        (ContactKind.HANDLE, "a\x01b", "CONTACT_POINT_SYNTAX"),
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


@pytest.mark.parametrize(
    "ours, theirs, prefix",
    [
        (frontdesk.Verdict, v1.Verdict, "VERDICT_"),
        (frontdesk.RefusalOrigin, v1.Refusal.Origin, "ORIGIN_"),
        (frontdesk.EntityKind, v1.EntityKind, "ENTITY_KIND_"),
        (frontdesk.ActorKind, v1.Actor.Kind, "KIND_"),
        (frontdesk.ContactKind, v1.ContactPoint.Kind, "KIND_"),
        (frontdesk.PolicyOutcome, v1.PolicyOutcome, "POLICY_OUTCOME_"),
        (frontdesk.HitPolicy, v1.HitPolicy, "HIT_POLICY_"),
        (frontdesk.Severity, v1.Issue.Severity, "SEVERITY_"),
        (frontdesk.DataClass, v1.DataClass, "DATA_CLASS_"),
        (frontdesk.Rounding, v1.Rounding, "ROUNDING_"),
        (frontdesk.RoundingLevel, v1.RoundingLevel, "ROUNDING_LEVEL_"),
        (frontdesk.CustomerState, v1.Customer.State, "STATE_"),
        (frontdesk.ConsentAnswer, v1.Consent.Answer, "ANSWER_"),
        (frontdesk.Channel, v1.Channel, "CHANNEL_"),
        (frontdesk.Direction, v1.Direction, "DIRECTION_"),
        (frontdesk.Synchrony, v1.Synchrony, "SYNCHRONY_"),
        (frontdesk.EscalationBasis, v1.EscalationBasis, "ESCALATION_BASIS_"),
        (frontdesk.ContactReason, v1.ContactReason, "CONTACT_REASON_"),
        (frontdesk.Visibility, v1.Visibility, "VISIBILITY_"),
        (frontdesk.PartKind, v1.InteractionPart.Kind, "KIND_"),
        (frontdesk.InteractionState, v1.Interaction.State, "STATE_"),
        (frontdesk.CaseState, v1.Case.State, "STATE_"),
        (frontdesk.CaseKind, v1.Case.Kind, "KIND_"),
        (frontdesk.CaseLinkKind, v1.CaseLink.Kind, "KIND_"),
        (frontdesk.TransferKind, v1.TransferCase.Kind, "KIND_"),
    ],
)
def test_enums_are_those_of_the_messages(ours, theirs, prefix):
    expected = {name.removeprefix(prefix): number for name, number in theirs.items() if number != 0}
    assert {member.name: member.value for member in ours} == expected


def test_every_enum_is_compared():
    """The table above holds all that the package exports."""
    compared = {mark.args[1][index][0] for mark in test_enums_are_those_of_the_messages.pytestmark
                for index in range(len(mark.args[1]))}
    assert compared == {getattr(frontdesk.enums, name) for name in frontdesk.enums.__all__}


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
