"""Internet, NAT and transit gateways, and peering connections."""

from __future__ import annotations

from typing import Any

from range.verify.addresses import point, span
from range.verify.gathering import Items
from range.verify.model import Attachment, GatewayTable, Nat, Peering, Route, Target, TransitGateway

_CHANGING = frozenset(
    {"pending", "deleting", "modifying", "initiating", "initiating-request", "initiatingRequest", "provisioning"}
    | {"associating", "disassociating", "enabling", "disabling", "attaching", "detaching"}
    | {"rollingBack", "failing", "rejecting"}
)
_NOT_IN_FORCE = frozenset(
    {"deleted", "failed", "rejected", "expired", "pending-acceptance", "pendingAcceptance"}
    | {"detached", "disassociated", "disabled"}
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

    def attached(item: dict[str, Any]) -> list[tuple[str, str]]:
        told = item.get("Attachments") or ()
        states = {"available", "attached"}
        return [
            (item[key], one["VpcId"]) for one in told if _is(items, item[key], one.get("State", "attached"), states)
        ]

    return [pair for pairs in items.read(operation, attached) for pair in pairs]


def _is(items: Items, name: str, state: str, in_force: set[str]) -> bool:
    """Say whether a thing is in force; one that is changing, or in a state that nobody knows, is doubted."""
    if state in _CHANGING:
        items.doubt(name, f"it is {state}: take the snapshot again when it has settled")
    elif state not in in_force | _NOT_IN_FORCE:
        items.doubt(name, f"its state {state} isn't modelled")
    return state in in_force


def nats(items: Items) -> list[Nat]:
    """Read the NAT gateways that work."""
    return [nat for nat in items.read("DescribeNatGateways", lambda item: _nat(items, item)) if nat is not None]


def _nat(items: Items, item: dict[str, Any]) -> Nat | None:
    """Read one NAT gateway; None for one that doesn't work."""
    name = item["NatGatewayId"]
    if not _is(items, name, item.get("State", "available"), {"available"}):
        return None
    if not item.get("SubnetId"):
        items.doubt(name, "a NAT gateway of no one subnet isn't modelled")
        return None
    public = item.get("ConnectivityType", "public") == "public"
    addresses = [
        (point(one["PrivateIp"]), point(one["PublicIp"]) if public and one.get("PublicIp") else None)
        for one in item.get("NatGatewayAddresses") or ()
        if one.get("PrivateIp")
    ]
    if not addresses:
        items.doubt(name, "AWS lists no address for it")
    return Nat(name, item["VpcId"], item["SubnetId"], tuple(sorted(addresses, key=str)))


def peerings(items: Items, region: str) -> list[Peering]:
    """Read the peering connections that are in force."""
    found = items.read("DescribeVpcPeeringConnections", lambda item: _peering(items, item, region))
    return [peering for peering in found if peering is not None]


def _peering(items: Items, item: dict[str, Any], region: str) -> Peering | None:
    """Read one peering connection; None for one that isn't in force."""
    name = item["VpcPeeringConnectionId"]
    if not _is(items, name, (item.get("Status") or {}).get("Code", "active"), {"active"}):
        return None
    sides = [item["RequesterVpcInfo"], item["AccepterVpcInfo"]]
    for side in sides:
        if side.get("Region", region) != region:
            items.doubt(name, f"it leads to {side['Region']}, which the exercise doesn't use")
    return Peering(name, (sides[0]["VpcId"], sides[1]["VpcId"]))


def transit_gateways(items: Items) -> list[TransitGateway]:
    """Read the transit gateways, and doubt one with options that move packets by other means."""
    found = items.read("DescribeTransitGateways", lambda item: _transit_gateway(items, item))
    return [gateway for gateway in found if gateway is not None]


def _transit_gateway(items: Items, item: dict[str, Any]) -> TransitGateway | None:
    """Read one transit gateway; None for one that is gone."""
    options, name = item.get("Options") or {}, item["TransitGatewayId"]
    if item.get("State") == "deleted":
        return None
    if options.get("MulticastSupport") == "enable":
        items.doubt(name, "its multicast domains aren't modelled")
    if (options.get("EncryptionSupport") or {}).get("EncryptionState", "disabled") not in {"disabled", "disable"}:
        items.doubt(name, "its option EncryptionSupport isn't modelled")
    refers = options.get("SecurityGroupReferencingSupport") == "enable"
    return TransitGateway(name, item.get("OwnerId") or items.account, refers)


def attachments(items: Items) -> list[Attachment]:
    """Read the VPC attachments that are in force; an attachment of another type is doubted."""
    items.read("DescribeTransitGatewayAttachments", lambda item: _doubt_kind(items, item))
    found = items.read("DescribeTransitGatewayVpcAttachments", lambda item: _attachment(items, item))
    return [attachment for attachment in found if attachment is not None]


def _doubt_kind(items: Items, item: dict[str, Any]) -> None:
    """Doubt an attachment that isn't a VPC's, or isn't routed by a route table."""
    name, kind = item["TransitGatewayAttachmentId"], item.get("ResourceType", "vpc")
    if kind != "vpc" and item.get("State") not in {"deleted", "rejected", "failed", "pendingAcceptance"}:
        items.doubt(name, f"transit gateway attachments of type {kind} aren't modelled")
    if (item.get("Association") or {}).get("TransitGatewayPolicyTableId"):
        items.doubt(name, "it is associated with a policy table, which isn't modelled")


def _attachment(items: Items, item: dict[str, Any]) -> Attachment | None:
    """Read one VPC attachment; None for one that isn't in force."""
    options, name = item.get("Options") or {}, item["TransitGatewayAttachmentId"]
    if not _is(items, name, item.get("State", "available"), {"available", "modifying"}):
        return None
    return Attachment(
        name,
        item["TransitGatewayId"],
        item["VpcId"],
        item.get("VpcOwnerId") or items.account,
        tuple(sorted(item.get("SubnetIds") or ())),
        options.get("Ipv6Support") == "enable",
        options.get("ApplianceModeSupport") == "enable",
        options.get("SecurityGroupReferencingSupport", "enable") == "enable",
    )


def gateway_tables(items: Items) -> list[GatewayTable]:
    """Read the transit gateway route tables; what they learn by propagation is derived later."""
    associated = _in_force(items, "GetTransitGatewayRouteTableAssociations", {"associated"})
    learns = _in_force(items, "GetTransitGatewayRouteTablePropagations", {"enabled"})
    written = {
        str(asked["TransitGatewayRouteTableId"]): tuple(route for route in routes if route is not None)
        for asked, routes in items.read_asked("SearchTransitGatewayRoutes", _route)
    }

    def table(item: dict[str, Any]) -> GatewayTable | None:
        if item.get("State") == "deleted":
            return None
        name = item["TransitGatewayRouteTableId"]
        rows = associated.get(name, ()), learns.get(name, ()), written.get(name, ())
        return GatewayTable(name, item["TransitGatewayId"], *rows)

    return [one for one in items.read("DescribeTransitGatewayRouteTables", table) if one is not None]


def _in_force(items: Items, operation: str, state: set[str]) -> dict[str, tuple[str, ...]]:
    """Read the attachments that a table is associated with, or learns from."""
    found = {}
    for asked, rows in items.read_asked(
        operation, lambda row: (str(row["TransitGatewayAttachmentId"]), str(row["State"]))
    ):
        table = str(asked["TransitGatewayRouteTableId"])
        found[table] = tuple(sorted(name for name, said in rows if _is(items, table, said, state)))
    return found


def _route(route: dict[str, Any]) -> Route | None:
    """Read a route that was written into a transit gateway's table; None for one that it learned."""
    if route.get("Type") == "propagated":
        return None
    attachments = route.get("TransitGatewayAttachments") or ()
    prefix_list = route.get("PrefixListId") or ""
    block = span(route["DestinationCidrBlock"])
    if route.get("State") == "blackhole" or not attachments:
        return Route(block, Target("blackhole", prefix_list), 1 if prefix_list else 0, prefix_list)
    target = Target("attachment", attachments[0]["TransitGatewayAttachmentId"])
    return Route(block, target, 1 if prefix_list else 0, prefix_list)
