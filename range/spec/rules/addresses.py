"""Whether everybody fits: enclaves into the supernet, zones into enclaves, hosts into zones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from range.spec.aws import PRIVATE, RESERVED_FIRST, RESERVED_LAST, SMALLEST_SUBNET_PREFIX, TAKEN_BY_AWS
from range.spec.models import (
    HUB_PREFIX,
    HUB_ZONES,
    TRANSIT,
    TRANSIT_PREFIX,
    Exercise,
    HostGroup,
)
from range.spec.problems import Location, Violation

TEAMS = 2


def address_violations(exercise: Exercise) -> Iterator[Violation]:
    """The supernet is private and large enough, and so is everything in it."""
    yield from _supernet(exercise)
    steps = (len(exercise.availability_zones) - 1).bit_length()
    for name, profile in exercise.profiles.items():
        zones = {zone: shape.prefix for zone, shape in profile.zones.items()}
        yield from _zones(("profiles", name, "zones"), zones, exercise.enclave_prefix, steps)
        yield from _hosts(("profiles", name, "hosts"), profile.hosts, zones, exercise)
    yield from _hosts(("hub", "hosts"), exercise.hub.hosts, HUB_ZONES, exercise)


def allies_that_fit(supernet: IPv4Network, enclave_prefix: int) -> int:
    """Count the allies that a supernet holds beside the hub, red and white."""
    hub, enclave = 1 << 32 - min(enclave_prefix, HUB_PREFIX), 1 << 32 - enclave_prefix
    return (supernet.num_addresses - hub) // enclave - TEAMS


def _supernet(exercise: Exercise) -> Iterator[Violation]:
    """Judge the supernet by itself, then by its size."""
    supernet, location = exercise.supernet, ("supernet",)
    if not any(supernet.subnet_of(network) for network in PRIVATE):
        yield Violation(location, f"a network inside {', '.join(str(network) for network in PRIVATE)}")
    if supernet.overlaps(TAKEN_BY_AWS):
        yield Violation(location, f"a network that doesn't overlap {TAKEN_BY_AWS}, which AWS uses itself")
    fit, wanted = allies_that_fit(supernet, exercise.enclave_prefix), len(exercise.allies)
    if fit < wanted:
        enough = next(
            (p for p in range(31, 7, -1) if allies_that_fit(IPv4Network((0, p)), exercise.enclave_prefix) >= wanted), 8
        )
        yield Violation(
            location,
            f"a /{enough} or larger for {wanted} enclaves of /{exercise.enclave_prefix}, or a higher enclave_prefix",
            f"{supernet}, which beside the hub, red and white holds {max(fit, 0)} of {wanted} allies",
        )


def _zones(location: Location, zones: Mapping[str, int], enclave_prefix: int, steps: int) -> Iterator[Violation]:
    """Judge a profile's zones: each by itself, then all together."""
    for zone, prefix in zones.items():
        if zone == TRANSIT:
            yield Violation((*location, zone), f"another name: {TRANSIT} is always added", f"a zone named {TRANSIT}")
        if prefix + steps > SMALLEST_SUBNET_PREFIX:
            smallest = SMALLEST_SUBNET_PREFIX - steps
            yield Violation(
                (*location, zone, "prefix"),
                f"at most {smallest}: in every availability zone AWS wants a /{SMALLEST_SUBNET_PREFIX} at least",
                f"/{prefix}",
            )
    room = 2 ** (32 - enclave_prefix) - 2 ** (32 - TRANSIT_PREFIX)
    needed = sum(2 ** (32 - prefix) for prefix in zones.values())
    if needed > room:
        yield Violation(
            location,
            f"at most {room}: a /{enclave_prefix} without the /{TRANSIT_PREFIX} for {TRANSIT}",
            f"zones of {needed} addresses",
        )


def _hosts(
    location: Location, groups: Mapping[str, HostGroup], zones: Mapping[str, int], exercise: Exercise
) -> Iterator[Violation]:
    """Judge whether the hosts of each zone find addresses in it."""
    places = len(exercise.availability_zones)
    steps = (places - 1).bit_length()
    hosts = Counter[str]()
    for group in groups.values():
        hosts[group.zone] += group.count
    for zone, count in hosts.items():
        if zone not in zones or zones[zone] + steps > SMALLEST_SUBNET_PREFIX:
            continue
        room = places * (2 ** (32 - zones[zone] - steps) - RESERVED_FIRST - RESERVED_LAST)
        if count > room:
            yield Violation(location, f"at most {room} there, or a lower prefix for it", f"{count} hosts in {zone}")
