"""Servers of PostgreSQL as fixtures, for the tests of Python: `server` runs for a module, `database` is a new one for each test."""

import itertools
from typing import Iterator

import pytest

import scratch_postgres

_NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def server() -> Iterator[scratch_postgres.Server]:
    try:
        running = scratch_postgres.ScratchServer()
    except scratch_postgres.Absent as absent:
        pytest.skip(str(absent))
    with running:
        yield running


@pytest.fixture
def database(server: scratch_postgres.Server) -> str:
    """Connection parameters of a new database."""
    name = f"database{next(_NUMBERS)}"
    server.query(f"CREATE DATABASE {name}")
    return server.parameters.replace("dbname=postgres", f"dbname={name}")
