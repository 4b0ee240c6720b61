"""Transit gateways: the gateway, its route tables, and both sides of an attachment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from range.errors import CloudError
from range.rehearsal.provider.rows import (
    ID,
    Field,
    Mark,
    Row,
    Tags,
    added,
    call,
    changed,
    fixed,
    later,
    local,
    mutable,
    output,
    removed,
    status,
    the,
)
from range.rehearsal.provider.shapes import CHOSEN, Flag, Many, Text, Whole
from range.rehearsal.provider.types.ec2 import arn, tagged
from range.rehearsal.provider.work import Work

_GONE = "deleted"
_BUSY = ("IncorrectState", "DependencyViolation")

_OPTIONS = {
    "amazonSideAsn": "AmazonSideAsn",
    "autoAcceptSharedAttachments": "AutoAcceptSharedAttachments",
    "defaultRouteTableAssociation": "DefaultRouteTableAssociation",
    "defaultRouteTablePropagation": "DefaultRouteTablePropagation",
    "dnsSupport": "DnsSupport",
    "securityGroupReferencingSupport": "SecurityGroupReferencingSupport",
    "vpnEcmpSupport": "VpnEcmpSupport",
}
_MODIFY = call(
    "modify_transit_gateway",
    TransitGatewayId=ID,
    Description=changed("description"),
    Options={
        **{aws: changed(name) for name, aws in _OPTIONS.items()},
        "AddTransitGatewayCidrBlocks": added("transitGatewayCidrBlocks"),
        "RemoveTransitGatewayCidrBlocks": removed("transitGatewayCidrBlocks"),
    },
)


def _option(name: str, default: Any, shape: Text | Whole = Text()) -> Field:
    return mutable(name, _MODIFY, f"Options.{_OPTIONS[name]}", shape, default=default)


def _switched_on(new: Mapping[str, Any], old: Mapping[str, Any]) -> frozenset[str]:
    """AWS switches a gateway's default route tables off, but never on again."""
    names = ("defaultRouteTableAssociation", "defaultRouteTablePropagation")
    return frozenset(name for name in names if new.get(name, "enable") == "enable" and old.get(name) == "disable")


TRANSIT_GATEWAY = Row(
    "aws:ec2transitgateway/transitGateway:TransitGateway",
    "EC2 Transit Gateway",
    "ec2",
    create=call("create_transit_gateway", "TransitGateway"),
    id="TransitGatewayId",
    read=call("describe_transit_gateways", "TransitGateways[0]", TransitGatewayIds=[ID]),
    delete=(call("delete_transit_gateway", TransitGatewayId=ID),),
    absent=("InvalidTransitGatewayID.NotFound",),
    busy=_BUSY,
    tags=tagged("transit-gateway"),
    status=status("State", "available", gone=_GONE),
    replaces=_switched_on,
    fields=(
        mutable("description", _MODIFY, default=None),
        _option("amazonSideAsn", 64512, Whole()),
        _option("autoAcceptSharedAttachments", "disable"),
        _option("defaultRouteTableAssociation", "enable"),
        _option("defaultRouteTablePropagation", "enable"),
        _option("dnsSupport", "enable"),
        _option("securityGroupReferencingSupport", "disable"),
        _option("vpnEcmpSupport", "enable"),
        fixed("multicastSupport", "Options.MulticastSupport", default="disable"),
        mutable("transitGatewayCidrBlocks", _MODIFY, "Options.TransitGatewayCidrBlocks", Many(), default=[]),
        output("associationDefaultRouteTableId", "Options.AssociationDefaultRouteTableId"),
        output("propagationDefaultRouteTableId", "Options.PropagationDefaultRouteTableId"),
        output("ownerId"),
        output("arn", "TransitGatewayArn"),
    ),
)

ROUTE_TABLE = Row(
    "aws:ec2transitgateway/routeTable:RouteTable",
    "EC2 Transit Gateway Route Table",
    "ec2",
    create=call("create_transit_gateway_route_table", "TransitGatewayRouteTable"),
    id="TransitGatewayRouteTableId",
    read=call(
        "describe_transit_gateway_route_tables", "TransitGatewayRouteTables[0]", TransitGatewayRouteTableIds=[ID]
    ),
    delete=(call("delete_transit_gateway_route_table", TransitGatewayRouteTableId=ID),),
    absent=("InvalidRouteTableID.NotFound", "InvalidRouteTableId.NotFound"),
    busy=_BUSY,
    tags=tagged("transit-gateway-route-table"),
    status=status("State", "available", gone=_GONE),
    fields=(
        fixed("transitGatewayId", required=True),
        output("defaultAssociationRouteTable"),
        output("defaultPropagationRouteTable"),
        arn("transit-gateway-route-table"),
    ),
)

_OPTION_NAMES = {
    "applianceModeSupport": ("ApplianceModeSupport", "disable"),
    "dnsSupport": ("DnsSupport", "enable"),
    "ipv6Support": ("Ipv6Support", "disable"),
    "securityGroupReferencingSupport": ("SecurityGroupReferencingSupport", CHOSEN),
}
_MODIFY_ATTACHMENT = call(
    "modify_transit_gateway_vpc_attachment",
    TransitGatewayAttachmentId=ID,
    AddSubnetIds=added("subnetIds"),
    RemoveSubnetIds=removed("subnetIds"),
    Options={aws: changed(name) for name, (aws, _) in _OPTION_NAMES.items()},
)
_DEFAULT_TABLES = {
    "transitGatewayDefaultRouteTableAssociation": (
        "AssociationDefaultRouteTableId",
        ("associate_transit_gateway_route_table", "disassociate_transit_gateway_route_table"),
        call("get_transit_gateway_route_table_associations", "Associations"),
    ),
    "transitGatewayDefaultRouteTablePropagation": (
        "PropagationDefaultRouteTableId",
        ("enable_transit_gateway_route_table_propagation", "disable_transit_gateway_route_table_propagation"),
        call("get_transit_gateway_route_table_propagations", "TransitGatewayRouteTablePropagations"),
    ),
}
"""Per default table of a gateway: which one it is, how an attachment joins and leaves it, and who is in it."""
_NO_ATTACHMENT = ("InvalidTransitGatewayAttachmentID.NotFound",)
_NOT_USED = "failed failing rejected rejecting"


def _attachment(work: Work) -> Any:
    """Look at an attachment; to the gateway's owner it also tells whether it uses the default tables."""
    found = work.ask("describe_transit_gateway_vpc_attachments", TransitGatewayAttachmentIds=[work.id])
    attachment = next(iter(found["TransitGatewayVpcAttachments"]), None)
    if attachment is not None and attachment["State"] == "available":
        tables = _defaults_of(work, attachment["TransitGatewayId"])
        for name, (_, _, members) in _DEFAULT_TABLES.items():
            by_id = [{"Name": "transit-gateway-attachment-id", "Values": [work.id]}]
            asked = replace(members, params={"TransitGatewayRouteTableId": tables.get(name), "Filters": by_id})
            attachment[name] = bool(work.make(asked)) if tables.get(name) else False
    return attachment


def _defaults_of(work: Work, gateway: str) -> dict[str, str]:
    """Give the default tables of a gateway, where the caller owns it and it has any."""
    found = work.ask("describe_transit_gateways", TransitGatewayIds=[gateway])["TransitGateways"]
    if not found or found[0]["OwnerId"] != work.caller.account:
        return {}
    options = found[0]["Options"]
    return {name: options[key] for name, (key, _, _) in _DEFAULT_TABLES.items() if options.get(key)}


def _default_table(name: str) -> Field:
    """Whether the attachment uses one of its gateway's default tables."""

    def change(work: Work) -> None:
        _, verbs, _ = _DEFAULT_TABLES[name]
        table = _defaults_of(work, work.seen["TransitGatewayId"]).get(name)
        if table is None:
            raise CloudError(f"{name} can only be set by the owner of a gateway that has default tables")
        work.ask(
            verbs[0 if work.value(name) else 1], TransitGatewayRouteTableId=table, TransitGatewayAttachmentId=work.id
        )

    return later(name, change, shape=Flag(), read=name)


_DEFAULTS = tuple(_default_table(name) for name in _DEFAULT_TABLES)

VPC_ATTACHMENT = Row(
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
    "EC2 Transit Gateway VPC Attachment",
    "ec2",
    create=call("create_transit_gateway_vpc_attachment", "TransitGatewayVpcAttachment"),
    id="TransitGatewayAttachmentId",
    read=_attachment,
    delete=(call("delete_transit_gateway_vpc_attachment", TransitGatewayAttachmentId=ID),),
    absent=_NO_ATTACHMENT,
    busy=_BUSY,
    tags=tagged("transit-gateway-attachment"),
    status=status("State", "available pendingAcceptance", gone=_GONE, failed=_NOT_USED),
    fields=(
        fixed("transitGatewayId", required=True),
        fixed("vpcId", required=True),
        mutable("subnetIds", _MODIFY_ATTACHMENT, "", Many(), required=True),
        *(
            mutable(name, _MODIFY_ATTACHMENT, f"Options.{aws}", default=default)
            for name, (aws, default) in _OPTION_NAMES.items()
        ),
        *_DEFAULTS,
        output("vpcOwnerId"),
        arn("transit-gateway-attachment"),
    ),
)

VPC_ATTACHMENT_ACCEPTER = Row(
    "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter",
    "EC2 Transit Gateway VPC Attachment Accepter",
    "ec2",
    create=call("accept_transit_gateway_vpc_attachment", "TransitGatewayVpcAttachment"),
    id="TransitGatewayAttachmentId",
    read=_attachment,
    delete=(call("delete_transit_gateway_vpc_attachment", TransitGatewayAttachmentId=ID),),
    absent=_NO_ATTACHMENT,
    busy=_BUSY,
    tags=Tags(put=tagged("").put, drop=tagged("").drop, create={}),
    status=status("State", "available", gone=_GONE, failed=_NOT_USED),
    fields=(
        fixed("transitGatewayAttachmentId", required=True),
        *_DEFAULTS,
        *(output(name, f"Options.{aws}") for name, (aws, _) in _OPTION_NAMES.items()),
        output("subnetIds"),
        output("transitGatewayId"),
        output("vpcId"),
        output("vpcOwnerId"),
    ),
)


def _by_attachment(work: Work) -> list[dict[str, Any]]:
    return [{"Name": "transit-gateway-attachment-id", "Values": [work.value("transitGatewayAttachmentId")]}]


_TABLE_AND_ATTACHMENT = {
    "TransitGatewayRouteTableId": the("transitGatewayRouteTableId"),
    "TransitGatewayAttachmentId": the("transitGatewayAttachmentId"),
}
_NO_TABLE = ("InvalidRouteTableID.NotFound", "InvalidRouteTableId.NotFound")
_PAIR = "{transitGatewayRouteTableId}_{transitGatewayAttachmentId}"


def _associate(work: Work) -> Any:
    """Associate an attachment with a table; where the program says so, instead of the one that it has."""
    if work.given("replaceExistingAssociation"):
        attachment = work.given("transitGatewayAttachmentId")
        found = work.ask("describe_transit_gateway_attachments", TransitGatewayAttachmentIds=[attachment])
        there = found["TransitGatewayAttachments"][0].get("Association") or {}
        if there.get("TransitGatewayRouteTableId") not in (None, work.given("transitGatewayRouteTableId")):
            table = there["TransitGatewayRouteTableId"]
            work.ask(
                "disassociate_transit_gateway_route_table",
                TransitGatewayRouteTableId=table,
                TransitGatewayAttachmentId=attachment,
            )
            work.until(lambda: not _members(work, table), _PATIENCE_S, f"{attachment} to leave {table}")
    return work.make(call("associate_transit_gateway_route_table", **_TABLE_AND_ATTACHMENT))


def _members(work: Work, table: str) -> Any:
    return work.ask(
        "get_transit_gateway_route_table_associations", TransitGatewayRouteTableId=table, Filters=_by_attachment(work)
    )["Associations"]


_PATIENCE_S = 600.0

ASSOCIATION = Row(
    "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation",
    "EC2 Transit Gateway Route Table Association",
    "ec2",
    create=_associate,
    id=_PAIR,
    imports=_PAIR,
    read=call(
        "get_transit_gateway_route_table_associations",
        "Associations[0]",
        TransitGatewayRouteTableId=the("transitGatewayRouteTableId"),
        Filters=Mark(_by_attachment),
    ),
    delete=(call("disassociate_transit_gateway_route_table", **_TABLE_AND_ATTACHMENT),),
    absent=(*_NO_TABLE, *_NO_ATTACHMENT, "InvalidAssociation.NotFound"),
    busy=_BUSY,
    status=status("State", "associated", gone="disassociated"),
    fields=(
        fixed("transitGatewayRouteTableId", required=True, read=None),
        fixed("transitGatewayAttachmentId", required=True),
        local("replaceExistingAssociation", Flag(), False),
        output("resourceId"),
        output("resourceType"),
    ),
)

PROPAGATION = Row(
    "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation",
    "EC2 Transit Gateway Route Table Propagation",
    "ec2",
    create=lambda work: work.make(call("enable_transit_gateway_route_table_propagation", **_TABLE_AND_ATTACHMENT)),
    id=_PAIR,
    imports=_PAIR,
    read=call(
        "get_transit_gateway_route_table_propagations",
        "TransitGatewayRouteTablePropagations[0]",
        TransitGatewayRouteTableId=the("transitGatewayRouteTableId"),
        Filters=Mark(_by_attachment),
    ),
    delete=(call("disable_transit_gateway_route_table_propagation", **_TABLE_AND_ATTACHMENT),),
    absent=(*_NO_TABLE, *_NO_ATTACHMENT, "TransitGatewayRouteTablePropagation.NotFound"),
    busy=_BUSY,
    status=status("State", "enabled", gone="disabled"),
    fields=(
        fixed("transitGatewayRouteTableId", required=True, read=None),
        fixed("transitGatewayAttachmentId", required=True),
        output("resourceId"),
        output("resourceType"),
    ),
)


def _route(work: Work) -> Any:
    """Find a static route by its destination."""
    destination = work.value("destinationCidrBlock")
    filters = [{"Name": "type", "Values": ["static"]}, {"Name": "route-search.exact-match", "Values": [destination]}]
    table = work.value("transitGatewayRouteTableId")
    routes = work.ask("search_transit_gateway_routes", TransitGatewayRouteTableId=table, Filters=filters)["Routes"]
    for route in routes:
        if route["DestinationCidrBlock"] == destination and route["State"] != "deleted":
            return {**route, "Blackhole": route["State"] == "blackhole"}
    return None


ROUTE = Row(
    "aws:ec2transitgateway/route:Route",
    "EC2 Transit Gateway Route",
    "ec2",
    create=call("create_transit_gateway_route"),
    id="{transitGatewayRouteTableId}_{destinationCidrBlock}",
    imports="{transitGatewayRouteTableId}_{destinationCidrBlock}",
    read=_route,
    delete=(
        call(
            "delete_transit_gateway_route",
            TransitGatewayRouteTableId=the("transitGatewayRouteTableId"),
            DestinationCidrBlock=the("destinationCidrBlock"),
        ),
    ),
    absent=(*_NO_TABLE, "InvalidRoute.NotFound"),
    busy=_BUSY,
    status=status("State", "active blackhole", gone=_GONE),
    fields=(
        fixed("destinationCidrBlock", required=True),
        fixed("transitGatewayRouteTableId", required=True, read=None),
        fixed(
            "transitGatewayAttachmentId", default=None, read="TransitGatewayAttachments[0].TransitGatewayAttachmentId"
        ),
        fixed("blackhole", shape=Flag(), default=False),
    ),
)

ROWS = (TRANSIT_GATEWAY, ROUTE_TABLE, VPC_ATTACHMENT, VPC_ATTACHMENT_ACCEPTER, ASSOCIATION, PROPAGATION, ROUTE)
