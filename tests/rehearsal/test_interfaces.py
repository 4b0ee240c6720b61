"""Interfaces: whose groups an instance has, and which addresses are handed out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.rehearsal.conftest import EST

Client = Callable[..., Any]


@pytest.fixture
def ec2(client: Client) -> Any:
    """EC2 of an ally's account."""
    return client("ec2", EST)


@pytest.fixture
def subnet(ec2: Any) -> dict[str, str]:
    """A subnet of 64 addresses, in a VPC of its own."""
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/24")["Vpc"]["VpcId"]
    made: dict[str, str] = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/26")["Subnet"]
    return made


@pytest.fixture
def groups(ec2: Any, subnet: dict[str, str]) -> list[str]:
    """Two security groups."""
    return [
        ec2.create_security_group(GroupName=name, Description=name, VpcId=subnet["VpcId"])["GroupId"]
        for name in ("one", "two")
    ]


def _groups_of(ec2: Any, instance_id: str) -> tuple[list[str], list[str]]:
    """Give the groups of an instance, and those of its first interface."""
    found = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
    interface = found["NetworkInterfaces"][0]["Groups"]
    return [group["GroupId"] for group in found["SecurityGroups"]], [group["GroupId"] for group in interface]


def test_an_instance_has_the_groups_that_its_interface_was_launched_with(
    ec2: Any, image: str, subnet: dict[str, str], groups: list[str]
) -> None:
    interface = {"DeviceIndex": 0, "SubnetId": subnet["SubnetId"], "Groups": groups[:1]}

    launched = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, NetworkInterfaces=[interface])["Instances"][0]

    assert _groups_of(ec2, launched["InstanceId"]) == (groups[:1], groups[:1])


def test_groups_that_an_instance_is_given_take_the_place_of_the_old(
    ec2: Any, image: str, subnet: dict[str, str], groups: list[str]
) -> None:
    where = {"SubnetId": subnet["SubnetId"], "SecurityGroupIds": groups[:1]}
    launched = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, **where)["Instances"][0]["InstanceId"]

    ec2.modify_instance_attribute(InstanceId=launched, Groups=groups[1:])

    assert _groups_of(ec2, launched) == (groups[1:], groups[1:])


def test_reserved_addresses_are_not_handed_out(ec2: Any, subnet: dict[str, str]) -> None:
    ec2.create_subnet_cidr_reservation(SubnetId=subnet["SubnetId"], Cidr="10.9.0.0/27", ReservationType="explicit")

    made = ec2.create_network_interface(SubnetId=subnet["SubnetId"])["NetworkInterface"]

    assert made["PrivateIpAddress"] == "10.9.0.32"
