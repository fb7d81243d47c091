"""The values of totals, read at a desk."""
import datetime

import pytest

import frontdesk
from frontdesk import v1

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
POLICY = """
totals { name: "credits_30d" commands: "CreditAccount" per: TOTAL_SUBJECT_CUSTOMER days: 30 }
totals { name: "by_reason" commands: "CreditAccount" per: TOTAL_SUBJECT_ACTOR per: TOTAL_SUBJECT_REASON }
totals { name: "all" commands: "CreditAccount" }
rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""


def ask(verb, now=NOON):
    return frontdesk.command(verb, actor=frontdesk.actor("anna"), now=now)


def euros(units):
    return v1.Money(units=units, currency_code="EUR")


@pytest.fixture
def desk():
    with frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY), frontdesk.MemoryStore()) as desk:
        for name in "c1", "c2":
            desk.execute(ask(v1.CreateCustomer(customer_id=name, given_name="x"), NOON - 60 * DAY))
            account = v1.Account(account_id=f"of-{name}", kind=v1.Account.KIND_GIFT_CARD, state=v1.Account.STATE_ACTIVE)
            account.customer_id = name
            account.balance.CopyFrom(euros(0))
            source = v1.ImportSource(system="old")
            desk.execute(ask(v1.ImportAccount(account=account, source=source), NOON - 60 * DAY))
        yield desk


def credit(desk, customer, units, now=NOON, cause="gift"):
    verb = v1.CreditAccount(account_id=f"of-{customer}", cause=cause, amount=euros(units))
    assert desk.execute(ask(verb, now)).verdict == frontdesk.Verdict.DONE


def given(desk, customer, now=NOON):
    return sum(money.units for money in desk.total("credits_30d", customer, now=now).given)


def test_a_window_is_half_open(desk):
    credit(desk, "c1", 500, NOON - 30 * DAY)
    credit(desk, "c1", 700, NOON - DAY)
    assert given(desk, "c1") == 700
    assert given(desk, "c1", NOON - datetime.timedelta(microseconds=1)) == 1200
    assert given(desk, "c2") == 0
    total = desk.total("all", now=NOON)
    assert (total.name, total.asked_count, total.given_count) == ("all", 2, 2)
    assert list(total.given) == [euros(1200)]


def test_a_merge_adds_and_an_unmerge_subtracts(desk):
    credit(desk, "c1", 100)
    credit(desk, "c2", 10)
    desk.execute(ask(v1.MergeCustomers(customer_id="c1", merged_customer_id="c2")))
    assert given(desk, "c1") == given(desk, "c2") == 110
    desk.execute(ask(v1.UnmergeCustomers(customer_id="c1", merged_customer_id="c2")))
    assert (given(desk, "c1"), given(desk, "c2")) == (100, 10)


def test_a_reason_is_counted_apart(desk):
    credit(desk, "c1", 100, cause="gift")
    credit(desk, "c2", 10, cause="refund")
    assert desk.total("by_reason", "anna", now=NOON, reason="refund").given[0].units == 10


@pytest.mark.parametrize("arguments, options, reason", [
    (["other"], {}, "TOTAL_NOT_FOUND"),
    (["all", "c1"], {}, "TOTAL_SUBJECT_MISMATCH"),
    (["all"], {"reason": "gift"}, "TOTAL_SUBJECT_MISMATCH"),
    (["credits_30d"], {}, "TOTAL_SUBJECT_MISMATCH"),
    (["by_reason", "anna"], {}, "TOTAL_SUBJECT_MISMATCH"),
    (["credits_30d", "c\n1"], {}, "ENTITY_REF_MALFORMED"),
])
def test_a_question_that_does_not_fit_is_an_error(desk, arguments, options, reason):
    with pytest.raises(frontdesk.Error) as raised:
        desk.total(*arguments, now=NOON, **options)
    assert raised.value.reason == reason
