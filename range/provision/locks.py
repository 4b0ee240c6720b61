"""Locks that the engine puts on a stack, and which of them nobody holds any more."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from range.errors import Busy

_LOCK = re.compile(r"created by (?P<user>.*)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")
"""How the engine names a lock. Source: pulumi pkg/v3 v3.250.0, backend/diy/lock.go, checkForLock."""

_FILE = re.compile(r"(?P<url>file://\S+\.json\S*): created by ")

ORPHAN_PATIENCE_S = 60.0
"""How long an engine whose controller was killed may take to finish what it has in hand."""

STARTED_BY = "RANGE_CONTROLLER_PID"
"""In an engine's environment: the process that started it. It is its parent for as long as it lives."""


@dataclass(frozen=True)
class Lock:
    """Who holds a stack."""

    user: str
    host: str
    pid: int
    since: str


def locks(refusal: str) -> tuple[Lock, ...]:
    """Read the locks that the engine's refusal names. Empty where the backend doesn't name any (Pulumi Cloud)."""
    return tuple(
        Lock(found["user"], found["host"], int(found["pid"]), found["since"]) for found in _LOCK.finditer(refusal)
    )


def clear_files(refusal: str) -> None:
    """Delete the lock files of a file backend that the engine's refusal names; `release` has seen to their holders.

    `pulumi cancel` does that for every backend, but not while the stack is only just being made.
    """
    for found in _FILE.finditer(refusal):
        Path(unquote(urlsplit(found["url"]).path)).unlink(missing_ok=True)


def release(stack: str, refusal: str, patience_s: float = ORPHAN_PATIENCE_S) -> None:
    """See to it that nobody holds a stack's locks any more; the caller may then clear them.

    An engine on this machine whose controller is gone is told to stop, and waited for.

    Raises:
        Busy: somebody holds a lock: a live process here, or anyone on another machine.
    """
    found = locks(refusal)
    if not found:
        raise Busy(
            f"{stack} is being changed by somebody else", hint=f"wait, or see who with `pulumi stack -s {stack}`"
        )
    for lock in found:
        if lock.host != socket.gethostname():
            raise Busy(
                f"{stack} is locked by {lock.user} on {lock.host} (pid {lock.pid}) since {lock.since}",
                hint=f"wait; if that machine is gone for good: `pulumi cancel -s {stack}`, then run this again",
            )
        if is_engine(lock.pid) and is_abandoned(lock.pid):
            os.kill(lock.pid, signal.SIGINT)
            _wait_for(lock.pid, patience_s)
        if is_engine(lock.pid):
            raise Busy(
                f"{stack} is being changed by {lock.user} (pid {lock.pid} on this machine) since {lock.since}",
                hint="wait for it to end, then run this again",
            )


def is_engine(pid: int) -> bool:
    """Say whether a live process of this number is a Pulumi engine; numbers are used again by others."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        command = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return command == "pulumi" and status.rsplit(")", 1)[1].split()[0] != "Z"


def is_abandoned(pid: int) -> bool:
    """Say whether the controller that started an engine is gone; one started by hand is nobody's to stop."""
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        parent = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1]
    except (FileNotFoundError, ProcessLookupError):
        return True
    started_by = [
        value.partition(b"=")[2].decode() for value in environment if value.startswith(f"{STARTED_BY}=".encode())
    ]
    return bool(started_by) and started_by != [parent]


def _wait_for(pid: int, patience_s: float) -> None:
    """Wait until an engine has ended, or for as long as is reasonable."""
    until = time.monotonic() + patience_s
    while is_engine(pid) and time.monotonic() < until:
        time.sleep(0.1)
