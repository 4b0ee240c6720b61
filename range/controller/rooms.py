"""How many enclaves are in a step at once: as many as a small machine bears, and more while the machine has leisure.

On AWS an engine waits for minutes and computes for seconds: a fixed number that suits two busy cores would make thirty-six
enclaves queue for nothing, and let one slow ally hold a place that another needs.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

MOST = 64
"""Engines at once however idle the machine: some 200 MiB each. Measured: see bench/README.md."""
IDLE_SHARE = 0.5
"""How much of the machine's time must have been idle lately for one more."""
SPARE_MIB = 1024
"""How much memory must be left for one more."""
LOOK_S = 0.5


class Room:
    """Places in a step: `width` at any time, and up to `most` as long as the machine has leisure."""

    def __init__(self, width: int, most: int, leisure: Callable[[], bool]) -> None:
        """Begin empty."""
        self._width, self._most = width, max(width, most)
        self._leisure = leisure
        self._inside = 0
        self._news = threading.Condition()

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Take a place for the length of the block; wait until there is one."""
        with self._news:
            while not self._has_room():
                self._news.wait(LOOK_S)
            self._inside += 1
        try:
            yield
        finally:
            with self._news:
                self._inside -= 1
                self._news.notify_all()

    def _has_room(self) -> bool:
        if self._inside < self._width:
            return True
        return self._inside < self._most and self._leisure()


class Machine:
    """Whether this machine has leisure, from what the kernel counts; asked from several threads."""

    def __init__(self, proc: Path = Path("/proc")) -> None:
        """Look for the first time."""
        self._proc = proc
        self._guard = threading.Lock()
        self._at = 0.0
        self._counted = self._count()

    def has_leisure(self) -> bool:
        """Say whether cores were idle since the last look, and memory is left; one look lets one more in."""
        with self._guard:
            now = time.monotonic()
            if now - self._at < LOOK_S:
                return False
            self._at = now
            before, self._counted = self._counted, self._count()
            passed = sum(self._counted) - sum(before)
            idle = (self._counted[3] + self._counted[4]) - (before[3] + before[4])
            return passed > 0 and idle / passed >= IDLE_SHARE and self._spare_mib() >= SPARE_MIB

    def _count(self) -> list[int]:
        """Read what all cores have done so far, by kind. Source: proc_stat(5): user, nice, system, idle, iowait, ..."""
        return [int(text) for text in (self._proc / "stat").read_text().splitlines()[0].split()[1:9]]

    def _spare_mib(self) -> float:
        lines = (self._proc / "meminfo").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("MemAvailable:"))
