"""The journal of a directory: who typed what, when and how it ended, every step, and each enclave's phase.

SQLite and nothing else, so that `range status` and `range log` read it without loading the engine.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Self, cast

from range.controller.forecast import Run
from range.controller.phases import Direction, Phase
from range.errors import EnvironmentMissing, RangeError
from range.records.plan import Record
from range.records.results import HostOutput

Outcome = Literal["done", "failed", "interrupted"]

SCHEMA_VERSION = 1
_MAKE_ROOM = "see that its disk has room and its folder can be written to, then type the same command again"
_SCHEMA = """
CREATE TABLE commands (
    id INTEGER PRIMARY KEY, exercise TEXT NOT NULL, words TEXT NOT NULL, who TEXT NOT NULL,
    began TEXT NOT NULL, ended TEXT, exit_code INTEGER, error TEXT);
CREATE TABLE steps (
    id INTEGER PRIMARY KEY, command INTEGER NOT NULL REFERENCES commands(id), enclave TEXT NOT NULL, step TEXT NOT NULL,
    began TEXT NOT NULL, ended TEXT, outcome TEXT, error TEXT);
CREATE TABLE enclaves (
    exercise TEXT NOT NULL, name TEXT NOT NULL, phase TEXT NOT NULL, since TEXT NOT NULL,
    step TEXT, direction TEXT, error TEXT, hosts TEXT NOT NULL DEFAULT '[]', PRIMARY KEY (exercise, name));
"""


class Command(Record):
    """One command that changes something, as it was typed."""

    id: int
    exercise: str
    words: str
    who: str
    began: datetime
    ended: datetime | None
    """None while it runs, and for ever if it was killed."""
    exit_code: int | None
    error: str | None


class StepRun(Record):
    """One step of one command on one enclave."""

    enclave: str
    step: str
    began: datetime
    ended: datetime | None
    outcome: Outcome | None
    error: str | None


class Standing(Record):
    """Where an enclave stands, as the journal knows it."""

    name: str
    phase: Phase = "absent"
    since: datetime | None = None
    """None for an enclave that no command has touched."""
    step: str | None = None
    """The step under way, or the one that failed."""
    direction: Direction | None = None
    error: str | None = None
    hosts: tuple[HostOutput, ...] = ()
    """The machines that exist."""


class Journal:
    """One journal file; safe to share among threads, and among processes."""

    def __init__(self, path: Path) -> None:
        """Open the journal, and make it where there is none.

        Raises:
            EnvironmentMissing: the file is no journal, or was written by a newer version.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._path = path
        try:
            self._db = sqlite3.connect(path, timeout=30, check_same_thread=False, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            self._migrate()
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        """Give the journal itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def command_began(self, exercise: str, words: str, who: str) -> int:
        """Write down that a command has begun; returns its number."""
        return self._write(
            "INSERT INTO commands (exercise, words, who, began) VALUES (?, ?, ?, ?)", (exercise, words, who, _now())
        )

    def command_ended(self, number: int, exit_code: int, error: str | None = None) -> None:
        """Write down how a command ended."""
        self._write(
            "UPDATE commands SET ended = ?, exit_code = ?, error = ? WHERE id = ?", (_now(), exit_code, error, number)
        )

    def step_began(self, command: int, enclave: str, step: str) -> int:
        """Write down that a step has begun on an enclave; returns its number."""
        return self._write(
            "INSERT INTO steps (command, enclave, step, began) VALUES (?, ?, ?, ?)", (command, enclave, step, _now())
        )

    def step_ended(self, number: int, outcome: Outcome, error: str | None = None) -> None:
        """Write down how a step ended."""
        self._write("UPDATE steps SET ended = ?, outcome = ?, error = ? WHERE id = ?", (_now(), outcome, error, number))

    def stands(
        self,
        exercise: str,
        name: str,
        phase: Phase,
        *,
        direction: Direction,
        step: str | None = None,
        error: str | None = None,
        hosts: Sequence[HostOutput] | None = None,
    ) -> None:
        """Move an enclave to a phase; `since` stays while the phase does, and the hosts stay unless they are given."""
        self._write(
            """INSERT INTO enclaves (exercise, name, phase, since, step, direction, error, hosts)
               VALUES (:exercise, :name, :phase, :now, :step, :direction, :error, coalesce(:hosts, '[]'))
               ON CONFLICT DO UPDATE SET since = iif(phase = :phase, since, :now), phase = :phase, step = :step,
                 direction = :direction, error = :error, hosts = coalesce(:hosts, hosts)""",
            {
                "exercise": exercise,
                "name": name,
                "phase": phase,
                "now": _now(),
                "step": step,
                "direction": direction,
                "error": error,
                "hosts": None if hosts is None else json.dumps([host.model_dump() for host in hosts]),
            },
        )

    def standings(self, exercise: str) -> dict[str, Standing]:
        """Give every enclave of an exercise that a command has ever touched."""
        rows = self._read(
            "SELECT name, phase, since, step, direction, error, hosts FROM enclaves WHERE exercise = ?", (exercise,)
        )
        return {row["name"]: Standing(**{**row, "hosts": json.loads(row["hosts"])}) for row in rows}

    def commands(self, exercise: str, limit: int = 50) -> tuple[Command, ...]:
        """Give the latest commands of an exercise, the oldest of them first."""
        rows = self._read("SELECT * FROM commands WHERE exercise = ? ORDER BY id DESC LIMIT ?", (exercise, limit))
        return tuple(Command(**row) for row in reversed(rows))

    def steps(self, command: int) -> tuple[StepRun, ...]:
        """Give the steps of one command, in the order in which they began."""
        rows = self._read(
            "SELECT enclave, step, began, ended, outcome, error FROM steps WHERE command = ? ORDER BY id", (command,)
        )
        return tuple(StepRun(**row) for row in rows)

    def latest_step(self, exercise: str, enclave: str, *, begun: str, done: str) -> str | None:
        """Name which of two steps of an enclave came last: one that was `begun`, or one that was `done`; None for neither."""
        rows = self._read(
            "SELECT s.step FROM steps s JOIN commands c ON c.id = s.command WHERE c.exercise = ? AND s.enclave = ? "
            "AND (s.step = ? OR (s.step = ? AND s.outcome = 'done')) ORDER BY s.id DESC LIMIT 1",
            (exercise, enclave, begun, done),
        )
        return str(rows[0]["step"]) if rows else None

    def runs(self, exercise: str, limit: int = 2_000) -> tuple[Run, ...]:
        """Give the latest steps of all commands of an exercise."""
        rows = self._read(
            "SELECT s.command, s.enclave, s.step, s.began, s.ended, s.outcome FROM steps s "
            "JOIN commands c ON c.id = s.command WHERE c.exercise = ? ORDER BY s.id DESC LIMIT ?",
            (exercise, limit),
        )
        return tuple(Run(**row) for row in rows)

    def _migrate(self) -> None:
        """Make the tables of an empty file; refuse what a newer version wrote."""
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("BEGIN IMMEDIATE")
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self._db.execute("COMMIT")
        if version > SCHEMA_VERSION:
            raise EnvironmentMissing(
                f"the journal {self._path} is of a newer version of range ({version}; this one knows {SCHEMA_VERSION})",
                hint="use that version, or another directory (RANGE_HOME)",
            )

    def _write(self, statement: str, values: Sequence[Any] | Mapping[str, Any]) -> int:
        try:
            with self._lock:
                return cast(int, self._db.execute(statement, values).lastrowid)
        except sqlite3.Error as error:
            raise RangeError(
                f"the journal {self._path} can't be written: {error}",
                hint=_MAKE_ROOM,
            ) from error

    def _read(self, statement: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        try:
            with self._lock:
                return [dict(row) for row in self._db.execute(statement, values).fetchall()]
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, error: sqlite3.Error) -> EnvironmentMissing:
        damaged = type(error) is sqlite3.DatabaseError  # what the disk or its rights refuse is an OperationalError
        hint = f"move {self._path} away; a new one is made" if damaged else _MAKE_ROOM
        return EnvironmentMissing(f"the journal {self._path} can't be used: {error}", hint=hint)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
