"""The people, the links and the ids of a case, its corrected resolution, and the history of who had it."""

import datetime

import pytest

import frontdesk
from conftest import NOON, done, happened
from frontdesk import EntityKind, Verdict, domain, v1

CASE = frontdesk.entity_ref(EntityKind.CASE, "case-1")
SPANS = ["assignee_spans", "priority_spans", "state_spans"]
COPIED, FOLLOWER = v1.CaseParticipant.KIND_COPIED, v1.CaseParticipant.KIND_FOLLOWER

POLICY = """
name: "desk"
totals { name: "credits" text: "remedies of the last 30 days" commands: "ResolveCase" commands: "CorrectResolution"
         per: TOTAL_SUBJECT_CUSTOMER days: 30 }
rule_sets {
  id: "money" decision_points: "CorrectResolution" default_outcome: POLICY_OUTCOME_ALLOW
  rules {
    id: "limit" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "LIMIT"
    condition: "has(assessment.remedy_increase) && totals.given('credits') + assessment.remedy_increase > money('30 EUR')"
  }
}
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
cases {
  reopen_window { seconds: 86400 }
  remedies { name: "credit_20" code: "paid" amount { units: 2000 currency_code: "EUR" } }
  remedies { name: "credit_25" code: "paid" amount { units: 2500 currency_code: "EUR" } }
  remedies { name: "credit_40" code: "paid" amount { units: 4000 currency_code: "EUR" } }
  remedies { name: "apology" code: "apologized" }
}
"""


@pytest.fixture
def desk(ask):
    """A desk with a customer and a case of that customer."""
    with frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY, file="desk.textproto")) as opened:
        done(opened.execute(ask(v1.CreateCustomer(customer_id="c1", given_name="Ann"))))
        verb = v1.OpenCase(case_id="case-1", kind=v1.Case.KIND_TROUBLE, subject="a lamp", customer_id="c1")
        done(opened.execute(ask(verb)))
        yield opened


def case(desk, case_id="case-1"):
    return desk.get(frontdesk.entity_ref(EntityKind.CASE, case_id), lists=SPANS).case


def reasons(outcome):
    assert Verdict.of(outcome.verdict) is Verdict.REFUSED
    return [refusal.reason for refusal in outcome.refusals]


def texts(desk, outcome):
    return list(desk.explain(done(outcome).record_id).event_texts)


def add(participant_id, kind=COPIED, **who):
    participant = v1.CaseParticipant(participant_id=participant_id, kind=kind, **who)
    return v1.AddCaseParticipant(case_id="case-1", participant=participant)


def external(*ids):
    return [v1.ExternalId(system="crm", id=each) for each in ids]


def money(euros):
    return frontdesk.money.parse(euros, "EUR")


def test_people_come_and_go(desk, ask):
    lawyer = add("p1", role="lawyer", name="Dora Quast", address="dora@quast.example")
    assert texts(desk, desk.execute(ask(lawyer))) == ["case case-1: participant p1 added (copied)"]
    done(desk.execute(ask(add("p2", FOLLOWER, actor_id="carla"), minutes=5)))
    first, second = case(desk).participants
    assert (first.role, first.name, first.address) == ("lawyer", "Dora Quast", "dora@quast.example")
    assert frontdesk.times.to_datetime(second.start_time) == NOON + datetime.timedelta(minutes=5)
    assert reasons(desk.execute(ask(lawyer, minutes=6))) == ["CASE_ADD_PARTICIPANT_ID_EXISTS"]
    remove = v1.RemoveCaseParticipant(case_id="case-1", participant_id="p1")
    assert texts(desk, desk.execute(ask(remove, minutes=7))) == ["case case-1: participant p1 removed"]
    assert [each.participant_id for each in case(desk).participants] == ["p2"]
    assert reasons(desk.execute(ask(remove, minutes=8))) == ["CASE_REMOVE_PARTICIPANT_UNKNOWN"]
    # Both are in the history.
    names = [happened(event) for event in desk.history(CASE)]
    assert names == ["case_opened", "case_participant_added", "case_participant_added", "case_participant_removed"]


def test_a_participant_is_somebody(desk, ask):
    def fields(verb):
        return [refusal.field for refusal in desk.execute(ask(verb)).refusals]

    where = "add_case_participant.participant."
    assert fields(add("p1")) == [where + "customer_id"]
    assert fields(add("p1", FOLLOWER, address="x@example.com")) == [where + "actor_id"]
    assert fields(add("p1", actor_id="x", start_time=frontdesk.times.timestamp(NOON))) == [where + "start_time"]


def test_a_participant_who_is_a_customer(desk, ask):
    """The desk need not know the customer. The id of one that was merged means the survivor."""
    done(desk.execute(ask(v1.CreateCustomer(customer_id="c2", given_name="Bob"))))
    done(desk.execute(ask(v1.CreateCustomer(customer_id="c3", given_name="Bob"))))
    done(desk.execute(ask(v1.MergeCustomers(customer_id="c2", merged_customer_id="c3"))))
    for participant_id, customer_id in (("p1", "c2"), ("p2", "c3"), ("p3", "elsewhere")):
        done(desk.execute(ask(add(participant_id, customer_id=customer_id))))
    assert [each.customer_id for each in case(desk).participants] == ["c2", "c2", "elsewhere"]
    record = desk.execute(ask(add("p4", customer_id="c3"))).record_id
    rebuilt = desk.decision_input_of(record)
    assert rebuilt.fidelity == v1.RebuiltInput.FIDELITY_EXACT
    asked = rebuilt.input.case
    assert (asked.customer.customer_id, asked.participant_customer.customer_id) == ("c1", "c2")


def test_personal_data_is_in_no_text(desk, ask):
    verb = add("p1", name="Wilhelmina", address="wilhelmina@example.com")
    outcomes = [desk.execute(ask(verb)), desk.execute(ask(verb))]
    for outcome in outcomes:
        shown = desk.explain(outcome.record_id)
        said = str(shown.event_texts) + str([refusal.text for refusal in outcome.refusals]) + shown.text
        assert "ilhelmina" not in said


def test_ids_in_other_systems(desk, ask):
    def change(add=(), remove=()):
        return v1.ChangeCaseExternalIds(
            case_id="case-1", add_external_ids=external(*add), remove_external_ids=external(*remove)
        )

    def ids():
        return [each.id for each in case(desk).external_ids]

    assert texts(desk, desk.execute(ask(change(["7", "8"])))) == ["case case-1: now with 2 ids in other systems"]
    done(desk.execute(ask(change(["9"], ["7"]))))
    assert ids() == ["8", "9"]
    assert reasons(desk.execute(ask(change(remove=["7"])))) == ["CASE_CHANGE_EXTERNAL_IDS_UNKNOWN"]
    assert reasons(desk.execute(ask(change(["7", "7"])))) == ["ARGUMENT_DUPLICATE"]
    # Those that it has already: done, and nothing happened.
    assert not done(desk.execute(ask(change(["8"])))).events
    for first in range(10, 108, 49):
        done(desk.execute(ask(change([str(number) for number in range(first, first + 49)]))))
    assert len(ids()) == 100
    assert reasons(desk.execute(ask(change(["one more"])))) == ["CASE_CHANGE_EXTERNAL_IDS_TOO_MANY"]


def test_links_to_things_elsewhere(desk, ask):
    invoice = v1.ExternalLink(system="billing", id="inv-7", role="disputed invoice")
    link = v1.LinkCase(case_id="case-1", external_link=invoice)
    unlink = v1.UnlinkCase(case_id="case-1", external_link=invoice)
    assert texts(desk, desk.execute(ask(link))) == ["case case-1: linked: inv-7 in billing (disputed invoice)"]
    assert list(case(desk).external_links) == [invoice]
    assert texts(desk, desk.execute(ask(unlink))) == ["case case-1: link removed: inv-7 in billing (disputed invoice)"]
    assert reasons(desk.execute(ask(unlink))) == ["CASE_UNLINK_NOT_LINKED"]
    both = v1.LinkCase(case_id="case-1", external_link=invoice, entity=CASE)
    assert "ARGUMENT_FORBIDDEN" in reasons(desk.execute(ask(both)))


def resolve(remedy="", amount=None):
    return v1.ResolveCase(case_id="case-1", code="paid", remedy=remedy, remedy_amount=amount)


def correct(remedy="", amount=None, code="paid", **more):
    return v1.CorrectResolution(case_id="case-1", code=code, remedy=remedy, remedy_amount=amount, **more)


def test_a_resolution_is_corrected_without_reopening(desk, ask):
    assert reasons(desk.execute(ask(correct()))) == ["CASE_CORRECT_RESOLUTION_STATE"]
    done(desk.execute(ask(resolve("credit_20", money("20")), minutes=10)))
    done(desk.execute(ask(v1.CloseCase(case_id="case-1"), minutes=20)))
    before = case(desk)
    asked = correct(code="apologized", remedy="apology", root_cause="packed badly", note="No money was sent.")
    outcome = desk.execute(ask(asked, minutes=30))
    assert texts(desk, outcome) == ["case case-1: resolution corrected, now apologized"]
    after = case(desk)
    (resolution,) = after.resolutions
    assert (resolution.code, resolution.remedy, resolution.note) == ("apologized", "apology", "No money was sent.")
    assert not resolution.HasField("remedy_amount")
    assert resolution.time == before.resolutions[0].time
    assert resolution.corrector_id == "anna"
    assert frontdesk.times.to_datetime(resolution.correct_time) == NOON + datetime.timedelta(minutes=30)
    after.resolutions[0].CopyFrom(before.resolutions[0])
    assert after == before
    # Once more: nothing to correct.
    assert not done(desk.execute(ask(asked, minutes=40))).events
    # It can be reopened as long as before.
    done(desk.execute(ask(v1.ReopenCase(case_id="case-1"), minutes=10 + 24 * 60 - 1)))


def test_remedies_of_a_correction_are_those_of_the_policy(desk, ask):
    done(desk.execute(ask(resolve())))
    assert reasons(desk.execute(ask(correct("holiday")))) == ["CASE_CORRECT_RESOLUTION_REMEDY_UNKNOWN"]
    assert reasons(desk.execute(ask(correct("credit_20", money("19"))))) == ["CASE_CORRECT_RESOLUTION_REMEDY_AMOUNT"]
    assert reasons(desk.execute(ask(correct("", money("19"))))) == ["ARGUMENT_REQUIRED"]


def test_a_case_that_was_closed_unresolved_has_none(desk, ask):
    imported = v1.Case(case_id="old", state=v1.Case.STATE_CLOSED, kind=v1.Case.KIND_TROUBLE, subject="a lamp")
    source = v1.ImportSource(system="elsewhere")
    done(desk.execute(ask(v1.ImportCase(case=imported, source=source))))
    outcome = desk.execute(ask(v1.CorrectResolution(case_id="old", code="replaced")))
    assert reasons(outcome) == ["CASE_CORRECT_RESOLUTION_MISSING"]
    imported.case_id = "older"
    imported.resolutions.add(code="unknown")
    done(desk.execute(ask(v1.ImportCase(case=imported, source=source))))
    done(desk.execute(ask(v1.CorrectResolution(case_id="older", code="replaced"))))
    assert case(desk, "older").resolutions[0].code == "replaced"


def test_totals_count_what_a_correction_adds(desk, ask):
    done(desk.execute(ask(resolve("credit_20", money("20")))))
    # 20 and 20 would be 40, of 30.
    assert reasons(desk.execute(ask(correct("credit_40", money("40"))))) == ["LIMIT"]
    # 20 and 5.
    outcome = desk.execute(ask(correct("credit_25", money("25"))))
    increase = desk.decision_input_of(done(outcome).record_id).input.case.assessment.remedy_increase
    assert (increase.units, increase.currency_code) == (500, "EUR")
    # Back, and nothing; less is nothing, too.
    outcome = desk.execute(ask(correct("credit_20", money("20"), note="After all.")))
    assert desk.decision_input_of(done(outcome).record_id).input.case.assessment.remedy_increase.units == 0


def test_who_had_the_case_and_how_urgent_it_was(desk, ask):
    bob = frontdesk.actor("bob")
    steps = [
        (1, v1.AssignCase(case_id="case-1", queue_id="first"), None),
        (2, v1.AssignCase(case_id="case-1", assignee_id="anna"), None),
        (3, v1.PrioritizeCase(case_id="case-1", impact=1, urgency=2), None),
        (4, v1.TransferCase(case_id="case-1", kind=v1.TransferCase.KIND_WARM, assignee_id="bob"), None),
        (5, v1.AcceptCaseTransfer(case_id="case-1"), bob),
        (6, v1.PrioritizeCase(case_id="case-1", urgency=3), bob),
    ]
    assert not case(desk).assignee_spans and not case(desk).priority_spans
    for minutes, verb, actor in steps:
        done(desk.execute(ask(verb, minutes=minutes, actor=actor)))

    def minute(span):
        return (frontdesk.times.to_datetime(span.start_time) - NOON) // datetime.timedelta(minutes=1)

    state = case(desk)
    assert [(minute(each), each.assignee_id, each.queue_id, each.actor_id) for each in state.assignee_spans] == [
        (1, "", "first", "anna"),
        (2, "anna", "first", "anna"),
        (5, "bob", "first", "bob"),
    ]
    assert [(minute(each), each.impact, each.urgency, each.actor_id) for each in state.priority_spans] == [
        (3, 1, 2, "anna"),
        (6, 1, 3, "bob"),
    ]
    assert len(list(desk.rows(CASE, "assignee_spans"))) == 3


def test_the_first_span_is_that_of_the_opening(desk, ask):
    opened = v1.OpenCase(case_id="case-2", kind=v1.Case.KIND_TROUBLE, subject="a lamp", queue_id="first", impact=2)
    done(desk.execute(ask(opened, minutes=7)))
    state = case(desk, "case-2")
    assert [each.queue_id for each in state.assignee_spans] == ["first"]
    assert [each.impact for each in state.priority_spans] == [2]
    assert state.assignee_spans[0].start_time == state.open_time


def test_merges_and_splits_move_nobody(desk, ask):
    other = v1.OpenCase(case_id="case-2", kind=v1.Case.KIND_TROUBLE, subject="a lamp", customer_id="c1")
    done(desk.execute(ask(other)))
    done(desk.execute(ask(add("p1", address="dora@example.com"))))
    done(desk.execute(ask(v1.MergeCases(case_id="case-2", merged_case_id="case-1"))))
    assert not case(desk, "case-2").participants and len(case(desk).participants) == 1
    assert reasons(desk.execute(ask(add("p2", actor_id="carla")))) == ["CASE_ADD_PARTICIPANT_STATE"]
    done(desk.execute(ask(v1.UnmergeCases(case_id="case-2", merged_case_id="case-1"))))
    part = v1.InteractionPart(part_id="m1", kind=v1.InteractionPart.KIND_MESSAGE, text="And another thing.")
    done(desk.execute(ask(v1.AddCasePart(case_id="case-1", part=part))))
    split = v1.SplitCase(case_id="case-1", new_case_id="case-3", subject="another thing", part_ids=["m1"])
    done(desk.execute(ask(split)))
    assert not case(desk, "case-3").participants


def test_the_customer_sees_none_of_it(desk, ask):
    done(desk.execute(ask(add("p1", FOLLOWER, actor_id="INSIDE"))))
    done(desk.execute(ask(add("p2", name="INSIDE", address="INSIDE", role="INSIDE"))))
    link = v1.ExternalLink(system="INSIDE", id="INSIDE", role="INSIDE")
    done(desk.execute(ask(v1.LinkCase(case_id="case-1", external_link=link))))
    done(desk.execute(ask(v1.AssignCase(case_id="case-1", assignee_id="INSIDE"))))
    assert "INSIDE" in str(case(desk))
    assert "INSIDE" not in str(domain.view_case(case(desk)))
