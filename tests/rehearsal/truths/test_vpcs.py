"""VPCs, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
Clients = Callable[..., Any]
OTHER_ALLY = "200000000002"
IN_THE_WAY = {
    "vpc-with-subnets": ("create_subnet", {"CidrBlock": "10.1.0.0/24"}, "delete_subnet", ("Subnet", "SubnetId")),
    "vpc-with-route-tables": ("create_route_table", {}, "delete_route_table", ("RouteTable", "RouteTableId")),
    "vpc-with-acls": ("create_network_acl", {}, "delete_network_acl", ("NetworkAcl", "NetworkAclId")),
    "vpc-with-egress-only-gateway": (
        "create_egress_only_internet_gateway",
        {},
        "delete_egress_only_internet_gateway",
        ("EgressOnlyInternetGateway", "EgressOnlyInternetGatewayId"),
    ),
}
"""What is made in a VPC and deleted again: the call, its parameters, the call that undoes it, where the id stands."""


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.truth(name)) for name in IN_THE_WAY])
def test_a_vpc_stays_while_something_is_in_it(name: str, ec2: Any, vpc: str, refused: Refused) -> None:
    make, parameters, unmake, (result, id_key) = IN_THE_WAY[name]
    made = getattr(ec2, make)(VpcId=vpc, **parameters)[result][id_key]
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)

    getattr(ec2, unmake)(**{id_key: made})
    ec2.delete_vpc(VpcId=vpc)


@pytest.mark.truth("vpc-with-groups")
def test_a_vpc_stays_while_it_has_a_group_of_its_own(ec2: Any, vpc: str, group: str, refused: Refused) -> None:
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)

    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=vpc)


@pytest.mark.truth("vpc-with-internet-gateway")
def test_a_vpc_stays_while_an_internet_gateway_is_attached(ec2: Any, vpc: str, refused: Refused) -> None:
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)

    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_vpc(VpcId=vpc)


@pytest.mark.truth("vpc-with-vpn-gateway")
def test_a_vpc_stays_while_a_vpn_gateway_is_attached(ec2: Any, vpc: str, refused: Refused) -> None:
    gateway = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpc)
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)

    ec2.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpc)
    ec2.delete_vpc(VpcId=vpc)


@pytest.mark.truth("vpc-with-endpoints")
def test_a_vpc_stays_while_it_has_an_endpoint(ec2: Any, vpc: str, refused: Refused) -> None:
    made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.eu-west-2.s3", VpcEndpointType="Gateway")
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)

    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpoint"]["VpcEndpointId"]])
    ec2.delete_vpc(VpcId=vpc)


@pytest.mark.truth("vpc-asked-to-peer")
def test_a_vpc_stays_while_another_account_asks_to_peer(clients: Clients, ec2: Any, vpc: str, refused: Refused) -> None:
    asking = clients("ec2", OTHER_ALLY)
    other = asking.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    asked = asking.create_vpc_peering_connection(VpcId=other, PeerVpcId=vpc, PeerOwnerId="200000000001")
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)

    ec2.reject_vpc_peering_connection(VpcPeeringConnectionId=asked["VpcPeeringConnection"]["VpcPeeringConnectionId"])
    ec2.delete_vpc(VpcId=vpc)


def test_a_vpc_with_an_active_peering_can_be_deleted(ec2: Any, vpc: str) -> None:
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])

    ec2.delete_vpc(VpcId=vpc)


@pytest.mark.truth("dhcp-options-in-use")
def test_dhcp_options_stay_while_a_vpc_uses_them(ec2: Any, vpc: str, refused: Refused) -> None:
    made = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["example.test"]}])
    options = made["DhcpOptions"]["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)
    with refused("DependencyViolation"):
        ec2.delete_dhcp_options(DhcpOptionsId=options)


@pytest.mark.truth("vpc-of-a-wrong-size")
@pytest.mark.parametrize("block", ["10.0.0.0/15", "10.0.0.0/29"])
def test_a_vpc_is_between_16_and_28(block: str, ec2: Any, refused: Refused) -> None:
    with refused("InvalidVpc.Range"):
        ec2.create_vpc(CidrBlock=block)


@pytest.mark.truth("vpcs-over-quota")
def test_five_vpcs_fit_a_region_and_no_more(ec2: Any, refused: Refused) -> None:
    for number in range(5 - len(ec2.describe_vpcs()["Vpcs"])):
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    with refused("VpcLimitExceeded"):
        ec2.create_vpc(CidrBlock="10.99.0.0/16")


@pytest.mark.truth("vpc-block-over-another")
def test_blocks_of_a_vpc_do_not_overlap(ec2: Any, vpc: str, refused: Refused) -> None:
    with refused("InvalidVpc.Range"):
        ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.1.128.0/20")

    ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.2.0.0/20")


@pytest.mark.truth("vpc-block-primary")
def test_the_first_block_of_a_vpc_stays(ec2: Any, vpc: str, refused: Refused) -> None:
    first = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlockAssociationSet"][0]["AssociationId"]
    with refused("OperationNotPermitted"):
        ec2.disassociate_vpc_cidr_block(AssociationId=first)


@pytest.mark.truth("vpc-block-in-use")
def test_a_block_stays_while_a_subnet_is_in_it(ec2: Any, vpc: str, refused: Refused) -> None:
    added = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.2.0.0/20")["CidrBlockAssociation"]["AssociationId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.2.1.0/24")["Subnet"]["SubnetId"]
    with refused("InvalidCidrBlock.InUse"):
        ec2.disassociate_vpc_cidr_block(AssociationId=added)

    ec2.delete_subnet(SubnetId=subnet)
    ec2.disassociate_vpc_cidr_block(AssociationId=added)


@pytest.mark.truth("default-vpc-twice")
def test_a_region_has_one_default_vpc(ec2: Any, refused: Refused) -> None:
    with refused("DefaultVpcAlreadyExists"):
        ec2.create_default_vpc()


@pytest.mark.truth("vpc-with-attachment")
def test_a_vpc_stays_while_it_is_attached_to_a_transit_gateway(
    ec2: Any, vpc: str, subnet: str, refused: Refused
) -> None:
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.describe_transit_gateways()
    made = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
    attachment = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    ec2.describe_transit_gateway_vpc_attachments()
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)

    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    ec2.describe_transit_gateway_vpc_attachments()
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
