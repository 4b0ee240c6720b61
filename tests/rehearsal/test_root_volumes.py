"""Replacing the root volume of a running instance: the disk is another, and everything else stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]


@pytest.fixture
def image(ec2: Any, image: str) -> Any:
    """An image that instances can be launched from, described."""
    return ec2.describe_images(ImageIds=[image])["Images"][0]


@pytest.fixture
def instance(ec2: Any, image: Any, subnet: str) -> Any:
    """A running instance with a second volume, described."""
    more = [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 3}}]
    asked = {"ImageId": image["ImageId"], "MinCount": 1, "MaxCount": 1, "SubnetId": subnet}
    launched = ec2.run_instances(**asked, BlockDeviceMappings=more)["Instances"][0]
    return seen(ec2, launched["InstanceId"])


def seen(ec2: Any, instance: str) -> Any:
    return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]


def volumes(instance: Any) -> dict[str, str]:
    return {each["DeviceName"]: each["Ebs"]["VolumeId"] for each in instance["BlockDeviceMappings"]}


def root(instance: Any) -> str:
    return volumes(instance)[instance["RootDeviceName"]]


def replaced(ec2: Any, instance: Any, **asked: Any) -> list[str]:
    """Replace a root volume and give the states that the task passed through."""
    task = ec2.create_replace_root_volume_task(InstanceId=instance["InstanceId"], **asked)["ReplaceRootVolumeTask"]
    states = [task["TaskState"]]
    while states[-1] in ("pending", "in-progress"):
        ids = [task["ReplaceRootVolumeTaskId"]]
        (task,) = ec2.describe_replace_root_volume_tasks(ReplaceRootVolumeTaskIds=ids)["ReplaceRootVolumeTasks"]
        states.append(task["TaskState"])
    return states


def snapshot_of(ec2: Any, volume: str) -> str:
    return str(ec2.create_snapshot(VolumeId=volume)["SnapshotId"])


def test_a_task_passes_through_its_states_and_only_the_root_volume_changes(ec2: Any, instance: Any) -> None:
    snapshot = snapshot_of(ec2, root(instance))

    states = replaced(ec2, instance, SnapshotId=snapshot)

    now = seen(ec2, instance["InstanceId"])
    assert states == ["pending", "in-progress", "succeeded"]
    assert root(now) != root(instance)
    assert volumes(now)["/dev/sdf"] == volumes(instance)["/dev/sdf"]
    changed = {"BlockDeviceMappings"}
    assert {name: now[name] for name in now if name not in changed} == {
        name: instance[name] for name in instance if name not in changed
    }
    (volume,) = ec2.describe_volumes(VolumeIds=[root(now)])["Volumes"]
    assert volume["SnapshotId"] == snapshot


@pytest.mark.parametrize("delete", [True, False])
def test_the_old_volume_is_kept_or_deleted_as_asked(ec2: Any, instance: Any, delete: bool) -> None:
    replaced(ec2, instance, DeleteReplacedRootVolume=delete)

    there = {volume["VolumeId"]: volume["State"] for volume in ec2.describe_volumes()["Volumes"]}
    assert there.get(root(instance)) == (None if delete else "available")


def test_without_a_source_the_root_volume_is_as_it_was_launched(ec2: Any, instance: Any, image: Any) -> None:
    replaced(ec2, instance)

    (volume,) = ec2.describe_volumes(VolumeIds=[root(seen(ec2, instance["InstanceId"]))])["Volumes"]
    (before,) = ec2.describe_volumes(VolumeIds=[root(instance)])["Volumes"]
    assert volume.get("SnapshotId") == before.get("SnapshotId")
    assert volume["Size"] == before["Size"]


def test_as_it_was_launched_is_not_as_it_was_last_replaced(ec2: Any, instance: Any) -> None:
    launched = ec2.describe_volumes(VolumeIds=[root(instance)])["Volumes"][0].get("SnapshotId")
    snapshot = snapshot_of(ec2, root(instance))
    replaced(ec2, instance, SnapshotId=snapshot)

    replaced(ec2, instance)

    (volume,) = ec2.describe_volumes(VolumeIds=[root(seen(ec2, instance["InstanceId"]))])["Volumes"]
    assert volume.get("SnapshotId") == launched != snapshot


def test_an_image_becomes_the_instances_image(ec2: Any, instance: Any) -> None:
    image = ec2.create_image(InstanceId=instance["InstanceId"], Name="golden")["ImageId"]

    replaced(ec2, instance, ImageId=image)

    assert seen(ec2, instance["InstanceId"])["ImageId"] == image


def test_a_volume_of_ones_own_becomes_the_root_volume_and_nobodys_image_changes(ec2: Any, instance: Any) -> None:
    volume = ec2.create_volume(AvailabilityZone="eu-west-2a", Size=8)["VolumeId"]
    ec2.describe_volumes()

    replaced(ec2, instance, VolumeId=volume)

    now = seen(ec2, instance["InstanceId"])
    assert (root(now), now["ImageId"]) == (volume, instance["ImageId"])


def test_a_snapshot_of_an_earlier_root_volume_will_do(ec2: Any, instance: Any) -> None:
    snapshot = snapshot_of(ec2, root(instance))
    replaced(ec2, instance, DeleteReplacedRootVolume=True)

    assert replaced(ec2, instance, SnapshotId=snapshot)[-1] == "succeeded"


@pytest.mark.truth("root-volume-of-a-protected-instance")
def test_protection_from_termination_does_not_matter(ec2: Any, instance: Any) -> None:
    ec2.modify_instance_attribute(InstanceId=instance["InstanceId"], DisableApiTermination={"Value": True})

    assert replaced(ec2, instance)[-1] == "succeeded"


def test_a_task_asked_for_twice_with_one_token_is_one(ec2: Any, instance: Any) -> None:
    asked = {"InstanceId": instance["InstanceId"], "ClientToken": "one"}

    first, second = (ec2.create_replace_root_volume_task(**asked)["ReplaceRootVolumeTask"] for _ in range(2))

    assert first["ReplaceRootVolumeTaskId"] == second["ReplaceRootVolumeTaskId"]


@pytest.mark.truth("root-volume-replaced-twice", "root-volume-of-a-stopped-instance")
def test_only_a_running_instance_and_one_task_at_a_time(ec2: Any, instance: Any, refused: Refused) -> None:
    named = {"InstanceId": instance["InstanceId"]}
    ec2.create_replace_root_volume_task(**named)
    with refused("IncorrectState"):
        ec2.create_replace_root_volume_task(**named)
    ec2.describe_replace_root_volume_tasks()
    ec2.describe_replace_root_volume_tasks()

    ec2.stop_instances(InstanceIds=[instance["InstanceId"]])
    with refused("IncorrectInstanceState"):
        ec2.create_replace_root_volume_task(**named)


@pytest.mark.truth("root-volume-from-a-foreign-snapshot")
def test_only_snapshots_of_its_own_root_volumes(ec2: Any, instance: Any, refused: Refused) -> None:
    other = snapshot_of(ec2, volumes(instance)["/dev/sdf"])
    own = snapshot_of(ec2, root(instance))
    copied = ec2.copy_snapshot(SourceRegion="eu-west-2", SourceSnapshotId=own)["SnapshotId"]

    for snapshot in (other, copied):
        with refused("InvalidParameterValue"):
            ec2.create_replace_root_volume_task(InstanceId=instance["InstanceId"], SnapshotId=snapshot)


@pytest.mark.truth("root-volume-from-a-foreign-image")
def test_an_image_of_the_same_architecture(ec2: Any, instance: Any, refused: Refused) -> None:
    arm = ec2.describe_images(Filters=[{"Name": "architecture", "Values": ["arm64"]}])["Images"][0]["ImageId"]

    with refused("InvalidParameterValue"):
        ec2.create_replace_root_volume_task(InstanceId=instance["InstanceId"], ImageId=arm)


@pytest.mark.truth("root-volume-of-no-instance", "root-volume-of-bare-metal")
def test_an_id_that_is_none_and_bare_metal(ec2: Any, image: Any, subnet: str, refused: Refused) -> None:
    asked = {"ImageId": image["ImageId"], "MinCount": 1, "MaxCount": 1, "SubnetId": subnet}
    metal = ec2.run_instances(**asked, InstanceType="m5.metal")["Instances"][0]["InstanceId"]
    ec2.describe_instances()

    with refused("InvalidInstanceID.Malformed"):
        ec2.create_replace_root_volume_task(InstanceId="web")
    with refused("UnsupportedOperation"):
        ec2.create_replace_root_volume_task(InstanceId=metal)
