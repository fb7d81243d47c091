"""The example programs, and the small shop to be changed and broken."""

import json
import os
import pathlib
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Callable, Dict, List

import pytest

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
SHOP = EXAMPLES / "shop"
POLICY = EXAMPLES / "policies" / "retail.textproto"


@dataclass
class Run:
    """What a program did."""

    code: int
    out: str

    @property
    def digest(self) -> str:
        return self.out.splitlines()[-1].removeprefix("sha256 ")


class Program:
    """One of the example programs."""

    def __init__(self, name: str, command: List[str]) -> None:
        self.name = name
        self._command = command

    def __call__(self, *arguments: Any) -> Run:
        done = subprocess.run(
            [*self._command, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.stderr == ""
        return Run(done.returncode, done.stdout)

    def report(self, path: pathlib.Path, *arguments: Any) -> List[Dict[str, Any]]:
        """Runs, and returns the lines of the report, which is written to `path`."""
        run = self(*arguments, "--report", path)
        assert run.code == 0, run.out
        return read_lines(path)


def programs(example: str = "retail_desk") -> List[Program]:
    """An example in C++ and, where the package was built, in Python."""
    found = [Program("cpp", [os.environ.get(f"FRONTDESK_{example.upper()}", example)])]
    if os.environ.get("FRONTDESK_TEST_PYTHON_DEMO"):
        found.append(Program("python", [sys.executable, "-B", str(EXAMPLES / example / f"{example}.py")]))
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, example in (("program", "retail_desk"), ("caller", "phone_call")):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, programs(example), ids=lambda program: program.name)


def _both(example: str) -> List[Program]:
    found = programs(example)
    if len(found) < 2:
        pytest.skip("the Python package was not built (FRONTDESK_BUILD_PYTHON)")
    return found


@pytest.fixture
def both() -> List[Program]:
    """The shop's desk in C++ and in Python; skips where the Python package was not built."""
    return _both("retail_desk")


@pytest.fixture
def both_callers() -> List[Program]:
    """The same for the telephone call."""
    return _both("phone_call")


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
