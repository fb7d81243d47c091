"""A desk in a PostgreSQL database. A server of the distribution runs in a scratch folder."""

import datetime
import itertools
import pathlib
import select
import subprocess
import sys

import pytest

import frontdesk
from conftest import NOON, done
from frontdesk import store_contract, v1

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "store"))

from postgres_fixtures import database, server  # noqa: E402,F401

ALLOW_ALL = 'name: "allow" rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'
POLICY = frontdesk.Policy.from_text(ALLOW_ALL)
NAMES = (f"t{number}" for number in itertools.count())

pytest.importorskip("frontdesk._postgres", reason="built without PostgreSQL")


def open_case(case_id):
    verb = v1.OpenCase(case_id=case_id, kind=v1.Case.KIND_TROUBLE, subject="The lamp does not light")
    return frontdesk.command(verb, actor=frontdesk.actor("anna"), now=NOON)


class TestPostgresStore(store_contract.StoreContract):
    @pytest.fixture(autouse=True)
    def _database(self, server):
        self.parameters = server.parameters
        self.desk = next(NAMES)

    def make_store(self):
        return frontdesk.PostgresStore(self.parameters, desk=self.desk)

    def reopen(self, store):
        store.close()
        return self.make_store()


class TestClone(store_contract.StoreContract):
    @pytest.fixture(autouse=True)
    def _database(self, server):
        self.store = frontdesk.PostgresStore(server.parameters, desk=next(NAMES))

    def make_store(self):
        return self.store.clone()


def test_a_desk_goes_on_in_its_database(database):
    for case_id in ("case-1", "case-2"):
        with frontdesk.Desk.open(POLICY, f"postgres:{database}") as desk:
            done(desk.execute(open_case(case_id)))
    with frontdesk.Desk.open(POLICY, frontdesk.PostgresStore(database)) as desk:
        assert desk.journal().count() == 2
        with desk.fork() as fork:
            done(fork.execute(open_case("case-3")))
            assert fork.journal().count() == 3
        assert desk.journal().count() == 2
        assert not desk.verify_rows().HasField("fault")
    # Another desk has none of it.
    with frontdesk.PostgresStore(database, desk="other") as store, frontdesk.Desk.open(POLICY, store) as desk:
        assert desk.journal().count() == 0


def test_the_same_log_as_in_memory(database, tmp_path):
    exported = []
    for number, store in enumerate((frontdesk.MemoryStore(), frontdesk.PostgresStore(database))):
        with frontdesk.Desk.open(POLICY, store, ids=frontdesk.ids.SequenceIds("r")) as desk:
            for case_id in ("case-1", "case-2"):
                done(desk.execute(open_case(case_id)))
        frontdesk.export_log(store, tmp_path / str(number))
        exported.append((tmp_path / str(number)).read_bytes())
    assert exported[0] == exported[1]


def test_a_subscription_waits_for_another_process(database):
    with frontdesk.Desk.open(POLICY, f"postgres:{database}") as desk, desk.subscribe(1) as subscription:
        program = (
            "import frontdesk, sys; from test_postgres import POLICY, open_case\n"
            "with frontdesk.Desk.open(POLICY, 'postgres:' + sys.argv[1]) as desk: desk.execute(open_case('case-1'))"
        )
        process = subprocess.Popen([sys.executable, "-B", "-c", program, database], cwd=pathlib.Path(__file__).parent)
        found = []
        while not found:
            select.select([subscription], [], [])
            found = [event.entity.id for change in subscription.read() for event in change.events]
        assert found == ["case-1"]
        assert process.wait() == 0


@pytest.mark.parametrize(
    "change, options, kind, reason",
    [
        ("planted", {}, frontdesk.InvalidArgumentError, "STORE_FILE_INVALID"),
        ("dbname=planted", {}, frontdesk.NotFoundError, "STORE_NOT_FOUND"),
        ("user=planted", {}, frontdesk.FailedPreconditionError, "STORE_NOT_USABLE"),
        ("port=1 password=planted", {}, frontdesk.UnavailableError, "STORE_UNAVAILABLE"),
        ("", {"schema": "planted-schema"}, frontdesk.InvalidArgumentError, "STORE_FILE_INVALID"),
        ("", {"schema": "other", "must_exist": True}, frontdesk.NotFoundError, "STORE_NOT_FOUND"),
        ("", {"schema": "other", "read_only": True}, frontdesk.NotFoundError, "STORE_NOT_FOUND"),
        ("", {"desk": "planted" * 50}, frontdesk.InvalidArgumentError, "STORE_FILE_INVALID"),
    ],
)
def test_errors_have_reasons_and_no_secrets(server, change, options, kind, reason):
    with pytest.raises(kind) as error:
        frontdesk.PostgresStore(f"{server.parameters} {change}", **options)
    assert error.value.reason == reason
    assert "planted" not in str(error.value)


def test_times_are_options(database):
    second = datetime.timedelta(seconds=1)
    options = dict(connect_timeout=second, lock_timeout=second, statement_timeout=second, retry_timeout=second * 0)
    with frontdesk.PostgresStore(database, max_read_connections=1, **options) as store:
        snapshot = store.read()
        with pytest.raises(frontdesk.UnavailableError) as error:
            store.read()
        assert error.value.reason == "STORE_UNAVAILABLE"
        assert snapshot.position == 0
    with pytest.raises(ValueError):
        store.read()


def test_the_tool_opens_a_database(database, tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "frontdesk", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True)

    place = f"postgres:{database}"
    (tmp_path / "policy.textproto").write_text(ALLOW_ALL)
    assert run("stats", place).stderr.startswith("frontdesk: STORE_NOT_FOUND")
    assert run("init", place, "--policy", tmp_path / "policy.textproto").returncode == 0
    with frontdesk.Desk.open(POLICY, place) as desk:
        done(desk.execute(open_case("case-1")))
    assert "2 entries, no fault" in run("verify", place, "--rows").stdout
    assert "The lamp does not light" in run("show", place, "case/case-1").stdout
    copied = run("backup", place, tmp_path / "copy.db")
    assert copied.returncode == 2 and "pg_dump" in copied.stderr
    assert run("export", place, tmp_path / "log").returncode == 0
    assert run("import", f"{place}", tmp_path / "log", "--desk", "copy").returncode == 0
    assert run("verify", place, "--desk", "copy").stdout == run("verify", place).stdout


def test_a_role_of_its_own(database, server, tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "frontdesk", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True)

    role = next(NAMES)
    shown = run("init", "postgres:planted", "--role", role, "--dry-run")
    assert shown.stdout == frontdesk.PostgresStore.role_statements(role)
    assert run("init", f"postgres:{database}", "--role", role).returncode == 0
    assert run("init", f"postgres:{database}", "--role", role).returncode == 0
    as_role = f"{database} user={role}"
    (tmp_path / "policy.textproto").write_text(ALLOW_ALL)
    assert run("init", f"postgres:{as_role}", "--policy", tmp_path / "policy.textproto").returncode == 0
    with frontdesk.Desk.open(POLICY, f"postgres:{as_role}") as desk, desk.subscribe(1):
        done(desk.execute(open_case("case-1")))
        assert not desk.verify_rows().HasField("fault")
    # It makes no tables, and no roles.
    with pytest.raises(frontdesk.FailedPreconditionError) as error:
        frontdesk.PostgresStore(as_role, schema="other")
    assert error.value.reason == "STORE_NOT_USABLE" and role not in str(error.value)
    refused = run("init", f"postgres:{as_role}", "--role", "planted_role")
    assert refused.returncode == 1 and refused.stderr.startswith("frontdesk: STORE_NOT_USABLE")
    assert "planted" not in refused.stderr + refused.stdout
    with pytest.raises(frontdesk.FailedPreconditionError):
        frontdesk.PostgresStore.make_role(database, "frontdesk")
    for name in ("", "Planted", "a'b", "pg_planted"):
        with pytest.raises(frontdesk.InvalidArgumentError) as error:
            frontdesk.PostgresStore.role_statements(name)
        assert "lanted" not in str(error.value)
    # Only a database has roles; --role has another meaning beside --activate.
    for arguments in (("--role", "a"), ("--dry-run",), ("--activate", "anna", "--role", "a", "--dry-run")):
        assert run("init", tmp_path / "shop.db", "--policy", tmp_path / "policy.textproto", *arguments).returncode == 2
    assert run("init", f"postgres:{database}", "--policy", tmp_path / "policy.textproto", "--dry-run").returncode == 2
    assert not (tmp_path / "shop.db").exists()
