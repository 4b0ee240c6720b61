"""Network interfaces and the addresses that they hold."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.truths.gateways import attached_gateway
from range.rehearsal.truths.groups import group_of
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store, stores

_SERVICE_OWNED = "https://github.com/boto/boto3/issues/2218"


def _interface(call: Call) -> Any:
    """Find the interface that a call names, or None."""
    return store(call).enis.get(call.params.get("NetworkInterfaceId"))


def _attached(call: Call) -> str | None:
    interface = _interface(call)
    if interface is None or interface.instance is None or interface.instance.state == "terminated":
        return None
    return f"Network interface '{interface.id}' is currently in use."


def _of_a_service(call: Call) -> str | None:
    interface = _interface(call)
    if interface is None or interface.id not in set(_service_interfaces(call)):
        return None
    return f"Network interface '{interface.id}' is currently in use and is managed by a service."


def _service_interfaces(call: Call) -> Iterator[str]:
    """Give the ids of interfaces that live as long as what a service made them for."""
    ec2 = store(call)
    yield from (gateway._eni.id for gateway in ec2.nat_gateways.values() if gateway.state not in ("deleted", "failed"))
    for endpoint in ec2.vpc_end_points.values():
        yield from endpoint.network_interface_ids or () if endpoint.state != "deleted" else ()
    yield from (interface.id for interface in ec2.enis.values() if interface.requester_managed)


def _attached_by_a_service(call: Call) -> str | None:
    if not call.params.get("AttachmentId", "").startswith("ela-attach-"):
        return None
    return "You are not allowed to manage 'ela-attach' attachments."


def _changed_by_a_stranger(call: Call) -> str | None:
    interface = _interface(call)
    if interface is None or not interface.requester_managed:
        return None
    return "You do not have permission to access the specified resource."


def _of_somebody_else(call: Call) -> str | None:
    named = call.params.get("AllocationId") or call.params.get("PublicIp")
    if _address(call) is not None:
        return None
    known = (kept for ec2 in stores(call) for kept in ec2.addresses)
    if not any(named in (kept.allocation_id, kept.public_ip) for kept in known):
        return None
    return f"The address '{named}' does not belong to you."


def _address(call: Call) -> Any:
    """Find the elastic address that a call names, or None."""
    named = call.params.get("AllocationId") or call.params.get("PublicIp")
    return next((kept for kept in store(call).addresses if named in (kept.allocation_id, kept.public_ip)), None)


def _address_of_a_nat_gateway(call: Call) -> str | None:
    address = _address(call)
    living = (gateway for gateway in store(call).nat_gateways.values() if gateway.state not in ("deleted", "failed"))
    if address is None or address.eni is None or address.eni.id not in {gateway._eni.id for gateway in living}:
        return None
    return "You do not have permission to access the specified resource."


def _address_in_use(call: Call) -> str | None:
    address = _address(call)
    if address is None or not address.association_id:
        return None
    default = store(call).get_default_vpc()
    if default is not None and address.eni is not None and address.eni.subnet.vpc_id == default.id:
        return None  # in a default VPC releasing disassociates
    return f"Address {address.public_ip} is in use."


def _different_networks(call: Call) -> str | None:
    ec2, subnet_id = store(call), call.params.get("SubnetId")
    vpc_id = next(
        (subnet.vpc_id for zone in ec2.subnets.values() for subnet in zone.values() if subnet.id == subnet_id), None
    )
    groups = call.params.get("SecurityGroupIds") or call.params.get("Groups") or ()
    for group in filter(None, (group_of(ec2, group_id) for group_id in groups)):
        if vpc_id is not None and group.vpc_id != vpc_id:
            return f"Security group {group.id} and subnet {subnet_id} belong to different networks."
    return None


def _no_way_out(call: Call) -> str | None:
    ec2 = store(call)
    interface = _interface(call)
    if interface is None and call.params.get("InstanceId"):
        interface = next(
            (kept for kept in ec2.enis.values() if kept.instance and kept.instance.id == call.params["InstanceId"]),
            None,
        )
    if interface is None or attached_gateway(ec2, interface.subnet.vpc_id) is not None:
        return None
    return f"Network {interface.subnet.vpc_id} is not attached to any internet gateway"


def _wanted(call: Call) -> Iterator[tuple[str, str]]:
    """Give the subnet and the address of each private address that a call asks for."""
    asked = [call.params, *call.params.get("NetworkInterfaces", ())]
    for place in asked:
        if place.get("PrivateIpAddress") and place.get("SubnetId"):
            yield place["SubnetId"], place["PrivateIpAddress"]


def _address_taken(call: Call) -> str | None:
    taken = {
        (interface.subnet.id, held["PrivateIpAddress"])
        for interface in store(call).enis.values()
        if interface.instance is None or interface.instance.state != "terminated"
        for held in interface.private_ip_addresses
    }
    clash = next((address for subnet, address in _wanted(call) if (subnet, address) in taken), None)
    return None if clash is None else f"Address {clash} is in use."


def _address_not_of_the_subnet(call: Call) -> str | None:
    blocks = {subnet.id: subnet.cidr_block for zone in store(call).subnets.values() for subnet in zone.values()}
    for subnet_id, wanted in _wanted(call):
        block = ip_network(blocks[subnet_id]) if subnet_id in blocks else None
        if block is None:
            continue
        address = ip_address(wanted)
        if address not in block:
            return f"Address {wanted} does not fall within the subnet's address range"
        if int(address) - int(block.network_address) < 4 or address == block.broadcast_address:
            return f"Address {wanted} is in subnet's reserved address range"
    return None


TRUTHS = (
    Truth(
        name="interface-of-a-service",
        calls=("ec2.DeleteNetworkInterface",),
        when="a NAT gateway, an endpoint or another service made it and still uses it",
        code="InvalidParameterValue",
        source=f"{_SERVICE_OWNED}; the code is from memory",
        confidence="general_knowledge",
        check=_of_a_service,
    ),
    Truth(
        name="interface-of-a-service-detached",
        calls=("ec2.DetachNetworkInterface",),
        when="a service attached it: a NAT gateway, an endpoint, a transit gateway",
        code="OperationNotPermitted",
        source=_SERVICE_OWNED,
        confidence="seen_in_issue",
        check=_attached_by_a_service,
    ),
    Truth(
        name="interface-of-a-service-changed",
        calls=("ec2.ModifyNetworkInterfaceAttribute",),
        when="a service made it",
        code="AuthFailure",
        source="https://github.com/aws/aws-k8s-tester/issues/70",
        confidence="seen_in_issue",
        check=_changed_by_a_stranger,
        status=403,
    ),
    Truth(
        name="interface-attached",
        calls=("ec2.DeleteNetworkInterface",),
        when="it is attached to an instance",
        code="InvalidNetworkInterface.InUse",
        source="botocore 1.44.5, EC2 2016-11-15, DeleteNetworkInterface (read 2026-11-22); the code is from memory",
        confidence="general_knowledge",
        check=_attached,
    ),
    Truth(
        name="interface-primary",
        calls=("ec2.DetachNetworkInterface",),
        when="it is the first interface of its instance",
        code="OperationNotPermitted",
        source="https://github.com/redhat-performance/cloud-governance/pull/950",
        confidence="seen_in_issue",
    ),
    Truth(
        name="address-of-a-nat-gateway",
        calls=("ec2.ReleaseAddress",),
        when="a NAT gateway that isn't deleted yet has it (the code misleads)",
        code="AuthFailure",
        source="https://github.com/genevieve/leftovers/issues/33",
        confidence="seen_in_issue",
        check=_address_of_a_nat_gateway,
    ),
    Truth(
        name="address-in-use",
        calls=("ec2.ReleaseAddress",),
        when="it is associated, but in a default VPC",
        code="InvalidIPAddress.InUse",
        source="botocore 1.44.5, EC2 2016-11-15, ReleaseAddress (read 2026-11-22)",
        confidence="documented",
        check=_address_in_use,
    ),
    Truth(
        name="address-of-somebody-else",
        calls=("ec2.ReleaseAddress",),
        when="it was released and given to another account; one that nobody has is InvalidAllocationID.NotFound",
        code="AuthFailure",
        source="botocore 1.44.5, EC2 2016-11-15, ReleaseAddress (read 2026-11-22)",
        confidence="documented",
        check=_of_somebody_else,
    ),
    Truth(
        name="group-of-another-vpc",
        calls=("ec2.RunInstances", "ec2.CreateNetworkInterface"),
        when="the group and the subnet are in different VPCs",
        code="InvalidParameter",
        source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (read 2026-11-22)",
        confidence="documented",
        check=_different_networks,
    ),
    Truth(
        name="addresses-over-quota",
        calls=("ec2.AllocateAddress",),
        when="the Region has as many as the quota allows (5 by default)",
        code="AddressLimitExceeded",
        source="https://github.com/hashicorp-education/learn-terraform-provision-eks-cluster/issues/59",
        confidence="seen_in_issue",
    ),
    Truth(
        name="address-associated",
        calls=("ec2.AssociateAddress",),
        when="it is associated and reassociation isn't allowed",
        code="Resource.AlreadyAssociated",
        source="https://github.com/NixOS/nixops-aws/pull/143",
        confidence="seen_in_issue",
    ),
    Truth(
        name="address-without-a-gateway",
        calls=("ec2.AssociateAddress",),
        when="the VPC has no internet gateway",
        code="Gateway.NotAttached",
        source="https://github.com/aws-samples/cfn101-workshop/issues/165",
        confidence="seen_in_issue",
        check=_no_way_out,
    ),
    Truth(
        name="private-address-taken",
        calls=("ec2.CreateNetworkInterface", "ec2.RunInstances"),
        when="an interface in the subnet has the address",
        code="InvalidIPAddress.InUse",
        source="https://github.com/aws/aws-cli/issues/7178",
        confidence="seen_in_issue",
        check=_address_taken,
    ),
    Truth(
        name="private-address-not-of-the-subnet",
        calls=("ec2.CreateNetworkInterface", "ec2.RunInstances"),
        when="the address isn't in the subnet, or is one of the first four or the last",
        code="InvalidParameterValue",
        source="botocore 1.44.5, EC2 2016-11-15, CreateSubnet (read 2026-11-22); the code is from memory",
        confidence="general_knowledge",
        check=_address_not_of_the_subnet,
    ),
)
