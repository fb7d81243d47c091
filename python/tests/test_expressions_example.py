"""examples/expressions/evaluate.py: a program that knows its messages from a FileDescriptorSet alone."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from conftest import package_dir, source_dir

CLAIM = {
    "topic": "TOPIC_DAMAGED",
    "items": [{"name": "lamp", "cents": "9900"}, {"name": "mug", "cents": "1250"}],
    "boughtTime": "2024-03-01T12:00:00Z",
    "notes": {"photo": "claim.jpg"},
}


@pytest.fixture(scope="module")
def descriptors(tmp_path_factory):
    protoc = shutil.which("protoc")
    if protoc is None:
        pytest.skip("protoc is not installed")
    out = tmp_path_factory.mktemp("descriptors") / "claim.binpb"
    folder = source_dir() / "tests" / "package" / "cel_alone"
    subprocess.run([protoc, "-I", str(folder), "--include_imports", f"--descriptor_set_out={out}", "shop/claim.proto"],
                   check=True)
    return out


def run(descriptors, expression):
    return subprocess.run(
        [sys.executable, str(source_dir() / "examples" / "expressions" / "evaluate.py"), str(descriptors), "shop.Claim",
         expression],
        input=json.dumps(CLAIM), capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(package_dir())})


@pytest.mark.parametrize(
    "expression, printed",
    [
        ("topic == Claim.Topic.TOPIC_DAMAGED && items.exists(i, i.cents > 5000)", "true"),
        ("items.map(i, i.name)", '["lamp", "mug"]'),
        ("bought_time + duration('24h')", 'timestamp("2024-03-02T12:00:00Z")'),
        ("items[1]", 'shop.Claim.Item{name: "mug", cents: 1250}'),
        ("Claim.Item{name: notes.photo}.name", '"claim.jpg"'),
    ],
)
def test_values(descriptors, expression, printed):
    done = run(descriptors, expression)
    assert (done.returncode, done.stdout.rstrip("\n"), done.stderr) == (0, printed, "")


def test_issues_have_a_place(descriptors):
    refused = run(descriptors, "items.all(i, i.cent > 0)")
    assert refused.returncode == 2 and refused.stdout == ""
    assert refused.stderr.startswith("1:16: error:") and "'cents'" in refused.stderr
    failed = run(descriptors, "items[7].cents")
    assert failed.returncode == 1 and failed.stderr.startswith("1:6: error:")
