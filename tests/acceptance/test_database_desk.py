"""The demo comes to the same results when its desk is kept in a PostgreSQL database."""

import pathlib
import sys
from typing import List

import pytest
from programs import Program

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "store"))

import scratch_postgres
from postgres_fixtures import server

__all__ = ["server"]


def test_the_small_shop(both: List[Program], server: scratch_postgres.Server) -> None:
    expected = both[0]()
    assert expected.code == 0
    assert "tasks 80/80 equal, calls 420/420 equal\n" in expected.out
    for number, program in enumerate(both):
        server.query(f"CREATE DATABASE shop{number}")
        store = "postgres:" + server.parameters.replace("dbname=postgres", f"dbname=shop{number}")
        run = program("--store", store)
        if "built without PostgreSQL" in run.out:
            pytest.skip(run.out.strip())
        assert run.code == 0, run.out
        assert run.out.replace("Kept in PostgreSQL\n", "", 1) == expected.out
        # The database holds the shop by now: the other program uses it.
        other = both[-1 - number]("--store", store)
        assert other.out.replace("Kept in PostgreSQL, which held this shop already\n", "", 1) == expected.out


def test_a_desk_that_is_opened_again_and_again(both: List[Program], server: scratch_postgres.Server) -> None:
    expected = both[0]("--reopen", "50")
    for number, program in enumerate(both):
        server.query(f"CREATE DATABASE again{number}")
        store = "postgres:" + server.parameters.replace("dbname=postgres", f"dbname=again{number}")
        run = program("--store", store, "--reopen", "50", "--cache", "50000")
        if "built without PostgreSQL" in run.out:
            pytest.skip(run.out.strip())
        assert run.out.replace("Kept in PostgreSQL\n", "", 1) == expected.out


def test_a_database_that_cannot_be_used(both: List[Program], server: scratch_postgres.Server) -> None:
    for program in both:
        run = program("--store", f"postgres:{server.parameters} dbname=planted password=planted")
        assert run.code == 1
        assert "planted" not in run.out
