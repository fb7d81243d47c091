"""The corpora that C++ runs too: the same files, the same texts, equal counts."""

import pathlib
import shutil
import subprocess

import pytest
from google.protobuf import descriptor_pb2

import conftest
import frontdesk
from frontdesk import cel, rules
from frontdesk._bridge import MessageTypes

TESTS = conftest.source_dir() / "tests"
BROKEN = TESTS / "rules" / "testdata" / "broken"
PROTOC = shutil.which("protoc")


def load_files(*protos: pathlib.Path, includes) -> descriptor_pb2.FileDescriptorSet:
    """Proto files as a host would load them at run time."""
    if PROTOC is None:
        pytest.skip("protoc is not installed")
    command = [PROTOC, "--descriptor_set_out=/dev/stdout", "--include_imports"]
    command += [f"-I{include}" for include in (*includes, conftest.source_dir() / "proto")]
    made = subprocess.run([*command, *map(str, protos)], stdout=subprocess.PIPE, check=True).stdout
    return descriptor_pb2.FileDescriptorSet.FromString(made)


@pytest.fixture(scope="module")
def bakery():
    """The descriptor of bakery.Input, which only Python knows."""
    files = load_files(TESTS / "rules" / "bakery.proto", includes=[TESTS / "rules"])
    return MessageTypes([files]).find("bakery.Input")


def broken_policies():
    return sorted(path.name for path in BROKEN.iterdir() if path.suffix in (".textproto", ".json"))


def test_there_is_a_corpus():
    assert len(broken_policies()) >= 25


@pytest.mark.parametrize("name", broken_policies())
def test_broken_policies(name, bakery, monkeypatch, capfd):
    monkeypatch.chdir(BROKEN)
    expected = (BROKEN / f"{name}.issues").read_bytes().decode("utf-8")
    try:
        issues = rules.RuleSet.from_file(name, input=bakery).issues
    except frontdesk.PolicyError as error:
        issues = error.issues
    assert rules.format_issues(issues) == expected
    assert capfd.readouterr() == ("", "")


def test_expressions_of_the_fuzzers():
    """Every line compiles or is refused with a place; nothing else ever happens."""
    text = (TESTS / "cel" / "fuzz" / "corpus" / "cel_expression" / "expressions.lines").read_text(encoding="utf-8")
    environment = cel.Environment(variables={"count": int, "small": cel.UINT, "customer": cel.DYN, "order": cel.DYN})
    programs = refused = 0
    for line in filter(None, text.splitlines()):
        checked = environment.check(line)
        try:
            program = environment.compile(line)
        except cel.CompileError as error:
            # Checking does not know errors that only planning finds, such as a constant that is no regular expression.
            assert checked.expression is not None or error.issues == checked.issues
            assert all(issue.line >= 1 and issue.column >= 1 for issue in error.issues)
            refused += 1
            continue
        assert checked.expression is not None
        programs += 1
        try:
            program.evaluate_literal({"count": 3, "small": 2, "customer": {"tier": 1}, "order": {"lines": []}})
        except cel.EvaluationError as error:
            assert error.issue.line >= 1
    assert programs > 10 and refused > 10
