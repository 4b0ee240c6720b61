"""Up, up again, down: twelve enclaves against the clock, and thirty-six against twelve."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.exercise import exercise_of
from bench.figures import Figure
from bench.run import Bench, Run

SIZES = (12, 36)
LIMITS_S = {"up": 60.0, "up again": 40.0, "down": 60.0}
"""For twelve enclaves."""
GROWTH = 3.3
"""How many times as long thirty-six may take as twelve."""


def lifecycle() -> list[Figure]:
    """Measure the life of an exercise of each size, each with a rehearsal cloud of its own."""
    few, many = (_life(allies) for allies in SIZES)
    figures = [Figure(f"{name}, 12 allies", few.runs[name].seconds, "s", limit) for name, limit in LIMITS_S.items()]
    figures += [Figure(f"{name}, 36 allies", many.runs[name].seconds, "s") for name in LIMITS_S]
    figures += [
        Figure(f"{name}, 36 to 12", many.runs[name].seconds / few.runs[name].seconds, "times", GROWTH)
        for name in LIMITS_S
    ]
    runs = [many.runs[name] for name in LIMITS_S]
    return [
        *figures,
        Figure("resources, 12 allies", _resources(few.runs["up"]), ""),
        Figure("resources, 36 allies", _resources(many.runs["up"]), ""),
        Figure("controller, 36 allies", max(run.peak_mib for run in runs), "MiB", 400),
        Figure("rehearsal process, 36 allies", many.rehearsal_peak, "MiB", 600),
        Figure("engines at once", max(run.engines for run in runs), ""),
        Figure("all engines together, 36 allies", max(run.engines_mib for run in runs), "MiB"),
    ]


class _Life(Bench):
    """A bench whose rehearsal is gone at the end."""

    rehearsal_peak: float = 0.0


def _life(allies: int) -> _Life:
    """Bring an exercise up, up again and down."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _Life(Path(folder))
        spec = exercise_of(bench.folder, allies)
        bench.range("rehearsal", "start", spec)
        try:
            for name, command in (("up", ("up",)), ("up again", ("up",)), ("down", ("down", "--yes"))):
                bench.runs[name] = bench.range(*command, spec)
                print(f"{allies} allies: {name} {bench.runs[name].seconds:.1f} s", file=sys.stderr, flush=True)
            bench.rehearsal_peak = bench.rehearsal_mib
        finally:
            bench.range("rehearsal", "stop")
    return bench


def _resources(up: Run) -> int:
    """Count what an `up` made."""
    return sum(enclave["created"] for enclave in up.document["enclaves"])
