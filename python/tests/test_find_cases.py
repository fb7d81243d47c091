"""Cases are found without a key: by tag, attribute, priority, age, waiting time and outside id, counted, and read page by page."""

import datetime

import pytest

import frontdesk
from frontdesk import v1

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.timezone.utc)
PACK = '''
rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
attribute_definitions { entity_kind: ENTITY_KIND_CASE name: "line" type: TYPE_STRING }
'''


def at(minutes):
    return frontdesk.times.timestamp(NOON + datetime.timedelta(minutes=minutes))


@pytest.fixture
def desk():
    with frontdesk.Desk.open(frontdesk.Policy.from_text(PACK)) as opened:
        def do(minutes, *verbs):
            for verb in verbs:
                outcome = opened.execute(frontdesk.command(
                    verb, actor=frontdesk.actor("anna"), now=NOON + datetime.timedelta(minutes=minutes)))
                assert outcome.verdict == frontdesk.Verdict.DONE, outcome.refusals

        for number in range(6):
            do(number, v1.OpenCase(
                case_id=f"k{number}", kind=v1.Case.KIND_TROUBLE, subject="No signal", queue_id=f"q{number % 2}",
                priority=number % 3, external_ids=[v1.ExternalId(system="crm", id=str(number))],
                attributes=[v1.Attribute(name="line", string_value="dsl" if number < 2 else "fiber")]))
        do(10, v1.ClassifyCase(case_id="k1", add_tags=["loud"]), v1.ClassifyCase(case_id="k4", add_tags=["loud"]))
        do(20, v1.AssignCase(case_id="k4", assignee_id="ben"), v1.CancelCase(case_id="k0", reason="mistake"))
        yield opened


def ids(desk, **fields):
    query = v1.CaseQuery(**fields)
    found = [state.case.case_id for state in desk.find(query, page_size=2)]
    assert desk.count(query) == len(found)
    return found


def test_all_cases_come_the_latest_first_or_the_oldest_first(desk):
    assert ids(desk) == ["k5", "k4", "k3", "k2", "k1", "k0"]
    assert ids(desk, order=v1.CaseQuery.ORDER_OLDEST_FIRST) == ["k0", "k1", "k2", "k3", "k4", "k5"]


def test_each_field_finds_alone_and_with_others(desk):
    assert ids(desk, tag="loud") == ["k4", "k1"]
    assert ids(desk, attribute=v1.Attribute(name="line", string_value="dsl")) == ["k1", "k0"]
    assert len(ids(desk, attribute=v1.Attribute(name="line"))) == 6
    assert ids(desk, attribute=v1.Attribute(name="line", int_value=1)) == []
    assert ids(desk, priorities=[1, 2], queue_id="q1") == ["k5", "k1"]
    assert ids(desk, priorities=[0]) == ["k3", "k0"]
    assert ids(desk, is_unassigned=True, queue_id="q0") == ["k2", "k0"]
    assert ids(desk, is_unassigned=True, states=[v1.Case.STATE_NEW], tag="loud") == ["k1"]
    assert ids(desk, external_id=v1.ExternalId(system="crm", id="3")) == ["k3"]
    assert ids(desk, external_id=v1.ExternalId(system="erp", id="3")) == []


def test_age_and_waiting_time(desk):
    assert ids(desk, open_start_time=at(4)) == ["k5", "k4"]
    assert ids(desk, open_end_time=at(1)) == ["k0"]
    assert ids(desk, open_start_time=at(1), open_end_time=at(3)) == ["k2", "k1"]
    # k4 and k0 have another state since minute 20.
    assert ids(desk, state_end_time=at(20)) == ["k5", "k3", "k2", "k1"]
    assert ids(desk, state_end_time=at(21), states=[v1.Case.STATE_OPEN]) == ["k4"]


def test_a_faulty_search_names_its_fields(desk):
    with pytest.raises(frontdesk.InvalidArgumentError) as caught:
        desk.count(v1.CaseQuery(is_unassigned=True, assignee_id="ben", attribute=v1.Attribute(),
                                priorities=range(17)))
    assert caught.value.reason == "FIND_MALFORMED"
    assert [violation.field for violation in caught.value.violations] == [
        "cases.attribute.name", "cases.priorities", "cases"]
