"""Who may reach whom: zones that exist, ports that fit the protocol, and both allies' consent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from range.spec.models import Exercise, Flow
from range.spec.problems import Location, Violation, one_of

EVERY_ALLY = "allies"
HUB = "hub"
ZONES_OF_HUB = frozenset({"services"})
"""What the file may open at the hub; the way into its management zone is the controller's alone."""

MOST_PORTS = 500
"""In all flows together. AWS has at most 1000 rules on an interface, both directions taken together.

Source: Amazon VPC quotas, "Security groups" (read 2026-11-22).
"""

Zones = Mapping[str, frozenset[str]]


class _Leave(NamedTuple):
    """A flow or service as far as it can be the same as another."""

    name: str
    source: str
    to: str
    protocol: str
    ports: frozenset[tuple[int, int]]


def flow_violations(exercise: Exercise) -> Iterator[Violation]:
    """Judge the hub's services, the declared flows and egress."""
    zones = _zones(exercise)
    codes = {ally.code for ally in exercise.allies}
    yield from _services(exercise, zones)
    yield from _too_many(exercise)
    for position, flow in enumerate(exercise.flows):
        location: Location = ("flows", position)
        ends = [*_reference((*location, "from"), flow.source, zones), *_reference((*location, "to"), flow.to, zones)]
        yield from ends
        if not ends:
            yield from _parties(location, flow, codes)
        yield from _ports(location, flow.protocol, flow.ports)
    if exercise.egress is not None:
        for position, reference in enumerate(exercise.egress.source):
            yield from _reference(("egress", "from", position), reference, zones)
        yield from _ports(("egress",), "tcp", exercise.egress.ports)
    yield from _repeated(exercise)


def _zones(exercise: Exercise) -> Zones:
    """Give the zones that flows may name, by enclave; an enclave of an unknown profile has none."""
    profiles = {name: frozenset(profile.zones) for name, profile in exercise.profiles.items()}
    zones = {ally.code: profiles.get(ally.profile, frozenset()) for ally in exercise.allies}
    return {
        EVERY_ALLY: frozenset().union(*zones.values()),
        **zones,
        HUB: ZONES_OF_HUB,
        "red": profiles.get(exercise.teams.red.profile, frozenset()),
        "white": profiles.get(exercise.teams.white.profile, frozenset()),
    }


def _reference(location: Location, reference: str, zones: Zones) -> Iterator[Violation]:
    """Judge one `enclave.zone`."""
    owner, _, zone = reference.partition(".")
    if owner not in zones:
        known = [f"{name}.{zone}" for name, own in zones.items() if zone in own]
        known = known or [f"{name}.{min(own)}" for name, own in zones.items() if own]
        yield Violation(location, one_of(known, reference))
    elif zone not in zones[owner]:
        yield Violation(location, one_of((f"{owner}.{known}" for known in zones[owner]), reference))


def _services(exercise: Exercise, zones: Zones) -> Iterator[Violation]:
    """A service is on a host in the zone `services`, and reached from other enclaves."""
    open_hosts = {name: group for name, group in exercise.hub.hosts.items() if group.zone in ZONES_OF_HUB}
    for name, service in exercise.hub.services.items():
        location: Location = ("hub", "services", name)
        if service.host not in open_hosts:
            yield Violation(
                (*location, "host"), f"a host of the hub's zone services: {one_of(open_hosts, service.host)}"
            )
        for position, reference in enumerate(service.reached_from):
            place: Location = (*location, "reached_from", position)
            if reference in service.reached_from[:position]:
                yield Violation(place, "each zone once", f"{reference} again")
            elif reference.startswith(f"{HUB}."):
                yield Violation(place, "a zone of another enclave")
            else:
                yield from _reference(place, reference, zones)


def _parties(location: Location, flow: Flow, codes: set[str]) -> Iterator[Violation]:
    """Between two allies both are named, and both consent; nowhere else is consent asked for."""
    source, to = flow.source.partition(".")[0], flow.to.partition(".")[0]
    allies = codes | {EVERY_ALLY}
    if source == to != EVERY_ALLY:
        yield Violation((*location, "to"), f"a zone of another enclave than {source}")
    elif source in allies and to in allies and EVERY_ALLY in (source, to):
        found = f"{flow.source} to {flow.to}"
        yield Violation((*location, "to"), "two allies by their codes, with the consent of both", found)
    elif source in codes and to in codes:
        missing = [code for code in (source, to) if code not in flow.consent]
        if missing:
            yield Violation((*location, "consent"), f"[{source}, {to}]: {' and '.join(missing)} must consent as well")
        elif {source, to} != set(flow.consent):
            yield Violation((*location, "consent"), f"[{source}, {to}]")
    elif flow.consent:
        yield Violation((*location, "consent"), "none: only between two allies")


def _ports(location: Location, protocol: str, ports: Sequence[int | str]) -> Iterator[Violation]:
    """TCP and UDP have ports, none of them twice; ICMP has none."""
    if protocol == "icmp" and ports:
        yield Violation((*location, "ports"), "no ports with icmp")
    if protocol != "icmp" and not ports:
        yield Violation((*location, "ports"), f"at least one port with {protocol}")
    seen: list[tuple[int, int]] = []
    for position, port in enumerate(ports):
        low, high = _span(port)
        if any(low <= other_high and other_low <= high for other_low, other_high in seen):
            yield Violation((*location, "ports", position), "each port once", f"{port}, of which part is there already")
        seen.append((low, high))


def _span(port: int | str) -> tuple[int, int]:
    """Give the first and last port of a port or range."""
    low, _, high = str(port).partition("-")
    return int(low), int(high or low)


def _too_many(exercise: Exercise) -> Iterator[Violation]:
    """No security group could hold them all, whatever AWS is asked for."""
    ports = sum(len(flow.ports) for flow in exercise.flows)
    if ports > MOST_PORTS:
        yield Violation(("flows",), f"at most {MOST_PORTS}; a range counts once", f"{ports} ports in all flows")


def _repeated(exercise: Exercise) -> Iterator[Violation]:
    """No flow repeats what a service or an earlier flow allows, since only one of them could then be taken away."""
    leaves = [
        _Leave(
            f"hub.services.{name}",
            reference,
            f"{HUB}.{exercise.hub.hosts[service.host].zone}" if service.host in exercise.hub.hosts else "",
            service.protocol,
            frozenset({(service.port, service.port)}),
        )
        for name, service in exercise.hub.services.items()
        for reference in service.reached_from
    ]
    for position, flow in enumerate(exercise.flows):
        ports = frozenset(_span(port) for port in flow.ports)
        leave = _Leave(f"flows[{position}]", flow.source, flow.to, flow.protocol, ports)
        same = next((other for other in leaves if _overlap(leave, other)), None)
        if same is not None:
            yield Violation(("flows", position), "each permission once", f"what {same.name} allows already")
        leaves.append(leave)


def _overlap(one: _Leave, other: _Leave) -> bool:
    """Say whether two permissions have a part in common."""
    return (
        one.protocol == other.protocol
        and _may_be_same(one.source, other.source)
        and _may_be_same(one.to, other.to)
        and (one.ports == other.ports or not one.ports.isdisjoint(other.ports))
    )


def _may_be_same(one: str, other: str) -> bool:
    """Say whether two references name a zone in common; `allies.targets` names `est.targets` as well."""
    (owner, _, zone), (other_owner, _, other_zone) = one.partition("."), other.partition(".")
    if zone != other_zone:
        return False
    apart = {HUB, "red", "white"}
    return owner == other_owner or (EVERY_ALLY in (owner, other_owner) and not apart & {owner, other_owner})
