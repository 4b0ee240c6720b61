"""The plan of the example."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from range.plan.addresses import allot
from range.plan.build import plan_of
from range.plan.lock import lock_path, read
from range.records.plan import Plan
from range.spec.loading import load
from tests.cloud.conftest import account, fresh, front, operator, sessions

__all__ = ["account", "fresh", "front", "operator", "sessions"]

STEADFAST = Path(__file__).parents[2] / "examples" / "steadfast.yaml"


@pytest.fixture(scope="session")
def plan() -> Plan:
    """The plan of the example."""
    exercise = load(STEADFAST, now=datetime.now(UTC))
    return plan_of(exercise, allot(exercise, read(lock_path(STEADFAST))))
