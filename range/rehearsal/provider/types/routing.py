"""Routing inside a VPC: tables, routes, and which subnet follows which table."""

from __future__ import annotations

import zlib
from typing import Any

from range.rehearsal.provider.rows import ID, Field, Row, call, fixed, later, mutable, output, the
from range.rehearsal.provider.shapes import Block, Many, Part
from range.rehearsal.provider.types.ec2 import arn, tagged
from range.rehearsal.provider.work import Work

_DESTINATIONS = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
_TARGETS = ("gatewayId", "natGatewayId", "networkInterfaceId", "transitGatewayId", "vpcPeeringConnectionId")
_BY_HAND = "Routes[?Origin=='CreateRoute' && GatewayId!='local' && !starts_with(GatewayId || '', 'vpce-')]"
"""The routes that somebody made: not the VPC's own, not propagated ones, not those of gateway endpoints."""

_ROUTES = Many(
    Block((*(Part(name, aws) for name, aws in _DESTINATIONS.items()), *(Part(name) for name in _TARGETS))),
)


def _change_routes(work: Work) -> None:
    """Make, replace and delete routes until a table has those that are wanted."""
    wanted = {_destination(route): route for route in _ROUTES.sent(work.value("routes") or [])}
    there = {_destination(route): route for route in _ROUTES.sent(work.old.get("routes") or [])}
    for destination in there.keys() - wanted.keys():
        work.ask("delete_route", RouteTableId=work.id, **dict([destination]))
    for destination, route in wanted.items():
        if there.get(destination) != route:
            work.ask("replace_route" if destination in there else "create_route", RouteTableId=work.id, **route)


def _destination(route: dict[str, str]) -> tuple[str, str]:
    return next((aws, route[aws]) for aws in _DESTINATIONS.values() if route.get(aws))


ROUTE_TABLE = Row(
    "aws:ec2/routeTable:RouteTable",
    "EC2 Route Table",
    "ec2",
    create=call("create_route_table", "RouteTable"),
    id="RouteTableId",
    read=call("describe_route_tables", "RouteTables[0]", RouteTableIds=[ID]),
    delete=(call("delete_route_table", RouteTableId=ID),),
    absent=("InvalidRouteTableID.NotFound",),
    tags=tagged("route-table"),
    fields=(
        fixed("vpcId", required=True),
        later("routes", _change_routes, shape=_ROUTES, read=_BY_HAND),
        output("ownerId"),
        arn("route-table", "ownerId"),
    ),
)


def _adopt_table(work: Work) -> Any:
    """Take a VPC's main table over, with no route but its own."""
    found = work.ask("describe_route_tables", RouteTableIds=[work.given("defaultRouteTableId")])["RouteTables"][0]
    routes = [
        route for route in found["Routes"] if route.get("GatewayId") != "local" and route.get("Origin") == "CreateRoute"
    ]
    for route in routes:
        if not str(route.get("GatewayId", "")).startswith("vpce-"):
            work.ask("delete_route", RouteTableId=found["RouteTableId"], **dict([_destination(route)]))
    return found


DEFAULT_ROUTE_TABLE = Row(
    "aws:ec2/defaultRouteTable:DefaultRouteTable",
    "EC2 Default Route Table",
    "ec2",
    create=_adopt_table,
    id="RouteTableId",
    read=call("describe_route_tables", "RouteTables[0]", RouteTableIds=[ID]),
    delete=(),
    absent=("InvalidRouteTableID.NotFound",),
    tags=tagged("route-table"),
    fields=(
        fixed("defaultRouteTableId", "RouteTableId", required=True),
        later("routes", _change_routes, shape=_ROUTES, read=_BY_HAND),
        output("vpcId"),
        output("ownerId"),
        arn("route-table", "ownerId"),
    ),
)


def _route(work: Work) -> Any:
    """Find a route by its destination."""
    tables = work.ask("describe_route_tables", RouteTableIds=[work.value("routeTableId")])["RouteTables"]
    for table in tables:
        for route in table["Routes"]:
            if any(
                work.value(name) and work.value(name) == route.get(aws) for name, aws in _ROUTE_DESTINATIONS.items()
            ):
                return {**route, "RouteTableId": table["RouteTableId"]}
    return None


_ROUTE_DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
_REPLACE = call(
    "replace_route",
    RouteTableId=the("routeTableId"),
    **{aws: the(name) for name, aws in _ROUTE_DESTINATIONS.items()}
    | {name[0].upper() + name[1:]: the(name) for name in _TARGETS},
)


def _route_id(work: Work, answer: Any) -> str:
    """Name a route as the real provider does: by its table and the CRC-32 of its destination."""
    destination = next((work.value(name) for name in _ROUTE_DESTINATIONS if work.value(name)), "")
    return f"r-{work.value('routeTableId')}{zlib.crc32(destination.encode())}"


def _target(name: str) -> Field:
    return mutable(name, _REPLACE, default=None)


ROUTE = Row(
    "aws:ec2/route:Route",
    "EC2 Route",
    "ec2",
    create=call("create_route"),
    id=_route_id,
    imports="{routeTableId}_{destinationCidrBlock}",
    read=_route,
    delete=(
        call(
            "delete_route",
            RouteTableId=the("routeTableId"),
            **{aws: the(name) for name, aws in _ROUTE_DESTINATIONS.items()},
        ),
    ),
    absent=("InvalidRouteTableID.NotFound", "InvalidRoute.NotFound"),
    fields=(
        fixed("routeTableId", required=True),
        *(fixed(name, aws) for name, aws in _ROUTE_DESTINATIONS.items()),
        *(_target(name) for name in _TARGETS),
        output("origin"),
        output("state"),
    ),
)


def _followed(work: Work) -> Any:
    """Find which table a subnet or gateway follows, if it isn't the VPC's main one."""
    name, key = (
        ("association.subnet-id", "SubnetId") if work.value("subnetId") else ("association.gateway-id", "GatewayId")
    )
    target = work.value("subnetId") or work.value("gatewayId")
    tables = work.ask("describe_route_tables", Filters=[{"Name": name, "Values": [target]}])["RouteTables"]
    return next((item for table in tables for item in table["Associations"] if item.get(key) == target), None)


def _follow_another(work: Work) -> None:
    """Have the subnet follow another table; AWS gives the association a new id, which a refresh finds."""
    there = _followed(work)
    work.ask(
        "replace_route_table_association",
        AssociationId=there["RouteTableAssociationId"],
        RouteTableId=work.value("routeTableId"),
    )


def _unfollow(work: Work) -> None:
    there = _followed(work)
    if there is not None:
        work.ask("disassociate_route_table", AssociationId=there["RouteTableAssociationId"])


def _follow(work: Work) -> Any:
    target = "SubnetId" if work.given("subnetId") else "GatewayId"
    made = work.ask(
        "associate_route_table",
        RouteTableId=work.given("routeTableId"),
        **{target: work.given("subnetId") or work.given("gatewayId")},
    )
    return {"RouteTableAssociationId": made["AssociationId"]}


ROUTE_TABLE_ASSOCIATION = Row(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "EC2 Route Table Association",
    "ec2",
    create=_follow,
    id="RouteTableAssociationId",
    imports="{subnetId}/{routeTableId}",
    read=_followed,
    delete=(_unfollow,),
    absent=("InvalidAssociationID.NotFound", "InvalidRouteTableID.NotFound"),
    fields=(
        mutable("routeTableId", _follow_another, required=True),
        fixed("subnetId"),
        fixed("gatewayId"),
    ),
)

ROWS = (ROUTE_TABLE, DEFAULT_ROUTE_TABLE, ROUTE, ROUTE_TABLE_ASSOCIATION)
