"""Stories about money from their beginning to their end, in the words of a user of the desk."""

from __future__ import annotations

import datetime

import pytest

import frontdesk
from frontdesk import v1
from money_story import ALLOW, DONE, Shop, effects, pieces, place_of

AUTHORIZED, CAPTURED, FAILED = v1.Payment.STATE_AUTHORIZED, v1.Payment.STATE_CAPTURED, v1.Payment.STATE_FAILED
EXPIRED, CHARGED_BACK, VOIDED = v1.Payment.STATE_EXPIRED, v1.Payment.STATE_CHARGED_BACK, v1.Payment.STATE_VOIDED
SENT, BOUNCED, WITHDRAWN = v1.Refund.STATE_SUCCEEDED, v1.Refund.STATE_FAILED, v1.Refund.STATE_CANCELED

BY_POLICY = ALLOW + """
rule_sets {
  id: "back" decision_points: "RefundOrder" decision_points: "CancelOrder" decision_points: "CancelItems"
  default_outcome: POLICY_OUTCOME_ALLOW
  default_outputs { name: "cash_out" expression: "true" }
}
"""
FEE = ALLOW + """
rule_sets {
  id: "fee" decision_points: "CancelItems" default_outcome: POLICY_OUTCOME_ALLOW
  default_outputs { name: "fee" expression: "money('1 EUR')" }
}
"""


# ---- 1. The owed amount ----


def test_a_card_is_declined_and_another_method_is_named() -> None:
    shop = Shop()
    assert effects(shop.place()) == ["capture_payment card 27.50 EUR"]
    shop.done(shop.pays("payment-1", FAILED, failure_code="card_declined"))
    assert shop.owed == "27.50"
    changed = shop.done(v1.ChangePaymentMethod(order_id="o1", payment_method_id="wallet"))
    assert effects(changed) == ["capture_payment wallet 27.50 EUR"]
    assert shop.owed == "0.00"
    assert shop.payments() == ["card 27.50 FAILED", "wallet 27.50 REQUESTED"]


def test_a_card_is_declined_and_two_methods_pay_together() -> None:
    shop = Shop()
    shop.add_account("gift", v1.Account.KIND_GIFT_CARD, "10.00", owner="")
    shop.place()
    shop.done(shop.pays("payment-1", FAILED))
    shares = [v1.PaymentShare(payment_method_id="gift", amount=shop.money("10.00")), v1.PaymentShare(payment_method_id="wallet")]
    assert effects(shop.done(v1.RequestPayment(order_id="o1", payments=shares))) == ["capture_payment wallet 17.50 EUR"]
    assert shop.payments() == ["card 27.50 FAILED", "gift 10.00 CAPTURED", "wallet 17.50 REQUESTED"]
    assert (shop.owed, shop.held, shop.balance("gift")) == ("0.00", "10.00", "0.00")


def test_a_partial_capture_is_completed() -> None:
    shop = Shop()
    shop.place()
    shop.done(shop.pays("payment-1", CAPTURED, "20.00"))
    assert (shop.held, shop.owed) == ("20.00", "7.50")
    asked = v1.RequestPayment(order_id="o1", payments=[v1.PaymentShare(payment_method_id="card")])
    assert effects(shop.done(asked)) == ["capture_payment card 7.50 EUR"]
    shop.done(shop.pays(shop.order.payments[-1].payment_id, CAPTURED))
    assert (shop.held, shop.owed) == ("27.50", "0.00")
    assert shop.refused(asked) == ["ORDER_REQUEST_PAYMENT_NOTHING_OWED"]


def test_never_more_is_asked_for_than_is_owed() -> None:
    shop = Shop()
    shop.place()
    shop.done(shop.pays("payment-1", FAILED))
    share = v1.PaymentShare(payment_method_id="card", amount=shop.money("27.51"))
    assert shop.refused(v1.RequestPayment(order_id="o1", payments=[share])) == ["ORDER_REQUEST_PAYMENT_EXCEEDS_OWED"]


def test_after_a_failure_one_more_piece_asks_for_all_of_it() -> None:
    shop = Shop()
    shop.place()
    shop.done(shop.pays("payment-1", FAILED))
    more = v1.ChangeItems(order_id="o1", payment_method_id="wallet")
    more.changes.add(new_variant_id="mug", added_quantity=1)
    assert effects(shop.done(more)) == ["capture_payment wallet 33.00 EUR"]
    assert shop.owed == "0.00"


@pytest.mark.parametrize("state", [None, AUTHORIZED], ids=["requested", "authorized"])
def test_before_the_capture_a_piece_is_removed(state: "v1.Payment.State | None") -> None:
    shop = Shop()
    shop.place()
    if state is not None:
        shop.done(shop.pays("payment-1", state))
    outcome = shop.done(v1.CancelItems(order_id="o1", items=pieces(1)))
    assert effects(outcome) == ["lower_payment card 22.00 EUR"]
    assert (shop.owed, shop.refunds()) == ("0.00", [])
    fewer = v1.ChangeItems(order_id="o1", payment_method_id="card")
    fewer.changes.add().item.CopyFrom(pieces(1)[0])
    assert effects(shop.done(fewer)) == ["lower_payment card 16.50 EUR"]
    shop.done(shop.pays("payment-1", CAPTURED))
    assert (shop.held, shop.owed) == ("16.50", "0.00")


def test_an_authorization_is_captured_with_each_shipment() -> None:
    shop = Shop()
    shop.place()
    shop.done(shop.pays("payment-1", AUTHORIZED, gateway_reference="auth-1"))
    shop.done(shop.pays("payment-1", CAPTURED, "11.00", gateway_reference="capture-1", more_captures=True))
    assert (shop.held, shop.owed, shop.payments()) == ("11.00", "0.00", ["card 27.50 AUTHORIZED"])
    shop.done(shop.pays("payment-1", CAPTURED, gateway_reference="capture-2"))
    assert (shop.held, shop.owed, shop.payments()) == ("27.50", "0.00", ["card 27.50 CAPTURED"])


def test_the_rest_of_an_authorization_is_released() -> None:
    shop = Shop()
    shop.place()
    shop.done(shop.pays("payment-1", AUTHORIZED))
    shop.done(shop.pays("payment-1", CAPTURED, "11.00", more_captures=True))
    shop.done(shop.pays("payment-1", VOIDED))
    assert (shop.held, shop.owed) == ("11.00", "16.50")


def test_an_authorization_expires() -> None:
    shop = Shop()
    shop.place()
    ends = shop.now + datetime.timedelta(days=7)
    shop.done(shop.pays("payment-1", AUTHORIZED, expire_time=frontdesk.times.timestamp(ends)))
    asked = v1.RequestPayment(order_id="o1", payments=[v1.PaymentShare(payment_method_id="wallet")])
    assert shop.refused(asked) == ["ORDER_REQUEST_PAYMENT_NOTHING_OWED"]
    shop.done(shop.pays("payment-1", EXPIRED))
    assert shop.owed == "27.50"
    assert effects(shop.done(asked)) == ["capture_payment wallet 27.50 EUR"]


def test_an_authorization_that_ran_out_asks_for_nothing_although_nobody_reported_it() -> None:
    shop = Shop()
    shop.place()
    ends = shop.now + datetime.timedelta(days=7)
    shop.done(shop.pays("payment-1", AUTHORIZED, expire_time=frontdesk.times.timestamp(ends)))
    shop.now = ends
    asked = v1.RequestPayment(order_id="o1", payments=[v1.PaymentShare(payment_method_id="wallet")])
    assert effects(shop.done(asked)) == ["capture_payment wallet 27.50 EUR"]


def test_two_methods_pay_when_the_order_is_placed() -> None:
    shop = Shop()
    shop.add_account("gift", v1.Account.KIND_GIFT_CARD, "10.00", owner="")
    verb = shop.order_of()
    verb.payment_method_id = ""
    verb.payments.add(payment_method_id="gift", amount=shop.money("10.00"))
    verb.payments.add(payment_method_id="card", amount=shop.money("17.00"))
    assert shop.refused(verb) == ["ORDER_PLACE_PAYMENTS"]
    verb.payments[1].ClearField("amount")
    assert effects(shop.done(verb)) == ["capture_payment card 17.50 EUR"]
    assert shop.payments() == ["gift 10.00 CAPTURED", "card 17.50 REQUESTED"]


# ---- 2. Whose money it is ----


def test_store_credit_does_not_become_card_money() -> None:
    shop = Shop()
    shop.add_account("credit", v1.Account.KIND_STORE_CREDIT, "100.00")
    shop.place(method="credit")
    assert shop.refused(shop.refund(amount="27.50", payment_method_id="card")) == ["ORDER_CASH_OUT"]
    shop.done(shop.refund(amount="27.50"))
    assert (shop.refunds(), shop.balance("credit")) == (["credit 27.50 SUCCEEDED"], "100.00")


def test_store_credit_becomes_card_money_where_policy_says_so() -> None:
    shop = Shop(BY_POLICY)
    shop.add_account("credit", v1.Account.KIND_STORE_CREDIT, "100.00")
    shop.place(method="credit")
    shop.done(shop.refund(amount="27.50", payment_method_id="card"))
    assert (shop.refunds(), shop.balance("credit")) == (["card 27.50 SUCCEEDED"], "72.50")


def test_an_entry_says_who_posted_it_and_why() -> None:
    shop = Shop()
    shop.add_account("credit", v1.Account.KIND_STORE_CREDIT, "0.00")
    shop.place()
    assert shop.refused(v1.CreditAccount(account_id="credit", amount=shop.money("5.00"), cause="goodwill", case_id="k1")) == ["CASE_NOT_FOUND"]
    shop.done(v1.OpenCase(case_id="k1", kind=v1.Case.KIND_COMPLAINT, subject="Late", customer_id="c1"))
    shop.done(v1.CreditAccount(account_id="credit", amount=shop.money("5.00"), cause="goodwill", order_id="o1", case_id="k1"))
    entry = shop.desk.get(frontdesk.entity_ref(frontdesk.EntityKind.ACCOUNT, "credit")).account.last_entry
    assert (entry.actor_id, entry.order_id, entry.case_id, entry.cause) == ("anna", "o1", "k1", "goodwill")


# ---- 3. Where money goes ----


def test_a_refund_goes_to_the_card_that_paid_after_the_card_was_removed() -> None:
    shop = Shop()
    shop.place(DONE)
    shop.done(v1.RemovePaymentMethod(customer_id="c1", payment_method_id="card"))
    card = v1.PaymentMethod(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD, last_four="1111", gateway_token="tok-new")
    again = shop.refused(v1.AddPaymentMethod(customer_id="c1", payment_method=card))
    assert again == ["CUSTOMER_ADD_PAYMENT_METHOD_ID_EXISTS"]
    card.payment_method_id = "card-2"
    shop.done(v1.AddPaymentMethod(customer_id="c1", payment_method=card))
    outcome = shop.done(v1.CancelOrder(order_id="o1", reason="no longer needed"))
    route = outcome.effects[0].order.send_refund.route
    assert (route.last_four, route.gateway_token, route.customer_id) == ("4242", "tok-card", "c1")


def test_a_refund_after_a_merge_goes_to_the_card_that_paid() -> None:
    shop = Shop()
    shop.add_customer("c2")
    shop.place(DONE)
    shop.done(v1.MergeCustomers(customer_id="c2", merged_customer_id="c1"))
    outcome = shop.done(v1.CancelOrder(order_id="o1", reason="no longer needed"))
    route = outcome.effects[0].order.send_refund.route
    assert (route.customer_id, route.gateway_token) == ("c1", "tok-card")


# ---- 4. Pieces that were taken off ----


def test_pieces_that_were_paid_back_are_not_shipped_and_the_rest_completes_the_order() -> None:
    shop = Shop()
    shop.place(DONE)
    shop.done(shop.ship("s1", 3))
    shop.done(v1.RecordDelivery(order_id="o1", shipment_id="s1"))
    shop.done(shop.refund(v1.REFUND_CAUSE_CANCELLATION, items=pieces(2)))
    assert shop.order.state == v1.Order.STATE_DELIVERED
    assert shop.order.lines[0].quantities.canceled == 2
    assert shop.give(shop.ship("s2", 2)).verdict == v1.VERDICT_REFUSED
    assert (shop.held, shop.owed) == ("16.50", "0.00")


def test_the_rest_of_a_partly_shipped_order_is_canceled() -> None:
    shop = Shop()
    shop.place(DONE)
    shop.done(shop.ship("s1", 3))
    assert shop.refused(v1.CancelOrder(order_id="o1")) == ["ORDER_CANCEL_SHIPPED"]
    outcome = shop.done(v1.CancelItems(order_id="o1", items=pieces(2), reason="out of stock"))
    assert effects(outcome) == ["send_refund card 11.00 EUR"]
    assert shop.order.state == v1.Order.STATE_SHIPPED
    assert shop.refused(v1.CancelItems(order_id="o1", items=pieces(1))) == ["ORDER_CANCEL_ITEMS_STATE"]


def test_a_piece_is_canceled_with_a_fee_by_policy() -> None:
    shop = Shop(FEE)
    shop.place(DONE)
    assert effects(shop.done(v1.CancelItems(order_id="o1", items=pieces(2)))) == ["send_refund card 10.00 EUR"]
    line = shop.order.lines[0]
    assert (line.canceled_amount.units, line.withheld_amount.units, shop.owed) == (1000, 100, "0.00")


def test_canceled_pieces_keep_their_share_of_a_discount() -> None:
    shop = Shop(lamp="6.00", mug="4.00")
    verb = shop.order_of(DONE, lamp=1, mug=1)
    verb.discounts.add(discount_id="spring", amount=shop.money("1.00"))
    shop.done(verb)
    shop.done(v1.CancelItems(order_id="o1", items=pieces(1, "1"), settlement=DONE))
    assert shop.refunds() == ["card 5.40 SUCCEEDED"]
    more = v1.ChangeItems(order_id="o1", payment_method_id="card", settlement=DONE)
    more.changes.add(new_variant_id="lamp", added_quantity=1)
    shop.done(more)
    line = shop.order.lines[0]
    assert (line.canceled_amount.units, line.quantities.canceled, shop.owed) == (540, 1, "0.00")


def test_the_last_pieces_take_shipping_with_them() -> None:
    shop = Shop()
    verb = shop.order_of(DONE)
    verb.shipping.CopyFrom(shop.money("4.90"))
    shop.done(verb)
    shop.done(v1.CancelItems(order_id="o1", items=pieces(2), settlement=DONE))
    assert (shop.held, shop.order.state) == ("21.40", v1.Order.STATE_PLACED)
    shop.done(v1.CancelItems(order_id="o1", items=pieces(3), settlement=DONE))
    assert (shop.held, shop.owed, shop.order.state) == ("0.00", "0.00", v1.Order.STATE_CANCELED)


def test_a_piece_that_was_shipped_bars_changes_of_that_piece_only() -> None:
    shop = Shop(mug="5.50", lamp="9.00")
    shop.place(DONE, mug=2, lamp=1)
    shop.done(shop.ship("s1", 1))
    change = v1.ChangeItems(order_id="o1", payment_method_id="card", settlement=DONE)
    change.changes.add(new_variant_id="lamp").item.CopyFrom(pieces(2)[0])
    assert shop.refused(change) == ["ORDER_CHANGE_ITEMS_ITEM_QUANTITY"]
    change.changes[0].item.quantity = 1
    shop.done(change)
    assert (shop.order.totals.total.units, shop.owed) == (2350, "0.00")


def test_goodwill_takes_nothing_off() -> None:
    shop = Shop()
    shop.place(DONE)
    shop.done(shop.refund(items=pieces(2)))
    assert (shop.order.lines[0].quantities.canceled, shop.owed, shop.held) == (0, "0.00", "16.50")
    shop.done(shop.ship("s1", 5))
    assert shop.order.state == v1.Order.STATE_SHIPPED


def test_pieces_that_were_lost_are_owed_no_more() -> None:
    shop = Shop()
    shop.place(DONE)
    assert shop.refused(shop.refund(v1.REFUND_CAUSE_LOST, items=pieces(1))) == ["ORDER_REFUND_ITEM_QUANTITY"]
    shop.done(shop.ship("s1", 3))
    shop.done(shop.ship("s2", 2))
    shop.done(v1.RecordDelivery(order_id="o1", shipment_id="s1"))
    shop.done(shop.refund(v1.REFUND_CAUSE_LOST, items=pieces(2)))
    counts = shop.order.lines[0].quantities
    assert (counts.lost, counts.delivered, counts.canceled) == (2, 3, 0)
    assert (shop.order.state, shop.owed, shop.held) == (v1.Order.STATE_DELIVERED, "0.00", "16.50")


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
