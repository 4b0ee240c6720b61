"""VPCs, subnets, their route tables and interfaces."""

from __future__ import annotations

from typing import Any, Literal

from range.verify.addresses import point, span
from range.verify.gathering import Items
from range.verify.intervals import Span, spans_of
from range.verify.model import Interface, Route, RouteTable, Subnet, Target, Vpc

_STATIC, _FROM_LIST, _PROPAGATED = 0, 1, 2

_HOSTS = frozenset({"interface", "efa", "efa-only", "lambda", "network_load_balancer", "load_balancer"})
_GATEWAYS = frozenset({"nat_gateway", "natGateway", "transit_gateway"})
_RECEIVERS = frozenset({"vpc_endpoint"})
_TUNNELS = frozenset({"ec2_instance_connect_endpoint"})
_TARGET_KEYS = {
    "NatGatewayId": "nat",
    "TransitGatewayId": "tgw",
    "VpcPeeringConnectionId": "pcx",
    "EgressOnlyInternetGatewayId": "eigw",
    "NetworkInterfaceId": "eni",
}
_ROUTE_KEYS = frozenset(
    {"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId", "GatewayId", "InstanceId"}
    | {"InstanceOwnerId", "Origin", "State", *_TARGET_KEYS}
)


def vpcs(items: Items) -> list[Vpc]:
    """Read the VPCs with all their blocks."""
    return items.read("DescribeVpcs", lambda item: _vpc(items, item))


def _vpc(items: Items, item: dict[str, Any]) -> Vpc:
    """Read one VPC."""
    tags = {tag.get("Key"): tag.get("Value", "") for tag in item.get("Tags") or ()}
    owner, stack = item.get("OwnerId") or items.account, tags.get("range:stack", "")
    return Vpc(item["VpcId"], owner, _blocks(items, item), span(item["CidrBlock"]), stack)


def _blocks(items: Items, item: dict[str, Any]) -> tuple[Span, ...]:
    """Read the blocks of both families that are in force; two that touch stay two, as AWS's routes have them."""
    parts = [span(item["CidrBlock"])] if item.get("CidrBlock") else []
    for key, block in (("CidrBlockAssociationSet", "CidrBlock"), ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock")):
        for association in item.get(key) or ():
            state = (association.get(f"{block}State") or {}).get("State", "associated")
            if state == "associated":
                parts.append(span(association[block]))
            elif state in {"associating", "disassociating"}:
                items.doubt(item.get("SubnetId") or item["VpcId"], f"its block {association[block]} is {state}")
    return tuple(sorted(set(parts)))


def subnets(items: Items) -> list[Subnet]:
    """Read the subnets."""
    return items.read(
        "DescribeSubnets",
        lambda item: Subnet(
            item["SubnetId"],
            item["VpcId"],
            item.get("OwnerId") or items.account,
            item.get("AvailabilityZoneId") or item.get("AvailabilityZone", ""),
            _blocks(items, item),
        ),
    )


def route_tables(items: Items) -> list[RouteTable]:
    """Read the route tables as they were written; the local routes are derived later, from the VPC's blocks."""
    for item in items.of("DescribeVpcEndpoints"):
        if item.get("VpcEndpointType") not in {"Gateway", "Interface"}:
            items.doubt(item["VpcEndpointId"], f"endpoints of type {item.get('VpcEndpointType')} aren't modelled")
    services = {
        item["VpcEndpointId"] for item in items.of("DescribeVpcEndpoints") if item.get("VpcEndpointType") == "Gateway"
    }
    return items.read("DescribeRouteTables", lambda item: _route_table(items, item, services))


def _route_table(items: Items, item: dict[str, Any], services: set[str]) -> RouteTable:
    """Read one route table."""
    associations = [one for one in item.get("Associations") or () if _in_force(items, item, one)]
    routes = [_route(items, item, one, services) for one in item.get("Routes") or ()]
    return RouteTable(
        item["RouteTableId"],
        item["VpcId"],
        any(one.get("Main") for one in associations),
        tuple(one["SubnetId"] for one in associations if one.get("SubnetId")),
        tuple(route for route in routes if route is not None),
    )


def _in_force(items: Items, table: dict[str, Any], association: dict[str, Any]) -> bool:
    """Say whether a route table's association counts; one with a gateway isn't modelled."""
    state = (association.get("AssociationState") or {}).get("State", "associated")
    if association.get("GatewayId") or association.get("PublicIpv4Pool"):
        items.doubt(table["RouteTableId"], "it decides what enters through a gateway, which isn't modelled")
    if state in {"associating", "disassociating"}:
        items.doubt(table["RouteTableId"], f"its association with {association.get('SubnetId')} is {state}")
    return bool(state == "associated")


def _route(items: Items, table: dict[str, Any], route: dict[str, Any], services: set[str]) -> Route | None:
    """Read one route; None for a local one."""
    destination = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
    prefix_list = route.get("DestinationPrefixListId", "")
    strange = sorted(key for key in route.keys() - _ROUTE_KEYS if route[key])
    target = (
        Target("unmodelled", str(route[strange[0]])) if strange else _target(route, services, table["RouteTableId"])
    )
    if target.kind == "local" or not (destination or prefix_list):
        return None
    if target.kind == "unmodelled" or (target.kind == "nat" and ":" in str(destination)):
        items.doubt(
            target.id, f"{table['RouteTableId']} sends {destination or prefix_list} to it, which isn't modelled"
        )
    rank = _FROM_LIST if prefix_list else _STATIC
    if route.get("Origin") in {"EnableVgwRoutePropagation", "Advertisement"}:
        rank = _PROPAGATED
    return Route(span(destination) if destination else None, target, rank, prefix_list)


def _target(route: dict[str, Any], services: set[str], table: str) -> Target:
    """Read where a route leads; one that says it in no way that we know is named by its table."""
    gateway = route.get("GatewayId") or ""
    if gateway == "local":
        return Target("local", "local")
    if route.get("State") == "blackhole":
        return Target("blackhole", gateway or next((route[key] for key in _TARGET_KEYS if route.get(key)), ""))
    for key, kind in _TARGET_KEYS.items():
        if route.get(key):
            return Target(kind, route[key])  # type: ignore[arg-type]
    if gateway.startswith("igw-"):
        return Target("igw", gateway)
    if gateway in services:
        return Target("service", gateway)
    return Target("eni", route["InstanceId"]) if route.get("InstanceId") else Target("unmodelled", gateway or table)


def interfaces(items: Items) -> list[Interface]:
    """Read the interfaces, with the addresses that elastic ones add."""
    elastic = {
        (item["NetworkInterfaceId"], item["PrivateIpAddress"]): item["PublicIp"]
        for item in items.of("DescribeAddresses")
        if item.get("NetworkInterfaceId") and item.get("PrivateIpAddress") and item.get("PublicIp")
    }
    return items.read("DescribeNetworkInterfaces", lambda item: _interface(items, item, elastic))


def _interface(items: Items, item: dict[str, Any], elastic: dict[tuple[str, str], str]) -> Interface:
    """Read one interface."""
    name, attachment = item["NetworkInterfaceId"], item.get("Attachment") or {}
    own = [one["PrivateIpAddress"] for one in item.get("PrivateIpAddresses") or () if one.get("PrivateIpAddress")]
    if item.get("PrivateIpAddress") and item["PrivateIpAddress"] not in own:
        own.insert(0, item["PrivateIpAddress"])
    v6 = [one["Ipv6Address"] for one in item.get("Ipv6Addresses") or ()]
    prefixes = [one["Ipv4Prefix"] for one in item.get("Ipv4Prefixes") or ()]
    prefixes += [one["Ipv6Prefix"] for one in item.get("Ipv6Prefixes") or ()]
    checked = item.get("SourceDestCheck") is not False
    kind = _kind(items, item)
    if not checked and kind == "host":
        items.doubt(name, "its source/destination check is off: it may send from, and take packets to, any address")
    owner = str(attachment.get("InstanceOwnerId") or "")
    return Interface(
        name,
        item.get("OwnerId") or items.account,
        item["VpcId"],
        item["SubnetId"],
        tuple(sorted(group["GroupId"] for group in item.get("Groups") or ())),
        tuple(point(address) for address in (*own, *v6)),
        spans_of(span(prefix) for prefix in prefixes),
        _public(items, item, own, elastic),
        checked or kind == "gateway",
        kind,
        str(attachment.get("InstanceId") or ""),
        owner if owner.isdigit() else "",
    )


def _kind(items: Items, item: dict[str, Any]) -> Literal["host", "receiver", "gateway"]:
    """Judge what an interface's owner can do with it."""
    kind = item.get("InterfaceType") or "interface"
    if kind in _GATEWAYS:
        return "gateway"
    if kind in _RECEIVERS:
        return "receiver"
    if kind not in _HOSTS | _TUNNELS:
        items.doubt(item["NetworkInterfaceId"], f"interfaces of type {kind} aren't modelled")
    elif kind == "interface" and item.get("RequesterManaged"):
        items.doubt(item["NetworkInterfaceId"], "an AWS service runs it, and what that passes on isn't modelled")
    return "host"


def _public(
    items: Items, item: dict[str, Any], own: list[str], elastic: dict[tuple[str, str], str]
) -> tuple[tuple[int, int], ...]:
    """Read the public address of each own IPv4 address that has one."""
    name, primary = item["NetworkInterfaceId"], item.get("Association") or {}
    pairs = {private: public for (holder, private), public in elastic.items() if holder == name}
    for one in item.get("PrivateIpAddresses") or ():
        association = one.get("Association") or {}
        if association.get("PublicIp"):
            pairs[one["PrivateIpAddress"]] = association["PublicIp"]
    if primary.get("PublicIp") and own:
        pairs.setdefault(own[0], primary["PublicIp"])
    if primary.get("CarrierIp") or primary.get("CustomerOwnedIp"):
        items.doubt(name, "its carrier or customer-owned address isn't modelled")
    return tuple(sorted((point(private), point(public)) for private, public in pairs.items()))
