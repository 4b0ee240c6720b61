"""Gateways, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]


@pytest.fixture
def gateway(ec2: Any, vpc: str) -> str:
    """An internet gateway attached to the VPC."""
    made = str(ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc)
    return made


@pytest.mark.truth("internet-gateway-attached")
def test_an_attached_gateway_stays(ec2: Any, vpc: str, gateway: str, refused: Refused) -> None:
    with refused("DependencyViolation"):
        ec2.delete_internet_gateway(InternetGatewayId=gateway)

    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)


@pytest.mark.truth("internet-gateway-of-another-vpc")
def test_a_gateway_is_detached_from_its_own_vpc(ec2: Any, gateway: str, refused: Refused) -> None:
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    with refused("Gateway.NotAttached"):
        ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=other)


@pytest.mark.truth("internet-gateway-second")
def test_a_vpc_has_one_internet_gateway(ec2: Any, vpc: str, gateway: str, refused: Refused) -> None:
    second = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    with refused("InvalidParameterValue"):
        ec2.attach_internet_gateway(InternetGatewayId=second, VpcId=vpc)


@pytest.mark.truth("internet-gateway-attached-twice")
def test_a_gateway_is_attached_once(ec2: Any, vpc: str, gateway: str, refused: Refused) -> None:
    with refused("Resource.AlreadyAssociated"):
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)


@pytest.mark.truth("vpn-gateway-attached")
def test_an_attached_vpn_gateway_stays(ec2: Any, vpc: str, refused: Refused) -> None:
    made = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=made, VpcId=vpc)
    with refused("IncorrectState"):
        ec2.delete_vpn_gateway(VpnGatewayId=made)

    ec2.detach_vpn_gateway(VpnGatewayId=made, VpcId=vpc)
    ec2.delete_vpn_gateway(VpnGatewayId=made)


@pytest.mark.truth("customer-gateway-in-use")
def test_a_customer_gateway_stays_while_a_connection_uses_it(ec2: Any, refused: Refused) -> None:
    made = ec2.create_customer_gateway(Type="ipsec.1", PublicIp="203.0.113.7", BgpAsn=65000)["CustomerGateway"]
    customer = made["CustomerGatewayId"]
    virtual = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    connection = ec2.create_vpn_connection(Type="ipsec.1", CustomerGatewayId=customer, VpnGatewayId=virtual)
    with refused("IncorrectState"):
        ec2.delete_customer_gateway(CustomerGatewayId=customer)

    ec2.delete_vpn_connection(VpnConnectionId=connection["VpnConnection"]["VpnConnectionId"])
    ec2.delete_customer_gateway(CustomerGatewayId=customer)


@pytest.mark.truth("nat-gateway-without-address")
def test_a_public_nat_gateway_needs_an_address(ec2: Any, subnet: str, gateway: str, refused: Refused) -> None:
    with refused("MissingParameter"):
        ec2.create_nat_gateway(SubnetId=subnet)


@pytest.mark.truth("nat-gateway-unknown")
def test_a_nat_gateway_that_is_not_there_cannot_be_deleted(ec2: Any, refused: Refused) -> None:
    with refused("NatGatewayNotFound"):
        ec2.delete_nat_gateway(NatGatewayId="nat-0123456789abcdef0")
