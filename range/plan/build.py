"""From an exercise and its addresses to the plan."""

from __future__ import annotations

from ipaddress import IPv4Network

from range.plan.addresses import subnets_of
from range.plan.flows import flow_table
from range.plan.gateway import gateway_tables
from range.plan.layout import Layout, layouts
from range.plan.lock import AddressLock
from range.records.plan import Enclave, Host, Image, Mirror, Plan, Service, SessionTerms, Subnet, Zone
from range.spec.models import SENSOR_ROLE, TARGET_ROLES, Exercise
from range.spec.weaknesses import weaknesses


def plan_of(exercise: Exercise, lock: AddressLock) -> Plan:
    """Decide everything. The same exercise and lock give the same plan, byte for byte.

    `lock` is what `range.plan.addresses.allot` gave: it has an address for everybody in the exercise.
    """
    hub, *others = (_enclave(layout, lock, exercise.availability_zones) for layout in layouts(exercise))
    enclaves = tuple(others)
    flows = flow_table(exercise, hub, enclaves)
    return Plan(
        exercise=exercise.name,
        region=exercise.region,
        availability_zone_ids=exercise.availability_zones,
        supernet=exercise.supernet,
        management_account=exercise.accounts.management,
        controller_role=exercise.controller.role,
        external_id=exercise.controller.external_id,
        images={name: Image(owner=image.owner, name=image.name) for name, image in exercise.images.items()},
        services=tuple(
            Service(
                name=name,
                address=lock.hosts[f"{hub.name}/{service.host}-1"],
                protocol=service.protocol,
                port=service.port,
            )
            for name, service in exercise.hub.services.items()
        ),
        hub=hub,
        enclaves=enclaves,
        flows=flows,
        tables=gateway_tables(hub, enclaves, flows, exercise.supernet),
        egress=exercise.egress is not None,
        budget_usd=exercise.budget_usd,
        session=SessionTerms(**exercise.session.model_dump(), lease_end=exercise.lease_end),
        quotas=dict(exercise.quotas),
    )


def _enclave(layout: Layout, lock: AddressLock, availability_zones: tuple[str, ...]) -> Enclave:
    """Put an enclave's layout and its addresses together."""
    zones = tuple(_zone(name, lock.zones[f"{layout.name}.{name}"], availability_zones) for name in sorted(layout.zones))
    hosts = tuple(_host(layout, position, zones, lock) for position in range(len(layout.machines)))
    return Enclave(
        name=layout.name,
        kind=layout.kind,
        account=layout.account,
        profile=layout.profile,
        contact=layout.contact,
        cidr=lock.enclaves[layout.name],
        zones=zones,
        hosts=hosts,
        mirrors=_mirrors(hosts),
    )


def _zone(name: str, cidr: IPv4Network, availability_zones: tuple[str, ...]) -> Zone:
    """Share a zone out among the availability zones."""
    parts = zip(availability_zones, subnets_of(cidr, len(availability_zones)), strict=True)
    return Zone(
        name=name, cidr=cidr, subnets=tuple(Subnet(availability_zone_id=place, cidr=part) for place, part in parts)
    )


def _host(layout: Layout, position: int, zones: tuple[Zone, ...], lock: AddressLock) -> Host:
    """Give one host, placed where its address is."""
    machine = layout.machines[position]
    address = lock.hosts[f"{layout.name}/{machine.name}"]
    (zone,) = (zone for zone in zones if zone.name == machine.group.zone)
    (place,) = (subnet.availability_zone_id for subnet in zone.subnets if address in subnet.cidr)
    return Host(
        name=machine.name,
        role=machine.group.role,
        zone=zone.name,
        image=machine.group.image,
        size=machine.group.size,
        disk_gib=machine.group.disk_gib,
        address=address,
        availability_zone_id=place,
        weaknesses=tuple(name for name in weaknesses(machine.group.role) if machine.group.weaknesses.get(name, True)),
    )


def _mirrors(hosts: tuple[Host, ...]) -> tuple[Mirror, ...]:
    """Mirror every target to the enclave's sensor; without a sensor, nothing is mirrored."""
    sensor = next((host.name for host in hosts if host.role == SENSOR_ROLE), None)
    if sensor is None:
        return ()
    return tuple(
        Mirror(source=host.name, sensor=sensor, session_number=1)
        for host in hosts
        if host.role.startswith(TARGET_ROLES)
    )
