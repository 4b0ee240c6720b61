"""The example's plan, and ways that lead nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from range.cloud.ssh import Ways
from range.plan.addresses import allot
from range.plan.build import plan_of
from range.plan.lock import lock_path, read
from range.records.plan import Plan
from range.spec.loading import load

STEADFAST = Path(__file__).parents[2] / "examples" / "steadfast.yaml"


WHENEVER = datetime.min.replace(tzinfo=UTC)


def _plan(spec: Path) -> Plan:
    exercise = load(spec, now=WHENEVER)
    return plan_of(exercise, allot(exercise, read(lock_path(STEADFAST))))


@pytest.fixture(scope="session")
def plan() -> Plan:
    """Plan the example."""
    return _plan(STEADFAST)


@pytest.fixture
def exercise_file(tmp_path: Path) -> Callable[[Callable[[Any], Any]], Plan]:
    """Give the plan of the example, edited."""

    def edited(edit: Callable[[Any], Any]) -> Plan:
        content = yaml.safe_load(STEADFAST.read_text())
        edit(content)
        (tmp_path / "edited.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
        return _plan(tmp_path / "edited.yaml")

    return edited


@pytest.fixture
def ways(plan: Plan, tmp_path: Path) -> Ways:
    """Give ways whose entry leads nowhere."""
    return Ways(
        plan, folder=tmp_path / "ssh", key=tmp_path / "key", entry="nowhere --from here %h %p", sockets=tmp_path / "s"
    )
