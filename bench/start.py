"""How long one waits for the commands that do little."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.exercise import exercise_of
from bench.figures import Figure

TIMES = 5
"""Of so many runs the best counts: it is the one that was disturbed least."""


def start() -> list[Figure]:
    """Time `--help`, `validate` and `status`."""
    with tempfile.TemporaryDirectory() as folder:
        spec = exercise_of(Path(folder), 36)
        rows = (
            ("`range --help`", ("--help",), 0.7),
            ("`range validate`, 36 allies", ("validate", str(spec)), 0.7),
            ("`range status`, 36 allies", ("status", str(spec)), 0.9),
        )
        return [Figure(what, _best(arguments, folder), "s", limit) for what, arguments, limit in rows]


def _best(arguments: tuple[str, ...], folder: str) -> float:
    def once() -> float:
        began = time.monotonic()
        subprocess.run([f"{sys.prefix}/bin/range", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - began

    return min(once() for _ in [None] * TIMES)
