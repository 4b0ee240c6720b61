"""What needs two parts of the file to judge, or something from outside it: one module per subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from range.spec.models import Exercise
from range.spec.problems import Violation
from range.spec.rules.accounts import account_violations
from range.spec.rules.addresses import address_violations
from range.spec.rules.dates import date_violations
from range.spec.rules.flows import flow_violations
from range.spec.rules.hosts import host_violations
from range.spec.rules.names import name_violations
from range.spec.rules.places import place_violations
from range.spec.rules.quotas import quota_violations

RULES: tuple[Callable[[Exercise], Iterator[Violation]], ...] = (
    name_violations,
    place_violations,
    account_violations,
    address_violations,
    host_violations,
    flow_violations,
    quota_violations,
)


def violations(exercise: Exercise, now: datetime) -> Iterator[Violation]:
    """Give everything that the exercise gets wrong, each with its place in the file."""
    for rule in RULES:
        yield from rule(exercise)
    yield from date_violations(exercise, now)
