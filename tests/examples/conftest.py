"""The example programs."""

from typing import List

import pytest
from programs import Program, both_programs, programs, shop

__all__ = ["shop"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "caller" in metafunc.fixturenames:
        metafunc.parametrize("caller", programs("phone_call"), ids=lambda program: program.name)


@pytest.fixture
def both_callers() -> List[Program]:
    """The telephone call in C++ and in Python."""
    return both_programs("phone_call")
