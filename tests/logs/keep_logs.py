#!/usr/bin/env python3
"""Writes the logs of the examples into this folder: what their desks decided, event by event.

    PYTHONPATH=build/release/python python3 tests/logs/keep_logs.py [NAME ...]

With names, those logs only. Each log is NAME.events: serialized events in the order of the journal, each behind its length as a varint. Run
FRONTDESK_UPDATE_LOGS=states with the test KeptLogsTest afterwards, which writes states.txt.
"""

import contextlib
import datetime
import io
import pathlib
import runpy
import sys
import tempfile
from typing import Any, Dict, Final, List

import frontdesk
from frontdesk import v1
from google.protobuf.internal.encoder import _VarintBytes

LOGS: Final = pathlib.Path(__file__).resolve().parent
EXAMPLES: Final = LOGS.parents[1] / "examples"
PROGRAMS: Final = {
    "first_desk": EXAMPLES / "first_desk" / "first_desk.py",
    "phone_call": EXAMPLES / "phone_call" / "phone_call.py",
    "incident_replay": EXAMPLES / "incident_replay" / "incident_replay.py",
    # The same with the clocks of a policy with service levels.
    "incident_promises": EXAMPLES / "incident_replay" / "incident_replay.py",
}


def events_of(desk: frontdesk.Desk, outcomes: List[Any]) -> List[Any]:
    """The events of a desk in the order of its journal: of all entities that its outcomes name."""
    entities: Dict[Any, Any] = {}
    for outcome in outcomes:
        for event in outcome.events:
            entities[(event.entity.kind, event.entity.id)] = event.entity
        if outcome.held.approval_id:
            approval = frontdesk.entity_ref(frontdesk.EntityKind.APPROVAL, outcome.held.approval_id)
            entities[(approval.kind, approval.id)] = approval
    order = {record.record_id: record.sequence for record in desk.journal()}
    events = [event for entity in entities.values() for event in desk.history(entity)]
    # The first activation of a policy has no record.
    return sorted(events, key=lambda event: (order.get(event.record_id, 0), int(event.event_id.rpartition("-")[2] or 0)))


def keep(name: str, program: pathlib.Path) -> None:
    outcomes: Dict[int, List[Any]] = {}
    desks: Dict[int, frontdesk.Desk] = {}

    def watched(function: Any) -> Any:
        def call(desk: frontdesk.Desk, *arguments: Any, **options: Any) -> Any:
            outcome = function(desk, *arguments, **options)
            desks[id(desk)] = desk
            outcomes.setdefault(id(desk), []).append(outcome)
            return outcome

        return call

    functions = {each: getattr(frontdesk.Desk, each) for each in ("execute", "approve", "decline")}
    close = frontdesk.Desk.close
    # The events are read after the program.
    setattr(frontdesk.Desk, "close", lambda desk: None)
    for each, function in functions.items():
        setattr(frontdesk.Desk, each, watched(function))
    sys.argv = [str(program)]
    sys.path.insert(0, str(program.parent))
    try:
        # A program may keep its desk in a file of the current folder.
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.chdir(folder),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.suppress(SystemExit),
        ):
            runpy.run_path(str(program), run_name="__main__")
    finally:
        sys.path.remove(str(program.parent))
        setattr(frontdesk.Desk, "close", close)
        for each, function in functions.items():
            setattr(frontdesk.Desk, each, function)
    write(name, desks, outcomes)


def write(name: str, desks: Dict[int, frontdesk.Desk], outcomes: Dict[int, List[Any]]) -> None:
    written = 0
    with open(LOGS / f"{name}.events", "wb") as log:
        for key, desk in desks.items():
            for event in events_of(desk, outcomes[key]):
                data = event.SerializeToString(deterministic=True)
                log.write(_VarintBytes(len(data)) + data)
                written += 1
    print(f"{name}: {written} events of {len(desks)} desks")


def keep_activations() -> None:
    """Two policies, one after the other and back."""
    policies = [
        frontdesk.Policy.from_text(
            f'name: "shop" version: "{version}" rule_sets {{ id: "a" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }}'
        )
        for version in (1, 2)
    ]
    desk = frontdesk.Desk.open(policies[0])
    noon = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.timezone.utc)
    outcomes = [
        desk.activate(policies[version % 2], frontdesk.Activation(frontdesk.actor("anna"), noon + datetime.timedelta(hours=version)))
        for version in (1, 2, 3)
    ]
    write("activated_policy", {0: desk}, {0: outcomes})


APPROVALS: Final = """
rule_sets { id: "cancel" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "ask" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "ASK" authority: "lead"
          condition: "command.cancel_order.reason != 'now'" }
  rules { id: "large" order: 2 outcome: POLICY_OUTCOME_HOLD reason: "LARGE" authority: "boss"
          condition: "command.cancel_order.reason != 'now' && assessment.refund_amount > money('30.00 EUR')" } }
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""


def keep_approvals() -> None:
    """An approval that asks again, is given by two, is refused, withdrawn, and closed with its order."""
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(APPROVALS))
    noon = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.timezone.utc)
    outcomes: List[Any] = []

    def keep_one(outcome: Any) -> Any:
        outcomes.append(outcome)
        return outcome

    def now() -> datetime.datetime:
        return noon + datetime.timedelta(minutes=len(outcomes))

    def do(verb: Any, facts: Any = None) -> Any:
        return keep_one(desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=now()), facts=facts))

    def approve(approval_id: str, authority: str, number: int = 1) -> Any:
        actor = frontdesk.actor("ben", authorities=[authority])
        return keep_one(desk.approve(approval_id, actor=actor, now=now(), round=number))

    variants = [
        v1.Variant(variant_id=name, product_id=name, available=True, unit_price=frontdesk.money.parse_unit_price(price, "EUR"))
        for name, price in (("lamp", "19.99"), ("sofa", "999.00"))
    ]

    def facts_of(variant: Any) -> Any:
        return v1.Facts(catalog=v1.CatalogFacts(products=[v1.Product(product_id=variant.product_id)], variants=[variant]))

    do(v1.CreateCustomer(customer_id="c1", given_name="Ann"))
    address = v1.PostalAddress(lines=["1 Main Street"], locality="Cork", country_code="IE")
    do(v1.ChangeAddress(customer_id="c1", address=address))
    card = v1.PaymentMethod(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD, last_four="4242")
    do(v1.AddPaymentMethod(customer_id="c1", payment_method=card))
    held = {}
    for order_id in ("1", "2", "3", "4"):
        line = v1.PlaceOrderLine(line_id="1", variant_id="lamp", quantity=1)
        do(v1.PlaceOrder(order_id=order_id, customer_id="c1", currency_code="EUR", payment_method_id="card", lines=[line],
                         settlement=v1.SETTLEMENT_DONE), facts_of(variants[0]))
        held[order_id] = do(v1.CancelOrder(order_id=order_id, reason="later")).held.approval_id
    change = v1.ItemChange(item=v1.ItemSelector(line_id="1", quantity=1), new_variant_id="sofa")
    do(v1.ChangeItems(order_id="1", payment_method_id="card", settlement=v1.SETTLEMENT_DONE, changes=[change]),
       facts_of(variants[1]))
    assert approve(held["1"], "lead").held.round == 2
    assert approve(held["1"], "lead", 2).held.authority == "boss"
    assert approve(held["1"], "boss", 2).verdict == v1.VERDICT_DONE
    shipment = v1.Shipment(shipment_id="s1", lines=[v1.LineQuantity(line_id="1", quantity=1)])
    do(v1.RecordShipment(order_id="2", shipment=shipment))
    assert approve(held["2"], "lead").verdict == v1.VERDICT_REFUSED
    keep_one(desk.withdraw(held["3"], actor=frontdesk.actor("anna"), now=now()))
    assert do(v1.CancelOrder(order_id="4", reason="now")).verdict == v1.VERDICT_DONE
    write("approvals", {0: desk}, {0: outcomes})


def keep_reports() -> None:
    """Effects that are reported: one that is done, and one that failed, was done after all, and was reported again."""
    desk = frontdesk.Desk.open(
        frontdesk.Policy.from_text('rule_sets { id: "a" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }')
    )
    noon = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.timezone.utc)
    outcomes: List[Any] = []

    def do(verb: Any, facts: Any = None) -> Any:
        instant = noon + datetime.timedelta(minutes=len(outcomes))
        outcomes.append(desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=instant), facts=facts))
        assert outcomes[-1].verdict == v1.VERDICT_DONE, outcomes[-1]
        return outcomes[-1]

    lamp = v1.Variant(
        variant_id="lamp", product_id="lamp", available=True, unit_price=frontdesk.money.parse_unit_price("19.99", "EUR")
    )
    facts = v1.Facts(catalog=v1.CatalogFacts(products=[v1.Product(product_id="lamp")], variants=[lamp]))
    do(v1.CreateCustomer(customer_id="c1", given_name="Ann"))
    address = v1.PostalAddress(lines=["1 Main Street"], locality="Cork", country_code="IE")
    do(v1.ChangeAddress(customer_id="c1", address=address))
    card = v1.PaymentMethod(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD, last_four="4242")
    do(v1.AddPaymentMethod(customer_id="c1", payment_method=card))
    for order_id in ("1", "2"):
        line = v1.PlaceOrderLine(variant_id="lamp", quantity=1)
        order = v1.PlaceOrder(order_id=order_id, customer_id="c1", currency_code="EUR", payment_method_id="card", lines=[line])
        effect = do(order, facts).effects[0]
        report = v1.ReportEffect(entity=effect.entity, effect_id=effect.effect_id)
        if order_id == "2":
            report.result, report.code = v1.EFFECT_RESULT_FAILED, "GATEWAY_DOWN"
            do(report)
        report.result, report.code, report.reference = v1.EFFECT_RESULT_DONE, "", "gateway-17"
        do(report)
        do(report)
    write("reported_effect", {0: desk}, {0: outcomes})


def keep_cases() -> None:
    """Cases that are given to nobody, merged, answered, named at their end, closed without a resolution and opened again, with people and ids."""
    desk = frontdesk.Desk.open(
        frontdesk.Policy.from_text(
            'rule_sets { id: "a" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
            'rule_sets { id: "b" decision_points: "ReopenOnMessage" default_outcome: POLICY_OUTCOME_ALLOW }'
        )
    )
    noon = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.timezone.utc)
    outcomes: List[Any] = []

    def do(verb: Any, who: str = "anna", kind: Any = frontdesk.ActorKind.AGENT) -> None:
        instant = noon + datetime.timedelta(minutes=len(outcomes))
        outcomes.append(desk.execute(frontdesk.command(verb, actor=frontdesk.actor(who, kind), now=instant)))
        assert outcomes[-1].verdict == v1.VERDICT_DONE, outcomes[-1]

    def part(part_id: str, kind: Any, visibility: Any) -> Any:
        return v1.InteractionPart(part_id=part_id, kind=kind, visibility=visibility, text="The serial is 77.")

    for case_id in ("a", "b", "c", "d"):
        do(v1.OpenCase(case_id=case_id, kind=v1.Case.KIND_TROUBLE, subject="A lamp"))
    do(v1.AssignCase(case_id="b", assignee_id="ben", keeps_state=True))
    do(v1.AssignCase(case_id="c", assignee_id="carl"))
    do(v1.AssignCase(case_id="c"))
    do(v1.MergeCases(case_id="a", merged_case_id="c"))
    do(v1.MergeCases(case_id="a", merged_case_id="b"))
    do(v1.PauseCase(case_id="a", state=v1.Case.STATE_WAITING_ON_CUSTOMER, state_name="asked"))
    answer = part("mail-1", v1.InteractionPart.KIND_MESSAGE, v1.VISIBILITY_PUBLIC)
    do(v1.AddCasePart(case_id="a", part=answer), "c1", frontdesk.ActorKind.CUSTOMER)
    do(v1.CloseCase(case_id="a", reason="no answer", state_name="filed"), "ben")
    do(v1.ClassifyCase(case_id="a", add_tags=["lamp"]))
    do(v1.AddCasePart(case_id="a", part=part("note-1", v1.InteractionPart.KIND_NOTE, v1.VISIBILITY_INTERNAL)))
    do(v1.ReopenCase(case_id="a"))
    do(v1.ResolveCase(case_id="a", code="replaced", state_name="paid out"), "carl")
    do(v1.CorrectResolution(case_id="a", code="refunded", note="The lamp was sold out."), "ben")
    do(v1.CloseCase(case_id="a"))
    do(v1.UnmergeCases(case_id="a", merged_case_id="b"))
    bill = v1.ExternalId(system="billing", id="17")
    do(v1.ChangeCaseExternalIds(case_id="d", add_external_ids=[bill]))
    do(v1.ChangeCaseExternalIds(case_id="d", remove_external_ids=[bill]))
    lawyer = v1.CaseParticipant(participant_id="p1", kind=v1.CaseParticipant.KIND_COPIED, role="lawyer", address="lea@example.com")
    do(v1.AddCaseParticipant(case_id="d", participant=lawyer))
    do(v1.RemoveCaseParticipant(case_id="d", participant_id="p1"))
    do(v1.CancelCase(case_id="d", reason="by mistake", state_name="dropped"))
    write("cases", {0: desk}, {0: outcomes})


def keep_money() -> None:
    """Orders whose pieces are canceled and lost, whose payments are captured in parts, disputed and returned, and whose refunds bounce."""
    desk = frontdesk.Desk.open(
        frontdesk.Policy.from_text('rule_sets { id: "a" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }')
    )
    noon = datetime.datetime(2026, 11, 30, 21, tzinfo=datetime.timezone.utc)
    outcomes: List[Any] = []
    lamp = v1.Variant(
        variant_id="lamp", product_id="lamp", available=True, unit_price=frontdesk.money.parse_unit_price("19.99", "EUR")
    )
    facts = v1.Facts(catalog=v1.CatalogFacts(products=[v1.Product(product_id="lamp")], variants=[lamp]))

    def do(verb: Any, facts: Any = None) -> Any:
        instant = noon + datetime.timedelta(minutes=len(outcomes))
        outcomes.append(desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=instant), facts=facts))
        assert outcomes[-1].verdict == v1.VERDICT_DONE, outcomes[-1]
        return outcomes[-1]

    def eur(text: str) -> Any:
        return frontdesk.money.parse(text, "EUR")

    def told(reference: str, state: Any, **more: Any) -> None:
        do(v1.RecordPayment(order_id="1", payment=v1.PaymentChange(gateway_reference=reference, state=state, **more)))

    do(v1.CreateCustomer(customer_id="c1", given_name="Ann"))
    address = v1.PostalAddress(lines=["1 Main Street"], locality="Cork", country_code="IE")
    do(v1.ChangeAddress(customer_id="c1", address=address))
    for name in ("card", "other"):
        method = v1.PaymentMethod(payment_method_id=name, kind=v1.PaymentMethod.KIND_CARD, last_four="4242")
        do(v1.AddPaymentMethod(customer_id="c1", payment_method=method))
    do(v1.RemovePaymentMethod(customer_id="c1", payment_method_id="other"))
    line = v1.PlaceOrderLine(line_id="1", variant_id="lamp", quantity=5)
    do(v1.PlaceOrder(order_id="1", customer_id="c1", currency_code="EUR", payment_method_id="card", lines=[line], shipping=eur("5.00")), facts)
    told("auth-1", v1.Payment.STATE_AUTHORIZED, payment_id="payment-1")
    told("cap-1", v1.Payment.STATE_CAPTURED, payment_id="payment-1", amount=eur("60.00"), more_captures=True)
    do(v1.CancelItems(order_id="1", items=[v1.ItemSelector(line_id="1", quantity=1)], reason="too many", fee=eur("1.00")))
    told("cap-2", v1.Payment.STATE_CAPTURED, payment_id="payment-1")
    shipment = v1.Shipment(shipment_id="s1", lines=[v1.LineQuantity(line_id="1", quantity=3)])
    do(v1.RecordShipment(order_id="1", shipment=shipment))
    do(v1.RefundOrder(order_id="1", cause=v1.REFUND_CAUSE_LOST, items=[v1.ItemSelector(line_id="1", quantity=1)]))
    do(v1.RefundOrder(order_id="1", cause=v1.REFUND_CAUSE_GOODWILL, shipping_amount=eur("5.00"), settlement=v1.SETTLEMENT_DONE))
    goodwill = outcomes[-1].events[-1].order.order_refunded.refund.refund_id
    bounced = v1.RefundChange(refund_id=goodwill, state=v1.Refund.STATE_FAILED, failure_code="account_closed", gateway_reference="re-1")
    do(v1.RecordPayment(order_id="1", refund=bounced))
    do(v1.RecordDispute(order_id="1", dispute_id="d1", payment_id="payment-1", state=v1.Dispute.STATE_OPEN, amount=eur("12.34")))
    evidence = [v1.DisputeEvidence(kind="shipping_documentation", document_id="doc-1")]
    do(v1.AnswerDispute(order_id="1", dispute_id="d1", evidence=evidence))
    do(v1.RecordDispute(order_id="1", dispute_id="d1", state=v1.Dispute.STATE_WON, gateway_reference="dp-1"))
    told("cap-2", v1.Payment.STATE_FAILED, failure_code="returned")
    do(v1.RequestPayment(order_id="1", payments=[v1.PaymentShare(payment_method_id="card")]))
    write("money", {0: desk}, {0: outcomes})


def main() -> None:
    names = sys.argv[1:]
    for name, make in (
        ("activated_policy", keep_activations),
        ("cases", keep_cases),
        ("reported_effect", keep_reports),
        ("approvals", keep_approvals),
        ("money", keep_money),
    ):
        if not names or name in names:
            make()
    for name, program in PROGRAMS.items():
        if not names or name in names:
            keep(name, program)


if __name__ == "__main__":
    main()
