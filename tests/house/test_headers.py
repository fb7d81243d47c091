"""The cost of including the public header of an entity."""

import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(os.environ.get("FRONTDESK_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
sys.path.insert(0, str(ROOT / "tests" / "bench"))
import build_bench  # noqa: E402

MOST_ADDED_LINES = 25_000


@pytest.mark.skipif("FRONTDESK_BUILD_DIR" not in os.environ, reason="run by hand: there is no build folder")
@pytest.mark.parametrize("header", build_bench.entity_headers(ROOT))
def test_the_header_of_an_entity_adds_few_lines(header):
    added = build_bench.added_lines(pathlib.Path(os.environ["FRONTDESK_BUILD_DIR"]), [header])[header]
    assert 0 < added <= MOST_ADDED_LINES


def test_every_entity_has_a_header():
    # Clocks belong to cases: their arithmetic is a folder, and no entity.
    folders = {path.name for path in (ROOT / "include" / "frontdesk" / "domain").iterdir() if path.is_dir()}
    entities = folders - {"service_level"}
    headers = {pathlib.PurePosixPath(header).stem for header in build_bench.entity_headers(ROOT)}
    assert {"customer", "interaction", "order", "account", "case", "approval"} <= headers == entities
