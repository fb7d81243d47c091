"""A shop for random sequences: one customer, methods of all kinds, accounts, and the commands that can be given.

Each function of ``COMMANDS`` makes one command from the ledger and a random choice; None where there is nothing to ask. Most are
possible; some name a piece too much, a unit too much, or another customer's account.
"""

from __future__ import annotations

import random
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from frontdesk import v1
from money_ledger import Account, Order, Payment
from money_prices import EXPONENTS
from money_world import Method, World

START = 1_715_770_800
SOURCE = v1.ImportSource(system="shop")
CAUSES = [
    "CANCELLATION", "RETURN", "ITEM_CHANGE", "PAYMENT_CHANGE", "EXCHANGE", "GOODWILL", "DUPLICATE", "FRAUD", "LOST",
    "PRICE_ADJUSTMENT", "OTHER",
]


class Shop:
    """The ledger, the dice and the memory behind the random choices."""

    def __init__(self, dice: random.Random, world: World, prefix: str) -> None:
        self.dice, self.world, self.prefix = dice, world, prefix
        self.numbers: Dict[str, int] = {}
        self.told: List[Any] = []  # Reports that were recorded.
        self.effects: List[Tuple[str, v1.OrderEffect]] = []  # Not done by the gateway yet.

    def fresh(self, kind: str) -> str:
        self.numbers[kind] = self.numbers.get(kind, 0) + 1
        return f"{self.prefix}{kind}{self.numbers[kind]}"

    def money(self, units: int) -> v1.Money:
        return v1.Money(units=units, currency_code=self.world.currency)

    def some(self, most: int) -> int:
        """A part of an amount: often all of it, sometimes one unit too much."""
        choice = self.dice.random()
        if choice < 0.45 or most <= 1:
            return max(1, most)
        return most + 1 if choice > 0.95 else self.dice.randint(1, most)

    def method(self) -> str:
        names = list(self.world.methods)
        return self.dice.choice(["card", "card", "visa", "gift", "credit", *names])

    def order(self) -> Optional[Order]:
        return self.dice.choice(list(self.world.orders.values())) if self.world.orders else None

    def facts(self) -> v1.Facts:
        scale = EXPONENTS[self.world.currency] + 1
        variants = [
            v1.Variant(variant_id=name, available=True,
                       unit_price=v1.UnitPrice(value=value, scale=scale, currency_code=self.world.currency))
            for name, value in self.world.prices.items()
        ]
        return v1.Facts(catalog=v1.CatalogFacts(variants=variants))


def make_world(dice: random.Random, prefix: str, cash_out: bool) -> World:
    currency = dice.choice(["EUR", "EUR", "JPY", "KWD"])
    world = World(prefix + "c", currency, cash_out, now=START)
    for method_id, kind in (("card", "CARD"), ("visa", "CARD"), ("bank", "BANK_ACCOUNT")):
        world.methods[method_id] = Method(method_id, kind)
    for name, kind, owner, closed in (
        ("gift", "GIFT_CARD", "", False), ("credit", "STORE_CREDIT", world.customer_id, False),
        ("theirs", "STORE_CREDIT", prefix + "other", False), ("closed", "GIFT_CARD", "", True),
    ):
        balance = dice.choice([0, 500, 3000, 20000])
        account = Account(prefix + name, kind, owner, balance, balance, closed)
        if name == "gift" and dice.random() < 0.3:
            account.expire = START + dice.choice([600, 3600])
        world.accounts[account.account_id] = account
        world.methods[name] = Method(name, kind, account.account_id)
    world.prices = {"mug": dice.randint(1, 30000), "lamp": dice.choice([1, 10, 3333, 60000]), "pen": dice.choice([0, 5, 10005])}
    return world


def founding(world: World) -> List[Any]:
    """The commands that bring in the customers and accounts."""
    verbs: List[Any] = []
    for customer_id in (world.customer_id, world.customer_id[:-1] + "other"):
        customer = v1.Customer(customer_id=customer_id, state=v1.Customer.STATE_CUSTOMER)
        customer.addresses.add(address_id="home").address.lines.append("Main Street 1")
        if customer_id == world.customer_id:
            for each in world.methods.values():
                kind = v1.PaymentMethod.Kind.Value("KIND_" + each.kind)
                customer.payment_methods.add(payment_method_id=each.method_id, kind=kind, account_id=each.account_id)
        verbs.append(v1.ImportCustomer(customer=customer, source=SOURCE))
    for known in world.accounts.values():
        account = v1.Account(account_id=known.account_id, customer_id=known.owner, kind=v1.Account.Kind.Value("KIND_" + known.kind))
        account.state = v1.Account.STATE_CLOSED if known.closed else v1.Account.STATE_ACTIVE
        account.balance.CopyFrom(v1.Money(units=known.posted, currency_code=world.currency))
        if known.expire is not None:
            account.expire_time.seconds = known.expire
        verbs.append(v1.ImportAccount(account=account, source=SOURCE))
    return verbs


# ---- Orders come into being ----


def place_order(shop: Shop) -> Any:
    dice = shop.dice
    verb = v1.PlaceOrder(order_id=shop.fresh("o"), customer_id=shop.world.customer_id, currency_code=shop.world.currency)
    for number in range(dice.choice([1, 2, 2, 3])):
        verb.lines.add(line_id=str(number + 1), variant_id=dice.choice(list(shop.world.prices)), quantity=dice.choice([1, 2, 3, 5]))
    _terms(shop, verb)
    if dice.random() < 0.5:
        verb.settlement = v1.SETTLEMENT_DONE
    if dice.random() < 0.4:
        for method_id in dice.sample(list(shop.world.methods)[:5], 2):
            verb.payments.add(payment_method_id=method_id)
        verb.payments[0].amount.CopyFrom(shop.money(dice.choice([1, 100, 500, 2000])))
    else:
        verb.payment_method_id = shop.method() if dice.random() < 0.4 else dice.choice(["card", "visa", "bank"])
    return verb


def _terms(shop: Shop, verb: Any) -> None:
    dice = shop.dice
    for number in range(dice.choice([0, 0, 1, 2])):
        discount = verb.discounts.add(discount_id=f"d{number}", line_id=dice.choice(["", "", "1"]))
        if dice.random() < 0.5:
            discount.rate_ppm = dice.choice([100_000, 333_333, 50_000])
        else:
            discount.amount.CopyFrom(shop.money(dice.choice([1, 100, 777])))
    for name in ("shipping", "fee"):
        if dice.random() < 0.5:
            getattr(verb, name).CopyFrom(shop.money(dice.choice([1, 500, 1000])))
    if dice.random() < 0.6:
        verb.tax_rule.rate_ppm = dice.choice([210_000, 75_000, 0])
        verb.tax_rule.inclusive = dice.random() < 0.4
    verb.rounding_level = dice.choice([v1.ROUNDING_LEVEL_LINE, v1.ROUNDING_LEVEL_TOTAL])
    verb.rounding = dice.choice([v1.ROUNDING_HALF_UP, v1.ROUNDING_HALF_EVEN, v1.ROUNDING_DOWN, v1.ROUNDING_UP, v1.ROUNDING_HALF_DOWN])


# ---- Commands of the company ----


def _item(shop: Shop, order: Order, *places: str) -> Optional[v1.ItemSelector]:
    """Pieces of a line, mostly of one that has some at these places; by their variant at times."""
    lines = [each for each in order.lines.values() if each.count(*places)] or list(order.lines.values())
    if not lines:
        return None
    line = shop.dice.choice(lines)
    item = v1.ItemSelector(quantity=min(shop.some(line.count(*places)), 1000))
    if shop.dice.random() < 0.2:
        item.variant_id = line.variant
    else:
        item.line_id = line.line_id
    return item


def request_payment(shop: Shop) -> Any:
    order = shop.order()
    if order is None or (order.owed <= 0 and shop.dice.random() < 0.9):
        return None
    verb = v1.RequestPayment(order_id=order.order_id, settlement=shop.dice.choice([v1.SETTLEMENT_UNSPECIFIED, v1.SETTLEMENT_DONE]))
    share = verb.payments.add(payment_method_id=shop.method())
    if shop.dice.random() < 0.5:
        share.amount.CopyFrom(shop.money(shop.some(order.owed)))
        if shop.dice.random() < 0.5:
            verb.payments.add(payment_method_id=shop.method())
    return verb


def change_payment_method(shop: Shop) -> Any:
    order = shop.order()
    if order is None:
        return None
    return v1.ChangePaymentMethod(order_id=order.order_id, payment_method_id=shop.method(), settlement=shop.dice.choice([0, 1]))  # type: ignore[arg-type]


def change_items(shop: Shop) -> Any:
    order = shop.order()
    if order is None or not any(each.count("ordered") for each in order.lines.values()):
        return None
    dice = shop.dice
    verb = v1.ChangeItems(order_id=order.order_id, payment_method_id=shop.method(), settlement=dice.choice([0, 1]))  # type: ignore[arg-type]
    change = verb.changes.add()
    if dice.random() < 0.3:
        change.new_variant_id, change.added_quantity = dice.choice(list(shop.world.prices)), dice.choice([1, 2])
        return verb
    line = dice.choice([each for each in order.lines.values() if each.count("ordered")])
    change.item.line_id, change.item.quantity = line.line_id, min(shop.some(line.count("ordered")), 1000)
    if dice.random() < 0.7:
        change.new_variant_id = dice.choice(list(shop.world.prices))
    return verb


def cancel_items(shop: Shop) -> Any:
    order = shop.order()
    item = _item(shop, order, "ordered") if order is not None else None
    if order is None or item is None:
        return None
    verb = v1.CancelItems(order_id=order.order_id, items=[item], reason="no longer needed", settlement=shop.dice.choice([0, 1]))  # type: ignore[arg-type]
    if shop.dice.random() < 0.3:
        verb.fee.CopyFrom(shop.money(shop.dice.choice([1, 50, 300])))
    if shop.dice.random() < 0.2:
        verb.payment_method_id = shop.method()
    return verb


def cancel_order(shop: Shop) -> Any:
    order = shop.order()
    if order is None:
        return None
    return v1.CancelOrder(order_id=order.order_id, reason="no longer needed", settlement=shop.dice.choice([0, 1]))  # type: ignore[arg-type]


def refund_order(shop: Shop) -> Any:
    order = shop.order()
    if order is None:
        return None
    dice = shop.dice
    cause = dice.choice(CAUSES)
    verb = v1.RefundOrder(order_id=order.order_id, cause=v1.RefundCause.Value("REFUND_CAUSE_" + cause), settlement=dice.choice([0, 1]))  # type: ignore[arg-type]
    if cause == "OTHER" and dice.random() < 0.9:
        verb.reason = "broken promise"
    places = {"CANCELLATION": ("ordered",), "LOST": ("shipped",)}.get(cause, ("ordered", "shipped", "delivered", "in_return"))
    item = _item(shop, order, *places) if dice.random() < 0.6 else None
    if item is not None:
        verb.items.append(item)
    if item is None or dice.random() < 0.2:
        verb.amount.CopyFrom(shop.money(min(shop.some(max(order.held, 1)), 5000) if item is None else dice.choice([1, 200])))
    for name, charge in (("shipping", order.terms.shipping), ("fee", order.terms.fees)):
        if charge and dice.random() < 0.3:
            getattr(verb, name + "_amount").CopyFrom(shop.money(shop.some(max(1, charge - order.refunded_part(name)))))
            if dice.random() < 0.5:
                verb.ClearField("amount")
    if dice.random() < 0.2:
        verb.payment_method_id = shop.method()
    return verb


def record_shipment(shop: Shop) -> Any:
    order = shop.order()
    if order is None:
        return None
    shipment = v1.Shipment(shipment_id=shop.fresh("s"))
    for line in order.lines.values():
        if line.count("ordered") and shop.dice.random() < 0.8:
            shipment.lines.add(line_id=line.line_id, quantity=shop.some(line.count("ordered")))
    return v1.RecordShipment(order_id=order.order_id, shipment=shipment) if shipment.lines else None


def record_delivery(shop: Shop) -> Any:
    order = shop.order()
    if order is None or not order.shipments:
        return None
    return v1.RecordDelivery(order_id=order.order_id, shipment_id=shop.dice.choice(list(order.shipments)))


def request_return(shop: Shop) -> Any:
    order = shop.order()
    item = _item(shop, order, "delivered") if order is not None else None
    if order is None or item is None or not any(each.count("delivered") for each in order.lines.values()):
        return None
    if shop.dice.random() < 0.5:
        return v1.RequestReturn(order_id=order.order_id, items=[item], payment_method_id=shop.method())
    verb = v1.RequestExchange(order_id=order.order_id, payment_method_id=shop.method())
    verb.changes.add(item=item, new_variant_id=shop.dice.choice(list(shop.world.prices)))
    return verb


def move_account(shop: Shop) -> Any:
    account = shop.dice.choice(list(shop.world.accounts.values()))
    kind: Any = shop.dice.choice([v1.CreditAccount, v1.DebitAccount])
    verb = kind(account_id=account.account_id, amount=shop.money(shop.some(max(1, account.balance))), cause="correction")
    if shop.world.orders and shop.dice.random() < 0.4:
        verb.order_id = shop.dice.choice([*shop.world.orders, "nowhere"])
    return verb


def some_payment(shop: Shop, order: Order, *states: str) -> Optional[Payment]:
    found = [each for each in order.payments.values() if not states or each.state in states]
    return shop.dice.choice(found) if found else None


COMMANDS: Sequence[Tuple[int, Callable[[Shop], Any]]] = (
    (2, place_order), (4, request_payment), (3, change_payment_method), (4, change_items), (4, cancel_items), (1, cancel_order),
    (7, refund_order), (4, record_shipment), (3, record_delivery), (4, request_return), (2, move_account),
)
