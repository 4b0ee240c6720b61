"""moto's EC2 records, as areas use them: backends, tags, VPCs, subnets and the interfaces that services make."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.ec2.models import ec2_backends

from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal

Tags = list[dict[str, str]]


def records(call: Call, account: str | None = None) -> Any:
    """Give the EC2 records of an account in the call's Region; the caller's, unless another is named."""
    return ec2_backends[account or call.account][call.region]


def tags_of(call: Call, resource_id: str) -> Tags:
    """Give the tags that the caller's account has put on a resource; each account sees its own."""
    return [{"Key": key, "Value": value} for key, value in records(call).tags.get(resource_id, {}).items()]


def tag(call: Call, resource_id: str, specifications: Iterable[Shape], kind: str) -> None:
    """Tag a resource at its creation.

    Raises:
        Refusal: the tags are for another kind of resource.
    """
    for specification in specifications:
        if specification.get("ResourceType") != kind:
            wrong = specification.get("ResourceType")
            message = f"'{wrong}' is not a valid taggable resource type for this operation."
            raise Refusal("InvalidParameterValue", message)
        tags = {each["Key"]: each.get("Value", "") for each in specification.get("Tags", [])}
        records(call).create_tags([resource_id], tags)


def forget_tags(call: Call, resource_id: str) -> None:
    """Remove the tags of a resource that is gone."""
    records(call).tags.pop(resource_id, None)


def vpc(call: Call, vpc_id: str) -> Any:
    """Find a VPC of the caller.

    Raises:
        Refusal: there is none of that id.
    """
    found = records(call).vpcs.get(vpc_id)
    if found is None:
        raise Refusal("InvalidVpcID.NotFound", f"The vpc ID '{vpc_id}' does not exist")
    return found


def subnets(call: Call, subnet_ids: Iterable[str]) -> list[Any]:
    """Find subnets of the caller, in the order of their ids.

    Raises:
        Refusal: there is none of an id.
    """
    known = {subnet_id: subnet for zone in records(call).subnets.values() for subnet_id, subnet in zone.items()}
    wanted = list(subnet_ids)
    for subnet_id in wanted:
        if subnet_id not in known:
            raise Refusal("InvalidSubnetID.NotFound", f"The subnet ID '{subnet_id}' does not exist")
    return [known[subnet_id] for subnet_id in wanted]


def service_interface(subnet: Any, *, kind: str, description: str, group_ids: list[str] | None = None) -> str:
    """Make an interface that a service keeps in a customer's subnet; give its id."""
    backend = subnet.ec2_backend
    interface = backend.create_network_interface(subnet, None, group_ids=group_ids, description=description)
    if group_ids is None:
        interface._group_set = []
    interface.requester_managed, interface.interface_type, interface.status = True, kind, "in-use"
    return str(interface.id)


def remove_interface(account: str, region: str, interface_id: str) -> None:
    """Remove an interface that a service made, if its subnet's account has it still."""
    ec2_backends[account][region].enis.pop(interface_id, None)
