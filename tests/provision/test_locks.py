"""Whose lock is in the way, and when it may be cleared."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from range.errors import Busy
from range.provision.locks import STARTED_BY, is_abandoned, is_engine, locks, release

REFUSAL = (
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock "
    "file with `pulumi cancel`.\n  file:///state/.pulumi/locks/organization/defence-range/steadfast.est/1.json: "
    "created by {user}@{host} (pid {pid}) at 2026-11-22T10:00:00Z"
)
DEAD = 2**22 - 1
"""more than Linux ever gives"""


def refusal(pid: int, host: str | None = None) -> str:
    """Word a refusal as the engine does."""
    return REFUSAL.format(user="operator", host=host or socket.gethostname(), pid=pid)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is called as an engine is, with us as its parent."""
    binary = tmp_path / "pulumi"
    shutil.copy(shutil.which("sleep") or "", binary)
    environment = {**os.environ, STARTED_BY: str(os.getpid())}
    with subprocess.Popen([binary, "60"], env=environment) as process:
        yield process
        process.kill()


@pytest.fixture
def orphan(tmp_path: Path) -> Iterator[int]:
    """An engine whose controller was killed."""
    binary = tmp_path / "pulumi"
    shutil.copy(shutil.which("sleep") or "", binary)
    start = (
        "import os, subprocess, sys; os.environ[sys.argv[2]] = str(os.getpid()); "
        "nothing = subprocess.DEVNULL; "  # an engine that held our pipe open would be waited for to its end
        "print(subprocess.Popen([sys.argv[1], '60'], stdout=nothing, stderr=nothing).pid)"
    )
    told = subprocess.run([sys.executable, "-c", start, binary, STARTED_BY], capture_output=True, check=True, text=True)
    pid = int(told.stdout)
    until = time.monotonic() + 5
    while not is_engine(pid) and time.monotonic() < until:
        time.sleep(0.01)  # the kernel gives a process its new name a moment after it is said to have begun
    yield pid
    if is_engine(pid):
        os.kill(pid, signal.SIGKILL)


def test_the_engine_s_refusal_names_who_holds_the_stack() -> None:
    (lock,) = locks(refusal(4711, "ops-2"))

    assert (lock.user, lock.host, lock.pid, lock.since) == ("operator", "ops-2", 4711, "2026-11-22T10:00:00Z")


def test_a_dead_process_s_lock_is_nobody_s() -> None:
    release("steadfast.est", refusal(DEAD))


def test_a_process_that_got_the_number_of_a_dead_engine_holds_nothing() -> None:
    release("steadfast.est", refusal(os.getpid()))


def test_a_live_engine_s_lock_is_respected(engine: subprocess.Popen[bytes]) -> None:
    with pytest.raises(Busy, match=f"pid {engine.pid} on this machine"):
        release("steadfast.est", refusal(engine.pid))

    assert engine.poll() is None


def test_a_lock_of_another_machine_is_respected_and_says_whose_it_is() -> None:
    with pytest.raises(Busy, match="locked by operator on ops-2") as busy:
        release("steadfast.est", refusal(DEAD, "ops-2"))

    assert "pulumi cancel" in (busy.value.hint or "")


def test_a_backend_that_names_no_holder_is_respected() -> None:
    with pytest.raises(Busy, match="somebody else"):
        release("steadfast.est", "[409] Conflict: Another update is currently in progress.")


def test_an_engine_whose_controller_was_killed_is_stopped_and_waited_for(orphan: int) -> None:
    assert is_engine(orphan)
    assert is_abandoned(orphan)

    begun = time.monotonic()
    release("steadfast.est", refusal(orphan), patience_s=10)

    assert not is_engine(orphan)
    assert time.monotonic() - begun < 10


def test_an_engine_that_was_started_by_hand_is_nobody_s_to_stop(tmp_path: Path) -> None:
    binary = tmp_path / "pulumi"
    shutil.copy(shutil.which("sleep") or "", binary)
    environment = {name: value for name, value in os.environ.items() if name != STARTED_BY}
    with subprocess.Popen([binary, "60"], env=environment) as process:
        assert not is_abandoned(process.pid)
        process.kill()
