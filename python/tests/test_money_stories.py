"""Stories about paying and canceling from their beginning to their end, in the words of a user of the desk."""

from __future__ import annotations

import datetime

import pytest

import frontdesk
from frontdesk import v1
from money_story import ALLOW, BY_POLICY, DONE, Shop, effects, pieces

AUTHORIZED, CAPTURED, FAILED = v1.Payment.STATE_AUTHORIZED, v1.Payment.STATE_CAPTURED, v1.Payment.STATE_FAILED
EXPIRED, VOIDED = v1.Payment.STATE_EXPIRED, v1.Payment.STATE_VOIDED

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
    shop.done(shop.pays("payment-1", CAPTURED, "11.00", gateway_reference="capture-1", more_captures=True))
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
