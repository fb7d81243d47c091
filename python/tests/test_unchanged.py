"""Commands that change nothing, from Python."""

import pytest

import frontdesk
from conftest import done
from frontdesk import EntityKind, Verdict, domain, v1

HOME = v1.PostalAddress(lines=["2 Hill Road"], locality="Oxford", country_code="GB")
OPEN = v1.OpenCase(case_id="k1", kind=v1.Case.KIND_TROUBLE, subject="no light", customer_id="c1")
PAUSE = v1.PauseCase(case_id="k1", state=v1.Case.STATE_WAITING_ON_CUSTOMER, state_name="asked")

TWICE = {
    "ChangeAddress": v1.ChangeAddress(customer_id="c1", address=HOME),
    "ChangeCustomerState": v1.ChangeCustomerState(customer_id="c1", state=v1.Customer.STATE_FORMER),
    "PauseCase": PAUSE,
    "AssignCase": v1.AssignCase(case_id="k1", assignee_id="ann"),
    "ChangeCaseSubject": v1.ChangeCaseSubject(case_id="k1", subject="a dark lamp"),
}


@pytest.mark.parametrize("name", TWICE)
def test_the_second_time_nothing_changes(desk, ask, name):
    done(desk.execute(ask(OPEN)))
    assert done(desk.execute(ask(TWICE[name]))).events
    again = done(desk.execute(ask(TWICE[name])))
    assert not again.events and not again.effects
    record = desk.record(again.record_id)
    assert record.verdict == Verdict.DONE and not record.event_ids
    text = f"Nothing to change: {domain.unchanged_commands()[name]}."
    assert text in desk.explain(again.record_id).agent_lines


def test_policy_may_refuse_it(ask):
    policy = frontdesk.Policy.from_text(
        """
        rule_sets {
          id: "pauses" decision_points: "PauseCase" default_outcome: POLICY_OUTCOME_ALLOW
          rules { id: "same" outcome: POLICY_OUTCOME_REFUSE reason: "SAME" condition: "assessment.is_unchanged" }
        }
        rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
        """
    )
    desk = frontdesk.Desk.open(policy)
    desk.execute(ask(v1.CreateCustomer(customer_id="c1", given_name="Ann")))
    for verb in (OPEN, PAUSE):
        done(desk.execute(ask(verb)))
    assert [refusal.reason for refusal in desk.execute(ask(PAUSE)).refusals] == ["SAME"]


def test_the_assessments_say_it():
    customer = v1.Customer(customer_id="c1", state=v1.Customer.STATE_CUSTOMER)
    customer.addresses.add(address_id="default", address=HOME)
    command = v1.CustomerCommand(change_address=TWICE["ChangeAddress"])
    assert domain.assess_customer(v1.CustomerDecisionInput(command=command, customer=customer)).is_unchanged
    customer.addresses[0].address.locality = "Bath"
    assert not domain.assess_customer(v1.CustomerDecisionInput(command=command, customer=customer)).is_unchanged
    order = v1.EntityRef(kind=EntityKind.ORDER, id="o1")
    link = v1.InteractionCommand(link_interaction=v1.LinkInteraction(interaction_id="i1", entity=order))
    interaction = v1.Interaction(interaction_id="i1")
    assert not domain.assess_interaction(v1.InteractionDecisionInput(command=link, interaction=interaction)).is_unchanged
    interaction.links.append(order)
    assert domain.assess_interaction(v1.InteractionDecisionInput(command=link, interaction=interaction)).is_unchanged
