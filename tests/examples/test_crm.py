"""The CRM with a desk inside: both programs print the golden output, and a second run on the same file does nothing twice."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from programs import EXAMPLES, Program, both_programs, folder_of, programs

pytestmark = pytest.mark.skipif("FRONTDESK_CRM" not in os.environ, reason="built without SQLite")

GOLDEN = pathlib.Path(__file__).parent / "crm.txt"

# The lines of the worker, whose work nobody does twice.
WORK = re.compile(r"^(gateway: .*|15:07 crm: (RecordPayment|ReportEffect) DONE)\n", re.MULTILINE)


@pytest.mark.parametrize("program", programs("crm"), ids=lambda program: program.name)
def test_the_output_is_the_golden_one(program: Program) -> None:
    """`crm > tests/examples/crm.txt` writes the file anew. Read the difference as an author would."""
    run = program()
    assert run.code == 0
    assert run.out == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("program", programs("crm"), ids=lambda program: program.name)
@pytest.mark.parametrize("form", [["--db", "{}"], ["--db={}"]], ids=["--db FILE", "--db=FILE"])
def test_a_second_run_on_the_same_file_does_nothing_twice(program: Program, form: list, tmp_path: pathlib.Path) -> None:
    arguments = [each.format(tmp_path / "crm.db") for each in form]
    first, second = program(*arguments), program(*arguments)
    assert first.out == GOLDEN.read_text(encoding="utf-8")
    assert len(WORK.findall(first.out)) == 3
    assert (second.code, second.out) == (0, WORK.sub("", first.out))


def test_each_program_continues_the_file_of_the_other(tmp_path: pathlib.Path) -> None:
    for number, (first, second) in enumerate((both_programs("crm"), both_programs("crm")[::-1])):
        file = tmp_path / f"{number}.db"
        out = first("--db", file).out
        assert second("--db", file).out == WORK.sub("", out)


def test_nothing_is_left_in_the_temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for program in programs("crm"):
        assert program().code == 0
        assert list(tmp_path.iterdir()) == [], program.name


def test_the_golden_output_shows_each_part() -> None:
    out = GOLDEN.read_text(encoding="utf-8")
    assert re.findall(r"\w+ (?:HELD|REFUSED|DONE, in a preview)", out) == ["RefundOrder HELD", "Approve DONE, in a preview"]
    split = ["      30.00 EUR to gift-card", "      40.00 EUR to card"]
    preview, done = out.split("Approve DONE, in a preview\n")[1].split("Approve DONE\n")
    assert preview.splitlines()[:2] == split and done.splitlines()[:2] == split
    assert "would not hold if assessment.refund_amount <= money('50 EUR')" in out
    timeline = out.split("timeline of Ada Berg\n")[1]
    for part in ("customer c-17: imported", "note note-2 added", "account GIFT-0042: credited 30.00 EUR", "to card succeeded"):
        assert part in timeline


def test_a_policy_that_is_changed_decides_otherwise(tmp_path: pathlib.Path) -> None:
    """The files that the README names are enough: a copy of them runs, on a policy of its own."""
    python = both_programs("crm")[1]
    for folder in ("crm", "policies"):
        shutil.copytree(EXAMPLES / folder, tmp_path / folder)
    policy = tmp_path / "policies" / "crm.textproto"
    text = policy.read_text(encoding="utf-8")
    assert text.count("money('50 EUR')") == 1
    policy.write_text(text.replace("money('50 EUR')", "money('100 EUR')"), encoding="utf-8")
    copied = python.copy_at(tmp_path / "crm" / "crm.py")
    out = copied().out
    assert "RefundOrder DONE\n" in out and "HELD" not in out
    assert "pay 40.00 EUR to card" in out, "the effect is carried out, whoever decided"


def test_the_tool_shows_the_file_as_the_readme_says(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "crm.db"
    assert both_programs("crm")[0]("--db", file).code == 0
    readme = (folder_of("crm") / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^    frontdesk (.* /tmp/crm\.db .*)$", readme, re.MULTILINE)
    assert len(lines) == 2
    timeline, explanation = (
        subprocess.run(
            [sys.executable, "-m", "frontdesk", *line.replace("/tmp/crm.db", str(file)).split()],
            capture_output=True, text=True, check=True,
        ).stdout
        for line in lines
    )
    assert "note note-2 added" in timeline and "CRM_REFUND_LARGE" in explanation


@pytest.mark.parametrize("name", ["crm.cc", "crm.py", "crm_rows.cc", "crm_rows.py"])
def test_each_file_is_short(name: str) -> None:
    assert len((folder_of("crm") / name).read_text(encoding="utf-8").splitlines()) <= 240


@pytest.mark.parametrize("program", programs("crm"), ids=lambda program: program.name)
def test_invalid_arguments_are_refused(program: Program) -> None:
    for arguments in (["--nonsense"], ["here"], ["--db", "a", "b"]):
        assert program.exit_code(*arguments) == 2, arguments
