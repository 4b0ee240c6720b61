"""A backend that doesn't know the exercise must not make or sweep anything of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from range.errors import WrongBackend
from range.plan.names import state_id, tags
from range.provision.engine import Engine, EngineSettings
from range.provision.project import NAME
from range.provision.stage import lost_by_state, refuse_wrong_backend
from range.records.inventory import Inventory, Resource
from range.records.plan import Plan

STACK = "steadfast.est"


@pytest.fixture
def backend(tmp_path: Path) -> str:
    """A file backend whose state of est knows one VPC."""
    path = tmp_path / ".pulumi" / "stacks" / NAME / f"{STACK}.json"
    path.parent.mkdir(parents=True)
    vpc = {"urn": f"urn:pulumi:{STACK}::{NAME}::aws:ec2/vpc:Vpc::vpc", "type": "aws:ec2/vpc:Vpc", "id": "vpc-known"}
    latest = {"resources": [{**vpc, "custom": True}]}
    path.write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))
    return f"file://{tmp_path}"


def engine(backend: str, tmp_path: Path) -> Engine:
    """An engine on a backend; the CLI isn't needed to read it."""
    return Engine(EngineSettings(Path("steadfast.yaml"), tmp_path, backend, Path("/nowhere/pulumi")))


def inventory(plan: Plan, *ids: str, state: str) -> Inventory:
    """An account with VPCs that carry est's tags."""
    carried = tags(plan, "est", state)
    account = plan.enclave("est").account
    there = [Resource(account=account, region=plan.region, type="ec2:vpc", id=vpc, tags=carried) for vpc in ids]
    return Inventory(account=account, regions=(plan.region,), taken_at=datetime.now(UTC), resources=tuple(there))


def test_an_account_with_nothing_of_ours_goes_with_any_backend(plan: Plan, backend: str, tmp_path: Path) -> None:
    there = inventory(plan, state="0" * 12)

    refuse_wrong_backend(engine(backend, tmp_path), plan, "est", there, state_id=state_id(backend))


def test_a_backend_that_knows_some_of_it_is_the_right_one(plan: Plan, backend: str, tmp_path: Path) -> None:
    there = inventory(plan, "vpc-known", "vpc-orphan", state=state_id(backend))

    refuse_wrong_backend(engine(backend, tmp_path), plan, "est", there, state_id=state_id(backend))


def test_another_backend_s_exercise_is_not_touched(plan: Plan, backend: str, tmp_path: Path) -> None:
    there = inventory(plan, "vpc-theirs", state="0123456789ab")

    with pytest.raises(WrongBackend, match="made from the backend 0123456789ab") as wrong:
        refuse_wrong_backend(engine(backend, tmp_path), plan, "est", there, state_id=state_id(backend))

    assert wrong.value.exit_code == 3
    assert "PULUMI_BACKEND_URL" in (wrong.value.hint or "")


def test_a_state_that_was_lost_is_not_taken_for_a_fresh_start(plan: Plan, tmp_path: Path) -> None:
    empty = f"file://{tmp_path / 'empty'}"
    (tmp_path / "empty" / ".pulumi").mkdir(parents=True)
    there = inventory(plan, "vpc-ours", state=state_id(empty))

    with pytest.raises(WrongBackend, match="the state has lost them all"):
        refuse_wrong_backend(engine(empty, tmp_path), plan, "est", there, state_id=state_id(empty))


def test_a_teardown_does_without_a_state_that_its_own_backend_lost(plan: Plan) -> None:
    there = inventory(plan, "vpc-ours", state="0123456789ab")

    assert [each.id for each in lost_by_state(plan, "est", there, state_id="0123456789ab")] == ["vpc-ours"]
    assert lost_by_state(plan, "est", inventory(plan, state="0123456789ab"), state_id="0" * 12) == ()


def test_a_teardown_stops_at_what_was_made_from_another_backend(plan: Plan) -> None:
    there = inventory(plan, "vpc-theirs", state="0123456789ab")

    with pytest.raises(WrongBackend, match="made from the backend 0123456789ab; this one is 000000000000"):
        lost_by_state(plan, "est", there, state_id="0" * 12)
