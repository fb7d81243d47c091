"""The programs on the shop's data as tests run them, and the small shop to be changed and broken."""

import json
import os
import pathlib
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SHOP = EXAMPLES / "shop"
POLICY = EXAMPLES / "policies" / "retail.textproto"


@dataclass
class Run:
    """The exit and output of a program."""

    code: int
    out: str

    @property
    def digest(self) -> str:
        return self.out.splitlines()[-1].removeprefix("sha256 ")

    @property
    def records(self) -> str:
        """The line about the records: their number and digest."""
        return next(line for line in self.out.splitlines() if line.startswith("records "))


class Program:
    """A program in one of the languages."""

    def __init__(self, name: str, command: List[str]) -> None:
        self.name = name
        self._command = command

    def __call__(self, *arguments: Any, folder: Optional[pathlib.Path] = None) -> Run:
        """Runs it in a folder; None: in the current one."""
        done = subprocess.run(
            [*self._command, *map(str, arguments)],
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.stderr == ""
        return Run(done.returncode, done.stdout)

    def exit_code(self, *arguments: Any) -> int:
        """The exit of a program that may write to stderr."""
        return subprocess.run([*self._command, *map(str, arguments)], capture_output=True, check=False).returncode

    def copy_at(self, path: pathlib.Path) -> "Program":
        """The same program, of which a copy is at `path`."""
        return Program(self.name, [*self._command[:-1], str(path)])

    def report(self, path: pathlib.Path, *arguments: Any) -> List[Dict[str, Any]]:
        """Runs, and returns the lines of the report, which is written to `path`."""
        run = self(*arguments, "--report", path)
        assert run.code == 0, run.out
        return read_lines(path)


def folder_of(name: str) -> pathlib.Path:
    return ROOT / "tests" / "acceptance" / "retail" if name == "retail_desk" else EXAMPLES / name


def usage_of(name: str) -> str:
    """The text of usage.txt, by which `./dev` checks options before it builds a program."""
    return (folder_of(name) / "usage.txt").read_text(encoding="utf-8")


def assert_takes_its_options(run: Callable[..., Run], name: str) -> None:
    """Fails unless a program accepts each option of its usage.txt, all of which name what is not there."""
    options = re.findall(r"^  (--\w+) \S", usage_of(name), re.MULTILINE)  # Not the flags, which have no value.
    assert options
    for option in options:
        assert run(option, "/nowhere/at/all").code == 1, option
        assert run("--nonsense", "x").out == usage_of(name)


def programs(name: str) -> List[Program]:
    """A program in C++ and, where the package was built, in Python."""
    found = [Program("cpp", [os.environ.get(f"FRONTDESK_{name.upper()}", name)])]
    if os.environ.get("FRONTDESK_TEST_PYTHON_DEMO"):
        found.append(Program("python", [sys.executable, "-B", str(folder_of(name) / f"{name}.py")]))
    return found


def both_programs(name: str) -> List[Program]:
    """The program in C++ and in Python; skips where the Python package was not built."""
    found = programs(name)
    if len(found) < 2:
        pytest.skip("the Python package was not built (FRONTDESK_BUILD_PYTHON)")
    return found


@dataclass
class ShopFiles:
    """A copy of the small shop that a test may change."""

    path: pathlib.Path

    def edit(self, name: str, change: Callable[[Any], None]) -> None:
        """Changes one of the JSON files."""
        content = json.loads((self.path / name).read_text(encoding="utf-8"))
        change(content)
        (self.path / name).write_text(json.dumps(content), encoding="utf-8")

    def text(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        (self.path / name).write_text(text, encoding="utf-8")


@pytest.fixture
def shop(tmp_path: pathlib.Path) -> ShopFiles:
    files = ShopFiles(tmp_path / "shop")
    files.path.mkdir()
    for name in ("users.json", "orders.json", "products.json"):
        files.write(name, (SHOP / name).read_text(encoding="utf-8"))
    return files


def read_lines(path: pathlib.Path) -> List[Dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def write_lines(path: pathlib.Path, lines: List[Dict[str, Any]]) -> pathlib.Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path
