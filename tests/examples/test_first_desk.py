"""The main idea on one page, in both languages: what it prints, that the second run finds what the first kept, and that it fits."""

import pathlib
import re

import pytest
from programs import EXAMPLES, Program, both_programs, programs


@pytest.fixture(params=programs("first_desk"), ids=lambda program: program.name)
def program(request: pytest.FixtureRequest) -> Program:
    chosen: Program = request.param
    return chosen


def explanation_in(text: str) -> str:
    """The lines from the explanation of the refusal on, up to the next verdict."""
    return re.split(r"^(?:kept|VERDICT)", text[text.index("ResolveCase on case"):], maxsplit=1, flags=re.MULTILINE)[0]


def test_one_is_done_one_refused_and_one_held_until_approved(program: Program, tmp_path: pathlib.Path) -> None:
    run = program(folder=tmp_path)
    assert run.code == 0, run.out
    assert re.findall(r"^VERDICT_.*", run.out, re.MULTILINE) == [
        "VERDICT_DONE", "VERDICT_REFUSED REMEDY_TOO_LARGE", "VERDICT_HELD for goodwill", "VERDICT_DONE"
    ]
    assert "A remedy is at most 500.00 EUR." in explanation_in(run.out)
    assert "remedy_amount is 600.00 EUR" in explanation_in(run.out)


def test_the_second_run_finds_what_the_first_kept(program: Program, tmp_path: pathlib.Path) -> None:
    first, second = program(folder=tmp_path), program(folder=tmp_path)
    assert second.code == 0, second.out
    assert re.findall(r"^kept: (.*)", second.out, re.MULTILINE) == [
        "OpenCase VERDICT_DONE", "ResolveCase VERDICT_REFUSED", "ResolveCase VERDICT_HELD", "ResolveCase VERDICT_DONE"
    ]
    assert explanation_in(second.out) == explanation_in(first.out)
    assert program(folder=tmp_path).out == second.out


def test_each_language_finds_what_the_other_kept(tmp_path: pathlib.Path) -> None:
    cpp, python = both_programs("first_desk")
    for one, two in ((cpp, python), (python, cpp)):
        folder = tmp_path / one.name
        folder.mkdir()
        one(folder=folder)
        assert two(folder=folder).out == one(folder=folder).out


def test_both_languages_print_the_same(tmp_path: pathlib.Path) -> None:
    outs = []
    for program in both_programs("first_desk"):
        folder = tmp_path / program.name
        folder.mkdir()
        outs.append(program(folder=folder).out)
    assert outs[0] == outs[1]


@pytest.mark.parametrize("name", ["first_desk.cc", "first_desk.py"])
def test_it_fits_on_a_page(name: str) -> None:
    assert len((EXAMPLES / "first_desk" / name).read_text(encoding="utf-8").splitlines()) <= 80
