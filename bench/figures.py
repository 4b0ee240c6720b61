"""The figures, and the table of README.md that they are written to."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"


@dataclass(frozen=True)
class Figure:
    """One thing that was measured, and the most that it may be."""

    what: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def ok(self) -> bool:
        """Say whether it is within its limit."""
        return self.limit is None or self.value <= self.limit

    def __str__(self) -> str:
        """Give the row of the table."""
        limit = "" if self.limit is None else f"≤ {self.limit:g} {self.unit}"
        verdict = "" if self.limit is None else "yes" if self.ok else "**no**"
        return f"| {self.what} | {self.value:.2f} {self.unit} | {limit} | {verdict} |".replace(".00 ", " ")


def pace_s() -> float:
    """Give what a fixed piece of work takes here and now, in seconds of wall time: the best of three."""
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        sum(number * number for number in range(5_000_000))
        taken.append(time.perf_counter() - began)
    return min(taken)


def written(figures: Iterable[Figure], part: str) -> None:
    """Put a part's table in its place in README.md, with when and where it was measured."""
    begin, end = BEGIN.replace("figures", part), END.replace("figures", part)
    rows = [str(figure) for figure in figures]
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    where = (
        f"Measured {now} on {os.cpu_count()} cores, Python {platform.python_version()}, at a pace of {pace_s():.2f} s."
    )
    table = "\n".join([begin, where, "", "| what | measured | limit | within |", "|---|---|---|---|", *rows, end])
    before, _, rest = README.read_text(encoding="utf-8").partition(begin)
    README.write_text(before + table + rest.partition(end)[2], encoding="utf-8")
