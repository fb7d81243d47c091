"""The fault desk: both programs print the golden output, with the digest of all outcomes as its last line."""

import pathlib
import re

import pytest
from programs import EXAMPLES, Program, programs

GOLDEN = pathlib.Path(__file__).parent / "fault_desk.txt"
MOST_LINES = {"fault_desk.py": 160, "fault_desk.cc": 280}  # The programs are read as a whole.


@pytest.mark.parametrize("program", programs("fault_desk"), ids=lambda program: program.name)
def test_the_output_is_the_golden_one(program: Program) -> None:
    """`fault_desk > tests/examples/fault_desk.txt` writes the file anew. Read the difference as an author would."""
    run = program()
    assert run.code == 0
    assert run.out == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("program", programs("fault_desk"), ids=lambda program: program.name)
def test_it_takes_no_arguments(program: Program) -> None:
    assert program.exit_code("--nonsense") == 1


def test_the_golden_output_shows_each_part() -> None:
    out = GOLDEN.read_text(encoding="utf-8")
    assert re.findall(r"\w+ (?:HELD|REFUSED)", out) == ["ResolveCase REFUSED", "ResolveCase HELD"]
    for part in (
        "10 faults of priority 3",
        "40 faults of priority 4",
        "the fallback of network; passed over: field crews",
        "now waiting on third party",
        "50 faults to look at",
        "49 faults resolved with a credit of 5.00 EUR",
        "case fault-13: reopened",
        "STATE_RESOLVED 50",
    ):
        assert part in out
    assert "case fault-12: reopened" not in out
    assert re.fullmatch(r"sha256 [0-9a-f]{64}", out.splitlines()[-1])


def test_the_programs_are_small() -> None:
    for name, most in MOST_LINES.items():
        assert len((EXAMPLES / "fault_desk" / name).read_text(encoding="utf-8").splitlines()) <= most
