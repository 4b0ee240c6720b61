"""EC2's NAT gateways, endpoints and peerings: they take their time, may fail, and keep interfaces that only they touch."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from moto.ec2.models.nat_gateways import NatGateway, NatGatewayBackend
from moto.ec2.models.vpc_peering_connections import VPCPeeringConnectionBackend
from moto.ec2.models.vpcs import VPCBackend

from range.rehearsal.states.passing import enter


def adapt() -> None:
    """Change moto's gateways and endpoints."""
    gateway: Any = NatGateway
    gateway.failure_code = gateway.failure_message = None
    NatGatewayBackend.create_nat_gateway = _pending_gateway(NatGatewayBackend.create_nat_gateway)
    NatGatewayBackend.delete_nat_gateway = _delete_nat_gateway
    VPCBackend.create_vpc_endpoint = _pending_endpoint(VPCBackend.create_vpc_endpoint)
    VPCBackend.modify_vpc_endpoint = _with_interfaces(VPCBackend.modify_vpc_endpoint)
    VPCBackend.delete_vpc_endpoints = _deleting_endpoints(VPCBackend.delete_vpc_endpoints)
    VPCPeeringConnectionBackend.create_vpc_peering_connection = _failing_peering(
        VPCPeeringConnectionBackend.create_vpc_peering_connection
    )


def _pending_gateway(create: Callable[..., Any]) -> Callable[..., Any]:
    """Let a NAT gateway be pending at first; what AWS finds wrong only then makes it fail, and the call itself succeeds."""

    def create_nat_gateway(
        self: Any, subnet_id: str, allocation_id: str, tags: Any = None, connectivity_type: str | None = None
    ) -> Any:
        kind = connectivity_type or "public"
        failure = _failure(self, subnet_id, allocation_id) if kind == "public" else None
        gateway = create(self, subnet_id, None if failure else allocation_id, tags, kind)
        gateway.state = "pending"
        if failure:
            gateway.failure_code, gateway.failure_message = failure
            gateway.address_set[0]["allocationId"] = allocation_id
        _serve(gateway._eni, "nat_gateway", f"Interface for NAT Gateway {gateway.id}")
        enter("nat-gateway", "pending", gateway.id, self)
        return gateway

    return create_nat_gateway


def _failure(ec2: Any, subnet_id: str, allocation_id: str) -> tuple[str, str] | None:
    """Say why a public NAT gateway will fail.

    Source: Amazon VPC User Guide, "Troubleshoot NAT gateways" (from memory, 2026-11-22).
    """
    vpc_id = ec2.get_subnet(subnet_id).vpc_id
    if not any(gateway.vpc and gateway.vpc.id == vpc_id for gateway in ec2.internet_gateways.values()):
        return "Gateway.NotAttached", f"Network {vpc_id} has no Internet gateway attached"
    address = next((kept for kept in ec2.addresses if kept.allocation_id == allocation_id), None)
    if address is not None and address.association_id:
        return "Resource.AlreadyAssociated", f"Elastic IP address [{allocation_id}] is already associated"
    return None


def _delete_nat_gateway(self: Any, nat_gateway_id: str) -> Any:
    """Begin to delete a NAT gateway; one that is gone, or going, stays so."""
    gateway = self.nat_gateways[nat_gateway_id]
    if gateway.state not in ("deleting", "deleted"):
        gateway.state = "deleting"
        enter("nat-gateway", "deleting", gateway.id, self)
    return gateway


def _pending_endpoint(create: Callable[..., Any]) -> Callable[..., Any]:
    """Let an interface endpoint be pending at first, with interfaces of its own that have its groups."""

    def create_vpc_endpoint(self: Any, *args: Any, **kwargs: Any) -> Any:
        endpoint = create(self, *args, **kwargs)
        if _has_interfaces(endpoint):
            endpoint.state = "pending"
            for interface in endpoint.network_interface_ids:
                _serve(self.enis[interface], "vpc_endpoint", f"VPC Endpoint Interface {endpoint.id}")
            _keep_interfaces(self, endpoint)
            enter("vpc-endpoint", "pending", endpoint.id, self)
        return endpoint

    return create_vpc_endpoint


def _with_interfaces(modify: Callable[..., Any]) -> Callable[..., Any]:
    """Let an endpoint's interfaces follow its subnets and groups; in moto they stay as they were."""

    def modify_vpc_endpoint(self: Any, vpc_id: str, *args: Any, **kwargs: Any) -> Any:
        modify(self, vpc_id, *args, **kwargs)
        endpoint = self.vpc_end_points[vpc_id]
        if _has_interfaces(endpoint):
            _keep_interfaces(self, endpoint)

    return modify_vpc_endpoint


def _keep_interfaces(ec2: Any, endpoint: Any) -> None:
    """Give an endpoint one interface in each of its subnets, and its groups to each interface."""
    there = {ec2.enis[interface].subnet.id: ec2.enis[interface] for interface in endpoint.network_interface_ids}
    for subnet_id in set(endpoint.subnet_ids or ()) - set(there):
        made = there[subnet_id] = ec2.create_network_interface(ec2.get_subnet(subnet_id), None)
        _serve(made, "vpc_endpoint", f"VPC Endpoint Interface {endpoint.id}")
    for subnet_id in set(there) - set(endpoint.subnet_ids or ()):
        ec2.enis.pop(there.pop(subnet_id).id)
    endpoint.network_interface_ids = [interface.id for interface in there.values()]
    if endpoint.security_group_ids:
        groups = [ec2.get_security_group_from_id(group_id) for group_id in endpoint.security_group_ids]
        for interface in there.values():
            interface._group_set = groups


def _has_interfaces(endpoint: Any) -> bool:
    """Say whether an endpoint is an interface endpoint."""
    return str(endpoint.vpc_endpoint_type).lower() == "interface"


def _serve(interface: Any, kind: str, description: str) -> None:
    """Make an interface a service's own."""
    interface.interface_type, interface.requester_managed, interface.status = kind, True, "in-use"
    interface.description = description


def _deleting_endpoints(delete: Callable[..., Any]) -> Callable[..., Any]:
    """Begin to delete interface endpoints; gateway endpoints go at once."""

    def delete_vpc_endpoints(self: Any, vpce_ids: list[str] | None = None) -> None:
        for endpoint_id in vpce_ids or ():
            endpoint = self.vpc_end_points.get(endpoint_id)
            if endpoint is None or not _has_interfaces(endpoint):
                delete(self, [endpoint_id])
            elif endpoint.state not in ("deleting", "deleted"):
                endpoint.state = "deleting"
                enter("vpc-endpoint", "deleting", endpoint.id, self)

    return delete_vpc_endpoints


def _failing_peering(create: Callable[..., Any]) -> Callable[..., Any]:
    """Let a peering fail whose sides overlap: the call succeeds, and the next look shows why nothing came of it."""

    def create_vpc_peering_connection(self: Any, vpc: Any, peer_vpc: Any, *args: Any, **kwargs: Any) -> Any:
        peering = create(self, vpc, peer_vpc, *args, **kwargs)
        ours, theirs = _blocks(vpc), _blocks(peer_vpc)
        if any(block.overlaps(other) for block in ours for other in theirs):
            peering._status.initiating()
            enter("vpc-peering-connection", "initiating-request", peering.id, self, also=peer_vpc.owner_id)
        return peering

    return create_vpc_peering_connection


def _blocks(vpc: Any) -> list[Any]:
    """Give the address blocks of a VPC."""
    return [ip_network(block["cidr_block"]) for block in vpc.get_cidr_block_association_set()]
