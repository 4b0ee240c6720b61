"""Instances, volumes and snapshots on their way."""

from __future__ import annotations

from moto.ec2.models.instances import InstanceState

from range.rehearsal.states.networks import ec2_of
from range.rehearsal.states.passing import Passing
from range.rehearsal.states.rows import Row

_INTERFACES, _VOLUMES = "ec2.DescribeNetworkInterfaces", "ec2.DescribeVolumes"
CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
"""Source: botocore's model of EC2 2016-11-15, InstanceState, read 2026-11-22."""
_FURTHER = {"modifying": "optimizing", "optimizing": "completed"}
_BECOMES = {"pending": "running", "stopping": "stopped"}


def state(name: str) -> InstanceState:
    """Give a state of instances."""
    return InstanceState(name, CODES[name])


def _instance(thing: Passing) -> None:
    """Let an instance run, stop, or end with all that goes with it; a terminated one stays visible."""
    instance = next(each for each in ec2_of(thing).all_instances() if each.id == thing.id)
    if instance.state == "shutting-down":
        instance.end()
    else:
        instance._state = state(_BECOMES[instance.state])


def _volume(thing: Passing) -> None:
    """Let a volume become available, or go."""
    ec2 = ec2_of(thing)
    if ec2.volumes[thing.id].leaving:
        ec2.delete_volume(thing.id)
    else:
        ec2.volumes[thing.id].arriving = False


def _modification(thing: Passing) -> str | None:
    """Take the change of a volume one step on."""
    modification = ec2_of(thing).volumes[thing.id].modifications[-1]
    modification.modification_state = _FURTHER[modification.modification_state]
    return "optimizing" if modification.modification_state == "optimizing" else None


def _image(thing: Passing) -> None:
    """Let an image become available."""
    ec2_of(thing).amis[thing.id].state = "available"


def _snapshot(thing: Passing) -> None:
    """Let a snapshot be complete."""
    ec2_of(thing).snapshots[thing.id].status = "completed"


def _task(thing: Passing) -> str | None:
    """Take the replacement of a root volume one step on."""
    from range.rehearsal.areas.root_volumes import advance

    return advance(thing)


ROWS = (
    Row(
        "instance",
        "pending, running; stopping, stopped; shutting-down, terminated (and visible)",
        {
            "ec2.DescribeInstances": "InstanceIds",
            "ec2.DescribeInstanceStatus": "InstanceIds",
            _INTERFACES: "",
            _VOLUMES: "",
        },
        _instance,
    ),
    Row(
        "volume",
        "creating, available, in-use; deleting, gone",
        {_VOLUMES: "VolumeIds", "ec2.DescribeVolumeStatus": "VolumeIds"},
        _volume,
    ),
    Row(
        "volume-modification",
        "modifying, optimizing, completed",
        {"ec2.DescribeVolumesModifications": "VolumeIds", _VOLUMES: "VolumeIds"},
        _modification,
    ),
    Row("snapshot", "pending, completed", {"ec2.DescribeSnapshots": "SnapshotIds"}, _snapshot),
    Row("image", "pending, available", {"ec2.DescribeImages": "ImageIds"}, _image),
    Row(
        "replace-root-volume-task",
        "pending, in-progress, succeeded (or failed, where the instance ended meanwhile)",
        {"ec2.DescribeReplaceRootVolumeTasks": "ReplaceRootVolumeTaskIds"},
        _task,
    ),
)
