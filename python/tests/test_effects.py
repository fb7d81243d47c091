"""The outbox in Python: claims, attempts, dead letters, reports."""

import datetime

import pytest

import frontdesk
from conftest import CUSTOMER, NOON, ORDER, done, euros
from frontdesk import times, v1

State = v1.EffectClaim.State
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def effect(desk, ask):
    """An effect that is to be carried out."""
    refund = v1.RefundOrder(order_id="o1", cause=v1.REFUND_CAUSE_GOODWILL, amount=euros(100))
    return done(desk.execute(ask(refund))).effects[0]


def test_a_claim_has_a_lease(desk, effect):
    (claimed,) = desk.claim_effects(NOON, lease=5 * MINUTE)
    assert claimed.effect == effect
    assert claimed.attempt == 1
    assert claimed.lease_end == NOON + 5 * MINUTE
    assert claimed.sequence == next(desk.pending_effects()).sequence
    assert desk.claim_effects(NOON + 4 * MINUTE) == []
    (again,) = desk.claim_effects(times.timestamp(NOON + 5 * MINUTE), max_effects=1)
    assert again.attempt == 2
    assert again.lease_end == NOON + 10 * MINUTE, "five minutes are the default"
    with pytest.raises(frontdesk.AbortedError) as raised:
        desk.acknowledge_effect(effect.effect_id, claimed.attempt)
    assert raised.value.reason == "EFFECT_CLAIM_LOST"
    desk.acknowledge_effect(effect.effect_id, again.attempt)
    assert list(desk.pending_effects()) == []


def test_an_attempt_that_failed_comes_back(desk, effect):
    desk.claim_effects(NOON)
    claim = desk.retry_effect(effect.effect_id, 1, now=NOON, code="GATEWAY_DOWN")
    assert claim.state == State.STATE_DELAYED
    assert times.to_datetime(claim.due_time) == NOON + datetime.timedelta(seconds=10)
    (pending,) = desk.pending_effects()
    assert (pending.effect, pending.claim) == (effect, claim)
    desk.claim_effects(NOON + MINUTE)
    options = {"first_delay": MINUTE, "factor": 3, "max_delay": datetime.timedelta(hours=2)}
    claim = desk.retry_effect(effect.effect_id, 2, now=NOON, **options)
    assert times.to_datetime(claim.due_time) == NOON + 3 * MINUTE
    (claimed,) = desk.claim_effects(NOON + 3 * MINUTE)
    claim = desk.retry_effect(effect.effect_id, claimed.attempt, now=NOON, due_time=NOON + 90 * MINUTE)
    assert times.to_datetime(claim.due_time) == NOON + 90 * MINUTE


def test_a_dead_letter_is_revived(desk, effect):
    desk.claim_effects(NOON)
    claim = desk.retry_effect(effect.effect_id, 1, now=NOON, code="CARD_CLOSED", max_attempts=1)
    assert claim.state == State.STATE_DEAD
    (letter,) = desk.dead_letters()
    assert letter.effect == effect
    assert (letter.claim.attempts, letter.claim.code) == (1, "CARD_CLOSED")
    assert list(desk.dead_letters(after=letter.sequence)) == []
    assert desk.claim_effects(NOON + 90 * MINUTE) == []
    desk.revive_effect(effect.effect_id)
    with pytest.raises(frontdesk.FailedPreconditionError) as raised:
        desk.revive_effect(effect.effect_id)
    assert raised.value.reason == "EFFECT_NOT_DEAD"
    assert [each.attempt for each in desk.claim_effects(NOON)] == [2]


def test_a_lease_is_extended(desk, effect):
    desk.claim_effects(NOON, lease=MINUTE)
    desk.extend_lease(effect.effect_id, 1, NOON + 3 * MINUTE)
    assert desk.claim_effects(NOON + 2 * MINUTE) == []
    desk.claim_effects(NOON + 3 * MINUTE)
    with pytest.raises(frontdesk.AbortedError):
        desk.extend_lease(effect.effect_id, 1, NOON + 9 * MINUTE)


def test_lost_claims_become_dead_letters(desk, effect):
    for attempt in (1, 2):
        now = NOON + attempt * MINUTE
        assert [each.attempt for each in desk.claim_effects(now, lease=MINUTE, max_attempts=2)] == [attempt]
    assert desk.claim_effects(NOON + 3 * MINUTE, max_attempts=2) == []
    assert [each.effect for each in desk.dead_letters()] == [effect]


@pytest.mark.parametrize("result", [v1.EFFECT_RESULT_DONE, v1.EFFECT_RESULT_FAILED])
def test_a_report_is_a_command(desk, ask, effect, result):
    failed = result == v1.EFFECT_RESULT_FAILED
    report = v1.ReportEffect(
        entity=effect.entity, effect_id=effect.effect_id, result=result, code="CARD_CLOSED" if failed else ""
    )
    outcome = done(desk.execute(ask(report)))
    assert outcome.events[0].desk.effect_reported.result == result
    assert list(desk.history(ORDER))[-1] == outcome.events[0]
    assert [each.effect for each in desk.dead_letters()] == ([effect] if failed else [])
    assert len(list(desk.pending_effects())) == (1 if failed else 0)
    assert desk.decision_input_of(outcome.record_id).input.desk.effect == effect
    report.entity.CopyFrom(CUSTOMER)
    refused = desk.execute(ask(report))
    assert [each.reason for each in refused.refusals] == ["DESK_REPORT_EFFECT_NOT_FOUND"]


@pytest.mark.parametrize(
    "options, field",
    [
        ({"max_effects": 0}, "max_effects"),
        ({"lease": datetime.timedelta(0)}, "lease"),
        ({"max_attempts": 0}, "max_attempts"),
    ],
)
def test_invalid_options_are_named(desk, options, field):
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        desk.claim_effects(NOON, **options)
    assert raised.value.reason == "EFFECT_OPTIONS_INVALID"
    assert [violation.field for violation in raised.value.violations] == [field]


def test_naive_times_are_errors(desk, effect):
    with pytest.raises(ValueError):
        desk.claim_effects(datetime.datetime(2024, 5, 1))
    with pytest.raises(ValueError):
        desk.retry_effect(effect.effect_id, 1, now=NOON, due_time=datetime.datetime(2024, 5, 1))
