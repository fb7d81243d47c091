"""The verbs of cases as people at a desk use them: the assignee, the end, the customer's answer, the actors."""

import datetime

import pytest

import frontdesk
from conftest import NOON, happened
from frontdesk import EntityKind, Verdict, v1

ALLOW = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }\n'
WAKE = 'rule_sets { id: "wake" decision_points: "ReopenOnMessage" default_outcome: POLICY_OUTCOME_ALLOW }\n'
LISTS = ["state_spans", "parts", "merged_cases"]


class Cases:
    """A desk, and commands to it one minute after the other."""

    def __init__(self, policy=ALLOW):
        self.desk = frontdesk.Desk.open(frontdesk.Policy.from_text(policy))
        self.minutes = 0

    def ask(self, verb, who="anna", kind=frontdesk.ActorKind.AGENT):
        self.minutes += 1
        when = NOON + datetime.timedelta(minutes=self.minutes)
        return self.desk.execute(frontdesk.command(verb, actor=frontdesk.actor(who, kind), now=when))

    def do(self, verb, who="anna", kind=frontdesk.ActorKind.AGENT):
        """The names of the events."""
        outcome = self.ask(verb, who, kind)
        assert Verdict.of(outcome.verdict) is Verdict.DONE, outcome.refusals
        return [happened(event) for event in outcome.events]

    def refused(self, verb, who="anna", kind=frontdesk.ActorKind.AGENT):
        """The reasons."""
        outcome = self.ask(verb, who, kind)
        assert Verdict.of(outcome.verdict) is Verdict.REFUSED
        return [refusal.reason for refusal in outcome.refusals]

    def texts(self, verb):
        return list(self.desk.explain(self.ask(verb).record_id).event_texts)

    def open(self, case_id="a", **more):
        return self.do(v1.OpenCase(case_id=case_id, kind=v1.Case.KIND_TROUBLE, subject="lamp", **more))

    def case(self, case_id="a"):
        return self.desk.get(frontdesk.entity_ref(EntityKind.CASE, case_id), lists=LISTS).case

    def state(self, case_id="a"):
        return v1.Case.State.Name(self.case(case_id).state).removeprefix("STATE_")

    def spans(self, case_id="a"):
        return [
            (v1.Case.State.Name(span.state).removeprefix("STATE_"), span.state_name, span.actor_id)
            for span in self.case(case_id).state_spans
        ]


@pytest.fixture
def cases():
    made = Cases()
    made.open()
    return made


def message(part_id, text="The serial is 77.", visibility=v1.VISIBILITY_PUBLIC):
    part = v1.InteractionPart(part_id=part_id, kind=v1.InteractionPart.KIND_MESSAGE, visibility=visibility, text=text)
    return v1.AddCasePart(case_id="a", part=part)


# ---- Who has it


def test_a_case_is_given_to_somebody_before_work_begins(cases):
    assert cases.do(v1.AssignCase(case_id="a", assignee_id="bob", keeps_state=True)) == ["case_assigned"]
    assert (cases.state(), cases.case().assignee_id) == ("NEW", "bob")
    cold = v1.TransferCase(case_id="a", kind=v1.TransferCase.KIND_COLD, assignee_id="carl", keeps_state=True)
    assert cases.do(cold) == ["case_transferred"]
    assert (cases.state(), cases.case().assignee_id) == ("NEW", "carl")
    cold.kind = v1.TransferCase.KIND_WARM
    assert cases.refused(cold) == ["ARGUMENT_FORBIDDEN"]
    assert cases.do(v1.AssignCase(case_id="a", assignee_id="bob")) == ["case_assigned", "case_state_changed"]
    assert cases.state() == "OPEN"


def test_a_case_that_was_given_to_somebody_is_given_to_nobody_again(cases):
    cases.do(v1.AssignCase(case_id="a", assignee_id="bob"))
    assert cases.texts(v1.AssignCase(case_id="a")) == ["case a: given to nobody"]
    assert cases.case().assignee_id == ""
    assert (cases.state(), cases.case().reassignment_count) == ("OPEN", 1)


def test_a_case_in_a_queue_goes_back_to_the_queue(cases):
    cases.do(v1.AssignCase(case_id="a", assignee_id="bob", queue_id="lamps"))
    assert cases.texts(v1.AssignCase(case_id="a")) == ["case a: given to queue lamps"]
    assert (cases.case().assignee_id, cases.case().queue_id) == ("", "lamps")


def test_an_output_of_policy_chooses_the_queue_of_a_case_that_is_given_to_nobody():
    cases = Cases(
        """rule_sets { id: "assign" decision_points: "AssignCase" default_outcome: POLICY_OUTCOME_ALLOW
             rules { id: "second" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "command.assign_case.assignee_id == ''"
                     outputs { name: "queue" expression: "'second line'" } } }
           rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }"""
    )
    cases.open()
    cases.do(v1.AssignCase(case_id="a"))
    assert (cases.case().assignee_id, cases.case().queue_id) == ("", "second line")


# ---- Merging


def test_a_merge_keeps_the_assignee_or_reports_that_nobody_has_the_case(cases):
    cases.open("b")
    cases.open("c")
    assert cases.texts(v1.MergeCases(case_id="a", merged_case_id="b")) == [
        "case a: case b merged into this case; nobody has it",
        "case b: merged into case a",
    ]
    cases.do(v1.AssignCase(case_id="c", assignee_id="carl"))
    assert cases.texts(v1.MergeCases(case_id="a", merged_case_id="c"))[0] == (
        "case a: case c merged into this case, now given to carl"
    )
    assert (cases.case().assignee_id, cases.state()) == ("carl", "NEW")
    found = cases.desk.find(v1.CaseQuery(assignee_id="carl", states=[v1.Case.STATE_NEW]))
    assert [each.case.case_id for each in found] == ["a"]
    # The same merge again is harmless.
    assert cases.do(v1.MergeCases(case_id="a", merged_case_id="c")) == []
    # Undone, both have him: no case loses its assignee.
    cases.do(v1.UnmergeCases(case_id="a", merged_case_id="c"))
    assert (cases.case().assignee_id, cases.case("c").assignee_id, cases.state("c")) == ("carl", "carl", "OPEN")


def test_undoing_a_split_gives_the_assignee_back_to_the_original(cases):
    cases.do(message("p1"))
    cases.do(v1.SplitCase(case_id="a", new_case_id="s", subject="more", part_ids=["p1"]))
    cases.do(v1.AssignCase(case_id="s", assignee_id="sue"))
    cases.do(v1.UnsplitCase(case_id="a", split_case_id="s"))
    assert cases.case().assignee_id == "sue"


# ---- The customer answers


def test_the_customers_answer_ends_the_waiting_where_policy_says_so():
    cases = Cases(WAKE + ALLOW)
    cases.open(customer_id="c1")
    cases.do(v1.PauseCase(case_id="a", state=v1.Case.STATE_WAITING_ON_CUSTOMER, state_name="asked"))
    assert cases.do(message("m1"), who="bob") == ["case_part_added"]
    outcome = cases.ask(message("m2"), "c1", frontdesk.ActorKind.CUSTOMER)
    assert [happened(event) for event in outcome.events] == ["case_part_added", "case_state_changed"]
    assert [decision.decision_point for decision in outcome.further_decisions] == ["ReopenOnMessage"]
    assert cases.spans() == [("NEW", "", "anna"), ("WAITING_ON_CUSTOMER", "asked", "anna"), ("OPEN", "", "c1")]
    assert cases.case().reopen_count == 0


def test_without_such_rules_the_answer_changes_no_state(cases):
    cases.do(v1.PauseCase(case_id="a", state=v1.Case.STATE_WAITING_ON_CUSTOMER))
    outcome = cases.ask(message("m1"), "c1", frontdesk.ActorKind.CUSTOMER)
    assert [happened(event) for event in outcome.events] == ["case_part_added"]
    assert not outcome.further_decisions
    assert cases.state() == "WAITING_ON_CUSTOMER"


def test_rules_distinguish_answers():
    cases = Cases(
        r"""rule_sets { id: "wake" decision_points: "ReopenOnMessage" default_outcome: POLICY_OUTCOME_ALLOW
              rules { id: "later" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "NO_ANSWER"
                      condition: "case.state == Case.State.STATE_WAITING_ON_CUSTOMER && size(command.add_case_part.part.text) < 10" } }
            rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }"""
    )
    cases.open()
    cases.do(v1.PauseCase(case_id="a", state=v1.Case.STATE_WAITING_ON_CUSTOMER))
    customer = ("c1", frontdesk.ActorKind.CUSTOMER)
    assert cases.do(message("m1", "Tomorrow."), *customer) == ["case_part_added"]
    assert cases.do(message("m2"), *customer) == ["case_part_added", "case_state_changed"]


# ---- The end


def test_the_end_has_a_name_of_the_companys_own():
    cases = Cases(
        ALLOW
        + """cases { state_names { name: "paid out" state: STATE_RESOLVED } state_names { name: "filed" state: STATE_CLOSED }
                     state_names { name: "by mistake" state: STATE_CANCELED } }"""
    )
    for case_id in ("a", "b"):
        cases.open(case_id)
    resolve = v1.ResolveCase(case_id="a", code="paid", state_name="filed")
    assert cases.refused(resolve) == ["CASE_RESOLVE_NAME_UNKNOWN"]
    resolve.state_name = "paid out"
    cases.do(resolve)
    assert cases.refused(v1.CloseCase(case_id="a", state_name="paid out")) == ["CASE_CLOSE_NAME_UNKNOWN"]
    cases.do(v1.CloseCase(case_id="a", state_name="filed"))
    assert [span[:2] for span in cases.spans()] == [("NEW", ""), ("RESOLVED", "paid out"), ("CLOSED", "filed")]
    assert cases.case().state_name == "filed"
    assert cases.refused(v1.CancelCase(case_id="b", reason="spam", state_name="filed")) == ["CASE_CANCEL_NAME_UNKNOWN"]
    cases.do(v1.CancelCase(case_id="b", reason="spam", state_name="by mistake"))
    assert (cases.case("b").state_name, cases.case("b").end_reason) == ("by mistake", "spam")


def test_a_case_is_closed_unresolved_with_a_reason(cases):
    assert cases.refused(v1.CloseCase(case_id="a")) == ["CASE_CLOSE_REASON_REQUIRED"]
    assert cases.texts(v1.CloseCase(case_id="a", reason="no answer")) == ["case a: now closed (no answer)"]
    assert (cases.state(), cases.case().end_reason) == ("CLOSED", "no answer")
    cases.do(v1.ReopenCase(case_id="a"))
    assert (cases.state(), cases.case().end_reason, cases.case().reopen_count) == ("OPEN", "", 1)
    cases.do(v1.ResolveCase(case_id="a", code="replaced"))
    assert cases.refused(v1.CloseCase(case_id="a", reason="no answer")) == ["CASE_CLOSE_REASON_FORBIDDEN"]
    cases.do(v1.CloseCase(case_id="a"))
    assert (cases.state(), cases.case().end_reason) == ("CLOSED", "")


def test_the_window_of_a_case_closed_unresolved_counts_from_the_closing():
    cases = Cases(ALLOW + "cases { reopen_window { seconds: 120 } }")
    cases.open()
    cases.do(v1.ResolveCase(case_id="a", code="replaced"))
    cases.do(v1.ReopenCase(case_id="a"))
    cases.minutes += 10
    cases.do(v1.CloseCase(case_id="a", reason="no answer"))
    cases.do(v1.ReopenCase(case_id="a"))
    cases.do(v1.CloseCase(case_id="a", reason="no answer"))
    cases.minutes += 1
    assert cases.refused(v1.ReopenCase(case_id="a")) == ["CASE_REOPEN_WINDOW_OVER"]


def test_rules_count_what_is_closed_unresolved_by_reason():
    cases = Cases(
        """totals { name: "given_up" commands: "CloseCase" per: TOTAL_SUBJECT_ACTOR reasons: "no answer" days: 30 }
           rule_sets { id: "close" decision_points: "CloseCase" default_outcome: POLICY_OUTCOME_ALLOW
             rules { id: "often" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "TOO_OFTEN"
                     condition: "totals.given_count('given_up') >= 2" } }
           rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }"""
    )
    for case_id in ("a", "b", "c", "d"):
        cases.open(case_id)
    cases.do(v1.ResolveCase(case_id="d", code="replaced"))
    cases.do(v1.CloseCase(case_id="d"))
    for case_id in ("a", "b"):
        cases.do(v1.CloseCase(case_id=case_id, reason="no answer"))
    assert cases.refused(v1.CloseCase(case_id="c", reason="no answer")) == ["TOO_OFTEN"]


# ---- After the end


@pytest.mark.parametrize("end", [v1.CloseCase(case_id="a", reason="no answer"), v1.CancelCase(case_id="a", reason="spam")])
def test_categories_and_notes_are_corrected_after_the_end(cases, end):
    cases.do(end)
    assert cases.do(v1.ClassifyCase(case_id="a", kind=v1.Case.KIND_BILLING, add_tags=["lamp"])) == ["case_classified"]
    note = v1.InteractionPart(part_id="n1", kind=v1.InteractionPart.KIND_NOTE, text="It was the fuse.")
    assert cases.do(v1.AddCasePart(case_id="a", part=note)) == ["case_part_added"]
    assert cases.do(message("m1", visibility=v1.VISIBILITY_INTERNAL)) == ["case_part_added"]
    assert cases.refused(message("m2")) == ["CASE_ADD_PART_OVER"]
    assert cases.refused(message("m2"), "c1", frontdesk.ActorKind.CUSTOMER) == ["CASE_ADD_PART_OVER"]
    assert (cases.case().kind, [part.part_id for part in cases.case().parts]) == (v1.Case.KIND_BILLING, ["n1", "m1"])


def test_policy_decides_over_corrections_after_the_end():
    cases = Cases(
        """rule_sets { id: "after" decision_points: ["ClassifyCase", "AddCasePart"] default_outcome: POLICY_OUTCOME_ALLOW
             rules { id: "over" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "CASE_IS_OVER"
                     condition: "case.state in [Case.State.STATE_CLOSED, Case.State.STATE_CANCELED]" } }
           rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }"""
    )
    cases.open()
    classify = v1.ClassifyCase(case_id="a", add_tags=["lamp"])
    cases.do(classify)
    cases.do(v1.CancelCase(case_id="a", reason="spam"))
    classify.add_tags[0] = "fuse"
    assert cases.refused(classify) == ["CASE_IS_OVER"]
    assert cases.refused(message("m1", visibility=v1.VISIBILITY_INTERNAL)) == ["CASE_IS_OVER"]


# ---- Who did it


def test_each_stretch_and_the_resolution_say_who(cases):
    cases.do(v1.ResumeCase(case_id="a"), who="bob")
    cases.do(v1.ResolveCase(case_id="a", code="replaced"), who="carl")
    cases.do(v1.CloseCase(case_id="a"), who="dora")
    assert [(state, who) for state, _, who in cases.spans()] == [
        ("NEW", "anna"),
        ("OPEN", "bob"),
        ("RESOLVED", "carl"),
        ("CLOSED", "dora"),
    ]
    assert cases.case().resolutions[0].resolver_id == "carl"


def test_who_opened_the_case_is_kept():
    cases = Cases(ALLOW + "cases { reopen_window { seconds: 1 } }")
    opener = frontdesk.actor("c1", frontdesk.ActorKind.CUSTOMER, roles=["vip"])
    when = NOON + datetime.timedelta(seconds=1)
    verb = v1.OpenCase(case_id="a", kind=v1.Case.KIND_TROUBLE, subject="lamp")
    cases.desk.execute(frontdesk.command(verb, actor=opener, now=when))
    cases.do(message("p1"))
    cases.do(v1.SplitCase(case_id="a", new_case_id="s", subject="more", part_ids=["p1"]), who="bob")
    cases.do(v1.ResolveCase(case_id="a", code="replaced"))
    cases.do(v1.ReopenCase(case_id="a", follow_up_case_id="f"), who="dora")
    openers = [cases.case(case_id).opener for case_id in ("a", "s", "f")]
    assert [(each.actor_id, each.kind) for each in openers] == [
        ("c1", v1.Actor.KIND_CUSTOMER),
        ("bob", v1.Actor.KIND_AGENT),
        ("dora", v1.Actor.KIND_AGENT),
    ]
    assert not any(each.roles for each in openers)


# ---- As it was decided


def test_a_resolved_case_is_reopened_before_it_is_escalated():
    chain = 'escalation_chains { name: "up" basis: ESCALATION_BASIS_SKILL steps { queue_id: "2" } fallback_queue_id: "3" }'
    cases = Cases(ALLOW + "cases { " + chain + " }")
    cases.open()
    cases.do(v1.ResolveCase(case_id="a", code="replaced"))
    assert cases.refused(v1.EscalateCase(case_id="a", chain="up")) == ["CASE_ESCALATE_STATE"]
    cases.do(v1.ReopenCase(case_id="a"))
    assert cases.do(v1.EscalateCase(case_id="a", chain="up")) == ["case_escalated"]


# ---- As users reported them


def test_the_subject_of_a_case_can_be_put_right(cases):
    cases.do(v1.ChangeCaseSubject(case_id="a", subject="Lamp 4 does not light"))
    assert cases.case().subject == "Lamp 4 does not light"
    history = cases.desk.history(frontdesk.entity_ref(EntityKind.CASE, "a"))
    assert [happened(event) for event in history] == ["case_opened", "case_subject_changed"]
