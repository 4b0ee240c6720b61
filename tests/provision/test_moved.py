"""A file that would take what stands to another account, Region or availability zone is refused before anything is touched."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from range.errors import InputError
from range.plan.addresses import allot
from range.plan.build import plan_of
from range.plan.lock import lock_path, read
from range.provision.engine import Engine, EngineSettings
from range.provision.moved import refuse_moved
from range.provision.project import NAME
from range.records.plan import Plan
from range.spec.loading import load
from tests.provision.conftest import STEADFAST


def engine(folder: Path) -> Engine:
    """An engine on the backend in a folder; the CLI isn't needed to read it."""
    return Engine(EngineSettings(Path("steadfast.yaml"), folder, f"file://{folder}", Path("/nowhere/pulumi")))


def keep(folder: Path, stack: str, resources: list[dict[str, Any]]) -> None:
    """Write a stack's state."""
    path = folder / ".pulumi" / "stacks" / NAME / f"{stack}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": 3, "checkpoint": {"latest": {"resources": resources}}}))


def thing(stack: str, type_: str, name: str, **inputs: str) -> dict[str, Any]:
    """Write a resource as a state has it."""
    return {
        "urn": f"urn:pulumi:{stack}::{NAME}::{type_}::{name}",
        "type": type_,
        "id": name,
        "custom": True,
        "inputs": inputs,
    }


def entering(folder: Path, plan: Plan, name: str, provider: str, account: str, region: str = "eu-west-2") -> Engine:
    """An engine whose state of an enclave enters an account by a provider."""
    stack = plan.stack(name)
    entry = thing(stack, "pulumi:providers:aws", provider, allowedAccountIds=f'["{account}"]', region=region)
    keep(folder, stack, [thing(stack, "pulumi:providers:aws", "default"), entry])
    return engine(folder)


def test_an_enclave_that_stands_where_the_file_says_is_gone_on_with(plan: Plan, tmp_path: Path) -> None:
    refuse_moved(entering(tmp_path, plan, "est", "ally", "200000000002"), plan, ["hub", "est", "pol"])


@pytest.mark.parametrize(
    ("name", "provider", "account", "told"),
    [
        ("est", "ally", "200000000009", "est stands in account 200000000009, not in 200000000002"),
        ("est", "hub", "100000000009", "hub stands in account 100000000009, not in 100000000002"),
        ("hub", "hub", "100000000009", "hub stands in account 100000000009, not in 100000000002"),
    ],
)
def test_an_enclave_in_another_account_stops_it(
    plan: Plan, tmp_path: Path, name: str, provider: str, account: str, told: str
) -> None:
    with pytest.raises(InputError) as caught:
        refuse_moved(entering(tmp_path, plan, name, provider, account), plan, ["hub", "est"])

    assert caught.value.message == f"what stands can't move: {told}"
    assert "take it down first" in (caught.value.hint or "")


def test_an_enclave_in_another_region_stops_it(plan: Plan, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="est stands in eu-north-1, not in eu-west-2"):
        refuse_moved(entering(tmp_path, plan, "est", "ally", "200000000002", "eu-north-1"), plan, ["est"])


def test_a_state_that_is_damaged_stops_nobody_else(plan: Plan, tmp_path: Path) -> None:
    there = entering(tmp_path, plan, "pol", "ally", "200000000009")
    (tmp_path / ".pulumi" / "stacks" / NAME / "steadfast.est.json").write_text("{")

    refuse_moved(there, plan, ["est"])
    with pytest.raises(InputError, match="pol stands in account"):
        refuse_moved(there, plan, ["est", "pol"])


def standing_in(tmp_path: Path, plan: Plan) -> Engine:
    """An engine on a backend whose state of the hub has the subnets of a plan."""
    stack = plan.stack(plan.hub.name)
    subnets = [
        thing(stack, "aws:ec2/subnet:Subnet", f"{zone.name}-{subnet.availability_zone_id}", cidrBlock=str(subnet.cidr))
        for zone in plan.hub.zones
        for subnet in zone.subnets
    ]
    keep(tmp_path, stack, subnets)
    return engine(tmp_path)


def among(zones: tuple[str, ...]) -> Plan:
    """The example's plan in other availability zones, with the same addresses."""
    exercise = load(STEADFAST, now=datetime.now(UTC)).model_copy(update={"availability_zones": zones})
    return plan_of(exercise, allot(exercise, read(lock_path(STEADFAST))))


@pytest.mark.parametrize("zones", [("euw2-az1",), ("euw2-az2", "euw2-az1"), ("euw2-az1", "euw2-az3")])
def test_subnets_that_would_lie_where_others_are_stop_it_before_anything_is_touched(
    plan: Plan, tmp_path: Path, zones: tuple[str, ...]
) -> None:
    with pytest.raises(
        InputError,
        match=r"^subnets that are in use can't move: hub's [a-z]+-euw2-az\d would be [\d./]+, where [a-z]+-euw2-az\d is",
    ) as told:
        refuse_moved(standing_in(tmp_path, plan), among(zones), ["hub"])

    assert told.value.hint == "put availability_zones back, or `range down` everything first"


def test_subnets_that_stay_or_were_never_made_stop_nothing(plan: Plan, tmp_path: Path) -> None:
    refuse_moved(standing_in(tmp_path, plan), plan, ["hub", "est"])
    refuse_moved(engine(tmp_path / "empty"), among(("euw2-az1",)), ["hub"])


def test_a_zone_that_grows_is_replaced_in_its_own_name(plan: Plan, tmp_path: Path) -> None:
    exercise = load(STEADFAST, now=datetime.now(UTC))
    there = standing_in(tmp_path, plan)
    lock = allot(exercise, read(lock_path(STEADFAST)))
    grown = lock.model_copy(update={"zones": lock.zones | {"hub.transit": IPv4Network("10.64.1.192/26")}})

    refuse_moved(there, plan_of(exercise, grown), ["hub"])
