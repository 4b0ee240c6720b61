"""What was gathered about AWS's refusals, and what became of each: truths hold it, or it is left out and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from range.rehearsal.truths.rows import Confidence

_FILE = Path(__file__).with_name("facts.yaml")


@dataclass(frozen=True)
class Fact:
    """Something that AWS refuses, or against common belief doesn't, as its source tells it."""

    id: str
    call: str
    when: str
    source: str
    code: str = ""
    """How AWS refuses it."""
    what_happens: str = ""
    """What AWS does instead of refusing."""
    confidence: Confidence = "documented"
    moto: str = "unknown"
    """What plain moto 5.2.5 does: `allows`, `refuses`, or `unknown`."""
    held_by: tuple[str, ...] = ()
    """Truths; of what isn't refused, names that tests carry in their `truth` marker."""
    left_out: str = ""
    """Why nothing holds it."""


@dataclass(frozen=True)
class Facts:
    """Everything that was gathered."""

    refused: tuple[Fact, ...]
    not_refused: tuple[Fact, ...]

    @property
    def held(self) -> tuple[Fact, ...]:
        """The refusals that truths hold."""
        return tuple(fact for fact in self.refused if fact.held_by)

    @property
    def left_out(self) -> tuple[Fact, ...]:
        """What nothing holds, refused or not."""
        return tuple(fact for fact in (*self.refused, *self.not_refused) if not fact.held_by)


@cache
def facts() -> Facts:
    """Read everything that was gathered."""
    gathered: dict[str, list[dict[str, Any]]] = yaml.load(_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return Facts(*(tuple(map(_fact, gathered[name])) for name in ("refused", "not_refused")))


def _fact(row: dict[str, Any]) -> Fact:
    """Read one row."""
    return Fact(**{**row, "held_by": tuple(row.get("held_by", ()))})


def summary(passed: Collection[str]) -> str:
    """Say in a line how many truths and facts held in a run of the tests, by the names of those that passed."""
    from range.rehearsal.truths.table import TRUTHS

    known = facts()
    allowed = [fact for fact in known.not_refused if fact.held_by]
    rows = f"truths held: {sum(truth.name in passed for truth in TRUTHS)} of {len(TRUTHS)}"
    refused = f"facts held: {sum(_held(fact, passed) for fact in known.held)} of {len(known.refused)} refusals"
    others = f"{sum(_held(fact, passed) for fact in allowed)} of {len(known.not_refused)} that aren't refused"
    return f"{rows}; {refused}, {others}; {len(known.left_out)} left out, docs/truths.md says why"


def _held(fact: Fact, passed: Collection[str]) -> bool:
    """Say whether everything that holds a fact passed."""
    return all(name in passed for name in fact.held_by)
