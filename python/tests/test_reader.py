"""Reading a store without a policy."""

import gc
import pathlib
import weakref

import pytest

import frontdesk
from conftest import NOON, done
from dict_store import DictStore
from frontdesk import cel, v1

ANNA = frontdesk.actor("anna")
CUSTOMER = frontdesk.entity_ref(frontdesk.EntityKind.CUSTOMER, "c1")
ALLOW_ALL = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'


def ask(verb):
    return frontdesk.command(verb, actor=ANNA, now=NOON)


def fill(store, policy=ALLOW_ALL, functions=()):
    with frontdesk.Desk.open(frontdesk.Policy.from_text(policy, functions=functions), store) as desk:
        return done(desk.execute(ask(v1.CreateCustomer(customer_id="c1", given_name="Ann"))))


def file_of(folder):
    return folder / "shop.db"


@pytest.mark.parametrize("store", [frontdesk.MemoryStore, DictStore])
def test_reads_what_a_desk_wrote(store):
    kept = store()
    outcome = fill(kept)
    with frontdesk.Reader.open(kept) as reader:
        assert reader.get(CUSTOMER).customer.given_name == "Ann"
        assert [event.version for event in reader.history(CUSTOMER)] == [1]
        assert [record.record_id for record in reader.journal()] == [outcome.record_id]
        assert reader.explain(outcome.record_id).record_id == outcome.record_id
        assert [entry.verb for entry in reader.timeline("c1")] == ["CreateCustomer"]
        assert not reader.verify().HasField("fault")
        assert repr(reader) == "<frontdesk.Reader>"
    assert repr(reader) == "<frontdesk.Reader closed>"
    with pytest.raises(ValueError, match="the reader is closed"):
        reader.get(CUSTOMER)


def test_reads_a_file_while_a_desk_writes_it(tmp_path: pathlib.Path):
    path = file_of(tmp_path)
    with frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL), path) as desk, frontdesk.Reader.open(str(path)) as reader:
        with reader.subscribe(reader.verify().entry_count) as subscription:
            done(desk.execute(ask(v1.CreateCustomer(customer_id="c1", given_name="Ann"))))
            assert [change.events[0].entity.id for change in subscription.read()] == ["c1"]
        assert reader.get(CUSTOMER) == desk.get(CUSTOMER)


def test_a_file_that_is_not_there_is_not_made(tmp_path: pathlib.Path):
    with pytest.raises(frontdesk.NotFoundError) as raised:
        frontdesk.Reader.open(file_of(tmp_path))
    assert raised.value.reason == "STORE_NOT_FOUND"
    assert not file_of(tmp_path).exists()


def test_a_reader_has_no_verb_that_writes():
    reads = {name for name in dir(frontdesk.Reader) if not name.startswith("_")}
    writes = {name for name in dir(frontdesk.Desk) if not name.startswith("_")} - reads
    assert {"execute", "execute_all", "import_commands", "approve", "activate", "claim_effects"} <= writes
    assert issubclass(frontdesk.Desk, frontdesk.Reader)


def test_functions_of_a_policy_are_given_to_explain():
    def is_known(name: str) -> bool:
        return name == "Ann"

    functions = [cel.function(is_known)]
    store = frontdesk.MemoryStore()
    outcome = fill(
        store,
        'rule_sets { id: "a" decision_points: "CreateCustomer" rules { id: "r" order: 1 outcome: POLICY_OUTCOME_ALLOW '
        'condition: "is_known(command.create_customer.given_name)" } }',
        functions,
    )
    with frontdesk.Reader.open(store, functions=functions) as reader:
        assert reader.decision_input_of(outcome.record_id).fidelity == v1.RebuiltInput.FIDELITY_EXACT
    with frontdesk.Reader.open(store) as reader, pytest.raises(frontdesk.FailedPreconditionError) as raised:
        reader.decision_input_of(outcome.record_id)
    assert raised.value.reason == "POLICY_FUNCTION_MISSING"


def test_a_function_that_calls_its_reader():
    reasons = []
    readers = []

    def call(note: str) -> bool:
        for reader in readers:
            try:
                reader.get(CUSTOMER)
            except frontdesk.FailedPreconditionError as error:
                reasons.append(error.reason)
        return True

    functions = [cel.function(call)]
    store = frontdesk.MemoryStore()
    outcome = fill(
        store,
        'rule_sets { id: "a" decision_points: "CreateCustomer" rules { id: "r" order: 1 outcome: POLICY_OUTCOME_ALLOW '
        'condition: "call(note)" } }',
        functions,
    )
    readers.append(frontdesk.Reader.open(store, functions=functions))
    readers[0].explain(outcome.record_id)
    assert reasons and set(reasons) == {"DESK_REENTERED"}


def test_limits_are_checked():
    with pytest.raises(ValueError, match="negative"):
        frontdesk.Reader.open(frontdesk.MemoryStore(), max_cached_state_bytes=-1)
    with pytest.raises(frontdesk.InvalidArgumentError) as raised:
        frontdesk.Reader.open(frontdesk.MemoryStore(), find_limits=frontdesk.FindLimits(max_rows=0))
    assert raised.value.reason == "DESK_OPTIONS_INVALID"


def test_a_store_that_refers_to_its_reader_is_collected():
    store = DictStore()
    fill(store)
    store.reader = frontdesk.Reader.open(store)
    seen = weakref.ref(store)
    del store
    gc.collect()
    assert seen() is None
