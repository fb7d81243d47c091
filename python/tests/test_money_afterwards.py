"""Stories about refunds, disputes and reports of gateways from their beginning to their end, in the words of a user of the desk."""

from __future__ import annotations

import datetime

import pytest

import frontdesk
from frontdesk import v1
from money_story import BY_POLICY, DONE, Shop, effects, pieces, place_of

CAPTURED, FAILED, CHARGED_BACK = v1.Payment.STATE_CAPTURED, v1.Payment.STATE_FAILED, v1.Payment.STATE_CHARGED_BACK
SENT, BOUNCED, WITHDRAWN = v1.Refund.STATE_SUCCEEDED, v1.Refund.STATE_FAILED, v1.Refund.STATE_CANCELED


# ---- 5. One movement, reported twice ----


def test_a_capture_that_is_reported_twice_is_one_payment() -> None:
    shop = Shop()
    shop.place()
    shop.done(shop.pays("payment-1", CAPTURED, "27.50", gateway_reference="gw-77"))
    for payment_id in ("payment-1", "", "from-webhook-2"):  # The last one is another name for the same payment.
        report = shop.pays(payment_id, CAPTURED, "27.50", gateway_reference="gw-77", payment_method_id="card" if "from" in payment_id else "")
        assert list(shop.done(report).events) == []
    assert (shop.held, shop.payments()) == ("27.50", ["card 27.50 CAPTURED"])
    assert effects(shop.done(v1.CancelOrder(order_id="o1"))) == ["send_refund card 27.50 EUR"]


def test_a_report_that_contradicts_is_refused() -> None:
    shop = Shop()
    shop.place()
    shop.done(shop.pays("payment-1", CAPTURED, "27.50", gateway_reference="gw-77"))
    conflict = ["ORDER_RECORD_PAYMENT_REFERENCE_CONFLICT"]
    assert shop.refused(shop.pays("payment-1", CAPTURED, "27.49", gateway_reference="gw-77")) == conflict
    second = shop.order_of()
    second.order_id = "o2"
    shop.done(second)
    report = shop.pays("payment-1", CAPTURED, "27.50", gateway_reference="gw-77")
    report.order_id = "o2"
    assert shop.refused(report) == conflict


def test_a_capture_above_the_total_is_recorded_and_reported() -> None:
    shop = Shop()
    shop.place()
    outcome = shop.done(shop.pays("payment-1", CAPTURED, "30.00"))
    recorded = outcome.events[0].order.payment_recorded
    assert (frontdesk.money.format(recorded.excess_amount), shop.owed) == ("2.50 EUR", "-2.50")
    shop.done(shop.refund(v1.REFUND_CAUSE_DUPLICATE, amount="2.50"))
    assert (shop.owed, shop.held) == ("0.00", "27.50")


# ---- 6. Nothing is final ----


def test_a_refund_that_bounced_is_held_money_again() -> None:
    shop = Shop()
    shop.place(DONE)
    shop.done(shop.refund(settlement=v1.SETTLEMENT_UNSPECIFIED, amount="27.50"))
    name = shop.order.refunds[0].refund_id
    shop.done(shop.pays_back(name, SENT))
    assert shop.held == "0.00"
    shop.done(shop.pays_back(name, BOUNCED, failure_code="account_closed"))
    assert (shop.held, shop.owed) == ("27.50", "0.00")
    shop.done(shop.refund(amount="27.50", payment_method_id="wallet"))
    assert shop.refunds() == ["card 27.50 FAILED", "wallet 27.50 SUCCEEDED"]


def test_a_dispute_of_a_part_leaves_the_rest() -> None:
    shop = Shop(lamp="100.00")
    shop.place(DONE, lamp=1)
    began = shop.disputes(v1.Dispute.STATE_OPEN, "12.34", dispute_id="d1", payment_id="payment-1", reason="fraudulent", gateway_reference="dp-1")
    shop.done(began)
    assert (shop.held, shop.owed) == ("87.66", "0.00")
    assert shop.refused(shop.refund(amount="87.67")) == ["ORDER_REFUND_EXCEEDS_HELD"]
    assert list(shop.done(began).events) == []
    answer = v1.AnswerDispute(order_id="o1", dispute_id="d1", evidence=[v1.DisputeEvidence(kind="receipt", text="Signed.")])
    sent = shop.done(answer).effects[0].order.send_dispute_answer
    assert (sent.gateway_reference, sent.evidence[0].kind, shop.order.disputes[0].state) == ("dp-1", "receipt", v1.Dispute.STATE_UNDER_REVIEW)
    shop.done(shop.disputes(v1.Dispute.STATE_WON, dispute_id="d1"))
    assert shop.held == "100.00"
    shop.done(shop.refund(amount="100.00"))


def test_a_dispute_that_is_lost_is_owed_again() -> None:
    shop = Shop(lamp="100.00")
    shop.place(DONE, lamp=1)
    shop.done(shop.disputes(v1.Dispute.STATE_OPEN, "12.34", dispute_id="d1", payment_id="payment-1"))
    shop.done(shop.disputes(v1.Dispute.STATE_LOST, dispute_id="d1"))
    assert (shop.held, shop.owed) == ("87.66", "12.34")
    shop.done(shop.disputes(v1.Dispute.STATE_WITHDRAWN, dispute_id="d1"))
    assert (shop.held, shop.owed) == ("100.00", "0.00")


def test_an_inquiry_withholds_nothing() -> None:
    shop = Shop(lamp="100.00")
    shop.place(DONE, lamp=1)
    stage = v1.Dispute.STAGE_INQUIRY
    shop.done(shop.disputes(v1.Dispute.STATE_OPEN, "40.00", dispute_id="d1", payment_id="payment-1", stage=stage))
    assert shop.held == "100.00"
    shop.done(shop.disputes(v1.Dispute.STATE_OPEN, dispute_id="d1", stage=v1.Dispute.STAGE_CHARGEBACK))
    assert shop.held == "60.00"


def test_a_dispute_withdraws_the_refunds_on_their_way() -> None:
    shop = Shop(lamp="100.00")
    shop.place(DONE, lamp=1)
    shop.done(shop.refund(settlement=v1.SETTLEMENT_UNSPECIFIED, amount="30.00"))
    outcome = shop.done(shop.disputes(v1.Dispute.STATE_OPEN, "50.00", dispute_id="d1", payment_id="payment-1"))
    assert effects(outcome) == ["withdraw_refund card"]
    refund = shop.order.refunds[0]
    assert (refund.is_contested, shop.held) == (True, "20.00")
    shop.done(shop.pays_back(refund.refund_id, WITHDRAWN))
    assert (shop.held, shop.refunds()) == ("50.00", ["card 30.00 CANCELED"])


def test_an_answer_that_comes_too_late_is_refused() -> None:
    shop = Shop(lamp="100.00")
    shop.place(DONE, lamp=1)
    due = shop.now + datetime.timedelta(hours=1)
    shop.done(shop.disputes(v1.Dispute.STATE_OPEN, dispute_id="d1", payment_id="payment-1", due_time=frontdesk.times.timestamp(due)))
    shop.now = due
    late = v1.AnswerDispute(order_id="o1", dispute_id="d1", accepts=True)
    assert shop.refused(late) == ["ORDER_ANSWER_DISPUTE_TIME"]


def test_a_bank_reverses_a_direct_debit() -> None:
    shop = Shop()
    shop.place()
    shop.done(shop.pays("payment-1", CAPTURED, gateway_reference="dd-1"))
    shop.done(shop.pays("payment-1", FAILED, gateway_reference="dd-1", failure_code="insufficient_funds"))
    assert (shop.held, shop.owed) == ("0.00", "27.50")
    assert list(shop.done(shop.pays("payment-1", CAPTURED, gateway_reference="dd-1")).events) == []
    assert shop.held == "0.00"


def test_a_charge_back_is_owed_again() -> None:
    shop = Shop()
    shop.place(DONE)
    shop.done(shop.pays("payment-1", CHARGED_BACK))
    assert (shop.held, shop.owed) == ("0.00", "27.50")


# ---- 7. Refunds that began elsewhere ----


def test_a_refund_that_began_at_the_gateway_is_recorded() -> None:
    shop = Shop()
    shop.place(DONE)
    report = shop.pays_back(
        "re-1", SENT, "5.00", gateway_reference="gw-re-1", cause=v1.REFUND_CAUSE_OTHER, reason="price match", note="by telephone"
    )
    shop.done(report)
    refund = shop.order.finished_refunds[0]
    assert (refund.refund_id, refund.gateway_reference, refund.reason, refund.note) == ("re-1", "gw-re-1", "price match", "by telephone")
    assert (refund.is_external, shop.held, shop.owed) == (True, "22.50", "0.00")
    assert list(shop.done(report).events) == []
    assert shop.refused(shop.pays_back("re-2", SENT, "22.51", cause=v1.REFUND_CAUSE_GOODWILL)) == ["ORDER_RECORD_PAYMENT_EXCEEDS_HELD"]


def test_a_refund_that_began_elsewhere_names_items_and_an_amount() -> None:
    shop = Shop()
    shop.place(DONE)
    shop.done(shop.pays_back("re-1", SENT, "10.00", cause=v1.REFUND_CAUSE_CANCELLATION, items=pieces(2)))
    line = shop.order.lines[0]
    assert (line.quantities.canceled, line.canceled_amount.units, line.withheld_amount.units) == (2, 1000, 100)
    assert (shop.held, shop.owed) == ("17.50", "0.00")


def test_a_duplicate_returns_the_surplus() -> None:
    shop = Shop()
    shop.place(DONE)
    shop.done(shop.pays("again", CAPTURED, "27.50", payment_method_id="card", gateway_reference="gw-2"))
    assert shop.owed == "-27.50"
    shop.done(shop.pays_back("re-1", SENT, "27.50", cause=v1.REFUND_CAUSE_DUPLICATE, payment_id="again"))
    assert (shop.owed, shop.held) == ("0.00", "27.50")


# ---- 8. Components ----


def test_shipping_is_not_refunded_above_its_charge() -> None:
    shop = Shop()
    verb = shop.order_of(DONE)
    verb.shipping.CopyFrom(shop.money("10.00"))
    verb.fee.CopyFrom(shop.money("2.00"))
    shop.done(verb)
    shop.done(shop.refund(shipping_amount="5.00"))
    shop.done(shop.refund(shipping_amount="5.00"))
    assert shop.refused(shop.refund(shipping_amount="5.00")) == ["ORDER_REFUND_EXCEEDS_CHARGE"]
    assert shop.refused(shop.refund(fee_amount="2.01")) == ["ORDER_REFUND_EXCEEDS_CHARGE"]
    shop.done(shop.refund(fee_amount="2.00"))
    assert (shop.order.refunded_shipping_amount.units, shop.order.refunded_fee_amount.units, shop.held) == (1000, 200, "27.50")


@pytest.mark.parametrize(
    "currency, prices, discount, first, second",
    [("EUR", ("6.00", "4.00"), "1.00", "5.40", "3.60"), ("JPY", ("600", "400"), "100", "540", "360"), ("KWD", ("6.000", "4.000"), "1.000", "5.400", "3.600")],
)
def test_lines_with_a_discount_are_refunded_one_after_the_other(currency: str, prices: "tuple[str, str]", discount: str, first: str, second: str) -> None:
    shop = Shop(currency=currency, lamp=prices[0], mug=prices[1])
    verb = shop.order_of(DONE, lamp=1, mug=1)
    verb.discounts.add(discount_id="spring", amount=shop.money(discount))
    shop.done(verb)
    shop.done(shop.refund(items=pieces(1, "1")))
    shop.done(shop.refund(items=pieces(1, "2")))
    assert shop.refunds() == [f"card {first} SUCCEEDED", f"card {second} SUCCEEDED"]


def test_two_of_three_with_a_discount_come_back() -> None:
    shop = Shop(lamp="100.00")
    verb = shop.order_of(DONE, lamp=3)
    verb.discounts.add(discount_id="ten", rate_ppm=100_000)
    shop.done(verb)
    shop.done(shop.ship("s1", 3))
    shop.done(v1.RecordDelivery(order_id="o1", shipment_id="s1"))
    shop.done(v1.RequestReturn(order_id="o1", items=pieces(2), payment_method_id="card"))
    assert frontdesk.money.format(shop.order.returns[0].refund_amount) == "180.00 EUR"
    shop.done(shop.refund(v1.REFUND_CAUSE_RETURN, items=pieces(2)))
    assert shop.refunds() == ["card 180.00 SUCCEEDED"]


def test_the_tax_in_refunds_adds_up_to_the_tax() -> None:
    shop = Shop(lamp="41.00")
    verb = shop.order_of(DONE, lamp=1)
    verb.tax_rule.rate_ppm = 210_000
    shop.done(verb)
    assert shop.order.totals.tax.units == 861
    for amount in ("10.00", "20.00", "19.61"):
        shop.done(shop.refund(amount=amount))
    taxes = [each.tax_amount.units for each in sorted(shop.order.finished_refunds, key=place_of)]
    assert taxes == [174, 347, 340]


def test_a_refund_is_seen_as_a_table_before_it_is_made() -> None:
    shop = Shop(lamp="6.00", mug="4.00")
    verb = shop.order_of(DONE, lamp=1, mug=1)
    verb.shipping.CopyFrom(shop.money("5.00"))
    shop.done(verb)
    asked = shop.refund(items=pieces(1, "1"), shipping_amount="2.00")
    preview = shop.desk.preview(frontdesk.command(asked, actor=frontdesk.actor("anna"), now=shop.now))
    table = frontdesk.domain.refund_table(shop.order, preview)
    rows = [(v1.RefundRow.Component.Name(each.component)[10:], each.line_id, each.payment_id, each.amount.units) for each in table.rows]
    assert rows == [("LINE", "1", "payment-1", 600), ("SHIPPING", "", "payment-1", 200)]
    assert (table.amount.units, table.refundable_amount.units, shop.refunds()) == (800, 1500, [])


# ---- 9. Accounts to which nothing can go back ----


def test_a_refund_to_an_expired_account_is_refused() -> None:
    shop = Shop()
    ends = shop.now + datetime.timedelta(hours=1)
    shop.add_account("credit", v1.Account.KIND_STORE_CREDIT, "100.00", expire_time=frontdesk.times.timestamp(ends))
    shop.place(method="credit")
    shop.now = ends
    assert shop.refused(shop.refund(amount="27.50")) == ["ORDER_ACCOUNT_EXPIRED"]
    assert shop.refused(v1.CancelOrder(order_id="o1")) == ["ORDER_ACCOUNT_EXPIRED"]
    assert shop.held == "27.50"


def test_a_refund_to_an_expired_account_goes_elsewhere_where_policy_says_so() -> None:
    shop = Shop(BY_POLICY)
    ends = shop.now + datetime.timedelta(hours=1)
    shop.add_account("credit", v1.Account.KIND_STORE_CREDIT, "100.00", expire_time=frontdesk.times.timestamp(ends))
    shop.place(method="credit")
    shop.now = ends
    assert effects(shop.done(v1.CancelOrder(order_id="o1", payment_method_id="card"))) == ["send_refund card 27.50 EUR"]
    assert (shop.held, shop.owed) == ("0.00", "0.00")
