"""What AWS lets things be named."""

from __future__ import annotations

from collections.abc import Iterator

from range.spec.models import Exercise
from range.spec.problems import Violation

TAKEN = ("sg-", "sthree-", "amzn-s3-demo-", "xn--")
"""How AWS lets no security group or bucket be named. Source: Amazon EC2 API Reference, CreateSecurityGroup, and Amazon S3
User Guide, "General purpose bucket naming rules" (read 2026-11-22)."""


def name_violations(exercise: Exercise) -> Iterator[Violation]:
    """The exercise's name, which begins the names of everything, begins none that AWS keeps for itself."""
    if f"{exercise.name}-".startswith(TAKEN):
        kept = ", ".join(TAKEN)
        yield Violation(("name",), f"a name that, with a hyphen after it, doesn't begin with any of {kept}")
