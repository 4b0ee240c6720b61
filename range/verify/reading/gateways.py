"""Internet, NAT and transit gateways, and peering connections."""

from __future__ import annotations

from typing import Any

from range.verify.addresses import point, span
from range.verify.gathering import Items
from range.verify.model import Attachment, GatewayTable, Nat, Peering, Route, Target, TransitGateway

_CHANGING = frozenset(
    {"pending", "deleting", "modifying", "initiating", "provisioning", "associating", "disassociating"}
    | {"enabling", "disabling", "attaching", "detaching", "rollingBack", "failing"}
)
_PROPAGATED = 2


def internet_gateways(items: Items) -> list[tuple[str, str]]:
    """Read the internet gateways that are attached, each with its VPC."""
    return _attached(items, "DescribeInternetGateways", "InternetGatewayId")


def egress_only_gateways(items: Items) -> list[tuple[str, str]]:
    """Read the egress-only internet gateways that are attached, each with its VPC."""
    return _attached(items, "DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGatewayId")


def _attached(items: Items, operation: str, key: str) -> list[tuple[str, str]]:
    """Read gateways that are in force when attached."""
    found = []
    for item in items.of(operation):
        for one in item.get("Attachments") or ():
            if _is(items, item[key], one.get("State", "attached"), {"available", "attached"}):
                found.append((item[key], one["VpcId"]))
    return found


def _is(items: Items, name: str, state: str, in_force: set[str]) -> bool:
    """Say whether a thing is in force; one that is changing is doubted."""
    if state in _CHANGING:
        items.doubt(name, f"it is {state}: take the snapshot again when it has settled")
    return state in in_force


def nats(items: Items) -> list[Nat]:
    """Read the NAT gateways that work."""
    found = []
    for item in items.of("DescribeNatGateways"):
        if _is(items, item["NatGatewayId"], item.get("State", "available"), {"available"}):
            if not item.get("SubnetId"):
                items.doubt(item["NatGatewayId"], "a NAT gateway of no one subnet isn't modelled")
                continue
            public = item.get("ConnectivityType", "public") == "public"
            addresses = [
                (point(one["PrivateIp"]), point(one["PublicIp"]) if public and one.get("PublicIp") else None)
                for one in item.get("NatGatewayAddresses") or ()
                if one.get("PrivateIp")
            ]
            if not addresses:
                items.doubt(item["NatGatewayId"], "AWS lists no address for it")
            found.append(Nat(item["NatGatewayId"], item["VpcId"], item["SubnetId"], tuple(sorted(addresses, key=str))))
    return found


def peerings(items: Items, region: str) -> list[Peering]:
    """Read the peering connections that are in force."""
    found = []
    for item in items.of("DescribeVpcPeeringConnections"):
        name = item["VpcPeeringConnectionId"]
        if _is(items, name, (item.get("Status") or {}).get("Code", "active"), {"active"}):
            sides = [item["RequesterVpcInfo"], item["AccepterVpcInfo"]]
            for side in sides:
                if side.get("Region", region) != region:
                    items.doubt(name, f"it leads to {side['Region']}, which the exercise doesn't use")
            found.append(Peering(name, (sides[0]["VpcId"], sides[1]["VpcId"])))
    return found


def transit_gateways(items: Items) -> list[TransitGateway]:
    """Read the transit gateways, and doubt one with options that move packets by other means."""
    found = []
    for item in items.of("DescribeTransitGateways"):
        options = item.get("Options") or {}
        name = item["TransitGatewayId"]
        if item.get("State") == "deleted":
            continue
        if options.get("MulticastSupport") == "enable":
            items.doubt(name, "its multicast domains aren't modelled")
        if (options.get("EncryptionSupport") or {}).get("EncryptionState", "disabled") not in {"disabled", "disable"}:
            items.doubt(name, "its option EncryptionSupport isn't modelled")
        refers = options.get("SecurityGroupReferencingSupport") == "enable"
        found.append(TransitGateway(name, item.get("OwnerId") or items.account, refers))
    return found


def attachments(items: Items) -> list[Attachment]:
    """Read the VPC attachments that are in force; an attachment of another type is doubted."""
    for item in items.of("DescribeTransitGatewayAttachments"):
        name, kind = item["TransitGatewayAttachmentId"], item.get("ResourceType", "vpc")
        if kind != "vpc" and item.get("State") not in {"deleted", "rejected", "failed", "pendingAcceptance"}:
            items.doubt(name, f"transit gateway attachments of type {kind} aren't modelled")
        if (item.get("Association") or {}).get("TransitGatewayPolicyTableId"):
            items.doubt(name, "it is associated with a policy table, which isn't modelled")
    found = []
    for item in items.of("DescribeTransitGatewayVpcAttachments"):
        options = item.get("Options") or {}
        if _is(items, item["TransitGatewayAttachmentId"], item.get("State", "available"), {"available", "modifying"}):
            found.append(
                Attachment(
                    item["TransitGatewayAttachmentId"],
                    item["TransitGatewayId"],
                    item["VpcId"],
                    item.get("VpcOwnerId") or items.account,
                    tuple(sorted(item.get("SubnetIds") or ())),
                    options.get("Ipv6Support") == "enable",
                    options.get("ApplianceModeSupport") == "enable",
                    options.get("SecurityGroupReferencingSupport", "enable") == "enable",
                )
            )
    return found


def gateway_tables(items: Items) -> list[GatewayTable]:
    """Read the transit gateway route tables; what they learn by propagation is derived later."""
    associated = _in_force(items, "GetTransitGatewayRouteTableAssociations", {"associated"})
    learns = _in_force(items, "GetTransitGatewayRouteTablePropagations", {"enabled"})
    written = {
        str(asked["TransitGatewayRouteTableId"]): [
            _route(route) for route in routes if route.get("Type") != "propagated"
        ]
        for asked, routes in items.with_parameters("SearchTransitGatewayRoutes")
    }
    found = []
    for item in items.of("DescribeTransitGatewayRouteTables"):
        name = item["TransitGatewayRouteTableId"]
        if item.get("State") != "deleted":
            found.append(
                GatewayTable(
                    name,
                    item["TransitGatewayId"],
                    associated.get(name, ()),
                    learns.get(name, ()),
                    tuple(written.get(name, ())),
                )
            )
    return found


def _in_force(items: Items, operation: str, state: set[str]) -> dict[str, tuple[str, ...]]:
    """Read the attachments that a table is associated with, or learns from."""
    found = {}
    for asked, rows in items.with_parameters(operation):
        table = str(asked["TransitGatewayRouteTableId"])
        found[table] = tuple(
            sorted(row["TransitGatewayAttachmentId"] for row in rows if _is(items, table, row.get("State", ""), state))
        )
    return found


def _route(route: dict[str, Any]) -> Route:
    """Read a route that was written into a transit gateway's table."""
    attachments = route.get("TransitGatewayAttachments") or ()
    prefix_list = route.get("PrefixListId") or ""
    block = span(route["DestinationCidrBlock"])
    if route.get("State") == "blackhole" or not attachments:
        return Route(block, Target("blackhole", prefix_list), 1 if prefix_list else 0, prefix_list)
    target = Target("attachment", attachments[0]["TransitGatewayAttachmentId"])
    return Route(block, target, 1 if prefix_list else 0, prefix_list)
