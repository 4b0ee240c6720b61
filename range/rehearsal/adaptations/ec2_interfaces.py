"""EC2's interfaces: each has a free address of its subnet, and goes when what it was made for goes."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from types import SimpleNamespace
from typing import Any

from moto.ec2.models import elastic_ip_addresses
from moto.ec2.models.elastic_network_interfaces import Attachment, NetworkInterface, NetworkInterfaceBackend
from moto.ec2.models.instances import Instance
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.utils import random_public_ip

_RESERVED = 4
"""Addresses at the start of a subnet that AWS keeps; the last one is kept too."""


def adapt() -> None:
    """Change moto's interfaces."""
    Instance.prep_nics = _launched(Instance.prep_nics)
    setattr(Instance, "security_groups", property(_groups, _set_groups))  # noqa: B010 moto types an attribute
    setattr(NetworkInterface, "group_set", property(_groups_of_its_own))  # noqa: B010 as above
    setattr(NetworkInterface, "attachment", property(_attachment))  # noqa: B010 as above
    NetworkInterfaceBackend.create_network_interface = _addressed(NetworkInterfaceBackend.create_network_interface)
    # moto gives elastic addresses of the loopback network, to which no packet can be sent
    setattr(elastic_ip_addresses, "random_ip", random_public_ip)  # noqa: B010 moto doesn't export it
    NatGatewayBackend.delete_nat_gateway = _without_interface(NatGatewayBackend.delete_nat_gateway)


def _launched(prepare: Callable[..., None]) -> Callable[..., None]:
    """Let an interface that a launch makes go with its instance, unless the launch says otherwise; in moto it stays.

    Source: Amazon EC2 User Guide, "Network interface attributes", termination behaviour (read 2026-11-22).
    """

    def prep_nics(self: Any, nic_spec: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        kept = {int(spec.get("DeviceIndex", 0)) for spec in nic_spec if _outlives(spec)}
        prepare(self, nic_spec, *args, **kwargs)
        for index, interface in self.nics.items():
            interface.delete_on_termination = index not in kept

    return prep_nics


def _groups(instance: Any) -> Any:
    """Give an instance's groups: those of its first interface, and of no other.

    Source: Amazon EC2 User Guide, "Change the security groups for your Amazon EC2 instance" (read 2026-11-22).
    """
    first = getattr(instance, "nics", {}).get(0)
    return instance.__dict__.get("launched_with", []) if first is None else first._group_set


def _set_groups(instance: Any, groups: Any) -> None:
    """Change the groups of an instance's first interface; until it has one, they are what it is launched with."""
    first = getattr(instance, "nics", {}).get(0)
    if first is None:
        instance.__dict__["launched_with"] = groups
    else:
        first._group_set = groups


def _groups_of_its_own(interface: Any) -> Any:
    """Give an interface's groups, and no other's."""
    return interface._group_set


def _attachment(interface: Any) -> Attachment | SimpleNamespace | None:
    """Give the attachment of an interface; one that a service made it manages by itself, and AWS has it.

    Source: DescribeNetworkInterfaces of NAT gateways and endpoints on AWS; from memory, 2026-11-22.
    """
    if not interface.requester_managed:
        return Attachment(interface) if interface.attachment_id else None
    return SimpleNamespace(
        attachment_id=interface.id.replace("eni-", "ela-attach-"),
        attach_time=None,
        delete_on_termination=False,
        device_index=1,
        network_card_index=0,
        instance_id=None,
        instance_owner_id="amazon-aws",
        status="attached",
    )


def _outlives(spec: dict[str, Any]) -> bool:
    """Say whether an interface of a launch outlives the instance: it was there before, or the launch asks for it."""
    return bool(spec.get("NetworkInterfaceId")) or str(spec.get("DeleteOnTermination", True)).lower() == "false"


def _addressed(create: Callable[..., Any]) -> Callable[..., Any]:
    """Give an interface a free address of its subnet; moto makes one up, often of no subnet at all, for a service's."""

    def create_network_interface(self: Any, subnet: Any, private_ip_address: Any, *args: Any, **kwargs: Any) -> Any:
        place = self.get_subnet(subnet) if isinstance(subnet, str) else subnet
        if not _lies_in(place.cidr_block, private_ip_address) and not _asked_for(args, kwargs):
            private_ip_address = _free_address(self, place)
        return create(self, place, private_ip_address, *args, **kwargs)

    return create_network_interface


def _asked_for(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Say whether the caller lists the addresses itself."""
    return bool(args and args[0]) or bool(kwargs.get("private_ip_addresses"))


def _lies_in(block: str, address: Any) -> bool:
    """Say whether an address was given, and is in a block."""
    first = address[0] if isinstance(address, list) and address else address
    return bool(first) and ip_address(first) in ip_network(block)


def _free_address(ec2: Any, subnet: Any) -> str:
    """Give the lowest address of a subnet that no interface has and no reservation keeps from being handed out."""
    taken = {
        held["PrivateIpAddress"]
        for interface in ec2.enis.values()
        if interface.subnet.id == subnet.id
        for held in interface.private_ip_addresses
    }
    block = ip_network(subnet.cidr_block)
    kept = [reservation.cidr for reservation in subnet._cidr_reservations]
    free = (block[number] for number in range(_RESERVED, block.num_addresses - 1))
    return next(str(each) for each in free if str(each) not in taken and not any(each in cidr for cidr in kept))


def _without_interface(delete: Callable[..., Any]) -> Callable[..., Any]:
    """Let a NAT gateway's interface and its hold on an address go with it."""

    def delete_nat_gateway(self: Any, nat_gateway_id: str) -> Any:
        gateway = delete(self, nat_gateway_id)
        for address in self.addresses:
            if address.eni is not None and address.eni.id == gateway._eni.id:
                address.eni = address.association_id = None
        self.enis.pop(gateway._eni.id, None)
        return gateway

    return delete_nat_gateway
