"""What enclaves are made of: profiles, zones, roles, images, and what AWS can mirror."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from range.spec.models import Exercise, HostGroup
from range.spec.problems import Location, Violation, one_of

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

SENSOR, TARGET = "sensor", "target_"
HOST_ZONES_OF_HUB = ("management", "services")

NOT_MIRRORED = frozenset(
    """
    m8g m6a m6i m6id m6idn m6in m7a m7g m7gd m7i m7i-flex c8g c6a c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i
    r8g r6a r6i r6id r6idn r6in r7a r7g r7gd r7i r7iz x8g x2idn x2iedn x2iezn i4g i4i im4gn is4gen inf2 p5 trn1 trn1n
    hpc6a hpc6id hpc7a hpc7g t1 t2 m1 m2 m3 c1 c3 cc2 cr1 r3 g2 i2 hs1
    """.split()
)
"""Families whose interfaces can't be mirrored; nor can those of bare metal.

Source: Amazon VPC Traffic Mirroring, "Traffic Mirroring limitations" (read 2026-11-22); it names the newer ones, and
of those before Nitro only the ones that can.
"""

SOURCES_PER_SENSOR = 10
"""Interfaces that one instance can be the mirror target of, but for the largest sizes.

Source: Amazon VPC Traffic Mirroring, "Traffic Mirroring quotas" (read 2026-11-22).
"""


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


def _mirroring(location: Location, groups: Mapping[str, HostGroup]) -> Iterator[Violation]:
    """Where there is a sensor, it is the only one, and AWS can mirror all targets to it."""
    sensors = [name for name, group in groups.items() if group.role == SENSOR]
    targets = {name: group for name, group in groups.items() if group.role.startswith(TARGET)}
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
