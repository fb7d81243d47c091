"""A gateway for random sequences: it carries out effects late, in another order, in part or not at all, repeats itself,
and contradicts itself.

Each function of ``REPORTS`` makes one report from the effects of the desk and earlier reports; None where there is nothing.
"""

from __future__ import annotations

from typing import Any, Callable, Optional, Sequence, Tuple

from frontdesk import v1
from money_ledger import PAYMENT_MOVES, REFUND_MOVES
from money_shop import CAUSES, Shop, some_payment

PAYMENT, REFUND, DISPUTE = v1.Payment.State, v1.Refund.State, v1.Dispute.State


def _payment(shop: Shop, order_id: str, payment_id: str, state: str, amount: Optional[int] = None, **more: Any) -> v1.RecordPayment:
    change = v1.PaymentChange(payment_id=payment_id, state=PAYMENT.Value("STATE_" + state), **more)
    if amount is not None:
        change.amount.CopyFrom(shop.money(amount))
    if shop.dice.random() < (0.95 if change.more_captures else 0.7):
        change.gateway_reference = shop.fresh("ref")
    if state == "AUTHORIZED" and shop.dice.random() < 0.5:
        change.expire_time.seconds = shop.world.now + shop.dice.choice([120, 600, 86400])
    if state == "FAILED":
        change.failure_code = "card_declined"
    return v1.RecordPayment(order_id=order_id, payment=change)


def carry_out(shop: Shop) -> Any:
    """One effect, not always the first, and not always with success."""
    if not shop.effects:
        return None
    order_id, effect = shop.effects.pop(shop.dice.choice([0, 0, shop.dice.randrange(len(shop.effects))]))
    name = effect.WhichOneof("effect")
    if name == "capture_payment":
        return _capture(shop, order_id, effect.capture_payment.payment_id, effect.capture_payment.amount.units)
    if name == "lower_payment":
        # The gateway captures the lower amount, or had captured the higher one before.
        return _capture(shop, order_id, effect.lower_payment.payment_id, effect.lower_payment.amount.units + shop.dice.choice([0, 0, 100]))
    if name == "void_payment":
        state = shop.dice.choice(["VOIDED", "VOIDED", "CAPTURED", "EXPIRED"])
        return _payment(shop, order_id, effect.void_payment.payment_id, state)
    if name in ("send_refund", "withdraw_refund"):
        refund_id = getattr(effect, name).refund_id
        states = ["SUCCEEDED", "SUCCEEDED", "FAILED"] if name == "send_refund" else ["CANCELED", "CANCELED", "SUCCEEDED"]
        return _refund(shop, order_id, refund_id, shop.dice.choice(states))
    state = shop.dice.choice(["WON", "LOST"])
    return v1.RecordDispute(order_id=order_id, dispute_id=effect.send_dispute_answer.dispute_id, state=DISPUTE.Value("STATE_" + state))


def _capture(shop: Shop, order_id: str, payment_id: str, amount: int) -> v1.RecordPayment:
    choice = shop.dice.random()
    if choice < 0.2:
        return _payment(shop, order_id, payment_id, "AUTHORIZED")
    if choice < 0.35:
        return _payment(shop, order_id, payment_id, "FAILED")
    if choice < 0.6:
        return _payment(shop, order_id, payment_id, "CAPTURED")
    part = max(1, shop.some(amount) if amount else 1)
    return _payment(shop, order_id, payment_id, "CAPTURED", part, more_captures=shop.dice.random() < 0.4)


def _refund(shop: Shop, order_id: str, refund_id: str, state: str) -> v1.RecordPayment:
    change = v1.RefundChange(refund_id=refund_id, state=REFUND.Value("STATE_" + state))
    if shop.dice.random() < 0.6:
        change.gateway_reference = shop.fresh("ref")
    return v1.RecordPayment(order_id=order_id, refund=change)


def change_payment(shop: Shop) -> Any:
    """Any state for any payment: captured once more, charged back, reversed, expired."""
    order = shop.order()
    payment = some_payment(shop, order) if order is not None else None
    if order is None or payment is None:
        return None
    state = shop.dice.choice(["AUTHORIZED", "CAPTURED", "CAPTURED", "FAILED", "VOIDED", "CHARGED_BACK", "EXPIRED"])
    if shop.dice.random() < 0.6:
        state = shop.dice.choice(sorted(PAYMENT_MOVES[payment.state]))
    amount = shop.some(max(1, payment.amount - payment.captured)) if state == "CAPTURED" else None
    if payment.captured and payment.state in ("FAILED", "CHARGED_BACK"):
        amount = shop.dice.choice([None, None, amount])  # The captured amount is here again, or another one.
    return _payment(shop, order.order_id, payment.payment_id, state, amount)


def new_payment(shop: Shop) -> Any:
    """A payment that began outside."""
    order = shop.order()
    if order is None:
        return None
    state = shop.dice.choice(["AUTHORIZED", "CAPTURED", "CAPTURED", "FAILED"])
    return _payment(shop, order.order_id, shop.fresh("p"), state, shop.some(max(1, order.owed)), payment_method_id=shop.method())


def change_refund(shop: Shop) -> Any:
    """Any state for any refund: it bounces, comes back, is withdrawn."""
    order = shop.order()
    if order is None or not order.refunds:
        return None
    refund = shop.dice.choice(list(order.refunds.values()))
    state = shop.dice.choice(["SUCCEEDED", "FAILED", "FAILED", "CANCELED", *sorted(REFUND_MOVES[refund.state])])
    verb = _refund(shop, order.order_id, refund.refund_id, state)
    if shop.dice.random() < 0.2:
        verb.refund.amount.CopyFrom(shop.money(refund.amount + shop.dice.choice([0, 1])))
    return verb


def new_refund(shop: Shop) -> Any:
    """A refund that began outside, with its cause."""
    order = shop.order()
    if order is None:
        return None
    dice = shop.dice
    verb = _refund(shop, order.order_id, shop.fresh("r"), dice.choice(["PENDING", "SUCCEEDED", "SUCCEEDED", "FAILED", "CANCELED"]))
    verb.refund.cause = v1.RefundCause.Value("REFUND_CAUSE_" + dice.choice(CAUSES))
    verb.refund.reason = dice.choice(["", "broken promise"])
    verb.refund.note = "as the gateway wrote"
    lines = list(order.lines.values())
    if lines and dice.random() < 0.4:
        line = dice.choice(lines)
        verb.refund.items.add(line_id=line.line_id, quantity=shop.some(line.ordered))
    if not verb.refund.items or dice.random() < 0.3:
        verb.refund.amount.CopyFrom(shop.money(min(shop.some(max(order.held, 1)), 3000)))
    payment = some_payment(shop, order, "CAPTURED", "AUTHORIZED")
    if payment is not None and dice.random() < 0.5:
        verb.refund.payment_id = payment.payment_id
    return verb


def dispute(shop: Shop) -> Any:
    """A dispute begins, or goes on."""
    order = shop.order()
    if order is None:
        return None
    dice = shop.dice
    if order.disputes and dice.random() < 0.6:
        known = dice.choice(list(order.disputes.values()))
        verb = v1.RecordDispute(order_id=order.order_id, dispute_id=known.dispute_id)
        verb.state = DISPUTE.Value("STATE_" + dice.choice(["OPEN", "UNDER_REVIEW", "WON", "LOST", "WITHDRAWN"]))
        if dice.random() < 0.3:
            verb.stage = dice.choice([v1.Dispute.STAGE_INQUIRY, v1.Dispute.STAGE_CHARGEBACK, v1.Dispute.STAGE_ARBITRATION])
    else:
        payment = some_payment(shop, order, "CAPTURED") or some_payment(shop, order)
        if payment is None:
            return None
        verb = v1.RecordDispute(order_id=order.order_id, dispute_id=shop.fresh("d"), payment_id=payment.payment_id, reason="fraudulent")
        verb.state = DISPUTE.Value("STATE_" + dice.choice(["OPEN", "OPEN", "OPEN", "UNDER_REVIEW", "WON", "LOST"]))
        verb.stage = dice.choice([v1.Dispute.STAGE_INQUIRY, v1.Dispute.STAGE_CHARGEBACK, v1.Dispute.STAGE_CHARGEBACK])
        if dice.random() < 0.6:
            verb.amount.CopyFrom(shop.money(shop.some(max(1, payment.captured))))
    if dice.random() < 0.5:
        verb.gateway_reference = shop.fresh("ref")
    if dice.random() < 0.3:
        verb.due_time.seconds = shop.world.now + dice.choice([60, 3600])
    return verb


def answer_dispute(shop: Shop) -> Any:
    order = shop.order()
    if order is None or not order.disputes:
        return None
    verb = v1.AnswerDispute(order_id=order.order_id, dispute_id=shop.dice.choice(list(order.disputes)))
    if shop.dice.random() < 0.3:
        verb.accepts = True
    if not verb.accepts or shop.dice.random() < 0.1:
        verb.evidence.add(kind="receipt", text="It was delivered.")
    return verb


def repeat(shop: Shop) -> Any:
    """The same report again, also when later ones have overtaken it."""
    return shop.dice.choice(shop.told) if shop.told else None


def contradict(shop: Shop) -> Any:
    """A known report with another amount, state, payment, refund or order for the same reference."""
    if not shop.told:
        return None
    dice = shop.dice
    old = dice.choice(shop.told)
    verb = type(old)()
    verb.CopyFrom(old)
    about = verb if isinstance(verb, v1.RecordDispute) else getattr(verb, verb.WhichOneof("change"))
    choice = dice.randrange(4)
    if choice == 0 and about.HasField("amount"):
        about.amount.units += dice.choice([1, -1])
    elif choice == 1:
        about.state = dice.choice([state for state in (1, 2, 3, 4) if state != about.state])
        for name in ("failure_code", "expire_time", "more_captures"):  # Of one state only.
            if name in type(about).DESCRIPTOR.fields_by_name:
                about.ClearField(name)
    elif choice == 2 and len(shop.world.orders) > 1:
        verb.order_id = dice.choice([each for each in shop.world.orders if each != verb.order_id])
    else:
        name = {"PaymentChange": "payment_id", "RefundChange": "refund_id"}.get(type(about).__name__, "dispute_id")
        setattr(about, name, shop.fresh("x"))
    return verb


REPORTS: Sequence[Tuple[int, Callable[[Shop], Any]]] = (
    (12, carry_out), (3, change_payment), (2, new_payment), (3, change_refund), (3, new_refund), (4, dispute), (2, answer_dispute),
    (3, repeat), (3, contradict),
)
