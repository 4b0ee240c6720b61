"""Quotas of transit gateways and of traffic mirroring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from range.rehearsal.areas.gateways.models import GONE, Gateways, gateways_backends
from range.rehearsal.call import Call
from range.rehearsal.quotas.counting import on_shelf, one_more
from range.rehearsal.quotas.rows import MEMORY, Quota

_FROM_MEMORY: dict[str, Any] = {"source": MEMORY, "confidence": "general_knowledge"}


def _kept(call: Call) -> Iterator[Gateways]:
    """Give what each account keeps of transit gateways in the call's Region."""
    return (kept for regional in list(gateways_backends.values()) if (kept := dict.get(regional, call.region)))


def _own_gateways(call: Call) -> int:
    own = (kept for kept in _kept(call) if kept.account_id == call.account)
    return one_more(each for kept in own for each in kept.gateways.values() if each.state not in GONE)


def _tables(call: Call) -> int:
    gateway = call.params.get("TransitGatewayId")
    tables = (each for kept in _kept(call) for each in kept.tables.values())
    return one_more(each for each in tables if each.gateway_id == gateway and each.state not in GONE)


def _attachments(call: Call) -> int:
    gateway = call.params.get("TransitGatewayId", "")
    return one_more(each for kept in _kept(call) for each in kept.attachments_of(gateway))


def _gateways_of_a_vpc(call: Call) -> int:
    vpc = call.params.get("VpcId")
    attachments = (each for kept in _kept(call) for each in kept.attachments.values() if each.is_there)
    return one_more(each for each in attachments if each.vpc_id == vpc)


def _gateway_routes(call: Call) -> int:
    """Count the routes of all tables of the gateway whose table the call names: written ones and learnt ones."""
    for kept in _kept(call):
        named = kept.tables.get(call.params.get("TransitGatewayRouteTableId", ""))
        if named is not None:
            tables = [each for each in kept.tables.values() if each.gateway_id == named.gateway_id]
            return sum(len(each.routes) + len(each.propagations) for each in tables) + 1
    return 0


QUOTAS = (
    Quota(
        "transit gateways per account",
        ("ec2.CreateTransitGateway",),
        "TransitGatewayLimitExceeded",
        "The maximum number of transit gateways has been reached.",
        _own_gateways,
        **_FROM_MEMORY,
    ),
    Quota(
        "route tables per transit gateway",
        ("ec2.CreateTransitGatewayRouteTable",),
        "TransitGatewayRouteTableLimitExceeded",
        "The maximum number of transit gateway route tables has been reached.",
        _tables,
        **_FROM_MEMORY,
    ),
    Quota(
        "attachments per transit gateway",
        ("ec2.CreateTransitGatewayVpcAttachment",),
        "TransitGatewayAttachmentLimitExceeded",
        "The maximum number of transit gateway attachments has been reached.",
        _attachments,
        **_FROM_MEMORY,
    ),
    Quota(
        "transit gateways per VPC",
        ("ec2.CreateTransitGatewayVpcAttachment",),
        "TransitGatewayAttachmentLimitExceeded",
        "The maximum number of transit gateway attachments of this VPC has been reached.",
        _gateways_of_a_vpc,
        **_FROM_MEMORY,
    ),
    Quota(
        "routes per transit gateway (all tables)",
        ("ec2.CreateTransitGatewayRoute", "ec2.EnableTransitGatewayRouteTablePropagation"),
        "TransitGatewayRouteLimitExceeded",
        "The maximum number of transit gateway routes has been reached.",
        _gateway_routes,
        **_FROM_MEMORY,
    ),
    Quota(
        "traffic mirror targets per account",
        ("ec2.CreateTrafficMirrorTarget",),
        "TrafficMirrorTargetLimitExceeded",
        "The maximum number of traffic mirror targets has been reached.",
        on_shelf("mirror-targets"),
    ),
    Quota(
        "traffic mirror filters per account",
        ("ec2.CreateTrafficMirrorFilter",),
        "TrafficMirrorFilterLimitExceeded",
        "The maximum number of traffic mirror filters has been reached.",
        on_shelf("mirror-filters"),
    ),
    Quota(
        "rules per traffic mirror filter",
        ("ec2.CreateTrafficMirrorFilterRule",),
        "TrafficMirrorFilterRuleLimitExceeded",
        "The maximum number of rules of this traffic mirror filter has been reached.",
        on_shelf("mirror-rules", "TrafficMirrorFilterId"),
    ),
    Quota(
        "traffic mirror sessions per account",
        ("ec2.CreateTrafficMirrorSession",),
        "TrafficMirrorSessionLimitExceeded",
        "The maximum number of traffic mirror sessions has been reached.",
        on_shelf("mirror-sessions"),
    ),
    Quota(
        "traffic mirror sessions per source interface",
        ("ec2.CreateTrafficMirrorSession",),
        "TrafficMirrorSessionsPerInterfaceLimitExceeded",
        "The maximum number of traffic mirror sessions of this interface has been reached.",
        on_shelf("mirror-sessions", "NetworkInterfaceId"),
    ),
)
