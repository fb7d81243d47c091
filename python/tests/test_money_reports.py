"""Reports of a gateway: a reference is one thing in the whole desk, and no report is final."""

from __future__ import annotations

import datetime
import pathlib
import subprocess
import sys
from typing import Any, Iterator, List

import pytest

import frontdesk
from frontdesk import v1

NOW = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
SOURCE = v1.ImportSource(system="shop")
POLICY = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
MUG = v1.Variant(variant_id="mug", unit_price=v1.UnitPrice(value=2750, scale=2, currency_code="EUR"))
FACTS = v1.Facts(catalog=v1.CatalogFacts(variants=[MUG]))
Payment, Refund = v1.Payment, v1.Refund


def eur(units: int) -> v1.Money:
    return v1.Money(units=units, currency_code="EUR")


class Shop:
    """A customer with a card, whose orders cost 27.50."""

    def __init__(self, desk: frontdesk.Desk) -> None:
        self.desk = desk
        self.outcome = v1.Outcome()

    def ask(self, verb: Any) -> List[str]:
        """The reasons against a command; empty when it is done."""
        command = frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOW)
        self.outcome = self.desk.execute(command, facts=FACTS if isinstance(verb, v1.PlaceOrder) else None)
        assert (self.outcome.verdict == frontdesk.Verdict.DONE) == (not self.outcome.refusals)
        return [refusal.reason for refusal in self.outcome.refusals]

    def begin(self) -> "Shop":
        customer = v1.Customer(customer_id="c1", state=v1.Customer.STATE_CUSTOMER, given_name="Ann")
        customer.addresses.add(address_id="home").address.lines.append("Main Street 1")
        customer.payment_methods.add(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD, gateway_token="t1")
        assert self.ask(v1.ImportCustomer(customer=customer, source=SOURCE)) == []
        return self

    def place(self, order_id: str, settlement: int = v1.SETTLEMENT_UNSPECIFIED) -> None:
        verb = v1.PlaceOrder(order_id=order_id, customer_id="c1", currency_code="EUR", payment_method_id="card")
        verb.settlement = settlement  # type: ignore[assignment]
        verb.lines.add(variant_id="mug", quantity=1)
        assert self.ask(verb) == []

    def capture(self, order_id: str, reference: str, *, payment_id: str = "", units: int = 2750) -> List[str]:
        change = v1.PaymentChange(
            payment_id=payment_id, state=Payment.STATE_CAPTURED, amount=eur(units), gateway_reference=reference
        )
        return self.ask(v1.RecordPayment(order_id=order_id, payment=change))

    def refunded(self, order_id: str, state: int, *, refund_id: str = "", reference: str = "") -> List[str]:
        change = v1.RefundChange(refund_id=refund_id, state=state, gateway_reference=reference)  # type: ignore[arg-type]
        return self.ask(v1.RecordPayment(order_id=order_id, refund=change))

    def order(self, order_id: str, *lists: str) -> v1.Order:
        return self.desk.get(frontdesk.entity_ref(frontdesk.EntityKind.ORDER, order_id), lists=lists).order


@pytest.fixture
def shop() -> Iterator[Shop]:
    with frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY)) as desk:
        yield Shop(desk).begin()


def test_the_same_capture_reported_twice_is_one_payment(shop: Shop) -> None:
    shop.place("o1")
    assert shop.capture("o1", "gw-77", payment_id="payment-1") == []
    # The retry names another id for the payment.
    assert shop.capture("o1", "gw-77", payment_id="from-webhook-2") == []
    assert not shop.outcome.events
    assert shop.order("o1").captured_amount == eur(2750)
    assert shop.ask(v1.CancelOrder(order_id="o1")) == []
    assert [refund.amount for refund in shop.order("o1").refunds] == [eur(2750)]


def test_a_reference_that_contradicts_itself_is_refused(shop: Shop) -> None:
    shop.place("o1")
    assert shop.capture("o1", "gw-77", payment_id="payment-1") == []
    assert shop.capture("o1", "gw-77", units=2000) == ["ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT"]
    assert shop.refunded("o1", Refund.STATE_SUCCEEDED, reference="gw-77") == ["ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT"]


def test_a_reference_is_of_one_order_in_the_whole_desk(shop: Shop) -> None:
    shop.place("o1")
    shop.place("o2")
    assert shop.capture("o1", "gw-77", payment_id="payment-1") == []
    assert shop.capture("o2", "gw-77", payment_id="payment-1") == ["ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT"]
    assert shop.outcome.refusals[0].field == "record_payment.payment.gateway_reference"
    assert shop.refunded("o2", Refund.STATE_SUCCEEDED, refund_id="refund-1", reference="gw-77") == [
        "ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT"
    ]
    # The order's own report is no other order's.
    assert shop.capture("o1", "gw-77", payment_id="payment-1") == []
    assert shop.capture("o2", "gw-78", payment_id="payment-1") == []
    assert shop.order("o2").captured_amount == eur(2750)


def test_a_rule_reads_for_which_order_a_reference_was_reported() -> None:
    rule = """
      rule_sets {
        id: "reports" decision_points: "RecordPayment" default_outcome: POLICY_OUTCOME_ALLOW
        rules { id: "elsewhere" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "OF_O1" condition: "reference_order_id == 'o1'" }
      }
    """
    with frontdesk.Desk.open(frontdesk.Policy.from_text(rule + POLICY)) as desk:
        shop = Shop(desk).begin()
        shop.place("o1")
        shop.place("o2")
        assert shop.capture("o1", "gw-1", payment_id="payment-1") == []
        assert shop.capture("o2", "gw-1", payment_id="payment-1")[0] == "OF_O1"
        rebuilt = desk.decision_input_of(shop.outcome.record_id)
        assert rebuilt.fidelity == v1.RebuiltInput.FIDELITY_EXACT
        assert rebuilt.input.order.reference_order_id == "o1"


def imported(order_id: str, reference: str, state: int = Payment.STATE_CAPTURED) -> v1.ImportOrder:
    order = v1.Order(order_id=order_id, customer_id="c1", state=v1.Order.STATE_PROCESSING, currency_code="EUR")
    line = order.lines.add(line_id="1", variant_id="mug", net_amount=eur(2750))
    line.quantities.ordered = 1
    order.totals.total.CopyFrom(eur(2750))
    order.payments.add(
        payment_id="p1",
        route=v1.MoneyRoute(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD, last_four="4242"),
        state=state,  # type: ignore[arg-type]
        amount=eur(2750),
        captured_amount=eur(2750),
        gateway_reference=reference,
    )
    return v1.ImportOrder(order=order, source=SOURCE)


def test_a_report_about_an_imported_payment_is_recognized(shop: Shop) -> None:
    assert shop.ask(imported("o1", "gw-77")) == []
    assert shop.capture("o1", "gw-77") == []
    assert not shop.outcome.events
    assert shop.capture("o1", "gw-77", units=1) == ["ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT"]
    shop.place("o2")
    assert shop.capture("o2", "gw-77", payment_id="payment-1") == ["ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT"]


def test_a_report_that_was_overtaken_before_the_import_moves_nothing(shop: Shop) -> None:
    assert shop.ask(imported("o1", "gw-77", Payment.STATE_CHARGED_BACK)) == []
    assert shop.capture("o1", "gw-77") == []
    assert not shop.outcome.events
    (report,) = shop.order("o1", "gateway_reports").gateway_reports
    assert [fact.payment_state for fact in report.facts] == [Payment.STATE_CAPTURED, Payment.STATE_CHARGED_BACK]


def test_an_import_names_no_reports(shop: Shop) -> None:
    verb = imported("o1", "gw-77")
    verb.order.gateway_reports.add(reference="gw-1")
    verb.strict = True
    assert shop.ask(verb) == ["ARGUMENT_FORBIDDEN"]
    assert shop.outcome.refusals[0].field == "import_order.order.gateway_reports"


def test_a_refund_that_bounced_is_held_again(shop: Shop) -> None:
    shop.place("o1", v1.SETTLEMENT_DONE)
    refund = v1.RefundOrder(order_id="o1", cause=v1.REFUND_CAUSE_GOODWILL, amount=eur(2750))
    assert shop.ask(refund) == []
    (pending,) = shop.order("o1").refunds
    assert shop.refunded("o1", Refund.STATE_SUCCEEDED, refund_id=pending.refund_id, reference="re-1") == []
    # Both are finished, and are rows of their own.
    order = shop.order("o1", "finished_payments", "finished_refunds")
    assert not order.payments and not order.refunds
    assert len(order.finished_payments) == len(order.finished_refunds) == 1
    assert order.refunded_amount == eur(2750)
    # The bank sends it back; the report names the refund by its reference only.
    assert shop.refunded("o1", Refund.STATE_FAILED, reference="re-1") == []
    order = shop.order("o1")
    assert [(each.refunded_amount.units, each.captured_amount.units) for each in order.payments] == [(0, 2750)]
    assert order.refunded_amount == eur(0)
    # The customer is paid another way.
    assert shop.ask(refund) == []
    (again,) = shop.order("o1").refunds
    assert again.refund_id != pending.refund_id
    assert shop.refunded("o1", Refund.STATE_SUCCEEDED, refund_id=again.refund_id) == []
    assert shop.order("o1").refunded_amount == eur(2750)


def test_a_refund_that_is_named_by_its_id_may_bounce_too(shop: Shop) -> None:
    shop.place("o1", v1.SETTLEMENT_DONE)
    assert shop.ask(v1.RefundOrder(order_id="o1", cause=v1.REFUND_CAUSE_GOODWILL, amount=eur(2750))) == []
    refund_id = shop.order("o1").refunds[0].refund_id
    assert shop.refunded("o1", Refund.STATE_SUCCEEDED, refund_id=refund_id) == []
    assert shop.refunded("o1", Refund.STATE_FAILED, refund_id=refund_id) == []
    assert shop.order("o1").payments[0].refunded_amount == eur(0)
    assert shop.refunded("o1", Refund.STATE_FAILED, refund_id=refund_id) == []
    assert not shop.outcome.events


WORKER = """
import sys
sys.path[:0] = {path!r}
import test_money_reports
test_money_reports.report_all(sys.argv[1], sys.argv[2])
"""
COUNT = 40


def report_all(path: str, order_id: str) -> None:
    """Reports captures of two orders with the same references. Prints which were done."""
    with frontdesk.stores.SqliteStore(path) as store, frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY), store=store) as desk:
        shop = Shop(desk)
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(COUNT):
            reasons = shop.capture(order_id, f"gw-{number}", payment_id="payment-1", units=10)
            assert reasons in ([], ["ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT"]), reasons
            print(number, "done" if not reasons else "refused", flush=True)


@pytest.mark.skipif(not hasattr(frontdesk._core, "open_sqlite"), reason="built without SQLite")
def test_of_two_processes_one_gets_a_reference(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "desk.sqlite")
    with frontdesk.stores.SqliteStore(path) as store, frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY), store=store) as desk:
        shop = Shop(desk).begin()
        shop.place("o1")
        shop.place("o2")
    code = WORKER.format(path=[str(pathlib.Path(__file__).parent)] + sys.path)
    workers = [
        subprocess.Popen([sys.executable, "-B", "-c", code, path, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for name in ("o1", "o2")
    ]
    for worker in workers:
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    answers = [worker.communicate()[0].splitlines() for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert [len(lines) for lines in answers] == [COUNT, COUNT]
    for one, other in zip(*answers):
        assert sorted([one.split()[1], other.split()[1]]) == ["done", "refused"]
    with frontdesk.stores.SqliteStore(path) as store, frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY), store=store) as desk:
        shop = Shop(desk)
        captured = [shop.order(name).captured_amount.units for name in ("o1", "o2")]
        assert sum(captured) == 10 * COUNT
        reports = [shop.order(name, "gateway_reports").gateway_reports for name in ("o1", "o2")]
        assert [10 * len(each) for each in reports] == captured
