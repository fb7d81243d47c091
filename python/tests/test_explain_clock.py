"""Clocks explained, and cases found by their due times."""

import datetime

import pytest

import frontdesk
from frontdesk import v1

PACK = """
rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
calendars {
  calendar_id: "week" time_zone: "America/New_York"
  weekly_hours {
    days: [DAY_OF_WEEK_MONDAY, DAY_OF_WEEK_TUESDAY, DAY_OF_WEEK_WEDNESDAY, DAY_OF_WEEK_THURSDAY, DAY_OF_WEEK_FRIDAY]
    intervals { open: "09:00" close: "17:00" }
  }
  exceptions { kind: KIND_HOLIDAY date: "2026-05-25" name: "Memorial Day" }
}
milestones { name: "call_back" start_condition: "has(event.case_assigned)" end_condition: "has(event.case_resolved)" }
service_levels {
  level_id: "all" calendar_id: "week"
  targets { target_id: "urgent" metric: SERVICE_METRIC_FIRST_REPLY priorities: 1 duration { seconds: 3600 } }
  targets { target_id: "first" metric: SERVICE_METRIC_FIRST_REPLY priorities: 2 duration { seconds: 14400 } }
  targets { target_id: "call" metric: SERVICE_METRIC_MILESTONE milestone: "call_back" duration { seconds: 60 } }
}
"""
ZONE = datetime.timezone(datetime.timedelta(hours=-4))
# A Friday.
FRIDAY = datetime.datetime(2026, 5, 22, 16, tzinfo=ZONE)


@pytest.fixture
def desk():
    with frontdesk.Desk.open(frontdesk.Policy.from_text(PACK)) as opened:
        def do(minutes, verb):
            outcome = opened.execute(frontdesk.command(
                verb, actor=frontdesk.actor("anna"), now=FRIDAY + datetime.timedelta(minutes=minutes)))
            assert outcome.verdict == frontdesk.Verdict.DONE, outcome.refusals

        for number, priority in enumerate((2, 1, 3)):
            do(number, v1.OpenCase(case_id=f"k{number}", kind=v1.Case.KIND_TROUBLE, subject="No signal",
                                   queue_id=f"q{number % 2}", priority=priority))
        do(5, v1.AssignCase(case_id="k0", assignee_id="ben"))
        do(6, v1.AssignCase(case_id="k2", assignee_id="ben"))
        yield opened


def test_a_clock_says_why_it_is_due_then(desk):
    why = desk.explain_clock("k0", v1.SERVICE_METRIC_FIRST_REPLY, now=FRIDAY + datetime.timedelta(minutes=30))
    assert why.line == "first reply due Tue 12:00, 3 h 30 min left"
    assert why.counted.ToTimedelta() == datetime.timedelta(minutes=30)
    assert [segment.name for segment in why.segments if segment.kind == v1.ClockSegment.KIND_HOLIDAY] == ["Memorial Day"]
    assert sum((segment.end_time.seconds - segment.start_time.seconds) for segment in why.segments
               if segment.kind == v1.ClockSegment.KIND_COUNTED) == 4 * 3600
    assert "(Memorial Day)" in " ".join(why.agent_lines)
    assert list(why.differing_zones) == []
    assert desk.record(why.steps[0].record_id).command.case.open_case.case_id == "k0"


def test_other_zones_instances_and_milestones(desk):
    in_berlin = desk.explain_clock("k0", v1.SERVICE_METRIC_FIRST_REPLY, 1, now=FRIDAY, time_zone="Europe/Berlin")
    assert in_berlin.line.startswith("first reply due Tue 18:00")
    # The instant asked for is that of the last change of the case.
    call = desk.explain_clock("k0", v1.SERVICE_METRIC_MILESTONE, milestone="call_back")
    assert call.line == "call back due Fri 16:06, 1 min left"
    assert call.clock.milestone == "call_back"
    assert desk.explain_clock("k2", v1.SERVICE_METRIC_FIRST_REPLY).line == "first reply has no target"


def test_faults_of_an_explanation(desk):
    def reason(*arguments, **options):
        with pytest.raises(frontdesk.Error) as caught:
            desk.explain_clock(*arguments, **options)
        return caught.value.reason

    metric = v1.SERVICE_METRIC_FIRST_REPLY
    assert reason("k9", metric) == "ENTITY_NOT_FOUND"
    assert reason("k0", metric, 2) == "CLOCK_NOT_FOUND"
    assert reason("k0", metric, time_zone="Mars/Olympus") == "CALENDAR_ZONE_UNKNOWN"
    assert reason("k0", metric, max_segments=1) == "CALENDAR_SEGMENTS_TOO_MANY"
    with pytest.raises(ValueError):
        desk.explain_clock("k0", metric, max_segments=-1)
    with pytest.raises(TypeError):
        desk.explain_clock("k0", "first reply")


def ids(desk, **fields):
    query = v1.CaseQuery(**fields)
    found = [state.case.case_id for state in desk.find(query, page_size=1)]
    assert desk.count(query) == len(found)
    return found


def test_cases_are_found_by_their_due_times(desk):
    due_first = v1.CaseQuery.ORDER_DUE_FIRST
    # The callbacks of k0 and k2 are due after a minute.
    assert ids(desk, order=due_first) == ["k0", "k2", "k1"]
    assert ids(desk, order=due_first, queue_id="q0") == ["k0", "k2"]
    assert ids(desk, order=due_first, queue_id="q0", priorities=[3]) == ["k2"]
    assert ids(desk, order=due_first, assignee_id="ben", states=[v1.Case.STATE_OPEN]) == ["k0", "k2"]
    assert ids(desk, order=due_first, is_unassigned=True) == ["k1"]
    end = frontdesk.times.timestamp(FRIDAY + datetime.timedelta(minutes=7))
    assert ids(desk, order=due_first, clock_due_end_time=end) == ["k0"]
    assert ids(desk, clock_due_end_time=frontdesk.times.timestamp(FRIDAY + datetime.timedelta(minutes=8))) == ["k2", "k0"]
