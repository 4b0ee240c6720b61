"""What goes wrong with one machine is said, in EC2's own words where it has some, and the others go on."""

from __future__ import annotations

import shutil
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from range.rehearsal.hosts import watch
from tests.rehearsal.hosts.conftest import World, until


class Usage(NamedTuple):
    """What a disk has, in bytes."""

    total: int
    used: int
    free: int


def status(world: World, instance: str) -> str:
    (found,) = world.ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"]
    return str(found["InstanceStatus"]["Status"])


def reason(world: World, instance: str) -> str:
    found = world.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    return str(found.get("StateReason", {}).get("Message", ""))


def says_why(world: World, instance: str, why: str) -> None:
    """Hold that EC2 says of a running instance that its machine isn't up, and why."""
    assert world.state(instance) == "running"
    assert status(world, instance) == "impaired"
    assert why in reason(world, instance)
    until(lambda: why in world.console(instance), "its console says so")
    assert why in world.stands(instance)["why"]


def ended(world: World, *instances: str) -> None:
    world.ec2.terminate_instances(InstanceIds=list(instances))
    world.settled()


def test_an_image_that_does_not_exist_is_refused_by_ec2(world: World) -> None:
    with pytest.raises(ClientError) as refused:
        world.launched(image="ami-00000000000000000")

    assert refused.value.response["Error"]["Code"] == "InvalidAMIID.NotFound"


def test_an_image_that_the_rehearsal_has_no_machine_for_is_named(world: World) -> None:
    name = "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20251001"
    found = world.ec2.describe_images(Owners=["099720109477"], Filters=[{"Name": "name", "Values": [name]}])

    instance = world.launched(image=found["Images"][0]["ImageId"])
    world.settled()

    says_why(world, instance, f"no machine image for {name}")
    until(lambda: "RANGE_HOST_IMAGE" in world.console(instance), "its console says so")
    ended(world, instance)


def test_a_taken_address_keeps_the_second_machine_off_until_the_first_is_gone(world: World) -> None:
    first = world.launched(PrivateIpAddress="10.1.0.30")
    world.settled()
    second = world.launched(PrivateIpAddress="10.1.0.30", SubnetId=world.network("10.1.0.0/16"))
    other = world.launched(PrivateIpAddress="10.1.0.31")
    world.settled()

    says_why(world, second, f"10.1.0.30 is taken by {first}")
    world.up(other)
    ended(world, first, other)
    world.up(second)
    assert status(world, second) == "ok"
    ended(world, second)


def test_a_disk_without_room_is_said_and_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    free: Any = shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1, 1, 2**20))
    instance = world.launched()
    world.settled()

    says_why(world, instance, "no disk space")

    monkeypatch.setattr(shutil, "disk_usage", free)
    world.up(instance)
    assert reason(world, instance) == ""
    ended(world, instance)


def test_a_machine_that_never_comes_up_is_said_with_its_console(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "BOOT_PATIENCE_S", 0.5)
    stuck = "#cloud-config\nusers: [{name: stuck, shell: /bin/sh}]\n"
    instance = world.up(world.launched(user_data=stuck))
    world.on(instance, "systemctl set-default rescue.target; sync")

    world.ec2.reboot_instances(InstanceIds=[instance])
    until(lambda: world.stands(instance)["state"] == "failed", "it is said that it doesn't come up")

    assert "did not come up within" in world.stands(instance)["why"]
    until(lambda: "Rescue Mode" in world.stands(instance)["console"], "its console is shown")
    assert status(world, instance) == "impaired"
    ended(world, instance)


def test_user_data_that_fails_is_said_and_the_machine_is_up(world: World) -> None:
    instance = world.launched(user_data="#!/bin/sh\necho about to fail\nexit 7\n")
    world.up(instance)
    until(lambda: "user data failed" in world.stands(instance)["why"], "it is said")

    until(lambda: "about to fail" in world.console(instance), "its console shows what the script said")
    until(lambda: "the script of the user data failed with exit code 7" in world.console(instance), "and how it ended")
    assert status(world, instance) == "ok"
    ended(world, instance)


def test_a_blank_volume_boots_nothing(world: World) -> None:
    instance = world.up(world.launched())
    volume = world.ec2.create_volume(AvailabilityZone="eu-west-2a", Size=8)["VolumeId"]
    world.ec2.describe_volumes(VolumeIds=[volume])

    world.ec2.create_replace_root_volume_task(InstanceId=instance, VolumeId=volume)
    until(lambda: world.stands(instance)["state"] == "failed", "it is said")

    says_why(world, instance, f"{volume} is blank")
    ended(world, instance)


def test_a_host_that_a_fault_kills_is_off_and_can_be_started_again(world: World) -> None:
    instance = world.up(world.launched())
    rule = {"kind": "kill", "call": "ec2.CreateTags", "target": "host", "times": 1}
    world.cloud.weather.change({"rules": [rule]})
    try:
        world.ec2.create_tags(Resources=[instance], Tags=[{"Key": "a", "Value": "b"}])
    finally:
        world.cloud.weather.change({"rules": []})

    until(lambda: world.state(instance) == "stopped", f"{instance} is off: {world.hosts.report()}")
    world.settled()
    world.ec2.start_instances(InstanceIds=[instance])
    world.up(instance)
    ended(world, instance)
