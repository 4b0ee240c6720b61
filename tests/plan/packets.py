"""Whether a connection would pass: groups, ACLs and route tables applied as AWS applies them.

Shares no code with `range.plan`: it reads only rules, entries and tables, never the flow table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network

from range.plan.rules import AclEntry, GroupRule, acl_entries, group_rules
from range.records.plan import Plan, ZoneName

INTERNET_HOSTS = (IPv4Address("93.184.216.34"), IPv4Address("10.255.255.1"), IPv4Address("198.51.100.7"))
EPHEMERAL_PORTS = (1024, 40000, 65535)


@dataclass(frozen=True)
class Packet:
    """The first packet of a connection."""

    source: IPv4Address
    target: IPv4Address
    protocol: str
    port: int


class Network:
    """The network that a plan comes to."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.enclaves = {enclave.name: enclave for enclave in (plan.hub, *plan.enclaves)}
        names = [
            ZoneName(enclave=enclave.name, zone=zone.name)
            for enclave in self.enclaves.values()
            for zone in enclave.zones
        ]
        self.groups = {str(name): group_rules(plan, name) for name in names}
        self.acls = {str(name): acl_entries(plan, name) for name in names}

    @cached_property
    def zones(self) -> dict[str, tuple[IPv4Network, ...]]:
        """Give the subnets of every zone that can have hosts."""
        return {
            f"{enclave.name}.{zone.name}": tuple(subnet.cidr for subnet in zone.subnets)
            for enclave in self.enclaves.values()
            for zone in enclave.zones
            if zone.name not in {"transit", "egress"}
        }

    def passes(self, source_zone: str, target_zone: str, packet: Packet) -> bool:
        """Say whether a connection between two zones opens, which takes the reply as well."""
        protocol, port = packet.protocol, packet.port
        if not (
            _group(self.groups[source_zone], "egress", protocol, port, packet.target)
            and _group(self.groups[target_zone], "ingress", protocol, port, packet.source)
        ):
            return False
        source, target = source_zone.partition(".")[0], target_zone.partition(".")[0]
        if source != target and not (
            self.routed(source, packet.target) == target and self.routed(target, packet.source) == source
        ):
            return False
        if any(packet.source in net and packet.target in net for net in self.zones[source_zone]):
            return True
        return (
            _acl(self.acls[source_zone], "egress", protocol, port, packet.target)
            and _acl(self.acls[target_zone], "ingress", protocol, port, packet.source)
            and all(
                _acl(self.acls[target_zone], "egress", protocol, reply, packet.source)
                and _acl(self.acls[source_zone], "ingress", protocol, reply, packet.target)
                for reply in EPHEMERAL_PORTS
            )
        )

    def reaches_internet(self, source_zone: str, packet: Packet) -> bool:
        """Say whether a connection to the internet opens, through the hub's transit and egress zones."""
        source = source_zone.partition(".")[0]
        way = [source_zone, *(["hub.transit"] if source != "hub" else []), "hub.egress"]
        if "hub.egress" not in self.acls or not _group(
            self.groups[source_zone], "egress", packet.protocol, packet.port, packet.target
        ):
            return False
        return (
            (source == "hub" or self.routed(source, packet.target) == "internet")
            and self.routed("hub", packet.source) == source
            and _acl(self.acls[source_zone], "egress", packet.protocol, packet.port, packet.target)
            and all(_acl(self.acls[zone], "egress", packet.protocol, packet.port, packet.target) for zone in way[1:])
            and _acl(self.acls["hub.egress"], "ingress", packet.protocol, packet.port, packet.source)
            and all(
                _acl(self.acls["hub.egress"], "ingress", packet.protocol, port, packet.target)
                and _acl(self.acls["hub.egress"], "egress", packet.protocol, port, packet.source)
                and all(_acl(self.acls[zone], "ingress", packet.protocol, port, packet.target) for zone in way[:-1])
                for port in EPHEMERAL_PORTS
            )
        )

    def routed(self, source: str, address: IPv4Address) -> str | None:
        """Give the enclave that the gateway sends a packet to: by the most specific route, None for a blackhole."""
        (table,) = (table for table in self.plan.tables if source in table.associated)
        routes: list[tuple[IPv4Network, str | None]] = [(self.enclaves[name].cidr, name) for name in table.learns]
        routes += [(network, None) for network in table.blackholes]
        routes += [(IPv4Network("0.0.0.0/0"), "internet" if table.default_to_hub else None)]
        matching = [(network.prefixlen, name) for network, name in routes if address in network]
        return max(matching, key=lambda route: route[0])[1]


def _group(rules: tuple[GroupRule, ...], direction: str, protocol: str, port: int, peer: IPv4Address) -> bool:
    """A security group allows what any of its rules allows."""
    return any(
        rule.direction == direction
        and rule.protocol == protocol
        and (protocol == "icmp" or rule.from_port <= port <= rule.to_port)
        and peer in rule.cidr
        for rule in rules
    )


def _acl(entries: tuple[AclEntry, ...], direction: str, protocol: str, port: int, peer: IPv4Address) -> bool:
    """A network ACL does what the first entry that matches says; all of ours allow."""
    return any(
        entry.direction == direction
        and entry.protocol in {protocol, "all"}
        and (entry.protocol in {"icmp", "all"} or entry.from_port <= port <= entry.to_port)
        and peer in entry.cidr
        for entry in entries
    )
