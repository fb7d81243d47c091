"""Desks as data frames."""

import datetime
from typing import Any

import pytest

import frontdesk
from frontdesk import v1

pandas = pytest.importorskip("pandas")

NOON = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)
POLICY = """
  name: "p" rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  rule_sets { id: "r" decision_points: "ResolveCase" default_outcome: POLICY_OUTCOME_ALLOW
    rules { id: "much" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "TOO_MUCH"
            condition: "command.resolve_case.remedy_amount.units > 5000" } }"""


@pytest.fixture
def desk() -> frontdesk.Desk:
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY))

    def do(verb: Any, minute: int) -> None:
        now = NOON + datetime.timedelta(minutes=minute)
        desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=now))

    for number in range(5):
        do(v1.OpenCase(case_id=f"k{number}", kind=v1.Case.KIND_TROUBLE, subject="broken"), number)
    for number, cents in enumerate((1250, 9900, 3)):
        amount = v1.Money(units=cents, currency_code="JPY" if number == 2 else "EUR")
        do(v1.ResolveCase(case_id=f"k{number}", code="refunded", remedy="credit", remedy_amount=amount), 10 + number)
    return desk


def test_tables(desk: frontdesk.Desk) -> None:
    frames = desk.to_frames()
    cases = frames.cases
    assert list(cases["case_id"]) == ["k0", "k1", "k2", "k3", "k4"]
    assert list(cases["state"]) == ["resolved", "new", "resolved", "new", "new"]
    assert str(cases["open_time"].dtype) == "datetime64[ns, UTC]"
    assert cases["open_time"][1] == pandas.Timestamp("2024-05-15T12:01:00Z")
    assert cases["close_time"].isna().all()
    assert cases["state"].dtype == "category"
    assert cases["remedy_amount"][0] == 12.5 and cases["remedy_amount"][2] == 3.0
    assert cases["remedy_amount_minor"][0] == 1250 and cases["remedy_amount_minor"].isna()[1]
    assert list(frames.decisions["verdict"]).count("refused") == 1
    assert list(frames.refusals["reason"]) == ["TOO_MUCH"]
    assert frames.refusals["record_id"][0] == frames.decisions["record_id"][6]
    assert len(frames.events) == len(list(desk.read_log())[0].events) + sum(
        len(change.events) for change in list(desk.read_log())[1:])
    assert frames.orders.empty and frames.entries.empty
    assert frames.next == 9


def test_pieces_together_are_the_whole(desk: frontdesk.Desk) -> None:
    whole = desk.to_frames()
    pieces = list(desk.frames(page_size=2))
    assert [piece.next for piece in pieces] == [2, 4, 6, 8, 9]
    for name in ("cases", "events", "decisions", "refusals"):
        together = pandas.concat([getattr(piece, name) for piece in pieces], ignore_index=True)
        assert len(together) == len(getattr(whole, name))
        first = together.columns[0]
        assert list(together[first]) == list(getattr(whole, name)[first])
    assert list(desk.frames(after=whole.next)) == []


def test_rows_of_imports(desk: frontdesk.Desk) -> None:
    def rows(names: str) -> Any:
        for line, name in enumerate(names, 2):
            source = f"customers.csv:{line}"
            if name == "-":
                yield frontdesk.ImportInput(source=source, reason="NAME_MISSING", text="The line has no name.")
                continue
            verb = v1.CreateCustomer(customer_id=name, given_name="Ann")
            yield frontdesk.ImportInput(
                frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOON), source=source)

    assert list(desk.imports()) == [] and desk.to_frames().imports.empty
    desk.import_commands("of May", rows("a-ab"))
    desk.import_commands("of June", rows("c"))
    assert list(desk.imports()) == list(desk.imports(page_size=1)) == ["of June", "of May"]
    assert list(desk.imports(after="of June")) == ["of May"]
    imports = desk.to_frames().imports
    assert list(imports["import_id"]) == ["of June"] + ["of May"] * 4
    assert list(imports["row"]) == [1, 1, 2, 3, 4]
    assert list(imports["source"])[1:] == [f"customers.csv:{line}" for line in (2, 3, 4, 5)]
    assert list(imports["verdict"]) == ["done", "done", "no_command", "refused", "done"]
    assert list(imports["reason"].dropna()) == ["NAME_MISSING", "CUSTOMER_EXISTS"]
    assert imports["text"][2] == "The line has no name." and imports["text"][0] is None
    assert imports["verb"].isna().sum() == 1 and imports["verb"].dtype == "category"
    assert list(imports["record_id"].notna()) == [True, True, False, False, True]
    assert set(imports["record_id"].dropna()) <= set(desk.to_frames().decisions["record_id"])
    pieces = list(desk.frames(page_size=2))
    assert [len(piece.imports) for piece in pieces] == [0] * (len(pieces) - 3) + [2, 2, 1]
    assert all(piece.cases.empty and piece.next == desk.to_frames().next for piece in pieces[-3:])
    together = pandas.concat([piece.imports for piece in pieces], ignore_index=True)
    assert list(together["source"]) == list(imports["source"])
    assert list(together.columns) == list(imports.columns)
    assert [piece.imports.empty for piece in desk.frames(after=5)] == [True]


def test_an_empty_desk_has_all_columns() -> None:
    desk = frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY))
    frames = desk.to_frames()
    assert "case_id" in frames.cases.columns and frames.cases.empty
    assert len(frames.events) == 1
