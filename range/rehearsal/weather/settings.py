"""What the weather is set to, checked when it is set, and kept beside the rehearsal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from range.errors import InputError, RangeError
from range.files import write_whole
from range.rehearsal.weather.latencies import PROFILES
from range.rehearsal.weather.rules import Rule, rule_of

MIXED = (
    ("unavailable", 0.3),
    ("unavailable-after", 0.15),
    ("lost", 0.2),
    ("lost-before", 0.15),
    ("stall", 0.1),
    ("error", 0.1),
)
"""The faults of `rate`, and their shares."""
MIXED_CODE = ("IncorrectState", "The request isn't allowed while the resource is in this state.")
_FILE = "weather.json"


@dataclass(frozen=True)
class Settings:
    """All of it. Calm as it stands here."""

    latency: str = "none"
    speed: float = 1.0
    """How many simulated seconds pass in one of this machine's."""
    throttling: float = 0.0
    """The scale of AWS's buckets; 0 throttles nothing."""
    seed: int = 0
    rate: float = 0.0
    """The share of calls that meet one of the `MIXED` faults."""
    rules: tuple[Rule, ...] = ()
    slow: tuple[tuple[str, float], ...] = ()
    """Accounts in which calls and states take so many times as long."""
    events: bool = False
    """Whether each call is written into `events.jsonl`."""

    @property
    def is_calm(self) -> bool:
        """Whether nothing has to be done about any call."""
        return replace(self, speed=1.0, seed=0) == Settings()

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """The rules, and those that the rate stands for."""
        code, message = MIXED_CODE
        mixed = (
            Rule(kind, call="*", rate=self.rate * share, seconds=5.0, code=code, message=message)
            for kind, share in MIXED
        )
        return (*self.rules, *mixed) if self.rate else self.rules

    def document(self) -> dict[str, Any]:
        """Give it as JSON."""
        return {**asdict(self), "rules": [rule.document() for rule in self.rules], "slow": dict(self.slow)}


def changed(settings: Settings, document: Mapping[str, Any]) -> Settings:
    """Give the settings with what a document says differently.

    Raises:
        InputError: it names something that isn't there, or a value that can't be.
    """
    known = [each.name for each in fields(Settings)]
    for name in document:
        if name not in known:
            raise InputError(f"the weather has no {name!r}", hint=f"valid: {', '.join(known)}")
    more = dict(document)
    if "rules" in more:
        more["rules"] = tuple(map(rule_of, more["rules"]))
    if "slow" in more:
        more["slow"] = tuple(sorted((account, float(times)) for account, times in dict(more["slow"]).items()))
    made = replace(settings, **more)
    _check(made)
    return made


def _check(settings: Settings) -> None:
    if settings.latency not in PROFILES:
        raise InputError(f"there is no latency profile {settings.latency!r}", hint=f"valid: {', '.join(PROFILES)}")
    if not _positive(settings.speed):
        raise InputError(
            f"a rehearsal can't run at speed {settings.speed}",
            hint="give how many simulated seconds pass in one of this machine's: a number above 0, such as 20",
        )
    if settings.throttling != 0 and not _positive(settings.throttling):
        raise InputError(
            f"buckets can't have the scale {settings.throttling}",
            hint="valid: 0 (no throttling), 1 (AWS's own buckets), 0.1 (a tenth)",
        )
    if settings.rate != 0 and not (_positive(settings.rate) and settings.rate <= 1):
        raise InputError(
            f"the fault rate can't be {settings.rate}", hint="valid: 0 to 1; 0.02 is two calls in a hundred"
        )
    if not all(_positive(times) for _, times in settings.slow):
        raise InputError("an account can't be that slow", hint="give how many times as long it takes: a number above 0")


def _positive(number: object) -> bool:
    return isinstance(number, int | float) and not isinstance(number, bool) and 0 < number < float("inf")


def read(home: Path | None) -> Settings:
    """Read what a rehearsal's weather is set to; calm where nobody set it.

    Raises:
        RangeError: the file says something else.
    """
    path = home / _FILE if home is not None else None
    if path is None or not path.exists():
        return Settings()
    try:
        return changed(Settings(), json.loads(path.read_text()))
    except (ValueError, TypeError, InputError) as error:
        raise RangeError(f"{path} isn't the weather of a rehearsal: {error}", hint=f"delete {path}") from error


def write(home: Path, settings: Settings) -> None:
    """Keep the settings, all of them or nothing."""
    write_whole(home / _FILE, json.dumps(settings.document(), indent=1) + "\n")
