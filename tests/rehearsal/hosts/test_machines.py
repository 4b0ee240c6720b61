"""An instance is a machine: what calls do to the one happens to the other."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.hosts.conftest import World, until

CONFIG = """#cloud-config
users:
  - default
  - name: white
    groups: [adm]
    sudo: "ALL=(ALL) NOPASSWD:ALL"
    ssh_authorized_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPutThereByWhite white"]
write_files:
  - path: /etc/range/motto
    content: "they shall not pass\\n"
    permissions: "0640"
runcmd:
  - [sh, -c, "cat /etc/range/motto >> /srv/ran"]
"""


@pytest.fixture(scope="module")
def key(world: World) -> str:
    """The public half of the key pair that machines are launched with."""
    world.ec2.create_key_pair(KeyName="operator", KeyType="ed25519")
    pair = world.ec2.describe_key_pairs(KeyNames=["operator"], IncludePublicKey=True)["KeyPairs"][0]
    return str(pair["PublicKey"])


@pytest.fixture(scope="module")
def web(world: World, key: str) -> str:
    """A machine that is up."""
    return world.up(world.launched(KeyName="operator", user_data=CONFIG, PrivateIpAddress="10.1.0.20"))


def test_a_machine_is_what_was_launched(world: World, web: str, key: str) -> None:
    assert world.state(web) == "running"
    assert world.on(web, "ps -p 1 -o comm=") == "systemd"
    assert world.on(web, "hostname") == "ip-10-1-0-20"
    assert "10.1.0.20/32" in world.on(web, "ip -4 -oneline address show dev eth0")
    assert key.split()[1] in world.on(web, "cat ~admin/.ssh/authorized_keys")
    assert world.on(web, "stat -c '%U %a' ~admin/.ssh/authorized_keys") == "admin 600"
    assert world.on(web, "sudo -u admin sudo -n id -u") == "0"
    assert world.on(web, "ls /etc/ssh/ssh_host_*_key") == "/etc/ssh/ssh_host_ed25519_key"
    assert world.on(web, "cat /etc/resolv.conf").splitlines()[-1] == "nameserver 169.254.169.253"


def test_user_data_is_carried_out_once(world: World, web: str) -> None:
    until(lambda: world.on(web, "ls /run").find("range-finished") >= 0, "the user data is done")
    assert world.on(web, "cat /srv/ran; stat -c %a /etc/range/motto") == "they shall not pass\n640"
    assert "white" in world.on(web, "getent group adm")
    assert "PutThereByWhite" in world.on(web, "cat ~white/.ssh/authorized_keys")

    world.ec2.reboot_instances(InstanceIds=[web])
    world.settled()
    world.up(web)
    until(lambda: world.on(web, "ls /run").find("range-finished") >= 0, "the user data was looked at again")

    assert world.on(web, "cat /srv/ran") == "they shall not pass"


def test_the_console_shows_what_the_machine_wrote(world: World, web: str) -> None:
    until(lambda: "Debian GNU/Linux 13" in world.console(web), "its console shows it")
    assert "\x1b" not in world.console(web)


def test_checks_pass_of_a_machine_that_is_up(world: World, web: str) -> None:
    (status,) = world.ec2.describe_instance_status(InstanceIds=[web])["InstanceStatuses"]

    assert status["InstanceStatus"]["Status"] == "ok"


def test_a_stopped_machine_keeps_its_disk_and_nothing_else(world: World, web: str) -> None:
    world.on(web, "echo kept > /srv/kept; echo gone > /run/gone; sync")

    world.ec2.stop_instances(InstanceIds=[web])
    assert world.state(web) == "stopping"
    world.settled()
    assert (world.state(web), world.stands(web)["state"]) == ("stopped", "off")
    world.ec2.start_instances(InstanceIds=[web])
    world.up(web)

    assert world.on(web, "cat /srv/kept; ls /run/gone 2>/dev/null || echo no") == "kept\nno"
    assert "10.1.0.20/32" in world.on(web, "ip -4 -oneline address show dev eth0")


def told(world: World, instance: str, command: str) -> str | None:
    """Run a command on a machine that may be on its way down or up; give what it prints, or None."""
    words = ["podman", "exec", f"{world.hosts.name}-{instance}", "sh", "-c", command]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def test_a_machine_that_reboots_itself_comes_back_and_one_that_switches_itself_off_is_stopped(
    world: World, web: str
) -> None:
    began = "cut -d' ' -f22 /proc/1/stat"
    first = told(world, web, began)
    told(world, web, "systemctl reboot")
    until(lambda: told(world, web, began) not in (None, first), "it has booted again")
    world.up(web)
    assert world.state(web) == "running"

    told(world, web, "systemctl poweroff")
    until(lambda: world.state(web) == "stopped", "the instance is stopped")
    world.ec2.start_instances(InstanceIds=[web])
    world.up(web)


def replaced(world: World, instance: str, **source: Any) -> None:
    """Replace a root volume and wait until EC2 says that it is done."""
    task = world.ec2.create_replace_root_volume_task(InstanceId=instance, DeleteReplacedRootVolume=True, **source)
    ids = [task["ReplaceRootVolumeTask"]["ReplaceRootVolumeTaskId"]]

    def over() -> bool:
        (seen,) = world.ec2.describe_replace_root_volume_tasks(ReplaceRootVolumeTaskIds=ids)["ReplaceRootVolumeTasks"]
        return str(seen["TaskState"]) == "succeeded"

    until(over, "the root volume is replaced")
    world.up(instance)


def test_a_root_volume_made_of_a_snapshot_is_what_the_machine_boots_from(world: World, web: str) -> None:
    world.on(web, "echo golden > /etc/golden; rm /etc/motd; sync")
    snapshot = world.ec2.create_snapshot(VolumeId=world.root(web))["SnapshotId"]
    until(
        lambda: world.ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"] == "completed",
        "the snapshot is complete",
    )
    world.on(web, "echo dirty > /etc/golden; touch /srv/malware")
    volume = world.ec2.create_volume(AvailabilityZone="eu-west-2a", SnapshotId=snapshot)["VolumeId"]
    world.ec2.describe_volumes(VolumeIds=[volume])

    replaced(world, web, SnapshotId=snapshot)
    assert world.on(web, "cat /etc/golden; ls /srv/malware 2>/dev/null || echo clean") == "golden\nclean"

    world.on(web, "echo dirty > /etc/golden; touch /srv/malware")
    replaced(world, web, VolumeId=volume)

    assert world.root(web) == volume
    assert world.on(web, "cat /etc/golden; ls /srv/malware /etc/motd 2>/dev/null || echo clean") == "golden\nclean"
    assert world.on(web, "cat /srv/ran") == "they shall not pass", "a disk of its own doesn't have it booted anew"


def test_without_a_source_the_machine_is_as_it_was_launched(world: World, web: str) -> None:
    replaced(world, web)

    assert world.on(web, "ls /etc/golden 2>/dev/null || echo none") == "none"


def test_an_image_of_a_machine_makes_more_of_it(world: World, web: str) -> None:
    world.on(web, "echo many > /etc/copies")
    image = world.ec2.create_image(InstanceId=web, Name="web")["ImageId"]
    until(
        lambda: world.ec2.describe_images(ImageIds=[image])["Images"][0]["State"] == "available", "the image is there"
    )

    copy = world.up(world.launched(image=image))

    assert world.on(copy, "cat /etc/copies") == "many"
    assert world.on(copy, "cat /etc/ssh/ssh_host_ed25519_key.pub") != world.on(
        world.up(web), "cat /etc/ssh/ssh_host_ed25519_key.pub"
    )
    world.ec2.terminate_instances(InstanceIds=[copy])
    world.settled()

    world.on(web, "echo other > /etc/copies")
    replaced(world, web, ImageId=image)
    assert world.on(web, "cat /etc/copies") == "many"


def test_a_terminated_machine_leaves_nothing(world: World) -> None:
    instance = world.launched()
    world.settled()
    volume = world.root(instance)

    world.ec2.terminate_instances(InstanceIds=[instance])
    world.settled()

    assert world.state(instance) == "terminated"
    assert instance not in world.hosts.report()
    until(lambda: not (world.folder / "hosts" / "volumes" / volume).exists(), "its disk is gone")
    assert not Path(f"/run/netns/{world.hosts.name}-{instance}").exists()
    assert volume not in Path("/proc/self/mountinfo").read_text()
