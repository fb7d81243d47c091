"""Errors in the input are reported with file and place, all of them, and nothing is done."""

import json
import pathlib
from typing import Any, Callable, List

import pytest
from programs import POLICY, SHOP, Program, ShopFiles, read_lines, write_lines


def assert_refused(program: Program, arguments: List[Any], expected: List[str], tmp_path: pathlib.Path) -> str:
    """Everything that is expected is reported, one line each, and no report is written."""
    report = tmp_path / "report"
    run = program(*arguments, "--report", report)
    assert run.code == 1, run.out
    for part in expected:
        assert any(part in line for line in run.out.splitlines()), (part, run.out)
    assert "sha256" not in run.out
    assert not report.exists()
    return run.out


def first(status: str) -> str:
    """The first order of a status."""
    orders = json.loads((SHOP / "orders.json").read_text(encoding="utf-8"))
    return next(key for key, order in orders.items() if order["status"] == status)


PENDING, DELIVERED, RETURNED = first("pending"), first("delivered"), first("return requested")


def order_change(order_id: str, change: Callable[[Any], None]) -> Callable[[Any], None]:
    return lambda orders: change(orders[order_id])


BROKEN_ORDERS = {
    "unknown status": (lambda order: order.update(status="shipped"), ['status: "shipped" is no status of an order']),
    "negative price": (lambda order: order["items"][0].update(price=-1.5), ["items[0].price: -1.5 is negative"]),
    "fine price": (lambda order: order["items"][0].update(price=1.005), ["items[0].price: 1.005 is no amount"]),
    "huge amount": (
        lambda order: order["payment_history"][0].update(amount=1e300),
        ["payment_history[0].amount: 1e+300 is no amount"],
    ),
    "negative amount": (
        lambda order: order["payment_history"][0].update(amount=-2),
        ["payment_history[0].amount: -2 is negative"],
    ),
    "dangling user": (lambda order: order.update(user_id="nobody"), ['user_id: there is no user "nobody"']),
    "dangling product": (
        lambda order: order["items"][0].update(product_id="P999"),
        ['items[0].product_id: there is no product "P999"'],
    ),
    "dangling item": (
        lambda order: order["items"][0].update(item_id="9"),
        ['items[0].item_id: the product has no item "9"'],
    ),
    "dangling payment method": (
        lambda order: order["payment_history"][0].update(payment_method_id="cash_1"),
        ['payment_history[0].payment_method_id: the user has no payment method "cash_1"'],
    ),
    "dangling fulfillment": (
        lambda order: order["fulfillments"].append({"tracking_id": ["T"], "item_ids": ["9"]}),
        ['item_ids[0]: the order has no item "9", or not as many of it'],
    ),
    "other id": (lambda order: order.update(order_id="#X"), ['order_id: is "#X" and stands under "']),
    "missing": (lambda order: order.pop("items"), ["items: missing"]),
    "not known": (lambda order: order.update(colour="red"), ["colour: not known here"]),
    "wrong kinds": (
        lambda order: order.update(items={}, status=7, address=None, payment_history="x"),
        [
            "items: is an object and has to be a list",
            "status: is a number and has to be a text",
            "address: is null and has to be an object",
            "payment_history: is a text and has to be a list",
        ],
    ),
    "wrong kinds inside": (
        lambda order: order["items"][0].update(price="7", name=True, options=[]),
        [
            "items[0].price: is a text and has to be a number",
            "items[0].name: is true or false and has to be a text",
            "items[0].options: is a list and has to be an object",
        ],
    ),
    "unknown entry": (
        lambda order: order["payment_history"][0].update(transaction_type="gift"),
        ['payment_history[0].transaction_type: "gift" is neither "payment" nor "refund"'],
    ),
    "paid back too much": (
        lambda order: order["payment_history"].append(
            dict(order["payment_history"][0], transaction_type="refund", amount=10**6)
        ),
        ["more is paid back than was paid before"],
    ),
    "no items": (lambda order: order.update(items=[], fulfillments=[]), ["import_order.order.lines"]),
    "of another status": (
        lambda order: order.update(cancel_reason="no longer needed"),
        ['cancel_reason: stands only beside the status "cancelled"'],
    ),
}


@pytest.mark.parametrize("case", BROKEN_ORDERS)
def test_broken_orders(program: Program, shop: ShopFiles, tmp_path: pathlib.Path, case: str) -> None:
    change, expected = BROKEN_ORDERS[case]
    shop.edit("orders.json", order_change(PENDING, change))
    place = f'orders.json: orders["{PENDING}"]'
    assert_refused(program, ["--db", shop.path], [place, *expected], tmp_path)


def break_users(users: Any) -> None:
    names = list(users)
    users[names[0]]["orders"].append("#NONE")
    users[names[1]]["payment_methods"]["gift_1"] = {"source": "gift_card", "id": "gift_2", "balance": -5}
    users[names[2]]["payment_methods"]["cash_1"] = {"source": "cash", "id": "cash_1"}
    users[names[3]]["name"].pop("last_name")
    users[names[4]]["orders"] = [7, ""]
    users[names[5]]["email"] = "no address"


BROKEN_USERS = [
    '.orders[{last}]: there is no order "#NONE"',
    '.payment_methods["gift_1"].id: is "gift_2" and stands under "gift_1"',
    '.payment_methods["gift_1"].balance: -5 is negative',
    '.payment_methods["cash_1"].source: "cash" is no kind of payment method',
    ".name.last_name: missing",
    ".orders[0]: is a number and has to be a text",
    ".orders[1]: is empty",
]


def test_every_broken_user_is_reported(program: Program, shop: ShopFiles, tmp_path: pathlib.Path) -> None:
    users = json.loads(shop.text("users.json"))
    last = str(len(users[list(users)[0]]["orders"]))
    shop.edit("users.json", break_users)
    assert_refused(program, ["--db", shop.path], [each.replace("{last}", last) for each in BROKEN_USERS], tmp_path)


def test_refusals_of_the_desk_have_a_place(program: Program, shop: ShopFiles, tmp_path: pathlib.Path) -> None:
    shop.edit("users.json", lambda users: next(iter(users.values())).update(email="no address"))
    assert_refused(program, ["--db", shop.path], ['users.json: users["', "CONTACT_POINT_SYNTAX"], tmp_path)


def break_products(products: Any) -> None:
    ids = list(products)
    item_id, variant = next(iter(products[ids[0]]["variants"].items()))
    products[ids[1]]["variants"][item_id] = variant
    products[ids[2]]["product_id"] = "P999"
    next(iter(products[ids[3]]["variants"].values()))["available"] = "yes"
    next(iter(products[ids[4]]["variants"].values()))["price"] = -0.01


def test_every_broken_product_is_reported(program: Program, shop: ShopFiles, tmp_path: pathlib.Path) -> None:
    shop.edit("products.json", break_products)
    expected = [
        "the item stands under another product as well",
        'products["P003"].product_id: is "P999" and stands under "P003"',
        ".available: is a text and has to be true or false",
        ".price: -0.01 is negative",
    ]
    assert_refused(program, ["--db", shop.path], expected, tmp_path)


def test_problems_of_all_files_are_reported_at_once(program: Program, shop: ShopFiles, tmp_path: pathlib.Path) -> None:
    shop.edit("products.json", lambda products: products["P001"].pop("name"))
    shop.edit("users.json", lambda users: next(iter(users.values())).pop("email"))
    shop.edit("orders.json", order_change(DELIVERED, lambda order: order.update(status="lost")))
    calls = tmp_path / "calls.jsonl"
    calls.write_text('{"name": "give_money_back", "arguments": {}}\n', encoding="utf-8")
    policy = tmp_path / "policy.textproto"
    policy.write_text('rule_sets { id: "a" decision_points: "DoMagic" }', encoding="utf-8")
    expected = [
        'products.json: products["P001"].name: missing',
        ".email: missing",
        '"lost" is no status of an order',
        'calls.jsonl:1: name: "give_money_back" is no operation of the shop',
        "POLICY_DECISION_POINT_UNKNOWN",
    ]
    assert_refused(program, ["--db", shop.path, "--calls", calls, "--policy", policy], expected, tmp_path)


BROKEN_TEXTS = {
    "truncated": (lambda text: text[: text.index("\n", 500) + 5], "orders.json:{line}:"),
    "no comma": (lambda text: text.replace(",\n", "\n", 1), "orders.json:{line}:"),
    "empty": (lambda text: "", "orders.json:1:1: not valid JSON"),
    "not a number": (lambda text: text.replace('"price": ', '"price": NaN, "was": ', 1), "not valid JSON"),
    "deep": (lambda text: "[" * 100_000, "deep"),
    "no object": (lambda text: "[]", "orders.json: orders: is a list and has to be an object"),
}


@pytest.mark.parametrize("case", BROKEN_TEXTS)
def test_broken_texts(program: Program, shop: ShopFiles, tmp_path: pathlib.Path, case: str) -> None:
    break_text, expected = BROKEN_TEXTS[case]
    text = break_text(shop.text("orders.json"))
    shop.write("orders.json", text)
    line = text.count("\n") + 1 if case == "truncated" else 4
    assert_refused(program, ["--db", shop.path], [expected.replace("{line}", str(line))], tmp_path)


def test_not_utf8(program: Program, shop: ShopFiles, tmp_path: pathlib.Path) -> None:
    text = shop.text("users.json").encode().replace(b'"first_name": "', b'"first_name": "\xff', 1)
    (shop.path / "users.json").write_bytes(text)
    assert_refused(program, ["--db", shop.path], ["users.json:"], tmp_path)


def test_a_name_that_is_there_twice(program: Program, shop: ShopFiles, tmp_path: pathlib.Path) -> None:
    text = shop.text("orders.json")
    order_id = list(json.loads(text))[1]
    shop.write("orders.json", text.replace(f'"{order_id}": {{', f'"{PENDING}": {{', 1))
    assert_refused(program, ["--db", shop.path], [f'orders.json: orders: the name "{PENDING}" stands here twice'], tmp_path)


def test_missing_files(program: Program, tmp_path: pathlib.Path) -> None:
    expected = [f"{name}.json: cannot be read" for name in ("users", "orders", "products")]
    expected.append("none.textproto: cannot be read")
    assert_refused(program, ["--db", tmp_path / "none", "--policy", tmp_path / "none.textproto"], expected, tmp_path)
    assert_refused(program, ["--calls", tmp_path / "none.jsonl"], ["none.jsonl: cannot be read"], tmp_path)


def test_floating_point_noise_is_no_problem(program: Program, shop: ShopFiles, tmp_path: pathlib.Path) -> None:
    amount = json.loads(shop.text("orders.json"))[PENDING]["payment_history"][0]["amount"]
    head, found, tail = shop.text("orders.json").partition(f'"#{PENDING[1:]}"')
    shop.write("orders.json", head + found + tail.replace(f'"amount": {amount}', f'"amount": {amount}0000000000014', 1))
    assert program("--db", shop.path).code == 0


def test_broken_requests(program: Program, tmp_path: pathlib.Path) -> None:
    cancel = {"order_id": PENDING, "reason": "no longer needed"}
    lines = [
        {"name": "cancel_pending_order", "arguments": cancel},
        {"name": "cancel_everything", "arguments": cancel},
        {"name": "cancel_pending_order", "arguments": {"order_id": 7, "why": "?"}},
        {"name": "return_delivered_order_items", "arguments": {"order_id": "", "item_ids": "x", "payment_method_id": "p"}},
        {"name": 7},
        {"arguments": cancel, "extra": None},
    ]
    calls = write_lines(tmp_path / "calls.jsonl", lines)
    with calls.open("a", encoding="utf-8") as file:
        file.write('[]\n\n{"name": \n{"name": "x", "name": "y"}\n')
    tasks = write_lines(tmp_path / "tasks.jsonl", [{"actions": lines[:2]}, {"actions": 7}, {"changed": [{"id": 7}]}])
    expected = [
        'calls.jsonl:2: name: "cancel_everything" is no operation of the shop',
        "calls.jsonl:3: arguments.order_id: is a number and has to be a text",
        "calls.jsonl:3: arguments.reason: missing",
        "calls.jsonl:3: arguments.why: not known here",
        "calls.jsonl:4: arguments.item_ids: is a text and has to be a list",
        "calls.jsonl:5: name: is a number and has to be a text",
        "calls.jsonl:6: name: missing",
        "calls.jsonl:6: extra: not known here",
        "calls.jsonl:7: is a list and has to be an object",
        "calls.jsonl:9:10: not valid JSON",
        'calls.jsonl:10: the name "name" stands here twice',
        'tasks.jsonl:1: actions[1].name: "cancel_everything" is no operation of the shop',
        "tasks.jsonl:2: actions: is a number and has to be a list",
        "tasks.jsonl:3: actions: missing",
        "tasks.jsonl:3: changed[0].collection: missing",
        "tasks.jsonl:3: changed[0].id: is a number and has to be a text",
    ]
    assert_refused(program, ["--calls", calls, "--tasks", tasks], expected, tmp_path)


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_broken_policies(program: Program, tmp_path: pathlib.Path) -> None:
    """One policy with every kind of error: syntax alone, then at once all errors that a readable text can have."""
    text = POLICY.read_text(encoding="utf-8")
    policy = tmp_path / "policy.textproto"

    broken = text.replace('id: "not_pending"', 'id: "not_pending', 1)
    policy.write_text(broken, encoding="utf-8")
    line = line_of(broken, 'id: "not_pending\n')
    assert_refused(program, ["--policy", policy], [f"policy.textproto:{line}:"], tmp_path)

    broken = text.replace('id: "not_pending"', 'id: "not_pending" colour: "red"', 1)
    broken = broken.replace('reason: "RETAIL_CANCEL_ITEMS_CHANGED"', 'reasons: "RETAIL_CANCEL_ITEMS_CHANGED"', 1)
    policy.write_text(broken, encoding="utf-8")
    expected = [f"policy.textproto:{line_of(broken, part)}:" for part in ("colour:", "reasons:")]
    assert_refused(program, ["--policy", policy], expected, tmp_path)

    broken = text.replace('id: "items_changed_before"', 'id: "not_pending"', 1)
    broken = broken.replace("order.item_change_count > 0", "order.item_change_count > 'none'", 1)
    broken = broken.replace("command.cancel_order.reason in", "command.cancel_order.raison in", 1)
    broken = broken.replace("size(order.payments) == 0", "size(order.payments == 0", 1)
    policy.write_text(broken, encoding="utf-8")
    expected = [
        f"policy.textproto:{line_of(broken, part)}:"
        for part in ("order.item_change_count > 'none'", "command.cancel_order.raison", "size(order.payments == 0")
    ]
    # The second rule of that name in the first rule set.
    duplicate = broken[: broken.index('id: "not_pending"', broken.index('id: "not_pending"') + 1)].count("\n") + 1
    expected.append(f"policy.textproto:{duplicate}:")
    out = assert_refused(program, ["--policy", policy], expected, tmp_path)
    assert "^" in out  # A caret below the place.


def test_broken_inputs_are_reported_alike(both: List[Program], shop: ShopFiles) -> None:
    """Texts that are not a parser's own words are the same in both."""
    shop.edit("users.json", break_users)
    shop.edit("products.json", break_products)
    orders = json.loads(shop.text("orders.json"))
    for order_id, (change, _) in zip(orders, BROKEN_ORDERS.values()):
        change(orders[order_id])
    shop.write("orders.json", json.dumps(orders))
    outs = [program("--db", shop.path).out for program in both]
    assert sorted(outs[0].splitlines()) == sorted(outs[1].splitlines())


def test_reports_that_cannot_be_written(program: Program, tmp_path: pathlib.Path) -> None:
    run = program("--report", tmp_path / "none" / "report")
    assert run.code == 1
    assert "report: cannot be written" in run.out


def test_orders_with_a_history_come_back_as_they_were(program: Program, shop: ShopFiles, tmp_path: pathlib.Path) -> None:
    """An order that the desk changed can be taken over from the form it was written in."""
    orders = json.loads(shop.text("orders.json"))
    changed = [call["order_after"] for call in read_lines(SHOP / "calls.jsonl") if "order_after" in call]
    for after in changed:
        if after["status"] in ("return requested", "exchange requested", "pending (item modified)", "cancelled"):
            orders[after["order_id"]] = after
    shop.write("orders.json", json.dumps(orders))
    assert program("--db", shop.path).code == 0
