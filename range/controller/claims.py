"""Who is at work on what: one file lock per enclave or command, which the kernel drops when its process dies.

A lock left behind by a kill therefore can't exist, and no pid is ever guessed alive: what can be claimed is free.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from range.errors import Busy

GLANCE_S = 0.2
"""How long a claim is tried for: `holder` takes the lock for a moment to see whether it is free."""


class Holder(BaseModel):
    """Who holds a claim, and since when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: str
    pid: int
    command: str
    since: datetime

    def __str__(self) -> str:
        """Word it for a message: `range up` by ann, since 14:03:11 (pid 4711)."""
        return f"`{self.command}` by {self.who}, since {self.since.astimezone():%H:%M:%S} (pid {self.pid})"


@contextlib.contextmanager
def claim(folder: Path, name: str, *, who: str, command: str, wait: bool = False) -> Iterator[None]:
    """Hold `name` for the length of the block; `wait` for whoever holds it instead of refusing.

    Raises:
        Busy: somebody alive holds it; the message says who, and since when.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = _path(folder, name)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not _locked(descriptor, patient=wait):
            raise Busy(
                f"{name} is busy: {_read(path) or 'another command'}",
                hint="add --wait, or type it again once that has ended",
            )
        holder = Holder(who=who, pid=os.getpid(), command=command, since=datetime.now(UTC))
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, holder.model_dump_json().encode(), 0)
        yield
    finally:
        os.close(descriptor)


def holder(folder: Path, name: str) -> Holder | None:
    """Say who holds `name`; None when nobody alive does."""
    path = _path(folder, name)
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(path)
    finally:
        os.close(descriptor)
    return None


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.lock"


def _locked(descriptor: int, *, patient: bool = False) -> bool:
    """Take the lock; try for longer than a glance of `holder` lasts, or until whoever has it lets go."""
    if patient:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return True
    deadline = time.monotonic() + GLANCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        else:
            return True


def _read(path: Path) -> Holder | None:
    """Read who holds it; None in the instant between taking the lock and signing it."""
    try:
        return Holder.model_validate_json(path.read_bytes())
    except ValidationError:
        return None
