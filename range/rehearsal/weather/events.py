"""The log of events: each call with what it began, and for whom it was made, so that its time can be told afterwards."""

from __future__ import annotations

import json
import threading
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from range.rehearsal.weather.sight import Sight, origin

FILE = "events.jsonl"


@dataclass
class Event:
    """One call on its way."""

    sight: Sight
    began: float = field(default_factory=time.time)
    entered: list[tuple[str, str]] = field(default_factory=list)
    """States that it began, with the id of what is in them."""
    moved: list[str] = field(default_factory=list)
    """What it found further on than before."""
    fault: str = ""

    def row(self, status: int) -> dict[str, Any]:
        """Give the line of the log."""
        whose = origin.get()
        return {
            "began": round(self.began, 6),
            "ended": round(time.time(), 6),
            "call": self.sight.name,
            "account": self.sight.account,
            "region": self.sight.region,
            "by": whose.by,
            "urn": whose.urn,
            "doing": whose.doing,
            "status": status,
            "narrow": self.sight.is_narrow,
            "instances": self.sight.instances,
            **({"entered": self.entered} if self.entered else {}),
            **({"moved": self.moved} if self.moved else {}),
            **({"fault": self.fault} if self.fault else {}),
        }


current: ContextVar[Event | None] = ContextVar("current", default=None)
"""The call that is being answered in this thread."""


class Log:
    """The file of a rehearsal's events; a line each, in the order in which calls ended."""

    def __init__(self, path: Path) -> None:
        """Append to a file."""
        self._guard = threading.Lock()
        self._file: TextIO = path.open("a", encoding="utf-8")

    def write(self, event: Event, status: int) -> None:
        """Write a call down."""
        line = json.dumps(event.row(status), separators=(",", ":"))
        with self._guard:
            self._file.write(f"{line}\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._file.close()
