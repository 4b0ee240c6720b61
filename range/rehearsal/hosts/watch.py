"""Notices what machines do by themselves: that one has come up, that its user data is done, that one has ended."""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from range.rehearsal.hosts.first_boot import BOOTED, FAILED, FINISHED

BOOT_PATIENCE_S = 120.0
"""How long a machine may take to come up before it is said that it doesn't."""
_LOOK_S = 0.1
"""How often it is looked whether a machine has come up."""


@dataclass(frozen=True)
class Events:
    """Whom to tell of a machine. `late` is told once; the machine may come up all the same."""

    up: Callable[[str], None]
    late: Callable[[str], None]
    failed: Callable[[str], None]
    """Its user data failed."""
    ended: Callable[[str, int], None]
    """With the first process that it had."""


@dataclass
class _Watched:
    """A machine that runs."""

    machine: str
    pid: int
    deadline: float
    is_up: bool = False
    is_done: bool = False


class Watch:
    """A thread that watches machines by their first processes."""

    def __init__(self, events: Events) -> None:
        """Start watching."""
        self._events = events
        self._lock = threading.Lock()
        self._watched: dict[int, _Watched] = {}
        """By the descriptor that stands for the process: a pid may be another's meanwhile, that can't."""
        self._poll = select.epoll()
        self._wake, self._woken = os.pipe()
        self._poll.register(self._wake, select.EPOLLIN)
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._thread.start()

    def add(self, machine: str, pid: int) -> None:
        """Watch a machine; one that has ended already is told of at once."""
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            self._events.ended(machine, pid)
            return
        with self._lock:
            self._watched[descriptor] = _Watched(machine, pid, time.monotonic() + BOOT_PATIENCE_S)
        self._poll.register(descriptor, select.EPOLLIN)
        os.write(self._woken, b"!")

    def close(self) -> None:
        """Stop watching."""
        self._closed = True
        os.write(self._woken, b"!")
        self._thread.join()
        for descriptor in (*self._watched, self._wake, self._woken):
            os.close(descriptor)
        self._poll.close()

    def _run(self) -> None:
        """Wait for ends; while a machine is on its way up, look whether it is."""
        while not self._closed:
            with self._lock:
                on_their_way = [each for each in self._watched.values() if not each.is_done]
            for descriptor, _ in self._poll.poll(_LOOK_S if on_their_way else None):
                if descriptor == self._wake:
                    os.read(self._wake, 4096)
                else:
                    self._end(descriptor)
            for each in on_their_way:
                self._look(each)

    def _end(self, descriptor: int) -> None:
        """Tell that a machine has ended."""
        with self._lock:
            watched = self._watched.pop(descriptor)
        self._poll.unregister(descriptor)
        os.close(descriptor)
        watched.is_done = True
        self._events.ended(watched.machine, watched.pid)

    def _look(self, watched: _Watched) -> None:
        """Look how far a machine is on its way up."""
        if watched.is_done:
            return
        if not watched.is_up and _shows(watched.pid, BOOTED):
            watched.is_up = True
            self._events.up(watched.machine)
        if _shows(watched.pid, FINISHED):
            watched.is_done = True
            if _shows(watched.pid, FAILED):
                self._events.failed(watched.machine)
        elif not watched.is_up and watched.deadline < time.monotonic():
            watched.deadline = float("inf")
            self._events.late(watched.machine)


def _shows(pid: int, mark: str) -> bool:
    """Say whether a machine shows a mark; only its name is looked up, so whatever it may point to is left alone."""
    return os.path.lexists(f"/proc/{pid}/root{mark}") and Path(f"/proc/{pid}").exists()
