#!/usr/bin/env python3
"""A PostgreSQL server of the distribution in a scratch folder, for tests, benchmarks and demos.

    scratch_postgres.py [OPTION…]                  starts a server, prints its connection parameters on a line, and serves
                                                   commands from its standard input until that ends
    scratch_postgres.py [OPTION…] -- COMMAND ARG…  runs a command with the parameters in FRONTDESK_POSTGRES; in an argument,
                                                   they replace {parameters}

The server ends with this process, however it ends, and its folder is removed. It runs as the user `postgres` when this process is
root's, since PostgreSQL refuses root. It listens at a socket in its folder. With --sync it syncs commits to the disk. With --standby
there are two servers, and the parameters have both as hosts: a primary, and a standby that has each commit before the primary
acknowledges it. When there is no PostgreSQL, it prints a line that begins with "absent: ", and the exit code is 3.

Commands, each answered by a line "done":

    kill     ends all processes of the server, or of the primary, at once
    stop     ends it in order
    start    starts it again
    promote  makes the standby the primary; the primary has ended before
    standby  makes the other server, which has ended, a standby of the primary: a new copy of its data
    detach   the primary waits for no standby any more, and the standby ends
    halt     ends the standby, for which the primary waits; `resume` starts it again
"""

import contextlib
import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import Callable, Dict, List, Optional, Union

# The user of a test of passwords: the server asks it for one.
PASSWORD_USER = "with_password"
SUPERUSER = "frontdesk"

_SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "shared_buffers": "'64MB'",
    "max_wal_size": "'512MB'",
    "log_min_messages": "'warning'",
    "timezone": "'UTC'",
}
_START_SECONDS = 60
# The name of a standby at its primary.
_STANDBY = "frontdesk_standby"


class Absent(Exception):
    """There is no PostgreSQL here."""


def find_programs() -> pathlib.Path:
    """The folder with the programs of the server: the newest of the distribution, or that of `pg_config`."""
    folders = [path for path in pathlib.Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if folders:
        return max(folders, key=lambda path: int(path.parent.name) if path.parent.name.isdigit() else 0)
    initdb = shutil.which("initdb")
    if initdb is None:
        raise Absent("no server of PostgreSQL is installed")
    return pathlib.Path(initdb).parent


def _end_with_parent() -> None:
    # PR_SET_PDEATHSIG: an immediate shutdown.
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


class Server:
    """A server with its data in a folder. `folder` is one that exists, and is not removed."""

    def __init__(self, folder: pathlib.Path, sync: bool = False, settings: Optional[Dict[str, str]] = None) -> None:
        self.programs = find_programs()
        self.folder = folder
        self.data = folder / "data"
        self._process: Optional["subprocess.Popen[bytes]"] = None
        self._user: Optional[pwd.struct_passwd] = None
        if os.geteuid() == 0:
            try:
                self._user = pwd.getpwnam("postgres")
            except KeyError:
                raise Absent("there is no user postgres, and PostgreSQL refuses root") from None
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        self.settings = {**_SETTINGS, **(settings or {}), "unix_socket_directories": f"'{folder}'"}
        self.port = self.settings.get("port", "5432")
        if not sync:
            self.settings.update(fsync="off", full_page_writes="off")

    @property
    def parameters(self) -> str:
        return self.parameters_at(str(self.folder))

    def parameters_at(self, host: str) -> str:
        """Connection parameters with another way to the server, or with several servers."""
        port = "" if self.port == "5432" else f" port={self.port}"
        return f"host={host}{port} user={SUPERUSER} dbname=postgres"

    def run(self, program: str, *arguments: str) -> None:
        """Runs a program of the server as its user. Its output is shown when it fails."""
        done = subprocess.run([str(self.programs / program), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, cwd=self.folder, check=False, **self._as_user())
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout.decode(errors='replace')}")

    def query(self, text: str) -> str:
        """The result of a statement, as psql prints it without headers."""
        done = subprocess.run([str(self.programs / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text, self.parameters],
                              stdin=subprocess.DEVNULL, capture_output=True, check=False, **self._as_user())
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode(errors="replace"))
        return done.stdout.decode().strip()

    def make(self) -> None:
        self.run("initdb", "-D", str(self.data), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C",
                 "--data-checksums", "--no-sync")
        rules = self.data / "pg_hba.conf"
        rules.write_text(f"local all {PASSWORD_USER} scram-sha-256\nhost all {PASSWORD_USER} all scram-sha-256\n" + rules.read_text())
        self._write_settings()

    def put(self, name: str, content: bytes) -> None:
        """A file in the folder of the data, which only the server reads."""
        path = self.data / name
        path.write_bytes(content)
        path.chmod(0o600)
        if self._user is not None:
            os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def copy(self, primary: "Server") -> None:
        """A standby of a server that runs, in place of the data that there were."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.run("pg_basebackup", "-D", str(self.data), "-R", "-X", "stream", "-c", "fast", "--no-sync",
                 "-d", f"{primary.parameters} application_name={_STANDBY}")
        self._write_settings()
        with open(self.data / "postgresql.auto.conf", "a", encoding="utf-8") as file:
            # That of the primary: promoted, it would wait for itself.
            file.write("synchronous_standby_names = ''\n")

    def promote(self) -> None:
        # Not by a query, which the standby may cancel while it replays.
        self.run("pg_ctl", "promote", "-D", str(self.data), "-w", "-t", str(_START_SECONDS))

    def wait_for_standby(self) -> None:
        """From now on each commit waits for the standby."""
        self._set_standby(_STANDBY)
        end = time.monotonic() + _START_SECONDS
        while self.query("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != "1":
            if time.monotonic() > end:
                raise RuntimeError("the standby does not follow")
            time.sleep(0.02)

    def wait_for_nobody(self) -> None:
        self._set_standby("")

    def _set_standby(self, name: str) -> None:
        self.query(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        self.query("SELECT pg_reload_conf()")

    def _write_settings(self) -> None:
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in self.settings.items())

    def start(self) -> None:
        log = open(self.folder / "log", "ab")
        with log:
            self._process = subprocess.Popen(
                [str(self.programs / "postgres"), "-D", str(self.data)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.folder, start_new_session=True, preexec_fn=_end_with_parent, **self._as_user())
        end = time.monotonic() + _START_SECONDS
        while subprocess.run([str(self.programs / "pg_isready"), "-q", "-h", str(self.folder), "-p", self.port], check=False).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the server does not start:\n" + (self.folder / "log").read_text(errors="replace")[-4000:])
            time.sleep(0.02)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """In order: open connections are closed."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """All of its processes, at once."""
        if self._process is None or self._process.poll() is not None:
            return
        # A stopped server starts no process meanwhile.
        os.kill(self._process.pid, signal.SIGSTOP)
        for child in _children(self._process.pid):
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def _as_user(self) -> dict:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


def _children(parent: int) -> List[int]:
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            # Behind the name, which may have anything in it.
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


class ScratchServer(Server):
    """A server that runs, in a folder of its own, in a ``with`` statement: a new one, or a standby of `primary`. `prepare` is called
    with the server before its first start."""

    def __init__(self, sync: bool = False, settings: Optional[Dict[str, str]] = None, primary: Optional[Server] = None,
                 prepare: Optional[Callable[[Server], None]] = None) -> None:
        self._primary = primary
        self._prepare = prepare
        # Short: the path of a socket has at most 107 bytes.
        self._scratch = tempfile.mkdtemp(prefix="frontdesk-pg-")
        try:
            super().__init__(pathlib.Path(self._scratch), sync, settings)
        except BaseException:
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise

    def __enter__(self) -> "ScratchServer":
        try:
            if self._primary is None:
                self.make()
            else:
                self.copy(self._primary)
            if self._prepare is not None:
                self._prepare(self)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # A signal that comes meanwhile leaves nothing behind.
        is_main = threading.current_thread() is threading.main_thread()
        ends = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT) if is_main else ()
        handlers = {each: signal.signal(each, signal.SIG_IGN) for each in ends}
        try:
            self.stop()
            shutil.rmtree(self._scratch, ignore_errors=True)
        finally:
            for each, handler in handlers.items():
                signal.signal(each, handler)


class ScratchPair:
    """A primary and its standby, in a ``with`` statement. They change places at a failover."""

    def __init__(self, sync: bool = False) -> None:
        self._sync = sync
        self._servers = contextlib.ExitStack()

    def __enter__(self) -> "ScratchPair":
        try:
            self.primary: Server = self._servers.enter_context(ScratchServer(self._sync))
            self.standby: Server = self._servers.enter_context(ScratchServer(self._sync, primary=self.primary))
            self.primary.wait_for_standby()
        except BaseException:
            self._servers.close()
            raise
        self.parameters = self.primary.parameters_at(f"{self.primary.folder},{self.standby.folder}") + " target_session_attrs=read-write"
        return self

    def __exit__(self, *_: object) -> None:
        self._servers.close()

    def kill(self) -> None:
        self.primary.kill()

    def stop(self) -> None:
        self.primary.stop()

    def start(self) -> None:
        self.primary.start()

    def promote(self) -> None:
        if not self.standby.is_running:
            self.standby.start()
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary

    def remake_standby(self) -> None:
        self.standby.stop()
        self.standby.copy(self.primary)
        self.standby.start()
        self.primary.wait_for_standby()

    def halt(self) -> None:
        self.standby.stop()

    def resume(self) -> None:
        self.standby.start()

    def detach(self) -> None:
        self.primary.wait_for_nobody()
        self.standby.stop()


def _serve(servers: Union[ScratchServer, ScratchPair]) -> int:
    commands = {"kill": servers.kill, "stop": servers.stop, "start": servers.start}
    if isinstance(servers, ScratchPair):
        commands.update(promote=servers.promote, standby=servers.remake_standby, detach=servers.detach,
                        halt=servers.halt, resume=servers.resume)
    print(servers.parameters, flush=True)
    for line in sys.stdin:
        commands[line.strip()]()
        print("done", flush=True)
    return 0


def main(arguments: List[str]) -> int:
    count = next((number for number, each in enumerate(arguments) if each not in ("--sync", "--standby")), len(arguments))
    options, rest = arguments[:count], arguments[count:]
    sync = "--sync" in options
    if rest and rest[0] != "--":
        print(__doc__, file=sys.stderr)
        return 2
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, lambda number, _: sys.exit(128 + number))
    try:
        with ScratchPair(sync) if "--standby" in options else ScratchServer(sync) as server:
            if not rest:
                return _serve(server)
            command = [argument.replace("{parameters}", server.parameters) for argument in rest[1:]]
            return subprocess.run(command, env={**os.environ, "FRONTDESK_POSTGRES": server.parameters}, check=False).returncode
    except Absent as absent:
        print(f"absent: {absent}", flush=True)
        return 3
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
