"""The demo as a newcomer runs it, what it reports, and that C++ and Python do the same."""

import json
import os
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile
from typing import Any, Dict, List

import pytest
from programs import (
    EXAMPLES, POLICY, SHOP, Program, ShopFiles, assert_takes_its_options, programs, read_lines, usage_of, write_lines
)

SHARED = pathlib.Path(os.environ.get("FRONTDESK_SHARED", "")) / "data" / "tau_retail"


def test_small_shop_by_tools(program: Program) -> None:
    """An AI agent that calls tools for the customer comes to the same outcomes, byte by byte."""
    by_tools, direct = program("--tools"), program()
    assert by_tools.out.splitlines()[-2] == "tasks 80/80 equal, calls 420/420 equal"
    assert by_tools.digest == direct.digest
    assert by_tools.records != direct.records


def test_small_shop(program: Program) -> None:
    run = program()
    assert run.code == 0
    assert run.out.splitlines()[-2] == "tasks 80/80 equal, calls 420/420 equal"
    assert re.fullmatch("[0-9a-f]{64}", run.digest)
    for part in ("Requests ", "Refused by reason", "Money moved"):
        assert part in run.out
    refused, done, held = re.split(r"^Why one was .*\n", run.out, flags=re.MULTILINE)[1:]
    assert "RETAIL_" in refused and "was refused" in refused and "would not hold if" in refused
    assert "Events:" in done and "was done" in done and "rule not_pending would refuse" in done
    held, approved = held.split("Approved:\n")
    assert "was held" in held and "RETAIL_REFUND_LARGE" in held and "would not hold if" in held
    assert "approved by supervisor" in approved and "pending, for goodwill" in approved


def test_on_one_screen(program: Program) -> None:
    run, whole = program("--short"), program()
    assert run.code == 0
    lines = run.out.splitlines()
    assert len(lines) <= 28 and max(map(len, lines[1:])) <= 100
    assert lines[-3:] == whole.out.splitlines()[-3:], "the digests are those of the whole output"
    assert lines[:11] == whole.out.splitlines()[:11], "the requests are counted alike"
    assert "would not hold if" in run.out and "approved by supervisor" in run.out


def test_both_say_the_same_on_one_screen(both: List[Program]) -> None:
    assert both[0]("--short").out == both[1]("--short").out


def test_the_first_explanation_is_the_shortest_of_the_refusals() -> None:
    """None of the others is shorter: each reason, in a file of its own."""
    program = programs("retail_desk")[0]
    shortest = program().out.split("Why one was refused\n")[1].split("\n\nWhy one was done")[0]
    calls = read_lines(SHOP / "calls.jsonl")
    first = {call["error"]: call for call in reversed(calls) if call["error"] is not None}
    lengths = []
    for call in first.values():
        with tempfile.TemporaryDirectory() as folder:
            out = program("--calls", write_lines(pathlib.Path(folder) / "calls.jsonl", [call])).out
        if "Why one was refused\n" in out:
            lengths.append(out.split("Why one was refused\n")[1].split("\n\n")[0].count("\n"))
    assert len(lengths) > 5 and shortest.count("\n") <= min(lengths)


def test_the_held_refund_is_in_no_count_and_in_no_digest(program: Program, tmp_path: pathlib.Path) -> None:
    text = POLICY.read_text(encoding="utf-8")
    limit = "assessment.refund_amount > money('100 USD')"
    assert text.count(limit) == 1
    policy = tmp_path / "policy.textproto"
    policy.write_text(text.replace(limit, "assessment.refund_amount > money('1000000 USD')"), encoding="utf-8")
    run = program("--policy", policy)
    assert "Why one was held" not in run.out
    assert run.digest == program().digest
    assert run.out.split("\n\n")[1] == program().out.split("\n\n")[1]


def test_both_say_the_same(both: List[Program], tmp_path: pathlib.Path) -> None:
    reports = [tmp_path / program.name for program in both]
    runs = [program("--report", report) for program, report in zip(both, reports)]
    assert runs[0].out == runs[1].out
    assert reports[0].read_bytes() == reports[1].read_bytes()


def test_runs_repeat(program: Program) -> None:
    assert program().out == program().out


def test_counts_are_those_of_the_report(program: Program, tmp_path: pathlib.Path) -> None:
    run = program("--report", tmp_path / "report")
    counts: Dict[str, List[int]] = {}
    for line in read_lines(tmp_path / "report"):
        for request in line.get("actions", [line]):
            done = request.get("result", request.get("error")) in (None, "ok")
            counts.setdefault(request["name"], [0, 0])[0 if done else 1] += 1
    for name, (done, refused) in counts.items():
        assert re.search(rf"^  {name} +{done} +{refused} +0$", run.out, re.MULTILINE)


def without_expectations(line: Dict[str, Any]) -> Dict[str, Any]:
    kept = {name: value for name, value in line.items() if name not in ("error", "order_after", "user_after", "changed")}
    if "actions" in kept:
        kept["actions"] = [{"name": each["name"], "arguments": each["arguments"]} for each in kept["actions"]]
    return kept


def test_expectations_are_optional(program: Program, tmp_path: pathlib.Path) -> None:
    arguments: List[Any] = []
    expected: List[Dict[str, Any]] = []
    for name in ("tasks", "calls"):
        lines = read_lines(SHOP / f"{name}.jsonl")
        expected += lines
        arguments += [f"--{name}", write_lines(tmp_path / name, [without_expectations(line) for line in lines])]
    run = program(*arguments, "--report", tmp_path / "report")
    assert "equal" not in run.out
    assert run.digest == program().digest
    assert read_lines(tmp_path / "report") == expected


@pytest.mark.parametrize("member", ["error", "order_after", "user_after"])
def test_a_difference_is_reported(program: Program, tmp_path: pathlib.Path, member: str) -> None:
    calls = read_lines(SHOP / "calls.jsonl")
    changed = next(call for call in calls if call.get(member) is not None)
    if member == "error":
        changed[member] += "!"
    else:
        changed[member]["address"]["city"] += "!"
    run = program("--calls", write_lines(tmp_path / "calls.jsonl", calls))
    assert run.code == 0
    assert "tasks 0/0 equal, calls 419/420 equal\n" in run.out
    assert f"calls.jsonl:{calls.index(changed) + 1}: not as expected: " in run.out


def test_an_absent_expectation_of_a_whole_call_is_one(program: Program, tmp_path: pathlib.Path) -> None:
    calls = [call for call in read_lines(SHOP / "calls.jsonl") if "order_after" in call]
    del calls[0]["order_after"]
    del calls[1]["error"]  # Only what is there is compared.
    run = program("--calls", write_lines(tmp_path / "calls.jsonl", calls))
    assert f"calls {len(calls) - 1}/{len(calls)} equal\n" in run.out


def test_a_task_is_compared_whole(program: Program, tmp_path: pathlib.Path) -> None:
    tasks = [task for task in read_lines(SHOP / "tasks.jsonl") if task["changed"]][:3]
    tasks[0]["changed"].pop()
    tasks[1]["actions"][0]["result"] = "not this"
    run = program("--tasks", write_lines(tmp_path / "tasks.jsonl", tasks))
    assert "tasks 1/3 equal, calls 0/0 equal\n" in run.out


def test_numbers_compare_by_value(program: Program, tmp_path: pathlib.Path) -> None:
    text = (SHOP / "calls.jsonl").read_text(encoding="utf-8")
    text = re.sub(r'("amount": \d+\.\d+)', r"\g<1>0000000000014", text)
    text = re.sub(r'("price": \d+)\.0\b', r"\1", text)
    (tmp_path / "calls.jsonl").write_text(text, encoding="utf-8")
    assert "calls 420/420 equal\n" in program("--calls", tmp_path / "calls.jsonl").out


def test_the_shop_is_what_the_generator_writes(tmp_path: pathlib.Path) -> None:
    subprocess.run([sys.executable, "-B", str(SHOP / "generate.py"), "--out", str(tmp_path)], check=True)
    for name in ("users.json", "orders.json", "products.json", "tasks.jsonl", "calls.jsonl"):
        assert (tmp_path / name).read_bytes() == (SHOP / name).read_bytes(), name


@pytest.mark.parametrize("number", range(3))
def test_other_shops_agree_with_the_plain_model(number: int, tmp_path: pathlib.Path) -> None:
    seed = secrets.randbelow(1 << 30)
    print(f"generate.py --seed {seed}")
    subprocess.run(
        [sys.executable, "-B", str(SHOP / "generate.py"), "--seed", str(seed), "--out", str(tmp_path)], check=True
    )
    digests = set()
    for program in programs("retail_desk") if number == 0 else programs("retail_desk")[:1]:
        run = program("--db", tmp_path)
        assert "tasks 80/80 equal, calls 420/420 equal\n" in run.out, (program.name, run.out)
        digests.add(run.digest)
    assert len(digests) == 1


@pytest.mark.skipif(not SHARED.is_dir(), reason="the recorded shop is not here (FRONTDESK_SHARED)")
def test_recorded_shop(program: Program) -> None:
    run = program("--db", SHARED, "--tasks", SHARED / "tasks_dev.jsonl", "--calls", SHARED / "calls_dev.jsonl")
    assert run.code == 0
    assert "tasks 520/520 equal, calls 1540/1540 equal\n" in run.out


@pytest.mark.skipif(not SHARED.is_dir(), reason="the recorded shop is not here (FRONTDESK_SHARED)")
def test_both_say_the_same_of_the_recorded_shop(both: List[Program]) -> None:
    arguments = ["--db", SHARED, "--tasks", SHARED / "tasks_dev.jsonl", "--calls", SHARED / "calls_dev.jsonl"]
    assert both[0](*arguments).out == both[1](*arguments).out


def test_the_untouched_shop(program: Program, tmp_path: pathlib.Path) -> None:
    """Each call begins anew; the actions of a task follow one another."""
    order_id = next(
        key
        for key, order in json.loads((SHOP / "orders.json").read_text(encoding="utf-8")).items()
        if order["status"] == "pending"
    )
    cancel = {"name": "cancel_pending_order", "arguments": {"order_id": order_id, "reason": "no longer needed"}}
    report = program.report(tmp_path / "1", "--calls", write_lines(tmp_path / "calls", [cancel, cancel]))
    assert [line["error"] for line in report] == [None, None]
    report = program.report(tmp_path / "2", "--tasks", write_lines(tmp_path / "tasks", [{"actions": [cancel, cancel]}]))
    assert [action["result"] for action in report[0]["actions"]] == ["ok", "Error: non-pending order cannot be cancelled"]


def test_a_shop_without_requests(program: Program, shop: ShopFiles) -> None:
    run = program("--db", shop.path)
    assert run.code == 0
    assert ", 0 tasks, 0 calls\n" in run.out
    # SHA-256 of nothing.
    assert run.digest == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("arguments", [["--dbs", "x"], ["--db"], ["here"], ["--report"]])
def test_invalid_arguments_of_the_program(program: Program, arguments: List[str]) -> None:
    run = program(*arguments)
    assert run.code == 2
    assert run.out.startswith("usage: ")


def test_help(program: Program) -> None:
    run = program("--help")
    assert run.code == 0
    assert run.out == usage_of("retail_desk")
    assert_takes_its_options(program, "retail_desk")


def test_library_holds_nothing_of_the_shop() -> None:
    root = EXAMPLES.parent
    words = re.compile(r"ordered by mistake|item modified|RETAIL_|non-pending|tau_retail")
    found = [
        str(path)
        for folder in ("include", "src", "proto", "python/frontdesk", "python/src")
        for path in (root / folder).rglob("*")
        if path.is_file() and words.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []
