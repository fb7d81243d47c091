"""The requests to the shop: files of calls and of tasks, one JSON object a line.

The shop's seven operations become frontdesk's commands; nothing is decided here. The expected answers may be in the
files too: see `shop_run`.
"""

import itertools
import pathlib
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Final, List, Mapping, Optional, Tuple, Union

from frontdesk import v1
from shop_json import Json, Node, Problems, read_json_lines
from shop_reader import Shop
from shop_words import ADDRESS_MEMBERS, agent_command, read_address


@dataclass
class Request:
    """One operation that is asked for."""

    operation: str
    command: v1.Command
    facts: Optional[v1.Facts] = None


@dataclass
class Task:
    """A line of a file: a call has one request, a task any number, which are carried out one after the other."""

    place: str  # "calls.jsonl:17"
    line: Dict[str, Json]
    requests: List[Request] = field(default_factory=list)


def read_calls(path: pathlib.Path, shop: Shop, problems: Problems) -> List[Task]:
    """Reads a file of calls: {"name": ..., "arguments": {...}} with, optionally, "error", "order_after", "user_after".

    All problems, in any line, are reported.
    """
    return _read_lines(path, shop, problems, _read_call)


def read_tasks(path: pathlib.Path, shop: Shop, problems: Problems) -> List[Task]:
    """Reads a file of tasks: {"actions": [{"name": ..., "arguments": {...}}, ...]} with, optionally, a "result" in each
    action and "changed". Other members are kept for the report."""
    return _read_lines(path, shop, problems, _read_task)


def _read_lines(
    path: pathlib.Path, shop: Shop, problems: Problems, read: Callable[[Node, Shop, Task], None]
) -> List[Task]:
    tasks: List[Task] = []
    for place, line in read_json_lines(path, problems):
        task = Task(place, line)
        read(Node(place, "", line, problems), shop, task)
        tasks.append(task)
    return tasks


def _read_call(node: Node, shop: Shop, task: Task) -> None:
    node.expect_members(("name", "arguments"), ("error", "order_after", "user_after"))
    task.requests.append(_read_request(node, shop))


def _read_task(node: Node, shop: Shop, task: Task) -> None:
    for action in node["actions"].items():
        action.expect_members(("name", "arguments"), ("result",))
        task.requests.append(_read_request(action, shop))
    if node.optional("changed").present:
        for change in node["changed"].items():
            change.expect_members(("collection", "id"), ("before", "after"))
            change["collection"].text()
            change["id"].text()


def _read_request(node: Node, shop: Shop) -> Request:
    """Reads "name" and "arguments" of a call or action."""
    operation = node["name"].text()
    read = _OPERATIONS.get(operation)
    if read is not None:
        verb, facts = read(node["arguments"], shop)
        return Request(operation, agent_command(verb), facts)
    if node["name"].is_text():
        node["name"].problem(f'"{operation}" is no operation of the shop')
    return Request(operation, v1.Command())


# The form in which an operation is read: the message of a verb, and the facts that it needs.
Asked = Tuple[Any, Optional[v1.Facts]]


def _read_cancel(arguments: Node, shop: Shop) -> Asked:
    arguments.expect_members(("order_id", "reason"))
    verb = v1.CancelOrder(
        order_id=arguments["order_id"].text(),
        reason=arguments["reason"].text(),
        settlement=v1.SETTLEMENT_DONE,
    )
    return verb, None


def _read_order_address(arguments: Node, shop: Shop) -> Asked:
    arguments.expect_members(("order_id", *ADDRESS_MEMBERS))
    return v1.ChangeShippingAddress(order_id=arguments["order_id"].text(), address=read_address(arguments)), None


def _read_order_payment(arguments: Node, shop: Shop) -> Asked:
    arguments.expect_members(("order_id", "payment_method_id"))
    verb = v1.ChangePaymentMethod(
        order_id=arguments["order_id"].text(),
        payment_method_id=arguments["payment_method_id"].text(),
        settlement=v1.SETTLEMENT_DONE,
    )
    return verb, None


def _read_order_items(arguments: Node, shop: Shop) -> Asked:
    return _read_changes(arguments, shop, v1.ChangeItems(settlement=v1.SETTLEMENT_DONE))


def _read_exchange(arguments: Node, shop: Shop) -> Asked:
    return _read_changes(arguments, shop, v1.RequestExchange())


def _read_changes(arguments: Node, shop: Shop, verb: Union[v1.ChangeItems, v1.RequestExchange]) -> Asked:
    """The lists side by side.

    Where one is longer, the other half of its changes stays absent: what to make of that is for the policy to say.
    """
    arguments.expect_members(("order_id", "item_ids", "new_item_ids", "payment_method_id"))
    item_ids = arguments["item_ids"].texts()
    new_item_ids = arguments["new_item_ids"].texts()
    verb.order_id = arguments["order_id"].text()
    verb.payment_method_id = arguments["payment_method_id"].text()
    for item_id, new_item_id in itertools.zip_longest(item_ids, new_item_ids):
        change = verb.changes.add(new_variant_id=new_item_id or "")
        if item_id is None:
            change.added_quantity = 1
        else:
            change.item.CopyFrom(_item(item_id))
    return verb, shop.facts_for(new_item_ids)


def _read_return(arguments: Node, shop: Shop) -> Asked:
    arguments.expect_members(("order_id", "item_ids", "payment_method_id"))
    verb = v1.RequestReturn(
        order_id=arguments["order_id"].text(),
        items=[_item(item_id) for item_id in arguments["item_ids"].texts()],
        payment_method_id=arguments["payment_method_id"].text(),
    )
    return verb, None


def _read_user_address(arguments: Node, shop: Shop) -> Asked:
    arguments.expect_members(("user_id", *ADDRESS_MEMBERS))
    return v1.ChangeAddress(customer_id=arguments["user_id"].text(), address=read_address(arguments)), None


def _item(item_id: str) -> v1.ItemSelector:
    """The file's lists name pieces by item id, a piece at a time."""
    return v1.ItemSelector(variant_id=item_id, quantity=1)


# The shop's operations.
_OPERATIONS: Final[Mapping[str, Callable[[Node, Shop], Asked]]] = {
    "cancel_pending_order": _read_cancel,
    "modify_pending_order_address": _read_order_address,
    "modify_pending_order_payment": _read_order_payment,
    "modify_pending_order_items": _read_order_items,
    "return_delivered_order_items": _read_return,
    "exchange_delivered_order_items": _read_exchange,
    "modify_user_address": _read_user_address,
}
