"""The time of commands: skew of clocks, late entries, corrections, and the bound on clocks that are ahead."""

import datetime
import inspect

import pytest

import frontdesk
from frontdesk import EntityKind, Verdict, domain, times, v1

NOON = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
ALLOW = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'


def seconds(number):
    return datetime.timedelta(seconds=number)


def command(verb, at=0, **more):
    return frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOON + seconds(at), **more)


def case(case_id="a"):
    return v1.OpenCase(case_id=case_id, kind=v1.Case.KIND_TROUBLE, subject="lamp")


def part(part_id, case_id="a"):
    return v1.AddCasePart(
        case_id=case_id,
        part=v1.InteractionPart(
            part_id=part_id, kind=v1.InteractionPart.KIND_MESSAGE, visibility=v1.VISIBILITY_PUBLIC, text="We look."
        ),
    )


def opened(**options):
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW), **options)
    assert desk.execute(command(case())).verdict == Verdict.DONE
    return desk


def state_of(desk, case_id="a", lists=()):
    return desk.get(frontdesk.entity_ref(EntityKind.CASE, case_id), lists=lists)


def reasons(outcome):
    return [refusal.reason for refusal in outcome.refusals]


def test_nothing_in_a_case_happens_before_the_case():
    clock = [NOON]
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW))

    def do(verb, at=None):
        clock[0] += datetime.timedelta(minutes=1)
        return desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=at or clock[0]))

    early = NOON - datetime.timedelta(hours=5)
    assert do(case()).verdict == Verdict.DONE
    task = v1.FollowUpTask(task_id="t", title="call back")
    assert do(v1.AddCaseTask(case_id="a", task=task)).verdict == Verdict.DONE
    for verb in (part("m"), v1.CompleteCaseTask(case_id="a", task_id="t")):
        refused = do(verb, at=early)
        assert refused.verdict == Verdict.REFUSED
        assert [(one.reason, one.field) for one in refused.refusals] == [("COMMAND_TOO_EARLY", "now")]
    kept = state_of(desk, lists=["parts", "tasks"]).case
    assert not kept.parts and not kept.tasks[0].HasField("complete_time")


def test_a_little_early_is_decided_at_the_last_instant():
    desk = opened()
    outcome = desk.execute(command(part("m"), at=-60))
    assert outcome.verdict == Verdict.DONE
    assert times.to_datetime(outcome.events[0].time) == NOON
    record = desk.record(outcome.record_id)
    assert times.to_datetime(record.time) == NOON
    assert times.to_datetime(record.command.now) == NOON - seconds(60)
    assert times.to_datetime(state_of(desk).update_time) == NOON


def test_a_late_entry_keeps_its_instant():
    desk = opened()
    outcome = desk.execute(command(part("m"), at=-18_000, late_entry=True))
    assert outcome.verdict == Verdict.DONE
    assert times.to_datetime(outcome.events[0].time) == NOON
    assert times.to_datetime(outcome.events[0].occur_time) == NOON - seconds(18_000)
    view = desk.customer_view(frontdesk.entity_ref(EntityKind.CASE, "a")).case.parts[0]
    assert times.to_datetime(view.time) == NOON
    assert times.to_datetime(view.occur_time) == NOON - seconds(18_000)
    assert "a late entry of 2024-05-15T07:00:00Z" in desk.explain(outcome.record_id).text


def test_late_entry_is_a_bool():
    assert command(case(), late_entry=True).late_entry
    assert not command(case()).late_entry
    with pytest.raises(TypeError) as raised:
        command(case(), late_entry="yes")
    assert str(raised.value) == "late_entry is a bool, not str"


def test_approvals_can_be_late_entries():
    policy = ALLOW + """
      rule_sets {
        id: "parts"
        decision_points: "AddCasePart"
        default_outcome: POLICY_OUTCOME_ALLOW
        rules { id: "ask" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "ASK" authority: "boss" condition: "true" }
      }"""
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(policy))
    desk.execute(command(case()))
    boss = frontdesk.actor("eva", authorities=["boss"])
    early = {"actor": boss, "now": NOON - seconds(3600)}
    held = [desk.execute(command(part(name))).held.approval_id for name in ("m", "n")]
    assert reasons(desk.approve(held[0], **early)) == ["COMMAND_TOO_EARLY"]
    assert desk.approve(held[0], late_entry=True, **early).verdict == Verdict.DONE
    assert reasons(desk.decline(held[1], **early)) == ["COMMAND_TOO_EARLY"]
    assert desk.decline(held[1], late_entry=True, **early).verdict == Verdict.DONE


@pytest.mark.parametrize("skew, most", [(seconds(0), 0), (seconds(5), 5), (None, 10**9)])
def test_the_skew_is_an_option(skew, most):
    desk = opened(max_clock_skew=skew)
    assert desk.execute(command(part("m"), at=-most)).verdict == Verdict.DONE
    if skew is not None:
        assert reasons(desk.execute(command(part("n"), at=-most - 1))) == ["COMMAND_TOO_EARLY"]


def test_how_far_ahead_a_clock_may_be():
    desk = opened(max_clock_lead=seconds(80))
    assert reasons(desk.execute(command(part("m"), at=91))) == ["COMMAND_TOO_FAR_AHEAD"]
    assert desk.execute(command(part("m"), at=80)).verdict == Verdict.DONE
    assert desk.fork().execute(command(case("b"), at=500)).verdict == Verdict.REFUSED
    assert opened().execute(command(part("m"), at=10**9)).verdict == Verdict.DONE


def test_the_options_of_the_clocks():
    signature = inspect.signature(frontdesk.Desk.open)
    assert signature.parameters["max_clock_skew"].default == datetime.timedelta(minutes=1)
    assert signature.parameters["max_clock_lead"].default is None
    for wrong in ({"max_clock_skew": -seconds(1)}, {"max_clock_lead": seconds(0)}):
        with pytest.raises(frontdesk.InvalidArgumentError) as raised:
            opened(**wrong)
        assert [one.field for one in raised.value.violations] == list(wrong)


def test_a_correction_frees_an_entity():
    desk = opened()
    desk.execute(command(part("wrong"), at=10**8))
    assert reasons(desk.execute(command(part("m"), at=60))) == ["COMMAND_TOO_EARLY"]
    entity = frontdesk.entity_ref(EntityKind.CASE, "a")
    correct = v1.CorrectEntityTime(entity=entity, update_time=times.timestamp(NOON))
    assert domain.addressed_entity(command(correct)) == entity
    corrected = desk.execute(command(correct, at=30))
    assert corrected.verdict == Verdict.DONE
    assert corrected.events[0].desk.HasField("entity_time_corrected")
    assert desk.execute(command(part("m"), at=60)).verdict == Verdict.DONE
    assert [event.WhichOneof("event") for event in desk.history(entity)] == ["case", "case", "desk", "case"]


def test_a_correction_needs_a_rule_set():
    policy = 'rule_sets { id: "cases" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW }'
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(policy))
    assert desk.execute(command(case())).verdict == Verdict.DONE
    entity = frontdesk.entity_ref(EntityKind.CASE, "a")
    correct = v1.CorrectEntityTime(entity=entity, update_time=times.timestamp(NOON - seconds(1)))
    assert desk.execute(command(correct)).verdict == Verdict.REFUSED
    verb = next(verb for verb in domain.verbs() if verb.name == "CorrectEntityTime")
    assert verb.entity_kind is None and verb.input == "frontdesk.v1.DeskDecisionInput"
