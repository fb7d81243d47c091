"""A month of three brands in one database, as a host in Python lives it: import, commands, a backup, a failover, and a look at everything.

FRONTDESK_LIFE_CUSTOMERS is the number of customers; 90 without it, and 10,000 in `./dev test --all`.
"""

import collections
import contextlib
import datetime
import os
import pathlib
import random
import sys
import threading
import time
from typing import Any, Counter, Dict, Iterator, List, Set, Tuple

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "store"))

import scratch_postgres

frontdesk = pytest.importorskip("frontdesk", reason="the Python package was not built")
pytest.importorskip("frontdesk._postgres", reason="built without PostgreSQL")

from frontdesk import v1  # noqa: E402

CUSTOMERS = int(os.environ.get("FRONTDESK_LIFE_CUSTOMERS", "90"))
BRANDS = ("north", "south", "west")
DAYS = 30
BACKUP_DAY, FAILOVER_DAY = 10, 20
FIRST_DAY = datetime.datetime(2024, 5, 1, 8, tzinfo=datetime.timezone.utc)
ROLE = "desk_app"

POLICY = """
name: "brand" version: "1"
rule_sets {
  id: "canceling" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_ALLOW
  rules {
    id: "reason" order: 10 outcome: POLICY_OUTCOME_REFUSE reason: "REASON_NOT_LISTED"
    text: "That is no reason to cancel."
    condition: "!(command.cancel_order.reason in ['no longer needed', 'ordered by mistake'])"
  }
}
rule_sets {
  id: "refunding" decision_points: "RefundOrder" default_outcome: POLICY_OUTCOME_ALLOW
  rules {
    id: "large" order: 10 outcome: POLICY_OUTCOME_HOLD reason: "REFUND_LARGE" authority: "refunds"
    condition: "assessment.refund_amount > money('50 EUR')"
  }
}
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""

AGENT = frontdesk.actor("anna")
BOSS = frontdesk.actor("boss", authorities=["refunds"])
FACTS = v1.Facts(
    catalog=v1.CatalogFacts(
        products=[v1.Product(product_id="p", name="Lamp")],
        variants=[
            v1.Variant(
                variant_id="lamp",
                product_id="p",
                name="lamp",
                unit_price=v1.UnitPrice(value=8000, scale=2, currency_code="EUR"),
                available=True,
            )
        ],
    )
)


class Brand:
    """The host of one brand: its desk, and a plain account of all that the desk has acknowledged."""

    def __init__(self, name: str, place: str, customers: int) -> None:
        self.name = name
        self._random = random.Random(name)
        self._store = frontdesk.PostgresStore(place, desk=name)
        self.desk = frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY), self._store, ids=frontdesk.ids.TimeOrderedIds())
        self.records: Set[str] = set()
        self.verdicts: Counter[Any] = collections.Counter()
        self.refunded = 0
        self.repeated = 0
        self.commands = 0
        # The steps of each day: a customer, and the name of the step.
        self._plan: Dict[int, List[Tuple[int, str]]] = collections.defaultdict(list)
        for customer in range(customers):
            self._plan_customer(customer)

    def close(self) -> None:
        self._store.close()

    def _plan_customer(self, customer: int) -> None:
        day = self._random.randrange(1, DAYS - 3)
        self._plan[day].append((customer, "order"))
        if self._random.random() < 0.4:
            self._plan[day + 1] += [(customer, "call"), (customer, "case")]
            self._plan[day + 2].append((customer, "resolve"))
        after = self._random.choice(("cancel", "cancel for no reason", "small refund", "large refund", "nothing", "nothing"))
        if after != "nothing":
            self._plan[day + 2].append((customer, after))

    def open(self) -> None:
        """The first day: the customers come from elsewhere, all at once."""
        verbs = []
        for customer in sorted({customer for day in self._plan.values() for customer, _ in day}):
            verbs.append(v1.CreateCustomer(customer_id=f"c{customer}", given_name="Ann", state=v1.Customer.STATE_CUSTOMER))
            method = v1.PaymentMethod(payment_method_id="card", kind=v1.PaymentMethod.KIND_CARD)
            verbs.append(v1.AddPaymentMethod(customer_id=f"c{customer}", payment_method=method))
            address = v1.PostalAddress(lines=["1 Main St"], locality="Springfield")
            verbs.append(v1.ChangeAddress(customer_id=f"c{customer}", address=address))
        commands = [frontdesk.command(verb, actor=AGENT, now=FIRST_DAY, idempotency_key=f"first-{i}") for i, verb in enumerate(verbs)]
        for result in self.desk.execute_all(commands):
            self._count(result.outcome)

    def live(self, day: int) -> None:
        """The commands of a day."""
        for customer, step in self._plan[day]:
            now = FIRST_DAY + datetime.timedelta(days=day, seconds=self.commands)
            verb = self._verb(customer, step)
            outcome = self._do(verb, now, f"{step}-{customer}")
            if outcome.verdict == frontdesk.Verdict.HELD:
                approved = self._approve(outcome.held.approval_id, now)
                assert approved.verdict == frontdesk.Verdict.DONE, approved
            if "refund" in step:
                assert outcome.verdict == (frontdesk.Verdict.HELD if step == "large refund" else frontdesk.Verdict.DONE), outcome
                self.refunded += verb.amount.units
            elif step == "cancel for no reason":
                assert outcome.refusals[0].reason == "REASON_NOT_LISTED"
            else:
                assert outcome.verdict == frontdesk.Verdict.DONE, outcome

    def _verb(self, customer: int, step: str) -> Any:
        order, case, call = f"o{customer}", f"k{customer}", f"i{customer}"
        if step == "order":
            line = v1.PlaceOrderLine(variant_id="lamp", quantity=1 + customer % 3)
            return v1.PlaceOrder(order_id=order, customer_id=f"c{customer}", currency_code="EUR", lines=[line],
                                 payment_method_id="card", settlement=v1.SETTLEMENT_DONE)  # fmt: skip
        if step == "call":
            return v1.StartInteraction(interaction_id=call, customer_id=f"c{customer}", channel=v1.CHANNEL_VOICE,
                                       direction=v1.DIRECTION_INBOUND)  # fmt: skip
        if step == "case":
            return v1.OpenCase(case_id=case, kind=v1.Case.KIND_COMPLAINT, customer_id=f"c{customer}", subject="The lamp broke")
        if step == "resolve":
            return v1.ResolveCase(case_id=case, code="replaced")
        if step.startswith("cancel"):
            return v1.CancelOrder(order_id=order, reason="no longer needed" if step == "cancel" else "just so")
        amount = v1.Money(units=1000 if step == "small refund" else 6000, currency_code="EUR")
        return v1.RefundOrder(order_id=order, cause=v1.REFUND_CAUSE_GOODWILL, amount=amount)

    def _do(self, verb: Any, now: datetime.datetime, key: str) -> v1.Outcome:
        facts = FACTS if isinstance(verb, v1.PlaceOrder) else None
        command = frontdesk.command(verb, actor=AGENT, now=now, idempotency_key=key)
        return self._repeat(lambda: self.desk.execute(command, facts=facts))

    def _approve(self, approval_id: str, now: datetime.datetime) -> v1.Outcome:
        key = f"approve-{approval_id}"
        return self._repeat(lambda: self.desk.approve(approval_id, actor=BOSS, now=now, idempotency_key=key))

    def _repeat(self, ask: Any) -> v1.Outcome:
        """As docs/storage.md has it: a command whose snapshot was lost with its server is asked for again."""
        while True:
            try:
                outcome = ask()
            except frontdesk.UnavailableError:
                self.repeated += 1
                continue
            self._count(outcome)
            return outcome

    def _count(self, outcome: v1.Outcome) -> None:
        self.commands += 1
        self.verdicts[frontdesk.Verdict(outcome.verdict)] += 1
        assert outcome.record_id and outcome.record_id not in self.records
        self.records.add(outcome.record_id)

    def check(self, reader: Any) -> None:
        """The desk has what it has acknowledged, once, and nothing else."""
        assert not reader.verify().HasField("fault")
        assert not reader.verify_rows().HasField("fault")
        records = [record.record_id for record in reader.journal()]
        assert len(records) == len(self.records) and set(records) == self.records
        refunded = 0
        for change in reader.read_log():
            for event in change.events:
                # A canceled order is refunded too.
                refund = event.order.order_refunded.refund
                if refund.cause == v1.REFUND_CAUSE_GOODWILL:
                    refunded += refund.amount.units
        assert refunded == self.refunded


@contextlib.contextmanager
def open_brands(place: str) -> Iterator[List[Brand]]:
    with contextlib.ExitStack() as stack:
        brands = []
        for number, name in enumerate(BRANDS):
            brands.append(Brand(name, place, len(range(number, CUSTOMERS, len(BRANDS)))))
            stack.callback(brands[-1].close)
        yield brands


def all_at_once(brands: List[Brand], work: Any) -> List[threading.Thread]:
    """Each brand in a thread of its own. `errors` of the threads come to light by `wait`."""
    threads = [Worker(brand, work) for brand in brands]
    for thread in threads:
        thread.start()
    return threads


class Worker(threading.Thread):
    def __init__(self, brand: Brand, work: Any) -> None:
        super().__init__()
        self._work = lambda: work(brand)
        self.error: Any = None

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # pylint: disable=broad-except
            self.error = error


def wait(threads: List[Any]) -> None:
    for thread in threads:
        thread.join()
    for thread in threads:
        if thread.error is not None:
            raise thread.error


def back_up(server: scratch_postgres.Server, brands: List[Brand], folder: pathlib.Path) -> int:
    """By pg_dump. The copy has the same log, and all that the brands have acknowledged. Returns the bytes of the dump."""
    dump = server.folder / "dump.sql"
    server.run("pg_dump", "--schema=frontdesk", "-f", str(dump), "-d", server.parameters)
    server.query("CREATE DATABASE copy")
    place = server.parameters.replace("dbname=postgres", "dbname=copy")
    server.run("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-f", str(dump), place)
    for brand in brands:
        files = []
        for name, where in (("here", server.parameters), ("copy", place)):
            with frontdesk.PostgresStore(where, desk=brand.name, read_only=True) as store:
                files.append(folder / f"{brand.name}-{name}")
                frontdesk.export_log(store, files[-1])
                with frontdesk.Reader.open(store) as reader:
                    brand.check(reader)
        assert files[0].read_bytes() == files[1].read_bytes()
    size = dump.stat().st_size
    server.query("DROP DATABASE copy")
    return size


def test_a_month(tmp_path: pathlib.Path) -> None:
    try:
        pair = scratch_postgres.ScratchPair()
    except scratch_postgres.Absent as absent:
        pytest.skip(str(absent))
    started = time.monotonic()
    with pair:
        frontdesk.PostgresStore.make_role(pair.parameters, ROLE)
        with open_brands(f"{pair.parameters} user={ROLE}") as brands:
            wait(all_at_once(brands, Brand.open))
            imported = sum(brand.commands for brand in brands)
            import_seconds = time.monotonic() - started
            for day in range(1, DAYS):
                threads = all_at_once(brands, lambda brand, day=day: brand.live(day))
                if day == FAILOVER_DAY:
                    pair.kill()
                    failover = time.monotonic()
                    pair.promote()
                wait(threads)
                if day == FAILOVER_DAY:
                    failover = time.monotonic() - failover
                    pair.remake_standby()
                if day == BACKUP_DAY:
                    dumped = back_up(pair.primary, brands, tmp_path)
            lived = time.monotonic() - started
            for brand in brands:
                brand.check(brand.desk)
            total = sum(brand.commands for brand in brands)
            verdicts = sum((brand.verdicts for brand in brands), collections.Counter())
            repeated = sum(brand.repeated for brand in brands)
    assert verdicts[frontdesk.Verdict.HELD] and verdicts[frontdesk.Verdict.REFUSED]
    counts = ", ".join(f"{count} {verdict.name.lower()}" for verdict, count in sorted(verdicts.items()))
    print(f"\n{CUSTOMERS} customers, {len(BRANDS)} brands, {total} commands: {counts}; {repeated} repeated by the host")
    print(f"{imported} imported in {import_seconds:.1f} s; the month in {lived:.1f} s, verified after {time.monotonic() - started:.1f} s; "
          f"{dumped} bytes of a dump; the day of the failover took {failover:.1f} s")  # fmt: skip
