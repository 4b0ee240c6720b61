"""Root volumes: a golden snapshot of each host as it was configured, and a replacement made from it, in place."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from range.cloud.resources.kinds import EVIDENCE
from range.cloud.sessions import Account
from range.errors import CloudError

GOLDEN = "range:golden"
"""The tag of a golden snapshot: the host that it is of."""
PATIENCE_S = 1800.0
"""How long AWS may take for a snapshot, a volume or a replacement."""
_UNDER_WAY = ("pending", "in-progress", "failing")
_NAMING = frozenset({"Name", "range:stack"})
"""The tags by which a host's root volume is told from any other."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 15.0
_AT_ONCE = 8


def keep_goldens(account: Account, hosts: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, str]:
    """Snapshot the root volume of every host; snapshots that were kept before are deleted. Gives them by host."""
    before = goldens(account, tags)
    made = {
        name: _snapshot(account, instance, f"{name} as it was configured", _named(tags, name, "golden", GOLDEN))
        for name, instance in hosts.items()
    }
    for identifier in before:
        if identifier not in made.values():
            account.call("ec2", "delete_snapshot", SnapshotId=identifier)
    return made


def keep_evidence(
    account: Account, hosts: Mapping[str, str], tags: Mapping[str, str], began: datetime
) -> tuple[str, ...]:
    """Snapshot the disks of hosts as they are, before they go; gives what was kept, host by host.

    `began` is when the reset began: what it kept before it was killed is kept once, and of the disk that players had.
    """
    kept = []
    for host, instance in sorted(hosts.items()):
        described = f"{host} before the reset of {began:%Y-%m-%d %H:%M:%S} UTC"
        identifier = _described_so(account, described) or _snapshot(
            account, instance, described, _named(tags, host, "evidence", EVIDENCE)
        )
        kept.append(f"{host}: {identifier}")
    return tuple(kept)


def _described_so(account: Account, description: str) -> str | None:
    """Find evidence by its description; None where there is none yet."""
    filters = [{"Name": "description", "Values": [description]}, {"Name": "tag-key", "Values": [EVIDENCE]}]
    pages = account.pages("ec2", "describe_snapshots", OwnerIds=["self"], Filters=filters)
    return next((str(each["SnapshotId"]) for page in pages for each in page["Snapshots"]), None)


def goldens(account: Account, tags: Mapping[str, str]) -> tuple[str, ...]:
    """List the golden snapshots that a stack keeps."""
    filters = [
        {"Name": "tag-key", "Values": [GOLDEN]},
        {"Name": "tag:range:stack", "Values": [tags["range:stack"]]},
    ]
    pages = account.pages("ec2", "describe_snapshots", OwnerIds=["self"], Filters=filters)
    return tuple(each["SnapshotId"] for page in pages for each in page["Snapshots"])


def _named(tags: Mapping[str, str], host: str, what: str, key: str) -> dict[str, str]:
    """Give the tags of a snapshot of a host: a stack's, its name, and what tells what it is."""
    return {**tags, "Name": f"{tags['range:stack'].replace('.', '-')}-{host}-{what}", key: host}


def _snapshot(account: Account, instance: str, description: str, tags: Mapping[str, str]) -> str:
    answer = account.call(
        "ec2",
        "create_snapshot",
        VolumeId=_root(_instance(account, instance)),
        Description=description,
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": _tags(tags)}],
    )
    return str(answer["SnapshotId"])


def replace(account: Account, instances: Mapping[str, str], snapshots: Mapping[str, str]) -> tuple[str, ...]:
    """Give hosts the disk that they had, in place; address, interface and role stay. Gives the hosts, in order.

    `instances` and `snapshots` are ids by host. A host that was stopped is started; what is under way is waited for.

    Raises:
        CloudError: AWS refused, or it took longer than it may.
    """

    def one(host: str) -> str:
        _replace(account, instances[host], snapshots[host])
        return host

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="volume") as pool:
        return tuple(pool.map(one, sorted(instances)))


def _replace(account: Account, instance: str, snapshot: str) -> None:
    _until(lambda: not _is_replaced(account, instance), f"an earlier replacement of {instance}'s root volume is over")
    found = _running(account, instance)
    _until(lambda: _state(account, "snapshots", "SnapshotIds", snapshot, "State") == "completed", f"{snapshot} is kept")
    old = account.call("ec2", "describe_volumes", VolumeIds=[_root(found)])["Volumes"][0]
    _clear(account, old)
    volume = _volume(account, old, snapshot)
    _wait_for_volume(account, volume)
    task = account.call(
        "ec2",
        "create_replace_root_volume_task",
        InstanceId=instance,
        VolumeId=volume,
        DeleteReplacedRootVolume=True,
    )["ReplaceRootVolumeTask"]["ReplaceRootVolumeTaskId"]
    _until(lambda: _ended(account, task), f"the root volume of {instance} is replaced")


def _is_replaced(account: Account, instance: str) -> bool:
    """Say whether a root volume is being replaced: by a command that was killed meanwhile."""
    filters = [{"Name": "instance-id", "Values": [instance]}]
    pages = account.pages("ec2", "describe_replace_root_volume_tasks", Filters=filters)
    return any(task["TaskState"] in _UNDER_WAY for page in pages for task in page["ReplaceRootVolumeTasks"])


def _clear(account: Account, old: Mapping[str, Any]) -> None:
    """Delete what a command that was killed made to take a volume's place; players may have written to it since."""
    tags = {each["Key"]: each["Value"] for each in old.get("Tags", [])}
    if not tags.keys() >= _NAMING:
        return
    filters = [
        {"Name": "status", "Values": ["creating", "available"]},
        *({"Name": f"tag:{key}", "Values": [tags[key]]} for key in sorted(_NAMING)),
    ]
    for page in account.pages("ec2", "describe_volumes", Filters=filters):
        for each in page["Volumes"]:
            _wait_for_volume(account, each["VolumeId"])
            account.call("ec2", "delete_volume", VolumeId=each["VolumeId"])


def _wait_for_volume(account: Account, volume: str) -> None:
    _until(lambda: _state(account, "volumes", "VolumeIds", volume, "State") == "available", f"{volume} is made")


def _volume(account: Account, old: Mapping[str, Any], snapshot: str) -> str:
    """Make the volume that takes the place of another: as large, as fast, as secret, and tagged as it was declared."""
    wanted: dict[str, Any] = {
        "AvailabilityZone": old["AvailabilityZone"],
        "SnapshotId": snapshot,
        "Size": old["Size"],
        "VolumeType": old["VolumeType"],
        "Encrypted": True,
        "KmsKeyId": old.get("KmsKeyId"),
        "Iops": old.get("Iops") if old["VolumeType"] in ("gp3", "io1", "io2") else None,
        "Throughput": old.get("Throughput") if old["VolumeType"] == "gp3" else None,
        "TagSpecifications": [{"ResourceType": "volume", "Tags": old.get("Tags", [])}] if old.get("Tags") else None,
    }
    answer = account.call("ec2", "create_volume", **{key: value for key, value in wanted.items() if value})
    return str(answer["VolumeId"])


def _ended(account: Account, task: str) -> bool:
    answer = account.call("ec2", "describe_replace_root_volume_tasks", ReplaceRootVolumeTaskIds=[task])
    state = str(answer["ReplaceRootVolumeTasks"][0]["TaskState"])
    if state in ("failed", "failed-detached"):
        raise CloudError(f"replacing a root volume {state}: {task}", code="ReplaceRootVolumeFailed")
    return state == "succeeded"


def _running(account: Account, instance: str) -> Mapping[str, Any]:
    """Give an instance once it runs; one that was stopped is started."""

    def runs() -> bool:
        state = str(_instance(account, instance)["State"]["Name"])
        if state == "stopped":
            account.call("ec2", "start_instances", InstanceIds=[instance])
        return state == "running"

    _until(runs, f"{instance} runs")
    return _instance(account, instance)


def _instance(account: Account, instance: str) -> Mapping[str, Any]:
    found = account.call("ec2", "describe_instances", InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    return dict(found)


def _root(instance: Mapping[str, Any]) -> str:
    """Name the root volume of an instance."""
    mapping = {each["DeviceName"]: each["Ebs"]["VolumeId"] for each in instance["BlockDeviceMappings"]}
    return str(mapping[instance["RootDeviceName"]])


def _state(account: Account, listed: str, parameter: str, identifier: str, key: str) -> str:
    parameters: dict[str, Any] = {parameter: [identifier]}
    answer = account.call("ec2", f"describe_{listed}", **parameters)
    return str(answer[listed.capitalize()][0][key])


def _tags(tags: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds, with growing pauses.

    Raises:
        CloudError: it took longer than it may.
    """
    until, wait_s = time.monotonic() + PATIENCE_S, _FIRST_WAIT_S
    while not holds():
        if time.monotonic() > until:
            raise CloudError(f"after {PATIENCE_S:.0f} s it still isn't so that {what}", code="TookTooLong")
        time.sleep(wait_s)
        wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
