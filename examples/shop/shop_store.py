"""Where a desk is kept: in memory, in a SQLite file, or in a PostgreSQL database, which ``--store`` names."""

import pathlib
import shutil
import tempfile
from dataclasses import dataclass
from typing import Optional, Union

import frontdesk
from shop_json import Problems


@dataclass
class StoreChoice:
    """A place for a desk; without a file and a database it is in memory."""

    file: Optional[pathlib.Path] = None
    # Connection parameters. They are shown nowhere.
    database: Optional[str] = None

    @property
    def name(self) -> str:
        """The file, or "PostgreSQL"; empty in memory."""
        return "PostgreSQL" if self.database is not None else str(self.file or "")

    def exists(self) -> bool:
        """Whether the file is there and not empty, or the database holds a desk."""
        if self.database is not None:
            try:
                with frontdesk.PostgresStore(self.database, read_only=True) as store:
                    return store.read().position > 0
            except frontdesk.Error:
                return False
        return self.file is not None and self.file.exists() and self.file.stat().st_size > 0


def read_store_choice(option: str, problems: Problems) -> StoreChoice:
    """The choice of ``--store``: "memory", "sqlite:" and the name of a file, or "postgres:" and connection parameters. Anything else is
    reported."""
    kind, colon, file = option.partition(":")
    if kind == "sqlite" and file:
        return StoreChoice(pathlib.Path(file))
    if kind == "postgres" and colon:
        return StoreChoice(database=file)
    if option != "memory":
        problems.add("--store", "", f"is memory, sqlite:FILE or postgres:PARAMETERS, not {option}")
    return StoreChoice()


class DeskStore:
    """An open store. By default a power cut may damage its file: the shop can be imported again."""

    def __init__(self, choice: StoreChoice, *, durability: frontdesk.Durability = frontdesk.Durability.OFF) -> None:
        self._choice = choice
        self._file = choice.file
        self._durability = durability
        self._folder: Optional["tempfile.TemporaryDirectory[str]"] = None
        self._original: Union[frontdesk.MemoryStore, frontdesk.PostgresStore, pathlib.Path, None] = None
        self._copies = 0
        self._is_copy = False
        self._is_copy_in_memory = False
        self.rows: Union[frontdesk.MemoryStore, frontdesk.SqliteStore, frontdesk.PostgresStore] = self._opened()

    def reopen(self) -> None:
        """Closes the file or the connections, and opens them again. No desk may use it then. The rows in memory stay."""
        if isinstance(self.rows, (frontdesk.SqliteStore, frontdesk.PostgresStore)) and not self._is_copy_in_memory:
            self.rows.close()
            self.rows = self._opened()

    def keep_original(self) -> None:
        """Keeps the rows as they are now, for `copy`. Of a file this is a backup in a temporary folder beside it."""
        if isinstance(self.rows, (frontdesk.MemoryStore, frontdesk.PostgresStore)):
            self._original = self.rows.clone()
        elif self._file is not None:
            self._folder = tempfile.TemporaryDirectory(prefix=f"{self._file.name}-copy-", dir=self._file.parent)
            self._original = pathlib.Path(self._folder.name) / "original"
            self.rows.backup(self._original)

    def copy(self) -> "DeskStore":
        """A store of its own that begins with the rows that `keep_original` kept."""
        if isinstance(self._original, (frontdesk.MemoryStore, frontdesk.PostgresStore)):
            copy = DeskStore(StoreChoice())
            copy.rows = self._original.clone()
            copy._is_copy_in_memory = True
            return copy
        assert self._original is not None
        self._copies += 1
        # A backup is complete without a log, and nobody has it open.
        path = shutil.copyfile(self._original, self._original.with_name(str(self._copies)))
        copy = DeskStore(StoreChoice(path))
        copy._is_copy = True
        return copy

    def close(self) -> None:
        """Closes the store. A copy is removed, and the folder of the copies."""
        if isinstance(self.rows, (frontdesk.SqliteStore, frontdesk.PostgresStore)):
            self.rows.close()
        if isinstance(self._original, frontdesk.PostgresStore):
            self._original.close()
        if self._is_copy:
            self.remove()
        if self._folder is not None:
            self._folder.cleanup()

    def remove(self) -> None:
        """Closes the file and removes it. A database keeps its rows."""
        if isinstance(self.rows, frontdesk.SqliteStore) and self._file is not None:
            self.rows.close()
            for suffix in ("", "-wal", "-shm"):
                self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)

    def _opened(self) -> Union[frontdesk.MemoryStore, frontdesk.SqliteStore, frontdesk.PostgresStore]:
        if self._choice.database is not None:
            return frontdesk.PostgresStore(self._choice.database)
        if self._file is None:
            return frontdesk.MemoryStore()
        return frontdesk.SqliteStore(self._file, durability=self._durability)
