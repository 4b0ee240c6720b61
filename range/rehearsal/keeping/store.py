"""The one file that keeps a rehearsal: a row for each backend, written in one transaction per batch."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from range.errors import Busy, RangeError
from range.rehearsal.keeping.pickles import Place

_NAME = "state.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS made_with (version TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS kept (
    kind TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, pickle BLOB NOT NULL,
    PRIMARY KEY (kind, account, region)
);
"""


class Store:
    """A file of pickles. Only one process has it open."""

    def __init__(self, folder: Path, version: str) -> None:
        """Open the file of a folder, or make it. `version` names the code whose objects are in it.

        Raises:
            Busy: another rehearsal has it open.
            RangeError: another version wrote it, or it is damaged.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "state.lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.seek(0)
            pid = self._lock.read() or "?"
            self._lock.close()
            hint = f"`range rehearsal stop`; where that knows of none, `kill {pid}`"
            raise Busy(f"another rehearsal cloud runs in {folder} (pid {pid})", hint=hint) from error
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()
        self._connection = sqlite3.connect(folder / _NAME, check_same_thread=False, isolation_level=None)
        # A kill loses nothing that was handed to the kernel; only a power cut would, and then the rehearsal is over anyway.
        try:
            self._connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {_SCHEMA}")
            self._check(version, folder)
        except sqlite3.Error as error:
            self.close()
            raise RangeError(
                f"what the rehearsal kept in {folder / _NAME} can't be used: {error}",
                hint="make room if the disk is full; if it is damaged, move the folder away: a new rehearsal is made",
            ) from error

    def _check(self, version: str, folder: Path) -> None:
        """Refuse a file that other code wrote: its objects may have another form."""
        row = self._connection.execute("SELECT version FROM made_with").fetchone()
        if row is None:
            self._connection.execute("INSERT INTO made_with VALUES (?)", (version,))
        elif row[0] != version:
            self.close()
            raise RangeError(
                f"the rehearsal in {folder} was made with {row[0]}, and this is {version}",
                hint=f"run `range down` with that version, or delete {folder / _NAME} to forget it",
            )

    def __iter__(self) -> Iterator[tuple[Place, bytes]]:
        """Read all rows."""
        for kind, account, region, pickled in self._connection.execute(
            "SELECT kind, account, region, pickle FROM kept"
        ):
            yield Place(kind, account, region), pickled

    def write(self, rows: Mapping[Place, bytes]) -> None:
        """Write rows, all or none.

        Raises:
            RangeError: the disk is full, or refuses.
        """
        try:
            with self._connection:
                self._connection.execute("BEGIN")
                self._connection.executemany("REPLACE INTO kept VALUES (?, ?, ?, ?)", _values(rows))
        except sqlite3.Error as error:
            raise RangeError(
                f"what was changed can't be kept: {error}",
                hint="make room on the disk of the rehearsal's folder; until then a kill would lose the change",
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        self._lock.close()


def _values(rows: Mapping[Place, bytes]) -> Iterable[tuple[str, str, str, bytes]]:
    """Give rows as SQLite takes them."""
    return ((*place, pickled) for place, pickled in rows.items())
