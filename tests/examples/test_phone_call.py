"""The telephone call as a newcomer runs it, the output of its screen, and the errors for scripts that are not valid."""

import copy
import json
import pathlib
import re
from typing import Any, Callable, Dict, List

import pytest
from programs import EXAMPLES, Program, ShopFiles, assert_takes_its_options, read_lines, usage_of, write_lines

SCRIPT = EXAMPLES / "phone_call" / "call.jsonl"
CALL_POLICY = EXAMPLES / "policies" / "phone_call.textproto"
STEPS = read_lines(SCRIPT)


def step(words: str) -> Dict[str, Any]:
    return copy.deepcopy(next(each for each in STEPS if each["step"] == words))


def screen(out: str, words: str) -> str:
    """The lines shown for a step."""
    found = re.search(rf"^ *\d+  \S+ \S+  {re.escape(words)}\n(.*?)(?=^ *\d+  \S+ \S+  |\Z)", out, re.MULTILINE | re.DOTALL)
    assert found is not None, words
    return found[1]


def test_the_call(caller: Program) -> None:
    run = caller()
    assert run.code == 0, run.out
    expected = sum("expect" in each for each in STEPS)
    assert run.out.splitlines()[-2] == f"as expected {expected}/{expected}"
    assert re.fullmatch("[0-9a-f]{64}", run.digest)


def test_every_command_and_find_says_what_is_expected() -> None:
    assert all(("expect" in each) == ("command" in each or "find" in each) for each in STEPS)


def test_both_show_the_same(both_callers: List[Program]) -> None:
    runs = [program() for program in both_callers]
    assert runs[0].out == runs[1].out


def test_the_desk_stays_in_a_file(caller: Program, tmp_path: pathlib.Path) -> None:
    store = f"sqlite:{tmp_path / 'call.db'}"
    assert caller("--store", store).out == caller().out
    assert [path.name for path in tmp_path.iterdir()] == ["call.db"], "nothing else is left"
    again = caller("--store", store)
    assert again.code == 1 and "holds something else" in again.out, "the call is in the file"
    assert caller("--store", "floppy").code == 1


def test_files_of_both_languages_are_the_same(both_callers: List[Program], tmp_path: pathlib.Path) -> None:
    import frontdesk

    for program in both_callers:
        path = tmp_path / program.name
        assert program("--store", f"sqlite:{path}").code == 0
        with frontdesk.SqliteStore(path) as store:
            frontdesk.export_log(store, tmp_path / f"{program.name}.log")
    assert (tmp_path / "cpp.log").read_bytes() == (tmp_path / "python.log").read_bytes()


def test_runs_repeat(caller: Program) -> None:
    assert caller().out == caller().out


def test_the_contents_of_the_screen(caller: Program) -> None:
    out = caller().out
    assert "customer noor_vasquez_01" in screen(out, "By name and postcode: there are two")
    refused = screen(out, "He asks where his order is")
    assert "REFUSED IDENTITY_LEVEL_TOO_LOW" in refused and "|" not in refused
    assert "CALL_RETURN_TOO_LATE" in screen(out, "Why can it not be sent back?")
    assert "now - order.deliver_time >= duration('720h')" in screen(out, "Why can it not be sent back?")
    assert "priority 2" in screen(out, "Open a case about it")
    assert "order #H4702: canceled" in screen(out, "He no longer needs the order that he placed last")
    assert "identity level 2" in screen(out, "Open his file")
    assert "resolved" in screen(out, "The customer writes: thanks").split("|")[1]
    assert "open" in screen(out, "The customer writes again").split("|")[1]
    assert "case-2" in screen(out, "Open a case that follows it up")


def summary(out: str) -> str:
    return out[out.index("\nSummary: ") :]


def test_refused_and_held_steps_are_marked(caller: Program) -> None:
    out = caller().out
    assert "\n  ! REFUSED IDENTITY_LEVEL_TOO_LOW\n" in screen(out, "He asks where his order is")
    assert "\n  ~ HELD CALL_LARGE_REMEDY\n" in screen(out, "Resolve it with a remedy that is dear")
    assert "\n    DONE\n" in screen(out, "The supervisor agrees")
    expected = [each["expect"] for each in STEPS if each.get("expect", "").startswith(("REFUSED", "HELD"))]
    assert re.findall(r"^  [!~] ((?:REFUSED|HELD) \w+)$", out, re.MULTILINE) == expected


def test_the_summary(caller: Program) -> None:
    out = summary(caller().out)
    results = [each["expect"].split()[0] for each in STEPS if "command" in each]
    counts = {name: results.count(name) for name in ("DONE", "REFUSED", "HELD")}
    assert counts["REFUSED"] > 5 and counts["HELD"] == 1
    assert out.startswith(
        f"\nSummary: {len(results)} commands, {counts['DONE']} done, {counts['REFUSED']} refused, {counts['HELD']} held\n"
    )
    refused, held = out.split("\nRefused\n")[1].split("Held\n")
    for index, each in enumerate(STEPS):
        if each.get("expect", "").startswith("REFUSED"):
            assert f"  {index + 1:2}  {each['step']}\n      {each['expect'].split()[1]}: " in refused
    approval = next(index for index, each in enumerate(STEPS) if "approval_of" in each)
    assert "Resolve it with a remedy that is dear\n      CALL_LARGE_REMEDY: " in held
    assert f"      approved by carla in step {approval + 1}\n" in held


def test_a_held_command_can_be_declined_or_left(caller: Program, tmp_path: pathlib.Path) -> None:
    until = next(index for index, each in enumerate(STEPS) if "approval_of" in each)
    run = caller("--script", write_lines(tmp_path / "left.jsonl", STEPS[:until]))
    assert run.code == 0 and "      still waits\n" in summary(run.out)

    decline = copy.deepcopy(STEPS[until])
    decline["command"]["desk"] = {"decline": {}}
    run = caller("--script", write_lines(tmp_path / "declined.jsonl", [*STEPS[:until], decline]))
    assert run.code == 0 and f"      declined by carla in step {until + 1}\n" in summary(run.out)

    decline["command"]["actor"].pop("authorities")
    decline["expect"] = "REFUSED APPROVAL_AUTHORITY_MISSING"
    run = caller("--script", write_lines(tmp_path / "refused.jsonl", [*STEPS[:until], decline]))
    assert run.code == 0 and "not as expected" not in run.out and "      still waits\n" in summary(run.out)


def test_the_customer_sees_no_internal_word(caller: Program) -> None:
    out = caller().out
    views = [screen(out, each["step"]) for each in STEPS if "customer_view" in each]
    assert len(views) == 2
    shown = "".join(views)
    assert "two broken items" in shown and "write to you within the week" in shown
    internal = (
        "Third broken parcel",
        "Does the carrier pay",
        "for 60 days",
        "Angry",
        "Ask the carrier",
        "Called from his office",
        "His third broken parcel",
    )
    text = SCRIPT.read_text(encoding="utf-8")
    for words in internal:
        assert words in text and words not in shown


def test_another_matrix_gives_another_priority(caller: Program, tmp_path: pathlib.Path) -> None:
    text = CALL_POLICY.read_text(encoding="utf-8")
    cell = "priority_matrix { impact: 1 urgency: 2 priority: 2 }"
    assert cell in text
    policy = tmp_path / "policy.textproto"
    policy.write_text(text.replace(cell, cell.replace("priority: 2", "priority: 9")), encoding="utf-8")
    run = caller("--policy", policy)
    assert run.code == 0 and "priority 9" in screen(run.out, "Open a case about it")
    assert run.digest != caller().digest


def test_differences_are_shown(caller: Program, tmp_path: pathlib.Path) -> None:
    steps = copy.deepcopy(STEPS)
    changed = [each for each in steps if each.get("expect") == "DONE"][0]
    changed["expect"] = "REFUSED SOMETHING"
    run = caller("--script", write_lines(tmp_path / "call.jsonl", steps))
    expected = sum("expect" in each for each in STEPS)
    assert run.code == 0
    assert f"as expected {expected - 1}/{expected}\n" in run.out
    assert "DONE   not as expected: REFUSED SOMETHING\n" in screen(run.out, changed["step"])


def test_expectations_are_optional(caller: Program, tmp_path: pathlib.Path) -> None:
    steps = [{name: value for name, value in each.items() if name != "expect"} for each in STEPS]
    run = caller("--script", write_lines(tmp_path / "call.jsonl", steps))
    assert run.code == 0 and "as expected" not in run.out
    assert run.digest == caller().digest


def test_facts_go_with_a_command(caller: Program, tmp_path: pathlib.Path) -> None:
    """An exchange needs to know what the new item costs."""
    opening = [step("The telephone rings: the call begins"), step("He says name, postcode and order number")]
    order = json.loads((EXAMPLES / "shop" / "orders.json").read_text(encoding="utf-8"))["#H4625"]
    products = json.loads((EXAMPLES / "shop" / "products.json").read_text(encoding="utf-8"))
    item = order["items"][0]
    wanted = next(each for each in products[item["product_id"]]["variants"] if each != item["item_id"])
    exchange = step("He wants to send it back")
    exchange["command"]["order"].pop("request_return")
    exchange["command"]["order"]["request_exchange"] = {
        "order_id": "#H4625",
        "changes": [{"item": {"variant_id": item["item_id"], "quantity": "1"}, "new_variant_id": wanted}],
        "payment_method_id": order["payment_history"][0]["payment_method_id"],
    }
    exchange["expect"] = "DONE"
    run = caller("--script", write_lines(tmp_path / "without.jsonl", [*opening, exchange]))
    assert run.code == 1 and "without.jsonl:3: " in run.out and "FACT_MISSING" in run.out
    exchange["facts"] = [wanted]
    run = caller("--script", write_lines(tmp_path / "with.jsonl", [*opening, exchange]))
    assert run.code == 0 and "as expected 3/3\n" in run.out, run.out


Change = Callable[[Dict[str, Any]], Any]
CASE = "Open a case about it"
WRONG: Dict[str, Any] = {
    "no words": (CASE, lambda each: each.pop("step"), "step: missing"),
    "empty words": (CASE, lambda each: each.update(step=""), "step: is empty"),
    "no instant": (CASE, lambda each: each.pop("at"), "at: missing"),
    "instant of another kind": (CASE, lambda each: each.update(at=7), "at: is a number and has to be a text"),
    "no such instant": (CASE, lambda each: each.update(at="2024-02-30T00:00:00Z"), "at: is no instant such as"),
    "nothing to do": (CASE, lambda each: each.pop("command"), 'has to have one of "command", "find"'),
    "two things to do": (CASE, lambda each: each.update(explain="x"), 'has to have one of "command", "find"'),
    "an unknown member": (CASE, lambda each: each.update(say="hello"), "say: not known here"),
    "a command of another kind": (CASE, lambda each: each.update(command="open"), "command"),
    "a field that is not there": (CASE, lambda each: each["command"]["case"]["open_case"].update(colour="red"), "colour"),
    "a value of another kind": (CASE, lambda each: each["command"]["case"]["open_case"].update(impact="much"), "impact"),
    "its own now": (
        CASE,
        lambda each: each["command"].update(now="2024-05-15T15:00:00Z"),
        'command: holds `now`, which stands in "at"',
    ),
    "facts of another kind": (CASE, lambda each: each.update(facts={}), "facts: is an object and has to be a list"),
    "an unknown fact": (CASE, lambda each: each.update(facts=["9"]), 'facts[0]: there is no item "9"'),
    "facts for a find": (
        "By the number of his order",
        lambda each: each.update(facts=[]),
        'facts: stands only beside "command"',
    ),
    "an expectation of a view": (
        "What may the customer see of the case?",
        lambda each: each.update(expect="DONE"),
        'expect: stands only beside "command" or "find"',
    ),
    "an explanation of nothing": (
        "Why may he not be told?",
        lambda each: each.update(explain="no such step"),
        'explain: no step with a command before this one is called "no such step"',
    ),
    "an explanation of what is no command": (
        "Why may he not be told?",
        lambda each: each.update(explain="By the number of his order"),
        "explain: no step with a command before this one is called",
    ),
    "an approval of nothing": (
        "The supervisor agrees",
        lambda each: each.update(approval_of="no such step"),
        'approval_of: no step with a command before this one is called "no such step"',
    ),
    "an approval of a find": (
        "By the number of his order",
        lambda each: each.update(approval_of="The telephone rings: the call begins"),
        'approval_of: stands only beside "command"',
    ),
    "an approval by another command": (
        CASE,
        lambda each: each.update(approval_of="The telephone rings: the call begins"),
        "approval_of: stands only beside a command that approves or declines",
    ),
    "a file of nobody": ("Open his file", lambda each: each["open_file"].pop("customer_id"), "open_file.customer_id: missing"),
    "a file and more": ("Open his file", lambda each: each["open_file"].update(page=1), "open_file.page: not known here"),
    "an unknown kind of entity": (
        "What may the customer see of the case?",
        lambda each: each["customer_view"].update(kind="ENTITY_KIND_GHOST"),
        "customer_view",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_invalid_steps_are_reported_with_their_place(caller: Program, tmp_path: pathlib.Path, case: str) -> None:
    words, change, expected = WRONG[case]
    steps = copy.deepcopy(STEPS)
    index = next(index for index, each in enumerate(steps) if each["step"] == words)
    change(steps[index])
    run = caller("--script", write_lines(tmp_path / "call.jsonl", steps))
    assert run.code == 1, run.out
    place = f"call.jsonl:{index + 1}: "
    assert any(line.startswith(place) and expected in line for line in run.out.splitlines()), run.out
    assert "sha256" not in run.out and "The telephone rings" not in run.out


def test_all_problems_are_reported_at_once(caller: Program, tmp_path: pathlib.Path) -> None:
    steps = copy.deepcopy(STEPS[:6])
    steps[1]["colour"] = "red"
    steps[3]["step"] = steps[2]["step"]
    steps[4]["at"] = "2024-05-15T14:00:00Z"
    path = write_lines(tmp_path / "call.jsonl", steps)
    path.write_text(path.read_text(encoding="utf-8") + '[1]\n{"step": \n', encoding="utf-8")
    run = caller("--script", path)
    assert run.code == 1
    for line in (
        "call.jsonl:2: colour: not known here",
        "call.jsonl:4: step: stands in call.jsonl:3 already",
        "call.jsonl:5: at: is earlier than the step before",
        "call.jsonl:7: is a list and has to be an object",
    ):
        assert line in run.out.splitlines(), run.out
    assert re.search(r"^call\.jsonl:8:\d+: not valid JSON", run.out, re.MULTILINE)


HOSTILE = {
    "deep": "[" * 100_000,
    "deep objects": '{"command":' * 5_000,
    "no UTF-8": b'{"step": "\xff", "at": "2024-05-15T15:00:00Z"}\n',
    "half a surrogate": '{"step": "\\ud800", "at": "2024-05-15T15:00:00Z", "explain": "x"}\n',
    "a name twice": '{"step": "a", "step": "b", "at": "2024-05-15T15:00:00Z", "explain": "x"}\n',
    "not a number": '{"step": "a", "at": NaN, "explain": "x"}\n',
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_scripts(caller: Program, tmp_path: pathlib.Path, case: str) -> None:
    path = tmp_path / "call.jsonl"
    data = HOSTILE[case]
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    run = caller("--script", path)
    assert run.code == 1 and run.out.startswith("call.jsonl:1"), run.out
    assert "sha256" not in run.out


def test_a_deep_message(caller: Program, tmp_path: pathlib.Path) -> None:
    """Within what JSON may be, and deeper than a message can be."""
    lines = [step(CASE)]
    inner: Dict[str, Any] = {}
    for _ in range(50):
        inner = {"command": inner}
    lines[0]["command"]["case"]["open_case"]["links"] = [inner]
    run = caller("--script", write_lines(tmp_path / "call.jsonl", lines))
    assert run.code == 1 and run.out.startswith("call.jsonl:1: command"), run.out


@pytest.mark.parametrize(
    "change, reason",
    [
        (lambda each: each["command"].pop("actor"), "COMMAND_MALFORMED"),
        (lambda each: each["command"].pop("case"), "COMMAND_MALFORMED"),
        (lambda each: each["command"]["case"].pop("open_case"), "COMMAND_MALFORMED"),
    ],
)
def test_errors_of_the_desk_are_reported(
    caller: Program, tmp_path: pathlib.Path, change: Change, reason: str
) -> None:
    lines = [step("The telephone rings: the call begins"), step(CASE)]
    change(lines[1])
    run = caller("--script", write_lines(tmp_path / "call.jsonl", lines))
    assert run.code == 1 and run.out.startswith("call.jsonl:2: "), run.out
    assert reason in run.out and "sha256" not in run.out


def test_unknown_ids_are_reported(caller: Program, tmp_path: pathlib.Path) -> None:
    for words, change in (
        ("By the number of his order", lambda each: each.update(find={})),
        ("Open his file", lambda each: each["open_file"].update(customer_id="nobody", interaction_id="call-1")),
        ("What may the customer see of the case?", lambda each: each["customer_view"].update(id="no such case")),
    ):
        line = step(words)
        change(line)
        path = write_lines(tmp_path / "call.jsonl", [step("The telephone rings: the call begins"), line])
        run = caller("--script", path)
        assert run.code == 1 and run.out.startswith("call.jsonl:2: "), run.out


def test_a_script_of_nothing(caller: Program, tmp_path: pathlib.Path) -> None:
    run = caller("--script", write_lines(tmp_path / "call.jsonl", []))
    assert run.code == 0
    # SHA-256 of nothing.
    assert run.digest == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_another_shop(caller: Program, shop: ShopFiles) -> None:
    shop.edit("users.json", lambda users: users["rafael_vasquez_16"].update(email="else@example.com"))
    run = caller("--db", shop.path)
    assert run.code == 0 and "FOUND 0   not as expected: FOUND 1" in run.out


def test_files_that_are_not_there(caller: Program, tmp_path: pathlib.Path) -> None:
    for option in ("--script", "--policy"):
        run = caller(option, tmp_path / "none")
        assert run.code == 1 and "none: cannot be read" in run.out
    run = caller("--db", tmp_path)
    assert run.code == 1 and "users.json: cannot be read" in run.out


def test_a_broken_policy(caller: Program, tmp_path: pathlib.Path) -> None:
    policy = tmp_path / "policy.textproto"
    policy.write_text(CALL_POLICY.read_text(encoding="utf-8").replace("identity_level < 2", "identity_levle < 2", 1), encoding="utf-8")
    run = caller("--policy", policy)
    assert run.code == 1 and "policy.textproto:" in run.out and "identity_levle" in run.out


@pytest.mark.parametrize("arguments", [["--scripts", "x"], ["--script"], ["here"]])
def test_invalid_arguments_of_the_program(caller: Program, arguments: List[str]) -> None:
    run = caller(*arguments)
    assert run.code == 2 and run.out.startswith("usage: ")


def test_help_of_the_call(caller: Program) -> None:
    run = caller("--help")
    assert run.code == 0 and run.out == usage_of("phone_call")
    assert_takes_its_options(caller, "phone_call")
