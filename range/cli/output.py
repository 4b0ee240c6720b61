"""Results on stdout, everything else on stderr; with `--json`, one document on stdout and nothing else."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from range.errors import CloudError, InputError, RangeError


@dataclass
class Answer:
    """How this process answers, and whether it has."""

    as_json: bool = False
    """Whether `--json` was typed: set before any command is loaded, so that also a wrong option answers in JSON."""
    given: bool = False
    """Whether the document was printed."""


answer = Answer()


def document(value: object) -> None:
    """Print the one JSON document of a command."""
    answer.given = True
    print(text(value))


def streams() -> None:
    """Say that the answer is a line for each event, so that no document ends it."""
    answer.given = True


def text(value: object) -> str:
    """Write a document as JSON."""
    return json.dumps(value, indent=2, default=str)


def line(text: str = "") -> None:
    """Print one line of a result."""
    print(text)


def note(text: str) -> None:
    """Tell something that isn't the result. That nobody hears it any more (`2>&1 | head`) stops no work."""
    try:
        sys.stderr.write(f"{text}\n")  # in one piece: several threads have something to tell
        sys.stderr.flush()
    except OSError:
        _give_up(sys.stderr)


def writable() -> None:
    """Make letters that the terminal or pipe has no bytes for come out as escapes, instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def written(code: int) -> int:
    """Hand over what is still to be printed, and give the exit code: a result that is lost isn't done."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        _give_up(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            note(f"range: the result can't be written: {error.strerror}")
        return code or 1
    return code


def _give_up(stream: TextIO) -> None:
    """Let a stream end nowhere: what it still holds would fail again at every flush, the engine's and Python's too."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


def failure(error: RangeError) -> None:
    """Print what went wrong and what to type next, in the form that was asked for."""
    if not answer.as_json:
        note(f"range: {error}")
        return
    details: dict[str, object] = {"message": error.message, "hint": error.hint, "exit_code": error.exit_code}
    if isinstance(error, InputError) and error.problems:
        details["problems"] = list(error.problems)
    if isinstance(error, CloudError) and error.code:
        details["code"] = error.code
    try:
        document({"error": details})
    except OSError:
        note(f"range: {error}")


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headers, each column as wide as it needs to be; numbers stand at the right."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(row[column]) for row in [list(headers), *cells]) for column in _columns(headers)]
    right = [bool(cells) and all(_is_number(row[column]) for row in cells) for column in _columns(headers)]
    for row in [list(headers), *cells]:
        padded = (row[c].rjust(widths[c]) if right[c] else row[c].ljust(widths[c]) for c in _columns(headers))
        line("  ".join(padded).rstrip())


def _columns(headers: Sequence[str]) -> Iterable[int]:
    return [number for number, _ in enumerate(headers)]


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "").isdigit() or text == "-"
