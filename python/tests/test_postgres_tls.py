"""The parameters of TLS reach libpq, and no text of an error has a secret."""

import datetime
import pathlib
import socket
import subprocess
import sys

import pytest

import frontdesk

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "store"))

import scratch_postgres  # noqa: E402

pytest.importorskip("frontdesk._postgres", reason="built without PostgreSQL")

PASSWORD = "planted-secret"


def make_certificate(folder, name, *names):
    """A key, and a certificate that it signs itself."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", "subjectAltName=" + ",".join(names),
         "-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.crt")],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder / f"{name}.crt"


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A server that accepts TLS with a password alone; connection parameters without the password and the names of hosts."""
    folder = tmp_path_factory.mktemp("tls")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"listen_addresses": "'127.0.0.1'", "port": str(port), "ssl": "on"}

    def prepare(server):
        certificate = make_certificate(folder, "localhost", "DNS:localhost", "IP:127.0.0.1")
        for kind in ("crt", "key"):
            server.put(f"server.{kind}", (folder / f"localhost.{kind}").read_bytes())
        make_certificate(folder, "other", "DNS:localhost", "IP:127.0.0.1")
        rules = server.data / "pg_hba.conf"
        rules.write_text(f"hostssl all {scratch_postgres.PASSWORD_USER} all scram-sha-256\nhost all all all reject\n"
                         f"local all {scratch_postgres.SUPERUSER} trust\n")  # fmt: skip
        assert certificate.exists()

    try:
        server = scratch_postgres.ScratchServer(settings=settings, prepare=prepare)
    except scratch_postgres.Absent as absent:
        pytest.skip(str(absent))
    with server:
        frontdesk.PostgresStore.make_role(server.parameters, scratch_postgres.PASSWORD_USER)
        server.query(f"ALTER ROLE {scratch_postgres.PASSWORD_USER} PASSWORD '{PASSWORD}'")
        yield f"port={port} dbname=postgres user={scratch_postgres.PASSWORD_USER} connect_timeout=5", folder


def parameters(tls, **more):
    text, _ = tls
    return " ".join([text, *(f"{name}={value}" for name, value in more.items())])


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "/nowhere,localhost"])
def test_the_certificate_of_the_server_is_verified(tls, host):
    place = parameters(tls, host=host, sslmode="verify-full", sslrootcert=tls[1] / "localhost.crt", password=PASSWORD)
    with frontdesk.PostgresStore(place, desk=host) as store:
        assert store.read().position == 0


# Parameters, and words of the text.
FAILURES = [
    ("the authority of another server", dict(sslmode="verify-full", sslrootcert="other.crt"), "TLS"),
    ("no authority", dict(sslmode="verify-full", sslrootcert="planted.crt"), "TLS"),
    ("another name", dict(sslmode="verify-full", sslrootcert="localhost.crt", hostaddr="127.0.0.1", host="planted.example"), "TLS"),
    ("a key that is not there", dict(sslcert="localhost.crt", sslkey="planted.key"), "TLS"),
    ("a file that is no certificate", dict(sslmode="verify-ca", sslrootcert="localhost.key"), "TLS"),
    ("versions of TLS that do not fit", dict(ssl_min_protocol_version="TLSv1.3", ssl_max_protocol_version="TLSv1.2"), "TLS"),
    ("no TLS", dict(sslmode="disable"), "refuses the user"),
    ("a mode that does not exist", dict(sslmode="planted"), "reached"),
    ("another password", dict(password="planted-other"), "password"),
    ("no password", dict(password="''"), "password"),
    ("another user", dict(user="planted_user"), "refuses the user"),
    ("another database", dict(dbname="planted_database"), "no such database"),
    ("another port", dict(port="1"), "reached"),
    ("no such host", dict(host="planted.invalid"), "reached"),
    ("a number that is none", dict(connect_timeout="planted"), "reached"),
    ("a file of passwords without it", dict(password="''", passfile="/planted"), "password"),
    ("an open quote", dict(password="'planted-open"), "none of libpq"),
    ("a parameter that does not exist", dict(planted="planted"), "none of libpq"),
]


@pytest.mark.parametrize("change, words", [failure[1:] for failure in FAILURES], ids=[failure[0] for failure in FAILURES])
def test_errors_say_what_is_the_matter_and_no_secret(tls, change, words):
    given = dict(host="localhost", sslmode="require", password=PASSWORD)
    for name, value in change.items():
        given[name] = tls[1] / value if name in ("sslrootcert", "sslcert", "sslkey") else value
    with pytest.raises(frontdesk.Error) as error:
        frontdesk.PostgresStore(parameters(tls, **given), retry_timeout=datetime.timedelta(0))
    text = str(error.value) + repr(error.value) + repr(error.value.__cause__)
    assert words in text
    for secret in ("planted", PASSWORD, str(tls[1]), "localhost", scratch_postgres.PASSWORD_USER):
        assert secret not in text

