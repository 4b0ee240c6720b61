"""Security groups, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
ANYWHERE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}


def default_group(ec2: Any, vpc: str) -> str:
    """Find the default group of a VPC."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    return str(ec2.describe_security_groups(Filters=filters)["SecurityGroups"][0]["GroupId"])


def without_default(ec2: Any, vpc: str) -> None:
    """Take the default VPC away."""
    for subnet in ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    for gateway in ec2.describe_internet_gateways()["InternetGateways"]:
        ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc)
    ec2.delete_vpc(VpcId=vpc)


@pytest.mark.truth("security-group-of-an-instance")
def test_a_group_of_an_instance_stays_until_the_instance_is_gone(
    ec2: Any, subnet: str, group: str, refused: Refused, image: str
) -> None:
    launched = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[group])
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=group)

    ec2.terminate_instances(InstanceIds=[launched["Instances"][0]["InstanceId"]])
    ec2.describe_instances()
    ec2.delete_security_group(GroupId=group)


@pytest.mark.truth("security-group-of-an-interface")
def test_a_group_of_an_interface_stays_until_the_interface_is_gone(
    ec2: Any, subnet: str, group: str, refused: Refused
) -> None:
    interface = ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]["NetworkInterfaceId"]
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=group)

    ec2.delete_network_interface(NetworkInterfaceId=interface)
    ec2.delete_security_group(GroupId=group)


@pytest.mark.truth("security-group-named-by-another")
def test_a_group_that_another_names_stays_until_the_rule_is_gone(
    ec2: Any, vpc: str, group: str, refused: Refused
) -> None:
    naming = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": group}]}]
    other = default_group(ec2, vpc)
    ec2.authorize_security_group_ingress(GroupId=other, IpPermissions=naming)
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=group)

    ec2.revoke_security_group_ingress(GroupId=other, IpPermissions=naming)
    ec2.delete_security_group(GroupId=group)


def test_a_group_that_only_a_peer_names_can_be_deleted(ec2: Any, vpc: str, group: str) -> None:
    peer = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=peer)["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])
    naming = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": group}]}]
    ec2.authorize_security_group_ingress(GroupId=default_group(ec2, peer), IpPermissions=naming)

    ec2.delete_security_group(GroupId=group)


def test_a_group_that_names_itself_can_be_deleted(ec2: Any, group: str) -> None:
    naming = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": group}]}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=naming)

    ec2.delete_security_group(GroupId=group)


@pytest.mark.truth("security-group-of-a-load-balancer")
def test_a_group_of_a_load_balancer_stays(
    clients: Any, ec2: Any, vpc: str, subnet: str, group: str, refused: Refused
) -> None:
    zone = next(
        z["ZoneName"] for z in ec2.describe_availability_zones()["AvailabilityZones"] if z["ZoneName"].endswith("b")
    )
    second = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
    made = clients("elbv2").create_load_balancer(
        Name="front", Subnets=[subnet, second], SecurityGroups=[group], Scheme="internal"
    )
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=group)

    clients("elbv2").delete_load_balancer(LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"])
    ec2.delete_security_group(GroupId=group)


@pytest.mark.truth("security-group-default")
def test_a_default_group_stays(ec2: Any, vpc: str, refused: Refused) -> None:
    with refused("CannotDelete"):
        ec2.delete_security_group(GroupId=default_group(ec2, vpc))


@pytest.mark.truth("security-group-name-taken")
def test_a_name_is_taken_once_per_vpc(ec2: Any, vpc: str, group: str, refused: Refused) -> None:
    with refused("InvalidGroup.Duplicate"):
        ec2.create_security_group(GroupName="targets", Description="again", VpcId=vpc)

    other = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    assert ec2.create_security_group(GroupName="targets", Description="elsewhere", VpcId=other)["GroupId"] != group


@pytest.mark.truth("security-group-name-reserved")
def test_default_is_no_name_for_a_group(ec2: Any, vpc: str, refused: Refused) -> None:
    with refused("InvalidGroup.Reserved"):
        ec2.create_security_group(GroupName="default", Description="no", VpcId=vpc)


@pytest.mark.truth("security-group-name-like-an-id")
def test_a_name_does_not_look_like_an_id(ec2: Any, vpc: str, refused: Refused) -> None:
    with refused("InvalidParameterValue"):
        ec2.create_security_group(GroupName="sg-1234", Description="no", VpcId=vpc)


@pytest.mark.truth("security-group-rule-twice")
def test_a_rule_exists_once(ec2: Any, group: str, refused: Refused) -> None:
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[ANYWHERE])
    with refused("InvalidPermission.Duplicate"):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[ANYWHERE])

    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[ANYWHERE])
    with refused("InvalidPermission.Duplicate"):
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[ANYWHERE])


@pytest.mark.truth("security-group-rule-absent")
def test_a_rule_that_is_not_there_cannot_be_revoked(ec2: Any, group: str, refused: Refused) -> None:
    with refused("InvalidPermission.NotFound"):
        ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[ANYWHERE])
    with refused("InvalidPermission.NotFound"):
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[ANYWHERE])


@pytest.mark.truth("security-group-rule-id-unknown")
def test_a_rule_is_revoked_by_its_id_once_and_in_its_direction(ec2: Any, group: str, refused: Refused) -> None:
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[ANYWHERE])["SecurityGroupRules"][0]
    named = {"GroupId": group, "SecurityGroupRuleIds": [made["SecurityGroupRuleId"]]}
    with refused("InvalidSecurityGroupRuleId.NotFound"):
        ec2.revoke_security_group_egress(**named)

    ec2.revoke_security_group_ingress(**named)
    with refused("InvalidSecurityGroupRuleId.NotFound"):
        ec2.revoke_security_group_ingress(**named)


@pytest.mark.truth("security-group-rules-over-quota")
def test_sixty_rules_fit_a_group_and_no_more(ec2: Any, group: str, refused: Refused) -> None:
    ranges = [{"CidrIp": f"10.0.{number}.0/24"} for number in range(60)]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[ANYWHERE | {"IpRanges": ranges}])
    with refused("RulesPerSecurityGroupLimitExceeded"):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[ANYWHERE])


@pytest.mark.truth("security-group-rule-names-a-stranger")
def test_a_rule_names_groups_of_this_vpc_or_a_peer(ec2: Any, vpc: str, group: str, refused: Refused) -> None:
    other = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    naming = [
        {
            "IpProtocol": "tcp",
            "FromPort": 22,
            "ToPort": 22,
            "UserIdGroupPairs": [{"GroupId": default_group(ec2, other)}],
        }
    ]
    with refused("InvalidGroup.NotFound"):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=naming)

    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"][
        "VpcPeeringConnectionId"
    ]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=naming)


@pytest.mark.truth("security-group-without-a-network")
def test_a_group_needs_a_vpc_where_there_is_no_default_one(ec2: Any, refused: Refused) -> None:
    made = ec2.create_security_group(GroupName="in-the-default", Description="d")["GroupId"]
    (default,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    ec2.delete_security_group(GroupId=made)
    without_default(ec2, default["VpcId"])

    with refused("VPCIdNotSpecified"):
        ec2.create_security_group(GroupName="nowhere", Description="d")
