"""The main idea on one page, in both languages: what it prints, and that it fits on the page."""

import re

import pytest
from programs import EXAMPLES, Program, both_programs, programs


@pytest.mark.parametrize("program", programs("first_desk"), ids=lambda program: program.name)
def test_one_is_done_one_refused_and_one_held_until_approved(program: Program) -> None:
    run = program()
    assert run.code == 0, run.out
    assert re.findall(r"^VERDICT_.*", run.out, re.MULTILINE) == [
        "VERDICT_DONE", "VERDICT_REFUSED REMEDY_TOO_LARGE", "VERDICT_HELD for goodwill", "VERDICT_DONE"
    ]
    explanation = run.out.split("REMEDY_TOO_LARGE\n", 1)[1].split("VERDICT_HELD")[0]
    assert "A remedy is at most 500.00 EUR." in explanation
    assert "remedy_amount.units is 60000" in explanation


def test_both_languages_print_the_same() -> None:
    cpp, python = both_programs("first_desk")
    assert cpp().out == python().out


@pytest.mark.parametrize("name", ["first_desk.cc", "first_desk.py"])
def test_it_fits_on_a_page(name: str) -> None:
    assert len((EXAMPLES / "first_desk" / name).read_text(encoding="utf-8").splitlines()) <= 80
