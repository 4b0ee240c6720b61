"""When the exercise is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from range.spec.models import Exercise
from range.spec.problems import Violation


def date_violations(exercise: Exercise, now: datetime) -> Iterator[Violation]:
    """The lease ends in the time to come."""
    if exercise.lease_end <= now:
        found = f"{exercise.lease_end.isoformat()}, which is past"
        yield Violation(("lease_end",), f"a time after {now.isoformat(timespec='minutes')}", found)
