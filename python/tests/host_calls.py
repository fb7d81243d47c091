"""A program whose daemon threads call the core until the process ends: ``host_calls.py THREADS NAME...``.

It ends while every thread is inside a call, or on its way out of one. Each name is one of `CALLS`.
"""

import contextlib
import datetime
import itertools
import os
import sys
import tempfile
import threading

import frontdesk
from dict_store import DictStore
from frontdesk import cel, contact, domain, money, rules, v1

NOON = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
ALLOW_ALL = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
RULES = 'id: "a" rules { id: "r" outcome: POLICY_OUTCOME_ALLOW condition: "order.order_id == \'o1\'" }'
REMEDIES = ALLOW_ALL + ' cases { remedies { name: "apology" code: "sorry" } }'


def ask(verb, **options):
    return frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOON, **options)


def slow(value: int) -> int:
    """A function of the host that gives other threads their turn."""
    threading.Event().wait(1e-6)
    return value + 1


class SlowIds:
    """An id source in Python that gives other threads their turn."""

    def __init__(self):
        self._numbers = itertools.count()

    def next_id(self, now):
        threading.Event().wait(1e-6)
        return f"r{next(self._numbers)}"


def case(number):
    return v1.OpenCase(case_id=f"k{number}", kind=v1.Case.KIND_TROUBLE, subject="lamp", customer_id="c1")


def opened(policy=REMEDIES, ids=None, functions=()):
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(policy, functions=functions), ids=ids)
    desk.execute(ask(v1.CreateCustomer(customer_id="c1", given_name="Ann")))
    desk.execute(ask(case(0)))
    return desk


DESK = opened()
COUNTING = opened(ALLOW_ALL + ' totals { name: "credits" commands: "CreditAccount" }')
HOLDING = opened(
    ALLOW_ALL + ' rule_sets { id: "h" decision_points: "CancelCase" rules { id: "r" order: 1 outcome: POLICY_OUTCOME_HOLD '
    'reason: "R" authority: "boss" condition: "true" } }'
)
APPROVAL_ID = HOLDING.execute(ask(v1.CancelCase(case_id="k0", reason="twice"))).held.approval_id
CALLING = opened(
    ALLOW_ALL + ' rule_sets { id: "a" decision_points: "OpenCase" rules { id: "r" order: 1 outcome: POLICY_OUTCOME_ALLOW '
    'condition: "slow(1) == 2" } }',
    ids=SlowIds(),
    functions=[cel.function(slow)],
)
POLICY = frontdesk.Policy.from_text(ALLOW_ALL)
OTHER = frontdesk.Policy.from_text(ALLOW_ALL)
CUSTOMER = frontdesk.entity_ref(frontdesk.EntityKind.CUSTOMER, "c1")
CASE = frontdesk.entity_ref(frontdesk.EntityKind.CASE, "k0")
RECORD = next(DESK.journal())
EVENT = next(DESK.history(CUSTOMER))
INPUT = v1.DecisionInput(order=v1.OrderDecisionInput(order=v1.Order(order_id="o1", currency_code="EUR")))
CANCEL = ask(v1.CancelOrder(order_id="o1"))
QUESTION = v1.DecisionInput(
    order=v1.OrderDecisionInput(order=INPUT.order.order, command=v1.OrderCommand(cancel_order=CANCEL.order.cancel_order))
)
RULE_SET = rules.RuleSet.from_text(RULES, input=v1.OrderDecisionInput)
DECISION = RULE_SET.decide(INPUT.order)
ENVIRONMENT = cel.Environment(variables={"n": int}, functions=[cel.function(slow)])
PROGRAM = ENVIRONMENT.compile("[1, 2, 3].map(x, x + n)")
TIMES = cel.Environment().compile("[1, 2, 3, 4, 5, 6, 7, 8].map(x, [timestamp(x), timestamp(-x)])")
CALLER = ENVIRONMENT.compile("[1, 2, 3].all(x, slow(n) > x)")
EURO = v1.Money(units=100, currency_code="EUR")
TIME_ORDERED = frontdesk.ids.TimeOrderedIds()
SEQUENCE = frontdesk.ids.SequenceIds()
STORE = frontdesk.MemoryStore()
NUMBERS = itertools.count(1)


# A desk that does not grow.
SMALL = frontdesk.Desk.open(POLICY, STORE)
SMALL.execute(ask(case(0)))
READER = frontdesk.Reader.open(STORE)


# On a store in Python, and one that is followed.
ON_PYTHON = frontdesk.Desk.open(POLICY, DictStore())
ON_PYTHON.execute(ask(case(0)))
FOLLOWING = DESK.subscribe()


# The log of that desk, and a file that keeps nothing: a folder would be removed while a thread writes into it.
NOWHERE = os.open(os.devnull, os.O_WRONLY)
with tempfile.TemporaryDirectory() as folder:
    frontdesk.export_log(STORE, folder + "/log")
    with open(folder + "/log", "rb") as log:
        LOG = log.read()


def explain_clock():
    """The policy has no service levels, so there is no clock."""
    with contextlib.suppress(frontdesk.NotFoundError):
        DESK.explain_clock("k0", v1.SERVICE_METRIC_FIRST_REPLY)


def export():
    error = frontdesk._core.export_log(STORE._rows(), False, NOWHERE)
    assert error == 0


def import_log():
    importer = frontdesk._core.import_log(frontdesk.MemoryStore()._rows(), False)
    importer.read(LOG)
    importer.finish()


def activate():
    DESK.activate(OTHER, frontdesk.Activation(frontdesk.actor("anna"), NOON))


def unknown(call):
    """A call about an effect that is not there."""

    def called():
        try:
            call("none")
        except frontdesk.NotFoundError:
            pass

    return called


def compile_wrong():
    try:
        ENVIRONMENT.compile("n +")
    except cel.CompileError:
        pass


# Every call that lets other threads run.
CALLS = {
    "execute": lambda: DESK.execute(ask(case(next(NUMBERS)))),
    "execute with functions and ids in Python": lambda: CALLING.execute(ask(case(next(NUMBERS)))),
    "execute_all": lambda: DESK.execute_all([ask(case(next(NUMBERS))) for _ in range(3)]),
    "execute_all with functions and ids in Python": lambda: CALLING.execute_all([ask(case(next(NUMBERS)))]),
    "import_commands": lambda: DESK.import_commands(f"i{next(NUMBERS)}", [ask(case(next(NUMBERS)))] * 2),
    "import_commands with functions and ids in Python": lambda: CALLING.import_commands(
        f"i{next(NUMBERS)}", [ask(case(next(NUMBERS)))]
    ),
    "import_rows": lambda: list(DESK.import_rows("i1")),
    "imports": lambda: list(DESK.imports()),
    "preview": lambda: DESK.preview(ask(case(next(NUMBERS)))),
    "preview with functions in Python": lambda: CALLING.preview(ask(case(next(NUMBERS)))),
    "rank_remedies": lambda: DESK.rank_remedies(ask(v1.ResolveCase(case_id="k0"))),
    "approve": lambda: DESK.approve("a1", actor=frontdesk.actor("anna"), now=NOON),
    "withdraw": lambda: DESK.withdraw("a1", actor=frontdesk.actor("anna"), now=NOON),
    "preview_approval": lambda: HOLDING.preview_approval(APPROVAL_ID, now=NOON),
    "count": lambda: DESK.count(v1.CaseQuery(customer_id="c1")),
    "decline": lambda: DESK.decline("a1", actor=frontdesk.actor("anna"), now=NOON),
    "get": lambda: DESK.get(CUSTOMER),
    "find": lambda: list(DESK.find(v1.CaseQuery(customer_id="c1"))),
    "find_page": lambda: DESK.find_page(v1.CaseQuery(customer_id="c1")),
    # The part in the core: pandas itself does not survive the end of a process that imports it in a thread.
    "frames": lambda: DESK._core.read_frames(0, 5),
    "to_frames": lambda: DESK._core.read_frames(0, 10_000),
    "to_frames of imports": lambda: DESK._core.read_import_frame("", 0, 10_000),
    "timeline": lambda: list(DESK.timeline("c1")),
    "find_duplicates": lambda: DESK.find_duplicates("c1"),
    "open_file": lambda: DESK.open_file("c1", now=NOON),
    "customer_view": lambda: DESK.customer_view(CASE),
    "history": lambda: list(DESK.history(CUSTOMER)),
    "rows": lambda: list(DESK.rows(CASE, "state_spans")),
    "record": lambda: DESK.record(RECORD.record_id),
    "journal": lambda: next(DESK.journal(page_size=10)),
    "read_log": lambda: next(DESK.read_log(page_size=10)),
    "subscribe": lambda: DESK.subscribe(1),
    "Subscription.read": lambda: FOLLOWING.read(1),
    "Subscription.fileno": lambda: SMALL.subscribe().fileno(),
    "execute on a store in Python": lambda: ON_PYTHON.execute(ask(case(next(NUMBERS)))),
    "get on a store in Python": lambda: ON_PYTHON.get(CASE),
    "verify on a store in Python": lambda: ON_PYTHON.verify(),
    "Store.read": lambda: STORE.read().scan(1),
    "Store.commit": lambda: frontdesk.MemoryStore().commit([frontdesk.stores.Batch()]),
    "verify": lambda: SMALL.verify(),
    "verify_rows": lambda: SMALL.verify_rows(),
    "get_as_of": lambda: DESK.get_as_of(CUSTOMER, NOON),
    "total": lambda: COUNTING.total("credits", now=NOON),
    "export_log": export,
    "import_log": import_log,
    "explain": lambda: DESK.explain(RECORD.record_id),
    "explain_clock": explain_clock,
    "compute_clocks": lambda: DESK.compute_clocks("k0"),
    "decision_input_of": lambda: DESK.decision_input_of(RECORD.record_id),
    "pending_effects": lambda: list(DESK.pending_effects()),
    "dead_letters": lambda: list(DESK.dead_letters()),
    "claim_effects": lambda: DESK.claim_effects(NOON),
    "acknowledge_effect": unknown(DESK.acknowledge_effect),
    "retry_effect": unknown(lambda effect_id: DESK.retry_effect(effect_id, 1, now=NOON)),
    "extend_lease": unknown(lambda effect_id: DESK.extend_lease(effect_id, 1, NOON)),
    "revive_effect": unknown(DESK.revive_effect),
    "policy": lambda: DESK.policy,
    "activate": activate,
    "fork": DESK.fork,
    "open": lambda: frontdesk.Desk.open(POLICY),
    "Reader.open": lambda: frontdesk.Reader.open(STORE),
    "Reader.journal": lambda: list(READER.journal()),
    "clone": STORE.clone,
    "decide": lambda: frontdesk.decide(INPUT, CANCEL, POLICY),
    "evolve": lambda: frontdesk.evolve(EVENT),
    "frontdesk.explain": lambda: frontdesk.explain(CANCEL, v1.Outcome(decision=DECISION), POLICY),
    "explain_record": lambda: frontdesk.explain_record(RECORD, [EVENT]),
    "Policy.from_text": lambda: frontdesk.Policy.from_text(ALLOW_ALL),
    "Policy.decide": lambda: POLICY.decide(QUESTION),
    "RuleSet.from_text": lambda: rules.RuleSet.from_text(RULES, input=v1.OrderDecisionInput),
    "RuleSet.decide": lambda: RULE_SET.decide(INPUT.order),
    "RuleSet.analyze": lambda: RULE_SET.analyze(find_overlaps=True, find_gap=True),
    "rules.format_decision": lambda: rules.format_decision(DECISION),
    "Environment": lambda: cel.Environment(variables={"n": int}),
    "Environment.compile": lambda: ENVIRONMENT.compile("n + 1"),
    "Environment.compile, with an error": compile_wrong,
    "Environment.check": lambda: ENVIRONMENT.check("n + 1"),
    "Program.evaluate": lambda: PROGRAM.evaluate({"n": 5}),
    "Program.evaluate, with values made in Python": TIMES.evaluate,
    "Program.evaluate, with functions in Python": lambda: CALLER.evaluate({"n": 5}),
    "Program.explain": lambda: PROGRAM.explain({"n": 5}),
    "money.sum": lambda: money.sum([EURO, EURO], "EUR"),
    "money.allocate": lambda: money.allocate(EURO, [1, 2]),
    "TimeOrderedIds": lambda: TIME_ORDERED.next_id(NOON + datetime.timedelta(seconds=next(NUMBERS))),
    "SequenceIds": lambda: SEQUENCE.next_id(NOON),
    "contact.normalize": lambda: contact.normalize(frontdesk.ContactPointKind.EMAIL, "a@example.com"),
    "contact.normalize, a telephone": lambda: contact.normalize(frontdesk.ContactPointKind.PHONE, "+1 650 253 0000"),
    "domain.assess_customer": lambda: domain.assess_customer(v1.CustomerDecisionInput()),
    "domain.assess_interaction": lambda: domain.assess_interaction(v1.InteractionDecisionInput()),
    "domain.assess_order": lambda: domain.assess_order(QUESTION.order),
    "domain.assess_case": lambda: domain.assess_case(v1.CaseDecisionInput(case=v1.Case(case_id="k"))),
    "domain.compute_charges": lambda: domain.compute_charges(INPUT.order.order),
    "domain.match_customers": lambda: domain.match_customers(v1.Customer(), v1.Customer()),
    "domain.view_interaction": lambda: domain.view_interaction(v1.Interaction(interaction_id="i")),
    "domain.view_case": lambda: domain.view_case(v1.Case(case_id="k")),
    "domain.collect_case_parts": lambda: domain.collect_case_parts(v1.Case(case_id="k")),
}


def main(threads, names):
    began = []
    for name in names:
        for _ in range(threads):
            event = threading.Event()
            began.append(event)
            threading.Thread(target=_repeat, args=(CALLS[name], event), daemon=True).start()
    for event in began:
        event.wait()


def _repeat(call, began):
    try:
        call()
    finally:
        began.set()
    while True:
        call()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
