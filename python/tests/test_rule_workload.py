"""The matches of the workload of rules, from Python: of messages that only Python knows, and of a frame."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

from frontdesk import rules, v1

SHARED = os.environ.get("FRONTDESK_SHARED", "")
WORKLOAD = pathlib.Path(SHARED) / "workloads" / "rules"
SIZES = (10, 100, 1000, 10_000)

pytestmark = [
    pytest.mark.skipif(not SHARED or not WORKLOAD.is_dir(), reason="FRONTDESK_SHARED has no workload of rules"),
    pytest.mark.skipif(shutil.which("protoc") is None, reason="protoc is not installed"),
]


@pytest.fixture(scope="module", name="kind")
def fixture_kind(tmp_path_factory):
    file = tmp_path_factory.mktemp("workload") / "workload.binpb"
    subprocess.run(["protoc", f"-I{WORKLOAD}", "--include_imports", "-o", str(file), str(WORKLOAD / "workload.proto")], check=True)
    pool = descriptor_pool.DescriptorPool()
    for each in descriptor_pb2.FileDescriptorSet.FromString(file.read_bytes()).file:
        pool.AddSerializedFile(each.SerializeToString())
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("workload.Event"))


@pytest.fixture(scope="module", name="events")
def fixture_events(kind):
    lines = (WORKLOAD / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 64
    return [json_format.Parse(line, kind()) for line in lines]


def compiled(name, size, kind):
    conditions = (WORKLOAD / f"rules_{name}.cel").read_text(encoding="utf-8").splitlines()
    made = v1.RuleSet(id="workload", hit_policy=v1.HIT_POLICY_ALL, default_outcome=v1.POLICY_OUTCOME_ALLOW)
    for number, condition in enumerate(conditions[:size]):
        made.rules.add(id=f"r{number}", order=number + 1, condition=condition, outcome=v1.POLICY_OUTCOME_REFUSE, reason="R")
    return rules.RuleSet.compile(made, input=kind)


def expected(name, size):
    found = json.loads((WORKLOAD / f"expected_{name}.json").read_text(encoding="utf-8"))
    return [[number for number in each if number < size] for each in found]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["plain", "mixed"])
def test_matches(name, size, kind, events):
    the_rules = compiled(name, size, kind)
    found = [the_rules.matches(event) for event in events]
    assert [list(each.rules) for each in found] == expected(name, size)
    assert not any(len(each.errors) for each in found)
    fired = [[int(rule_id[1:]) for rule_id in the_rules.decide(event, full_trace=False).fired_rule_ids] for event in events]
    assert fired == expected(name, size)


def column_values(event, path):
    place = event
    for name in path.split("."):
        if place.DESCRIPTOR.fields_by_name[name].has_presence and not place.HasField(name):
            return None
        place = getattr(place, name)
    return place.ToNanoseconds() if hasattr(place, "ToNanoseconds") else place


def paths(descriptor, prefix=""):
    """The fields that a column can have."""
    for field in descriptor.fields:
        if field.label == field.LABEL_REPEATED:
            continue
        if field.message_type is None or field.message_type.full_name == "google.protobuf.Timestamp":
            yield prefix + field.name
        else:
            yield from paths(field.message_type, f"{prefix}{field.name}.")


def test_matches_of_a_frame(kind, events):
    """Rules of the set without a repeated field."""
    numpy = pytest.importorskip("numpy")
    the_rules = compiled("plain", 1000, kind)
    columns = {}
    for path in paths(kind.DESCRIPTOR):
        values = [column_values(event, path) for event in events]
        columns[path] = numpy.array(values, dtype="datetime64[ns]") if path.endswith(("_at", "now")) else numpy.array(values, dtype=object)
    made = the_rules.matches_frame(columns)
    reading_lists = {number for number, rule_id in enumerate(the_rules.rule_ids)
                     if any("[]" in path or path == "customer.tags" for path in the_rules.fields_read_by(rule_id))}
    assert len(reading_lists) < 900
    for row, wanted in enumerate(expected("plain", 1000)):
        found = made["rule"][made["row"] == row].tolist()
        assert [number for number in found if number not in reading_lists] == [number for number in wanted if number not in reading_lists]
