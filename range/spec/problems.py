"""What is wrong in a file, in a form that a person and a program can both act upon."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path

from range.errors import InputError

Location = tuple[str | int, ...]
"""The way to a value: keys of mappings and positions in lists."""

SHOWN = 20
"""Problems named in one run; a file with more has one cause that makes the others."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that the file breaks, at a value that stands somewhere in it."""

    location: Location
    valid: str
    found: str | None = None
    """None: what stands there, as it was written."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A violation with its place in the file."""

    line: int | None
    column: int | None
    field: str
    found: str
    valid: str

    def __str__(self) -> str:
        """Give one line for a terminal."""
        column = f", column {self.column}" if self.column else ""
        place = f"line {self.line}{column}: " if self.line else ""
        field = f"{self.field}: " if self.field else ""
        return f"{place}{field}found {self.found}; valid: {self.valid}"


def field_path(location: Location) -> str:
    """Give the form that errors name a value by: `flows[0].to`."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return shortened(path, 120)


def shortened(text: str, length: int = 60) -> str:
    """Cut a text that is too long to be read in an error."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def one_of(names: Iterable[str], wrong: str = "") -> str:
    """List the valid names, those that look like the wrong one first."""
    known = sorted(set(names))
    near = get_close_matches(wrong[:64], known, n=2, cutoff=0.6)
    ordered = [*near, *(name for name in known if name not in near)]
    listed = ", ".join(ordered[:SHOWN]) + (", …" if len(ordered) > SHOWN else "")
    return listed or "nothing (none is declared)"


def bad_file(path: Path, problems: Iterable[Problem]) -> InputError:
    """Make the error that names every problem of a file, in the order in which they stand there."""
    ordered = sorted(set(problems), key=lambda problem: (problem.line or 0, problem.column or 0, problem.field))
    shown = ordered[:SHOWN]
    count = f"{len(shown)} problem{'s' * (len(shown) != 1)}{', and more' * (len(ordered) > SHOWN)}"
    lines = [f"{path}: {count}", *(f"  {problem}" for problem in shown)]
    return InputError("\n".join(lines), problems=[asdict(problem) for problem in shown])
