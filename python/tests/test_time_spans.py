"""Spans of business time: how long a case waits, when a task is due, when an approval expires."""

import datetime
import zoneinfo

import pytest

import frontdesk
from frontdesk import EntityKind, Verdict, times, v1

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
FRIDAY = datetime.datetime(2026, 6, 12, 16, tzinfo=BERLIN)
WEEK = """
    weekly_hours { days: [DAY_OF_WEEK_MONDAY, DAY_OF_WEEK_TUESDAY, DAY_OF_WEEK_WEDNESDAY, DAY_OF_WEEK_THURSDAY, DAY_OF_WEEK_FRIDAY]
      intervals { open: "09:00" close: "17:00" } }
"""
POLICY = (
    'calendars { calendar_id: "week" time_zone: "Europe/Berlin" ' + WEEK + "}"
    """
    calendars { calendar_id: "night" time_zone: "Europe/Berlin" weekly_hours { intervals { open: "20:00" close: "21:00" } } }
    service_levels { level_id: "plain" condition: "case.kind == Case.Kind.KIND_QUESTION" }
    service_levels { level_id: "standard" calendar_id: "week" }
    cases {
      reopen_window { seconds: 28800 } reopen_window_basis: TIME_BASIS_BUSINESS
      escalation_chains { name: "skill" basis: ESCALATION_BASIS_SKILL fallback_queue_id: "rest"
        steps { queue_id: "second" time_out { seconds: 7200 } time_out_basis: TIME_BASIS_BUSINESS } }
    }
    approvals { expire_after { seconds: 7200 } expire_after_basis: TIME_BASIS_BUSINESS calendar_id: "night" }
    rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    rule_sets { id: "held" decision_points: "CancelCase" decision_points: "ChangeCaseSubject"
      rules { id: "ask" order: 1 outcome: POLICY_OUTCOME_HOLD authority: "lead" reason: "ASK" condition: "true" } }
    rule_sets { id: "held_calls" decision_points: "StartInteraction"
      rules { id: "ask" order: 1 outcome: POLICY_OUTCOME_HOLD authority: "lead" reason: "ASK" condition: "true" } }
"""
)
WAITING = v1.Case.STATE_WAITING_ON_CUSTOMER


class Spans:
    """A desk with a case of each level, on a Friday at 16:00."""

    def __init__(self):
        self.desk = frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY))
        for case_id, kind in (("a", v1.Case.KIND_TROUBLE), ("plain", v1.Case.KIND_QUESTION)):
            self.do(v1.OpenCase(case_id=case_id, kind=kind, subject="lamp"))

    def ask(self, verb, when=FRIDAY):
        return self.desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=when))

    def do(self, verb, when=FRIDAY):
        outcome = self.ask(verb, when)
        assert Verdict.of(outcome.verdict) is Verdict.DONE, outcome.refusals
        return outcome

    def case(self, case_id="a"):
        return self.desk.get(frontdesk.entity_ref(EntityKind.CASE, case_id), lists=["tasks"]).case

    def expiry(self, verb):
        outcome = self.ask(verb)
        assert Verdict.of(outcome.verdict) is Verdict.HELD
        ref = frontdesk.entity_ref(EntityKind.APPROVAL, outcome.held.approval_id)
        return local(self.desk.get(ref).approval.expire_time)


def local(time):
    return times.to_datetime(time).astimezone(BERLIN).strftime("%a %H:%M")


@pytest.fixture
def spans():
    return Spans()


def hours(number):
    return times.time_span(datetime.timedelta(hours=number), is_business_time=True)


def test_a_case_waits_by_the_calendar_of_its_level(spans):
    assert spans.case().service_level_id == "standard"
    spans.do(v1.PauseCase(case_id="a", state=WAITING, wait=hours(4)))
    assert local(spans.case().wait_until_time) == "Mon 12:00"
    spans.do(v1.PauseCase(case_id="a", state=WAITING, wait=times.time_span(business_days=2)))
    assert local(spans.case().wait_until_time) == "Tue 16:00"
    spans.do(v1.ResumeCase(case_id="a"))
    assert not spans.case().HasField("wait_until_time")


def test_all_time_counts_for_a_level_without_a_calendar(spans):
    assert spans.case("plain").service_level_id == "plain"
    spans.do(v1.PauseCase(case_id="plain", state=WAITING, wait=hours(4)))
    assert local(spans.case("plain").wait_until_time) == "Fri 20:00"


def test_a_task_is_due_by_the_calendar_of_the_level(spans):
    task = v1.FollowUpTask(task_id="call", title="Call")
    spans.do(v1.AddCaseTask(case_id="a", task=task, due_in=hours(2)))
    assert local(spans.case().tasks[0].due_time) == "Mon 10:00"


def test_a_step_times_out_by_the_calendar_of_the_level(spans):
    spans.do(v1.EscalateCase(case_id="a", chain="skill"))
    assert local(spans.case().escalation.due_time) == "Mon 10:00"


def test_the_time_to_reopen_is_business_time(spans):
    spans.do(v1.ResolveCase(case_id="a", code="repaired"))
    monday = FRIDAY + datetime.timedelta(days=3)
    refused = spans.ask(v1.ReopenCase(case_id="a"), monday)
    assert [refusal.reason for refusal in refused.refusals] == ["CASE_REOPEN_WINDOW_OVER"]
    spans.do(v1.ReopenCase(case_id="a"), monday - datetime.timedelta(minutes=1))


def test_an_approval_expires_by_the_calendar_of_the_case_or_by_its_own(spans):
    assert spans.expiry(v1.CancelCase(case_id="a", reason="mistake")) == "Mon 10:00"
    # The level of this case has no calendar.
    assert spans.expiry(v1.ChangeCaseSubject(case_id="plain", subject="a lamp")) == "Fri 18:00"
    call = v1.StartInteraction(interaction_id="i1", channel=v1.CHANNEL_VOICE, direction=v1.DIRECTION_INBOUND)
    assert spans.expiry(call) == "Sat 21:00"


def test_a_span_is_given_in_one_way():
    assert times.time_span(datetime.timedelta(minutes=1)) == v1.TimeSpan(duration=times.duration(datetime.timedelta(minutes=1)))
    assert times.time_span(business_days=3) == v1.TimeSpan(business_days=3)
    assert hours(1).basis == v1.TIME_BASIS_BUSINESS
    for wrong in (
        {},
        {"span": datetime.timedelta(hours=1), "business_days": 1},
        {"business_days": 1, "is_business_time": True},
    ):
        with pytest.raises(ValueError):
            times.time_span(**wrong)


def test_a_span_that_is_not_valid_is_refused_with_its_field(spans):
    for wait, reason, field in (
        (v1.TimeSpan(), "ARGUMENT_EXCLUSIVE", "pause_case.wait"),
        (times.time_span(datetime.timedelta()), "ARGUMENT_OUT_OF_RANGE", "pause_case.wait.duration"),
        (times.time_span(business_days=2_147_483_647), "CASE_PAUSE_WAIT_ENDLESS", "pause_case.wait"),
    ):
        (refusal,) = spans.ask(v1.PauseCase(case_id="a", state=WAITING, wait=wait)).refusals
        assert (refusal.reason, refusal.field) == (reason, field)
