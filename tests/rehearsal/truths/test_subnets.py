"""Subnets, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
Clients = Callable[..., Any]


@pytest.mark.truth("subnet-with-an-instance")
def test_a_subnet_stays_while_an_instance_is_in_it(ec2: Any, subnet: str, image: str, refused: Refused) -> None:
    launched = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]["InstanceId"]
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)

    ec2.terminate_instances(InstanceIds=[launched])
    ec2.describe_instances(InstanceIds=[launched])
    ec2.delete_subnet(SubnetId=subnet)


@pytest.mark.truth("subnet-with-an-interface")
def test_a_subnet_stays_while_an_interface_is_in_it(ec2: Any, subnet: str, refused: Refused) -> None:
    interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)

    ec2.delete_network_interface(NetworkInterfaceId=interface)
    ec2.delete_subnet(SubnetId=subnet)


@pytest.mark.truth("subnet-with-an-endpoint")
def test_a_subnet_stays_while_an_endpoint_is_in_it(ec2: Any, vpc: str, subnet: str, refused: Refused) -> None:
    name = "com.amazonaws.eu-west-2.ssm"
    made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name, VpcEndpointType="Interface", SubnetIds=[subnet])
    endpoint = made["VpcEndpoint"]["VpcEndpointId"]
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)

    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    states = [
        kept["State"] for kept in ec2.describe_vpc_endpoints()["VpcEndpoints"] if kept["VpcEndpointId"] == endpoint
    ]
    assert states in (["deleting"], ["deleted"], [])
    ec2.describe_vpc_endpoints()
    ec2.delete_subnet(SubnetId=subnet)


@pytest.mark.truth("subnet-with-a-nat-gateway")
def test_a_subnet_stays_while_a_nat_gateway_is_in_it(ec2: Any, subnet: str, refused: Refused) -> None:
    made = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)

    ec2.delete_nat_gateway(NatGatewayId=made)
    ec2.describe_nat_gateways(NatGatewayIds=[made])
    ec2.delete_subnet(SubnetId=subnet)


@pytest.mark.truth("subnet-with-a-load-balancer")
def test_a_subnet_stays_while_a_load_balancer_is_in_it(
    clients: Clients, ec2: Any, vpc: str, subnet: str, refused: Refused
) -> None:
    second = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", AvailabilityZone="eu-west-2b")["Subnet"]["SubnetId"]
    balancer = clients("elbv2").create_load_balancer(Name="front", Subnets=[subnet, second], Scheme="internal")
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)

    clients("elbv2").delete_load_balancer(LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"])
    ec2.delete_subnet(SubnetId=subnet)


@pytest.mark.truth("subnet-with-an-attachment")
def test_a_subnet_stays_while_a_transit_gateway_attachment_uses_it(
    ec2: Any, vpc: str, subnet: str, refused: Refused
) -> None:
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.describe_transit_gateways()
    made = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
    attachment = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)

    ec2.describe_transit_gateway_vpc_attachments()
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    ec2.describe_transit_gateway_vpc_attachments()
    ec2.delete_subnet(SubnetId=subnet)


@pytest.mark.truth("subnet-with-a-mount-target")
def test_a_subnet_stays_while_a_mount_target_is_in_it(
    clients: Clients, ec2: Any, subnet: str, refused: Refused
) -> None:
    efs = clients("efs")
    files = efs.create_file_system(CreationToken="files")["FileSystemId"]
    target = efs.create_mount_target(FileSystemId=files, SubnetId=subnet)["MountTargetId"]
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)

    efs.delete_mount_target(MountTargetId=target)
    ec2.delete_subnet(SubnetId=subnet)


@pytest.mark.truth("subnet-over-a-sibling")
def test_subnets_do_not_overlap(ec2: Any, vpc: str, subnet: str, refused: Refused) -> None:
    with refused("InvalidSubnet.Conflict"):
        ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.128/25")


@pytest.mark.truth("subnet-outside-the-vpc")
def test_a_subnet_lies_in_its_vpc(ec2: Any, vpc: str, refused: Refused) -> None:
    with refused("InvalidSubnet.Range"):
        ec2.create_subnet(VpcId=vpc, CidrBlock="10.2.0.0/24")


@pytest.mark.truth("subnet-of-a-wrong-size")
@pytest.mark.parametrize("block", ["10.1.0.0/15", "10.1.0.0/29"])
def test_a_subnet_is_between_16_and_28(block: str, ec2: Any, vpc: str, refused: Refused) -> None:
    with refused("InvalidSubnet.Range"):
        ec2.create_subnet(VpcId=vpc, CidrBlock=block)


@pytest.mark.truth("default-subnet-twice")
def test_a_zone_has_one_default_subnet(ec2: Any, refused: Refused) -> None:
    with refused("DefaultSubnetAlreadyExistsInAvailabilityZone"):
        ec2.create_default_subnet(AvailabilityZone="eu-west-2a")
