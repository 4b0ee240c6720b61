"""Which enclaves an exercise has, with which zones and hosts: the file's short forms written out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from range.records.plan import EnclaveKind
from range.spec.models import HUB_PREFIX, HUB_ZONES, TRANSIT, TRANSIT_PREFIX, Ally, Exercise, HostGroup, Team

HUB = "hub"
EGRESS_ZONE = "egress"
MANAGEMENT_ZONE = "management"


@dataclass(frozen=True, slots=True)
class Machine:
    """One host before it has an address."""

    name: str
    group: HostGroup
    position: int
    """From 0 within its group."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One enclave, or the hub, before it has addresses."""

    name: str
    kind: EnclaveKind
    account: str
    profile: str
    contact: str
    prefix: int
    zones: Mapping[str, int]
    """Prefix lengths by zone."""
    machines: tuple[Machine, ...]


def layouts(exercise: Exercise) -> tuple[Layout, ...]:
    """Give the hub, the allies in the file's order, red and white."""
    return (
        _hub(exercise),
        *(_enclave(exercise, ally.code, "ally", ally) for ally in exercise.allies),
        _enclave(exercise, "red", "red", exercise.teams.red),
        _enclave(exercise, "white", "white", exercise.teams.white),
    )


def machines(groups: Mapping[str, HostGroup]) -> tuple[Machine, ...]:
    """Write `count` out: `web` becomes `web-1`, `web-2` and so on, so that a higher count renames nobody."""
    return tuple(
        Machine(f"{name}-{position + 1}", group, position)
        for name, group in groups.items()
        for position in range(group.count)
    )


def _hub(exercise: Exercise) -> Layout:
    """The hub has zones of its own, and the egress zone only where the file allows egress."""
    zones = {name: prefix for name, prefix in HUB_ZONES.items() if name != EGRESS_ZONE or exercise.egress}
    return Layout(
        name=HUB,
        kind="hub",
        account=exercise.accounts.hub,
        profile="",
        contact=exercise.teams.white.contact,
        prefix=min(exercise.enclave_prefix, HUB_PREFIX),
        zones=zones | {TRANSIT: TRANSIT_PREFIX},
        machines=machines(exercise.hub.hosts),
    )


def _enclave(exercise: Exercise, name: str, kind: EnclaveKind, owner: Ally | Team) -> Layout:
    """An ally's or a team's enclave is what its profile says, and a transit zone."""
    profile = exercise.profiles[owner.profile]
    zones = {zone: shape.prefix for zone, shape in profile.zones.items()}
    return Layout(
        name=name,
        kind=kind,
        account=owner.account,
        profile=owner.profile,
        contact=owner.contact,
        prefix=exercise.enclave_prefix,
        zones=zones | {TRANSIT: TRANSIT_PREFIX},
        machines=machines(profile.hosts),
    )
