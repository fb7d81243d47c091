"""Cases at a desk: priority by a matrix, handing over, asking others, reopening, taking over from elsewhere."""

import datetime

import pytest

import frontdesk
from conftest import NOON, done, happened
from frontdesk import EntityKind, Verdict, domain, v1

CASE = v1.EntityRef(kind=v1.ENTITY_KIND_CASE, id="case-1")

POLICY = r"""
name: "desk" version: "1"
rule_sets {
  id: "messages" decision_points: "ReopenOnMessage" default_outcome: POLICY_OUTCOME_ALLOW
  rules {
    id: "thanks" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "THANKS_ONLY"
    condition: "command.add_case_part.part.text.matches(r'(?i)^\\s*(thanks|thank you)[\\s!.]*$')"
  }
}
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
cases {
  priority_matrix { impact: 1 urgency: 1 priority: 1 }
  priority_matrix { impact: 1 urgency: 2 priority: 2 }
  state_names { name: "at the bench" state: STATE_OPEN }
  reopen_window { seconds: 3600 }
}
attribute_definitions { entity_kind: ENTITY_KIND_CASE name: "watts" type: TYPE_INT }
"""


@pytest.fixture(scope="module")
def policy():
    return frontdesk.Policy.from_text(POLICY, file="desk.textproto")


@pytest.fixture
def desk(policy, ask):
    """A desk with a case, of impact 1 and urgency 2."""
    with frontdesk.Desk.open(policy, ids=frontdesk.ids.SequenceIds("r-")) as opened:
        verb = v1.OpenCase(case_id="case-1", kind=v1.Case.KIND_TROUBLE, subject="a lamp", impact=1, urgency=2)
        done(opened.execute(ask(verb)))
        yield opened


def reasons(outcome):
    assert Verdict.of(outcome.verdict) is Verdict.REFUSED
    return [refusal.reason for refusal in outcome.refusals]


def facts(outcome):
    return [happened(event) for event in done(outcome).events]


def case(desk, case_id="case-1"):
    lists = ["state_spans", "further_case_links"]
    return desk.get(frontdesk.entity_ref(EntityKind.CASE, case_id), lists=lists).case


def says(text, part_id="p1"):
    part = v1.InteractionPart(
        part_id=part_id, kind=v1.InteractionPart.KIND_MESSAGE, visibility=v1.VISIBILITY_PUBLIC, text=text
    )
    return v1.AddCasePart(case_id="case-1", part=part)


def customer():
    return frontdesk.actor("c1", frontdesk.ActorKind.CUSTOMER)


def test_priority_follows_from_the_matrix(desk, ask):
    assert case(desk).priority == 2
    assert facts(desk.execute(ask(v1.PrioritizeCase(case_id="case-1", urgency=1)))) == ["case_prioritized"]
    assert (case(desk).impact, case(desk).urgency, case(desk).priority) == (1, 1, 1)
    outcome = desk.execute(ask(v1.PrioritizeCase(case_id="case-1", impact=9)))
    assert reasons(outcome) == ["CASE_PRIORITIZE_CELL_MISSING"]


def test_attributes_are_those_of_the_pack(desk, ask):
    def set_attribute(attribute):
        return desk.execute(ask(v1.ClassifyCase(case_id="case-1", set_attributes=[attribute])))

    assert facts(set_attribute(v1.Attribute(name="watts", int_value=60))) == ["case_classified"]
    assert [(each.name, each.int_value) for each in case(desk).attributes] == [("watts", 60)]
    assert reasons(set_attribute(v1.Attribute(name="watts", string_value="60"))) == ["ATTRIBUTE_TYPE"]
    assert reasons(set_attribute(v1.Attribute(name="volts", int_value=12))) == ["ATTRIBUTE_UNDEFINED"]
    done(desk.execute(ask(v1.ClassifyCase(case_id="case-1", remove_attributes=["watts"]))))
    assert not case(desk).attributes


def test_assess_case(policy):
    asked = v1.CaseCommand(prioritize_case=v1.PrioritizeCase(case_id="case-1", impact=1, urgency=1))
    input = v1.CaseDecisionInput(command=asked)
    assert domain.assess_case(input, policy.pack.cases).priority == 1
    assert domain.assess_case(input) == v1.CaseAssessment()


def test_a_warm_transfer_waits_until_it_is_accepted(desk, ask):
    warm = v1.TransferCase(case_id="case-1", kind=v1.TransferCase.KIND_WARM, assignee_id="bob", queue_id="second")
    assert facts(desk.execute(ask(warm))) == ["case_transfer_offered"]
    assert case(desk).assignee_id == ""
    carl, bob = frontdesk.actor("carl"), frontdesk.actor("bob")
    accept, decline = v1.AcceptCaseTransfer(case_id="case-1"), v1.DeclineCaseTransfer(case_id="case-1")
    assert reasons(desk.execute(ask(accept, actor=carl))) == ["CASE_ACCEPT_TRANSFER_NOT_YOURS"]
    assert reasons(desk.execute(ask(decline, actor=carl))) == ["CASE_DECLINE_TRANSFER_NOT_YOURS"]
    assert facts(desk.execute(ask(decline, actor=bob))) == ["case_transfer_declined"]
    assert reasons(desk.execute(ask(accept, actor=bob))) == ["CASE_ACCEPT_TRANSFER_NONE"]
    done(desk.execute(ask(warm)))
    assert facts(desk.execute(ask(accept, actor=bob))) == ["case_transfer_accepted", "case_state_changed"]
    state = case(desk)
    assert (state.assignee_id, state.queue_id, state.reassignment_count) == ("bob", "second", 1)
    assert not state.HasField("transfer_offer")


def test_a_cold_transfer_goes_at_once(desk, ask):
    cold = v1.TransferCase(case_id="case-1", kind=v1.TransferCase.KIND_COLD, queue_id="second")
    assert facts(desk.execute(ask(cold))) == ["case_transferred"]
    assert case(desk).queue_id == "second"
    assert facts(done(desk.execute(ask(cold)))) == []


def test_consultations(desk, ask):
    consult = v1.ConsultOnCase(case_id="case-1", consultation_id="q1", consultant_id="carla", question="which bulb?")
    assert facts(desk.execute(ask(consult))) == ["case_consulted"]
    answer = v1.AnswerCaseConsultation(case_id="case-1", consultation_id="q1", answer="the small one")
    assert reasons(desk.execute(ask(answer))) == ["CASE_ANSWER_CONSULTATION_NOT_YOURS"]
    assert facts(desk.execute(ask(answer, actor=frontdesk.actor("carla")))) == ["case_consultation_answered"]
    assert case(desk).consultations[0].answerer_id == "carla"


def test_names_of_states(desk, ask):
    done(desk.execute(ask(v1.ResumeCase(case_id="case-1"), minutes=1)))
    assert reasons(desk.execute(ask(v1.NameCaseState(case_id="case-1", state_name="gone"), minutes=2))) == [
        "CASE_NAME_STATE_UNKNOWN"
    ]
    done(desk.execute(ask(v1.NameCaseState(case_id="case-1", state_name="at the bench"), minutes=2)))
    assert [(span.state, span.state_name) for span in case(desk).state_spans] == [
        (v1.Case.STATE_NEW, ""),
        (v1.Case.STATE_OPEN, ""),
        (v1.Case.STATE_OPEN, "at the bench"),
    ]


def test_a_follow_up_case_after_the_window(desk, ask):
    done(desk.execute(ask(v1.ResolveCase(case_id="case-1", code="replaced"))))
    late = desk.execute(ask(v1.ReopenCase(case_id="case-1"), minutes=60))
    assert reasons(late) == ["CASE_REOPEN_WINDOW_OVER"]
    assert [(detail.name, detail.value) for detail in late.refusals[0].details] == [("until", "2024-05-01T13:00:00Z")]
    in_time = desk.fork().execute(ask(v1.ReopenCase(case_id="case-1"), minutes=59))
    assert facts(in_time) == ["case_reopened"]
    followed = desk.execute(ask(v1.ReopenCase(case_id="case-1", follow_up_case_id="case-2"), minutes=60))
    assert facts(followed) == ["case_opened", "case_linked"]
    assert case(desk, "case-2").subject == "a lamp"
    assert case(desk, "case-2").case_links[0].kind == v1.CaseLink.KIND_FOLLOW_UP_OF
    assert case(desk).further_case_links[0].kind == v1.CaseLink.KIND_HAS_FOLLOW_UP


def test_thanks_do_not_reopen(desk, ask):
    done(desk.execute(ask(v1.ResolveCase(case_id="case-1", code="replaced"))))
    thanks = desk.execute(ask(says("Thank you!"), actor=customer(), minutes=1))
    assert facts(thanks) == ["case_part_added"]
    assert [decision.decision_point for decision in thanks.further_decisions] == ["ReopenOnMessage"]
    explanation = desk.explain(thanks.record_id)
    assert explanation.further_decisions[0].fired_rule_ids == ["thanks"]
    assert "THANKS_ONLY" in explanation.text
    again = desk.execute(ask(says("It is broken again", "p2"), actor=customer(), minutes=2))
    assert facts(again) == ["case_part_added", "case_reopened"]
    assert (case(desk).state, case(desk).reopen_count) == (v1.Case.STATE_OPEN, 1)


def test_asking_the_policy_alone(policy, ask):
    command = ask(says("thanks"), actor=customer())
    input = v1.DecisionInput(case=v1.CaseDecisionInput(command=command.case, actor=command.actor, now=command.now))
    decision = policy.decide_reopen_on_message(input)
    assert decision.outcome == v1.POLICY_OUTCOME_REFUSE
    silent = frontdesk.Policy.from_text(
        'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
    )
    assert silent.decide_reopen_on_message(input) is None
    input.case.command.CopyFrom(v1.CaseCommand(close_case=v1.CloseCase(case_id="case-1")))
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        policy.decide_reopen_on_message(input)
    assert raised.value.reason == "DECISION_INPUT_MISMATCH"


def test_the_pure_function_does_the_same(desk, policy, ask):
    done(desk.execute(ask(v1.ResolveCase(case_id="case-1", code="replaced"))))
    input = v1.DecisionInput(case=v1.CaseDecisionInput(case=case(desk)))
    asked = ask(says("It is broken again"), actor=customer(), minutes=2)
    decided = frontdesk.decide(input, asked, policy, full_trace=False)
    executed = desk.execute(asked)
    assert facts(decided) == facts(executed)
    assert list(decided.further_decisions) == list(executed.further_decisions)


def test_import(desk, ask):
    imported = v1.Case(case_id="old", state=v1.Case.STATE_CLOSED, kind=v1.Case.KIND_TROUBLE, subject="an old lamp")
    for state, minutes in ((v1.Case.STATE_NEW, -30), (v1.Case.STATE_RESOLVED, -20), (v1.Case.STATE_CLOSED, -10)):
        span = imported.state_spans.add(state=state)
        span.start_time.FromDatetime(NOON + datetime.timedelta(minutes=minutes))
    source = v1.ImportSource(system="snow")
    assert facts(desk.execute(ask(v1.ImportCase(case=imported, source=source)))) == ["case_imported"]
    assert case(desk, "old").import_source.system == "snow"
    assert case(desk, "old").close_time == imported.state_spans[2].start_time
    imported.case_id = "older"
    imported.state_spans[0].start_time.seconds += 900
    imported.split_offs.add(case_id="other")
    outcome = desk.execute(ask(v1.ImportCase(case=imported, source=source)))
    assert [(refusal.reason, refusal.field) for refusal in outcome.refusals] == [
        ("ARGUMENT_FORBIDDEN", "import_case.case.split_offs")
    ]
    del imported.split_offs[:]
    outcome = desk.execute(ask(v1.ImportCase(case=imported, source=source, strict=True)))
    assert reasons(outcome) == ["CASE_IMPORT_SPANS_ORDER"]
    outcome = desk.execute(ask(v1.ImportCase(case=imported, source=source)))
    assert [(each.reason, each.field) for each in outcome.events[0].case.case_imported.findings] == [
        ("IMPORT_SPANS_ORDER", "state_spans[1]")
    ]


def test_issues_of_the_cases_of_a_pack():
    with pytest.raises(frontdesk.PolicyError) as raised:
        frontdesk.Policy.from_text("cases {\n  priority_matrix { impact: 1 }\n  reopen_window { seconds: -1 }\n}")
    assert [(issue.reason, issue.line) for issue in raised.value.issues] == [
        ("POLICY_PRIORITY_CELL_RANGE", 2),
        ("POLICY_PRIORITY_CELL_RANGE", 2),
        ("POLICY_REOPEN_WINDOW_RANGE", 3),
    ]


def test_the_lifecycle_has_every_verb():
    cells = {(cell.verb, cell.state): cell for cell in domain.transitions(EntityKind.CASE)}
    assert cells["TransferCase", "NEW"].to == ("NEW", "OPEN")
    assert cells["ReopenCase", "CLOSED"].to == ("OPEN", "CLOSED")
    assert cells["PrioritizeCase", "MERGED"].refusal_reason == "CASE_PRIORITIZE_STATE"


def test_remedies_are_ranked_by_who_may_give_them(ask):
    policy = frontdesk.Policy.from_text(
        """
        rule_sets {
          id: "resolving" decision_points: "ResolveCase" default_outcome: POLICY_OUTCOME_ALLOW
          rules {
            id: "ask" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "ASK" authority: "supervisor"
            condition: "command.resolve_case.remedy_amount.units > 1000"
          }
        }
        rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
        cases {
          remedies { name: "credit_20" code: "paid" amount { units: 2000 currency_code: "USD" } }
          remedies { name: "apology" code: "apologized" }
        }
        """
    )
    with frontdesk.Desk.open(policy) as desk:
        done(desk.execute(ask(v1.OpenCase(case_id="case-1", kind=v1.Case.KIND_COMPLAINT, subject="a lamp"))))
        ranked = desk.rank_remedies(ask(v1.ResolveCase(case_id="case-1")))
        assert [(one.remedy.name, Verdict.of(one.verdict)) for one in ranked] == [
            ("apology", Verdict.DONE),
            ("credit_20", Verdict.HELD),
        ]
        assert ranked[1].held.authority == "supervisor"
        with pytest.raises(frontdesk.NotFoundError, match="ENTITY_NOT_FOUND"):
            desk.rank_remedies(ask(v1.ResolveCase(case_id="case-2")))
        with pytest.raises(frontdesk.InvalidArgumentError, match="COMMAND_WRONG_ENTITY"):
            desk.rank_remedies(ask(v1.CloseCase(case_id="case-1")))
    with pytest.raises(frontdesk.PolicyError, match="POLICY_LIMIT_REMEDIES"):
        frontdesk.Policy.from_text(
            'cases { remedies { name: "a" code: "b" } }', limits=frontdesk.PolicyLimits(max_remedies=0)
        )


def test_a_case_goes_up_a_chain_and_its_matter_outside(ask):
    policy = frontdesk.Policy.from_text(
        """
        rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
        cases {
          escalation_chains {
            name: "lamps" basis: ESCALATION_BASIS_SKILL
            steps { queue_id: "second" time_out { seconds: 3600 } }
            steps { queue_id: "third" }
            fallback_queue_id: "desk"
          }
        }
        """
    )
    with frontdesk.Desk.open(policy) as desk:
        done(desk.execute(ask(v1.OpenCase(case_id="case-1", kind=v1.Case.KIND_TROUBLE, subject="a lamp"))))
        up = v1.EscalateCase(case_id="case-1", chain="lamps", note="too hard")
        done(desk.execute(ask(up)))
        escalation = desk.get(CASE).case.escalation
        assert (escalation.step, escalation.queue_id) == (1, "second")
        assert frontdesk.EscalationBasis.of(escalation.basis) is frontdesk.EscalationBasis.SKILL
        assert frontdesk.times.to_datetime(escalation.due_time) == NOON + datetime.timedelta(hours=1)
        up.unavailable_queue_ids[:] = ["third"]
        outcome = desk.execute(ask(up))
        assert desk.explain(outcome.record_id).event_texts[:] == [
            "case case-1: escalated to queue desk, the fallback of lamps; passed over: third"
        ]
        assert reasons(desk.execute(ask(up))) == ["CASE_ESCALATE_END"]

        done(desk.execute(ask(v1.ReferCase(case_id="case-1", referral_id="r1", party="the maker", reference="RMA-7"))))
        case = desk.get(CASE).case
        assert case.state == frontdesk.CaseState.WAITING_ON_THIRD_PARTY
        assert [(each.party, each.HasField("return_time")) for each in case.referrals] == [("the maker", False)]
        done(desk.execute(ask(v1.ResolveCase(case_id="case-1", code="replaced", root_cause="packed badly"))))
        case = desk.get(CASE).case
        assert case.referrals[0].HasField("return_time") and case.resolutions[0].root_cause == "packed badly"
