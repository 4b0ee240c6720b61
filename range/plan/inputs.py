"""What a host's role is told, as far as the plan decides it. Pure."""

from __future__ import annotations

from typing import Any

from range.plan.layout import MANAGEMENT_ZONE
from range.records.plan import Enclave, Host, Plan, Service

COLLECTOR, TARGETS = "collector", "target_"
"""The role that takes events, and how the roles begin that are attacked."""
PER_HOST = frozenset({"foundation_enclave", "foundation_host", "sensor_home"})
"""Inputs that differ from host to host of one role: tasks that use them carry the tag `host`, and no image has them."""
Inputs = dict[str, Any]


def role_inputs(plan: Plan, enclave: Enclave, host: Host) -> Inputs:
    """Give the inputs of the roles of a host, by name; what is given as a file isn't among them."""
    told: Inputs = {
        "range_role": host.role,
        "foundation_enclave": enclave.name,
        "foundation_host": host.name,
        "foundation_forwards": enclave.kind == "hub" and host.zone == MANAGEMENT_ZONE,
    }
    found = collector_of(plan)
    ships = found is not None and reaches(plan, enclave, host.zone, *found)
    if found is not None and ships:
        collector, service = found
        told["foundation_collector"] = {
            "address": str(service.address),
            "port": service.port,
            "name": f"{collector.name}.{plan.hub.name}",
        }
    if host.role.startswith(TARGETS):
        told[f"{host.role}_weaknesses"] = list(host.weaknesses)
    match host.role:
        case "sensor":
            told |= {"sensor_home": [str(enclave.cidr)], "sensor_ships": ships}
        case "collector":
            clients = [{"name": other.name, "cidr": str(other.cidr)} for other in (plan.hub, *plan.enclaves)]
            told |= {"collector_clients": clients, "collector_port": found[1].port if found else 6514}
        case "attacker":
            told["attacker_supernet"] = str(plan.supernet)
        case _:
            pass
    return told


def collector_of(plan: Plan) -> tuple[Host, Service] | None:
    """Find the hub's collector and the service that it is reached by; None where the file has none."""
    for host in plan.hub.hosts:
        for service in plan.services:
            if host.role == COLLECTOR and host.address == service.address:
                return host, service
    return None


def reaches(plan: Plan, enclave: Enclave, zone: str, host: Host, service: Service) -> bool:
    """Say whether the flow table lets a zone's hosts reach a service of the hub."""
    return any(
        (flow.source.enclave, flow.source.zone) == (enclave.name, zone)
        and (flow.target.enclave, flow.target.zone) == (plan.hub.name, host.zone)
        and flow.protocol == service.protocol
        and flow.ports is not None
        and flow.ports.first <= service.port <= flow.ports.last
        for flow in plan.flows
    )
