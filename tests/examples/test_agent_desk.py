"""The conversation of an AI agent: both programs print the golden output, with the digest of the log as its last line."""

import pathlib
import re

import pytest
from programs import EXAMPLES, Program, programs

GOLDEN = pathlib.Path(__file__).parent / "agent_desk.txt"
MOST_LINES = {"agent_desk.py": 160, "agent_desk.cc": 280}  # The programs are read as a whole.


@pytest.mark.parametrize("program", programs("agent_desk"), ids=lambda program: program.name)
def test_the_output_is_the_golden_one(program: Program) -> None:
    """`agent_desk > tests/examples/agent_desk.txt` writes the file anew. Read the difference as an author would."""
    run = program()
    assert run.code == 0
    assert run.out == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("program", programs("agent_desk"), ids=lambda program: program.name)
def test_it_takes_no_arguments(program: Program) -> None:
    assert program.exit_code("--nonsense") == 1


def test_the_conversation_is_refused_corrected_held_approved_and_done() -> None:
    out = GOLDEN.read_text(encoding="utf-8")
    assert re.findall(r'^  \{"verdict":"(\w+)"', out, re.MULTILINE) == [
        "SHOWN", "REFUSED", "REFUSED", "REFUSED", "REFUSED", "DONE", "DONE", "DONE", "HELD", "SHOWN", "SHOWN", "SHOWN", "DONE", "REFUSED"
    ]
    before, after = out.split("verify 1\n")
    assert "1 Mill Lane" not in before and '{"from_customer":"1 Mill Lane"}' in after
    assert "Nils" not in out
    assert "refunds 2\n" in out
    assert re.fullmatch(r"sha256 [0-9a-f]{64}", out.splitlines()[-1])


@pytest.mark.parametrize("name", MOST_LINES)
def test_it_is_short(name: str) -> None:
    assert len((EXAMPLES / "agent_desk" / name).read_text(encoding="utf-8").splitlines()) <= MOST_LINES[name]
