"""EC2 Instance Connect Endpoints: a way to a private address without an internet gateway."""

from __future__ import annotations

from typing import Any

from range.rehearsal.areas.clock import now
from range.rehearsal.areas.ec2_records import (
    forget_tags,
    records,
    remove_interface,
    service_interface,
    subnets,
    tag,
    tags_of,
)
from range.rehearsal.areas.filters import matching, page, tag_facts
from range.rehearsal.areas.shelves import new_id, shelf
from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.refusals import Refusal

_SHELF = "instance-connect-endpoints"
_PER_VPC = 1
"""Source: EC2 User Guide, "EC2 Instance Connect Endpoint": quotas per VPC and subnet; from memory, 2026-11-22."""


def create(call: Call) -> Shape:
    """Make an endpoint in a subnet, with an interface of its own."""
    params = call.params
    subnet = subnets(call, [params["SubnetId"]])[0]
    if sum(each["VpcId"] == subnet.vpc_id for each in shelf(call, _SHELF).values()) >= _PER_VPC:
        message = f"The maximum number of instance connect endpoints for {subnet.vpc_id} has been reached."
        raise Refusal("InstanceConnectEndpointLimitExceeded", message)
    groups = params.get("SecurityGroupIds") or [records(call).get_default_security_group(subnet.vpc_id).id]
    endpoint_id = new_id("eice")
    description = f"EC2 Instance Connect Endpoint interface {endpoint_id}"
    interface = service_interface(
        subnet, kind="ec2_instance_connect_endpoint", description=description, group_ids=groups
    )
    made = {
        "OwnerId": call.account,
        "InstanceConnectEndpointId": endpoint_id,
        "InstanceConnectEndpointArn": _arn(call, endpoint_id),
        "State": "create-complete",
        "StateMessage": "",
        "DnsName": f"{endpoint_id}.{endpoint_id[-8:]}.ec2-instance-connect-endpoint.{call.region}.amazonaws.com",
        "NetworkInterfaceIds": [interface],
        "VpcId": subnet.vpc_id,
        "AvailabilityZone": subnet.availability_zone,
        "AvailabilityZoneId": subnet.availability_zone_id,
        "CreatedAt": now(),
        "SubnetId": subnet.id,
        "PreserveClientIp": params.get("PreserveClientIp", False),
        "SecurityGroupIds": groups,
        "IpAddressType": params.get("IpAddressType", "ipv4"),
    }
    shelf(call, _SHELF)[endpoint_id] = made
    tag(call, endpoint_id, params.get("TagSpecifications", []), "instance-connect-endpoint")
    shape = {**made, "State": "create-in-progress", "Tags": tags_of(call, endpoint_id)}
    return {"InstanceConnectEndpoint": shape, "ClientToken": params.get("ClientToken")}


def _arn(call: Call, endpoint_id: str) -> str:
    """Give an endpoint's ARN."""
    return f"arn:{PARTITION}:ec2:{call.region}:{call.account}:instance-connect-endpoint/{endpoint_id}"


def _endpoint(call: Call, endpoint_id: str) -> Shape:
    """Find an endpoint."""
    found: Shape | None = shelf(call, _SHELF).get(endpoint_id)
    if found is None:
        message = f"The specified InstanceConnectEndpoint '{endpoint_id}' does not exist."
        raise Refusal("InvalidInstanceConnectEndpointId.NotFound", message)
    return found


def describe(call: Call) -> Shape:
    """List endpoints."""
    wanted = call.params.get("InstanceConnectEndpointIds")
    chosen = [_endpoint(call, each) for each in wanted] if wanted else list(shelf(call, _SHELF).values())
    shapes = [{**each, "Tags": tags_of(call, each["InstanceConnectEndpointId"])} for each in chosen]
    found = matching(shapes, call.params.get("Filters", []), _facts)
    return page(call.params, "InstanceConnectEndpoints", found, most=50)


def _facts(shape: Shape) -> dict[str, Any]:
    """Give what endpoints are filtered by."""
    names = {
        "instance-connect-endpoint-id": "InstanceConnectEndpointId",
        "state": "State",
        "subnet-id": "SubnetId",
        "vpc-id": "VpcId",
    }
    return {**{name: shape[key] for name, key in names.items()}, **tag_facts(shape["Tags"])}


def modify(call: Call) -> Shape:
    """Change an endpoint's groups, or whether it keeps the client's address."""
    found = _endpoint(call, call.params["InstanceConnectEndpointId"])
    found |= {key: value for key, value in call.params.items() if key not in ("DryRun", "InstanceConnectEndpointId")}
    return {"Return": True}


def delete(call: Call) -> Shape:
    """Delete an endpoint and its interface."""
    found = _endpoint(call, call.params["InstanceConnectEndpointId"])
    del shelf(call, _SHELF)[found["InstanceConnectEndpointId"]]
    for interface_id in found["NetworkInterfaceIds"]:
        remove_interface(call.account, call.region, interface_id)
    shape = {**found, "State": "delete-in-progress", "Tags": tags_of(call, found["InstanceConnectEndpointId"])}
    forget_tags(call, found["InstanceConnectEndpointId"])
    return {"InstanceConnectEndpoint": shape}


OPERATIONS = {
    "CreateInstanceConnectEndpoint": create,
    "DescribeInstanceConnectEndpoints": describe,
    "ModifyInstanceConnectEndpoint": modify,
    "DeleteInstanceConnectEndpoint": delete,
}
