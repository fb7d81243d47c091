"""Imports of commands: each row has one result, whatever ends the import."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

import frontdesk
from conftest import catalog
from frontdesk import ImportInput, Verdict, v1

ALLOW_ALL = 'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'


def opened(store=None):
    return frontdesk.Desk.open(frontdesk.Policy.from_text(ALLOW_ALL), store)


def creating(ask, count):
    return [ask(v1.CreateCustomer(customer_id=f"n{number}", given_name="Ann")) for number in range(count)]


def texts(desk, import_id="i1", **options):
    rows = desk.import_rows(import_id, **options)
    return [(row.row, row.verb, row.verdict, *row.reasons[:1]) for row in rows]


def test_each_row_has_its_result(desk, ask):
    line = v1.PlaceOrderLine(variant_id="mug", quantity=1)
    place = v1.PlaceOrder(
        order_id="x1", customer_id="c1", currency_code="EUR", lines=[line], payment_method_id="card"
    )
    rows = [
        ask(place),
        (ask(place), catalog()),
        ImportInput(ask(v1.CancelOrder(order_id="none")), source="orders.csv:3"),
        ImportInput(source="orders.csv:4", reason="LINE_EMPTY", text="The line is empty."),
        v1.Command(),
        (ask(v1.CreateCustomer(customer_id="c9", given_name="Ida")), None),
    ]
    report = desk.import_commands("i1", rows)
    assert texts(desk) == [
        (1, "PlaceOrder", 0, "FACT_MISSING"),
        (2, "PlaceOrder", Verdict.DONE),
        (3, "CancelOrder", Verdict.REFUSED, "ORDER_NOT_FOUND"),
        (4, "", 0, "LINE_EMPTY"),
        (5, "", 0, "COMMAND_MALFORMED"),
        (6, "CreateCustomer", Verdict.DONE),
    ]
    assert texts(desk, page_size=1) == texts(desk) and texts(desk, after=4) == texts(desk)[4:]
    assert [row.source for row in desk.import_rows("i1")] == ["", "", "orders.csv:3", "orders.csv:4", "", ""]
    assert report.is_complete and report.row_count == 6 and report.earlier_row_count == 0
    assert [(each.verb, each.reason, each.row_count) for each in report.counts][:2] == [
        ("", "COMMAND_MALFORMED", 1),
        ("", "LINE_EMPTY", 1),
    ]
    assert desk.import_rows("i2").count() == 0
    again = desk.import_commands("i1", iter(rows), group_size=1)
    assert again.earlier_row_count == 6 and again.counts == report.counts


@pytest.mark.parametrize("group_size", [1, 3, 256])
def test_an_interrupted_import_continues(ask, group_size):
    rows = creating(ask, 8) + creating(ask, 2)
    whole, parts = opened(), opened()
    expected = whole.import_commands("i1", rows, group_size=group_size)

    class Stop(Exception):
        pass

    def broken(end):
        yield from rows[:end]
        raise Stop

    for end in (2, 5):
        with pytest.raises(Stop):
            parts.import_commands("i1", broken(end), group_size=group_size)
        assert len(texts(parts)) == end, "the rows before the exception are done"
    ended = parts.import_commands("i1", rows, group_size=group_size, progress=lambda count: count < 6)
    assert ended.is_complete == (group_size == 256)

    def stop(count):
        raise Stop

    with pytest.raises(Stop):
        parts.import_commands("i1", rows, group_size=group_size, progress=stop)
    report = parts.import_commands("i1", rows, group_size=group_size)
    assert report.is_complete and report.counts == expected.counts
    assert list(parts.import_rows("i1")) == list(whole.import_rows("i1"))
    assert list(parts.journal()) == list(whole.journal())


def test_rows_are_read_as_they_are_needed(ask):
    desk = opened()
    seen = []

    def rows():
        for command in creating(ask, 7):
            seen.append(desk.journal().count())
            yield command

    counts = []
    desk.import_commands("i1", rows(), group_size=3, progress=counts.append)
    assert counts == [3, 6, 7]
    assert seen == [0, 0, 0, 3, 3, 3, 6], "no more than a group is in memory, and rows may read the desk"


def test_another_row_does_not_continue_it(ask):
    desk = opened()
    rows = creating(ask, 3)
    desk.import_commands("i1", rows)
    for others in (rows[:2], rows[:2] + creating(ask, 1), rows[:2] + [ImportInput(reason="LINE_EMPTY")]):
        with pytest.raises(frontdesk.FailedPreconditionError) as caught:
            desk.import_commands("i1", others)
        assert caught.value.reason == "IMPORT_NOT_CONTINUED"
    assert desk.journal().count() == 3


@pytest.mark.parametrize("row", [(1,), (1, 2, 3), ImportInput(), ImportInput(reason="\ud800")])
def test_invalid_rows(ask, row):
    desk = opened()
    with pytest.raises((TypeError, ValueError)):
        desk.import_commands("i1", creating(ask, 1) + [row])
    assert len(texts(desk)) == 1


def test_invalid_words(ask):
    desk = opened()
    for row in (ImportInput(reason="lower"), ImportInput(ask(v1.CreateCustomer()), reason="BOTH"), ImportInput(reason="A" * 65)):
        with pytest.raises(frontdesk.InvalidArgumentError) as caught:
            desk.import_commands("i1", [row])
        assert caught.value.reason == "IMPORT_MALFORMED"
    for import_id in ("", "a\nb"):
        with pytest.raises(frontdesk.InvalidArgumentError):
            desk.import_commands(import_id, [])
        with pytest.raises(frontdesk.InvalidArgumentError):
            next(desk.import_rows(import_id))
    with pytest.raises(ValueError):
        desk.import_commands("i1", [], group_size=0)


KILLED = """
    import sys
    import frontdesk
    from frontdesk import v1
    import datetime
    noon = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
    policy = frontdesk.Policy.from_text(%r)
    def rows():
        for number in range(2000):
            create = v1.CreateCustomer(customer_id=f"n{number %% 1500}", given_name="Ann")
            yield frontdesk.command(create, actor=frontdesk.actor("anna"), now=noon)
    def progress(count):
        print(count, flush=True)
    with frontdesk.Desk.open(policy, sys.argv[1]) as desk:
        report = desk.import_commands("i1", rows(), group_size=16, progress=progress)
    print([(each.verb, each.verdict, each.reason, each.row_count) for each in report.counts])
"""


def test_an_import_that_is_killed_continues(tmp_path):
    if not hasattr(frontdesk, "SqliteStore"):
        pytest.skip("built without SQLite")
    program = [sys.executable, "-c", textwrap.dedent(KILLED % ALLOW_ALL)]
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path)))

    def run(path, most=None):
        with subprocess.Popen(
            program + [str(path)], stdout=subprocess.PIPE, text=True, env=environment
        ) as process:
            line = ""
            for number, line in enumerate(process.stdout, 1):
                if number == most:
                    process.send_signal(signal.SIGKILL)
            return process.wait(), line

    assert run(tmp_path / "killed.db", most=7)[0] == -signal.SIGKILL
    assert run(tmp_path / "killed.db", most=40)[0] == -signal.SIGKILL
    status, report = run(tmp_path / "killed.db")
    assert (status, report) == run(tmp_path / "whole.db") and status == 0
    assert "('CreateCustomer', 1, '', 1500)" in report
    exports = []
    for name in ("killed", "whole"):
        with frontdesk.SqliteStore(tmp_path / f"{name}.db") as store:
            frontdesk.export_log(store, tmp_path / f"{name}.log")
        exports.append((tmp_path / f"{name}.log").read_bytes())
    assert exports[0] == exports[1]


def test_invalid_values_are_reported(desk, ask):
    source = v1.ImportSource(system="old desk")
    unknown = v1.Case(case_id="a", state=v1.Case.STATE_CLOSED, kind=v1.Case.KIND_QUESTION)
    sound = v1.Case(case_id="b", state=v1.Case.STATE_OPEN, kind=v1.Case.KIND_QUESTION, subject="a lamp")
    ann = v1.Customer(
        customer_id="c",
        state=v1.Customer.STATE_CUSTOMER,
        contact_points=[
            v1.ContactPoint(contact_point_id="mail", kind=v1.ContactPoint.KIND_EMAIL, as_typed="has none"),
        ],
    )
    verbs = [
        v1.ImportCase(case=unknown, source=source),
        v1.ImportCase(case=sound, source=source),
        v1.ImportCustomer(customer=ann, source=source),
        v1.ImportCase(case=v1.Case(case_id="s", state=1, kind=1), source=source, strict=True),
    ]
    report = desk.import_commands("old", [ask(verb) for verb in verbs])
    assert [(each.reason, each.row_count, each.finding_count) for each in report.finding_counts] == [
        ("IMPORT_ADDRESS_INVALID", 1, 1),
        ("IMPORT_SUBJECT_EMPTY", 1, 1),
    ]
    rows = list(desk.import_rows("old"))
    assert [[finding.field for finding in row.findings] for row in rows] == [
        ["subject"],
        [],
        ["contact_points[0].as_typed"],
        [],
    ]
    assert rows[3].reasons[0] == "ARGUMENT_REQUIRED"
    kept = desk.get(frontdesk.entity_ref(frontdesk.EntityKind.CASE, "a")).case
    for field in ("open_time", "close_time", "state_time", "resolved_since_time"):
        assert not kept.HasField(field)
    assert kept.state_totals[0].unknown_count == 1
    imports = pytest.importorskip("pandas") and desk.to_frames().imports
    assert list(imports["finding_count"]) == [1, 0, 1, 0]
    assert imports["findings"][0] == "IMPORT_SUBJECT_EMPTY"
