"""The desk in pieces: pages of effects and events, notes of approvals, and a limit for each kind of input."""

import pytest

import frontdesk
from conftest import CUSTOMER, NOON, ORDER, catalog, done, euros
from frontdesk import EntityKind, v1


def refund(units):
    return v1.RefundOrder(order_id="o1", cause=v1.REFUND_CAUSE_GOODWILL, amount=euros(units))


@pytest.fixture
def refunded(desk, ask):
    """The desk after three refunds, each with an effect of its own."""
    for units in (100, 200, 300):
        done(desk.execute(ask(refund(units))))
    return desk


@pytest.mark.parametrize("page_size", [1, 2, 3, 1000])
def test_effects_are_read_in_pages_of_any_size(refunded, page_size):
    pending = list(refunded.pending_effects(page_size=page_size))
    assert [each.effect.order.send_refund.amount.units for each in pending] == [100, 200, 300]
    sequences = [each.sequence for each in pending]
    assert sequences == sorted(set(sequences))
    assert list(refunded.pending_effects(after=sequences[0], page_size=page_size)) == pending[1:]


@pytest.mark.parametrize("page_size", [1, 2, 3, 1000])
def test_events_are_read_in_pages_of_any_size(refunded, page_size):
    versions = [event.version for event in refunded.history(ORDER, page_size=page_size)]
    assert versions == list(range(1, refunded.get(ORDER).version + 1))
    assert [event.version for event in refunded.history(ORDER, after=2, page_size=page_size)] == versions[2:]


def test_notes_of_resolutions_are_kept(desk, ask, anna, boss, noon):
    for resolve, actor, note in ((desk.approve, boss, "good customer"), (desk.decline, anna, "taken back")):
        held = desk.execute(ask(refund(5100)))
        assert held.verdict == frontdesk.Verdict.HELD
        resolve(held.held.approval_id, actor=actor, now=noon, note=note)
        approval = frontdesk.entity_ref(EntityKind.APPROVAL, held.held.approval_id)
        resolved = list(desk.history(approval))[-1].approval.approval_resolved
        assert (resolved.note, resolved.resolver_id) == (note, actor.actor_id)


def place(order_id):
    return v1.PlaceOrder(
        order_id=order_id,
        customer_id="c1",
        currency_code="EUR",
        lines=[v1.PlaceOrderLine(variant_id="mug", quantity=1)],
        payment_method_id="card",
    )


@pytest.mark.parametrize("name, reason", [("max_command_bytes", "COMMAND_TOO_LARGE"), ("max_facts_bytes", "FACTS_TOO_LARGE")])
def test_each_limit_is_that_of_its_name(desk, shop_policy, ask, name, reason):
    command, facts = ask(place("o2")), catalog()
    size = {"max_command_bytes": command.ByteSize(), "max_facts_bytes": facts.ByteSize()}
    assert size["max_command_bytes"] != size["max_facts_bytes"]
    for less, expected in ((0, None), (1, reason)):
        limits = frontdesk.CommandLimits(**{name: size[name] - less})
        small = frontdesk.Desk(shop_policy, limits=limits)
        if expected is None:
            assert small.execute(command, facts=facts).verdict == frontdesk.Verdict.REFUSED  # It has no customer.
            continue
        with pytest.raises(frontdesk.LimitError) as limited:
            small.execute(command, facts=facts)
        assert limited.value.reason == expected


def test_a_search_looks_at_as_many_as_its_limit_says(desk, shop_policy, ask):
    small = frontdesk.Desk(shop_policy, find_limits=frontdesk.FindLimits(max_scanned=1))
    for number in range(3):
        done(small.execute(ask(v1.OpenCase(case_id=f"k{number}", kind=v1.Case.KIND_TROUBLE, subject="lamp", queue_id="q"))))
    page = small.find_page(v1.CaseQuery(queue_id="q"))
    assert len(page.found) == 1 and page.next_page_token
    assert len(list(small.find(v1.CaseQuery(queue_id="q")))) == 3


def test_a_policy_that_is_activated_decides(desk, ask):
    verb = v1.ChangeCustomerState(customer_id="c1", state=v1.Customer.STATE_FORMER)
    nothing = frontdesk.Policy.from_text("rule_sets { id: 'none' decision_points: '*' default_outcome: POLICY_OUTCOME_REFUSE }")
    done(desk.activate(nothing, frontdesk.Activation(frontdesk.actor("anna"), NOON)))
    assert desk.policy is nothing
    assert desk.execute(ask(verb)).verdict == frontdesk.Verdict.REFUSED
    assert desk.get(CUSTOMER).customer.state == v1.Customer.STATE_CUSTOMER
