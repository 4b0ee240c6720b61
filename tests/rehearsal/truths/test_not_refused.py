"""What AWS does not refuse, against common belief. Some of it is held where its subject is tested."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Clients = Callable[..., Any]
OFF = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}


@pytest.fixture
def instance(ec2: Any, image: str, subnet: str) -> str:
    """A running instance."""
    launched = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]["InstanceId"]
    ec2.describe_instances()
    return str(launched)


@pytest.mark.truth("vpc-with-an-active-peering")
def test_an_active_peering_goes_with_either_vpc(ec2: Any, vpc: str) -> None:
    other = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering["VpcPeeringConnectionId"])

    ec2.delete_vpc(VpcId=vpc)

    left = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    assert {each["Status"]["Code"] for each in left} <= {"deleted"}


@pytest.mark.truth("address-of-a-default-vpc-released")
def test_an_address_in_the_default_vpc_is_released_as_it_is(ec2: Any) -> None:
    filters = [{"Name": "default-for-az", "Values": ["true"]}]
    subnet = ec2.describe_subnets(Filters=filters)["Subnets"][0]["SubnetId"]
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=address, NetworkInterfaceId=interface)

    ec2.release_address(AllocationId=address)

    assert ec2.describe_addresses()["Addresses"] == []


@pytest.mark.truth("key-pair-unknown-deleted")
def test_a_key_pair_that_is_not_there_is_deleted(ec2: Any) -> None:
    ec2.delete_key_pair(KeyName="nobody")


@pytest.mark.truth("image-in-use-deregistered")
def test_instances_go_on_without_their_image(ec2: Any, image: str, subnet: str, instance: str) -> None:
    golden = ec2.create_image(InstanceId=instance, Name="golden")["ImageId"]
    ec2.describe_images(ImageIds=[golden])
    launched = ec2.run_instances(ImageId=golden, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]["InstanceId"]

    ec2.deregister_image(ImageId=golden)

    (seen,) = ec2.describe_instances(InstanceIds=[launched])["Reservations"][0]["Instances"]
    assert (seen["State"]["Name"], seen["ImageId"]) == ("running", golden)


@pytest.mark.truth("instance-terminated-again", "instance-terminated-rebooted")
def test_a_terminated_instance_is_terminated_again_and_a_reboot_is_ignored(ec2: Any, instance: str) -> None:
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.describe_instances()

    again = ec2.terminate_instances(InstanceIds=[instance])["TerminatingInstances"][0]
    ec2.reboot_instances(InstanceIds=[instance])

    assert (again["PreviousState"]["Name"], again["CurrentState"]["Name"]) == ("terminated", "terminated")
    (seen,) = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    assert seen["State"]["Name"] == "terminated"


@pytest.mark.truth("attachment-over-the-same-range")
def test_a_vpc_of_the_same_range_is_attached_and_its_range_is_not_learned(ec2: Any) -> None:
    gateway = ec2.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]
    ec2.describe_transit_gateways()
    table = ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    learning = {"TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"]}
    attached = [_attachment(ec2, gateway) for _ in range(2)]
    for attachment in attached:
        ec2.enable_transit_gateway_route_table_propagation(**learning, TransitGatewayAttachmentId=attachment)

    active = [{"Name": "state", "Values": ["active"]}]
    (route,) = ec2.search_transit_gateway_routes(**learning, Filters=active)["Routes"]

    assert [each["TransitGatewayAttachmentId"] for each in route["TransitGatewayAttachments"]] == attached[:1]


def _attachment(ec2: Any, gateway: str) -> str:
    """Attach a VPC, 10.7.0.0/16."""
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.0.0/28")["Subnet"]["SubnetId"]
    made = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
    ec2.describe_transit_gateway_vpc_attachments()
    return str(made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])


@pytest.mark.truth("bucket-yours-already-in-us-east-1")
def test_a_bucket_of_ones_own_is_made_again_in_us_east_1(clients: Clients) -> None:
    s3 = clients("s3", region="us-east-1")
    s3.create_bucket(Bucket="evidence", ObjectOwnership="ObjectWriter")
    s3.delete_public_access_block(Bucket="evidence")
    s3.put_bucket_acl(Bucket="evidence", ACL="public-read")

    s3.create_bucket(Bucket="evidence")

    grants = s3.get_bucket_acl(Bucket="evidence")["Grants"]
    assert [grant["Permission"] for grant in grants] == ["FULL_CONTROL"]


@pytest.mark.truth("key-pending-looked-after")
def test_a_key_that_waits_for_its_deletion_is_looked_after(clients: Clients) -> None:
    kms = clients("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/est", TargetKeyId=key)
    operator = "arn:aws:iam::200000000001:role/OrganizationAccountAccessRole"
    grants = [kms.create_grant(KeyId=key, GranteePrincipal=operator, Operations=["Decrypt"]) for _ in range(2)]
    policy = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)

    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    kms.revoke_grant(KeyId=key, GrantId=grants[0]["GrantId"])
    kms.retire_grant(KeyId=key, GrantId=grants[1]["GrantId"])
    kms.delete_alias(AliasName="alias/est")

    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"] == policy
    assert kms.list_aliases(KeyId=key)["Aliases"] == []
