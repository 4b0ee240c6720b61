"""Endpoints, peerings and prefix lists, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
Clients = Callable[..., Any]
SSM = "com.amazonaws.eu-west-2.ssm"
S3 = "com.amazonaws.eu-west-2.s3"
OTHER_ALLY = "200000000002"


@pytest.mark.truth("endpoint-names-off", "endpoint-names-served-twice")
def test_private_names_need_dns_and_are_served_once(ec2: Any, vpc: str, subnet: str, refused: Refused) -> None:
    asked = {
        "VpcId": vpc,
        "ServiceName": SSM,
        "VpcEndpointType": "Interface",
        "SubnetIds": [subnet],
        "PrivateDnsEnabled": True,
    }
    with refused("InvalidParameter"):
        ec2.create_vpc_endpoint(**asked)
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    ec2.create_vpc_endpoint(**asked)
    with refused("InvalidParameter"):
        ec2.create_vpc_endpoint(**asked)


@pytest.mark.truth("endpoint-of-an-unknown-service")
def test_an_endpoint_is_of_a_service_of_the_region(ec2: Any, vpc: str, refused: Refused) -> None:
    with refused("InvalidServiceName"):
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.eu-west-1.s3", VpcEndpointType="Gateway")


@pytest.mark.truth("endpoint-second-on-a-table")
def test_a_table_has_one_gateway_endpoint_of_a_service(ec2: Any, vpc: str, refused: Refused) -> None:
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    asked = {"VpcId": vpc, "ServiceName": S3, "VpcEndpointType": "Gateway", "RouteTableIds": [table]}
    ec2.create_vpc_endpoint(**asked)
    with refused("RouteAlreadyExists"):
        ec2.create_vpc_endpoint(**asked)


@pytest.mark.truth("endpoint-twice-in-a-zone")
def test_an_endpoint_has_one_subnet_per_zone(ec2: Any, vpc: str, subnet: str, refused: Refused) -> None:
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", AvailabilityZone="eu-west-2a")
    second = made["Subnet"]["SubnetId"]
    with refused("DuplicateSubnetsInSameZone"):
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=SSM, VpcEndpointType="Interface", SubnetIds=[subnet, second])


@pytest.mark.truth("peering-accepted-twice", "peering-accepted-by-the-wrong-side", "peering-failed-deleted")
def test_a_peering_is_answered_once_by_the_side_that_was_asked(
    clients: Clients, ec2: Any, vpc: str, refused: Refused
) -> None:
    asked = clients("ec2", OTHER_ALLY)
    other = asked.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other, PeerOwnerId=OTHER_ALLY)
    peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    with refused("OperationNotPermitted"):
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)

    asked.reject_vpc_peering_connection(VpcPeeringConnectionId=peering)
    with refused("InvalidStateTransition"):
        asked.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    with refused("InvalidStateTransition"):
        ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)


@pytest.mark.truth("prefix-list-in-use")
def test_a_prefix_list_stays_while_a_rule_names_it(ec2: Any, group: str, refused: Refused) -> None:
    made = ec2.create_managed_prefix_list(PrefixListName="allies", MaxEntries=5, AddressFamily="IPv4")
    prefixes = made["PrefixList"]["PrefixListId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": prefixes}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    with refused("DependencyViolation"):
        ec2.delete_managed_prefix_list(PrefixListId=prefixes)

    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])
    ec2.delete_managed_prefix_list(PrefixListId=prefixes)
