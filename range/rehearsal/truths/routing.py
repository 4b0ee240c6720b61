"""Route tables, their associations and routes."""

from __future__ import annotations

from typing import Any

from range.rehearsal.areas.gateways.sight import attachments_seen
from range.rehearsal.call import Call
from range.rehearsal.truths.gateways import attached_gateway
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store

_TERRAFORM = "hashicorp/terraform-provider-aws, internal/service/ec2/errors.go (read 2026-11-22)"
_UNASSOCIATED = "https://github.com/hashicorp/terraform-provider-aws/issues/73"
_MEMORY = "none opened (general knowledge)"


def _table(call: Call) -> Any:
    """Find the route table that a call names, or None."""
    return store(call).route_tables.get(call.params.get("RouteTableId"))


def _is_main(call: Call) -> str | None:
    table = _table(call)
    if table is None or table.main_association_id is None:
        return None
    return f"The routeTable '{table.id}' has dependencies and cannot be deleted."


def _main_association(call: Call) -> str | None:
    association = call.params.get("AssociationId")
    if all(table.main_association_id != association for table in store(call).route_tables.values()):
        return None
    return f"cannot disassociate the main route table association {association}"


def _associated_elsewhere(call: Call) -> str | None:
    subnet, named = call.params.get("SubnetId"), call.params.get("RouteTableId")
    others = (table for table in store(call).route_tables.values() if table.id != named)
    if not subnet or not any(subnet in table._associations.values() for table in others):
        return None
    return f"the specified association for route table {named} conflicts with an existing association"


def _local(call: Call) -> str | None:
    table, destination = _table(call), call.params.get("DestinationCidrBlock")
    routes = table.routes if table else ()
    if not any(route.local and route.destination_cidr_block == destination for route in routes):
        return None
    return f"cannot remove local route {destination} in route table {table.id}"


def _detached_gateway(call: Call) -> str | None:
    table, gateway_id = _table(call), call.params.get("GatewayId", "")
    if table is None or not gateway_id.startswith("igw-"):
        return None
    attached = attached_gateway(store(call), table.vpc_id)
    if attached is not None and attached.id == gateway_id:
        return None
    return f"route table {table.id} and network gateway {gateway_id} belong to different networks"


def _unattached_transit_gateway(call: Call) -> str | None:
    table, gateway_id = _table(call), call.params.get("TransitGatewayId")
    if table is None or not gateway_id:
        return None
    attachments = (attachment for attachment in attachments_seen(call) if attachment.state == "available")
    if any(each.vpc_id == table.vpc_id and each.gateway_id == gateway_id for each in attachments):
        return None
    return f"The transitGateway ID '{gateway_id}' does not exist."


def _peering_not_active(call: Call) -> str | None:
    peering_id = call.params.get("VpcPeeringConnectionId")
    peering = store(call).vpc_pcxs.get(peering_id)
    if not peering_id or (peering is not None and peering._status.code == "active"):
        return None
    return f"The vpcPeeringConnection ID '{peering_id}' does not exist"


def _unknown_nat_gateway(call: Call) -> str | None:
    gateway_id = call.params.get("NatGatewayId")
    gateway = store(call).nat_gateways.get(gateway_id)
    if not gateway_id or (gateway is not None and gateway.state in ("pending", "available")):
        return None
    return f"The natGateway ID '{gateway_id}' does not exist"


TRUTHS = (
    Truth(
        name="route-table-main",
        calls=("ec2.DeleteRouteTable",),
        when="it is the VPC's main table",
        code="DependencyViolation",
        source="botocore 1.44.5, EC2 2016-11-15, DeleteRouteTable (read 2026-11-22); the code is from memory",
        confidence="general_knowledge",
        check=_is_main,
    ),
    Truth(
        name="route-table-in-use",
        calls=("ec2.DeleteRouteTable",),
        when="a subnet or gateway is associated with it",
        code="DependencyViolation",
        source=_UNASSOCIATED,
        confidence="seen_in_issue",
    ),
    Truth(
        name="route-table-association-main",
        calls=("ec2.DisassociateRouteTable",),
        when="it is the main association",
        code="InvalidParameterValue",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_main_association,
    ),
    Truth(
        name="route-table-association-second",
        calls=("ec2.AssociateRouteTable",),
        when="the subnet is associated with another table",
        code="Resource.AlreadyAssociated",
        source=f"{_UNASSOCIATED} shows the failure; the code is from memory",
        confidence="general_knowledge",
        check=_associated_elsewhere,
    ),
    Truth(
        name="route-twice",
        calls=("ec2.CreateRoute",),
        when="the table has a route to that destination",
        code="RouteAlreadyExists",
        source=_TERRAFORM,
        confidence="seen_in_issue",
    ),
    Truth(
        name="route-absent",
        calls=("ec2.DeleteRoute", "ec2.ReplaceRoute"),
        when="the table has no route to that destination",
        code="InvalidRoute.NotFound",
        source=_TERRAFORM,
        confidence="seen_in_issue",
    ),
    Truth(
        name="route-local",
        calls=("ec2.DeleteRoute",),
        when="it is the local route",
        code="InvalidParameterValue",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_local,
    ),
    Truth(
        name="route-to-a-detached-internet-gateway",
        calls=("ec2.CreateRoute",),
        when="the internet gateway isn't attached to that VPC",
        code="InvalidParameterValue",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_detached_gateway,
    ),
    Truth(
        name="route-to-an-unattached-transit-gateway",
        calls=("ec2.CreateRoute", "ec2.ReplaceRoute"),
        when="the VPC has no available attachment to the transit gateway, however visible that is",
        code="InvalidTransitGatewayID.NotFound",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/10025",
        confidence="seen_in_issue",
        check=_unattached_transit_gateway,
    ),
    Truth(
        name="route-to-a-dead-peering",
        calls=("ec2.CreateRoute", "ec2.ReplaceRoute"),
        when="the peering isn't active",
        code="InvalidVpcPeeringConnectionID.NotFound",
        source=_TERRAFORM,
        confidence="general_knowledge",
        check=_peering_not_active,
    ),
    Truth(
        name="route-to-an-unknown-nat-gateway",
        calls=("ec2.CreateRoute", "ec2.ReplaceRoute"),
        when="the NAT gateway doesn't exist, or not yet",
        code="InvalidNatGatewayID.NotFound",
        source="https://github.com/boto/boto3/issues/779",
        confidence="seen_in_issue",
        check=_unknown_nat_gateway,
    ),
)
