"""Route tables and routes, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]


@pytest.fixture
def table(ec2: Any, vpc: str) -> str:
    """A route table of a VPC that no subnet uses."""
    return str(ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"])


@pytest.fixture
def gateway(ec2: Any) -> str:
    """An internet gateway that is attached nowhere."""
    return str(ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])


def main_table(ec2: Any, vpc: str) -> Any:
    """Describe the main table of a VPC."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}]
    return ec2.describe_route_tables(Filters=filters)["RouteTables"][0]


@pytest.mark.truth("route-table-main")
def test_a_main_table_stays(ec2: Any, vpc: str, refused: Refused) -> None:
    with refused("DependencyViolation"):
        ec2.delete_route_table(RouteTableId=main_table(ec2, vpc)["RouteTableId"])


@pytest.mark.truth("route-table-in-use")
def test_a_table_stays_while_a_subnet_uses_it(ec2: Any, subnet: str, table: str, refused: Refused) -> None:
    association = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]
    with refused("DependencyViolation"):
        ec2.delete_route_table(RouteTableId=table)

    ec2.disassociate_route_table(AssociationId=association)
    ec2.delete_route_table(RouteTableId=table)


@pytest.mark.truth("route-table-association-main")
def test_the_main_association_stays(ec2: Any, vpc: str, refused: Refused) -> None:
    association = main_table(ec2, vpc)["Associations"][0]["RouteTableAssociationId"]
    with refused("InvalidParameterValue"):
        ec2.disassociate_route_table(AssociationId=association)


@pytest.mark.truth("route-table-association-second")
def test_a_subnet_has_one_table(ec2: Any, vpc: str, subnet: str, table: str, refused: Refused) -> None:
    other = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    with refused("Resource.AlreadyAssociated"):
        ec2.associate_route_table(RouteTableId=other, SubnetId=subnet)


@pytest.mark.truth("route-twice")
def test_a_destination_is_routed_once(ec2: Any, vpc: str, table: str, gateway: str, refused: Refused) -> None:
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    other = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    with refused("RouteAlreadyExists"):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=other)


@pytest.mark.truth("route-absent")
def test_a_route_that_is_not_there_cannot_be_deleted(ec2: Any, table: str, refused: Refused) -> None:
    with refused("InvalidRoute.NotFound"):
        ec2.delete_route(RouteTableId=table, DestinationCidrBlock="10.99.0.0/16")


@pytest.mark.truth("route-local")
def test_a_local_route_stays(ec2: Any, table: str, refused: Refused) -> None:
    with refused("InvalidParameterValue"):
        ec2.delete_route(RouteTableId=table, DestinationCidrBlock="10.1.0.0/16")


@pytest.mark.truth("route-to-a-detached-internet-gateway")
def test_a_route_needs_the_internet_gateway_attached(
    ec2: Any, vpc: str, table: str, gateway: str, refused: Refused
) -> None:
    with refused("InvalidParameterValue"):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)

    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


@pytest.mark.truth("route-to-an-unattached-transit-gateway")
def test_a_route_needs_an_attachment_to_the_transit_gateway(
    ec2: Any, vpc: str, subnet: str, table: str, refused: Refused
) -> None:
    transit = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.describe_transit_gateways()
    with refused("InvalidTransitGatewayID.NotFound"):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=transit)

    ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=transit, VpcId=vpc, SubnetIds=[subnet])
    ec2.describe_transit_gateway_vpc_attachments()
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=transit)


@pytest.mark.truth("route-to-a-dead-peering")
def test_a_route_needs_an_active_peering(ec2: Any, vpc: str, table: str, refused: Refused) -> None:
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]
    peering = made["VpcPeeringConnectionId"]
    ec2.reject_vpc_peering_connection(VpcPeeringConnectionId=peering)
    with refused("InvalidVpcPeeringConnectionID.NotFound"):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.9.0.0/16", VpcPeeringConnectionId=peering)


@pytest.mark.truth("route-to-an-unknown-nat-gateway")
def test_a_route_needs_the_nat_gateway(ec2: Any, subnet: str, table: str, refused: Refused) -> None:
    with refused("InvalidNatGatewayID.NotFound"):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId="nat-0123456789abcdef0")

    made = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=made)
