"""A rehearsal with hosts, shared by the tests of a file; without Podman or root they are skipped, with the reason."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from range.rehearsal.door import Cloud
from range.rehearsal.hosts.hosts import Hosts
from range.rehearsal.hosts.images import image
from range.rehearsal.hosts.means import lacking
from tests.rehearsal.conftest import Exercise

PUBLISHER, IMAGE_NAME = "136693071363", "debian-13-amd64-20251117-2299"
PATIENCE_S = 300.0
"""Nothing is measured here: on a busy machine, hosts take their time."""
TIMEOUT_S = 900


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests with hosts time for their image to be made, which is done once per user."""
    for item in items:
        if "means" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


def until(holds: Callable[[], Any], what: str, patience_s: float = PATIENCE_S) -> Any:
    """Wait until something holds, and give what it gave."""
    deadline = time.monotonic() + patience_s
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not within {patience_s:.0f} s: {what}"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="session")
def means() -> None:
    """What hosts need; tests that ask for them are skipped where something is missing."""
    lacks = lacking()
    if lacks:
        pytest.skip("; ".join(lack.why for lack in lacks))
    image()


class World:
    """A rehearsal with hosts in this process, and an ally's network in it."""

    def __init__(self, folder: Path) -> None:
        """Open the cloud, and let instances be machines."""
        self.folder = folder
        self.cloud = Cloud(folder)
        self.exercise = Exercise(self.cloud)
        self.hosts = Hosts(self.cloud, folder)
        self.ec2 = self.exercise.client("ec2")
        found = self.ec2.describe_images(Owners=[PUBLISHER], Filters=[{"Name": "name", "Values": [IMAGE_NAME]}])
        self.image = str(found["Images"][0]["ImageId"])
        self.subnet = self.network("10.1.0.0/16")

    def network(self, block: str) -> str:
        """Make a VPC and a subnet that fills it; give the subnet."""
        vpc = self.ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock=block.replace("/16", "/24"), AvailabilityZone="eu-west-2a")
        return str(subnet["Subnet"]["SubnetId"])

    def launched(self, *, user_data: str = "", image: str | None = None, **asked: Any) -> str:
        """Launch an instance; give its id at once."""
        asked = {"SubnetId": self.subnet, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, **asked}
        made = self.ec2.run_instances(ImageId=image or self.image, UserData=user_data, **asked)
        return str(made["Instances"][0]["InstanceId"])

    def up(self, instance: str) -> str:
        """Wait until an instance's machine is up; give the instance."""
        until(lambda: self.stands(instance)["state"] == "up", f"{instance} is up: {self.hosts.report()}")
        return instance

    def stands(self, instance: str) -> dict[str, str]:
        """Tell how a machine stands."""
        return self.hosts.report().get(instance, {"state": "none", "why": ""})

    def state(self, instance: str) -> str:
        """Give the state of an instance, as a look shows it."""
        found = self.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
        return str(found["State"]["Name"])

    def root(self, instance: str) -> str:
        """Give the root volume of an instance."""
        found = self.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
        return str(found["BlockDeviceMappings"][0]["Ebs"]["VolumeId"])

    def settled(self) -> None:
        """Wait until all that was asked for is carried out, or has failed."""
        assert self.hosts.await_settled(PATIENCE_S), self.hosts.report()

    def on(self, instance: str, script: str) -> str:
        """Run a script on a machine, as root; give what it prints."""
        name = f"{self.hosts.name}-{instance}"
        done = subprocess.run(["podman", "exec", name, "sh", "-c", script], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def console(self, instance: str) -> str:
        """Give the console of an instance, as EC2 does."""
        return str(self.ec2.get_console_output(InstanceId=instance)["Output"])

    def close(self) -> None:
        """Stop it all."""
        self.hosts.close()
        self.cloud.close()
        self.hosts.clean()


@pytest.fixture(scope="module")
def world(means: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The rehearsal of a file of tests."""
    world = World(tmp_path_factory.mktemp("world"))
    yield world
    world.close()
