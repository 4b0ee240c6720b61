"""Deleting a trail by its ARN, which moto takes for the name of none."""

from __future__ import annotations

from range.rehearsal.call import Call
from range.rehearsal.messages import Answer


def delete(call: Call) -> Answer:
    """Delete a trail by its name or ARN."""
    return call.by_moto({"Name": call.params["Name"].rpartition(":trail/")[2]})


OPERATIONS = {"DeleteTrail": delete}
