"""What an account has from the start, and what it decides once for all: default VPCs, Regions, metadata, encryption."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.rehearsal.conftest import EST, HUB

Client = Callable[..., Any]
Refused = Callable[[str], Any]


@pytest.mark.parametrize("region", ["eu-west-2", "us-east-1", "ap-southeast-2"])
def test_every_account_has_a_default_vpc_in_every_region(client: Client, region: str) -> None:
    ec2 = client("ec2", HUB, region)

    vpc = ec2.describe_vpcs()["Vpcs"][0]
    subnets = ec2.describe_subnets()["Subnets"]
    gateway = ec2.describe_internet_gateways()["InternetGateways"][0]
    routes = ec2.describe_route_tables()["RouteTables"][0]["Routes"]
    zones = {zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]}

    assert (vpc["IsDefault"], vpc["CidrBlock"]) == (True, "172.31.0.0/16")
    assert {subnet["AvailabilityZone"] for subnet in subnets} == zones
    assert all(subnet["DefaultForAz"] and subnet["MapPublicIpOnLaunch"] for subnet in subnets)
    assert gateway["Attachments"][0]["VpcId"] == vpc["VpcId"]
    assert {route["DestinationCidrBlock"]: route["GatewayId"] for route in routes} == {
        "172.31.0.0/16": "local",
        "0.0.0.0/0": gateway["InternetGatewayId"],
    }


def test_its_members_reach_each_other_in_the_default_group(ec2: Any, vpc: str) -> None:
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]

    permissions = groups[0]["IpPermissions"]
    assert [pair["GroupId"] for pair in permissions[0]["UserIdGroupPairs"]] == [groups[0]["GroupId"]]


def test_a_deleted_vpc_leaves_nothing_but_the_options_of_the_region(ec2: Any, vpc: str) -> None:
    options = ec2.describe_dhcp_options()["DhcpOptions"]
    ec2.delete_vpc(VpcId=vpc)

    for call, found in (
        (ec2.describe_network_acls, "NetworkAcls"),
        (ec2.describe_security_groups, "SecurityGroups"),
        (ec2.describe_route_tables, "RouteTables"),
    ):
        assert [each for each in call()[found] if each["VpcId"] == vpc] == []
    assert ec2.describe_dhcp_options()["DhcpOptions"] == options


def test_a_default_vpc_is_deleted_in_order_and_made_again(ec2: Any, refused: Refused) -> None:
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)
    gateway = ec2.describe_internet_gateways()["InternetGateways"][0]["InternetGatewayId"]
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=vpc)
    assert ec2.describe_vpcs()["Vpcs"] == []

    ec2.create_default_vpc()

    assert [subnet["CidrBlock"] for subnet in ec2.describe_subnets()["Subnets"]] == [
        "172.31.0.0/20",
        "172.31.16.0/20",
        "172.31.32.0/20",
    ]


def test_a_subnet_is_placed_by_the_id_of_its_zone_and_is_private(ec2: Any, vpc: str, refused: Refused) -> None:
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24", AvailabilityZoneId="euw2-az1")["Subnet"]

    assert made["AvailabilityZoneId"] == "euw2-az1"
    assert not made["DefaultForAz"]
    assert not made["MapPublicIpOnLaunch"]
    for elsewhere in ({"AvailabilityZoneId": "euw1-az1"}, {"AvailabilityZone": "eu-west-1a"}):
        with refused("InvalidParameterValue"):
            ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", **elsewhere)


def test_a_block_is_taken_in_its_canonical_form(ec2: Any) -> None:
    vpc = ec2.create_vpc(CidrBlock="10.3.1.5/16")["Vpc"]
    subnet = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.3.2.18/24")["Subnet"]

    assert (vpc["CidrBlock"], subnet["CidrBlock"]) == ("10.3.0.0/16", "10.3.2.0/24")


def test_a_deleted_subnet_is_associated_with_nothing(ec2: Any, vpc: str, subnet: str) -> None:
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    mine = [{"Name": "association.subnet-id", "Values": [subnet]}]
    before = ec2.describe_network_acls(Filters=mine)["NetworkAcls"][0]["Associations"][0]
    ec2.replace_network_acl_association(AssociationId=before["NetworkAclAssociationId"], NetworkAclId=acl)

    ec2.delete_subnet(SubnetId=subnet)

    ec2.delete_network_acl(NetworkAclId=acl)
    ec2.delete_vpc(VpcId=vpc)


def test_options_that_a_vpc_uses_stay(ec2: Any, vpc: str, refused: Refused) -> None:
    wanted = [{"Key": "domain-name", "Values": ["est.range"]}]
    options = ec2.create_dhcp_options(DhcpConfigurations=wanted)["DhcpOptions"]["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)
    with refused("DependencyViolation"):
        ec2.delete_dhcp_options(DhcpOptionsId=options)

    ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=vpc)

    ec2.delete_dhcp_options(DhcpOptionsId=options)


def test_seventeen_regions_are_enabled_and_others_are_known(ec2: Any, refused: Refused) -> None:
    enabled = {region["RegionName"] for region in ec2.describe_regions()["Regions"]}
    every = {region["RegionName"]: region["OptInStatus"] for region in ec2.describe_regions(AllRegions=True)["Regions"]}

    assert len(enabled) == 17
    assert {name for name, status in every.items() if status == "opt-in-not-required"} == enabled
    assert every["eu-south-1"] == "not-opted-in"
    with refused("InvalidParameterValue"):
        ec2.describe_regions(RegionNames=["eu-west-9"])


def test_metadata_defaults_are_set_and_taken_back(ec2: Any) -> None:
    ec2.modify_instance_metadata_defaults(HttpTokens="required", HttpPutResponseHopLimit=1, HttpEndpoint="enabled")
    set_ = ec2.get_instance_metadata_defaults()["AccountLevel"]

    ec2.modify_instance_metadata_defaults(HttpTokens="no-preference", HttpPutResponseHopLimit=-1)

    assert set_.items() >= {"HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"}.items()
    left = ec2.get_instance_metadata_defaults()["AccountLevel"]
    assert left == {"HttpEndpoint": "enabled", "ManagedBy": "account"}


def test_the_key_of_new_volumes_is_chosen_and_reset(client: Client, ec2: Any) -> None:
    key = client("kms").create_key()["KeyMetadata"]
    client("kms").create_alias(AliasName="alias/est", TargetKeyId=key["KeyId"])
    before = ec2.get_ebs_default_kms_key_id()["KmsKeyId"]

    ec2.modify_ebs_default_kms_key_id(KmsKeyId="alias/est")

    assert (before, ec2.get_ebs_default_kms_key_id()["KmsKeyId"]) == ("alias/aws/ebs", key["Arn"])
    assert ec2.reset_ebs_default_kms_key_id()["KmsKeyId"] == ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == before


def test_lists_of_what_cannot_be_made_here_are_empty(ec2: Any) -> None:
    assert ec2.describe_placement_groups()["PlacementGroups"] == []
    assert ec2.describe_client_vpn_endpoints()["ClientVpnEndpoints"] == []


def test_a_policy_of_aws_is_found_by_its_name(client: Client, refused: Refused) -> None:
    iam = client("iam", EST)
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName="host", AssumeRolePolicyDocument=document)

    iam.attach_role_policy(RoleName="host", PolicyArn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore")

    attached = iam.list_attached_role_policies(RoleName="host")["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == ["AmazonSSMManagedInstanceCore"]
    with refused("NoSuchEntity"):
        iam.attach_role_policy(RoleName="host", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")


@pytest.mark.truth("log-group-protected")
def test_the_key_of_a_log_group_changes_and_a_protected_group_stays(client: Client, refused: Refused) -> None:
    logs = client("logs")
    everybody = {"AWS": EST, "Service": "logs.eu-west-2.amazonaws.com"}
    allow = {"Effect": "Allow", "Principal": everybody, "Action": "kms:*", "Resource": "*"}
    key = client("kms").create_key(Policy=json.dumps({"Statement": [allow]}))["KeyMetadata"]["Arn"]
    logs.create_log_group(logGroupName="flows")
    logs.associate_kms_key(logGroupName="flows", kmsKeyId=key)
    with_key = logs.describe_log_groups()["logGroups"][0]["kmsKeyId"]
    logs.disassociate_kms_key(logGroupName="flows")
    logs.put_log_group_deletion_protection(logGroupIdentifier="flows", deletionProtectionEnabled=True)

    with refused("InvalidOperationException"):
        logs.delete_log_group(logGroupName="flows")

    logs.put_log_group_deletion_protection(logGroupIdentifier="flows", deletionProtectionEnabled=False)
    assert with_key == key
    assert "kmsKeyId" not in logs.describe_log_groups()["logGroups"][0]
    logs.delete_log_group(logGroupName="flows")
    with refused("ResourceNotFoundException"):
        logs.associate_kms_key(logGroupName="flows", kmsKeyId=key)


def test_the_key_that_volumes_get_by_default_is_managed_by_aws(client: Callable[..., Any], ec2: Any) -> None:
    ec2.create_volume(AvailabilityZone="eu-west-2a", Size=1, Encrypted=True)

    assert client("kms").describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["KeyManager"] == "AWS"
