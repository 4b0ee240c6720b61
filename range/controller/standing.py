"""Where things stand, read from the journal and from who is alive; imports neither the engine nor boto3."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from range.controller.claims import holder
from range.controller.forecast import Forecast, forecast
from range.controller.journal import Command, Journal, Standing
from range.controller.phases import UNDER_WAY, next_command

JOURNAL = "journal.sqlite"
LOCKS = "locks"


class Row(Standing):
    """Where an enclave stands now."""

    held_by: str | None = None
    """Who is at work on it, with what, and since when."""
    forecast: Forecast | None = None
    """How far a walk under way is, and how long it has to go, from what earlier ones took."""

    def shown(self, spec: str, *, left: bool = False) -> dict[str, Any]:
        """Give the row of `range status --json`.

        `spec` is what follows a command that is proposed; `left` says that the enclave isn't in that file any more.
        """
        return {
            "name": self.name,
            "phase": self.phase,
            "since": self.since and self.since.isoformat(timespec="seconds"),
            "next": next_command(self.phase, self.direction, spec, self.name, left=left),
            "step": self.step,
            "error": self.error,
            "held_by": self.held_by,
            "progress": f"{self.forecast.done} of {self.forecast.of}" if self.forecast else None,
            "left_s": self.forecast.left_s if self.forecast else None,
            "hosts": [host.model_dump() for host in self.hosts],
        }


def standings_now(home: Path, exercise: str, enclaves: Sequence[str]) -> tuple[Row, ...]:
    """Give each enclave of the file, then those that left it and aren't absent.

    What was under way when its command was killed has failed, whatever the journal says.
    """
    if not (home / JOURNAL).exists():
        return tuple(Row(name=name) for name in enclaves)
    with Journal(home / JOURNAL) as journal:
        known = journal.standings(exercise)
        under_way = any(each.phase in UNDER_WAY for each in known.values())
        runs = journal.runs(exercise) if under_way else ()
    gone = [name for name, standing in known.items() if name not in enclaves and standing.phase != "absent"]
    rows = [known.get(name, Standing(name=name)) for name in (*enclaves, *gone)]
    now = datetime.now(UTC)
    shown = (_now(standing, home / LOCKS, exercise) for standing in rows)
    return tuple(
        row.model_copy(update={"forecast": forecast(runs, row.name, now)}) if row.phase in UNDER_WAY else row
        for row in shown
    )


def history(home: Path, exercise: str, limit: int) -> list[dict[str, Any]]:
    """Give the latest commands for `range log --json`, the oldest of them first."""
    if not (home / JOURNAL).exists():
        return []
    with Journal(home / JOURNAL) as journal:
        return [
            {
                "who": command.who,
                "words": command.words,
                "began": command.began.isoformat(timespec="seconds"),
                "ended": command.ended and command.ended.isoformat(timespec="seconds"),
                "exit_code": command.exit_code,
                "how": _how(command, home / LOCKS),
                "error": command.error,
                "steps": [step.model_dump(mode="json") for step in journal.steps(command.id)],
            }
            for command in journal.commands(exercise, limit)
        ]


def command_claim(number: int) -> str:
    """Name the claim that a command holds for as long as it lives."""
    return f"command-{number}"


def _now(standing: Standing, locks: Path, exercise: str) -> Row:
    held = holder(locks, f"{exercise}.{standing.name}")
    row = Row(**standing.model_dump(), held_by=str(held) if held else None)
    if standing.phase not in UNDER_WAY or held is not None:
        return row
    return row.model_copy(update={"phase": "failed", "error": f"{standing.step} was cut off: its command was killed"})


def _how(command: Command, locks: Path) -> str:
    if command.exit_code is None:
        return "running" if holder(locks, command_claim(command.id)) else "killed"
    return {0: "done", 1: "failed", 2: "refused", 3: "could not tell", 130: "interrupted"}[command.exit_code]
