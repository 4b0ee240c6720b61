"""Volumes, snapshots, images and file systems, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from moto.core.utils import utcnow

from range.rehearsal.truths import storage

Refused = Callable[[str], Any]


@pytest.fixture
def instance(ec2: Any, image: str, subnet: str) -> Any:
    """A running instance in eu-west-2a, described."""
    launched = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]
    return ec2.describe_instances(InstanceIds=[launched["InstanceId"]])["Reservations"][0]["Instances"][0]


@pytest.fixture
def volume(ec2: Any) -> str:
    """A volume of 8 GiB in eu-west-2a that nothing uses."""
    return str(ec2.create_volume(AvailabilityZone="eu-west-2a", Size=8)["VolumeId"])


def attach(ec2: Any, volume: str, instance: Any, device: str = "/dev/sdf") -> None:
    """Attach a volume to an instance."""
    ec2.attach_volume(VolumeId=volume, InstanceId=instance["InstanceId"], Device=device)


@pytest.mark.truth("volume-attached", "volume-attached-twice", "volume-not-attached")
def test_a_volume_stays_while_it_is_attached(ec2: Any, volume: str, instance: Any, refused: Refused) -> None:
    with refused("IncorrectState"):
        ec2.detach_volume(VolumeId=volume)
    attach(ec2, volume, instance)
    with refused("VolumeInUse"):
        attach(ec2, volume, instance, "/dev/sdg")
    with refused("VolumeInUse"):
        ec2.delete_volume(VolumeId=volume)

    ec2.detach_volume(VolumeId=volume)
    ec2.delete_volume(VolumeId=volume)


@pytest.mark.truth("volume-at-a-taken-device")
def test_a_device_holds_one_volume(ec2: Any, volume: str, instance: Any, refused: Refused) -> None:
    with refused("InvalidParameterValue"):
        attach(ec2, volume, instance, instance["RootDeviceName"])


@pytest.mark.truth("volume-in-another-zone")
def test_a_volume_is_attached_in_its_own_zone(ec2: Any, instance: Any, refused: Refused) -> None:
    elsewhere = ec2.create_volume(AvailabilityZone="eu-west-2b", Size=8)["VolumeId"]
    with refused("InvalidVolume.ZoneMismatch"):
        attach(ec2, elsewhere, instance)


@pytest.mark.truth("volume-to-a-dead-instance")
def test_a_volume_is_not_attached_to_a_terminated_instance(
    ec2: Any, volume: str, instance: Any, refused: Refused
) -> None:
    ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
    with refused("IncorrectState"):
        attach(ec2, volume, instance)


@pytest.mark.truth("volume-root-detached")
def test_a_running_instance_keeps_its_root_volume(ec2: Any, instance: Any, refused: Refused) -> None:
    root = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    with refused("OperationNotPermitted"):
        ec2.detach_volume(VolumeId=root)


@pytest.mark.truth("volume-shrunk")
def test_a_volume_does_not_shrink(ec2: Any, volume: str, refused: Refused) -> None:
    with refused("InvalidParameterValue"):
        ec2.modify_volume(VolumeId=volume, Size=7)

    ec2.modify_volume(VolumeId=volume, Size=9)


@pytest.mark.truth("snapshot-of-an-image", "image-deregistered", "image-name-taken")
def test_a_snapshot_stays_while_an_image_uses_it(ec2: Any, instance: Any, refused: Refused) -> None:
    image = ec2.create_image(InstanceId=instance["InstanceId"], Name="golden")["ImageId"]
    with refused("InvalidAMIName.Duplicate"):
        ec2.create_image(InstanceId=instance["InstanceId"], Name="golden")
    (described,) = ec2.describe_images(ImageIds=[image])["Images"]
    snapshot = described["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    with refused("InvalidSnapshot.InUse"):
        ec2.delete_snapshot(SnapshotId=snapshot)

    ec2.deregister_image(ImageId=image)
    with refused("InvalidAMIID.Unavailable"):
        ec2.deregister_image(ImageId=image)
    ec2.delete_snapshot(SnapshotId=snapshot)


@pytest.mark.truth("volumes-over-limit")
def test_an_instance_has_so_many_volumes_and_no_more(
    ec2: Any, image: str, subnet: str, volume: str, refused: Refused
) -> None:
    more = [{"DeviceName": f"/dev/sd{letter}", "Ebs": {"VolumeSize": 1}} for letter in "bcdefghijklmnopqrstuvwxyz"]
    asked = {"ImageId": image, "MinCount": 1, "MaxCount": 1, "SubnetId": subnet, "InstanceType": "t3.micro"}
    launched = ec2.run_instances(**asked, BlockDeviceMappings=more)["Instances"][0]
    second = ec2.create_volume(AvailabilityZone="eu-west-2a", Size=1)["VolumeId"]
    ec2.describe_instances()
    attach(ec2, volume, launched, "/dev/xvdba")

    with refused("AttachmentLimitExceeded"):
        attach(ec2, second, launched, "/dev/xvdbb")


@pytest.mark.truth("volume-going-attached")
def test_a_volume_that_is_being_deleted_is_attached_to_nothing(
    ec2: Any, instance: Any, volume: str, refused: Refused
) -> None:
    ec2.describe_volumes()
    ec2.delete_volume(VolumeId=volume)
    with refused("IncorrectState"):
        attach(ec2, volume, instance)


@pytest.mark.truth("volume-being-changed")
def test_one_change_of_a_volume_follows_the_other(ec2: Any, volume: str, refused: Refused) -> None:
    begun = ec2.modify_volume(VolumeId=volume, Size=9)["VolumeModification"]["ModificationState"]
    seen = [begun]
    while seen[-1] != "completed":
        (change,) = ec2.describe_volumes_modifications(VolumeIds=[volume])["VolumesModifications"]
        seen.append(change["ModificationState"])
    assert seen == ["modifying", "optimizing", "completed"]

    ec2.modify_volume(VolumeId=volume, Size=10)
    with refused("IncorrectModificationState"):
        ec2.modify_volume(VolumeId=volume, Size=11)


@pytest.mark.truth("volume-changed-too-often")
def test_a_volume_is_changed_four_times_a_day(
    ec2: Any, volume: str, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size in range(9, 13):
        ec2.modify_volume(VolumeId=volume, Size=size)
        ec2.describe_volumes()
        ec2.describe_volumes()
    with refused("VolumeModificationRateExceeded"):
        ec2.modify_volume(VolumeId=volume, Size=13)

    now = utcnow()
    monkeypatch.setattr(storage, "utcnow", lambda: now + timedelta(days=1, seconds=1))
    ec2.modify_volume(VolumeId=volume, Size=13)


@pytest.mark.truth("file-system-token-used")
def test_a_token_makes_one_file_system(clients: Callable[..., Any], refused: Refused) -> None:
    efs = clients("efs")
    efs.create_file_system(CreationToken="shared")
    with refused("FileSystemAlreadyExists"):
        efs.create_file_system(CreationToken="shared")
