"""How long calls and states take on AWS, from `range/facts/latencies.json`, where each figure has its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from range.facts import rows

PROFILES = ("none", "aws")
"""What `--latency` takes."""


@dataclass(frozen=True)
class Latencies:
    """Medians of one profile, in simulated seconds. What it doesn't know takes no time."""

    calls: Mapping[str, float]
    """From request to answer, by a pattern of the call: `ec2.CreateVpc`, `*.Describe*`."""
    settles: Mapping[str, float]
    """From the answer until it is in force, for whoever waits for that, as AWS's provider does."""
    states: Mapping[str, float]
    """How long a state lasts, by kind and state: `nat-gateway:pending`."""
    fresh: Mapping[str, float]
    """How long something new isn't known everywhere: an `id`, a `role`, an `instance-profile`, the `trail`."""

    def call_s(self, name: str) -> float:
        """Give how long a call takes to be answered."""
        return _fitting(tuple(self.calls.items()), name)

    def settle_s(self, name: str) -> float:
        """Give how long the effect of a call takes to be in force after its answer."""
        return _fitting(tuple(self.settles.items()), name)


NONE = Latencies({}, {}, {}, {})
"""Nothing takes any time but this machine's own."""


@cache
def latencies(profile: str) -> Latencies:
    """Give a profile by its name, one of `PROFILES`."""
    if profile == "none":
        return NONE
    known = rows("latencies")
    return Latencies(*(_medians(known, key) for key in ("call", "settles", "state", "fresh")))


def _medians(known: Iterable[Mapping[str, Any]], key: str) -> dict[str, float]:
    return {row[key]: float(row["p50_s"]) for row in known if key in row}


@cache
def _fitting(table: tuple[tuple[str, float], ...], name: str) -> float:
    """Give the figure of the pattern that says the most about a name."""
    fitting = [(len(pattern.replace("*", "")), seconds) for pattern, seconds in table if fnmatchcase(name, pattern)]
    return max(fitting)[1] if fitting else 0.0
