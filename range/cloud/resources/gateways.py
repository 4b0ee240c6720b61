"""Transit gateways, traffic mirroring and load balancers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from range.cloud.resources.kinds import Found, Item, Kind, Place, by, ec2, own, pages
from range.errors import CloudError

_GONE = frozenset({"deleted", "failed", "rejected"})
_GOING = frozenset({"deleting"})
IN_GATEWAY = ("ec2:transit-gateway",)


def _table_routes(place: Place) -> Iterator[Item]:
    """List the static routes of transit gateway tables; AWS shows at most 1,000 of a table, and allows 10,000.

    Source: Amazon EC2 API Reference, SearchTransitGatewayRoutes (read 2026-11-22).
    """
    for table in pages("ec2", "describe_transit_gateway_route_tables", "TransitGatewayRouteTables")(place):
        if table.get("State") in (_GONE | _GOING):
            continue
        identifier = table["TransitGatewayRouteTableId"]
        filters = [{"Name": "type", "Values": ["static"]}]
        answer = place.call(
            "ec2", "search_transit_gateway_routes", TransitGatewayRouteTableId=identifier, Filters=filters
        )
        for route in answer.get("Routes", ()):
            destination = route.get("DestinationCidrBlock") or route.get("PrefixListId")
            yield {**route, "Id": f"{identifier}/{destination}", "Table": identifier}


def _delete_table_route(place: Place, found: Found) -> object:
    table, _, destination = found.id.partition("/")
    where = {"TransitGatewayRouteTableId": table, "DestinationCidrBlock": destination}
    return place.call("ec2", "delete_transit_gateway_route", **where)


def _release_tables(place: Place, tables: Sequence[Found]) -> None:
    """Take the attachments off these tables: AWS deletes no table with associations."""
    for table in tables:
        identifier = {"TransitGatewayRouteTableId": table.id}
        listed = pages("ec2", "get_transit_gateway_route_table_associations", "Associations", **identifier)
        for each in listed(place):
            if each.get("State") not in ("disassociating", "disassociated"):
                parameters = {"TransitGatewayAttachmentId": each["TransitGatewayAttachmentId"], **identifier}
                place.call("ec2", "disassociate_transit_gateway_route_table", **parameters)


def _delete_attachment(place: Place, found: Found) -> object:
    """Delete an attachment by the call for its kind; the gateway's owner rejects what it never accepted."""
    operation = {
        "vpc": "delete_transit_gateway_vpc_attachment",
        "peering": "delete_transit_gateway_peering_attachment",
        "connect": "delete_transit_gateway_connect",
    }.get(found.item["ResourceType"])
    if operation is None:
        kind = found.item["ResourceType"]
        raise CloudError(f"an attachment of type {kind} is deleted with its owner", code="OwnedElsewhere")
    if found.item.get("State") == "pendingAcceptance" and _is_gateway_owners(found):
        operation = "reject_transit_gateway_vpc_attachment"
    return place.call("ec2", operation, TransitGatewayAttachmentId=found.id)


def _is_gateway_owners(found: Found) -> bool:
    """Say whether this account owns the gateway, and another the attached VPC."""
    item = found.item
    return item.get("TransitGatewayOwnerId") == found.resource.account != item.get("ResourceOwnerId")


KINDS = (
    Kind("ec2:transit-gateway", "ec2",
         own(pages("ec2", "describe_transit_gateways", "TransitGateways")), "TransitGatewayId",
         by("ec2", "delete_transit_gateway", "TransitGatewayId"), state="State", ended=_GONE, ending=_GOING,
         abroad=True, after=("ec2:transit-gateway-attachment", "ec2:transit-gateway-route-table", "ram:share")),
    ec2("transit-gateway-route-table", "transit_gateway_route_tables", "TransitGatewayRouteTables",
         "TransitGatewayRouteTableId", "delete_transit_gateway_route_table", parent="TransitGatewayId",
         prepare=_release_tables, state="State", ended=_GONE, ending=_GOING, inside=IN_GATEWAY,
         managed=lambda item: bool(item.get("DefaultAssociationRouteTable")),
         after=("ec2:transit-gateway-attachment", "ec2:transit-gateway-route")),
    Kind("ec2:transit-gateway-route", "ec2", _table_routes, "Id", _delete_table_route, parent="Table",
         inside=IN_GATEWAY, ended=frozenset({"deleted"}), state="State"),
    ec2("transit-gateway-attachment", "transit_gateway_attachments", "TransitGatewayAttachments",
         "TransitGatewayAttachmentId", _delete_attachment, parent="ResourceId", ties="TransitGatewayId", state="State",
         ended=_GONE, ending=_GOING, abroad=True, after=("ec2:transit-gateway-route", "ec2:route")),
    ec2("traffic-mirror-session", "traffic_mirror_sessions", "TrafficMirrorSessions", "TrafficMirrorSessionId",
         "delete_traffic_mirror_session", parent="NetworkInterfaceId"),
    ec2("traffic-mirror-target", "traffic_mirror_targets", "TrafficMirrorTargets", "TrafficMirrorTargetId",
         "delete_traffic_mirror_target", parent="NetworkInterfaceId", after=("ec2:traffic-mirror-session",)),
    ec2("traffic-mirror-filter", "traffic_mirror_filters", "TrafficMirrorFilters", "TrafficMirrorFilterId",
         "delete_traffic_mirror_filter", after=("ec2:traffic-mirror-session",)),
    Kind("elasticloadbalancing:loadbalancer", "elbv2", pages("elbv2", "describe_load_balancers", "LoadBalancers"),
         "LoadBalancerArn", by("elbv2", "delete_load_balancer", "LoadBalancerArn"), parent="VpcId",
         inside=("ec2:vpc",)),
    Kind("elasticloadbalancing:targetgroup", "elbv2", pages("elbv2", "describe_target_groups", "TargetGroups"),
         "TargetGroupArn", by("elbv2", "delete_target_group", "TargetGroupArn"), parent="VpcId", inside=("ec2:vpc",),
         after=("elasticloadbalancing:loadbalancer",)),
)  # fmt: skip
"""One row per type of what stands between networks."""
