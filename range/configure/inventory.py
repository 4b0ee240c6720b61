"""The inventory: which hosts there are, how they are come by, and what their roles are told. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from range.plan.layout import MANAGEMENT_ZONE
from range.records.plan import Enclave, Host, Plan, Service

COLLECTOR, TARGETS = "collector", "target_"
"""The role that takes events, and how the roles begin that are attacked."""
Variables = dict[str, Any]


@dataclass(frozen=True)
class Files:
    """What roles are given as files: paths on the controller, never what is in them."""

    authority: Path
    """The certificate of the exercise's authority."""
    certificate: Callable[[Host], Path]
    """A host's certificate, with its key."""
    ssh_config: Path


def inventory(plan: Plan, enclave: Enclave, files: Files) -> Variables:
    """Give an enclave's inventory in Ansible's own form: a group per role, hosts as SSH's configuration names them."""
    groups: dict[str, Variables] = {}
    for host in enclave.hosts:
        members = groups.setdefault(host.role, {"hosts": {}})["hosts"]
        members[f"{host.name}.{enclave.name}"] = _host(plan, enclave, host, files)
    return {
        "all": {
            "vars": {
                "ansible_python_interpreter": "/usr/bin/python3",
                "ansible_ssh_common_args": f"-F '{files.ssh_config}'",
                "foundation_enclave": enclave.name,
                "foundation_authority": str(files.authority),
            },
            "children": groups,
        }
    }


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


def _host(plan: Plan, enclave: Enclave, host: Host, files: Files) -> Variables:
    told: Variables = {
        "range_role": host.role,
        "foundation_host": host.name,
        "foundation_certificate": str(files.certificate(host)),
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
