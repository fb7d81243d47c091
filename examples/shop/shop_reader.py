"""Takes a shop's files over: users.json, orders.json, products.json.

Every customer becomes an ImportCustomer, every gift card an ImportAccount, every order an ImportOrder; products become facts.
Formats are translated here, nothing is decided.
"""

import pathlib
from dataclasses import dataclass, field
from typing import Dict, Iterable, List, Optional, Set

from frontdesk import v1
from shop_json import Node, Problems, parse_json, read_file
from shop_orders import read_order
from shop_words import ADDRESS_ID, ADDRESS_MEMBERS, NOW, ORDER_IDS_ATTRIBUTE, account_id, import_command, read_address


@dataclass
class Import:
    """A command that imports something, and its place in the files."""

    command: v1.Command
    file: str
    place: str


@dataclass
class Shop:
    """A shop as read."""

    products: Dict[str, v1.Product] = field(default_factory=dict)
    variants: Dict[str, v1.Variant] = field(default_factory=dict)
    customers: Dict[str, v1.Customer] = field(default_factory=dict)
    # Customers, each followed by its gift cards, then orders; in the order of the files.
    imports: List[Import] = field(default_factory=list)

    def facts_for(self, variant_ids: Iterable[str]) -> v1.Facts:
        """The variants of these ids that exist, each once, in this order, and their products.

        Facts are kept in the journal with the command, so only what the command names is handed over.
        """
        facts = v1.Facts()
        facts.catalog.SetInParent()  # Present also when nothing that is named exists.
        variants = [self.variants[each] for each in dict.fromkeys(variant_ids) if each in self.variants]
        facts.catalog.variants.extend(variants)
        product_ids = dict.fromkeys(variant.product_id for variant in variants)
        facts.catalog.products.extend(self.products[each] for each in product_ids)
        return facts


def read_shop(directory: pathlib.Path, problems: Problems) -> Optional[Shop]:
    """Reads the three files. On any problem, in any of them, nothing is returned and all are reported."""
    roots: Dict[str, Node] = {}
    for root in ("products", "users", "orders"):
        file = f"{root}.json"
        text = read_file(directory / file, file, problems)
        if text is not None:
            good, value = parse_json(text, file, 1, root, problems)
            if good:
                roots[root] = Node(file, root, value, problems)
    if len(roots) < 3:
        return None
    before = len(problems)
    shop = Shop()
    for product_id, node in roots["products"].members():
        _read_product(product_id, node, shop)
    for customer_id, node in roots["users"].members():
        _read_user(customer_id, node, shop)
    for order_id, node in roots["orders"].members():
        order = read_order(order_id, node, shop.products, shop.variants, shop.customers)
        command = import_command(v1.ImportOrder(order=order, source=_source(node.file), strict=True))
        shop.imports.append(Import(command, node.file, node.place))
    _check_order_lists(roots["users"], roots["orders"])
    return shop if len(problems) == before else None


def expect_same_id(node: Node, name: str) -> None:
    """Reports an id inside that differs from the name of the object's member."""
    text = node.id()
    if text and text != name:
        node.problem(f'is "{text}" and stands under "{name}"')


def _source(document: str) -> v1.ImportSource:
    source = v1.ImportSource(system="shop files", document=document)
    source.as_of_time.seconds = NOW
    return source


def _read_product(product_id: str, node: Node, shop: Shop) -> None:
    node.expect_members(("name", "product_id", "variants"))
    expect_same_id(node["product_id"], product_id)
    product = v1.Product(product_id=product_id, name=node["name"].text())
    shop.products[product_id] = product
    for variant_id, variant in node["variants"].members():
        variant.expect_members(("item_id", "options", "available", "price"))
        expect_same_id(variant["item_id"], variant_id)
        read = v1.Variant(
            variant_id=variant_id,
            product_id=product_id,
            name=product.name,
            options=[
                v1.VariantOption(name=name, value=value.text()) for name, value in variant["options"].members()
            ],
            unit_price=variant["price"].price(),
            available=variant["available"].flag(),
        )
        if shop.variants.setdefault(variant_id, read) is not read:
            variant.problem("the item stands under another product as well")


def _read_user(customer_id: str, node: Node, shop: Shop) -> None:
    node.expect_members(("name", "address", "email", "payment_methods", "orders"))
    node["name"].expect_members(("first_name", "last_name"))
    node["address"].expect_members(ADDRESS_MEMBERS)
    customer = v1.Customer(
        customer_id=customer_id,
        state=v1.Customer.STATE_CUSTOMER,
        given_name=node["name"]["first_name"].text(),
        family_name=node["name"]["last_name"].text(),
    )
    customer.contact_points.add(
        contact_point_id="email", kind=v1.ContactPoint.KIND_EMAIL, as_typed=node["email"].id()
    )
    customer.addresses.add(address_id=ADDRESS_ID, address=read_address(node["address"]))
    accounts: List[Import] = []
    for method_id, method in node["payment_methods"].members():
        _read_payment_method(method_id, method, customer, accounts)
    customer.attributes.add(name=ORDER_IDS_ATTRIBUTE, string_value="\n".join(node["orders"].ids()))
    command = import_command(v1.ImportCustomer(customer=customer, source=_source(node.file), strict=True))
    shop.customers[customer_id] = customer
    shop.imports.append(Import(command, node.file, node.place))
    shop.imports.extend(accounts)


def _read_payment_method(method_id: str, node: Node, customer: v1.Customer, accounts: List[Import]) -> None:
    """Reads one payment method into `customer`; a gift card makes an account too, which is put into `accounts`."""
    method = customer.payment_methods.add(payment_method_id=method_id)
    expect_same_id(node["id"], method_id)
    source = node["source"].text()
    if source == "credit_card":
        node.expect_members(("source", "id", "brand", "last_four"))
        method.kind = v1.PaymentMethod.KIND_CARD
        method.brand = node["brand"].text()
        method.last_four = node["last_four"].text()
    elif source == "paypal":
        node.expect_members(("source", "id"))
        method.kind = v1.PaymentMethod.KIND_WALLET
        method.brand = source
    elif source == "gift_card":
        node.expect_members(("source", "id", "balance"))
        method.kind = v1.PaymentMethod.KIND_GIFT_CARD
        method.account_id = account_id(customer.customer_id, method_id)
        account = v1.Account(
            account_id=method.account_id,
            kind=v1.Account.KIND_GIFT_CARD,
            state=v1.Account.STATE_ACTIVE,
            customer_id=customer.customer_id,
            balance=node["balance"].amount(),
        )
        command = import_command(v1.ImportAccount(account=account, source=_source(node.file)))
        accounts.append(Import(command, node.file, node.place))
    elif node["source"].is_text():
        node["source"].problem(f'"{source}" is no kind of payment method')


def _check_order_lists(users: Node, orders: Node) -> None:
    """Each user lists the user's own orders, each of them once."""
    owner_of = {order_id: order["user_id"].value for order_id, order in orders.members()}
    listed: Set[str] = set()
    for user_id, user in users.members():
        for order_id in user["orders"].items():
            if not order_id.is_text():
                continue
            text = order_id.text()
            if text not in owner_of:
                order_id.problem(f'there is no order "{text}"')
            elif owner_of[text] != user_id:
                order_id.problem(f'the order "{text}" is of another user')
            elif text in listed:
                order_id.problem(f'the order "{text}" is listed twice')
            listed.add(text)
