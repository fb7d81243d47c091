"""A return window of 30 days, tried on the requests to a shop, beside a recount by hand.

The requests of a shop are carried out one after the other at one desk. The recount reads the files of the shop, and of the journal only the
recorded verdicts: it knows no rule and no decision input.
"""

import collections
import datetime
import json
import os
import pathlib
import sys
from decimal import Decimal
from typing import Any, Counter, Dict, List, NamedTuple, Optional, Tuple

import pytest
from programs import EXAMPLES, POLICY, ROOT, SHOP
from test_changed_policy import NOW, TOO_LATE, with_rule

frontdesk = pytest.importorskip("frontdesk", reason="the Python package was not built")
sys.path += [str(EXAMPLES / "shop"), str(ROOT / "tests" / "acceptance" / "retail")]

from frontdesk import v1  # noqa: E402

SHARED = pathlib.Path(os.environ.get("FRONTDESK_SHARED", "")) / "data" / "tau_retail"
PAGE = ROOT / "docs" / "policy-tests.md"
LATE = "RETAIL_REQUEST_RETURN_TOO_LATE"
# The rule as the page shows it, for orders whose time of delivery is known; and one that also refuses all others.
KNOWN = TOO_LATE
ALSO_UNKNOWN = TOO_LATE.replace("has(order.deliver_time) && now", "!has(order.deliver_time) || now").replace(
    'details { name: "deliver_time" expression: "string(order.deliver_time)" }', ""
)


class Files(NamedTuple):
    """The files of a shop with its requests."""

    folder: pathlib.Path
    tasks: str
    calls: str


SMALL = Files(SHOP, "tasks.jsonl", "calls.jsonl")
RECORDED = Files(SHARED, "tasks_dev.jsonl", "calls_dev.jsonl")
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the recorded shop is not here (FRONTDESK_SHARED)")


def worked_desk(files: Files) -> Any:
    """A desk that was asked all requests of a shop, by the shop's policy."""
    from shop_desk import ShopDesk, read_policy
    from shop_json import Problems
    from shop_reader import read_shop
    from shop_requests import read_calls, read_tasks

    problems = Problems()
    policy, shop = read_policy(POLICY, problems), read_shop(files.folder, problems)
    assert policy is not None and shop is not None
    asked = read_tasks(files.folder / files.tasks, shop, problems) + read_calls(files.folder / files.calls, shop, problems)
    desk = ShopDesk.open(shop, policy, problems)
    assert desk is not None, problems.text()
    for task in asked:
        for request in task.requests:
            desk.execute(request.command, facts=request.facts)
    return desk


class Recount(NamedTuple):
    """The numbers that are expected of the report."""

    verdicts: Dict[Tuple[int, int], int]
    too_late: int
    newly_refused: List[str]
    money: Decimal


def is_late(order: Dict[str, Any], unknown_is_late: bool) -> bool:
    times = [each["delivered_time"] for each in order["fulfillments"] if "delivered_time" in each]
    if not times:
        return unknown_is_late
    delivered = datetime.datetime.strptime(max(times), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    return NOW - delivered >= datetime.timedelta(days=30)


def price_of(item_ids: List[str], order: Dict[str, Any]) -> Decimal:
    """The same item may be in an order at several prices: the first ones go back first."""
    left = list(order["items"])
    price = Decimal(0)
    for item_id in item_ids:
        taken = next(item for item in left if item["item_id"] == item_id)
        left.remove(taken)
        price += Decimal(str(taken["price"]))
    return price


def recount(files: Files, records: List[v1.JournalRecord], unknown_is_late: bool) -> Recount:
    orders = json.loads((files.folder / "orders.json").read_text(encoding="utf-8"))
    verdicts: Counter[Tuple[int, int]] = collections.Counter()
    too_late = 0
    refused: List[str] = []
    money = Decimal(0)
    for record in records:
        before = after = record.verdict
        asked = record.command.order.request_return
        if asked.order_id:
            order = next(each for name, each in orders.items() if name.lstrip("#") == asked.order_id.lstrip("#"))
            if is_late(order, unknown_is_late):
                too_late += 1
                after = v1.VERDICT_REFUSED
            if before != after:
                refused.append(record.record_id)
                money += price_of([item.variant_id for item in asked.items], order)
        verdicts[before, after] += 1
    return Recount(dict(verdicts), too_late, refused, money)


def assert_equals(report: v1.BacktestReport, expected: Recount) -> None:
    assert {(row.before, row.after): row.count for row in report.verdicts} == expected.verdicts
    assert report.undecided_count == 0 and report.record_count == sum(expected.verdicts.values())
    assert report.changed_count == len(expected.newly_refused)
    late = [row for row in report.reasons if row.reason == LATE]
    assert sum(row.after_count for row in late) == expected.too_late and not any(row.before_count for row in late)
    changed: Optional[v1.VerdictChange] = next((row for row in report.verdicts if row.before != row.after), None)
    if changed is None:
        return
    assert list(changed.example_ids) == expected.newly_refused[: len(changed.example_ids)]
    assert [frontdesk.money.to_decimal(amount) for amount in changed.before_amounts] == [expected.money]


@pytest.mark.parametrize("rule, unknown_is_late", [(KNOWN, False), (ALSO_UNKNOWN, True)], ids=["known", "also_unknown"])
@pytest.mark.parametrize("files", [SMALL, pytest.param(RECORDED, marks=needs_shared)], ids=["small", "recorded"])
def test_a_return_window_of_30_days(files: Files, rule: str, unknown_is_late: bool, tmp_path: pathlib.Path) -> None:
    after = frontdesk.Policy.from_file(with_rule(tmp_path / "policy.textproto", "request_return", rule))
    with worked_desk(files) as desk:
        records = [record for record in desk.desk.journal() if record.HasField("input_hash")]
        expected = recount(files, records, unknown_is_late)
        report = frontdesk.backtest.run(desk.desk, after)
        assert_equals(report, expected)
        # Times of delivery are in the files of the small shop only.
        assert bool(expected.newly_refused) == (unknown_is_late or files is SMALL)
        same = frontdesk.backtest.run(desk.desk, desk.desk.policy)
        assert same.changed_count == 0 and same.undecided_count == 0


def test_the_page_shows_the_table(tmp_path: pathlib.Path) -> None:
    """FRONTDESK_UPDATE_GOLDEN=1 writes it anew."""
    page = PAGE.read_text(encoding="utf-8")
    assert "\n".join(line.strip() for line in TOO_LATE.strip().splitlines()) in "\n".join(
        line.strip() for line in page.splitlines()
    ), "the page shows the rule"
    after = frontdesk.Policy.from_file(with_rule(tmp_path / "policy.textproto", "request_return", TOO_LATE))
    with worked_desk(SMALL) as desk:
        table = frontdesk.backtest.format_report(frontdesk.backtest.run(desk.desk, after))
    begin, end = "<!-- the table -->\n\n```\n", "```\n"
    head, _, rest = page.partition(begin)
    shown, _, tail = rest.partition(end)
    if os.environ.get("FRONTDESK_UPDATE_GOLDEN"):
        PAGE.write_text(head + begin + table + end + tail, encoding="utf-8")
        shown = table
    assert shown == table
