"""Many threads on one desk, and the GIL."""

import sys
import threading

import frontdesk
from conftest import NOON, done
from frontdesk import cel, v1


def test_commands_from_many_threads_are_committed_one_by_one(shop_policy, ask):
    desk = frontdesk.Desk.open(shop_policy, ids=frontdesk.ids.TimeOrderedIds())
    done(
        desk.execute(
            ask(
                v1.ImportAccount(
                    account=v1.Account(
                        account_id="gift",
                        kind=v1.Account.KIND_GIFT_CARD,
                        state=v1.Account.STATE_ACTIVE,
                        balance=v1.Money(units=0, currency_code="EUR"),
                    ),
                    source=v1.ImportSource(system="till"),
                )
            )
        )
    )
    failed = []

    def work(number):
        for index in range(50):
            verb = v1.CreditAccount(
                account_id="gift", amount=v1.Money(units=1, currency_code="EUR"), cause="test"
            )
            while True:
                try:
                    outcome = desk.execute(ask(verb, idempotency_key=f"{number}-{index}"))
                    break
                except frontdesk.AbortedError:
                    continue
            if outcome.verdict != frontdesk.Verdict.DONE:
                failed.append(outcome)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    gift = frontdesk.entity_ref(frontdesk.EntityKind.ACCOUNT, "gift")
    state = desk.get(gift)
    assert state.account.balance.units == 200
    assert state.version == 201 == len(list(desk.history(gift)))


def test_the_gil_is_released_while_a_desk_decides(shop_policy):
    """A rule marks the beginning and the end of its work; another thread runs Python in between, which it could not if the
    GIL were held: see test_cel.py."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(100)
    try:
        seen = any(_other_thread_runs_meanwhile() for _ in range(50))
    finally:
        sys.setswitchinterval(interval)
    assert seen


def _other_thread_runs_meanwhile() -> bool:
    started, finished = threading.Event(), threading.Event()

    def mark(what: str) -> bool:
        (started if what == "started" else finished).set()
        return True

    numbers = ", ".join(map(str, range(100)))
    policy = frontdesk.Policy.from_text(
        'rule_sets { id: "a" decision_points: "CreateCustomer" rules { id: "r" order: 1 outcome: POLICY_OUTCOME_ALLOW '
        f'condition: "mark(\'started\' + note) && [{numbers}].all(x, [{numbers}].all(y, [1, 2, 3].all(z, '
        "x + y + z + now.getSeconds() >= 0))) && mark('finished' + note)\" } }",
        functions=[cel.function(mark)],
        limits=frontdesk.PolicyLimits(expression=cel.Limits(max_cost=10**9)),
    )
    desk = frontdesk.Desk.open(policy)
    command = frontdesk.command(
        v1.CreateCustomer(customer_id="c", given_name="Ann"), actor=frontdesk.actor("anna"), now=NOON
    )
    worker = threading.Thread(target=lambda: done(desk.execute(command)))
    worker.start()
    started.wait()
    meanwhile = not finished.is_set()
    worker.join()
    assert finished.is_set()
    return meanwhile
