"""Rehearsals with hosts as processes: killed, started again, stopped, and two of them side by side."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from range.rehearsal import process
from range.rehearsal.administration import accounts, hosts
from range.rehearsal.network.namespaces import name_of
from range.rehearsal.record import Rehearsal
from tests.rehearsal.conftest import HUB, MANAGEMENT, REGION
from tests.rehearsal.hosts.conftest import IMAGE_NAME, PUBLISHER, until


class Place:
    """A folder with a rehearsal of its own, spoken to over HTTP."""

    def __init__(self, home: Path) -> None:
        """Name the folder."""
        self.home = home
        self.name = name_of(home / "rehearsal")

    def start(self) -> Rehearsal:
        """Start it, with hosts."""
        self.running = process.start(self.home, hosts=True)
        operator = accounts(self.running, MANAGEMENT, {"hub": HUB})
        import boto3

        session = boto3.Session(operator.access_key, operator.secret, region_name=REGION)
        self.ec2: Any = session.client("ec2", endpoint_url=self.running.endpoint)
        return self.running

    def launched(self) -> str:
        """Launch an instance at 10.1.0.20, in a VPC of its own."""
        vpc = self.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
        images = self.ec2.describe_images(Owners=[PUBLISHER], Filters=[{"Name": "name", "Values": [IMAGE_NAME]}])
        asked = {"SubnetId": subnet, "PrivateIpAddress": "10.1.0.20", "MinCount": 1, "MaxCount": 1}
        made = self.ec2.run_instances(ImageId=images["Images"][0]["ImageId"], InstanceType="t3.micro", **asked)
        return str(made["Instances"][0]["InstanceId"])

    def up(self, instance: str) -> None:
        """Wait until a machine is up."""

        def stands() -> bool:
            return (hosts(self.running) or {}).get(instance, {}).get("state") == "up"

        until(stands, f"{instance} is up: {hosts(self.running)}")

    def containers(self) -> dict[str, int]:
        """Give the containers of this folder, with their first processes."""
        listed = subprocess.run(
            ["podman", "ps", "--all", f"--filter=name={self.name}", "--format=json"],
            capture_output=True,
            text=True,
            check=True,
        )
        return {each["Names"][0]: each["Pid"] for each in json.loads(listed.stdout or "[]")}

    def on(self, instance: str, script: str) -> str:
        """Run a script on a machine; give what it prints."""
        command = ["podman", "exec", f"{self.name}-{instance}", "sh", "-c", script]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def left(self) -> list[str]:
        """Name what there is of it on this machine, but for files."""
        processes = [
            f"{each.name} {_command(each)}"
            for each in Path("/proc").iterdir()
            if each.name.isdecimal() and str(self.home) in _command(each).replace("\0", " ")
        ]
        mounts = [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(self.home) in line]
        namespaces = [each.name for each in Path("/run/netns").glob(f"{self.name}*")]
        return [*processes, *mounts, *namespaces, *self.containers()]


def _command(process_folder: Path) -> str:
    """Give what a process was started as; empty if it is gone."""
    try:
        return (process_folder / "cmdline").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


@pytest.fixture(scope="module")
def places(means: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Place]]:
    """Two folders; whatever runs in them is stopped in the end."""
    here, there = (Place(tmp_path_factory.mktemp(name)) for name in ("here", "there"))
    yield here, there
    for place in (here, there):
        process.stop(place.home)


@pytest.fixture(scope="module")
def own_network() -> str:
    """What this machine's own network was before any of it."""
    return machine_network()


def machine_network() -> str:
    """Describe the machine's own interfaces, addresses, routes, rules, firewall and settings."""
    commands = (
        ("ip", "-oneline", "link"),
        ("ip", "-oneline", "address"),
        ("ip", "route", "show", "table", "all"),
        ("ip", "rule"),
        ("nft", "list", "ruleset"),
    )
    told = [subprocess.run(each, capture_output=True, text=True, check=True).stdout for each in commands]
    files = sorted(each for each in Path("/proc/sys/net").rglob("*") if each.is_file() and "count" not in each.name)
    told += [f"{each} {_setting(each)}" for each in (*files, Path("/proc/sys/fs/inotify/max_user_instances"))]
    return "\n".join(told)


def _setting(file: Path) -> str:
    """Read a setting of the kernel; some can only be written."""
    with contextlib.suppress(OSError):
        return file.read_text().strip()
    return "unread"


def test_two_rehearsals_have_the_same_addresses_side_by_side(own_network: str, places: tuple[Place, Place]) -> None:
    instances = []
    for place in places:
        place.start()
        instances.append(place.launched())
    for place, instance in zip(places, instances, strict=True):
        place.up(instance)

        assert "10.1.0.20/32" in place.on(instance, "ip -4 -oneline address show dev eth0")
        place.on(instance, f"echo {place.name} > /srv/whose; sync")


def test_after_a_kill_the_next_start_finds_its_machines_again(places: tuple[Place, Place]) -> None:
    here, _ = places
    (before,) = here.containers().items()
    instance = before[0].removeprefix(f"{here.name}-")
    os.kill(here.running.pid, signal.SIGKILL)
    until(lambda: not here.running.is_alive, "it is dead")
    assert dict([before]) == here.containers(), "a machine doesn't need the rehearsal to run on"

    here.start()
    here.up(instance)

    assert dict([before]) == here.containers()
    assert here.on(instance, "cat /srv/whose") == here.name


def test_a_stop_after_a_kill_leaves_nothing(places: tuple[Place, Place]) -> None:
    here, _ = places
    os.kill(here.running.pid, signal.SIGKILL)
    until(lambda: not here.running.is_alive, "it is dead")
    assert here.left()

    assert not process.stop(here.home), "nothing ran that could be told to stop"

    assert here.left() == []


def test_the_next_start_brings_machines_back_with_what_was_on_their_disks(places: tuple[Place, Place]) -> None:
    here, _ = places
    here.start()
    (instance,) = until(lambda: hosts(here.running), "it knows its machine")
    here.up(instance)

    assert here.on(instance, "cat /srv/whose") == here.name


def test_a_stop_leaves_nothing_and_the_other_alone(own_network: str, places: tuple[Place, Place]) -> None:
    here, there = places

    assert process.stop(here.home)

    assert here.left() == []
    assert there.containers()
    assert process.stop(there.home)
    assert there.left() == []
    assert machine_network() == own_network
