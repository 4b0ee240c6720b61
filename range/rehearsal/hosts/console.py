"""What a machine wrote to its console, as conmon keeps it, and what is said there of machines that don't run."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

SHOWN_BYTES = 64 * 1024
"""Source: EC2 API Reference, GetConsoleOutput: the most recent 64 KB; from memory, 2026-11-28."""
_STAMP = re.compile(r"^\S+ (?:stdout|stderr) ([FP]) ")
_COLOURS = re.compile(r"\x1b(?:\[[0-9;?!]*[A-Za-z]|\][^\x1b\x07]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|.)")


def written(file: Path) -> str:
    """Give the end of what a machine wrote, without the stamps of its lines and without colours; empty if it never ran."""
    try:
        with file.open("rb") as log:
            log.seek(0, 2)
            log.seek(max(0, log.tell() - 2 * SHOWN_BYTES))
            text = log.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    parts = []
    for line in text.splitlines():
        stamp = _STAMP.match(line)
        parts.append(line[stamp.end() :].rstrip("\r") if stamp else line)
        if stamp is None or stamp[1] == "F":
            parts.append("\n")
    return _COLOURS.sub("", "".join(parts))[-SHOWN_BYTES:]


def tail(file: Path, lines: int = 10) -> str:
    """Give the last lines of what a machine wrote."""
    return "\n".join(written(file).strip().splitlines()[-lines:])


def say(file: Path, text: str) -> None:
    """Write a line on a machine's console from outside, as conmon would."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as log:
        for line in text.splitlines():
            log.write(f"{datetime.now(UTC).isoformat()} stdout F range: {line}\n")
