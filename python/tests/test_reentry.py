"""A function, an id source or a random source in Python calls the desk or the source that is calling it."""

import pytest

import frontdesk
from conftest import NOON, done
from frontdesk import cel, v1

ANNA = frontdesk.actor("anna")
CUSTOMER = frontdesk.entity_ref(frontdesk.EntityKind.CUSTOMER, "c1")
ALLOW_ALL = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'


def ask(customer_id):
    return frontdesk.command(v1.CreateCustomer(customer_id=customer_id, given_name="Ann"), actor=ANNA, now=NOON)


CALLS = {
    "execute": lambda desk: desk.execute(ask("inner")),
    "execute_all": lambda desk: desk.execute_all([ask("inner")])[0].outcome,
    "import_commands": lambda desk: desk.import_commands("i1", [ask("inner")]),
    "import_rows": lambda desk: list(desk.import_rows("i1")),
    "imports": lambda desk: list(desk.imports()),
    "preview": lambda desk: desk.preview(ask("inner")),
    "rank_remedies": lambda desk: desk.rank_remedies(
        frontdesk.command(v1.ResolveCase(case_id="k1"), actor=ANNA, now=NOON)
    ),
    "approve": lambda desk: desk.approve("a1", actor=ANNA, now=NOON),
    "withdraw": lambda desk: desk.withdraw("a1", actor=ANNA, now=NOON),
    "preview_approval": lambda desk: desk.preview_approval("a1", now=NOON),
    "count": lambda desk: desk.count(v1.CaseQuery(customer_id="c1")),
    "decline": lambda desk: desk.decline("a1", actor=ANNA, now=NOON),
    "get": lambda desk: desk.get(CUSTOMER),
    "find": lambda desk: list(desk.find(v1.CaseQuery(customer_id="c1"))),
    "find_page": lambda desk: desk.find_page(v1.CaseQuery(customer_id="c1")),
    "frames": lambda desk: list(desk.frames()),
    "to_frames": lambda desk: desk.to_frames(),
    "timeline": lambda desk: list(desk.timeline("c1")),
    "find_duplicates": lambda desk: desk.find_duplicates("c1"),
    "open_file": lambda desk: desk.open_file("c1", now=NOON),
    "customer_view": lambda desk: desk.customer_view(CUSTOMER),
    "history": lambda desk: list(desk.history(CUSTOMER)),
    "rows": lambda desk: list(desk.rows(CUSTOMER, "identity_verifications")),
    "record": lambda desk: desk.record("r1"),
    "journal": lambda desk: list(desk.journal()),
    "read_log": lambda desk: list(desk.read_log()),
    "subscribe": lambda desk: desk.subscribe(),
    "verify": lambda desk: desk.verify(),
    "verify_rows": lambda desk: desk.verify_rows(),
    "get_as_of": lambda desk: desk.get_as_of(CUSTOMER, NOON),
    "total": lambda desk: desk.total("all", now=NOON),
    "explain": lambda desk: desk.explain("r1"),
    "explain_clock": lambda desk: desk.explain_clock("k1", v1.SERVICE_METRIC_FIRST_REPLY),
    "compute_clocks": lambda desk: desk.compute_clocks("k1"),
    "decision_input_of": lambda desk: desk.decision_input_of("r1"),
    "pending_effects": lambda desk: list(desk.pending_effects()),
    "dead_letters": lambda desk: list(desk.dead_letters()),
    "claim_effects": lambda desk: desk.claim_effects(NOON),
    "acknowledge_effect": lambda desk: desk.acknowledge_effect("e1"),
    "retry_effect": lambda desk: desk.retry_effect("e1", 1, now=NOON),
    "extend_lease": lambda desk: desk.extend_lease("e1", 1, NOON),
    "revive_effect": lambda desk: desk.revive_effect("e1"),
    "activate": lambda desk: desk.activate(frontdesk.Policy.from_text(ALLOW_ALL), frontdesk.Activation(ANNA, NOON)),
    "fork": lambda desk: desk.fork(),
}


def reasons(desk):
    """The reason of each call of the desk."""
    found = {}
    for name, call in CALLS.items():
        try:
            call(desk)
            found[name] = "OK"
        except frontdesk.FailedPreconditionError as error:
            found[name] = error.reason
    return found


ALL_REENTERED = dict.fromkeys(CALLS, "DESK_REENTERED")


class Ids:
    """An id source that makes a call of its own first."""

    def __init__(self):
        self.call = None
        self.count = 0

    def next_id(self, now):
        self.count += 1
        if self.call is not None:
            self.call()
        return f"r{self.count}"


def test_every_function_is_tried():
    functions = {name for name in dir(frontdesk.Desk) if not name.startswith("_")}
    # The policy may be asked for.
    assert functions - {"open", "close", "policy"} == set(CALLS)


def test_an_id_source_that_calls_its_desk():
    ids = Ids()
    found = []
    with frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL), ids=ids) as desk:
        ids.call = lambda: found.append(reasons(desk))
        done(desk.execute(ask("outer")))
        assert found == [ALL_REENTERED]
        ids.call = lambda: desk.execute(ask("inner"))
        with pytest.raises(frontdesk.FailedPreconditionError) as raised:
            desk.execute(ask("another"))
        assert raised.value.reason == "DESK_REENTERED"
        ids.call = None
        done(desk.execute(ask("another")))
        assert [each.record_id for each in desk.journal()] == ["r1", "r3"]


@pytest.mark.parametrize("verb", ["execute", "preview"])
def test_a_function_that_calls_its_desk(verb):
    found = []

    def call(note: str) -> bool:
        found.append(reasons(desk))
        return True

    policy = frontdesk.Policy.from_text(
        'rule_sets { id: "a" decision_points: "CreateCustomer" rules { id: "r" order: 1 outcome: POLICY_OUTCOME_ALLOW '
        'condition: "call(note)" } }',
        functions=[cel.function(call)],
    )
    desk = frontdesk.Desk.open(policy)
    done(getattr(desk, verb)(ask("outer")))
    assert found and all(each == ALL_REENTERED for each in found)


def test_another_desk_may_be_called():
    ids = Ids()
    policy = frontdesk.Policy.from_text(ALLOW_ALL)
    desk, other = frontdesk.Desk.open(policy, ids=ids), frontdesk.Desk.open(policy)
    ids.call = lambda: done(other.execute(ask("inner")))
    done(desk.execute(ask("outer")))
    assert other.get(frontdesk.entity_ref(frontdesk.EntityKind.CUSTOMER, "inner")).version == 1


def test_a_random_source_that_calls_its_ids():
    """A fork draws from the source of its desk, whose lock is held while its function runs."""
    calls = []

    def random():
        calls[0]()
        return 7

    ids = frontdesk.ids.TimeOrderedIds(random=random)
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL), ids=ids)
    other = desk.fork()
    for call in (lambda: ids.next_id(NOON), lambda: other.execute(ask("inner"))):
        calls[:] = [call]
        for begin in (lambda: ids.next_id(NOON), lambda: desk.execute(ask("outer"))):
            with pytest.raises(frontdesk.FailedPreconditionError) as raised:
                begin()
            assert raised.value.reason == "DESK_REENTERED"
    calls[:] = [lambda: None]
    done(desk.execute(ask("outer")))
