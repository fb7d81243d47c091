"""The one script says what it can do, and refuses what it cannot."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(os.environ.get("FRONTDESK_SOURCE_DIR", pathlib.Path(__file__).parents[2]))


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(ROOT / "dev"), *arguments], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)


def test_help_lists_every_command():
    helped = run("help")
    assert helped.returncode == 0 and helped.stderr == ""
    commands = set(re.findall(r"^do_(\w+)\(\)", (ROOT / "dev").read_text(encoding="utf-8"), re.MULTILINE))
    listed = set(re.findall(r"^  (\w+) ", helped.stdout, re.MULTILINE))
    assert {"setup", "demo", "test", "bench", "lint", "format", "python", "docs"} <= commands
    assert commands == listed


@pytest.mark.parametrize("arguments", [["dance"], ["test", "--most"], ["lint", "--most"], ["bench", "dance"],
                                       ["example", "dance"], ["example", "../shop"]])
def test_unknown_arguments_are_refused(arguments):
    refused = run(*arguments)
    assert refused.returncode == 1
    assert arguments[-1] in refused.stderr


def test_the_examples_are_listed():
    listed = run("example")
    assert listed.returncode == 0 and listed.stderr == ""
    names = re.findall(r"^  (\w+) +\S", listed.stdout, re.MULTILINE)
    programs = [path.stem for path in ROOT.glob("examples/*/*.py") if path.stem == path.parent.name]
    assert "first_desk" in names
    assert sorted(names) == sorted(programs)


def test_the_hooks_before_a_commit_are_pieces_of_lint():
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"- repo: (.*)", text) == ["local"]  # Nothing is fetched.
    assert re.findall(r"entry: \./dev (.*)", text) == ["lint format", "lint tree"]
    assert len(re.findall(r"- id:", text)) == 2


def test_lint_tree_passes():
    checked = run("lint", "tree")
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout


@pytest.mark.skipif(not shutil.which("clang-format"), reason="clang-format is not installed; ./dev lint installs it")
def test_lint_format_looks_at_the_files_that_it_is_given(tmp_path):
    good, bad = tmp_path / "good.cc", tmp_path / "bad.cc"
    good.write_text("int main() { return 0; }\n", encoding="utf-8")
    bad.write_text("int main( ){return 0;}\n", encoding="utf-8")
    assert run("lint", "format", str(good)).returncode == 0
    refused = run("lint", "format", str(good), str(bad))
    assert refused.returncode != 0 and "bad.cc:1:" in refused.stderr


# Programs that `./dev` builds and runs, and the folder of each.
PROGRAMS = {("demo",): "tests/acceptance/retail", ("example", "phone_call"): "examples/phone_call",
            ("example", "incident_replay"): "examples/incident_replay", ("example", "first_desk"): "examples/first_desk",
            ("example", "online_retail"): "examples/online_retail", ("example", "crm"): "examples/crm"}


@pytest.mark.parametrize("command", PROGRAMS, ids=" ".join)
def test_a_program_with_invalid_options_is_not_built(command):
    usage = (ROOT / PROGRAMS[command] / "usage.txt").read_text(encoding="utf-8")
    wrong = [["--nonsense"], ["--nonsense=1"], ["nonsense"], ["--python", "--nonsense", "x"]]
    wrong += [[option] for option in re.findall(r"^  (--\w+) \S", usage, re.MULTILINE)]  # Without its value.
    for arguments in wrong:
        refused = run(*command, *arguments)
        assert refused.returncode == 1, arguments
        assert refused.stderr.startswith(usage), arguments  # No step of a build comes before it.
        assert arguments[-1 if arguments[-1] != "x" else 1].partition("=")[0] in refused.stderr.splitlines()[-1]


def test_a_flag_takes_no_value():
    for arguments in (["--short=1"], ["--short", "x"], ["--short", "--db"]):
        refused = run("demo", *arguments)
        assert refused.returncode == 1 and refused.stderr.startswith("usage: "), arguments


@pytest.mark.parametrize("command", PROGRAMS, ids=" ".join)
def test_help_of_a_program_needs_no_build(command):
    helped = run(*command, "--help")
    assert (helped.returncode, helped.stderr) == (0, "")
    assert helped.stdout == (ROOT / PROGRAMS[command] / "usage.txt").read_text(encoding="utf-8")


def test_progress_says_how_much_is_left():
    text = (ROOT / "dev").read_text(encoding="utf-8")
    function = text[text.index("for_people() {"):]
    function = function[:function.index("\n}\n", function.index("show_progress() {")) + 3]
    lines = "[1 10 1.0] one\n[4 10 20.0] four\nwarning: odd\n[5 10 21.0] five\n[9 10 1800.0] nine\nninja: no work to do.\n"
    shown = subprocess.run(["bash", "-c", function + "show_progress"], input=lines, capture_output=True, text=True,
                           check=True).stderr
    assert shown.splitlines() == [
        "      4 of 10, 20 s so far, about 30 s left", "warning: odd", "      9 of 10, 30 min so far, about 3 min left"]
