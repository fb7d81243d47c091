#!/usr/bin/env python3
"""Writes a small shop of our own making: users.json, orders.json, products.json, tasks.jsonl and calls.jsonl.

    generate.py                        the shop that lies here
    generate.py --seed 7 --out DIR     another one, for tests

The same seed gives the same files on every machine. The expected answers come from `model`, never from frontdesk.
"""

import argparse
import json
import pathlib
from typing import Any, Dict, Iterable, List, Tuple, TypeVar

from model import ADDRESS, CANCEL_REASONS, Model

T = TypeVar("T")

SEED = 20240515
USERS = 28
ORDERS = 90
CALLS = 420
TASKS = 80

# Product: options with their values, price of the plainest variant in cents.
PRODUCTS: List[Tuple[str, Dict[str, List[str]], int]] = [
    ("Storm Lantern", {"colour": ["brass", "black", "sea green"], "fuel": ["oil", "led"]}, 4950),
    ("Oilskin Coat", {"size": ["S", "M", "L"], "colour": ["yellow", "navy"]}, 15900),
    ("Rope Ladder", {"length": ["3 m", "5 m"], "rungs": ["ash", "steel"]}, 7825),
    ("Ship's Bell", {"diameter": ["10 cm", "15 cm", "20 cm"], "finish": ["polished", "aged"]}, 6410),
    ("Sextant Kit", {"grade": ["student", "navigator"], "case": ["walnut", "none"]}, 28999),
    ("Enamel Mug", {"colour": ["white", "blue", "grey"], "volume": ["300 ml", "500 ml"]}, 1290),
    ("Canvas Hammock", {"colour": ["sand", "olive"], "width": ["single", "double"]}, 8440),
    ("Barometer", {"style": ["aneroid", "glass"], "frame": ["oak", "brass"]}, 11275),
    ("Deck Shoes", {"size": ["38", "40", "42", "44"], "sole": ["white", "gum"]}, 7390),
    ("Tide Clock", {"face": ["arabic", "roman"], "case": ["nickel", "brass"]}, 5999),
    ("Sampler Tin", {"tea": ["smoked", "black", "mint"]}, 0),
]
FIRST_NAMES = "Maren Odile Tobias Yusra Caspian Ingrid Rafael Noor Bram Liesel Ciaran Paloma Anselm Zdenka".split()
LAST_NAMES = "Quayle Thorsen Vasquez Okafor Lindqvist Marchetti Adeyemi Kowalczyk Haruno Beaumont".split()
STREETS = ["Capstan Row", "Gull Street", "Chandlery Lane", "Ropewalk", "Beacon Hill Road"]
CITIES = [("Port Avery", "ME", "04999"), ("Saltmarsh", "OR", "97199"), ("Fort Linnet", "NC", "28599")]


class Dice:
    """A generator of pseudo-random numbers that is the same everywhere and for ever (Lehmer, MINSTD)."""

    def __init__(self, seed: int) -> None:
        self._state = seed % 2147483646 + 1

    def below(self, limit: int) -> int:
        self._state = self._state * 48271 % 2147483647
        return self._state % limit

    def pick(self, values: Iterable[T]) -> T:
        every = list(values)
        return every[self.below(len(every))]

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent


def make_products(dice: Dice) -> Dict[str, Any]:
    products: Dict[str, Any] = {}
    for number, (name, options, price) in enumerate(PRODUCTS, start=1):
        product_id = f"P{number:03}"
        combinations: List[Dict[str, str]] = [{}]
        for option, values in options.items():
            combinations = [{**each, option: value} for each in combinations for value in values]
        variants = {}
        for position, combination in enumerate(combinations, start=1):
            item_id = f"{number:03}{position:02}{dice.below(90) + 10}"
            variants[item_id] = {
                "item_id": item_id,
                "options": combination,
                "available": not dice.chance(22),
                "price": price + (dice.below(price // 3) if price else 0),
            }
        products[product_id] = {"name": name, "product_id": product_id, "variants": variants}
    return products


def make_address(dice: Dice) -> Dict[str, str]:
    city, state, postcode = dice.pick(CITIES)
    return {
        "address1": f"{dice.below(200) + 1} {dice.pick(STREETS)}",
        "address2": dice.pick(["", "", f"Loft {dice.below(9) + 1}"]),
        "city": city,
        "country": "USA",
        "state": state,
        "zip": postcode,
    }


def make_users(dice: Dice) -> Dict[str, Any]:
    users: Dict[str, Any] = {}
    for number in range(USERS):
        first, last = dice.pick(FIRST_NAMES), dice.pick(LAST_NAMES)
        user_id = f"{first}_{last}_{number:02}".lower()
        methods: Dict[str, Any] = {}
        for source in ("credit_card", "paypal", "gift_card", "gift_card"):
            if len(methods) and dice.chance(45):
                continue
            method_id = f"{source}_{number:02}{dice.below(9000) + 1000}"
            methods[method_id] = {"source": source, "id": method_id}
            if source == "credit_card":
                methods[method_id].update(brand=dice.pick(["visa", "mastercard"]), last_four=f"{dice.below(10000):04}")
            if source == "gift_card":
                methods[method_id]["balance"] = dice.pick([0, 250, dice.below(4000), dice.below(9000), dice.below(60000)])
        users[user_id] = {
            "name": {"first_name": first, "last_name": last},
            "address": make_address(dice),
            "email": f"{first}.{last}{number}@example.com".lower(),
            "payment_methods": methods,
            "orders": [],
        }
    return users


def make_order(dice: Dice, order_id: str, user_id: str, status: str, shop: Model) -> Dict[str, Any]:
    items = []
    for _ in range(dice.pick([1, 1, 2, 2, 3, 4])):
        product = shop.products[dice.pick(shop.products)]
        variant = product["variants"][dice.pick(product["variants"])]
        for _ in range(dice.pick([1, 1, 1, 1, 2, 3])):
            items.append(
                {
                    "name": product["name"],
                    "product_id": product["product_id"],
                    "item_id": variant["item_id"],
                    # Some prices have changed since.
                    "price": variant["price"] + (dice.below(300) if variant["price"] and dice.chance(15) else 0),
                    "options": variant["options"],
                }
            )
    method_id = dice.pick(shop.users[user_id]["payment_methods"])
    paid = {"transaction_type": "payment", "amount": sum(item["price"] for item in items), "payment_method_id": method_id}
    order = {
        "order_id": order_id,
        "user_id": user_id,
        "address": dice.pick([shop.users[user_id]["address"], make_address(dice)]),
        "items": items,
        "fulfillments": [],
        "status": status,
        "payment_history": [paid],
    }
    if status in ("delivered", "processed") or (status == "cancelled" and dice.chance(60)):
        ids = [item["item_id"] for item in items]
        cut = dice.below(len(ids)) if dice.chance(30) else 0
        for part in (ids[:cut], ids[cut:]):
            if not part:
                continue
            fulfillment: Dict[str, Any] = {"tracking_id": [f"TR{dice.below(10**8):08}"], "item_ids": part}
            if status == "delivered" and not dice.chance(10):
                month, day = dice.pick([(2, 11), (3, 2), (4, 9), (4, 14), (4, 15), (4, 16), (4, 29), (5, 6), (5, 14)])
                fulfillment["delivered_time"] = f"2024-{month:02}-{day:02}T{dice.below(24):02}:{dice.below(60):02}:00Z"
            order["fulfillments"].append(fulfillment)
    if status == "cancelled":
        order["payment_history"].append(dict(paid, transaction_type="refund"))
    return order


def make_shop(dice: Dice) -> Model:
    shop = Model(make_users(dice), {}, make_products(dice))
    statuses = ["pending"] * 9 + ["delivered"] * 8 + ["processed"] * 2 + ["cancelled"]
    for number in range(ORDERS):
        order_id = f"#H{4100 + number * 7}"
        user_id = dice.pick(shop.users)
        shop.orders[order_id] = make_order(dice, order_id, user_id, statuses[number % len(statuses)], shop)
        shop.users[user_id]["orders"].append(order_id)
    # A few orders have a history already.
    requests = Requests(dice, shop)
    histories = ["modify_pending_order_payment"] * 5
    histories += ["modify_pending_order_items", "return_delivered_order_items", "exchange_delivered_order_items"] * 2
    for name in histories:
        for _ in range(400):
            if shop.ask(name, requests.arguments(name, requests.fitting_order(name))) is None:
                break
    return shop


class Requests:
    """Makes requests: most of them could be meant, many have an error in them."""

    NAMES = (
        ["cancel_pending_order"] * 3
        + ["modify_pending_order_items"] * 5
        + ["modify_pending_order_payment"] * 4
        + ["modify_pending_order_address", "modify_user_address"]
        + ["return_delivered_order_items"] * 4
        + ["exchange_delivered_order_items"] * 5
    )

    def __init__(self, dice: Dice, shop: Model) -> None:
        self._dice = dice
        self._shop = shop

    def name(self) -> str:
        return self._dice.pick(self.NAMES)

    def fitting_order(self, name: str) -> str:
        """An order that the operation is meant for, mostly."""
        wanted = "pending" if "pending" in name else "delivered"
        fitting = [key for key, order in self._shop.orders.items() if order["status"] == wanted]
        return self._dice.pick(fitting if fitting and not self._dice.chance(12) else self._shop.orders)

    def arguments(self, name: str, order_id: str) -> Dict[str, Any]:
        dice = self._dice
        order = self._shop.orders[order_id]
        if name == "modify_user_address":
            user_id = order["user_id"] if not dice.chance(15) else "nobody_nowhere_99"
            return {"user_id": user_id, **self._address()}
        order_argument: Dict[str, Any] = {"order_id": order_id if not dice.chance(3) else "#H0000"}
        if name == "cancel_pending_order":
            return {**order_argument, "reason": dice.pick([*CANCEL_REASONS, *CANCEL_REASONS, "changed my mind", ""])}
        if name == "modify_pending_order_address":
            return {**order_argument, **self._address()}
        arguments: Dict[str, Any] = {**order_argument, "payment_method_id": self._payment_method(order, name)}
        if name == "modify_pending_order_payment":
            return arguments
        arguments["item_ids"], places = self._items(order)
        if name != "return_delivered_order_items":
            arguments["new_item_ids"] = self._new_items(order, places)
        return arguments

    def _address(self) -> Dict[str, str]:
        address = make_address(self._dice)
        return {part: address[part] for part in ADDRESS}

    def _payment_method(self, order: Dict[str, Any], name: str) -> str:
        dice = self._dice
        methods_of: Dict[str, List[str]] = {key: list(user["payment_methods"]) for key, user in self._shop.users.items()}
        original: str = order["payment_history"][0]["payment_method_id"]
        if dice.chance(6):
            return "credit_card_000000"
        if dice.chance(4):
            return dice.pick(methods_of[dice.pick(methods_of)])
        if dice.chance(30) and "payment" not in name:
            return original
        return dice.pick(methods_of[order["user_id"]])

    def _items(self, order: Dict[str, Any]) -> Tuple[List[str], List[int]]:
        """Ids of items, and their positions in the order, if they are in it."""
        dice = self._dice
        places = [place for place in range(len(order["items"])) if dice.chance(60)] or [0]
        if dice.chance(15):
            places.reverse()
        ids = [order["items"][place]["item_id"] for place in places]
        if dice.chance(5):
            ids.append(ids[0])
            places.append(places[0])
        if dice.chance(5):
            product = self._shop.products[dice.pick(self._shop.products)]
            ids.insert(dice.below(len(ids) + 1), dice.pick(product["variants"]))
            places.append(places[-1])
        return ids, places

    def _new_items(self, order: Dict[str, Any], places: List[int]) -> List[str]:
        dice = self._dice
        new_ids: List[str] = []
        # Which of two like pieces goes is decided by their price alone; where that has changed for one, none is asked
        # for.
        ambiguous: List[str] = []
        for place in places:
            item = order["items"][place]
            variants = self._shop.products[item["product_id"]]["variants"]
            available = [key for key, variant in variants.items() if variant["available"]]
            alike = [each for each in order["items"] if each["product_id"] == item["product_id"]]
            if len(alike) > 1 and any(each["price"] != variants[each["item_id"]]["price"] for each in alike):
                ambiguous += [each["item_id"] for each in alike]
            others = [each["item_id"] for each in alike if each["item_id"] != item["item_id"]]
            if others and dice.chance(50):
                new_ids.append(dice.pick(others))
            elif dice.chance(4):
                new_ids.append(dice.pick(self._shop.products[dice.pick(self._shop.products)]["variants"]))
            elif dice.chance(3):
                new_ids.append("0000000")
            elif dice.chance(8):
                new_ids.append(item["item_id"])
            elif available and not dice.chance(7):
                new_ids.append(dice.pick(available))
            else:
                new_ids.append(dice.pick(variants))
        if dice.chance(6):
            new_ids.pop()
        if dice.chance(4):
            new_ids.append(new_ids[0] if new_ids else "0000000")
        return ["0000000" if each in ambiguous else each for each in new_ids]


def make_calls(dice: Dice, shop: Model) -> List[Dict[str, Any]]:
    requests = Requests(dice, shop)
    calls = []
    for _ in range(CALLS):
        name = requests.name()
        arguments = requests.arguments(name, requests.fitting_order(name))
        after = shop.fork()
        call = {"name": name, "arguments": arguments, "error": after.ask(name, arguments)}
        for collection, member in (("orders", "order_after"), ("users", "user_after")):
            for changed in changes(shop, after):
                if changed["collection"] == collection:
                    call[member] = changed["after"]
        calls.append(call)
    return calls


def make_tasks(dice: Dice, shop: Model) -> List[Dict[str, Any]]:
    tasks = []
    for number in range(TASKS):
        after = shop.fork()
        requests = Requests(dice, after)
        actions: List[Dict[str, Any]] = []
        order_id = dice.pick(shop.orders)
        for _ in range(dice.pick([0, 1, 2, 2, 3, 3, 4, 5])):
            if dice.chance(30):
                order_id = dice.pick(after.users[after.orders[order_id]["user_id"]]["orders"])
            status = after.orders[order_id]["status"]
            fitting = [each for each in Requests.NAMES if status in each or each == "modify_user_address"]
            name = dice.pick(fitting if len(fitting) > 1 and not dice.chance(20) else Requests.NAMES)
            arguments = requests.arguments(name, order_id)
            result = after.ask(name, arguments)
            actions.append({"name": name, "arguments": arguments, "result": result or "ok"})
        tasks.append(
            {
                "task": f"small/{number}",
                "user_id": shop.orders[order_id]["user_id"],
                "actions": actions,
                "changed": changes(shop, after),
            }
        )
    return tasks


def changes(before: Model, after: Model) -> List[Dict[str, Any]]:
    """The objects that are not as they were."""
    found = []
    for collection in ("orders", "users"):
        olds, news = getattr(before, collection), getattr(after, collection)
        for key in sorted(news):
            if news[key] != olds[key]:
                found.append({"collection": collection, "id": key, "after": news[key]})
    return found


def in_major_units(value: Any) -> Any:
    """The same with amounts as the files write them: the members that are whole numbers here are cents."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value / 100
    if isinstance(value, list):
        return [in_major_units(each) for each in value]
    return {key: in_major_units(each) for key, each in value.items()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    options = parser.parse_args()
    dice = Dice(options.seed)
    shop = make_shop(dice)
    for name in ("users", "orders", "products"):
        text = json.dumps(in_major_units(getattr(shop, name)), indent=1)
        (options.out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    for name, lines in (("tasks", make_tasks(dice, shop)), ("calls", make_calls(dice, shop))):
        text = "".join(json.dumps(in_major_units(line), sort_keys=True) + "\n" for line in lines)
        (options.out / f"{name}.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
