"""A random run of approvals on eight threads, against a plain reference: nothing is done that no approver with the authority saw."""

from __future__ import annotations

import datetime
import os
import random
import threading

import pytest

import frontdesk
from frontdesk import EntityKind, Verdict, v1

NOON = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
THREADS = 8
STEPS = int(os.environ.get("FRONTDESK_APPROVAL_STEPS", "120"))
STATE = v1.Approval.State
# Seconds in which an approval can be given.
EXPIRY = 7200
METHODS = ("card", "gift")
ORDERS = tuple(f"o{number}" for number in range(1, 17))
# Each refund is 2 percent of the order, an output of policy.
AMOUNT = 'outputs { name: "amount" expression: "percent(order.totals.total, 2)" }'
# The price of a piece, by variant.
PRICES = {"cup": 400, "mug": 550, "pot": 2550, "tv": 90000}
# Which authority holds a refund of more than how many cents, by policy: the plain form of the rules below.
LIMITS = (
    {"some": ("refunds", 700), "much": ("director", 3000)},
    {"some": ("refunds", 300), "much": ("director", 1000)},
    {"some": ("lead", 700), "much": ("director", 3000)},
    {"some": ("refunds", 700)},
)


def policy(number: int) -> frontdesk.Policy:
    rules = "".join(
        f'rules {{ id: "{rule}" order: {order} outcome: POLICY_OUTCOME_HOLD reason: "{rule.upper()}" authority: "{authority}" '
        f"condition: \"percent(order.totals.total, 2) > money('{limit // 100}.{limit % 100:02d} EUR')\" {AMOUNT} }}"
        for order, (rule, (authority, limit)) in enumerate(LIMITS[number].items(), 1))
    return frontdesk.Policy.from_text(
        f'name: "policy" version: "{number}" rule_sets {{ id: "ref" decision_points: "RefundOrder" '
        f'default_outcome: POLICY_OUTCOME_ALLOW {rules} default_{AMOUNT} }} '
        'rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW } '
        f"approvals {{ expire_after {{ seconds: {EXPIRY} }} }}")


POLICIES = [policy(number) for number in range(len(LIMITS))]


class Seen:
    """The plain reference: what approvers with which authority saw, in the order of the log, and whether that allows what is done.

    It knows the prices, the limits of each policy and the events, but nothing of how the desk compares."""

    def __init__(self) -> None:
        self.rounds = {}  # By approval: what each round shows, as (amount, routes, {rule: authority}).
        self.granted = {}  # By approval: (rule, authority, round) that somebody with the authority approved.
        self.state = {}
        self.requester = {}
        self.asked = {}  # The second at which the last round was asked.

    @staticmethod
    def shown(one: v1.ApprovalRound):
        amount = sum(money.units for money in one.paid_amounts)
        routes = frozenset(route.payment_method_id for route in one.target.routes)
        return amount, routes, {finding.rule_id: finding.authority for finding in one.findings}

    def allows(self, approval_id: str, amount: int, route: str, limits) -> bool:
        """Every rule that holds such a refund was approved, in a round that shows this route and no less than this amount."""
        for rule, (authority, limit) in limits.items():
            if amount <= limit:
                continue
            covered = any(
                granted[:2] == (rule, authority) and amount <= self.rounds[approval_id][granted[2] - 1][0]
                and route in self.rounds[approval_id][granted[2] - 1][1]
                and self.rounds[approval_id][granted[2] - 1][2].get(rule) == authority
                for granted in self.granted[approval_id])
            if not covered:
                return False
        return True


class Run:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.desk = frontdesk.Desk.open(POLICIES[0])
        self.lock = threading.Lock()
        self.seconds = 0
        self.approved = {}  # By record: (actor, authorities, round) of each Approve.
        self.errors = []
        for verb in (
            v1.CreateCustomer(customer_id="c1", given_name="Mona", family_name="Quist"),
            v1.ChangeAddress(customer_id="c1", address=v1.PostalAddress(lines=["1 Mill Lane"], country_code="IE")),
            v1.ImportAccount(
                account=v1.Account(account_id="a1", kind=v1.Account.KIND_GIFT_CARD, state=v1.Account.STATE_ACTIVE,
                                   customer_id="c1", balance=v1.Money(units=10**9, currency_code="EUR")),
                source=v1.ImportSource(system="old")),
            v1.AddPaymentMethod(customer_id="c1", payment_method=v1.PaymentMethod(
                payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD)),
            v1.AddPaymentMethod(customer_id="c1", payment_method=v1.PaymentMethod(
                payment_method_id="gift", kind=v1.PaymentMethod.KIND_GIFT_CARD, account_id="a1")),
        ):
            self.must(verb)
        for order in ORDERS:
            self.must(v1.PlaceOrder(
                order_id=order, customer_id="c1", currency_code="EUR", payment_method_id="card",
                lines=[v1.PlaceOrderLine(line_id="1", variant_id="mug", quantity=60)],
                settlement=v1.SETTLEMENT_DONE), prices("mug"))

    def now(self) -> datetime.datetime:
        with self.lock:
            # Now and then some hours pass, and approvals expire.
            self.seconds += EXPIRY if self.random.random() < 0.012 else 3
            return NOON + datetime.timedelta(seconds=self.seconds)

    def ask(self, verb, facts=None, who="anna"):
        command = frontdesk.command(verb, actor=frontdesk.actor(who), now=self.now())
        return self.desk.execute(command, facts=facts)

    def must(self, verb, facts=None):
        outcome = self.ask(verb, facts)
        assert outcome.verdict == Verdict.DONE, outcome

    def step(self, dice: random.Random) -> None:
        order = dice.choice(ORDERS)
        kind = dice.choices(("refund", "change", "move", "approve", "decline", "withdraw", "policy", "cancel"),
            (8, 3, 3, 12, 1, 1, 0.3, 0.2))[0]
        if kind == "refund":
            self.ask(v1.RefundOrder(order_id=order, cause=v1.REFUND_CAUSE_GOODWILL), who=dice.choice(("anna", "bea")))
        elif kind == "change":
            variant = dice.choice(tuple(PRICES))
            self.ask(v1.ChangeItems(
                order_id=order, payment_method_id=dice.choice(METHODS), settlement=v1.SETTLEMENT_DONE,
                changes=[v1.ItemChange(item=v1.ItemSelector(line_id="1", quantity=60),
                                       new_variant_id=variant)]), prices(variant))
        elif kind == "move":
            self.ask(v1.ChangePaymentMethod(
                order_id=order, payment_method_id=dice.choice(METHODS), settlement=v1.SETTLEMENT_DONE))
        elif kind == "cancel":
            self.ask(v1.CancelOrder(order_id=order, reason="no longer needed"))
        elif kind == "policy":
            number = dice.randrange(len(POLICIES))
            self.desk.activate(POLICIES[number], frontdesk.Activation(frontdesk.actor("root"), self.now()))
        else:
            waiting = list(self.desk.find(v1.ApprovalQuery(states=[STATE.STATE_PENDING])))
            if not waiting:
                return
            chosen = dice.choice(waiting).approval
            self.resolve(kind, chosen, dice)

    def resolve(self, kind: str, approval: v1.Approval, dice: random.Random) -> None:
        authorities = dice.choice(
            (["refunds"], ["refunds", "director"], ["refunds", "lead", "director"], [approval.authority], [approval.authority]))
        if kind == "approve":
            actor = frontdesk.actor(dice.choice(("ben", "cleo")), authorities=authorities)
            # Now and then one who looks at a round that is over, or at one that nobody has asked.
            seen = max(1, len(approval.rounds) + dice.choice((0, 0, 0, 0, 0, -1, 1)))
            outcome = self.desk.approve(approval.approval_id, actor=actor, now=self.now(), round=seen)
            if outcome.record_id:
                with self.lock:
                    self.approved[outcome.record_id] = (actor.actor_id, frozenset(authorities), seen)
        elif kind == "decline":
            self.desk.decline(approval.approval_id, actor=frontdesk.actor("ben", authorities=authorities), now=self.now())
        else:
            self.desk.withdraw(approval.approval_id, actor=frontdesk.actor(dice.choice(("anna", "bea"))), now=self.now())

    def work(self, seed: int) -> None:
        dice = random.Random(seed)
        try:
            for _ in range(STEPS):
                self.step(dice)
        except Exception as error:  # pylint: disable=broad-except
            self.errors.append(error)


def prices(name: str) -> v1.Facts:
    return v1.Facts(catalog=v1.CatalogFacts(
        products=[v1.Product(product_id="p-" + name, name=name)],
        variants=[v1.Variant(variant_id=name, product_id="p-" + name, name=name, available=True,
                             unit_price=v1.UnitPrice(value=PRICES[name], scale=2, currency_code="EUR"))]))


def check(run: Run) -> dict:
    """Goes through the journal in its order, and demands of each refund that was done that somebody approved it."""
    seen = Seen()
    counts = {"done": 0, "free": 0, "again": 0, "closed": 0, "expired": 0, "rebuilt": 0}
    for record in run.desk.journal():
        limits = LIMITS[int(record.policy_name.rsplit(" ", 1)[1])]
        own = [next(iter(run.desk.history(ref.entity, after=ref.version - 1, page_size=1))) for ref in record.events]
        for event in own:
            assert event.record_id == record.record_id
            if not event.HasField("approval"):
                continue
            approval_id = event.entity.id
            kind = event.approval.WhichOneof("event")
            if kind == "approval_requested":
                asked = event.approval.approval_requested.approval
                seen.rounds[approval_id] = [seen.shown(asked.rounds[0])]
                seen.granted[approval_id] = set()
                seen.state[approval_id] = "pending"
                seen.requester[approval_id] = asked.requester_id
                seen.asked[approval_id] = event.time.seconds
                continue
            assert seen.state[approval_id] == "pending", "an approval is resolved once"
            is_approve = record.approval_id == approval_id and not record.command.HasField("desk")
            assert not is_approve or record.command.now.seconds < seen.asked[approval_id] + EXPIRY
            if is_approve and kind != "approval_attempted":
                actor, authorities, number = run.approved[record.record_id]
                assert number == len(seen.rounds[approval_id]), "only the present round is approved"
                assert actor != seen.requester[approval_id]
                for rule, authority in seen.rounds[approval_id][number - 1][2].items():
                    if authority in authorities:
                        seen.granted[approval_id].add((rule, authority, number))
            if kind == "approval_asked_again":
                counts["again"] += 1
                seen.asked[approval_id] = event.time.seconds
                amount, routes, _ = seen.shown(event.approval.approval_asked_again.round)
                is_allowed = all(seen.allows(approval_id, amount, route, limits) for route in routes)
                # A requester who asks once more asks whatever was approved before.
                assert not (is_approve and is_allowed), "asked without need"
                seen.rounds[approval_id].append(seen.shown(event.approval.approval_asked_again.round))
                assert len(seen.rounds[approval_id]) <= 5
            elif kind == "approval_resolved":
                state = event.approval.approval_resolved.state
                seen.state[approval_id] = STATE.Name(state)
                if state == STATE.STATE_WITHDRAWN:
                    assert event.actor_id == seen.requester[approval_id]
            elif kind == "approval_closed":
                counts["closed"] += 1
                seen.state[approval_id] = "closed"
        if record.HasField("input_hash"):
            rebuilt = run.desk.decision_input_of(record.record_id)
            assert rebuilt.fidelity == v1.RebuiltInput.FIDELITY_EXACT, record
            counts["rebuilt"] += 1
        if record.command.order.HasField("refund_order") and record.verdict == v1.VERDICT_DONE:
            paid = [event.order.order_refunded.refund for event in own if event.order.HasField("order_refunded")]
            amount = sum(refund.amount.units for refund in paid)
            if not record.approval_id:
                counts["free"] += 1
                assert all(amount <= limit for _, limit in limits.values()), record
                continue
            counts["done"] += 1
            assert all(
                seen.allows(record.approval_id, amount, refund.route.payment_method_id, limits) for refund in paid), record
    last = NOON + datetime.timedelta(seconds=run.seconds)
    expired = v1.ApprovalQuery(states=[STATE.STATE_EXPIRED], now=frontdesk.times.timestamp(last))
    counts["expired"] = run.desk.count(expired)
    for approval_id, state in seen.state.items():
        stored = run.desk.get(frontdesk.entity_ref(EntityKind.APPROVAL, approval_id)).approval
        expected = {"pending": STATE.STATE_PENDING, "closed": STATE.STATE_CLOSED}.get(state)
        assert stored.state == (STATE.Value(state) if expected is None else expected)
        assert [seen.shown(one) for one in stored.rounds] == seen.rounds[approval_id]
    return counts


@pytest.mark.parametrize("seed", range(int(os.environ.get("FRONTDESK_APPROVAL_SEEDS", "3"))))
def test_nothing_is_done_that_no_approver_saw(seed):
    run = Run(seed)
    threads = [threading.Thread(target=run.work, args=(1000 * seed + number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("seed", seed)
    assert not run.errors, run.errors
    counts = check(run)
    print(counts)
    # The run has all of these.
    assert counts["done"] > 5 and counts["again"] > 0 and counts["rebuilt"] > 100
