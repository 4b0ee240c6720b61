"""How this process asks the C library for memory, and when it looks for garbage."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_M_ARENA_MAX = -8
"""Source: mallopt(3)."""
_ARENAS = 2


def share_arenas() -> None:
    """Let all threads share a few arenas, where the C library has any; before there are threads.

    glibc gives threads up to eight arenas for each core, and what one thread gave back in its own serves no other: 20 to 30 MiB
    of a controller with a hundred threads. Where Python's lock is held anyway, nobody waits for an arena.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the garbage collector back for the length of the block."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
