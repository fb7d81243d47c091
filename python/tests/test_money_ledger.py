"""Random sequences of all commands about orders and accounts, each compared with an independent ledger.

FRONTDESK_LEDGER_SEQUENCES sets the number of sequences, FRONTDESK_RANDOM_SEED the seed of the first. Without it they are the same each
time: a rare difference is found by many sequences, not by chance in somebody's test run.
"""

from __future__ import annotations

import os
import random
from fractions import Fraction
from typing import Any, Dict, List, Optional, Set, Tuple

import pytest

import frontdesk
from frontdesk import domain, v1
import money_books
import money_driver
import money_shop
from money_ledger import DISPUTE_MOVES, PAYMENT_MOVES, REFUND_MOVES
from money_prices import Cut, Priced, Terms, part_due, priced

SEQUENCES = int(os.environ.get("FRONTDESK_LEDGER_SEQUENCES", "1000"))
SEED = int(os.environ.get("FRONTDESK_RANDOM_SEED", "1"))
# One desk serves several sequences, each with customers, orders and accounts of its own.
SEQUENCES_OF_A_DESK = 50


def policy_of(cash_out: bool) -> frontdesk.Policy:
    return frontdesk.Policy.from_text(money_driver.CASH_OUT if cash_out else money_driver.ANYTHING)


def fail(one: money_driver.RandomSequence, found: Exception) -> None:
    steps, told = money_driver.shortest(one.first, one.steps, policy_of(one.cash_out))
    raise AssertionError(f"FRONTDESK_RANDOM_SEED={one.seed}: {found}\n\nshortest, {told}\n{money_driver.story(steps)}")


def test_the_desk_agrees_with_the_ledger() -> None:
    print("FRONTDESK_RANDOM_SEED", SEED)
    given: Set[str] = set()
    policies = [policy_of(False), policy_of(True)]
    for first in range(SEED, SEED + SEQUENCES, SEQUENCES_OF_A_DESK):
        desks = [frontdesk.Desk.open(each) for each in policies]
        for seed in range(first, min(first + SEQUENCES_OF_A_DESK, SEED + SEQUENCES)):
            one = money_driver.RandomSequence(seed)
            try:
                one.run(desks[one.cash_out], 6 + seed % 13)
            except money_driver.Difference as found:
                fail(one, found)
            assert one.left == [], f"FRONTDESK_RANDOM_SEED={seed}: {one.left}\n{money_driver.story(one.steps)}"
            given |= {type(step.verb).__name__ for step in one.steps}
    if SEQUENCES >= 1000:
        assert given >= {"PlaceOrder", "ImportOrder", "CreditAccount", "DebitAccount", *(each.__name__ for each in money_driver.EXPECTED)}


def test_the_tables_are_those_of_the_library() -> None:
    for found, mine in (
        (domain.payment_transitions(), PAYMENT_MOVES),
        (domain.refund_transitions(), REFUND_MOVES),
        (domain.dispute_transitions(), DISPUTE_MOVES),
    ):
        assert {(each.state, each.to) for each in found} == {(state, to) for state, many in mine.items() for to in many}


def ways(table: Dict[Optional[str], Set[str]], start: Optional[str]) -> Dict[Tuple[Optional[str], str], List[str]]:
    """For every pair of a table the shortest list of reports that ends with it, from `start`."""
    shortest: Dict[Optional[str], List[str]] = {start: []}
    queue = [start]
    for state in queue:
        for to in sorted(table[state]):
            if to not in shortest:
                shortest[to] = [*shortest[state], to]
                queue.append(to)
    return {(state, to): [*way, to] for state, way in shortest.items() for to in sorted(table[state])}


def give_all(steps: List[Any]) -> money_driver.Run:
    """An order of 60.00, settled or not, and these commands, each compared with the ledger."""
    world = money_shop.make_world(random.Random(1), "w-", False)
    world.prices["lamp"] = 60000
    run = money_driver.Run(frontdesk.Desk.open(policy_of(False)), world)
    for verb in steps:
        outcome = run.give(money_driver.Step(world.now + 60, verb))
        assert outcome.verdict == v1.VERDICT_DONE, ([each.reason for each in outcome.refusals], verb)
    return run


def placed(settlement: "v1.Settlement") -> v1.PlaceOrder:
    verb = v1.PlaceOrder(order_id="o", customer_id="w-c", payment_method_id="card", settlement=settlement)
    verb.currency_code = money_shop.make_world(random.Random(1), "w-", False).currency
    verb.lines.add(line_id="1", variant_id="lamp", quantity=1)
    return verb


PAYMENT_WAYS = {("REQUESTED", *pair): way for pair, way in ways(PAYMENT_MOVES, "REQUESTED").items()}
PAYMENT_WAYS.update({("new", None, to): [to] for to in PAYMENT_MOVES[None]})


@pytest.mark.parametrize("case", PAYMENT_WAYS, ids=str)
def test_every_state_of_a_payment_is_reached_and_left(case: Tuple[str, Optional[str], str]) -> None:
    steps: List[Any] = [placed(v1.SETTLEMENT_UNSPECIFIED)]
    for number, state in enumerate(PAYMENT_WAYS[case]):
        change = v1.PaymentChange(payment_id="payment-1", state=v1.Payment.State.Value("STATE_" + state), gateway_reference=f"ref-{number}")
        if case[0] == "new":
            change.payment_id, change.payment_method_id = "from-outside", "visa"
        if case[0] == "new" or state == "CAPTURED" and PAYMENT_WAYS[case][number - 1 : number] == ["CAPTURED"]:
            change.amount.CopyFrom(v1.Money(units=500, currency_code=steps[0].currency_code))
        steps.append(v1.RecordPayment(order_id="o", payment=change))
    order = give_all(steps).world.orders["o"]
    assert list(order.payments.values())[-1].state == case[2]


@pytest.mark.parametrize("case", ways(REFUND_MOVES, None), ids=str)
def test_every_state_of_a_refund_is_reached_and_left(case: Tuple[Optional[str], str]) -> None:
    steps: List[Any] = [placed(v1.SETTLEMENT_DONE)]
    for state in ways(REFUND_MOVES, None)[case]:
        change = v1.RefundChange(refund_id="from-outside", state=v1.Refund.State.Value("STATE_" + state))
        if len(steps) == 1:
            change.cause = v1.REFUND_CAUSE_GOODWILL
            change.amount.CopyFrom(v1.Money(units=500, currency_code=steps[0].currency_code))
        steps.append(v1.RecordPayment(order_id="o", refund=change))
    assert give_all(steps).world.orders["o"].refunds["from-outside"].state == case[1]


@pytest.mark.parametrize("case", ways(DISPUTE_MOVES, None), ids=str)
def test_every_state_of_a_dispute_is_reached_and_left(case: Tuple[Optional[str], str]) -> None:
    steps: List[Any] = [placed(v1.SETTLEMENT_DONE)]
    for state in ways(DISPUTE_MOVES, None)[case]:
        verb = v1.RecordDispute(order_id="o", dispute_id="d", state=v1.Dispute.State.Value("STATE_" + state))
        if len(steps) == 1:
            verb.payment_id = "payment-1"
            verb.amount.CopyFrom(v1.Money(units=1234, currency_code=steps[0].currency_code))
        steps.append(verb)
    assert give_all(steps).world.orders["o"].disputes["d"].state == case[1]


def test_the_ledger_knows_the_kept_values() -> None:
    """The examples of the description, so that the ledger itself is tested."""

    def lines(*prices: int) -> List[Priced]:
        return [Priced(str(number), Fraction(price), 1) for number, price in enumerate(prices)]

    assert priced(lines(600, 400), [Cut(None, 100, 0)], Terms()).nets == (540, 360)
    assert priced(lines(6000, 4000), [Cut(None, 1000, 0)], Terms()).nets == (5400, 3600)
    assert priced([Priced("1", Fraction(10000), 3)], [Cut(None, None, 100_000)], Terms()).nets == (27000,)
    assert part_due(27000, 2, 3) == 18000
    sheet = priced(lines(4100), [], Terms(tax_ppm=210_000))
    assert (sheet.tax, sheet.total) == (861, 4961)
    dues = [part_due(861, so_far, 4961) for so_far in (1000, 3000, 4961)]
    assert [dues[0], dues[1] - dues[0], dues[2] - dues[1]] == [174, 347, 340]


def test_a_difference_is_found_and_made_short() -> None:
    """The comparison can fail: here the ledger knows of an order that the desk does not have."""
    one = money_driver.RandomSequence(3)
    place = v1.PlaceOrder(order_id="o", customer_id=one.world.customer_id, currency_code=one.world.currency, payment_method_id="card")
    place.lines.add(variant_id="lamp", quantity=1)
    change = v1.ChangeItems(order_id="o", payment_method_id="card")
    change.changes.add(new_variant_id="nothing", added_quantity=1)
    steps = [money_driver.Step(money_shop.START + number, verb) for number, verb in enumerate((place, change, place), 1)]
    assert money_driver.difference(one.first, steps, policy_of(False)) is None
    world = one.first
    world.orders["o"] = money_books.new_order(world, place)
    found, text = money_driver.shortest(world, steps, policy_of(False))
    assert [step.verb for step in found] == [place]
    assert "PlaceOrder is DONE" in text
