"""Up, up again, resets, down: one enclave to thirty-six; twelve against the clock, and thirty-six against twelve."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.exercise import exercise_of, lean_exercise_of
from bench.figures import Figure
from bench.resets import Exercise, vandalised_account
from bench.run import Bench, Run
from bench.simulated import ALLY, HUB, SIZES
from range.controller.reset_steps import LEVELS

LIMITS_S = {"up": 60.0, "up again": 40.0, "down": 60.0}
"""For twelve enclaves."""
STATUS_S = 0.9
"""For thirty-six that are up."""
GROWTH = 3.3
"""How many times as long thirty-six may take as twelve."""
RESETS = {f"reset --level {level}": ("reset", "--level", level, "--yes") for level in LEVELS}
"""Each of accounts that are vandalised first."""
LIFE = {"up": ("up",), "up again": ("up",), "status": ("status",), **RESETS, "down": ("down", "--yes")}
"""What is typed in this order, and what it is called."""
WALKS = ("up", "up again", *RESETS, "down")
OF_ALL = ("status", "down")
"""What is typed for everybody, where the rest is for one."""


def lifecycle() -> list[Figure]:
    """Measure the life of an exercise of each size, each with a rehearsal cloud of its own."""
    lives = {size: _lean(size) for size in SIZES}
    few, many = lives[12].runs, lives[36].runs
    walks = [many[name] for name in WALKS]
    return [
        *(figure for size, life in lives.items() for figure in _of_size(size, life)),
        *(Figure(f"{name}, 36 to 12", many[name].seconds / few[name].seconds, "times", GROWTH) for name in WALKS),
        Figure("`range status`, 36 enclaves that are up", many["status"].seconds, "s", STATUS_S),
        Figure("controller, 36 enclaves", max(run.peak_mib for run in walks), "MiB", 400),
        Figure("rehearsal process, 36 enclaves", lives[36].rehearsal_peak, "MiB", 600),
        Figure("engines at once", max(run.engines for run in walks), ""),
        Figure("all engines together, 36 enclaves", max(run.engines_mib for run in walks), "MiB"),
    ]


def _of_size(size: int, life: _Life) -> Iterator[Figure]:
    """Give what each command took."""
    enclaves = f"{size} enclave{'s' if size > 1 else ''}"
    yield Figure(f"resources, {enclaves} and the hub", _resources(life.runs["up"]), "")
    for name in WALKS:
        yield Figure(f"{name}, {enclaves}", life.runs[name].seconds, "s", LIMITS_S.get(name) if size == 12 else None)


def whole() -> list[Figure]:
    """Measure the life of an exercise as the example has them: four hosts, a sensor and its mirrors for each ally."""
    life = _life("10 allies, red and white", partial(exercise_of, allies=10), LIMITS_S)
    return [
        Figure("resources, 12 whole enclaves and the hub", _resources(life.runs["up"]), ""),
        *(Figure(f"{name}, 12 whole enclaves", life.runs[name].seconds, "s") for name in LIMITS_S),
    ]


class _Life(Bench):
    """A bench whose rehearsal is gone at the end."""

    rehearsal_peak: float = 0.0


def _lean(enclaves: int) -> _Life:
    """Have so many lean enclaves live; a single one is an ally, where red and white are in the file and never up."""
    only = ("--ally", ALLY) if enclaves == 1 else ()
    written = partial(lean_exercise_of, enclaves=max(enclaves, 3))
    return _life(f"{enclaves} lean", written, LIFE, only)


def _life(what: str, written: Callable[[Path], Path], names: Iterable[str], only: Sequence[str] = ()) -> _Life:
    """Have an exercise live through commands of these names, on `only` some of its enclaves."""
    with tempfile.TemporaryDirectory() as folder:
        bench = _Life(Path(folder))
        spec = written(bench.folder)
        bench.range("rehearsal", "start", spec, "--no-hosts")
        try:
            for name in names:
                if name in RESETS:
                    _vandalise(bench, spec)
                bench.runs[name] = bench.range(*LIFE[name], *(() if name in OF_ALL else only), spec)
                print(f"{what}: {name} {bench.runs[name].seconds:.1f} s", file=sys.stderr, flush=True)
            bench.rehearsal_peak = bench.rehearsal_mib
        finally:
            bench.range("rehearsal", "stop")
    return bench


def _vandalise(bench: Bench, spec: Path) -> None:
    """Do to every account what players do."""
    with bench.entered():
        standing = Exercise(spec)
        for row in bench.runs["up"].document["enclaves"]:
            if row["name"] != HUB:
                vandalised_account(standing, row["name"])


def _resources(up: Run) -> int:
    """Count what an `up` made."""
    return sum(enclave["created"] for enclave in up.document["enclaves"])
