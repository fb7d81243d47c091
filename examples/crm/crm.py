#!/usr/bin/env python3
"""A CRM with a service desk inside: the customers of its own table, a case with two notes, and a refund that a supervisor
approves. crm.cc does the same in C++ and prints the same.

    crm.py              the desk is kept in a temporary folder
    crm.py --db FILE    the desk stays in FILE
"""

import argparse
import datetime
import pathlib
import sys
import tempfile
from typing import Any

import frontdesk
from crm_rows import PEOPLE, SALE, row_id, to_account, to_customer, to_order
from frontdesk import money, v1

POLICY = pathlib.Path(__file__).resolve().parent.parent / "policies" / "crm.textproto"
CRM = frontdesk.actor("crm", frontdesk.ActorKind.SYSTEM)
ANNA = frontdesk.actor("anna")
CARLA = frontdesk.actor("carla", authorities=["refunds"])  # A supervisor.


def at(minute: int) -> datetime.datetime:
    """The desk reads no clock. A product hands in its own: ``datetime.datetime.now(datetime.timezone.utc)``."""
    return datetime.datetime(2024, 5, 15, 15, minute, tzinfo=datetime.timezone.utc)


def ask(desk: frontdesk.Desk, key: str, minute: int, actor: v1.Actor, verb: Any, preview: bool = False) -> v1.Outcome:
    """Carries out a command, or previews it, and prints the verdict with the reasons against it.

    `key` is the CRM's own for this one request. After a timeout or a crash the same request is sent with the same key: it is
    done once, and the outcome is the remembered one. A refusal is remembered too: whoever asks again on purpose takes a new key.
    """
    command = frontdesk.command(verb, actor=actor, now=at(minute), idempotency_key=key)
    outcome = desk.preview(command) if preview else desk.execute(command)
    verdict = frontdesk.Verdict(outcome.verdict).name + (", in a preview" if preview else "")
    print(f"{at(minute):%H:%M} {actor.actor_id}: {verb.DESCRIPTOR.name} {verdict}")
    for refusal in outcome.refusals:
        print(f"      {refusal.reason} {refusal.field}: {refusal.text}")
    if outcome.HasField("held"):
        print(f"      {outcome.held.reason}: {outcome.held.text}")
    return outcome


def do(desk: frontdesk.Desk, key: str, minute: int, actor: v1.Actor, verb: Any) -> None:
    """Carries out a command that the rest depends on: any verdict but DONE ends the program."""
    if ask(desk, key, minute, actor, verb).verdict != frontdesk.Verdict.DONE:
        sys.exit(1)


def import_people(desk: frontdesk.Desk) -> None:
    """Brings the CRM's customers in. Each keeps the id of its row as an external id."""
    for person in PEOPLE:
        do(desk, f"import-customer-{person.id}", 0, CRM, to_customer(person))
        do(desk, f"import-account-{person.gift_card}", 0, CRM, to_account(person))


def find_customer(desk: frontdesk.Desk, person_id: int) -> v1.Customer:
    """The customer of a row of the CRM's table; where two were merged, the survivor."""
    for found in desk.find(v1.CustomerQuery(external_id=row_id(person_id))):
        return found.customer
    raise LookupError(f"no customer has the row {person_id}")


def open_case(desk: frontdesk.Desk, customer: v1.Customer) -> None:
    """A case about the order, with two notes that the customer does not see."""
    order = frontdesk.entity_ref(frontdesk.EntityKind.ORDER, SALE.order_id)
    verb = v1.OpenCase(case_id="case-1", kind=v1.Case.KIND_COMPLAINT, subject="The lamp arrived broken", links=[order])
    verb.customer_id = customer.customer_id
    do(desk, "open-case-1", 2, ANNA, verb)
    for number, text in enumerate(("The photo shows a crack in the foot.", "She keeps the lamp, and asks for 70 EUR."), 1):
        note = v1.InteractionPart(part_id=f"note-{number}", kind=v1.InteractionPart.KIND_NOTE, text=text)
        note.visibility = v1.VISIBILITY_INTERNAL
        do(desk, f"case-1-note-{number}", 2 + number, ANNA, v1.AddCasePart(case_id="case-1", part=note))


def refund(desk: frontdesk.Desk) -> None:
    """A refund that policy may do, refuse or hold. A supervisor sees what it would pay before she approves it."""
    verb = v1.RefundOrder(order_id=SALE.order_id, cause=v1.REFUND_CAUSE_GOODWILL, amount=money.of(70, "EUR"))
    # The first refund of this order. A second one is another request, with another key.
    held = ask(desk, f"refund-{verb.order_id}-1", 5, ANNA, verb)
    if held.verdict != frontdesk.Verdict.HELD:
        return  # Done already, or refused for the reasons that were printed.
    for line in desk.explain(held.record_id).text.splitlines():
        print("    |", line)
    approve = v1.Approve(approval_id=held.held.approval_id)
    for preview in (True, False):
        outcome = ask(desk, f"carla-approves-{approve.approval_id}", 6, CARLA, approve, preview)
        for event in outcome.events:
            if event.order.HasField("order_refunded"):
                paid = event.order.order_refunded.refund
                print(f"      {money.format(paid.amount)} to {paid.route.payment_method_id}")


def carry_out_effects(desk: frontdesk.Desk) -> None:
    """The worker: does outside what the desk asks for, and reports it. An effect that is not reported, because the worker was
    killed for example, is claimed again when its lease has ended."""
    for claimed in desk.claim_effects(at(7)):
        effect, sent = claimed.effect, claimed.effect.order.send_refund
        report = v1.ReportEffect(entity=effect.entity, effect_id=effect.effect_id, result=v1.EFFECT_RESULT_DONE)
        if effect.order.HasField("send_refund"):
            # Here a product calls its gateway. The effect's id is the key by which the gateway does not pay twice.
            print(f"gateway: pay {money.format(sent.amount)} to {sent.route.payment_method_id}, key {effect.effect_id}")
            report.reference = f"gateway-{effect.effect_id}"
            paid = v1.RefundChange(refund_id=sent.refund_id, state=v1.Refund.STATE_SUCCEEDED)
            paid.gateway_reference = report.reference
            do(desk, f"{effect.effect_id}-paid", 7, CRM, v1.RecordPayment(order_id=effect.entity.id, refund=paid))
        else:  # Somebody has to look at it: it becomes a dead letter.
            report.result, report.code = v1.EFFECT_RESULT_FAILED, "EFFECT_UNKNOWN"
        do(desk, f"{effect.effect_id}-report", 7, CRM, report)


def main() -> None:
    parser = argparse.ArgumentParser(usage="crm [--db FILE]")
    parser.add_argument("--db", help="where the desk is kept")
    with tempfile.TemporaryDirectory() as folder:
        file = parser.parse_args().db or pathlib.Path(folder) / "crm.db"
        with frontdesk.Desk.open(frontdesk.Policy.from_file(POLICY), file) as desk:
            import_people(desk)
            customer = find_customer(desk, SALE.person_id)
            do(desk, f"import-order-{SALE.order_id}", 1, CRM, to_order(SALE, customer))
            open_case(desk, customer)
            refund(desk)
            carry_out_effects(desk)
            print(f"timeline of {customer.given_name} {customer.family_name}")
            for entry in desk.timeline(customer.customer_id, oldest_first=True):
                time = frontdesk.times.to_datetime(entry.event.time)
                print(f"{time:%H:%M} {entry.event.actor_id}: {entry.text}")


if __name__ == "__main__":
    main()
