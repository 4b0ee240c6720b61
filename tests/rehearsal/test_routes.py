"""Routes of a VPC: where they lead when what they lead to is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def state(ec2: Any, vpc: str) -> Callable[..., str]:
    """Gives the state of the route to 0.0.0.0/0 in the main table; what it is given it makes that route of, first."""
    (table,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]

    def seen(**target: str) -> str:
        if target:
            ec2.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", **target)
        (now,) = ec2.describe_route_tables(RouteTableIds=[table["RouteTableId"]])["RouteTables"]
        states = {route["DestinationCidrBlock"]: route["State"] for route in now["Routes"]}
        assert states.pop("10.1.0.0/16") == "active"
        return str(states["0.0.0.0/0"])

    return seen


def test_a_detached_gateway_leads_nowhere_until_it_is_back(ec2: Any, vpc: str, state: Callable[..., str]) -> None:
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert state(GatewayId=gateway) == "active"

    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert state() == "blackhole"

    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert state() == "active"


def test_a_vpn_gateway_leads_somewhere_while_it_is_attached(ec2: Any, vpc: str, state: Callable[..., str]) -> None:
    gateway = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpc)
    assert state(GatewayId=gateway) == "active"

    ec2.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpc)
    assert state() == "blackhole"


def test_a_deleted_nat_gateway_leads_nowhere(ec2: Any, subnet: str, state: Callable[..., str]) -> None:
    gateway = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    assert state(NatGatewayId=gateway) == "active"

    ec2.delete_nat_gateway(NatGatewayId=gateway)
    ec2.describe_nat_gateways()

    assert state() == "blackhole"


def test_a_deleted_interface_leads_nowhere(ec2: Any, subnet: str, state: Callable[..., str]) -> None:
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    assert state(NetworkInterfaceId=interface) == "active"

    ec2.delete_network_interface(NetworkInterfaceId=interface)

    assert state() == "blackhole"


def test_a_deleted_peering_leads_nowhere(ec2: Any, vpc: str, state: Callable[..., str]) -> None:
    other = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]
    peering = {"VpcPeeringConnectionId": made["VpcPeeringConnectionId"]}
    ec2.accept_vpc_peering_connection(**peering)
    assert state(**peering) == "active"

    ec2.delete_vpc(VpcId=other)

    assert state() == "blackhole"
