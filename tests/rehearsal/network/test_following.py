"""A change that is made with boto3 is felt by packets, without anybody asking for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from range.rehearsal.network.network import Network
from range.rehearsal.network.opening import open_network
from range.rehearsal.network.wires import Interface
from tests.rehearsal.conftest import Exercise
from tests.rehearsal.network.bare import Bare, needs_namespaces
from tests.rehearsal.network.probing import Host, Probe, come_through

pytestmark = needs_namespaces


@pytest.fixture
def network(exercise: Exercise, tmp_path: Path) -> Iterator[Network]:
    """A network that follows the cloud."""
    opened = open_network(exercise.cloud, tmp_path)
    yield opened
    exercise.cloud.close()
    opened.close()


def test_a_change_is_felt_and_so_is_its_undoing(
    network: Network, exercise: Exercise, ec2: Any, subnet: str, image: str, bare: Bare, client: Callable[..., Any]
) -> None:
    run = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=2, MaxCount=2, SubnetId=subnet)
    hosts = {}
    for number, instance in enumerate(run["Instances"]):
        nic = instance["NetworkInterfaces"][0]
        wire = Interface(nic["NetworkInterfaceId"], 0, _address(nic), f"02:00:00:00:05:0{number}")
        network.attach(bare(str(number)), instance["InstanceId"], wire)
        hosts[str(number)] = Host(bare(str(number)), nic["PrivateIpAddress"])
    probe = Probe("0", "1", "tcp", 22)
    vpc = run["Instances"][0]["VpcId"]
    (group,) = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    follower = exercise.cloud._followers[0]

    assert probe in come_through(hosts, [probe], [probe])
    ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    assert follower.await_done()
    assert come_through(hosts, [probe], []) == {}
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    assert probe in come_through(hosts, [probe], [probe])


def _address(nic: dict[str, Any]) -> Any:
    """Give the address of an interface."""
    from ipaddress import IPv4Address

    return IPv4Address(nic["PrivateIpAddress"])
