"""Runs the requests of the files, each call and each task on a desk of its own, and compares with the results that the
files expect."""

import enum
from dataclasses import dataclass, field
from typing import Callable, Dict, List, NamedTuple, Optional, Set, Tuple

import frontdesk
from frontdesk import v1
from shop_answers import error_text
from shop_desk import ShopDesk
from shop_json import Json, same_value, to_line
from shop_requests import Request, Task
from shop_writer import order_form, user_form


class ObjectId(NamedTuple):
    """An object of the shop's files; `collection` is "orders" or "users"."""

    collection: str
    id: str


class Match(enum.Enum):
    """Whether what came out is what the file expects."""

    NOTHING_EXPECTED = enum.auto()
    EQUAL = enum.auto()
    DIFFERENT = enum.auto()


@dataclass
class TaskResult:
    """The results of a call or a task."""

    # One for each request, and the shop's answer to each: empty when it was done.
    outcomes: List[v1.Outcome] = field(default_factory=list)
    errors: List[str] = field(default_factory=list)
    # The objects that are not as they were, sorted by collection and id.
    changes: Dict[ObjectId, Json] = field(default_factory=dict)
    # The changes of the fork's log, as `ShopDesk.log`.
    log: List[v1.LogChange] = field(default_factory=list)
    # `Desk.explain` of each; None where it was not asked for.
    explanations: List[Optional[v1.Explanation]] = field(default_factory=list)


def run_task(shop: ShopDesk, task: Task, *, wants_explanation: Callable[[Request, v1.Outcome], bool]) -> TaskResult:
    """Carries out the task's requests one after the other on a fork of `shop`. `wants_explanation` says which outcomes that
    reached policy are explained."""
    result = TaskResult()
    with shop.fork() as fork:
        touched: Set[ObjectId] = set()
        for request in task.requests:
            outcome = fork.execute(request.command, facts=request.facts)
            if outcome.verdict == frontdesk.Verdict.DONE:
                touched.update(_changed_by(fork.desk, event) for event in outcome.events)
            explain = outcome.record_id and wants_explanation(request, outcome)
            result.explanations.append(fork.desk.explain(outcome.record_id) if explain else None)
            result.outcomes.append(outcome)
            result.errors.append(error_text(outcome))
        for changed in sorted(touched):
            after = _form(fork.desk, changed)
            if not same_value(_form(shop.desk, changed), after):
                result.changes[changed] = after
        result.log.extend(fork.log(after=fork.imported_at))
    return result


def compare_call(call: Task, result: TaskResult) -> Match:
    """A call that carries "error" (null when it is done) is compared whole: "order_after" and "user_after" that are absent
    mean that the order and the user are as before. Without "error" only what is there is compared."""
    whole = "error" in call.line
    pairs: List[Tuple[Json, Json]] = []
    if whole:
        pairs.append((call.line["error"], _error_json(result.errors[0])))
    for name, collection in _AFTER.items():
        if whole or name in call.line:
            pairs.append((call.line.get(name), _after_of(result, collection)))
    return _match(pairs)


def compare_task(task: Task, result: TaskResult) -> Match:
    """The same for a task: each "result", and "changed" whole."""
    pairs: List[Tuple[Json, Json]] = []
    for action, error in zip(_objects(task.line["actions"]), result.errors):
        if "result" in action:
            pairs.append((action["result"], error or "ok"))
    if "changed" in task.line:
        expected = {
            ObjectId(str(each["collection"]), str(each["id"])): each.get("after")
            for each in _objects(task.line["changed"])
        }
        pairs.append((expected.keys() == result.changes.keys(), True))
        for changed in expected.keys() & result.changes.keys():
            if expected[changed] is not None:
                pairs.append((expected[changed], result.changes[changed]))
    return _match(pairs)


def report_call(call: Task, result: TaskResult) -> str:
    """The line of the file with the actual results in place of the expected ones."""
    line = {name: value for name, value in call.line.items() if name not in _AFTER}
    line["error"] = _error_json(result.errors[0])
    for name, collection in _AFTER.items():
        after = _after_of(result, collection)
        if after is not None:
            line[name] = after
    return to_line(line)


def report_task(task: Task, result: TaskResult) -> str:
    """The same for a task."""
    actions: List[Json] = [
        {**action, "result": error or "ok"} for action, error in zip(_objects(task.line["actions"]), result.errors)
    ]
    changed: List[Json] = [
        {"collection": changed.collection, "id": changed.id, "after": after} for changed, after in result.changes.items()
    ]
    return to_line({**task.line, "actions": actions, "changed": changed})


# The object that a call can change, by its name in the file.
_AFTER = {"order_after": "orders", "user_after": "users"}


def _match(pairs: List[Tuple[Json, Json]]) -> Match:
    if not pairs:
        return Match.NOTHING_EXPECTED
    return Match.EQUAL if all(same_value(a, b) for a, b in pairs) else Match.DIFFERENT


def _objects(value: Json) -> List[Dict[str, Json]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _error_json(error: str) -> Json:
    return error or None


def _after_of(result: TaskResult, collection: str) -> Optional[Json]:
    """The one order, or user, that a call can change; None when it is as before."""
    return next((after for changed, after in result.changes.items() if changed.collection == collection), None)


def _get(desk: frontdesk.Desk, kind: frontdesk.EntityKind, id: str) -> v1.EntityState:
    # The files have all payments and refunds of an order.
    lists = ["finished_payments", "finished_refunds"] if kind == frontdesk.EntityKind.ORDER else []
    return desk.get(frontdesk.entity_ref(kind, id), lists=lists)


def _form(desk: frontdesk.Desk, which: ObjectId) -> Json:
    """The object in the form of the shop's files."""
    if which.collection == "orders":
        return order_form(_get(desk, frontdesk.EntityKind.ORDER, which.id).order)
    customer = _get(desk, frontdesk.EntityKind.CUSTOMER, which.id).customer
    account_ids = [method.account_id for method in customer.payment_methods if method.account_id]
    accounts = {each: _get(desk, frontdesk.EntityKind.ACCOUNT, each).account for each in account_ids}
    return user_form(customer, accounts)


def _changed_by(desk: frontdesk.Desk, event: v1.Event) -> ObjectId:
    """The object that an event changed: of a gift card its owner."""
    if event.entity.kind == frontdesk.EntityKind.ORDER:
        return ObjectId("orders", event.entity.id)
    if event.entity.kind == frontdesk.EntityKind.ACCOUNT:
        account = _get(desk, frontdesk.EntityKind.ACCOUNT, event.entity.id).account
        return ObjectId("users", account.customer_id)
    return ObjectId("users", event.entity.id)
