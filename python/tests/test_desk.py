"""frontdesk.Desk and the pure functions, as a stranger would use them."""

import datetime

import pytest

import conftest
import frontdesk
from conftest import CUSTOMER, NOON, ORDER, catalog, done, euros, happened
from frontdesk import EntityKind, RefusalOrigin, Verdict, domain, v1


def test_done(desk, ask):
    outcome = done(desk.execute(ask(v1.CancelOrder(order_id="o1", reason="no longer needed"))))
    assert "order_canceled" in [happened(event) for event in outcome.events]
    assert all(event.record_id == outcome.record_id for event in outcome.events)
    assert desk.get(ORDER).order.state == v1.Order.STATE_CANCELED
    assert [effect.order.WhichOneof("effect") for effect in outcome.effects] == ["send_refund"]
    assert outcome.effects[0].order.send_refund.amount == euros(10500)


def test_refused_is_a_value(desk, ask):
    before = desk.get(ORDER)
    outcome = desk.execute(ask(v1.CancelOrder(order_id="o1", reason="bored")))
    assert Verdict.of(outcome.verdict) is Verdict.REFUSED
    assert (outcome.refusals[0].reason, outcome.refusals[0].origin) == ("REASON_NOT_LISTED", RefusalOrigin.POLICY)
    assert desk.get(ORDER) == before
    explanation = desk.explain(outcome.record_id)
    assert explanation.verdict == Verdict.REFUSED and "REASON_NOT_LISTED" in explanation.text
    assert explanation.decision.fired_rule_ids == ["reason"]


def test_all_invalid_arguments_are_listed(desk, ask):
    outcome = desk.execute(ask(v1.RefundOrder(order_id="", amount=v1.Money(units=-5, currency_code="???"))))
    assert outcome.verdict == Verdict.REFUSED
    assert {refusal.origin for refusal in outcome.refusals} == {RefusalOrigin.ARGUMENT}
    assert {refusal.field for refusal in outcome.refusals} >= {"refund_order.order_id"}
    assert len(outcome.refusals) >= 2


def test_entities_that_do_not_exist(desk, ask):
    outcome = desk.execute(ask(v1.CancelOrder(order_id="nothing", reason="no longer needed")))
    assert (outcome.refusals[0].reason, outcome.refusals[0].origin) == ("ORDER_NOT_FOUND", RefusalOrigin.NOT_FOUND)
    with pytest.raises(LookupError) as raised:
        desk.get(frontdesk.entity_ref(EntityKind.ORDER, "nothing"))
    assert raised.value.reason == "ENTITY_NOT_FOUND"
    with pytest.raises(frontdesk.InvalidArgumentError):
        desk.get(v1.EntityRef())
    with pytest.raises(frontdesk.NotFoundError):
        desk.explain("nothing")
    with pytest.raises(frontdesk.NotFoundError):
        desk.record("nothing")
    with pytest.raises(frontdesk.NotFoundError):
        list(desk.history(frontdesk.entity_ref(EntityKind.ORDER, "nothing")))


def test_malformed_commands_raise_with_all_violations(desk):
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        desk.execute(v1.Command())
    assert raised.value.reason == "COMMAND_MALFORMED"
    assert {violation.field for violation in raised.value.violations} == {"actor", "now", "command"}
    for wrong in (None, v1.CancelOrder(), b""):
        with pytest.raises(TypeError):
            desk.execute(wrong)
    with pytest.raises(TypeError):
        desk.execute(v1.Command(), facts=v1.CatalogFacts())


def test_facts_that_nothing_reads_are_an_error(desk, ask):
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        desk.execute(ask(v1.CreateCustomer(customer_id="c2", given_name="Bo")), facts=catalog())
    assert [(one.field, one.reason) for one in raised.value.violations] == [("facts.catalog", "FACT_UNEXPECTED")]


def test_held_approved_declined(desk, ask, anna, boss, noon):
    verb = v1.RefundOrder(order_id="o1", cause=v1.REFUND_CAUSE_GOODWILL, amount=euros(6000))
    held = desk.execute(ask(verb))
    assert held.verdict == Verdict.HELD and held.held.authority == "refunds"
    approval_id = held.held.approval_id
    refused = desk.approve(approval_id, actor=frontdesk.actor("bob"), now=noon)
    assert refused.refusals[0].reason == "APPROVAL_AUTHORITY_MISSING"
    self_approved = desk.approve(approval_id, actor=frontdesk.actor("anna", authorities=["refunds"]), now=noon)
    assert self_approved.refusals[0].reason == "APPROVAL_BY_REQUESTER"
    approved = done(desk.approve(approval_id, actor=boss, now=noon, note="good customer"))
    assert "order_refunded" in [happened(event) for event in approved.events]
    assert desk.approve(approval_id, actor=boss, now=noon).refusals[0].reason == "APPROVAL_STATE"
    again = desk.execute(ask(v1.RefundOrder(order_id="o1", cause=v1.REFUND_CAUSE_GOODWILL, amount=euros(4500)), minutes=1))
    assert again.verdict in (Verdict.DONE, Verdict.HELD)


def test_decline(desk, ask, anna, noon):
    held = desk.execute(ask(v1.RefundOrder(order_id="o1", cause=v1.REFUND_CAUSE_GOODWILL, amount=euros(6000))))
    done(desk.decline(held.held.approval_id, actor=anna, now=noon, note="taken back"))
    state = desk.get(frontdesk.entity_ref(EntityKind.APPROVAL, held.held.approval_id))
    assert state.approval.state == v1.Approval.STATE_DECLINED


def test_preview_changes_nothing(desk, ask):
    before = desk.get(ORDER)
    preview = desk.preview(ask(v1.CancelOrder(order_id="o1", reason="no longer needed")))
    assert preview.verdict == Verdict.DONE and preview.record_id == ""
    assert desk.get(ORDER) == before


def test_idempotency(desk, ask):
    asked = ask(v1.CancelOrder(order_id="o1", reason="no longer needed"), idempotency_key="k1")
    first = done(desk.execute(asked))
    asked.now.seconds += 60
    assert desk.execute(asked) == first
    with pytest.raises(frontdesk.AlreadyExistsError) as raised:
        desk.execute(ask(v1.CancelOrder(order_id="o1", reason="bored"), idempotency_key="k1"))
    assert raised.value.reason == "IDEMPOTENCY_KEY_REUSED"


def test_a_key_is_unique_in_its_desk(desk, ask):
    asked = ask(v1.CancelOrder(order_id="o1", reason="no longer needed"), idempotency_key="k1")
    first = done(desk.execute(asked))
    asked.actor.actor_id = "ben"
    asked.note = "again"
    assert desk.execute(asked) == first


def test_a_missing_entity_is_not_remembered(desk, ask):
    classified = ask(v1.ClassifyCase(case_id="later", add_tags=["lamp"]), idempotency_key="k1")
    refused = desk.execute(classified)
    assert [each.reason for each in refused.refusals] == ["CASE_NOT_FOUND"]
    done(desk.execute(ask(v1.OpenCase(case_id="later", kind=v1.Case.KIND_TROUBLE, subject="lamp"))))
    assert done(desk.execute(classified)) == desk.execute(classified)


@pytest.mark.parametrize("remember_for", [datetime.timedelta(seconds=10), None])
def test_how_long_a_verdict_is_remembered(shop_policy, ask, remember_for):
    desk = frontdesk.Desk.open(shop_policy, remember_for=remember_for)
    asked = ask(v1.CreateCustomer(customer_id="c9", given_name="Ann"), idempotency_key="k1")
    first = done(desk.execute(asked))
    asked.now.seconds += 9
    assert desk.execute(asked) == first
    asked.now.seconds += 1
    again = desk.execute(asked)
    assert (again == first) == (remember_for is None)
    if remember_for is not None:
        assert [each.reason for each in again.refusals] == ["CUSTOMER_EXISTS"]


def test_the_time_of_remembering_is_positive(shop_policy):
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        frontdesk.Desk(shop_policy, remember_for=datetime.timedelta(0))
    assert raised.value.reason == "DESK_OPTIONS_INVALID"


def test_expected_version(desk, ask):
    version = desk.get(ORDER).version
    with pytest.raises(frontdesk.AbortedError) as raised:
        desk.execute(ask(v1.CancelOrder(order_id="o1", reason="no longer needed"), expected_version=version + 1))
    assert raised.value.reason == "VERSION_CONFLICT"
    done(desk.execute(ask(v1.CancelOrder(order_id="o1", reason="no longer needed"), expected_version=version)))


def test_missing_facts(desk, ask):
    verb = v1.PlaceOrder(
        order_id="o2",
        customer_id="c1",
        currency_code="EUR",
        lines=[v1.PlaceOrderLine(variant_id="mug", quantity=1)],
        payment_method_id="card",
    )
    with pytest.raises(frontdesk.FailedPreconditionError) as raised:
        desk.execute(ask(verb))
    assert raised.value.reason == "FACT_MISSING"
    done(desk.execute(ask(verb), facts=catalog()))


def test_history_folds_to_the_state(desk, ask):
    done(desk.execute(ask(v1.CancelOrder(order_id="o1", reason="no longer needed"))))
    for entity in (ORDER, CUSTOMER):
        state = None
        for event in desk.history(entity):
            state = frontdesk.evolve(event, state)
        assert state == desk.get(entity)
    events = list(desk.history(ORDER))
    assert events == list(desk.history(ORDER, page_size=1))
    assert list(desk.history(ORDER, after=events[0].version)) == events[1:]
    assert [event.version for event in events] == list(range(1, len(events) + 1))


def test_evolve_refuses_what_does_not_follow(desk):
    first = next(desk.history(ORDER))
    once = frontdesk.evolve(first)
    kept = v1.EntityState.FromString(once.SerializeToString())
    with pytest.raises(frontdesk.DataLossError) as raised:
        frontdesk.evolve(first, once)
    assert raised.value.reason == "EVENT_NOT_APPLICABLE" and once == kept
    with pytest.raises(frontdesk.InvalidArgumentError) as malformed:
        frontdesk.evolve(v1.Event())
    assert malformed.value.reason == "EVENT_MALFORMED"


def test_journal_and_explanations(desk, ask):
    records = list(desk.journal())
    assert [record.sequence for record in records] == list(range(2, len(records) + 2))  # The activation of the policy comes first.
    assert records == list(desk.journal(page_size=2))
    assert list(desk.journal(after=2)) == records[1:]
    last = records[-1]
    assert desk.record(last.record_id) == last
    assert last.record_id == f"r-{len(records):010d}"
    events = [event for event in desk.history(ORDER) if event.record_id == last.record_id]
    explained = desk.explain(last.record_id)
    assert explained.fidelity == v1.RebuiltInput.FIDELITY_EXACT
    explained.ClearField("fidelity")
    assert frontdesk.explain_record(last, events) == explained


LARGE_IS_HELD = '''name: "shop"
rule_sets { id: "cancel" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "large" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "LARGE" authority: "second_line"
          condition: "order.totals.total > money('1 USD')"
          details { name: "total" expression: "order.totals.total" }
          customer_text: "A colleague looks at your order of {total}." } }
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
vocabulary { authorities { name: "second_line" text: "the second line" } }'''


def test_explanations_in_three_lengths(desk, ask):
    policy = frontdesk.Policy.from_text(LARGE_IS_HELD)
    question = v1.DecisionInput(order=v1.OrderDecisionInput(order=desk.get(ORDER).order))
    question.order.order.totals.total.CopyFrom(v1.Money(units=4550, currency_code="USD"))
    cancel = ask(v1.CancelOrder(order_id="o1"))
    why = frontdesk.explain(cancel, frontdesk.decide(question, cancel, policy), policy)
    assert why.customer_text == "A colleague looks at your order of 45.50 USD."
    assert list(why.agent_lines) == [
        "The request to cancel the order waits for an approval.",
        "Reason: Large.",
        "Values that counted: the total of the order is 45.50 USD.",
        "It needs the approval of the second line.",
        "This approval would not be needed if the total of the order were at most 1.00 USD.",
    ]
    assert why.text.startswith("CancelOrder on order o1 was held.\n")
    # Without the policy its texts and words are not known, and without the rules their values.
    brief = frontdesk.explain(cancel, frontdesk.decide(question, cancel, policy, full_trace=False))
    assert brief.customer_text == "A colleague has to look at your request before we can cancel your order."
    assert list(brief.agent_lines)[1:] == ["Reason: Large.", 'Whoever has the authority "second line" can approve it.']
    with pytest.raises(TypeError):
        frontdesk.explain(cancel, v1.Outcome(), "policy")  # type: ignore[arg-type]


def test_an_approval_says_who_asked(ask):
    policy = frontdesk.Policy.from_text(
        'rule_sets { id: "all" decision_points: "CreateCustomer" default_outcome: POLICY_OUTCOME_ALLOW rules { '
        'id: "ask" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "ASK" authority: "lead" condition: "true" } } '
        'rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }')
    with frontdesk.Desk.open(policy) as desk:
        held = [desk.execute(ask(v1.CreateCustomer(customer_id=name, given_name="Ann"))) for name in ("c1", "c2")]
        lead = frontdesk.actor("ben", authorities=["lead"])
        now = ask(v1.CreateCustomer()).now.ToDatetime(datetime.timezone.utc)
        approved = desk.approve(held[0].held.approval_id, actor=lead, now=now)
        declined = desk.decline(held[1].held.approval_id, actor=lead, now=now)
        why = desk.explain(approved.record_id)
        assert why.customer_text == "A colleague has approved your request: your customer account is set up."
        assert why.agent_lines[-1] == f"Asked by {why.requester_id}, approved by ben." and why.resolver_id == "ben"
        events = [*approved.events]
        request = desk.record(held[0].record_id)
        again = frontdesk.explain_record(desk.record(approved.record_id), events, policy=policy, request=request)
        assert again.customer_text == why.customer_text and again.agent_lines == why.agent_lines
        why = desk.explain(declined.record_id)
        assert why.customer_text == "A colleague has looked at your request, and we cannot set up your customer account."
        assert list(why.agent_lines) == ["The request to set up the customer account was declined.",
                                         f"Asked by {why.requester_id}, declined by ben."]


def test_effects_wait_until_acknowledged(desk, ask):
    outcome = done(desk.execute(ask(v1.CancelOrder(order_id="o1", reason="no longer needed"))))
    (pending,) = desk.pending_effects()
    assert pending.effect == outcome.effects[0]
    desk.acknowledge_effect(pending.effect.effect_id)
    desk.acknowledge_effect(pending.effect.effect_id)
    assert list(desk.pending_effects()) == []
    with pytest.raises(frontdesk.NotFoundError):
        desk.acknowledge_effect("nothing")


def test_another_policy_without_a_rebuild(desk, ask):
    verb = v1.CancelOrder(order_id="o1", reason="bored")
    assert desk.preview(ask(verb)).verdict == Verdict.REFUSED
    lenient = conftest.SHOP_POLICY.replace("'ordered by mistake'", "'ordered by mistake', 'bored'")
    better = frontdesk.Policy.from_text(lenient)
    outcome = done(desk.activate(better, frontdesk.Activation(frontdesk.actor("anna"), NOON, note="bored counts", idempotency_key="k9")))
    assert outcome.events[0].desk.policy_activated.policy.hash == better.hash
    record = desk.record(outcome.record_id)
    assert record.command.note == "bored counts" and record.command.idempotency_key == "k9"
    assert desk.policy is better
    done(desk.execute(ask(verb)))
    with pytest.raises(TypeError):
        desk.activate("lenient", frontdesk.Activation(frontdesk.actor("anna"), NOON))
    with pytest.raises(frontdesk.AbortedError):
        desk.activate(better, frontdesk.Activation(frontdesk.actor("anna"), NOON, expected_version=1))
    late = frontdesk.Activation(frontdesk.actor("anna"), NOON, late_entry=True, replace_unusable=True)
    command = desk.record(desk.activate(better, late).record_id).command
    assert command.late_entry and command.desk.activate_policy.replace_unusable
    with pytest.raises(AttributeError):
        desk.policy = better


def test_one_policy_is_active_in_a_store(shop_policy, ask):
    store = frontdesk.MemoryStore()
    first = frontdesk.Desk.open(shop_policy, store=store)
    allow = frontdesk.Policy.from_text(
        'name: "allow" rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
    )
    with pytest.raises(frontdesk.FailedPreconditionError) as other:
        frontdesk.Desk.open(allow, store=store)
    assert other.value.reason == "POLICY_NOT_ACTIVE"
    how = frontdesk.Activation(frontdesk.actor("anna"), NOON, note="a better one", idempotency_key="k1")
    second = frontdesk.Desk.open(allow, store=store, activate=how)
    (record,) = first.journal()
    assert record.command.desk.activate_policy.policy_hash == allow.hash
    assert record.command.note == "a better one" and record.command.idempotency_key == "k1"
    done(first.execute(ask(v1.CreateCustomer(customer_id="c1", given_name="Ann"))))
    assert first.policy.hash == allow.hash and second.policy is allow
    desk_ref = frontdesk.entity_ref(frontdesk.EntityKind.DESK, "desk")
    assert first.get(desk_ref).desk.active_policy.name == "allow"
    assert [event.version for event in second.history(desk_ref)] == [1, 2]
    with pytest.raises(TypeError):
        frontdesk.Desk.open(allow, store=store, activate=frontdesk.actor("anna"))


def test_a_policy_is_tried_in_a_fork(desk, ask):
    nothing = frontdesk.Policy.from_text("rule_sets { id: 'none' decision_points: '*' default_outcome: POLICY_OUTCOME_REFUSE }")
    fork = desk.fork(policy=nothing)
    assert fork.policy is nothing
    verb = v1.CancelOrder(order_id="o1", reason="no longer needed")
    assert fork.execute(ask(verb)).verdict == Verdict.REFUSED
    done(desk.execute(ask(verb)))
    with pytest.raises(TypeError):
        desk.fork(policy="none")


def test_forks_go_their_own_way(desk, ask):
    fork = desk.fork(ids=frontdesk.ids.SequenceIds("f-"))
    outcome = done(fork.execute(ask(v1.CancelOrder(order_id="o1", reason="no longer needed"))))
    assert outcome.record_id == "f-0000000001"
    assert desk.get(ORDER).order.state == v1.Order.STATE_PLACED
    assert fork.get(ORDER).order.state == v1.Order.STATE_CANCELED
    assert desk.fork().get(CUSTOMER) == desk.get(CUSTOMER)
    assert fork.policy is desk.policy


def test_stores_outlive_desks(shop_policy, ask):
    store = frontdesk.MemoryStore()
    with frontdesk.Desk.open(shop_policy, store=store, ids=frontdesk.ids.SequenceIds("a-")) as first:
        done(first.execute(ask(v1.CreateCustomer(customer_id="c1", given_name="Ann"))))
    copy = store.clone()
    second = frontdesk.Desk(shop_policy, store=store, ids=frontdesk.ids.SequenceIds("b-"))
    assert second.get(CUSTOMER).customer.given_name == "Ann"
    done(second.execute(ask(v1.CreateCustomer(customer_id="c2", given_name="Bob"))))
    third = frontdesk.Desk(shop_policy, store=copy, ids=frontdesk.ids.SequenceIds("c-"))
    with pytest.raises(LookupError):
        third.get(frontdesk.entity_ref(EntityKind.CUSTOMER, "c2"))


def test_closed(shop_policy):
    desk = frontdesk.Desk.open(shop_policy)
    with desk:
        pass
    desk.close()
    with pytest.raises(ValueError):
        desk.get(ORDER)
    with pytest.raises(ValueError):
        desk.__enter__()
    assert "closed" in repr(desk)


def test_options(shop_policy, ask):
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        frontdesk.Desk(shop_policy, max_commit_attempts=0)
    assert raised.value.reason == "DESK_OPTIONS_INVALID"
    with pytest.raises(TypeError):
        frontdesk.Desk("policy")
    small = frontdesk.Desk(shop_policy, limits=frontdesk.CommandLimits(max_command_bytes=10))
    with pytest.raises(frontdesk.LimitError) as limited:
        small.execute(ask(v1.CreateCustomer(customer_id="c1", given_name="Ann")))
    assert limited.value.reason == "COMMAND_TOO_LARGE"


def test_ids_from_python(shop_policy, ask, noon):
    class Ids:
        def __init__(self):
            self.asked = []

        def next_id(self, now):
            self.asked.append(now)
            return f"own-{len(self.asked)}"

    source = Ids()
    desk = frontdesk.Desk(shop_policy, ids=source)
    outcome = done(desk.execute(ask(v1.CreateCustomer(customer_id="c1", given_name="Ann"))))
    assert outcome.record_id == "own-1" and source.asked == [noon]


def test_an_id_source_that_raises_changes_nothing(shop_policy, ask):
    class Broken:
        def next_id(self, now):
            raise ZeroDivisionError("no id")

    desk = frontdesk.Desk(shop_policy, ids=Broken())
    with pytest.raises(ZeroDivisionError):
        desk.execute(ask(v1.CreateCustomer(customer_id="c1", given_name="Ann")))
    with pytest.raises(LookupError):
        desk.get(CUSTOMER)
    assert list(desk.journal()) == []


def test_commands(anna, noon):
    for wrong in (v1.Money(), "CancelOrder", v1.Command(), v1.OrderCommand(), v1.CancelOrder):
        with pytest.raises(TypeError):
            frontdesk.command(wrong, actor=anna, now=noon)
    with pytest.raises(ValueError):
        frontdesk.command(v1.CancelOrder(), actor=anna, now=datetime.datetime(2024, 5, 1))
    empty = frontdesk.command(v1.CancelOrder(), actor=anna, now=noon, expected_version=0)
    assert empty.WhichOneof("command") == "order" and empty.order.WhichOneof("verb") == "cancel_order"
    assert empty.HasField("expected_version")
    closing = frontdesk.command(v1.CloseCase(case_id="k1"), actor=anna, now=noon)
    assert closing == v1.Command(case=v1.CaseCommand(close_case=v1.CloseCase(case_id="k1")), actor=anna, now=closing.now)
    assert closing.case.close_case.case_id == "k1"


def test_same_commands_same_bytes(shop_policy, ask):
    def run():
        desk = frontdesk.Desk(shop_policy, ids=frontdesk.ids.SequenceIds("r-"))
        outcomes = [
            desk.execute(ask(v1.CreateCustomer(customer_id="c1", given_name="Ann"))),
            desk.execute(ask(v1.CancelOrder(order_id="o1"))),
        ]
        return b"".join(map(frontdesk.canonical_bytes, outcomes))

    assert run() == run()


# ---- Pure ----


def test_decide_is_the_desk_without_a_store(desk, ask, shop_policy):
    asked = ask(v1.CancelOrder(order_id="o1", reason="no longer needed"))
    question = v1.DecisionInput(
        order=v1.OrderDecisionInput(order=desk.get(ORDER).order, customer=desk.get(CUSTOMER).customer)
    )
    previewed = desk.preview(asked, full_trace=True)
    for event in previewed.events:
        event.ClearField("version")
    assert frontdesk.decide(question, asked, shop_policy) == previewed
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        frontdesk.decide(v1.DecisionInput(account=v1.AccountDecisionInput()), asked, shop_policy)
    assert raised.value.reason == "DECISION_INPUT_MISMATCH"


def test_verbs_are_those_of_the_command():
    arms = v1.Command.DESCRIPTOR.oneofs_by_name["command"].fields
    by_name = {verb.name: verb for verb in domain.verbs()}
    assert {name: (verb.arm, verb.number, verb.field) for name, verb in by_name.items()} == {
        field.message_type.name: (arm.name, field.number, field.name)
        for arm in arms
        for field in arm.message_type.oneofs_by_name["verb"].fields
    }
    cancel = by_name["CancelOrder"]
    assert (cancel.arm, cancel.entity_kind, cancel.id_path, cancel.creates) == ("order", EntityKind.ORDER, "order_id", False)
    assert cancel.input == "frontdesk.v1.OrderDecisionInput" and cancel.reason_prefix == "ORDER_CANCEL"
    assert by_name["ImportCase"].creates and by_name["ImportCase"].id_path == "case.case_id"
    assert by_name["Approve"].arm == "desk" and by_name["Approve"].input == ""


@pytest.mark.parametrize("kind", [kind for kind in EntityKind if kind != EntityKind.DESK])
def test_transitions_cover_every_state_and_verb(kind):
    cells = domain.transitions(kind)
    verbs = {verb.name for verb in domain.verbs() if verb.entity_kind == kind}
    states = {cell.state for cell in cells}
    assert {(cell.verb, cell.state) for cell in cells} == {(verb, state) for verb in verbs for state in states}
    assert None in states and len(cells) == len(verbs) * len(states)
    assert all(bool(cell.to) != bool(cell.refusal_reason) for cell in cells)


def test_the_desk_has_no_states():
    assert domain.transitions(EntityKind.DESK) == []


def test_order_queries(desk, ask):
    order = desk.get(ORDER).order
    assert domain.held_amount(order) == euros(10500)
    assert domain.returnable_quantity(order.lines[0]) == 0
    sheet = domain.compute_charges(order)
    assert sheet.totals.total == euros(10500)
    assert [amount.units for amount in sheet.line_net_amounts] == [2500, 8000]
    asked = ask(v1.CancelOrder(order_id="o1"))
    assessment = domain.assess_order(v1.OrderDecisionInput(command=asked.order, order=order))
    assert assessment.held_amount == euros(10500)
    assert domain.addressed_entity(asked) == ORDER
