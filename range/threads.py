"""Threads of one Python process that ask and wait by turns."""

from __future__ import annotations

import contextlib
import os


def stay_on_one_core() -> None:
    """Keep the calling thread where the process's other threads of its kind are; for a pool's `initializer`.

    Only one of them runs at a time anyway, and passing the turn on to one on another core means waking that core: with
    two processes that ask and answer, on two cores, a quarter of the time. Where there are no such places nothing is done.
    """
    with contextlib.suppress(OSError, AttributeError):
        cores = sorted(os.sched_getaffinity(os.getpid()))
        os.sched_setaffinity(0, {cores[os.getpid() % len(cores)]})
