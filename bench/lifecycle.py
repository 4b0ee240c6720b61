"""Up, up again, down: twelve enclaves against the clock, and thirty-six against twelve."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.exercise import exercise_of, lean_exercise_of
from bench.figures import Figure
from bench.run import Bench, Run

LIMITS_S = {"up": 60.0, "up again": 40.0, "down": 60.0}
"""For twelve enclaves."""
STATUS_S = 0.9
"""For thirty-six that are up."""
GROWTH = 3.3
"""How many times as long thirty-six may take as twelve."""
_LIFE = (("up", ("up",)), ("up again", ("up",)), ("status", ("status",)), ("down", ("down", "--yes")))
"""What is typed, and what it is called."""


def lifecycle() -> list[Figure]:
    """Measure the life of an exercise of each size, each with a rehearsal cloud of its own."""
    few, many = (_life(f"{count} enclaves", partial(lean_exercise_of, enclaves=count)) for count in (12, 36))
    runs = [many.runs[name] for name in LIMITS_S]
    return [
        Figure("resources, 12 enclaves and the hub", _resources(few.runs["up"]), ""),
        *(Figure(f"{name}, 12 enclaves", few.runs[name].seconds, "s", limit) for name, limit in LIMITS_S.items()),
        Figure("resources, 36 enclaves and the hub", _resources(many.runs["up"]), ""),
        *(Figure(f"{name}, 36 enclaves", many.runs[name].seconds, "s") for name in LIMITS_S),
        *(
            Figure(f"{name}, 36 to 12", many.runs[name].seconds / few.runs[name].seconds, "times", GROWTH)
            for name in LIMITS_S
        ),
        Figure("`range status`, 36 enclaves that are up", many.runs["status"].seconds, "s", STATUS_S),
        Figure("controller, 36 enclaves", max(run.peak_mib for run in runs), "MiB", 400),
        Figure("rehearsal process, 36 enclaves", many.rehearsal_peak, "MiB", 600),
        Figure("engines at once", max(run.engines for run in runs), ""),
        Figure("all engines together, 36 enclaves", max(run.engines_mib for run in runs), "MiB"),
    ]


def whole() -> list[Figure]:
    """Measure the life of an exercise as the example has them: four hosts, a sensor and its mirrors for each ally."""
    life = _life("10 allies, red and white", partial(exercise_of, allies=10))
    return [
        Figure("resources, 12 whole enclaves and the hub", _resources(life.runs["up"]), ""),
        *(Figure(f"{name}, 12 whole enclaves", life.runs[name].seconds, "s") for name in LIMITS_S),
    ]


class _Life(Bench):
    """A bench whose rehearsal is gone at the end."""

    rehearsal_peak: float = 0.0


def _life(what: str, written: Callable[[Path], Path]) -> _Life:
    """Bring an exercise up, up again and down."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _Life(Path(folder))
        spec = written(bench.folder)
        bench.range("rehearsal", "start", spec, "--no-hosts")
        try:
            for name, command in _LIFE:
                bench.runs[name] = bench.range(*command, spec)
                print(f"{what}: {name} {bench.runs[name].seconds:.1f} s", file=sys.stderr, flush=True)
            bench.rehearsal_peak = bench.rehearsal_mib
        finally:
            bench.range("rehearsal", "stop")
    return bench


def _resources(up: Run) -> int:
    """Count what an `up` made."""
    return sum(enclave["created"] for enclave in up.document["enclaves"])
