"""How soon a dead controller's work goes on, by another one or by the same command typed again; and what a step costs."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figures import Figure
from range.controller.walks import Walk, walker
from tests.bad_days.place import ALLY, ROOT, Place, clean
from tests.controller.postgres import Server, programs, server
from tests.controller.test_sharing import CONTROLLER

_RUNS = 5
_STEPS = 200
_PATIENCE_S = 120.0
_POLL_S = 0.01


def controllers() -> list[Figure]:
    """Measure takeovers on PostgreSQL, where it is installed, resumption on SQLite, and the cost of a durable step."""
    figures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures.append(Figure("a durable step of nothing, SQLite", _step_ms(folder / "steps.sqlite"), "ms", 20))
        figures.append(
            Figure(
                f"`range up` killed, typed again, until its step goes on, the slowest of {_RUNS}",
                _resumed_s(folder),
                "s",
                5,
            )
        )
        if programs() is None:
            return figures
        with server() as postgres:
            figures.append(Figure("a durable step of nothing, PostgreSQL", _step_ms(postgres.url), "ms", 20))
            taken = [_taken_over_s(postgres, folder / f"log{number}", f"a{number}") for number in _counted(_RUNS)]
            figures.append(
                Figure(f"a killed worker's step begun by another, median of {_RUNS}", statistics.median(taken), "s")
            )
            figures.append(
                Figure(f"a killed worker's step begun by another, the slowest of {_RUNS}", max(taken), "s", 10)
            )
    return figures


def _counted(times: int) -> list[int]:
    return [number for number, _ in enumerate([None] * times)]


def _step_ms(database: Path | str) -> float:
    """Walk through many steps that do nothing."""
    steps = tuple(f"step{number}" for number in _counted(_STEPS))
    with walker(database, lambda *_: {}) as walks:
        began = time.perf_counter()
        walks.begin(Walk("bench", "est", steps, "digest")).get_result(polling_interval_sec=_POLL_S)
        return (time.perf_counter() - began) * 1000 / _STEPS


def _taken_over_s(postgres: Server, log: Path, enclave: str) -> float:
    """Kill a worker in the middle of a step, while another one waits; time it until that one does the step."""
    with contextlib.ExitStack() as stack:

        def begun(role: str, does: str) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-c", CONTROLLER, postgres.url, str(log), role, does], cwd=ROOT, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            stack.callback(process.communicate)
            stack.callback(process.kill)
            assert process.stdout is not None
            process.stdout.readline()
            return process

        dying = begun("works", "stay in second")
        begun("asks", enclave)
        _until(lambda: f"{dying.pid} {enclave} second" in _read(log))
        survivor = begun("works", "nothing")
        dying.send_signal(signal.SIGKILL)
        began = time.monotonic()
        _until(lambda: f"{survivor.pid} {enclave} second" in _read(log))
        return time.monotonic() - began


def _read(log: Path) -> str:
    return log.read_text() if log.exists() else ""


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError("what is measured never happened")
        time.sleep(_POLL_S)


def _resumed_s(folder: Path) -> float:
    """Kill `range up` as it begins the last step of an enclave, type it again, and time that until it begins it; the slowest."""
    taken = []
    with _place(folder) as place:
        for _ in _counted(_RUNS):
            where = f"up:{ALLY}:baseline:begun"
            words = [
                sys.executable,
                "-m",
                "tests.bad_days.crash",
                where,
                "up",
                "--ally",
                ALLY,
                str(place.spec),
                "--json",
            ]
            subprocess.run(
                words, cwd=place.folder, env={**clean(), "PYTHONPATH": str(ROOT)}, check=False,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            journal = place.home / "journal.sqlite"
            before, began = _begun(journal), time.monotonic()
            again = place.begin("up", "--ally", ALLY)
            _until(lambda journal=journal, before=before: _begun(journal) > before)  # type: ignore[misc]
            taken.append(time.monotonic() - began)
            again.kill()
            again.wait()
    return max(taken)


def _begun(journal: Path) -> int:
    """Count the times that the step was begun."""
    with contextlib.closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as read:
        return int(
            read.execute("SELECT count(*) FROM steps WHERE step = 'baseline' AND enclave = ?", (ALLY,)).fetchone()[0]
        )


@contextlib.contextmanager
def _place(folder: Path) -> Iterator[Place]:
    (folder / "place").mkdir()
    place = Place(folder / "place")
    try:
        yield place
    finally:
        place.stop()
