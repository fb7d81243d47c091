"""Where desks keep what happens: in memory, in a file, or in a store of your own; and moving the log of a desk from one store to
another."""

from __future__ import annotations

import abc
import datetime
import enum
import os
from typing import Any, List, Optional, Protocol, Sequence, Type, Union

from frontdesk import _core
from frontdesk import _guard
from frontdesk import v1
from frontdesk._bridge import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import TypeVar

    from frontdesk._store_rows import (
        FIRST_LINK,
        LINK_BYTES,
        MAX_KEY_BYTES,
        MAX_VALUE_BYTES,
        Batch,
        CommitResult,
        Expectation,
        Key,
        Range,
        RangeExpectation,
        Row,
        Write,
        WritePosition,
        check_batches,
        encode_position,
        next_link,
        range_of,
    )

    _Owned = TypeVar("_Owned", bound="_OwnedStore")

__all__ = [
    "FIRST_LINK",
    "LINK_BYTES",
    "MAX_KEY_BYTES",
    "MAX_VALUE_BYTES",
    "Batch",
    "CommitResult",
    "Durability",
    "Expectation",
    "Key",
    "LogFormat",
    "MemoryStore",
    "PostgresStore",
    "Range",
    "RangeExpectation",
    "Row",
    "Snapshot",
    "SqliteStore",
    "Store",
    "Write",
    "WritePosition",
    "check_batches",
    "encode_position",
    "export_log",
    "import_log",
    "next_link",
    "range_of",
]

_MICROSECOND = datetime.timedelta(microseconds=1)
# Bytes of an export that are read at a time.
_PIECE = 1 << 20


if not TYPE_CHECKING:
    # Made when they are asked for: most processes have no store of their own.
    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from frontdesk import _store_rows

        return getattr(_store_rows, name)


class Snapshot(Protocol):
    """A store as it was at one moment, for any thread: what comes later does not change it. Any object with these members will do."""

    @property
    def position(self) -> int:
        """The last position of a batch that it holds; 0: none has one."""

    @property
    def link(self) -> bytes:
        """The last link of the chain that it holds; ``FIRST_LINK`` when there is none."""

    def get(self, table: int, key: bytes) -> Optional[bytes]:
        """The value of a row, or None."""

    def scan(
        self, table: int, begin: bytes = b"", end: Optional[bytes] = None, limit: int = 1000, descending: bool = False
    ) -> Sequence[Row]:
        """The first rows from `begin` on and before `end`, at most `limit`, in the order of their keys. With `descending` the last ones,
        last first. None: up to the end of the table. Rows may be plain tuples of a key and a value."""


class Store(abc.ABC):
    """Where desks keep their rows: a :class:`MemoryStore`, a :class:`SqliteStore`, a :class:`PostgresStore`, or a class of your own,
    with `read` and `commit`.

    ``docs/storage.md`` shows one, and :mod:`frontdesk.store_contract` has the tests that every store passes. Desks call it from any
    thread, several at a time, and hold no lock meanwhile. It may use another desk, but not one that is calling it:
    ``FailedPreconditionError``, ``DESK_REENTERED``.

    An exception is the cause of the one that the caller of the desk gets: ``UnavailableError``, ``STORE_UNAVAILABLE``. Some of frontdesk's
    own have a meaning: ``DataLossError`` when what the store holds is not valid, ``FailedPreconditionError`` when it cannot be
    written, ``InvalidArgumentError`` for a row that is too large. A result of another type, or a value that is not possible, is
    ``DataLossError``, ``STORE_CORRUPT``. ``KeyboardInterrupt`` and the like reach the caller as they are.

    A desk keeps its store, and a store may keep its desk: the garbage collector finds both. A desk on such a store cannot be forked,
    and cannot be waited for.
    """

    @abc.abstractmethod
    def read(self) -> Snapshot:
        """The store as it is now: with every batch whose :meth:`commit` has returned."""

    @abc.abstractmethod
    def commit(self, batches: Sequence[Batch]) -> Sequence[CommitResult]:
        """Commits the batches in their order, each on the result of those before it, each whole or not at all; those whose expectations
        hold. All of them are kept when the call returns. Nothing is changed when it raises.

        A committed batch with ``has_position`` gets the next position: 1, 2, 3, ... A committed batch with a digest gets the next link:
        :func:`next_link`. :meth:`Write.resolve` puts both where they belong.

        Raises:
            InvalidArgumentError: as :func:`check_batches` has it.
        """

    def _rows(self) -> _core.Store:
        """The store for the core, which does not keep this object."""
        from frontdesk import _host_store

        return _core.host_store(self, _host_store.CALLS)

    def _owner(self) -> Optional[Store]:
        """The object that a desk has to keep beside :meth:`_rows`."""
        return self


class _CoreSnapshot:
    """A snapshot of a store of the core."""

    __slots__ = ("_rows",)

    def __init__(self, rows: _core.Snapshot) -> None:
        self._rows = rows

    @property
    def position(self) -> int:
        return self._rows.position

    @property
    def link(self) -> bytes:
        return self._rows.link

    def get(self, table: int, key: bytes) -> Optional[bytes]:
        from frontdesk._host_store import check_table

        return self._rows.get(check_table(table), key)

    def scan(
        self, table: int, begin: bytes = b"", end: Optional[bytes] = None, limit: int = 1000, descending: bool = False
    ) -> List[Row]:
        from frontdesk._host_store import check_table
        from frontdesk._store_rows import Row

        if _guard.integer(limit, "limit") < 0:
            raise ValueError("limit is negative")
        return [Row(*each) for each in self._rows.scan(check_table(table), begin, end, limit, descending)]


class _CoreStore(Store):
    """A store of the core."""

    _open: Optional[_core.Store]

    def read(self) -> Snapshot:
        """The rows as they are now. Raises ``UnavailableError`` and ``DataLossError``, as the snapshot does."""
        return _CoreSnapshot(self._rows().read())

    def commit(self, batches: Sequence[Batch]) -> List[CommitResult]:
        """As of :class:`Store`. Rows of a desk are its own: whoever changes them damages it."""
        from frontdesk import _host_store
        from frontdesk._store_rows import CommitResult

        return [CommitResult(*each) for each in self._rows().commit(list(map(_host_store.dump_batch, batches)))]

    def _rows(self) -> _core.Store:
        if self._open is None:
            raise ValueError("the store is closed")
        return self._open

    def _owner(self) -> None:
        return None


class MemoryStore(_CoreStore):
    """A store in memory. A desk makes one for itself; give one to let a later desk continue with its contents. It is not
    for a child of the process: ``FailedPreconditionError``, ``PROCESS_FORKED``."""

    def __init__(self) -> None:
        self._open = _core.memory_store()

    def clone(self) -> "MemoryStore":
        """A store of its own that begins with the contents of this one. It shares them and costs next to nothing."""
        other = MemoryStore()
        other._open = self._rows().clone()
        return other


class _OwnedStore(_CoreStore):
    """A store that owns a file or connections until it is closed."""

    def close(self) -> None:
        """Lets go of the file or the connections. Closing it again does nothing."""
        self._open = None

    def __enter__(self: _Owned) -> _Owned:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()


class Durability(enum.Enum):
    """How much a commit survives. Every level survives a kill of the process, at any instruction."""

    FULL = 0
    """A power cut too."""
    NORMAL = 1
    """A power cut may lose the last commits, and always the newest ones. The file stays valid."""
    OFF = 2
    """A power cut may damage the file. For data that can be made again, such as an import or a test."""


class SqliteStore(_OwnedStore):
    """A store in one SQLite file. Any number of threads and processes of one machine use a file at the same time.

    Args:
        path: the file; it is made when it does not exist.
        desk: the name of the desk whose rows the store has. Several desks in one file see nothing of each other.
        durability: how much a commit survives.
        busy_timeout: how long a call waits for a lock that another process holds.
        read_only: whether nothing is written; the file must exist.
        must_exist: whether a file that does not exist is an error, and not a new one.
        cache_bytes: the memory for pages of the file, for each connection; 64 KiB to 1 GiB.
        clone_folder: the folder for the files of forks, each of which is a copy of the file; None: that of the file.

    Use it in a ``with`` statement, or :meth:`close` it, to let go of the file. A desk that uses it keeps it open. It is not
    for a child of the process: ``FailedPreconditionError``, ``PROCESS_FORKED``.

    Raises:
        InvalidArgumentError: ``STORE_FILE_INVALID`` for a file of another program, or a name that is not valid.
        NotFoundError: ``STORE_NOT_FOUND`` with `must_exist` or `read_only`.
        FailedPreconditionError: ``STORE_NOT_USABLE`` for a file of a newer version, or of an older one with `read_only`.
        DataLossError: ``STORE_CORRUPT`` for a file that is damaged.
        UnavailableError: ``STORE_UNAVAILABLE`` when the file is locked for too long, or cannot be written.
        UnimplementedError: ``UNIMPLEMENTED`` when the package was built without SQLite.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> with SqliteStore(folder.name + "/shop.db") as store:
    ...     store.backup(folder.name + "/copy.db")
    ...     store.check_integrity()
    >>> folder.cleanup()
    """

    def __init__(
        self,
        path: Union[str, "os.PathLike[str]"],
        *,
        desk: str = "",
        durability: Durability = Durability.FULL,
        busy_timeout: datetime.timedelta = datetime.timedelta(seconds=10),
        read_only: bool = False,
        must_exist: bool = False,
        cache_bytes: int = 8 << 20,
        clone_folder: Union[str, "os.PathLike[str]", None] = None,
    ) -> None:
        if not isinstance(durability, Durability):
            raise TypeError(f"expected a frontdesk.Durability, not {_guard.type_name(durability)}")
        if not hasattr(_core, "open_sqlite"):
            from frontdesk.errors import UnimplementedError

            raise UnimplementedError("the package was built without SQLite")
        self._sqlite: Optional[_core.SqliteStore] = _core.open_sqlite(
            os.fspath(path),
            desk,
            durability.value,
            busy_timeout // _MICROSECOND,
            read_only,
            must_exist,
            cache_bytes,
            "" if clone_folder is None else os.fspath(clone_folder),
        )
        self._open = self._sqlite.store()

    def backup(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Copies the whole file as it is now, with all desks, to a new file. Commits go on meanwhile. ``AlreadyExistsError``:
        ``STORE_FILE_EXISTS``."""
        self._file().backup(os.fspath(path))

    def check_integrity(self) -> None:
        """Reads the whole file as it is now. ``DataLossError``: ``STORE_CORRUPT`` when something is damaged."""
        self._file().check_integrity()

    def close(self) -> None:
        """Lets go of the file. Closing it again does nothing."""
        self._sqlite = None
        super().close()

    def _file(self) -> _core.SqliteStore:
        if self._sqlite is None:
            raise ValueError("the store is closed")
        return self._sqlite


def _postgres_module() -> Any:
    """The module that loads the library of PostgreSQL."""
    try:
        from frontdesk import _postgres
    except ImportError as missing:
        from frontdesk.errors import UnimplementedError

        raise UnimplementedError("the package was built without PostgreSQL") from missing
    return _postgres


def _postgres_role_maker(parameters: str, role: str, dry_run: bool, *, schema: str = "frontdesk") -> object:
    """How the core makes the role."""
    return _postgres_module().role_maker(parameters, role, schema, dry_run)


def _postgres_opener(
    parameters: str,
    desk: str,
    read_only: bool,
    *,
    schema: str = "frontdesk",
    connect_timeout: datetime.timedelta = datetime.timedelta(seconds=10),
    lock_timeout: datetime.timedelta = datetime.timedelta(seconds=10),
    statement_timeout: datetime.timedelta = datetime.timedelta(seconds=60),
    retry_timeout: datetime.timedelta = datetime.timedelta(seconds=30),
    max_read_connections: int = 32,
    must_exist: bool = False,
) -> object:
    """How the core opens the store."""
    return _postgres_module().opener(
        parameters,
        desk,
        schema,
        connect_timeout // _MICROSECOND,
        lock_timeout // _MICROSECOND,
        statement_timeout // _MICROSECOND,
        retry_timeout // _MICROSECOND,
        max_read_connections,
        read_only,
        must_exist,
    )


class PostgresStore(_OwnedStore):
    """A store in a PostgreSQL database. Any number of threads, processes and machines use a database at the same time.

    Args:
        parameters: connection parameters of libpq, as ``"host=db1,db2 dbname=shop"`` or a URI. Keep passwords in a ``passfile``.
        desk: the name of the desk whose rows the store has. Several desks in one schema see nothing of each other.
        schema: the schema with the tables, which are made when they do not exist.
        connect_timeout: how long it may take to connect to one host.
        lock_timeout: how long a call waits for a lock that another process holds.
        statement_timeout: how long the server may work on one statement.
        retry_timeout: how long a call connects again, and repeats its transaction, after the connection was lost.
        max_read_connections: the most connections for reading; each open snapshot has one.
        read_only: whether nothing is written; the server may be a standby then.
        must_exist: whether tables that do not exist are an error, and are not made.

    Use it in a ``with`` statement, or :meth:`close` it, to let go of the connections. A desk that uses it keeps them. It is not
    for a child of the process: ``FailedPreconditionError``, ``PROCESS_FORKED``.

    Raises:
        InvalidArgumentError: ``STORE_FILE_INVALID`` for parameters or names that are not valid, or tables of another program.
        NotFoundError: ``STORE_NOT_FOUND`` for a database that does not exist, or tables with `must_exist` or `read_only`.
        FailedPreconditionError: ``STORE_NOT_USABLE`` when the server refuses the user or the password, a privilege is missing, or the
            tables have another version.
        DataLossError: ``STORE_CORRUPT`` for tables that another program has changed.
        UnavailableError: ``STORE_UNAVAILABLE`` when no host can be reached or accepts writing, or a time-out has passed.
        UnimplementedError: ``UNIMPLEMENTED`` when the package was built without PostgreSQL.
    """

    def __init__(
        self,
        parameters: str,
        *,
        desk: str = "",
        schema: str = "frontdesk",
        connect_timeout: datetime.timedelta = datetime.timedelta(seconds=10),
        lock_timeout: datetime.timedelta = datetime.timedelta(seconds=10),
        statement_timeout: datetime.timedelta = datetime.timedelta(seconds=60),
        retry_timeout: datetime.timedelta = datetime.timedelta(seconds=30),
        max_read_connections: int = 32,
        read_only: bool = False,
        must_exist: bool = False,
    ) -> None:
        self._open = _core.open_store(
            _postgres_opener(
                parameters,
                desk,
                read_only,
                schema=schema,
                connect_timeout=connect_timeout,
                lock_timeout=lock_timeout,
                statement_timeout=statement_timeout,
                retry_timeout=retry_timeout,
                max_read_connections=max_read_connections,
                must_exist=must_exist,
            )
        )

    @staticmethod
    def make_role(parameters: str, role: str, *, schema: str = "frontdesk") -> None:
        """Makes a role that may use the stores of a schema, and nothing else. The tables are made, or migrated. The role logs in, and
        has no password yet. It reads and writes rows; it makes, changes and drops nothing. A role that is there keeps its password, and
        has exactly these privileges on the schema afterwards.

        Args:
            parameters: as those of the class, of a role that owns the tables, or may make them, and may make roles.
            role: the name: 1 to 63 letters a to z, digits and underscores. It begins with no digit, and not with ``pg_``.
            schema: the schema with the tables.

        Raises:
            FailedPreconditionError: ``STORE_NOT_USABLE`` when the role of the connection may not do this, or the role is there and
                may do more than a store needs. The other errors are those of the class.
        """
        _core.make_role(_postgres_role_maker(parameters, role, False, schema=schema))

    @staticmethod
    def role_statements(role: str, *, schema: str = "frontdesk") -> str:
        """The statements of :meth:`make_role`, as a script for an administrator. The tables must exist when it runs."""
        return _core.make_role(_postgres_role_maker("", role, True, schema=schema))

    def clone(self) -> "PostgresStore":
        """A store for experiments that begins with the contents of this one. Rows that it writes are in memory. It reads the others
        through a snapshot, which is open as long as the clone is."""
        other = PostgresStore.__new__(PostgresStore)
        other._open = self._rows().clone()
        return other


class LogFormat(enum.Enum):
    """How the lines of an exported log (``v1.LogLine``) are written."""

    BINARY = "binary"
    """Each behind its length, as a varint."""
    JSON_LINES = "json lines"
    """Each as a JSON object on a line of its own."""


def export_log(
    store: Store, path: Union[str, "os.PathLike[str]"], *, format: LogFormat = LogFormat.BINARY
) -> None:
    """Writes the log of a store into a file, as of one moment: events, journal records, approvals, policies, remembered outcomes, and
    which effects are open. The file is whole or not there.

    Raises:
        OSError: the file cannot be written.
        UnavailableError, DataLossError: of the store.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> export_log(MemoryStore(), folder.name + "/empty.log")
    >>> import_log(folder.name + "/empty.log", MemoryStore()).entry_count
    0
    >>> folder.cleanup()
    """
    _check(store, format)
    name = os.fspath(path)
    part = name + ".part"
    try:
        with open(part, "wb") as file:
            error = _core.export_log(store._rows(), format is LogFormat.JSON_LINES, file.fileno())
            if error:
                raise OSError(error, os.strerror(error), name)
            os.fsync(file.fileno())
        os.replace(part, name)
    except BaseException:
        if os.path.exists(part):
            os.unlink(part)
        raise


def import_log(
    path: Union[str, "os.PathLike[str]"], store: Store, *, format: LogFormat = LogFormat.BINARY
) -> v1.LogReport:
    """Reads an exported log into an empty store, which holds the same log then, byte by byte. An import that was interrupted
    continues where it stopped.

    Raises:
        OSError: the file cannot be read.
        InvalidArgumentError: ``LOG_MALFORMED`` for a line that is not valid.
        FailedPreconditionError: ``LOG_NOT_CONTINUED`` when the store holds another log.
        DataLossError: ``LOG_LINK_UNEXPECTED`` for an entry that was changed; ``LOG_TRUNCATED`` for an export without its end.
        LimitError: ``LOG_LINE_TOO_LARGE``.
    """
    _check(store, format)
    with open(path, "rb") as file:
        importer = _core.import_log(store._rows(), format is LogFormat.JSON_LINES)
        while True:
            piece = file.read(_PIECE)
            if not piece:
                return load(importer.finish(), v1.LogReport)
            importer.read(piece)


def _check(store: Store, format: LogFormat) -> None:
    if not isinstance(store, Store):
        raise TypeError(f"expected a frontdesk.Store, not {_guard.type_name(store)}")
    if not isinstance(format, LogFormat):
        raise TypeError(f"expected a frontdesk.LogFormat, not {_guard.type_name(format)}")
