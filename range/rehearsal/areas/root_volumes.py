"""Replacing the root volume of a running instance: what it is, where it is and what it may do stay; the disk is another.

Source: Amazon EC2 User Guide, "Replace the root volume for an Amazon EC2 instance without stopping it", and botocore 1.44.5,
EC2 2016-11-15, CreateReplaceRootVolumeTask (read 2026-11-22); the codes of the refusals are from memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.ec2.models import ec2_backends

from range.rehearsal.areas.ec2_records import records, tag, tags_of
from range.rehearsal.areas.filters import matching, page, tag_facts
from range.rehearsal.areas.shelves import new_id, shelf, shelves_backends
from range.rehearsal.call import Call, Shape
from range.rehearsal.keeping.reach import touch
from range.rehearsal.refusals import Refusal
from range.rehearsal.states.passing import Passing, enter

KIND = "replace-root-volume-task"
_SHELF = "replace-root-volume-tasks"
_ROOTS = "earlier-root-volumes"
_REPLACED = "earlier"
"""Where a task in progress keeps the volume that it has replaced."""
_UNDER_WAY = ("pending", "in-progress")
_SOURCES = ("SnapshotId", "ImageId", "VolumeId")


def create(call: Call) -> Shape:
    """Begin to replace the root volume of an instance: from a snapshot of it, an image, a volume, or as it was launched."""
    params = call.params
    instance = _instance(call)
    if sum(bool(params.get(source)) for source in _SOURCES) > 1:
        raise Refusal("InvalidParameterCombination", f"Give only one of {', '.join(_SOURCES)}.")
    _check_source(call, instance)
    task_id = new_id("replacevol")
    made = {
        "ReplaceRootVolumeTaskId": task_id,
        "InstanceId": instance.id,
        "TaskState": "pending",
        "StartTime": _now(),
        "DeleteReplacedRootVolume": bool(params.get("DeleteReplacedRootVolume")),
        **{source: params[source] for source in _SOURCES if params.get(source)},
    }
    shelf(call, _SHELF)[task_id] = made
    enter(KIND, "pending", task_id, records(call))
    tag(call, task_id, params.get("TagSpecifications", []), KIND)
    return {"ReplaceRootVolumeTask": {**made, "Tags": tags_of(call, task_id)}}


def _instance(call: Call) -> Any:
    """Find an instance whose root volume can be replaced."""
    named = call.params["InstanceId"]
    if not named.startswith("i-"):
        raise Refusal("InvalidInstanceID.Malformed", f'Invalid id: "{named}" (expecting "i-...")')
    instance = next((each for each in records(call).all_instances() if each.id == named), None)
    if instance is None:
        raise Refusal("InvalidInstanceID.NotFound", f"The instance ID '{named}' does not exist")
    if instance.state != "running":
        raise Refusal("IncorrectInstanceState", f"The instance '{named}' is not in the 'running' state.")
    if instance.root_device_type != "ebs":
        raise Refusal("UnsupportedOperation", f"The root device of '{named}' is an instance store volume.")
    if ".metal" in instance.instance_type and not instance.instance_type.startswith("mac"):
        raise Refusal("UnsupportedOperation", f"{instance.instance_type} is bare metal.")
    tasks = (each for each in shelf(call, _SHELF).values() if each["InstanceId"] == named)
    if any(each["TaskState"] in _UNDER_WAY for each in tasks):
        raise Refusal("IncorrectState", f"The root volume of '{named}' is being replaced by another task.")
    return instance


def _check_source(call: Call, instance: Any) -> None:
    """Refuse a snapshot, an image or a volume that can't become the root volume of an instance."""
    ec2, params = records(call), call.params
    root = ec2.volumes[instance.block_device_mapping[instance.root_device_name].volume_id]
    if params.get("SnapshotId"):
        _check_snapshot(call, instance, root)
    if params.get("ImageId"):
        _check_image(call, instance, root)
    if params.get("VolumeId"):
        volume = ec2.get_volume(params["VolumeId"])
        if volume.status != "available":
            raise Refusal("IncorrectState", f"The volume '{volume.id}' is not 'available'.")
        if volume.zone.name != instance.availability_zone:
            message = f"The volume '{volume.id}' is not in the same availability zone as instance '{instance.id}'"
            raise Refusal("InvalidVolume.ZoneMismatch", message)
        if root.encrypted and not volume.encrypted:
            raise Refusal(
                "InvalidParameterValue", f"The volume '{volume.id}' must be encrypted, as the root volume is."
            )


def _check_snapshot(call: Call, instance: Any, root: Any) -> None:
    """Refuse a snapshot that wasn't taken from a root volume of the instance itself."""
    named = call.params["SnapshotId"]
    snapshot = records(call).snapshots.get(named)
    if snapshot is None:
        raise Refusal("InvalidSnapshot.NotFound", f"The snapshot '{named}' does not exist.")
    roots = {root.id, *shelf(call, _ROOTS).get(instance.id, ())}
    if snapshot.volume.id not in roots or getattr(snapshot, "copied", False):
        message = f"The snapshot '{named}' was not taken from a root volume of the instance '{instance.id}'."
        raise Refusal("InvalidParameterValue", message)


def _check_image(call: Call, instance: Any, root: Any) -> None:
    """Refuse an image of another kind, or one whose root volume would be smaller."""
    named = call.params["ImageId"]
    images = records(call).amis
    if named not in images:
        raise Refusal("InvalidAMIID.NotFound", f"The image id '[{named}]' does not exist")
    image = images[named]
    same = (image.architecture, image.virtualization_type) == (instance.architecture, instance.virtualization_type)
    if not same:
        message = f"The image '{named}' differs from the instance in its architecture or its type of virtualization."
        raise Refusal("InvalidParameterValue", message)
    size = _root_of(image).get("VolumeSize")
    if size is not None and int(size) < int(root.size):
        raise Refusal("InvalidParameterValue", f"The root volume of '{named}' is smaller than {root.size} GiB.")


def _root_of(image: Any) -> Mapping[str, Any]:
    """Give what an image says of its root volume."""
    mappings = {each["DeviceName"]: each.get("Ebs", {}) for each in image.block_device_mappings}
    found: Mapping[str, Any] = mappings.get(image.root_device_name, {})
    return found


def advance(thing: Passing) -> str | None:
    """Take a task one step on: first the volume is another, then the instance has booted from it."""
    kept, ec2 = shelves_backends[thing.account][thing.region], ec2_backends[thing.account][thing.region]
    touch(kept)
    touch(ec2)
    task = kept.shelves[_SHELF][thing.id]
    instance = next(each for each in ec2.all_instances() if each.id == task["InstanceId"])
    if instance.state in ("shutting-down", "terminated"):
        task["TaskState"] = "failed"
        return None
    if task["TaskState"] == "pending":
        task["TaskState"] = "in-progress"
        task[_REPLACED] = _replace(ec2, instance, task)
        return "in-progress"
    earlier = task.pop(_REPLACED)
    kept.shelves.setdefault(_ROOTS, {}).setdefault(instance.id, []).append(earlier)
    if task["DeleteReplacedRootVolume"] and earlier in ec2.volumes:
        ec2.delete_volume(earlier)
    task |= {"TaskState": "succeeded", "CompleteTime": _now()}
    return None


def instance_in_progress(thing: Passing) -> str | None:
    """Name the instance whose root volume a task has replaced, if the task isn't over."""
    kept = dict.get(dict.get(shelves_backends, thing.account, {}), thing.region)
    task = None if kept is None else kept.shelves.get(_SHELF, {}).get(thing.id)
    return task["InstanceId"] if task is not None and task["TaskState"] == "in-progress" else None


def _replace(ec2: Any, instance: Any, task: Shape) -> str:
    """Put another volume where the root volume is; give the id of the one that was there."""
    device = instance.root_device_name
    attached = instance.block_device_mapping[device]
    old = ec2.volumes[attached.volume_id]
    new = ec2.volumes[task["VolumeId"]] if "VolumeId" in task else _volume(ec2, instance, old, task)
    ec2.detach_volume(old.id, instance.id, device)
    ec2.attach_volume(new.id, instance.id, device, attached.delete_on_termination)
    if "ImageId" in task:
        instance.image_id = task["ImageId"]
    return str(old.id)


def _volume(ec2: Any, instance: Any, old: Any, task: Shape) -> Any:
    """Make the volume that takes the root volume's place, as large and as secret as that one."""
    origin, size = getattr(instance, "launched_from", old.snapshot_id), int(old.size)
    if "SnapshotId" in task:
        origin = task["SnapshotId"]
    elif "ImageId" in task:
        root = _root_of(ec2.amis[task["ImageId"]])
        origin, size = root.get("SnapshotId"), max(size, int(root.get("VolumeSize") or 0))
    iops = old.iops if old.volume_type in ("gp3", "io1", "io2") else None
    volume = ec2.create_volume(
        size=size,
        zone_name=instance.availability_zone,
        encrypted=old.encrypted,
        kms_key_id=old.kms_key_id if old.encrypted else None,
        volume_type=old.volume_type,
        iops=iops,
        throughput=old.throughput,
    )
    volume.snapshot_id = origin
    volume.add_tags({each["key"]: each["value"] for each in old.get_tags()})
    return volume


def describe(call: Call) -> Shape:
    """List tasks."""
    kept, wanted = shelf(call, _SHELF), call.params.get("ReplaceRootVolumeTaskIds")
    for task_id in wanted or ():
        if task_id not in kept:
            message = f"The replace root volume task ID '{task_id}' does not exist"
            raise Refusal("InvalidReplaceRootVolumeTaskId.NotFound", message)
    chosen = [task for task_id, task in kept.items() if not wanted or task_id in wanted]
    shapes = [
        {**{name: value for name, value in each.items() if name != _REPLACED}, "Tags": tags_of(call, task_id)}
        for each in chosen
        for task_id in [each["ReplaceRootVolumeTaskId"]]
    ]
    found = matching(shapes, call.params.get("Filters", []), _facts)
    return page(call.params, "ReplaceRootVolumeTasks", found, most=50)


def _facts(task: Shape) -> dict[str, Any]:
    """Give what tasks are filtered by."""
    return {"instance-id": task["InstanceId"], "state": task["TaskState"], **tag_facts(task["Tags"])}


def _now() -> str:
    """Give the time as tasks have it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


OPERATIONS = {"CreateReplaceRootVolumeTask": create, "DescribeReplaceRootVolumeTasks": describe}
