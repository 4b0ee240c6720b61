"""The disks that a reset puts in place, on the rehearsal's EC2: killed anywhere, typed again, nothing is left over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from range.cloud.resources.kinds import EVIDENCE
from range.cloud.sessions import Account
from range.reset.volumes import keep_evidence, replace

TAGS = {"range:stack": "x.est", "range:ally": "est"}
NAMED = [{"Key": key, "Value": value} for key, value in {**TAGS, "Name": "x-est-web-1"}.items()]
BEGAN = datetime(2026, 11, 29, 8, 44, 34, tzinfo=UTC)


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it is done."""


class Client:
    """An account's EC2, which is killed after so many changes."""

    def __init__(self, ec2: Any, dies_after: int | None = None) -> None:
        self._ec2, self.left = ec2, dies_after
        self.changes: list[str] = []

    def call(self, service: str, operation: str, **asked: Any) -> Any:
        answer = getattr(self._ec2, operation)(**asked)
        if not operation.startswith("describe"):
            self.changes.append(operation)
            if len(self.changes) == self.left:
                raise Killed
        return answer

    def pages(self, service: str, operation: str, **asked: Any) -> list[Any]:
        return [getattr(self._ec2, operation)(**asked)]

    @property
    def account(self) -> Account:
        return cast(Account, self)


@pytest.fixture
def host(ec2: Any, image: str, subnet: str) -> str:
    """A host as the plan makes it: its root volume bears its name."""
    asked = {"ImageId": image, "MinCount": 1, "MaxCount": 1, "SubnetId": subnet}
    tagged = [{"ResourceType": "volume", "Tags": NAMED}]
    return str(ec2.run_instances(**asked, TagSpecifications=tagged)["Instances"][0]["InstanceId"])


@pytest.fixture
def golden(ec2: Any, host: str) -> str:
    """The snapshot to go back to."""
    return str(ec2.create_snapshot(VolumeId=root(ec2, host))["SnapshotId"])


def root(ec2: Any, host: str) -> str:
    (found,) = ec2.describe_instances(InstanceIds=[host])["Reservations"][0]["Instances"][0]["BlockDeviceMappings"]
    return str(found["Ebs"]["VolumeId"])


def volumes(ec2: Any) -> dict[str, str]:
    return {each["VolumeId"]: each["State"] for each in ec2.describe_volumes()["Volumes"]}


@pytest.mark.parametrize("dies_after", [1, 2])
def test_a_replacement_that_was_killed_leaves_no_volume_once_it_was_done_again(
    ec2: Any, host: str, golden: str, dies_after: int
) -> None:
    first = root(ec2, host)
    with pytest.raises(Killed):
        replace(Client(ec2, dies_after).account, {"web-1": host}, {"web-1": golden})
    assert len(volumes(ec2)) == 2

    assert replace(Client(ec2).account, {"web-1": host}, {"web-1": golden}) == ("web-1",)

    assert root(ec2, host) != first
    assert volumes(ec2) == {root(ec2, host): "in-use"}


def test_volumes_of_other_hosts_and_of_others_are_left_alone(ec2: Any, host: str, golden: str) -> None:
    others = [
        ec2.create_volume(
            AvailabilityZone="eu-west-2a", Size=1, TagSpecifications=[{"ResourceType": "volume", "Tags": tags}]
        )["VolumeId"]
        for tags in (
            [{"Key": "range:stack", "Value": "x.est"}, {"Key": "Name", "Value": "x-est-web-2"}],
            [{"Key": "Name", "Value": "x-est-web-1"}],
        )
    ]

    replace(Client(ec2).account, {"web-1": host}, {"web-1": golden})

    assert volumes(ec2).keys() == {root(ec2, host), *others}


def test_evidence_is_kept_once_and_of_the_disk_that_players_had(ec2: Any, host: str, golden: str) -> None:
    played = root(ec2, host)
    with pytest.raises(Killed):
        keep_evidence(Client(ec2, 1).account, {"web-1": host}, TAGS, BEGAN)
    replace(Client(ec2).account, {"web-1": host}, {"web-1": golden})

    (kept,) = keep_evidence(Client(ec2).account, {"web-1": host}, TAGS, BEGAN)
    (later,) = keep_evidence(Client(ec2).account, {"web-1": host}, TAGS, BEGAN.replace(hour=9))

    found = ec2.describe_snapshots(OwnerIds=["self"], Filters=[{"Name": "tag-key", "Values": [EVIDENCE]}])["Snapshots"]
    of_volume = {f"web-1: {each['SnapshotId']}": each["VolumeId"] for each in found}
    assert of_volume == {kept: played, later: root(ec2, host)}
