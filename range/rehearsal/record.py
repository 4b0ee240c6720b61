"""Where a rehearsal can be reached, as it is written down in its folder."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from range.errors import RangeError
from range.files import write_whole

_NAME = "rehearsal.json"
_START_TIME = 21
"""Where /proc/PID/stat keeps the start time, counted from 0. Source: proc_pid_stat(5), field 22, read 2026-11-22."""


@dataclass(frozen=True)
class Rehearsal:
    """One rehearsal process and its ports; the ports outlive the process."""

    pid: int
    born: str
    """When the kernel started the process, in clock ticks since boot: a reused pid has another."""
    endpoint: str
    port: int
    provider_port: int
    started: str
    hosts: bool = True
    """Whether instances are machines that one can log into; remembered from start to start."""

    @classmethod
    def of_this_process(cls, *, port: int, provider_port: int, hosts: bool = True) -> Rehearsal:
        """Describe the process that calls this."""
        born = birth(os.getpid())
        assert born is not None
        started = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(os.getpid(), born, f"http://127.0.0.1:{port}", port, provider_port, started, hosts)

    @property
    def is_alive(self) -> bool:
        """Whether the very process that wrote this still runs."""
        return birth(self.pid) == self.born


def birth(pid: int) -> str | None:
    """Tell when a process started, or None where there is none (or only its exit code is left)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else fields[_START_TIME - 2]


def write(home: Path, rehearsal: Rehearsal) -> None:
    """Write the record down, all of it or nothing."""
    write_whole(home / _NAME, json.dumps(asdict(rehearsal), indent=2) + "\n")


def read(home: Path) -> Rehearsal | None:
    """Read the record of a folder, if one was written.

    Raises:
        RangeError: the file is there but says something else.
    """
    path = home / _NAME
    if not path.exists():
        return None
    try:
        return Rehearsal(**json.loads(path.read_text()))
    except (ValueError, TypeError) as error:
        raise RangeError(f"{path} is no record of a rehearsal: {error}", hint=f"delete {path}") from error
