"""Images of one account that others may launch from: seen by those alone, and nobody else's to remove."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from range.rehearsal.door import Cloud
from tests.rehearsal.conftest import EST, HUB, POL, Exercise

Client = Callable[..., Any]


def image_of(client: Client, account: str = HUB) -> str:
    """Make an image of an instance that was shut down."""
    ec2 = client("ec2", account)
    (base,) = ec2.describe_images(
        Owners=["136693071363"], Filters=[{"Name": "name", "Values": ["debian-13-amd64-20251117-2299"]}]
    )["Images"]
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    launched = ec2.run_instances(ImageId=base["ImageId"], MinCount=1, MaxCount=1, SubnetId=subnet)
    instance = launched["Instances"][0]["InstanceId"]
    ec2.describe_instances(InstanceIds=[instance])  # it runs when it is looked at
    return str(ec2.create_image(InstanceId=instance, Name="golden")["ImageId"])


def seen(client: Client, account: str, owner: str = HUB) -> list[str]:
    found = client("ec2", account).describe_images(Owners=[owner], Filters=[{"Name": "name", "Values": ["golden"]}])
    return [each["ImageId"] for each in found["Images"]]


@pytest.fixture
def shared(client: Client) -> str:
    """An image of the hub that est may launch from."""
    image = image_of(client)
    permission = {"Add": [{"UserId": EST}]}
    client("ec2", HUB).modify_image_attribute(ImageId=image, LaunchPermission=permission)
    return image


def test_an_image_is_seen_by_whom_it_is_shared_with_and_by_nobody_else(client: Client, shared: str) -> None:
    assert seen(client, EST) == [shared]
    assert seen(client, POL) == []
    assert client("ec2", EST).describe_images(Owners=["self"])["Images"] == []


def test_an_account_that_lost_it_sees_and_launches_it_no_more(client: Client, shared: str, refused: Any) -> None:
    client("ec2", HUB).modify_image_attribute(ImageId=shared, LaunchPermission={"Remove": [{"UserId": EST}]})

    assert seen(client, EST) == []
    with refused("InvalidAMIID.NotFound"):
        client("ec2", EST).run_instances(ImageId=shared, MinCount=1, MaxCount=1)


def test_a_shared_image_is_launched_and_its_disk_is_of_the_owners_snapshot(client: Client, shared: str) -> None:
    snapshot = client("ec2", HUB).describe_images(ImageIds=[shared])["Images"][0]["BlockDeviceMappings"][0]["Ebs"]
    ec2 = client("ec2", EST)
    vpc = ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.2.0.0/24")["Subnet"]["SubnetId"]

    launched = ec2.run_instances(ImageId=shared, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]

    volumes = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [launched["InstanceId"]]}])
    assert [each["SnapshotId"] for each in volumes["Volumes"]] == [snapshot["SnapshotId"]]


def test_only_its_owner_removes_an_image(client: Client, shared: str, refused: Any) -> None:
    with refused("AuthFailure"):
        client("ec2", EST).deregister_image(ImageId=shared)

    assert seen(client, EST) == [shared]


def test_shares_are_there_after_a_restart(tmp_path: Path) -> None:
    first = Exercise(Cloud(tmp_path))
    image = image_of(first.client)
    first.client("ec2", HUB).modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": EST}]})
    first.cloud.close()

    again = Exercise(Cloud(tmp_path))

    assert seen(again.client, EST) == [image]
    again.cloud.close()
