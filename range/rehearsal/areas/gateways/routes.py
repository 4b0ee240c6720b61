"""Routes of a gateway's tables: those that somebody wrote, and those that follow from the attached VPCs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from moto.ec2.models import ec2_backends

from range.rehearsal.areas.filters import matching
from range.rehearsal.areas.gateways.models import Attachment, Gateways, StaticRoute, Table
from range.rehearsal.areas.gateways.sight import no_attachment, own_table
from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal

_MOST_ROUTES = 1000
_FEWEST_ROUTES = 5
"""Source: botocore's model of SearchTransitGatewayRoutes (MaxResults), read 2026-11-22."""
_SEARCHES = ("exact-match", "longest-prefix-match", "subnet-of-match", "supernet-of-match")


@dataclass(frozen=True)
class Route:
    """A route as a search shows it."""

    cidr: str
    kind: str
    state: str
    attachment: Attachment | None


def create(call: Call) -> Shape:
    """Write a route into a table: to an attachment, or to nowhere."""
    kept, table = own_table(call, call.params["TransitGatewayRouteTableId"])
    cidr = _cidr(call)
    if cidr in table.routes:
        raise Refusal(
            "RouteAlreadyExists", f"Static route {cidr} already exists in Transit Gateway Route Table {table.id}."
        )
    table.routes[cidr] = _route(call, kept, table, cidr)
    return {"Route": _shape(_as_route(kept, table.routes[cidr]))}


def replace(call: Call) -> Shape:
    """Point a route of a table elsewhere."""
    kept, table = own_table(call, call.params["TransitGatewayRouteTableId"])
    cidr = _existing(call, table)
    table.routes[cidr] = _route(call, kept, table, cidr)
    return {"Route": _shape(_as_route(kept, table.routes[cidr]))}


def delete(call: Call) -> Shape:
    """Remove a route that somebody wrote; one that a table learned stays."""
    kept, table = own_table(call, call.params["TransitGatewayRouteTableId"])
    gone = _as_route(kept, table.routes.pop(_existing(call, table)))
    return {"Route": {**_shape(gone), "State": "deleted"}}


def _cidr(call: Call) -> str:
    """Read the destination of a route."""
    text = call.params["DestinationCidrBlock"]
    try:
        return str(ip_network(text))
    except ValueError as error:
        message = f"Value ({text}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block."
        raise Refusal("InvalidParameterValue", message) from error


def _existing(call: Call, table: Table) -> str:
    """Name a route that is in the table."""
    cidr = _cidr(call)
    if cidr not in table.routes:
        raise Refusal(
            "InvalidRoute.NotFound", f"Static route {cidr} does not exist in Transit Gateway Route Table {table.id}."
        )
    return cidr


def _route(call: Call, kept: Gateways, table: Table, cidr: str) -> StaticRoute:
    """Read where a route leads."""
    attachment_id = call.params.get("TransitGatewayAttachmentId")
    if bool(attachment_id) == bool(call.params.get("Blackhole")):
        raise Refusal("InvalidParameterCombination", "Either TransitGatewayAttachmentId or Blackhole must be given.")
    if attachment_id:
        attachment = kept.attachments.get(attachment_id)
        if attachment is None or attachment.gateway_id != table.gateway_id or not attachment.is_there:
            raise no_attachment(attachment_id)
        if attachment.state != "available":
            raise Refusal("IncorrectState", f"{attachment.id} is in invalid state {attachment.state}.")
    return StaticRoute(cidr, attachment_id)


def routes_of(kept: Gateways, table: Table) -> list[Route]:
    """Give all routes of a table. One that was written wins over a learned one; of two equal ranges the older counts."""
    found = {cidr: _as_route(kept, route) for cidr, route in table.routes.items()}
    for attachment_id in table.propagations:
        attachment = kept.attachments[attachment_id]
        for cidr in _ranges(attachment, kept.region_name):
            found.setdefault(cidr, Route(cidr, "propagated", "active", attachment))
    return list(found.values())


def _as_route(kept: Gateways, route: StaticRoute) -> Route:
    """Give a written route; it is a blackhole, too, when its attachment is gone."""
    attachment = kept.attachments.get(route.attachment_id or "")
    alive = attachment is not None and attachment.is_there
    return Route(route.cidr, "static", "active" if alive else "blackhole", attachment if alive else None)


def _ranges(attachment: Attachment, region: str) -> Iterator[str]:
    """Give the ranges of an attached VPC."""
    vpc = ec2_backends[attachment.vpc_owner][region].vpcs.get(attachment.vpc_id)
    if vpc is None:
        return
    yield from _associated(vpc.cidr_block_association_set)
    if attachment.options["Ipv6Support"] == "enable":
        yield from _associated(vpc.get_cidr_block_association_set(ipv6=True))


def _associated(associations: list[dict[str, Any]]) -> Iterator[str]:
    """Give the ranges that are in use."""
    return (each["cidr_block"] for each in associations if each["cidr_block_state"]["state"] == "associated")


def search(call: Call) -> Shape:
    """Find routes of a table."""
    kept, table = own_table(call, call.params["TransitGatewayRouteTableId"])
    filters = call.params["Filters"]
    searches = [each for each in filters if each["Name"].startswith("route-search.")]
    found = matching(routes_of(kept, table), [each for each in filters if each not in searches], _facts)
    for each in searches:
        found = _searched(found, each["Name"].removeprefix("route-search."), each["Values"])
    most = int(call.params.get("MaxResults", _MOST_ROUTES))
    if not _FEWEST_ROUTES <= most <= _MOST_ROUTES:
        raise Refusal("InvalidParameterValue", f"MaxResults must be between {_FEWEST_ROUTES} and {_MOST_ROUTES}.")
    return {"Routes": [_shape(route) for route in found[:most]], "AdditionalRoutesAvailable": len(found) > most}


def _searched(routes: list[Route], how: str, values: list[str]) -> list[Route]:
    """Find routes by their ranges."""
    if how not in _SEARCHES:
        raise Refusal("InvalidParameterValue", f"The filter 'route-search.{how}' is invalid")
    targets = [ip_network(value, strict=False) for value in values]
    holding = [route for route in routes if any(_matches(ip_network(route.cidr), how, target) for target in targets)]
    if how != "longest-prefix-match":
        return holding
    longest = max((ip_network(route.cidr).prefixlen for route in holding), default=0)
    return [route for route in holding if ip_network(route.cidr).prefixlen == longest]


def _matches(network: Any, how: str, target: Any) -> bool:
    """Compare the range of a route with one that is searched for."""
    if network.version != target.version:
        return False
    if how == "exact-match":
        return bool(network == target)
    return bool(network.subnet_of(target) if how == "subnet-of-match" else network.supernet_of(target))


def _shape(route: Route) -> Shape:
    """Give a route as the calls return it."""
    shape: Shape = {"DestinationCidrBlock": route.cidr, "Type": route.kind, "State": route.state}
    if route.attachment is not None:
        shape["TransitGatewayAttachments"] = [
            {
                "ResourceId": route.attachment.vpc_id,
                "TransitGatewayAttachmentId": route.attachment.id,
                "ResourceType": "vpc",
            }
        ]
    return shape


def _facts(route: Route) -> dict[str, Any]:
    """Give what routes are filtered by."""
    attachment = route.attachment
    return {
        "attachment.transit-gateway-attachment-id": attachment.id if attachment else "",
        "attachment.resource-id": attachment.vpc_id if attachment else "",
        "attachment.resource-type": "vpc" if attachment else "",
        "state": route.state,
        "type": route.kind,
    }


OPERATIONS = {
    "CreateTransitGatewayRoute": create,
    "ReplaceTransitGatewayRoute": replace,
    "DeleteTransitGatewayRoute": delete,
    "SearchTransitGatewayRoutes": search,
}
