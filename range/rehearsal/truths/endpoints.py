"""VPC endpoints and peering connections."""

from __future__ import annotations

from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store

_MEMORY = "none opened (general knowledge)"
_PEERING = "botocore 1.44.5, EC2 2016-11-15, DeleteVpcPeeringConnection (read 2026-11-22); the code is from memory"


def _wants_private_names(call: Call) -> bool:
    return bool(call.params.get("PrivateDnsEnabled")) and call.params.get("VpcEndpointType") == "Interface"


def _siblings(call: Call) -> list[Any]:
    """Give the living endpoints of the same VPC and service."""
    service, vpc_id = call.params.get("ServiceName"), call.params.get("VpcId")
    living = (endpoint for endpoint in store(call).vpc_end_points.values() if endpoint.state != "deleted")
    return [endpoint for endpoint in living if (endpoint.service_name, endpoint.vpc_id) == (service, vpc_id)]


def _names_served(call: Call) -> str | None:
    if not _wants_private_names(call):
        return None
    taken = next((endpoint for endpoint in _siblings(call) if endpoint.private_dns_enabled), None)
    if taken is None:
        return None
    return (
        f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {taken.service_name}"
    )


def _names_off(call: Call) -> str | None:
    vpc = store(call).vpcs.get(call.params.get("VpcId"))
    if vpc is None or not _wants_private_names(call):
        return None
    if all(str(setting).lower() == "true" for setting in (vpc.enable_dns_support, vpc.enable_dns_hostnames)):
        return None
    return "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true"


def _unknown_service(call: Call) -> str | None:
    service = call.params.get("ServiceName", "")
    if service.startswith((f"com.amazonaws.{call.region}.", "com.amazonaws.vpce.", "com.amazonaws.s3-global", "aws.")):
        return None
    return f"The Vpc Endpoint Service '{service}' does not exist"


def _second_gateway_endpoint(call: Call) -> str | None:
    if call.params.get("VpcEndpointType", "Gateway") != "Gateway":
        return None
    tables = set(call.params.get("RouteTableIds", ()))
    clash = next(
        (table for endpoint in _siblings(call) for table in tables & set(endpoint.route_table_ids or ())), None
    )
    if clash is None:
        return None
    return f"route table {clash} already has a route with the prefix list of {call.params.get('ServiceName')}"


def _two_in_a_zone(call: Call) -> str | None:
    chosen = set(call.params.get("SubnetIds", ()))
    placed = [
        subnet.availability_zone
        for zone in store(call).subnets.values()
        for subnet in zone.values()
        if subnet.id in chosen
    ]
    if len(set(placed)) == len(placed):
        return None
    return "Found another VPC endpoint subnet in the availability zone of one of the subnets given"


def _peering_gone(call: Call) -> str | None:
    peering = store(call).vpc_pcxs.get(call.params.get("VpcPeeringConnectionId"))
    if peering is None or peering._status.code not in ("failed", "rejected", "expired"):
        return None
    return f"Invalid state transition for {peering.id}, attempted to transition from {peering._status.code} to deleting"


def _prefix_list_in_use(call: Call) -> str | None:
    ec2, named = store(call), call.params.get("PrefixListId")
    groups = (group for kept in ec2.groups.values() for group in kept.values())
    rules = (rule for group in groups for rule in (*group.ingress_rules, *group.egress_rules))
    routes = (route for table in ec2.route_tables.values() for route in table.routes)
    if not any(rule.prefix_list_id == named for rule in rules) and not any(
        route.destination_prefix_list_id == named for route in routes
    ):
        return None
    return f"The prefix list {named} is in use."


TRUTHS = (
    Truth(
        name="endpoint-names-served-twice",
        calls=("ec2.CreateVpcEndpoint",),
        when="private names are asked for and another endpoint of the VPC serves them",
        code="InvalidParameter",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/17535",
        confidence="seen_in_issue",
        check=_names_served,
    ),
    Truth(
        name="endpoint-names-off",
        calls=("ec2.CreateVpcEndpoint",),
        when="private names are asked for and the VPC's DNS support or host names are off",
        code="InvalidParameter",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_names_off,
    ),
    Truth(
        name="endpoint-of-an-unknown-service",
        calls=("ec2.CreateVpcEndpoint",),
        when="there is no such service in the Region",
        code="InvalidServiceName",
        source="hashicorp/terraform-provider-aws, internal/service/ec2/errors.go (read 2026-11-22)",
        confidence="seen_in_issue",
        check=_unknown_service,
    ),
    Truth(
        name="endpoint-second-on-a-table",
        calls=("ec2.CreateVpcEndpoint",),
        when="a route table has a gateway endpoint of the same service",
        code="RouteAlreadyExists",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_second_gateway_endpoint,
    ),
    Truth(
        name="endpoint-twice-in-a-zone",
        calls=("ec2.CreateVpcEndpoint",),
        when="two of its subnets are in one availability zone",
        code="DuplicateSubnetsInSameZone",
        source="https://github.com/terraform-aws-modules/terraform-aws-vpc/issues/451",
        confidence="seen_in_issue",
        check=_two_in_a_zone,
    ),
    Truth(
        name="peering-of-overlapping-ranges",
        calls=("ec2.CreateVpcPeeringConnection",),
        when="the ranges of the VPCs overlap: the call succeeds, and the peering fails",
        code="failed (Status)",
        source="botocore 1.44.5, EC2 2016-11-15, CreateVpcPeeringConnection (read 2026-11-22)",
        confidence="documented",
    ),
    Truth(
        name="peering-accepted-twice",
        calls=("ec2.AcceptVpcPeeringConnection",),
        when="it doesn't wait for acceptance",
        code="InvalidStateTransition",
        source=_PEERING,
        confidence="general_knowledge",
    ),
    Truth(
        name="peering-accepted-by-the-wrong-side",
        calls=("ec2.AcceptVpcPeeringConnection",),
        when="the requester's account or Region tries to accept it",
        code="OperationNotPermitted",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="peering-failed-deleted",
        calls=("ec2.DeleteVpcPeeringConnection",),
        when="it failed or was rejected",
        code="InvalidStateTransition",
        source=_PEERING,
        confidence="general_knowledge",
        check=_peering_gone,
    ),
    Truth(
        name="prefix-list-in-use",
        calls=("ec2.DeleteManagedPrefixList",),
        when="a security group or a route table names it",
        code="DependencyViolation",
        source="botocore 1.44.5, EC2 2016-11-15, DeleteManagedPrefixList (read 2026-11-22); the code is from memory",
        confidence="general_knowledge",
        check=_prefix_list_in_use,
    ),
)
