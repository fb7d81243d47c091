"""Compares a state of the desk with the ledger, and with itself; returns the differences."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from frontdesk import v1
from money_ledger import STORED, Line, Order
from money_prices import part_due
from money_world import World, name_of

Faults = List[str]


def check_order(order: Order, state: v1.Order) -> Faults:
    """The differences in the state of an order."""
    faults: Faults = []

    def expect(what: str, found: Any, expected: Any) -> None:
        if found != expected:
            faults.append(f"{order.order_id} {what}: {found!r}, the ledger has {expected!r}")

    progress = name_of(v1.Order.State, state.state)
    if progress not in order.states():
        faults.append(f"{order.order_id} is {progress}, by its pieces {' or '.join(order.states())}")
    expect("total", state.totals.total.units, order.total)
    expect("tax", state.totals.tax.units, order.tax)
    expect("credited", state.credited_amount.units, order.credited)
    expect("owed", state.owed_amount.units, order.owed_at(order.changed))
    for part, told in (("shipping", state.refunded_shipping_amount), ("fee", state.refunded_fee_amount), ("tax", state.refunded_tax_amount)):
        expect(f"refunded {part}", told.units, order.refunded_part(part))
    if not order.repriced:
        expect("refunded goods", state.refunded_goods_amount.units, order.refunded_goods if order.all_tax else 0)
    expect("captured", state.captured_amount.units, sum(each.captured for each in order.payments.values()))
    expect("refunded", state.refunded_amount.units, sum(each.amount for each in order.refunds.values() if each.state == "SUCCEEDED"))
    expect("requested", state.requested_amount.units, sum(each.first_amount for each in order.payments.values()))
    expect("payments", state.payment_count, len(order.payments))
    expect("refunds", state.refund_count, len(order.refunds))
    expect("lines", [each.line_id for each in state.lines], list(order.lines))
    for told in state.lines:
        if told.line_id in order.lines:
            faults += _check_line(order, order.lines[told.line_id], told)
    return faults + _check_movements(order, state) + _check_bounds(order, state)


def _check_line(order: Order, line: Line, told: v1.OrderLine) -> Faults:
    counts = told.quantities
    order.counted[line.line_id] = counts.refunded
    pieces, amount, withheld = order.line_refunds(line.line_id)
    found = (
        counts.ordered, counts.shipped, counts.delivered, counts.canceled, counts.lost, counts.return_requested, counts.refunded,
        told.net_amount.units, told.refunded_amount.units,
    )
    expected = (
        line.ordered, line.count("shipped", "delivered", "in_return", "lost"), line.count("delivered", "in_return"), line.canceled,
        line.count("lost"), line.count("in_return"), counts.refunded if order.canceled else pieces, line.net, amount,
    )
    names = ("ordered", "shipped", "delivered", "canceled", "lost", "return_requested", "refunded", "net", "refunded amount")
    faults = [f"{order.order_id} line {line.line_id} {name}: {a}, the ledger has {b}" for name, a, b in zip(names, found, expected) if a != b]
    amounts = (told.withheld_amount.units, told.canceled_amount.units)
    if not order.canceled and amounts != (withheld + line.fee_kept, line.canceled_amount):
        faults.append(f"{order.order_id} line {line.line_id} withheld, canceled: {amounts}, the ledger has {(withheld + line.fee_kept, line.canceled_amount)}")
    taken = told.refunded_amount.units + told.withheld_amount.units + told.canceled_amount.units
    if taken > told.net_amount.units or min(found[:-2]) < 0 or told.refunded_amount.units < 0:
        faults.append(f"{order.order_id} line {line.line_id}: {taken} of {told.net_amount.units} refunded, withheld and canceled; {found}")
    if counts.refunded and not order.canceled and not order.repriced and part_due(line.net, counts.canceled + counts.refunded, line.ordered) > taken + len(order.refunds):
        faults.append(f"{order.order_id} line {line.line_id}: {counts.refunded} pieces refunded, but only {taken} of their worth")
    if counts.canceled + (0 if order.canceled else counts.refunded) > counts.ordered or counts.shipped + counts.canceled > counts.ordered or counts.delivered + counts.lost > counts.shipped:
        faults.append(f"{order.order_id} line {line.line_id}: a piece is in two places: {found}")
    return faults


def _check_movements(order: Order, state: v1.Order) -> Faults:
    """Each payment, refund and dispute, those that are finished too."""
    payments: Dict[str, Tuple[Any, ...]] = {
        each.payment_id: (
            name_of(v1.Payment.State, each.state), each.route.payment_method_id, each.amount.units, each.captured_amount.units,
            each.refunded_amount.units, each.refund_pending_amount.units, each.disputed_amount.units,
        )
        for each in [*state.payments, *state.finished_payments]
    }
    expected: Dict[str, Tuple[Any, ...]] = {
        each.payment_id: (
            each.state, each.method, each.amount, each.captured, order.of_payment(each.payment_id, "SUCCEEDED"),
            order.of_payment(each.payment_id, "PENDING"), order.disputed(each.payment_id),
        )
        for each in order.payments.values()
    }
    refunds = {
        each.refund_id: (name_of(v1.Refund.State, each.state), each.amount.units, name_of(v1.RefundCause, each.cause), each.is_contested)
        for each in [*state.refunds, *state.finished_refunds]
    }
    mine = {each.refund_id: (each.state, each.amount, each.cause, each.contested) for each in order.refunds.values()}
    disputes = {each.dispute_id: (each.payment_id, name_of(v1.Dispute.State, each.state), each.amount.units) for each in state.disputes}
    own = {each.dispute_id: (each.payment_id, each.state, each.amount) for each in order.disputes.values()}
    faults: Faults = []
    pairs: List[Tuple[Dict[str, Any], Dict[str, Any]]] = [(payments, expected), (refunds, mine), (disputes, own)]
    for found, known in pairs:
        for name in sorted(set(found) | set(known)):
            if found.get(name) != known.get(name):
                faults.append(f"{order.order_id} {name}: {found.get(name)}, the ledger has {known.get(name)}")
    return faults


def _check_bounds(order: Order, state: v1.Order) -> Faults:
    """Laws that the state alone must satisfy."""
    faults: Faults = []
    held = opened = 0
    takes = {v1.Dispute.STATE_OPEN, v1.Dispute.STATE_UNDER_REVIEW}
    for each in [*state.payments, *state.finished_payments]:
        rest = each.captured_amount.units - each.refunded_amount.units - each.refund_pending_amount.units
        if min(rest, each.refunded_amount.units, each.refund_pending_amount.units, each.disputed_amount.units) < 0:
            faults.append(f"{order.order_id} {each.payment_id} gave back more than it captured, by {-rest}")
        if each.state in (v1.Payment.STATE_AUTHORIZED, v1.Payment.STATE_CAPTURED):
            undecided = sum(
                one.amount.units for one in state.disputes
                if one.payment_id == each.payment_id and one.state in takes and one.stage != v1.Dispute.STAGE_INQUIRY
            )
            held += max(0, rest - each.disputed_amount.units + undecided)
            if each.state == v1.Payment.STATE_AUTHORIZED:
                if not (each.HasField("expire_time") and each.expire_time.seconds <= order.changed):
                    opened += max(0, each.amount.units - each.captured_amount.units)
        elif each.state == v1.Payment.STATE_REQUESTED:
            opened += each.amount.units
    owed = max(0, state.totals.total.units - state.credited_amount.units) - held - opened
    if state.owed_amount.units != owed:
        faults.append(f"{order.order_id} owed {state.owed_amount.units}, by its payments {owed}")
    if state.refunded_shipping_amount.units > state.totals.shipping.units or state.refunded_fee_amount.units > state.totals.fees.units:
        faults.append(f"{order.order_id} more shipping or fees refunded than charged")
    if not order.repriced and not 0 <= state.refunded_tax_amount.units <= order.all_tax:
        faults.append(f"{order.order_id} more tax refunded than charged: {state.refunded_tax_amount.units} of {order.all_tax}")
    if state.credited_amount.units < 0:
        faults.append(f"{order.order_id} credited {state.credited_amount.units}")
    return faults


def balance_of(world: World, account_id: str) -> int:
    """The balance of an account: postings, less payments for orders, plus refunds."""
    balance = world.accounts[account_id].posted
    for order in world.orders.values():
        paid = (each.captured for each in order.payments.values() if each.account_id == account_id and each.kind in STORED and each.counts)
        back = (each.amount for each in order.refunds.values() if each.account_id == account_id and each.state == "SUCCEEDED")
        balance += sum(back) - sum(paid)
    return balance


def check_account(world: World, account_id: str, state: v1.Account) -> Faults:
    balance = balance_of(world, account_id)
    world.accounts[account_id].balance = balance
    if state.balance.units != balance or balance < 0:
        return [f"{account_id} has {state.balance.units}, the ledger has {balance}"]
    return []
