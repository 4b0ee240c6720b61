"""A backend that doesn't know the exercise must not make or sweep anything of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from range.errors import InputError, WrongBackend
from range.plan.addresses import allot
from range.plan.build import plan_of
from range.plan.lock import lock_path, read
from range.plan.names import state_id, tags
from range.provision.engine import Engine, EngineSettings
from range.provision.project import NAME
from range.provision.stage import lost_by_state, refuse_moved_subnets, refuse_wrong_backend
from range.records.inventory import Inventory, Resource
from range.records.plan import Plan
from range.spec.loading import load
from tests.provision.conftest import STEADFAST

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


def standing_in(tmp_path: Path, plan: Plan) -> Engine:
    """An engine on a backend whose state of the hub has the subnets of a plan."""
    stack = plan.stack(plan.hub.name)
    path = tmp_path / ".pulumi" / "stacks" / NAME / f"{stack}.json"
    path.parent.mkdir(parents=True)
    type_ = "aws:ec2/subnet:Subnet"
    subnets = [
        {
            "urn": f"urn:pulumi:{stack}::{NAME}::{type_}::{zone.name}-{subnet.availability_zone_id}",
            "type": type_,
            "id": f"subnet-{zone.name}-{subnet.availability_zone_id}",
            "custom": True,
            "inputs": {"cidrBlock": str(subnet.cidr)},
        }
        for zone in plan.hub.zones
        for subnet in zone.subnets
    ]
    path.write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"resources": subnets}}}))
    return engine(f"file://{tmp_path}", tmp_path)


def among(zones: tuple[str, ...]) -> Plan:
    """The example's plan in other availability zones, with the same addresses."""
    exercise = load(STEADFAST, now=datetime.now(UTC)).model_copy(update={"availability_zones": zones})
    return plan_of(exercise, allot(exercise, read(lock_path(STEADFAST))))


@pytest.mark.parametrize("zones", [("euw2-az1",), ("euw2-az2", "euw2-az1"), ("euw2-az1", "euw2-az3")])
def test_subnets_that_would_lie_where_others_are_stop_it_before_anything_is_touched(
    plan: Plan, tmp_path: Path, zones: tuple[str, ...]
) -> None:
    with pytest.raises(
        InputError, match=r"the hub's [a-z]+-euw2-az\d would be [\d./]+, where [a-z]+-euw2-az\d is"
    ) as told:
        refuse_moved_subnets(standing_in(tmp_path, plan), among(zones))

    assert told.value.hint == "put availability_zones back, or `range down` everything first"


def test_subnets_that_stay_or_were_never_made_stop_nothing(plan: Plan, tmp_path: Path) -> None:
    refuse_moved_subnets(standing_in(tmp_path, plan), plan)
    refuse_moved_subnets(engine(f"file://{tmp_path / 'empty'}", tmp_path), among(("euw2-az1",)))


def test_a_zone_that_grows_is_replaced_in_its_own_name(plan: Plan, tmp_path: Path) -> None:
    exercise = load(STEADFAST, now=datetime.now(UTC))
    there = standing_in(tmp_path, plan)
    lock = allot(exercise, read(lock_path(STEADFAST)))
    grown = lock.model_copy(update={"zones": lock.zones | {"hub.transit": IPv4Network("10.64.1.192/26")}})

    refuse_moved_subnets(there, plan_of(exercise, grown))
