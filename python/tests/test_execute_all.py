"""Many commands at once: the same as one by one."""

import threading

import pytest

import frontdesk
from conftest import catalog
from frontdesk import Verdict, v1

ALLOW_ALL = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'


def creating(ask, count):
    return [ask(v1.CreateCustomer(customer_id=f"n{number}", given_name="Ann")) for number in range(count)]


@pytest.mark.parametrize("group_size", [1, 3, 256])
def test_results_are_those_of_execute(shop_policy, ask, group_size):
    commands = creating(ask, 5) + creating(ask, 2) + [v1.Command(), ask(v1.CancelOrder(order_id="none"))]
    one_by_one, together = frontdesk.Desk.open(shop_policy), frontdesk.Desk.open(shop_policy)
    results = together.execute_all(commands, group_size=group_size)
    assert len(results) == len(commands)
    for command, result in zip(commands, results):
        try:
            expected = one_by_one.execute(command)
        except frontdesk.Error as error:
            assert result.verdict is None and type(result.error) is type(error)
            assert result.error.reason == error.reason and result.error.violations == error.violations
            with pytest.raises(type(error)):
                result.outcome
            assert error.reason in repr(result)
        else:
            assert result.outcome == expected and result.verdict == expected.verdict and result.error is None
            assert isinstance(result.verdict, Verdict)
    assert list(together.journal()) == list(one_by_one.journal())
    assert together.execute_all([]) == []


def test_each_command_has_its_facts(desk, ask):
    line = v1.PlaceOrderLine(variant_id="mug", quantity=1)
    place = [
        ask(v1.PlaceOrder(order_id=each, customer_id="c1", currency_code="EUR", lines=[line], payment_method_id="card"))
        for each in ("x1", "x2")
    ]
    facts = [catalog(), v1.Facts()]
    done, missing = desk.execute_all(place, facts=facts)
    assert done.verdict == Verdict.DONE and done.outcome.events[0].entity.id == "x1"
    assert missing.error is not None and missing.error.reason == "FACT_MISSING"
    with pytest.raises(ValueError):
        desk.execute_all(place, facts=facts[:1])
    with pytest.raises(ValueError):
        desk.execute_all(place, group_size=0)
    with pytest.raises(TypeError):
        desk.execute_all(["create"])


def test_progress_is_reported_and_may_end_it(ask):
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL))
    counts = []
    desk.execute_all(creating(ask, 10), group_size=4, progress=counts.append)
    assert counts == [4, 8, 10]

    def stop(count):
        raise KeyboardInterrupt

    other = frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL))
    with pytest.raises(KeyboardInterrupt):
        other.execute_all(creating(ask, 10), group_size=4, progress=stop)
    assert len(list(other.journal())) == 4


def test_other_threads_run_meanwhile(ask):
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL))
    commands = creating(ask, 300)
    results = {}
    threads = [
        threading.Thread(target=lambda name=name: results.update({name: desk.execute_all(commands, group_size=16)}))
        for name in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdicts = [[each.verdict for each in results[name]] for name in range(3)]
    assert all(each.count(None) == 0 for each in verdicts)
    assert sum(each.count(Verdict.DONE) for each in verdicts) == 300
