"""Customers: edits of the state that was seen, merges, identity, and custom attributes."""

import datetime

import pytest

import frontdesk
from conftest import CUSTOMER, NOON, done
from frontdesk import EntityKind, RefusalOrigin, Verdict, attributes, domain, v1

POLICY = """
attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: "segment" type: TYPE_STRING allowed_values: "home" }
attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: "vip" type: TYPE_BOOL }
identity_requirements { decision_points: "DiscloseCustomer" min_level: 2 }
rule_sets {
  id: "telling" decision_points: "DiscloseCustomer" default_outcome: POLICY_OUTCOME_REFUSE
  rules { id: "vip" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "customer.attributes.flag('vip')" }
}
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""


def ref(customer_id):
    return frontdesk.entity_ref(EntityKind.CUSTOMER, customer_id)


@pytest.fixture
def people(ask):
    """A desk with the customers c1 and c2."""
    with frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY)) as opened:
        for customer_id, name in (("c1", "Ann"), ("c2", "Anna")):
            done(opened.execute(ask(v1.CreateCustomer(customer_id=customer_id, given_name=name))))
        yield opened


def test_edits_of_different_fields_both_get_their_way(people, ask):
    done(people.execute(ask(v1.EditCustomer(customer_id="c1", base_version=1, tier="gold"))))
    done(people.execute(ask(v1.EditCustomer(customer_id="c1", base_version=1, family_name="Lee"))))
    customer = people.get(CUSTOMER).customer
    assert (customer.tier, customer.family_name) == ("gold", "Lee")
    outcome = people.execute(ask(v1.EditCustomer(customer_id="c1", base_version=1, tier="silver", family_name="Li")))
    assert [(refusal.reason, refusal.field) for refusal in outcome.refusals] == [
        ("CUSTOMER_EDIT_CONFLICT", "edit_customer.family_name"),
        ("CUSTOMER_EDIT_CONFLICT", "edit_customer.tier"),
    ]


def test_merge_and_unmerge(people, ask):
    before = people.get(ref("c2")).customer
    done(people.execute(ask(v1.MergeCustomers(customer_id="c1", merged_customer_id="c2"))))
    assert people.get(ref("c2")).customer.survivor_customer_id == "c1"
    refused = people.execute(ask(v1.EditCustomer(customer_id="c2", base_version=1, tier="gold")))
    assert refused.refusals[0].reason == "CUSTOMER_EDIT_STATE"
    assert {detail.name: detail.value for detail in refused.refusals[0].details}["survivor_customer_id"] == "c1"
    started = v1.StartInteraction(interaction_id="i1", channel=v1.CHANNEL_VOICE, direction=v1.DIRECTION_INBOUND)
    done(people.execute(ask(started)))
    done(people.execute(ask(v1.SetInteractionCustomer(interaction_id="i1", customer_id="c2"))))
    call = frontdesk.entity_ref(EntityKind.INTERACTION, "i1")
    assert people.get(call).interaction.customer_id == "c1"
    done(people.execute(ask(v1.UnmergeCustomers(customer_id="c1", merged_customer_id="c2"))))
    assert people.get(ref("c2")).customer == before


def test_a_level_of_identity_is_demanded(people, ask):
    tell = v1.DiscloseCustomer(customer_id="c1", topics=["balance"])
    refused = people.execute(ask(tell))
    assert (refused.refusals[0].reason, refused.refusals[0].origin) == ("IDENTITY_LEVEL_TOO_LOW", RefusalOrigin.POLICY)
    assert {detail.name: detail.value for detail in refused.refusals[0].details} == {"demanded": "2", "reached": "0"}
    verify = v1.VerifyIdentity(customer_id="c1", level=2, method="code")
    verify.expire_time.FromDatetime(NOON + datetime.timedelta(minutes=10))
    done(people.execute(ask(verify)))
    assert people.execute(ask(tell)).refusals[0].reason == "POLICY_DEFAULT"
    version = people.get(CUSTOMER).version
    edit = v1.EditCustomer(customer_id="c1", base_version=version, set_attributes=[attributes.of("vip", True)])
    done(people.execute(ask(edit)))
    assert done(people.execute(ask(tell))).events[0].customer.customer_disclosed.identity_level == 2
    assert people.execute(ask(tell, minutes=10)).refusals[0].reason == "IDENTITY_LEVEL_TOO_LOW"
    customer = people.get(CUSTOMER).customer
    assert domain.reached_identity_level(customer, NOON) == 2
    assert domain.reached_identity_level(customer, NOON + datetime.timedelta(minutes=10)) == 0


def test_state(people, ask):
    change = v1.ChangeCustomerState(customer_id="c1", state=v1.Customer.STATE_FORMER, reason="moved")
    done(people.execute(ask(change)))
    again = done(people.execute(ask(change)))
    assert not again.events


def test_attributes_are_typed(people, ask):
    wrong = [attributes.of("segment", "moon"), attributes.of("vip", 1), attributes.of("height", 2)]
    outcome = people.execute(ask(v1.EditCustomer(customer_id="c1", base_version=1, set_attributes=wrong)))
    assert [refusal.reason for refusal in outcome.refusals] == ["ATTRIBUTE_VALUE", "ATTRIBUTE_TYPE", "ATTRIBUTE_UNDEFINED"]
    money = v1.Money(units=5, currency_code="EUR")
    values = {"a": "x", "b": 7, "c": False, "d": NOON, "e": money}
    made = [attributes.of(name, value) for name, value in values.items()]
    assert attributes.as_dict(made) == values
    assert attributes.of("b", True).WhichOneof("value") == "bool_value"
    for value in (1.5, None, b"x", [1]):
        with pytest.raises(TypeError):
            attributes.of("a", value)
    with pytest.raises(ValueError):
        attributes.of("a", 1 << 63)
    with pytest.raises(ValueError):
        attributes.of("a", datetime.datetime(2024, 5, 1))
    with pytest.raises(ValueError):
        attributes.value(v1.Attribute(name="a"))


def test_attributes_in_rules_are_checked_when_loaded():
    with pytest.raises(frontdesk.PolicyError) as raised:
        frontdesk.Policy.from_text(POLICY.replace("flag('vip')", "flag('vpi')"))
    assert raised.value.issues[0].reason == "POLICY_ATTRIBUTE_UNKNOWN"
    assert "did you mean 'vip'?" in raised.value.issues[0].text
    with pytest.raises(frontdesk.PolicyError) as raised:
        frontdesk.Policy.from_text(POLICY.replace("flag('vip')", "flag('segment')"))
    assert raised.value.issues[0].reason == "POLICY_ATTRIBUTE_TYPE"
    with pytest.raises(frontdesk.PolicyError) as raised:
        frontdesk.Policy.from_text(POLICY, limits=frontdesk.PolicyLimits(max_attribute_definitions=1))
    assert raised.value.issues[0].reason == "POLICY_LIMIT_ATTRIBUTES"
