"""Volumes, snapshots, images and file systems."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moto.core.utils import utcnow

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store

_MODEL = "botocore 1.44.5, EC2 2016-11-15, {} (read 2026-11-22)"
_TERRAFORM = "hashicorp/terraform-provider-aws, internal/service/ec2/errors.go (read 2026-11-22)"
_MEMORY = "none opened (general knowledge)"
CHANGES_PER_DAY = 4
"""How often a volume may be changed in any 24 hours. Source: EC2 API Reference, ModifyVolume (read 2026-11-22)."""
ATTACHMENTS = {"nitro": 28, "xen": 40}
"""How many volumes fit an instance, by its hypervisor; on Nitro interfaces count with them.

Source: Amazon EBS User Guide, "Amazon EBS volume limits for Amazon EC2 instances"; the figures are from memory, 2026-11-22.
"""


def _volume(call: Call) -> Any:
    """Find the volume that a call names, or None."""
    return store(call).volumes.get(call.params.get("VolumeId"))


def _instance(call: Call) -> Any:
    """Find the instance that a call names, or None."""
    named = call.params.get("InstanceId")
    return next((instance for instance in store(call).all_instances() if instance.id == named), None)


def _of_an_image(call: Call) -> str | None:
    named = call.params.get("SnapshotId")
    for image in store(call).amis.values():
        if image.owner_id == call.account and image.ebs_snapshot is not None and image.ebs_snapshot.id == named:
            return f"The snapshot {named} is currently in use by {image.id}"
    return None


def _in_another_zone(call: Call) -> str | None:
    volume, instance = _volume(call), _instance(call)
    if volume is None or instance is None or volume.zone.name == instance._placement.zone:
        return None
    return f"The volume '{volume.id}' is not in the same availability zone as instance '{instance.id}'"


def _image_name_taken(call: Call) -> str | None:
    name = call.params.get("Name")
    for image in store(call).amis.values():
        if image.owner_id == call.account and image.name == name:
            return f"AMI name {name} is already in use by AMI {image.id}"
    return None


def _instance_gone(call: Call) -> str | None:
    instance = _instance(call)
    if instance is None or instance.state in ("running", "stopped"):
        return None
    return f"Instance '{instance.id}' is not 'running'."


def _attached(call: Call) -> str | None:
    volume = _volume(call)
    if volume is None or volume.attachment is None:
        return None
    return f"{volume.id} is already attached to an instance"


def _going(call: Call) -> str | None:
    volume = _volume(call)
    return None if volume is None or not volume.leaving else f"Volume '{volume.id}' is not 'available'."


def _full(call: Call) -> str | None:
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    instance = _instance(call)
    if instance is None:
        return None
    hypervisor = INSTANCE_TYPES.get(instance.instance_type, {}).get("Hypervisor", "nitro")
    attached = len(instance.block_device_mapping) + (len(instance.nics) if hypervisor == "nitro" else 0)
    if attached < ATTACHMENTS[hypervisor]:
        return None
    return f"The instance '{instance.id}' has {attached} attachments, as many as its type can have."


def _device_taken(call: Call) -> str | None:
    instance, device = _instance(call), call.params.get("Device")
    if instance is None or device not in instance.block_device_mapping:
        return None
    return f"Invalid value '{device}' for unixDevice. Attachment point {device} is already in use"


def _not_attached(call: Call) -> str | None:
    volume = _volume(call)
    return (
        f"Volume '{volume.id}' is in the 'available' state."
        if volume is not None and volume.attachment is None
        else None
    )


def _root_of_a_running_instance(call: Call) -> str | None:
    volume = _volume(call)
    instance = volume.attachment.instance if volume is not None and volume.attachment is not None else None
    if instance is None or instance.state != "running" or volume.attachment.device != instance.root_device_name:
        return None
    return f"Unable to detach root volume '{volume.id}' from instance '{instance.id}'"


def _smaller(call: Call) -> str | None:
    volume, asked = _volume(call), call.params.get("Size")
    if volume is None or not asked or asked >= int(volume.size):
        return None
    return f"New size cannot be smaller than existing size ({volume.size} GiB)."


def _being_changed(call: Call) -> str | None:
    volume = _volume(call)
    if volume is None or not volume.modifications or volume.modifications[-1].modification_state == "completed":
        return None
    return f"Volume '{volume.id}' has a modification in progress."


def _changed_too_often(call: Call) -> str | None:
    volume = _volume(call)
    since = utcnow() - timedelta(days=1)
    if volume is None or sum(change.start_time > since for change in volume.modifications) < CHANGES_PER_DAY:
        return None
    return (
        f"Volume '{volume.id}' was modified {CHANGES_PER_DAY} times in the last 24 hours, which is as often as can be."
    )


TRUTHS = (
    Truth(
        name="volume-attached",
        calls=("ec2.DeleteVolume",),
        when="it is attached to an instance",
        code="VolumeInUse",
        source=f"{_MODEL.format('DeleteVolume')}; {_TERRAFORM}",
        confidence="seen_in_issue",
    ),
    Truth(
        name="snapshot-of-an-image",
        calls=("ec2.DeleteSnapshot",),
        when="a registered image uses it",
        code="InvalidSnapshot.InUse",
        source="https://github.com/sebdah/automated-ebs-snapshots/issues/4",
        confidence="seen_in_issue",
        check=_of_an_image,
    ),
    Truth(
        name="image-deregistered",
        calls=("ec2.DeregisterImage",),
        when="it was deregistered",
        code="InvalidAMIID.Unavailable",
        source=_TERRAFORM,
        confidence="seen_in_issue",
    ),
    Truth(
        name="image-name-taken",
        calls=("ec2.CreateImage", "ec2.RegisterImage"),
        when="the account has an image of that name",
        code="InvalidAMIName.Duplicate",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_image_name_taken,
    ),
    Truth(
        name="volume-in-another-zone",
        calls=("ec2.AttachVolume",),
        when="the volume and the instance are in different zones",
        code="InvalidVolume.ZoneMismatch",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_in_another_zone,
    ),
    Truth(
        name="volume-to-a-dead-instance",
        calls=("ec2.AttachVolume",),
        when="the instance is neither running nor stopped",
        code="IncorrectState",
        source=f"{_MODEL.format('AttachVolume')}; the code is from memory",
        confidence="general_knowledge",
        check=_instance_gone,
    ),
    Truth(
        name="volume-attached-twice",
        calls=("ec2.AttachVolume",),
        when="it is attached",
        code="VolumeInUse",
        source=_TERRAFORM,
        confidence="seen_in_issue",
        check=_attached,
    ),
    Truth(
        name="volume-at-a-taken-device",
        calls=("ec2.AttachVolume",),
        when="the instance has a volume at that device",
        code="InvalidParameterValue",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_device_taken,
    ),
    Truth(
        name="volume-going-attached",
        calls=("ec2.AttachVolume",),
        when="the volume is being deleted",
        code="IncorrectState",
        source=f"{_MODEL.format('AttachVolume')}; the code is from memory",
        confidence="general_knowledge",
        check=_going,
    ),
    Truth(
        name="volumes-over-limit",
        calls=("ec2.AttachVolume",),
        when="the instance has as many volumes (on Nitro: volumes and interfaces) as its type can have",
        code="AttachmentLimitExceeded",
        source=_MODEL.format("AttachVolume"),
        confidence="documented",
        check=_full,
    ),
    Truth(
        name="volume-not-attached",
        calls=("ec2.DetachVolume",),
        when="it isn't attached",
        code="IncorrectState",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_not_attached,
    ),
    Truth(
        name="volume-root-detached",
        calls=("ec2.DetachVolume",),
        when="it is the root volume of a running instance",
        code="OperationNotPermitted",
        source=f"{_MODEL.format('DetachVolume')}; the code is from memory",
        confidence="general_knowledge",
        check=_root_of_a_running_instance,
    ),
    Truth(
        name="volume-shrunk",
        calls=("ec2.ModifyVolume",),
        when="the new size is smaller",
        code="InvalidParameterValue",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_smaller,
    ),
    Truth(
        name="volume-being-changed",
        calls=("ec2.ModifyVolume",),
        when="an earlier change isn't completed",
        code="IncorrectModificationState",
        source=f"{_MODEL.format('ModifyVolume')}; the code is from memory",
        confidence="general_knowledge",
        check=_being_changed,
    ),
    Truth(
        name="volume-changed-too-often",
        calls=("ec2.ModifyVolume",),
        when=f"it was changed {CHANGES_PER_DAY} times within 24 hours",
        code="VolumeModificationRateExceeded",
        source=f"{_MODEL.format('ModifyVolume')}; the code is from memory",
        confidence="general_knowledge",
        check=_changed_too_often,
    ),
    Truth(
        name="file-system-token-used",
        calls=("efs.CreateFileSystem",),
        when="the account has a file system of that creation token",
        code="FileSystemAlreadyExists",
        source="botocore 1.44.5, EFS 2015-02-01, CreateFileSystem (read 2026-11-22)",
        confidence="documented",
    ),
)
