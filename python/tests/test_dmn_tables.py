"""The decision tables of tests/rules/dmn, which C++ runs too: the same results from Python."""

import pathlib
import shutil
import subprocess

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

from frontdesk import PolicyOutcome, money, rules, v1

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = ROOT / "tests" / "rules" / "dmn"
FILES = sorted(TABLES.glob("*.textproto"))

pytestmark = pytest.mark.skipif(shutil.which("protoc") is None, reason="protoc is not installed")


@pytest.fixture(scope="module", name="pool")
def fixture_pool(tmp_path_factory):
    out = tmp_path_factory.mktemp("dmn") / "dmn.binpb"
    subprocess.run(
        ["protoc", f"-I{ROOT / 'tests' / 'rules'}", f"-I{ROOT / 'proto'}", "--include_imports", "-o", str(out), "dmn.proto"],
        check=True,
    )
    pool = descriptor_pool.DescriptorPool()
    for each in descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file:
        pool.AddSerializedFile(each.SerializeToString())
    return pool


def class_of(pool, name):
    descriptor = pool.FindMessageTypeByName(name)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)


def read_tables(pool, file):
    return text_format.Parse(file.read_text(encoding="utf-8"), class_of(pool, "dmn.TableFile")()).tables


def in_words(output):
    """As rules::OutputText has it."""
    value = getattr(output, output.WhichOneof("value"))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, v1.Money):
        return money.format(value)
    if hasattr(value, "ToJsonString"):
        return value.ToJsonString() if output.HasField("time_value") else clock_words(value.ToNanoseconds())
    return str(value)


def clock_words(nanos):
    assert nanos % 10**9 == 0
    seconds = abs(nanos) // 10**9
    parts = [(seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s")]
    return ("-" if nanos < 0 else "") + "".join(f"{number}{unit}" for number, unit in parts if number)


def lines(outputs):
    return [f"{each.name} = {in_words(each)}" for each in outputs]


def hit_lines(source, decision):
    found = [(hit.rule_id, hit.outputs) for hit in decision.hits]
    if source.hit_policy == v1.HIT_POLICY_FIRST:
        found = [(rule_id, decision.outputs) for rule_id in decision.fired_rule_ids]
    return [rule_id + (": " if outputs else "") + ", ".join(lines(outputs)) for rule_id, outputs in found]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_tables_have_the_results_of_dmn(pool, file):
    for table in read_tables(pool, file):
        source = v1.RuleSet.FromString(table.rule_set.SerializeToString())
        compiled = rules.RuleSet.compile(source, input=class_of(pool, "dmn.Input"))
        assert len(table.cases) >= 3
        for case in table.cases:
            about = f"{source.id}: {case.note}"
            decision = compiled.decide(case.input)
            refused = PolicyOutcome.REFUSE if case.error else PolicyOutcome.ALLOW
            assert decision.outcome == (case.outcome or refused), about
            assert hit_lines(source, decision) == list(case.hits), about
            assert lines(decision.outputs) == list(case.outputs), about
            aggregate = lines([decision.aggregate])[0] if decision.HasField("aggregate") else ""
            assert aggregate == case.aggregate, about
            if case.error:
                assert rules.reasons(decision)[0].reason == case.error, about


def test_every_table_is_run(pool):
    assert sum(len(read_tables(pool, file)) for file in FILES) == 51
