"""The flow table: every permission to open a connection between two zones, implied or declared, one row each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from range.plan.layout import MANAGEMENT_ZONE
from range.records.plan import INTERNET, Enclave, FlowKind, PlannedFlow, PortSpan, ZoneName
from range.spec.models import Exercise

SSH = PortSpan(first=22, last=22)
HTTPS = PortSpan(first=443, last=443)
VXLAN = PortSpan(first=4789, last=4789)
"""Source: Amazon VPC Traffic Mirroring, "Traffic Mirroring targets": VXLAN on UDP 4789 (read 2026-11-22)."""

EVERY_ALLY = "allies"
INTERNET_ZONE = ZoneName(enclave=INTERNET, zone=INTERNET)


def flow_table(exercise: Exercise, hub: Enclave, enclaves: tuple[Enclave, ...]) -> tuple[PlannedFlow, ...]:
    """Give all flows, each pair of zones and span of ports once: implied ones first, then as in the file."""
    rows = (
        *_management(hub, enclaves),
        *_services(exercise, hub, enclaves),
        *_mirrors(enclaves),
        *_declared(exercise, hub, enclaves),
        *_egress(exercise, hub, enclaves),
    )
    table: dict[tuple[ZoneName, ZoneName, str, PortSpan | None], PlannedFlow] = {}
    for row in rows:
        table.setdefault((row.source, row.target, row.protocol, row.ports), row)
    return tuple(table.values())


def spans(ports: Iterable[int | str]) -> tuple[PortSpan, ...]:
    """Give the file's ports and ranges as spans, in the file's order."""
    return tuple(_span(port) for port in ports)


def _span(port: int | str) -> PortSpan:
    """Read one port, or `low-high`."""
    low, _, high = str(port).partition("-")
    return PortSpan(first=int(low), last=int(high or low))


def _zones(reference: str, hub: Enclave, enclaves: tuple[Enclave, ...]) -> Iterator[ZoneName]:
    """Write a reference out: `allies.targets` is that zone of every ally that has it."""
    owner, _, zone = reference.partition(".")
    for enclave in (hub, *enclaves):
        named = enclave.kind == "ally" if owner == EVERY_ALLY else enclave.name == owner
        if named and any(own.name == zone for own in enclave.zones):
            yield ZoneName(enclave=enclave.name, zone=zone)


def _management(hub: Enclave, enclaves: tuple[Enclave, ...]) -> Iterator[PlannedFlow]:
    """The controller's own way in: Session Manager's endpoints, and SSH from there to every zone that has hosts."""
    management = ZoneName(enclave=hub.name, zone=MANAGEMENT_ZONE)
    yield PlannedFlow(
        source=management,
        target=management,
        protocol="tcp",
        ports=HTTPS,
        kind="management",
        why="hosts of the management zone reach the Session Manager endpoints beside them",
    )
    for enclave in (hub, *enclaves):
        for zone in enclave.zones:
            if any(host.zone == zone.name for host in enclave.hosts):
                yield PlannedFlow(
                    source=management,
                    target=ZoneName(enclave=enclave.name, zone=zone.name),
                    protocol="tcp",
                    ports=SSH,
                    kind="management",
                    why="the controller configures hosts over SSH",
                    every_ally=enclave.kind == "ally",
                )


def _services(exercise: Exercise, hub: Enclave, enclaves: tuple[Enclave, ...]) -> Iterator[PlannedFlow]:
    """What the hub offers, to those whom the file names."""
    for service in exercise.hub.services.values():
        target = ZoneName(enclave=hub.name, zone=exercise.hub.hosts[service.host].zone)
        for reference in service.reached_from:
            for source in _zones(reference, hub, enclaves):
                yield PlannedFlow(
                    source=source,
                    target=target,
                    protocol=service.protocol,
                    ports=PortSpan(first=service.port, last=service.port),
                    kind="service",
                    why=service.why,
                    every_ally=reference.startswith(f"{EVERY_ALLY}."),
                )


def _mirrors(enclaves: tuple[Enclave, ...]) -> Iterator[PlannedFlow]:
    """Copies of traffic, from the zones of mirrored hosts to the zone of their sensor."""
    for enclave in enclaves:
        zone_of = {host.name: host.zone for host in enclave.hosts}
        pairs = dict.fromkeys((zone_of[mirror.source], zone_of[mirror.sensor]) for mirror in enclave.mirrors)
        for source, target in pairs:
            yield PlannedFlow(
                source=ZoneName(enclave=enclave.name, zone=source),
                target=ZoneName(enclave=enclave.name, zone=target),
                protocol="udp",
                ports=VXLAN,
                kind="mirror",
                why="the sensor sees what the targets see",
            )


def _declared(exercise: Exercise, hub: Enclave, enclaves: tuple[Enclave, ...]) -> Iterator[PlannedFlow]:
    """The file's own flows, `allies` written out."""
    for flow in exercise.flows:
        every_ally = EVERY_ALLY in (flow.source.partition(".")[0], flow.to.partition(".")[0])
        for source in _zones(flow.source, hub, enclaves):
            for target in _zones(flow.to, hub, enclaves):
                for ports in spans(flow.ports) or (None,):
                    yield PlannedFlow(
                        source=source,
                        target=target,
                        protocol=flow.protocol,
                        ports=ports,
                        kind="declared",
                        why=flow.why,
                        every_ally=every_ally,
                    )


def _egress(exercise: Exercise, hub: Enclave, enclaves: tuple[Enclave, ...]) -> Iterator[PlannedFlow]:
    """The way to the internet, for those whom the file names."""
    if exercise.egress is None:
        return
    kind: FlowKind = "egress"
    for reference in exercise.egress.source:
        for source in _zones(reference, hub, enclaves):
            for ports in spans(exercise.egress.ports):
                yield PlannedFlow(
                    source=source,
                    target=INTERNET_ZONE,
                    protocol="tcp",
                    ports=ports,
                    kind=kind,
                    why=exercise.egress.why,
                    every_ally=reference.startswith(f"{EVERY_ALLY}."),
                )
