"""Internet, NAT and VPN gateways."""

from __future__ import annotations

from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store

_MODEL = "botocore 1.44.5, EC2 2016-11-15, {} (read 2026-11-22); the code is from memory"
_LIVE_CODES = "alchemy-run/distilled, packages/aws/patches/ec2.json: codes seen from live calls (read 2026-11-22)"
_MEMORY = "none opened (general knowledge)"


def attached_gateway(ec2: Any, vpc_id: str) -> Any:
    """Find the internet gateway attached to a VPC, or None."""
    gateways = ec2.internet_gateways.values()
    return next((gateway for gateway in gateways if gateway.vpc and gateway.vpc.id == vpc_id), None)


def _public_addresses(call: Call) -> str | None:
    vpc_id = call.params.get("VpcId", "")
    interfaces = (interface for interface in store(call).enis.values() if interface.subnet.vpc_id == vpc_id)
    addresses = (address for address in store(call).addresses if address.eni and address.eni.subnet.vpc_id == vpc_id)
    if not any(interface.public_ip for interface in interfaces) and not any(addresses):
        return None
    advice = "Please unmap those public address(es) before detaching the gateway."
    return f"Network {vpc_id} has some mapped public address(es). {advice}"


def _second_gateway(call: Call) -> str | None:
    vpc_id, named = call.params.get("VpcId", ""), call.params.get("InternetGatewayId")
    other = attached_gateway(store(call), vpc_id)
    if other is None or other.id == named:
        return None
    return f"Network {vpc_id} already has an internet gateway attached"


def _vpn_gateway_attached(call: Call) -> str | None:
    gateway = store(call).vpn_gateways.get(call.params.get("VpnGatewayId"))
    if gateway is None or not any(attachment.state == "attached" for attachment in gateway.vpc_attachments):
        return None
    return f"The vpnGateway '{gateway.id}' is in use."


def _customer_gateway_in_use(call: Call) -> str | None:
    named = call.params.get("CustomerGatewayId")
    connections = (connection for connection in store(call).vpn_connections.values() if connection.state != "deleted")
    if not any(connection.customer_gateway_id == named for connection in connections):
        return None
    return f"The customer gateway '{named}' is in use."


def _without_an_address(call: Call) -> str | None:
    if call.params.get("ConnectivityType", "public") == "private" or call.params.get("AllocationId"):
        return None
    return "The request must contain the parameter AllocationId"


def _unknown_nat_gateway(call: Call) -> str | None:
    named = call.params.get("NatGatewayId")
    return None if named in store(call).nat_gateways else f"NatGateway {named} was not found"


TRUTHS = (
    Truth(
        name="internet-gateway-attached",
        calls=("ec2.DeleteInternetGateway",),
        when="it is attached to a VPC",
        code="DependencyViolation",
        source=_MODEL.format("DeleteInternetGateway"),
        confidence="general_knowledge",
    ),
    Truth(
        name="internet-gateway-with-public-addresses",
        calls=("ec2.DetachInternetGateway",),
        when="an interface in the VPC has a public or elastic address: an instance's, a NAT gateway's, another's",
        code="DependencyViolation",
        source="https://github.com/hashicorp/terraform/issues/1303",
        confidence="seen_in_issue",
        check=_public_addresses,
    ),
    Truth(
        name="internet-gateway-of-another-vpc",
        calls=("ec2.DetachInternetGateway",),
        when="it isn't attached to that VPC",
        code="Gateway.NotAttached",
        source=_LIVE_CODES,
        confidence="seen_in_issue",
    ),
    Truth(
        name="internet-gateway-second",
        calls=("ec2.AttachInternetGateway",),
        when="the VPC has another one",
        code="InvalidParameterValue",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_second_gateway,
    ),
    Truth(
        name="internet-gateway-attached-twice",
        calls=("ec2.AttachInternetGateway",),
        when="this gateway is attached already",
        code="Resource.AlreadyAssociated",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="vpn-gateway-attached",
        calls=("ec2.DeleteVpnGateway",),
        when="it is attached to a VPC",
        code="IncorrectState",
        source=_MODEL.format("DeleteVpnGateway"),
        confidence="general_knowledge",
        check=_vpn_gateway_attached,
    ),
    Truth(
        name="customer-gateway-in-use",
        calls=("ec2.DeleteCustomerGateway",),
        when="a VPN connection uses it",
        code="IncorrectState",
        source=f"{_MODEL.format('DeleteCustomerGateway')}; alchemy-run/itty-aws has DependencyViolation",
        confidence="general_knowledge",
        check=_customer_gateway_in_use,
    ),
    Truth(
        name="nat-gateway-without-address",
        calls=("ec2.CreateNatGateway",),
        when="a public one is asked for without an allocation id",
        code="MissingParameter",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_without_an_address,
    ),
    Truth(
        name="nat-gateway-without-a-way-out",
        calls=("ec2.CreateNatGateway",),
        when="a public one is asked for in a VPC without an internet gateway: the call succeeds, and the gateway fails",
        code="Gateway.NotAttached (FailureCode)",
        source="https://github.com/giantswarm/aws-operator/pull/1234",
        confidence="seen_in_issue",
    ),
    Truth(
        name="nat-gateway-on-a-used-address",
        calls=("ec2.CreateNatGateway",),
        when="the address is associated: the call succeeds, and the gateway fails",
        code="Resource.AlreadyAssociated (FailureCode)",
        source="https://github.com/hashicorp/terraform/issues/13836",
        confidence="seen_in_issue",
    ),
    Truth(
        name="nat-gateway-unknown",
        calls=("ec2.DeleteNatGateway",),
        when="there is no such gateway",
        code="NatGatewayNotFound",
        source=_LIVE_CODES,
        confidence="seen_in_issue",
        check=_unknown_nat_gateway,
    ),
)
