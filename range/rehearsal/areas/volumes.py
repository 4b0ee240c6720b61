"""Deleting volumes, which takes a while, but for what deletes one along with something else; and sharing snapshots."""

from __future__ import annotations

from range.rehearsal.areas.ec2_records import records
from range.rehearsal.call import Call, Shape
from range.rehearsal.messages import Answer
from range.rehearsal.states.passing import enter


def delete(call: Call) -> Shape | Answer:
    """Begin to delete a volume; one that isn't there, or is attached, is moto's to refuse."""
    ec2 = records(call)
    volume = ec2.volumes.get(call.params["VolumeId"])
    if volume is None or volume.attachment is not None:
        return call.by_moto()
    if not volume.leaving:
        volume.leaving = True
        enter("volume", "deleting", volume.id, ec2)
    return {}


def share(call: Call) -> Shape | Answer:
    """Change who may make volumes of a snapshot, in either of the two ways of saying it; moto knows one."""
    permission = call.params.get("CreateVolumePermission")
    if not permission:
        return call.by_moto()
    asked = {key: value for key, value in call.params.items() if key != "CreateVolumePermission"}
    for operation in ("Add", "Remove"):
        named = permission.get(operation, ())
        if named:
            users = [each["UserId"] for each in named if each.get("UserId")]
            groups = [each["Group"] for each in named if each.get("Group")]
            said = {"OperationType": operation.lower(), "UserIds": users, "GroupNames": groups}
            call.result_by_moto({**asked, **{key: value for key, value in said.items() if value}})
    return {}


OPERATIONS = {"DeleteVolume": delete, "ModifySnapshotAttribute": share}
