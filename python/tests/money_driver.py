"""Random sequences of commands about money, each compared with the ledger; a sequence that differs is made short and shown."""

from __future__ import annotations

import copy
import datetime
import random
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

import frontdesk
from frontdesk import v1
import money_books
import money_ends
import money_gateway
import money_imports
import money_shop
import money_report_books
import money_report_verdicts
import money_verdicts
from money_checks import balance_of, check_account, check_order
from money_ledger import Order
from money_world import Verdict, World

ANYTHING = """
rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""
CASH_OUT = ANYTHING + """
rule_sets {
  id: "back" decision_points: "RefundOrder" decision_points: "CancelOrder" decision_points: "CancelItems" decision_points: "ChangeItems"
  default_outcome: POLICY_OUTCOME_ALLOW
  default_outputs { name: "cash_out" expression: "true" }
}
"""

EXPECTED: Dict[type, Any] = {
    v1.RequestPayment: money_verdicts.request_payment,
    v1.ChangePaymentMethod: money_verdicts.change_payment_method,
    v1.CancelOrder: money_verdicts.cancel_order,
    v1.CancelItems: money_verdicts.cancel_items,
    v1.RefundOrder: money_verdicts.refund_order,
    v1.ChangeItems: money_verdicts.change_items,
    v1.RecordShipment: money_verdicts.record_shipment,
    v1.RecordDelivery: money_verdicts.record_delivery,
    v1.RequestReturn: money_verdicts.request_return,
    v1.RequestExchange: money_verdicts.request_return,
    v1.RecordPayment: money_report_verdicts.record_payment,
    v1.RecordDispute: money_report_verdicts.record_dispute,
    v1.AnswerDispute: money_report_verdicts.answer_dispute,
}


# Commands that price variants.
PRICED = (v1.PlaceOrder, v1.ChangeItems, v1.RequestExchange)

BOOKED: Dict[type, Any] = {**money_books.BOOKED, **money_report_books.BOOKED, v1.ImportOrder: money_imports.book}


def order_of(verb: Any) -> str:
    """The order that a command is about; empty for commands about accounts that name none."""
    return str(verb.order.order_id if isinstance(verb, v1.ImportOrder) else verb.order_id)


class Step(NamedTuple):
    """A command of a sequence, and its instant."""

    now: int
    verb: Any


class Difference(Exception):
    """A disagreement of the desk and the ledger."""


def expectation(world: World, verb: Any) -> Verdict:
    if isinstance(verb, v1.PlaceOrder):
        return money_verdicts.place_order(world, verb, money_books.new_order(world, verb).total)
    if isinstance(verb, (v1.CreditAccount, v1.DebitAccount)):
        return money_verdicts.move_account(world, verb, 1 if isinstance(verb, v1.CreditAccount) else -1)
    if isinstance(verb, v1.ImportOrder):
        return money_imports.verdict(world, verb)
    if verb.order_id not in world.orders:
        return False
    expected: Verdict = EXPECTED[type(verb)](world, verb)
    return expected


class Run:
    """One desk, its ledger, and the fold of the desk's events."""

    def __init__(self, desk: frontdesk.Desk, world: World) -> None:
        self.desk, self.world = desk, world
        self.folded: Dict[Tuple[int, str], v1.EntityState] = {}
        self.facts = money_shop.Shop(random.Random(0), world, "").facts()
        for verb in money_shop.founding(world):
            outcome = self.execute(verb)
            assert outcome.verdict == v1.VERDICT_DONE, (verb, outcome.refusals)

    def execute(self, verb: Any) -> v1.Outcome:
        now = datetime.datetime.fromtimestamp(self.world.now, datetime.timezone.utc)
        outcome = self.desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=now), facts=self.facts if isinstance(verb, PRICED) else None)
        for event in outcome.events:
            key = (event.entity.kind, event.entity.id)
            self.folded[key] = frontdesk.evolve(event, self.folded.get(key))
        return outcome

    def give(self, step: Step) -> v1.Outcome:
        """Gives a command to the desk and to the ledger, and compares.

        Raises:
            Difference: they do not agree.
        """
        world, verb = self.world, step.verb
        world.now = step.now
        expected = expectation(world, verb)
        outcome = self.execute(verb)
        done = outcome.verdict == v1.VERDICT_DONE
        reasons = [each.reason for each in outcome.refusals]
        if expected is not None and done != expected:
            raise Difference(f"{type(verb).__name__} is {'DONE' if done else reasons}, the ledger says {'DONE' if expected else 'REFUSED'}")
        faults = self._book(verb, outcome) if done else []
        faults += self._compare(verb, {event.entity.id for event in outcome.events})
        if faults:
            raise Difference("\n".join([f"after {type(verb).__name__}:", *faults]))
        return outcome

    def _book(self, verb: Any, outcome: v1.Outcome) -> List[str]:
        world = self.world
        if isinstance(verb, (v1.CreditAccount, v1.DebitAccount)):
            sign = 1 if isinstance(verb, v1.CreditAccount) else -1
            world.accounts[verb.account_id].posted += sign * verb.amount.units
            return []
        books = money_books.Books(world, world.orders.get(order_of(verb)), outcome)
        try:
            BOOKED[type(verb)](books, verb)
        except (AssertionError, KeyError, IndexError, StopIteration) as fault:
            books.faults.append(f"the ledger cannot book it: {type(fault).__name__} {fault}")
        if any(event.WhichOneof("event") == "order" for event in outcome.events):
            world.orders[order_of(verb)].changed = world.now
        return books.faults

    def _compare(self, verb: Any, touched: Set[str]) -> List[str]:
        """Every order and account that the command can have changed, with the ledger and with the fold of its events."""
        faults: List[str] = []
        order_id = order_of(verb)
        if order_id in self.world.orders:
            state = self._state(frontdesk.EntityKind.ORDER, order_id, faults)
            faults += check_order(self.world.orders[order_id], state.order)
        for account_id, account in self.world.accounts.items():
            if account_id not in touched and balance_of(self.world, account_id) == account.balance:
                continue
            state = self._state(frontdesk.EntityKind.ACCOUNT, account_id, faults)
            faults += check_account(self.world, account_id, state.account)
        return faults

    def check_accounts(self) -> None:
        """Compares all accounts.

        Raises:
            Difference: one has another balance than the ledger says.
        """
        faults = self._compare(v1.DebitAccount(), set(self.world.accounts))
        if faults:
            raise Difference("\n".join(["at the end:", *faults]))

    def _state(self, kind: frontdesk.EntityKind, name: str, faults: List[str]) -> v1.EntityState:
        folded = self.folded[(int(kind), name)]
        lists = ["finished_payments", "finished_refunds"] if kind == frontdesk.EntityKind.ORDER else []
        state = self.desk.get(frontdesk.entity_ref(kind, name), lists=lists)
        if _plain(state) != _plain(folded):
            faults.append(f"{name}: the state is not the fold of its events")
        return state


def _plain(state: v1.EntityState) -> bytes:
    """The state without the lists that are rows of their own."""
    plain = v1.EntityState()
    plain.CopyFrom(state)
    for name in ("finished_payments", "finished_refunds", "gateway_reports"):
        if plain.HasField("order"):
            plain.order.ClearField(name)
    if plain.HasField("account"):
        plain.account.ClearField("entries")
    return bytes(plain.SerializeToString(deterministic=True))


class RandomSequence:
    """A random sequence: its seed decides all of it."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.cash_out = self.dice.random() < 0.3
        self.prefix = f"q{seed}-"
        self.world = money_shop.make_world(self.dice, self.prefix, self.cash_out)
        self.first = copy.deepcopy(self.world)
        self.steps: List[Step] = []
        self.left: List[str] = []  # Parts that were not at an end.

    def run(self, desk: frontdesk.Desk, length: int) -> None:
        run = Run(desk, self.world)
        shop = money_shop.Shop(self.dice, self.world, self.prefix)
        choices = [*money_shop.COMMANDS, *money_gateway.REPORTS, *money_imports.IMPORTS]
        weights = [weight for weight, _ in choices]
        while len(self.steps) < length:
            make = money_shop.place_order if not self.world.orders else self.dice.choices([each for _, each in choices], weights)[0]
            verb = make(shop)
            if verb is not None:
                self.give(run, shop, verb)
        self.left = [
            each for order in self.world.orders.values() for each in money_ends.drive(self.world, order, lambda verb: self.give(run, shop, verb))
        ]
        run.check_accounts()

    def give(self, run: Run, shop: money_shop.Shop, verb: Any) -> v1.Outcome:
        self.world.now += self.dice.choice([1, 60, 60, 300])
        self.steps.append(Step(self.world.now, verb))
        outcome = run.give(self.steps[-1])
        if outcome.verdict != v1.VERDICT_DONE:
            return outcome
        shop.effects += [(each.entity.id, each.order) for each in outcome.effects if each.WhichOneof("effect") == "order"]
        if isinstance(verb, (v1.RecordPayment, v1.RecordDispute)) and _reference(verb):
            shop.told.append(verb)
        return outcome


def _reference(verb: Any) -> str:
    about = verb if isinstance(verb, v1.RecordDispute) else getattr(verb, verb.WhichOneof("change"))
    return str(about.gateway_reference)


def difference(world: World, steps: Sequence[Step], policy: frontdesk.Policy) -> Optional[str]:
    """The first difference in a sequence on a new desk; None when there is none."""
    with frontdesk.Desk.open(policy) as desk:
        run = Run(desk, copy.deepcopy(world))
        for step in steps:
            try:
                run.give(step)
            except Difference as found:
                return str(found)
    return None


def shortest(world: World, steps: Sequence[Step], policy: frontdesk.Policy) -> Tuple[List[Step], str]:
    """A part of the sequence that still differs, from which no command can be left out."""
    rest = list(steps)
    told = difference(world, rest, policy) or "no difference when it is given again"
    index = len(rest) - 1
    while index >= 0:
        tried = rest[:index] + rest[index + 1:]
        found = difference(world, tried, policy)
        if found is not None:
            rest, told = tried, found
        index -= 1
    return rest, told


def story(steps: Sequence[Step]) -> str:
    return "\n".join(f"{step.now - money_shop.START:6} {type(step.verb).__name__} {str(step.verb).strip()!r}".replace("\\n", " ") for step in steps)
