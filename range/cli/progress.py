"""Progress on stderr while a command works: a live table on a terminal, plain lines anywhere else."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from range.cli import output
from range.records.results import Progress

if TYPE_CHECKING:
    from rich.table import Table

    from range.controller.outcome import Outcome
    from range.controller.steps import Act


class View(Protocol):
    """Shows how things go; a `Watcher` that also takes the engine's news."""

    def begun(self, enclave: str, act: Act) -> None:
        """A step has begun."""

    def ended(self, enclave: str, act: Act, outcome: Outcome) -> None:
        """A step has ended."""

    def defect(self, enclave: str, act: Act, trace: str) -> None:
        """A step raised what it never should."""

    def progress(self, news: Progress) -> None:
        """The engine has come to a resource, or is done with it."""


class Lines:
    """One line for each step that begins or ends."""

    def __init__(self) -> None:
        """Start the clock."""
        self._began = time.monotonic()

    def begun(self, enclave: str, act: Act) -> None:
        """Tell it."""
        self._tell(enclave, f"{act.name} …")

    def ended(self, enclave: str, act: Act, outcome: Outcome) -> None:
        """Tell it."""
        self._tell(enclave, f"{act.name} {told(outcome)}")
        for note in outcome.notes:
            self._tell(enclave, note)

    def defect(self, enclave: str, act: Act, trace: str) -> None:
        """Tell it in full."""
        self._tell(enclave, f"{act.name} met a defect of range:\n{trace}")

    def progress(self, news: Progress) -> None:
        """Tell only of failures: a line for each resource would bury the rest."""
        if news.state == "failed":
            self._tell(news.stack.partition(".")[2], f"{news.operation} of {news.type} {news.name} failed")

    def _tell(self, enclave: str, text: str) -> None:
        output.note(f"{time.monotonic() - self._began:6.1f} s  {enclave:<10} {text}")


@dataclass
class _Row:
    """What the live table shows of an enclave."""

    step: str
    began: float
    state: str = "…"
    done: int = 0
    expected: int | None = None
    last: str = ""
    seconds: float | None = None


@dataclass
class Live:
    """A table that is drawn again and again; one row per enclave."""

    rows: dict[str, _Row] = field(default_factory=dict)
    traces: list[str] = field(default_factory=list)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def begun(self, enclave: str, act: Act) -> None:
        """Show it."""
        with self._guard:
            self.rows[enclave] = _Row(act.name, time.monotonic())

    def ended(self, enclave: str, act: Act, outcome: Outcome) -> None:
        """Show it."""
        with self._guard:
            row = self.rows[enclave]
            row.state, row.seconds, row.last = told(outcome), outcome.seconds, "; ".join(outcome.notes)

    def defect(self, enclave: str, act: Act, trace: str) -> None:
        """Keep it until the table is gone."""
        self.traces.append(f"{enclave}: {act.name} met a defect of range:\n{trace}")

    def progress(self, news: Progress) -> None:
        """Show it."""
        with self._guard:
            row = self.rows.get(news.stack.partition(".")[2])
            if row is not None:
                row.done, row.expected = news.done, news.expected
                row.last = f"{news.operation} {news.type.rpartition(':')[2]} {news.name}"

    def __rich__(self) -> Table:
        """Draw the table as it is now."""
        from rich.table import Table

        table = Table("enclave", "step", "resources", "s", "", box=None, pad_edge=False)
        with self._guard:
            for name, row in self.rows.items():
                seconds = row.seconds if row.seconds is not None else time.monotonic() - row.began
                of = f"{row.done} of {row.expected}" if row.expected else str(row.done or "")
                table.add_row(name, f"{row.step} {row.state}", of, f"{seconds:.1f}", row.last[:60])
        return table


def told(outcome: Outcome) -> str:
    """Give an outcome in few words."""
    if outcome.failed:
        return f"{outcome.word} after {outcome.seconds:.1f} s: {outcome.error}"
    return f"done in {outcome.seconds:.1f} s{changed(outcome)}"


def changed(outcome: Outcome) -> str:
    """Count what changed; nothing where nothing did."""
    if outcome.changes is None:
        return ""
    counts = outcome.changes.model_dump(exclude={"stack"})
    return f" ({', '.join(f'{count} {word}' for word, count in counts.items() if count) or 'nothing there'})"


@contextmanager
def shown(environment: Mapping[str, str] = os.environ) -> Iterator[View]:
    """Show progress for the length of the block, in the way that stderr can."""
    if not sys.stderr.isatty() or environment.get("TERM") == "dumb":
        yield Lines()
        return
    from rich.console import Console
    from rich.live import Live as Screen

    live = Live()
    with Screen(live, console=Console(stderr=True), refresh_per_second=5, transient=False):
        yield live
    for trace in live.traces:
        output.note(trace)
