"""NAT gateways, endpoints, transit gateways, peerings, and what functions and flow logs leave behind, on their way."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from range.rehearsal.areas.gateways.models import Gateways, kept_by
from range.rehearsal.keeping.reach import touch
from range.rehearsal.states.passing import Passing
from range.rehearsal.states.rows import Row

_INTERFACES, _ADDRESSES = "ec2.DescribeNetworkInterfaces", "ec2.DescribeAddresses"


def ec2_of(thing: Passing) -> Any:
    """Give the EC2 records that a thing is in; they will be saved."""
    records = ec2_backends[thing.account][thing.region]
    touch(records)
    return records


def _gateways_of(thing: Passing) -> Gateways:
    """Give the transit gateways of the account that a thing is in; they will be saved."""
    kept = kept_by(thing.account, thing.region)
    touch(kept)
    return kept


def _nat_gateway(thing: Passing) -> None:
    """Let a NAT gateway become available, or fail; or go, with its interface and its hold on an address."""
    ec2 = ec2_of(thing)
    gateway = ec2.nat_gateways[thing.id]
    if gateway.state == "pending" and not gateway.failure_code:
        gateway.state = "available"
        return
    gateway.state = "failed" if gateway.state == "pending" else "deleted"
    for address in ec2.addresses:
        if address.eni is not None and address.eni.id == gateway._eni.id:
            address.eni = address.association_id = None
    ec2.enis.pop(gateway._eni.id, None)


def _endpoint(thing: Passing) -> None:
    """Let an endpoint become available; or go, with its interfaces."""
    ec2 = ec2_of(thing)
    endpoint = ec2.vpc_end_points[thing.id]
    if endpoint.state == "pending":
        endpoint.state = "available"
        return
    endpoint.state = "deleted"
    for interface in endpoint.network_interface_ids:
        ec2.enis.pop(interface, None)


def _peering(thing: Passing) -> None:
    """Let a peering fail whose sides overlap."""
    status = ec2_of(thing).vpc_pcxs[thing.id]._status
    status.code = "failed"
    status.message = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"


def _transit_gateway(thing: Passing) -> None:
    """Let a transit gateway become available, or go."""
    gateway = _gateways_of(thing).gateways[thing.id]
    gateway.state = "deleted" if gateway.state == "deleting" else "available"


def _transit_table(thing: Passing) -> None:
    """Let a transit gateway's route table become available, or go."""
    table = _gateways_of(thing).tables[thing.id]
    table.state = "deleted" if table.state == "deleting" else "available"


def _attachment(thing: Passing) -> None:
    """Let an attachment become available, or go; the area says what comes and goes with it."""
    from range.rehearsal.areas.gateways.attachments import arrive, depart

    kept = _gateways_of(thing)
    attachment = kept.attachments[thing.id]
    touch(ec2_backends[attachment.vpc_owner][thing.region])
    if attachment.state == "deleting":
        depart(kept, attachment)
    else:
        arrive(kept, attachment)


def _function_interface(thing: Passing) -> None:
    """Let an interface go whose function is gone."""
    ec2_of(thing).enis.pop(thing.id, None)


def _log_group(thing: Passing) -> None:
    """Let a log group come back that somebody writes to, without the retention, key and tags that it had."""
    from moto.logs.models import logs_backends

    logs = logs_backends[thing.account][thing.region]
    if thing.id not in logs.groups:
        touch(logs)
        logs.create_log_group(thing.id, {})


ROWS = (
    Row(
        "nat-gateway",
        "pending, available or failed; deleting, deleted",
        {"ec2.DescribeNatGateways": "NatGatewayIds", _INTERFACES: "", _ADDRESSES: ""},
        _nat_gateway,
    ),
    Row(
        "vpc-endpoint",
        "pending, available; deleting, deleted (interface endpoints; gateway endpoints are there and gone at once)",
        {"ec2.DescribeVpcEndpoints": "VpcEndpointIds", _INTERFACES: ""},
        _endpoint,
    ),
    Row(
        "vpc-peering-connection",
        "initiating-request, then pending-acceptance; or failed, where the ranges overlap",
        {"ec2.DescribeVpcPeeringConnections": "VpcPeeringConnectionIds"},
        _peering,
    ),
    Row(
        "transit-gateway",
        "pending or modifying, available; deleting, deleted",
        {"ec2.DescribeTransitGateways": "TransitGatewayIds"},
        _transit_gateway,
    ),
    Row(
        "transit-gateway-route-table",
        "pending, available; deleting, deleted",
        {"ec2.DescribeTransitGatewayRouteTables": "TransitGatewayRouteTableIds"},
        _transit_table,
    ),
    Row(
        "transit-gateway-attachment",
        "pendingAcceptance until it is accepted, pending or modifying, available; deleting, deleted",
        {
            "ec2.DescribeTransitGatewayVpcAttachments": "TransitGatewayAttachmentIds",
            "ec2.DescribeTransitGatewayAttachments": "TransitGatewayAttachmentIds",
            "ec2.SearchTransitGatewayRoutes": "",
            "ec2.GetTransitGatewayRouteTableAssociations": "",
            "ec2.GetTransitGatewayRouteTablePropagations": "",
            _INTERFACES: "",
        },
        _attachment,
    ),
    Row(
        "function-interface",
        "lingering, gone (the function was deleted before)",
        {_INTERFACES: "NetworkInterfaceIds"},
        _function_interface,
    ),
    Row(
        "log-group",
        "deleted, there again (where a flow log writes to it whose role may make log groups)",
        {"logs.DescribeLogGroups": ""},
        _log_group,
    ),
)
