"""Waiting until something holds, where a test waits for another process."""

from __future__ import annotations

import time
from collections.abc import Callable

POLL_S = 0.05


def until(holds: Callable[[], object], within_s: float = 60.0) -> None:
    """Wait until something holds, or fail."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {within_s:.0f} s"
        time.sleep(POLL_S)
