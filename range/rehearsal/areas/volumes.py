"""Deleting volumes, which takes a while. What deletes one along with something else deletes it at once."""

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


OPERATIONS = {"DeleteVolume": delete}
