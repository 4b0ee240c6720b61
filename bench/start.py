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
    """Time `--help`, `validate`, and `status` of an exercise that was brought up, all of its hosts told."""
    with tempfile.TemporaryDirectory() as folder:
        spec = exercise_of(Path(folder), 36)
        _lived(Path(folder), spec)
        rows = (
            ("`range --help`", ("--help",), 0.7),
            ("`range validate`, 36 allies", ("validate", str(spec)), 0.7),
            ("`range status`, 36 allies", ("status", str(spec)), 0.9),
        )
        return [Figure(what, _best(arguments, folder), "s", limit) for what, arguments, limit in rows]


def _lived(folder: Path, spec: Path) -> None:
    """Write a journal as an `up` of the exercise leaves it: every step of every enclave, and every host."""
    from range.cli import surroundings
    from range.controller.journal import Journal
    from range.controller.standing import JOURNAL
    from range.controller.steps import STEPS
    from range.records.results import HostOutput

    planned = surroundings.plan(spec)
    with Journal(folder / ".range" / JOURNAL) as journal:
        number = journal.command_began(planned.exercise, f"range up {spec}", "bench")
        for enclave in (planned.hub, *planned.enclaves):
            hosts = [
                HostOutput(
                    name=host.name, id=f"i-{host.address}", role=host.role, zone=host.zone, address=str(host.address)
                )
                for host in enclave.hosts
            ]
            for step in STEPS:
                journal.step_ended(journal.step_began(number, enclave.name, step.do.name), "done", None)
            journal.stands(planned.exercise, enclave.name, "ready", direction="up", hosts=hosts)
        journal.command_ended(number, 0, None)


def _best(arguments: tuple[str, ...], folder: str) -> float:
    def once() -> float:
        began = time.monotonic()
        subprocess.run([f"{sys.prefix}/bin/range", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return time.monotonic() - began

    return min(once() for _ in [None] * TIMES)
