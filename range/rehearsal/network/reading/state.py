"""EC2's state of all accounts and Regions as one World."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from moto.ec2.models import ec2_backends

from range.rehearsal.areas.gateways.models import gateways_backends
from range.rehearsal.network.reading.gateways import attachments, gateway_tables
from range.rehearsal.network.reading.mirrors import mirrors
from range.rehearsal.network.reading.names import read_names
from range.rehearsal.network.reading.records import backends
from range.rehearsal.network.reading.rules import acl, group, prefix_lists
from range.rehearsal.network.world import (
    Interface,
    NatGateway,
    Network,
    Route,
    Subnet,
    Vpc,
    World,
)

_GONE = ("deleting", "deleted", "failed")


def read_world() -> World:
    """Read everything. Call it under the lock that calls are answered under: moto's records change in place."""
    every = list(backends(ec2_backends))
    kept = list(backends(gateways_backends))
    lists = prefix_lists(every)
    attached = attachments(kept)
    vpcs = {vpc.id: vpc for each in every for vpc in _vpcs(each)}
    ways = {(gateway, each.vpc): each.id for each, gateway in attached}
    return World(
        vpcs=vpcs,
        subnets={subnet.id: subnet for each in every for subnet in _subnets(each)},
        tables={
            table.id: tuple(_routes(each, table, ways, lists)) for each in every for table in each.route_tables.values()
        },
        acls={found.id: acl(found) for each in every for found in each.network_acls.values()},
        groups={
            found.id: group(found, lists)
            for each in every
            for in_vpc in each.groups.values()
            for found in in_vpc.values()
        },
        interfaces={found.id: found for each in every for found in _interfaces(each)},
        nats={found.id: found for each in every for found in _nats(each)},
        peerings={
            found.id: (found.vpc.id, found.peer_vpc.id)
            for each in every
            for found in each.vpc_pcxs.values()
            if found._status.code == "active"
        },
        attachments={each.id: each for each, _ in attached},
        gateway_tables=gateway_tables(kept, vpcs),
        mirrors=mirrors(),
        names=read_names(every),
    )


def _vpcs(ec2: Any) -> Iterator[Vpc]:
    """Give the VPCs of an account."""
    attached = {gateway.vpc.id for gateway in ec2.internet_gateways.values() if gateway.vpc}
    for vpc in ec2.vpcs.values():
        networks = tuple(
            ip_network(each["cidr_block"])
            for ipv6 in (False, True)
            for each in vpc.get_cidr_block_association_set(ipv6=ipv6)
            if each["cidr_block_state"]["state"] == "associated"
        )
        yield Vpc(vpc.id, networks, vpc.id in attached, str(vpc.enable_dns_support).lower() == "true")


def _subnets(ec2: Any) -> Iterator[Subnet]:
    """Give the subnets of an account, with the table and the ACL that count for them."""
    main = {table.vpc_id: table.id for table in ec2.route_tables.values() if table.main_association_id}
    tables = {to: table.id for table in ec2.route_tables.values() for to in table._associations.values()}
    default = {each.vpc_id: each.id for each in ec2.network_acls.values() if each.default}
    acls = {to.subnet_id: each.id for each in ec2.network_acls.values() for to in each._associations.values()}
    for in_zone in ec2.subnets.values():
        for subnet in in_zone.values():
            table = tables.get(subnet.id) or main.get(subnet.vpc_id, "")
            chosen = acls.get(subnet.id) or default.get(subnet.vpc_id, "")
            yield Subnet(subnet.id, subnet.vpc_id, subnet.availability_zone_id, table, chosen)


def _routes(
    ec2: Any, table: Any, ways: dict[tuple[str, str], str], lists: dict[str, tuple[Network, ...]]
) -> Iterator[Route]:
    """Give the routes of a table, one per range where a prefix list is their destination."""
    for route in table.routes:
        if route.destination_prefix_list is not None:
            networks = lists.get(route.destination_prefix_list.id, ())
        else:
            networks = (ip_network(route.destination_cidr_block or route.destination_ipv6_cidr_block),)
        for network in networks:
            yield _route(ec2, table.vpc_id, route, network, ways)


def _route(ec2: Any, vpc_id: str, route: Any, network: Network, ways: dict[tuple[str, str], str]) -> Route:
    """Give a route; one whose target isn't there any more leads nowhere."""
    if route.local:
        return Route(network, "local")
    if route.transit_gateway is not None:
        way = ways.get((route.transit_gateway.id, vpc_id))
        return Route(network, "gateway" if way else None, way or "")
    if route.nat_gateway is not None:
        gone = route.nat_gateway.state in _GONE
        return Route(network, None if gone else "nat", route.nat_gateway.id)
    if route.vpc_pcx is not None:
        active = route.vpc_pcx._status.code == "active"
        return Route(network, "peering" if active else None, route.vpc_pcx.id)
    if route.egress_only_igw is not None:
        return Route(network, "internet-out", route.egress_only_igw.id)
    interface = route.interface or (route.instance.nics.get(0) if route.instance is not None else None)
    if interface is not None:
        return Route(network, "interface" if interface.id in ec2.enis else None, interface.id)
    if route.gateway is not None and route.gateway.id in ec2.internet_gateways:
        attached = ec2.internet_gateways[route.gateway.id].vpc
        here = attached is not None and attached.id == vpc_id
        return Route(network, "internet" if here else None, route.gateway.id)
    return Route(network, None)


def _interfaces(ec2: Any) -> Iterator[Interface]:
    """Give the interfaces that hosts have, or may be given; not those that services keep."""
    elastic = {each.eni.id: each.public_ip for each in ec2.addresses if each.eni is not None}
    for interface in ec2.enis.values():
        if interface.requester_managed:
            continue
        first = ip_address(interface.private_ip_address)
        others = (each["PrivateIpAddress"] for each in interface.private_ip_addresses)
        addresses = dict.fromkeys([first, *map(ip_address, others), *_addresses_6(interface)])
        public = interface.public_ip or elastic.get(interface.id)
        yield Interface(
            interface.id,
            interface.subnet.id,
            tuple(addresses),
            tuple(sorted({each.id for each in interface._group_set})),
            str(interface.source_dest_check).lower() == "true",
            ((IPv4Address(str(first)), IPv4Address(public)),) if public else (),
        )


def _addresses_6(interface: Any) -> Iterable[Any]:
    """Give the IPv6 addresses of an interface; moto has them as text, or as a mapping."""
    for each in interface.ipv6_addresses:
        yield ip_address(each["Ipv6Address"] if isinstance(each, dict) else each)


def _nats(ec2: Any) -> Iterator[NatGateway]:
    """Give the public NAT gateways that are there."""
    elastic = {each.eni.id: each.public_ip for each in ec2.addresses if each.eni is not None}
    for gateway in ec2.nat_gateways.values():
        public = elastic.get(gateway._eni.id) or gateway._eni.public_ip
        if gateway.state not in _GONE and gateway.connectivity_type == "public" and public:
            yield NatGateway(gateway.id, gateway.subnet_id, IPv4Address(public))
