"""What AWS grants."""

from __future__ import annotations

from collections.abc import Iterator

from range.facts import rows
from range.spec.models import Exercise
from range.spec.problems import Violation, one_of


def quota_violations(exercise: Exercise) -> Iterator[Violation]:
    """Every quota is one of the table's."""
    known = [str(row["quota"]) for row in rows("quotas")] if exercise.quotas else []
    for name in exercise.quotas:
        if name not in known:
            yield Violation(("quotas", name), one_of(known, name), f"the quota {name}")
