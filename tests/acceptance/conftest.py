"""The program that compares the results of a shop's requests with the recorded ones."""

import pathlib
import sys
from typing import List

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "examples"))  # The shop's files are those of the examples.

from programs import Program, both_programs, programs, shop

__all__ = ["shop"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "program" in metafunc.fixturenames:
        metafunc.parametrize("program", programs("retail_desk"), ids=lambda program: program.name)


@pytest.fixture
def both() -> List[Program]:
    """The program in C++ and in Python."""
    return both_programs("retail_desk")
