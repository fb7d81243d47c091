"""The command-line tool by ``python -m frontdesk``."""

import datetime
import pathlib
import subprocess
import sys
from typing import Any

import pytest

import frontdesk
from frontdesk import __main__ as tool
from frontdesk import v1

POLICY = 'name: "all" rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
NOON = datetime.datetime(2024, 5, 15, 12, tzinfo=datetime.timezone.utc)


@pytest.fixture
def shop(tmp_path: pathlib.Path) -> str:
    path = str(tmp_path / "shop.db")
    with frontdesk.Desk.open(frontdesk.Policy.from_text(POLICY), path) as desk:
        verb = v1.CreateCustomer(customer_id="c1", given_name="Zoë")
        desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOON))
    return path


def run(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, "-m", "frontdesk", *arguments], capture_output=True, check=False)


def test_shows_an_entity(shop: str) -> None:
    shown = run("show", shop, "customer/c1")
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert "given_name: Zoë" in shown.stdout.decode()


def test_exit_codes(shop: str) -> None:
    assert run().returncode == 2
    assert run("--help").returncode == 0
    missing = run("show", shop, "customer/none")
    assert missing.returncode == 1
    assert b"ENTITY_NOT_FOUND" in missing.stderr


def test_a_pipe_that_is_closed_ends_it_quietly(shop: str) -> None:
    command = [sys.executable, "-m", "frontdesk", "show", shop, "customer/c1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    assert b"Traceback" not in errors


def test_in_this_process(shop: str, capfdbinary: Any) -> None:
    assert tool.main(["timeline", shop, "c1"]) == 0
    assert b"customer c1: created" in capfdbinary.readouterr().out
