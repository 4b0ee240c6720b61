"""What enclaves are made of: profiles, zones, roles, images, and what AWS can mirror."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from range.spec.aws import NOT_MIRRORED, SOURCES_PER_SENSOR
from range.spec.models import SENSOR_ROLE, TARGET_ROLES, Exercise, HostGroup
from range.spec.problems import Location, Violation, one_of
from range.spec.weaknesses import weaknesses

ROLES = (
    "attacker",
    "bastion",
    "collector",
    "intel",
    "referee",
    "sensor",
    "target_dns",
    "target_files",
    "target_shell",
    "target_web",
)
"""The Ansible roles that a host can have."""

HOST_ZONES_OF_HUB = ("management", "services")


def host_violations(exercise: Exercise) -> Iterator[Violation]:
    """Every host has a zone, a role and an image that exist, and a sensor that can see it."""
    for position, ally in enumerate(exercise.allies):
        yield from _profile(("allies", position, "profile"), ally.profile, exercise)
    yield from _profile(("teams", "red", "profile"), exercise.teams.red.profile, exercise)
    yield from _profile(("teams", "white", "profile"), exercise.teams.white.profile, exercise)
    for name, profile in exercise.profiles.items():
        yield from _groups(("profiles", name, "hosts"), profile.hosts, tuple(profile.zones), exercise)
        yield from _mirroring(("profiles", name, "hosts"), profile.hosts)
    yield from _groups(("hub", "hosts"), exercise.hub.hosts, HOST_ZONES_OF_HUB, exercise)


def _profile(location: Location, name: str, exercise: Exercise) -> Iterator[Violation]:
    """Judge a reference to a profile."""
    if name not in exercise.profiles:
        yield Violation(location, one_of(exercise.profiles, name))


def _groups(
    location: Location, groups: Mapping[str, HostGroup], zones: tuple[str, ...], exercise: Exercise
) -> Iterator[Violation]:
    """Judge what each group of hosts refers to."""
    for name, group in groups.items():
        for field, value, known in (
            ("role", group.role, ROLES),
            ("zone", group.zone, zones),
            ("image", group.image, tuple(exercise.images)),
        ):
            if value not in known:
                yield Violation((*location, name, field), one_of(known, value))
        for weakness in group.weaknesses:
            known = tuple(weaknesses(group.role))
            if weakness not in known:
                valid = one_of(known, weakness) if known else f"nothing: {group.role} has no deliberate weaknesses"
                yield Violation((*location, name, "weaknesses", weakness), valid)


def _mirroring(location: Location, groups: Mapping[str, HostGroup]) -> Iterator[Violation]:
    """Where there is a sensor, it is the only one, and AWS can mirror all targets to it."""
    sensors = [name for name, group in groups.items() if group.role == SENSOR_ROLE]
    targets = {name: group for name, group in groups.items() if group.role.startswith(TARGET_ROLES)}
    for name in sensors:
        if name != sensors[0]:
            yield Violation((*location, name), "one sensor in an enclave", f"a second sensor beside {sensors[0]}")
        elif groups[name].count > 1:
            valid = "1: a target is mirrored to one sensor"
            yield Violation((*location, name, "count"), valid, f"{groups[name].count} sensors")
    if not sensors:
        return
    for name, group in targets.items():
        family, _, size = group.size.partition(".")
        if family in NOT_MIRRORED or size.startswith("metal"):
            valid = "a size that AWS mirrors, such as t3.micro, m5.large or c5.large"
            yield Violation((*location, name, "size"), valid, f"{group.size}, whose traffic AWS doesn't mirror")
    count = sum(group.count for group in targets.values())
    if count > SOURCES_PER_SENSOR:
        valid = f"at most {SOURCES_PER_SENSOR}, which is what AWS mirrors to one instance"
        yield Violation(location, valid, f"{count} targets for {sensors[0]}")
