"""Running a command while watching how big it, its engines and the rehearsal cloud grow."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SAMPLE_S = 0.2
RANGE = (sys.executable, "-m", "range.cli.main")
FOREIGN = ("AWS_", "PULUMI_", "RANGE_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


@dataclass
class Run:
    """What a command took, and answered."""

    code: int = 0
    seconds: float = 0.0
    stdout: bytes = b""
    peak_mib: float = 0.0
    """Of the command's own process."""
    engines: int = 0
    """Pulumi engines at once, at the most."""
    engines_mib: float = 0.0
    """All of them together, at the most."""

    @property
    def document(self) -> Any:
        """The command's JSON."""
        return json.loads(self.stdout)


@dataclass
class Bench:
    """A directory to measure in, with a rehearsal cloud of its own."""

    folder: Path
    runs: dict[str, Run] = field(default_factory=dict)

    def range(self, *arguments: str | Path, code: int = 0) -> Run:
        """Type a `range` command here, which is to end with a code.

        Raises:
            RuntimeError: it failed; a figure of a command that failed would be worth nothing.
        """
        run = measured([*RANGE, *map(str, arguments), "--json"], self.folder)
        if run.code != code:
            raise RuntimeError(
                f"range {' '.join(map(str, arguments))} ended with {run.code}: {run.stdout.decode()[:2000]}"
            )
        return run

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Have this process find what a command here does, for the length of the block."""
        before, where = dict(os.environ), Path.cwd()
        try:
            for name in [name for name in os.environ if name.startswith(FOREIGN)]:
                del os.environ[name]
            os.chdir(self.folder)
            yield
        finally:
            os.chdir(where)
            os.environ.clear()
            os.environ.update(before)

    @property
    def rehearsal_mib(self) -> float:
        """The most memory that the rehearsal process has had so far."""
        pid = json.loads((self.folder / ".range" / "rehearsal" / "rehearsal.json").read_text())["pid"]
        return _status_mib(pid, "VmHWM")


def measured(command: Sequence[str], folder: Path) -> Run:
    """Run a command in a folder, sampling its processes."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    environment["RANGE_NO_HOSTS"] = "1"  # what hosts cost is measured by bench/hosts.py
    run = Run()
    began = time.monotonic()
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE) as process:
        over = threading.Event()
        sampler = threading.Thread(target=_sample, args=(process.pid, run, over))
        sampler.start()
        run.stdout = process.communicate()[0]
        over.set()
        sampler.join()
    run.code = process.returncode
    run.seconds = time.monotonic() - began
    return run


def _sample(pid: int, run: Run, over: threading.Event) -> None:
    """Look at a process and its children, again and again."""
    while not over.wait(SAMPLE_S):
        run.peak_mib = max(run.peak_mib, _status_mib(pid, "VmHWM"))
        engines = [child for child in _children(pid) if _name(child) == "pulumi"]
        run.engines = max(run.engines, len(engines))
        run.engines_mib = max(run.engines_mib, sum(_status_mib(engine, "VmRSS") for engine in engines))


def _children(pid: int) -> list[int]:
    """List a process's own children, by all of its threads."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []  # it, or one of its threads, has just ended


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""  # it has just ended


def _status_mib(pid: int, key: str) -> float:
    """Read one of the sizes that the kernel keeps of a process; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{key}:")), 0.0)
