"""Tags of the firewall's things; those of the resolver's other things are moto's."""

from __future__ import annotations

from range.rehearsal.areas.resolver_firewall.records import TAGS, listed
from range.rehearsal.areas.shelves import shelf
from range.rehearsal.call import Call, Shape
from range.rehearsal.messages import Answer
from range.rehearsal.refusals import Refusal


def tag(call: Call) -> Shape | Answer:
    """Tag something."""
    tags = _tags(call)
    if tags is None:
        return call.by_moto()
    tags |= {each["Key"]: each["Value"] for each in call.params["Tags"]}
    return {}


def untag(call: Call) -> Shape | Answer:
    """Remove tags of something."""
    tags = _tags(call)
    if tags is None:
        return call.by_moto()
    for key in call.params["TagKeys"]:
        tags.pop(key, None)
    return {}


def describe(call: Call) -> Shape | Answer:
    """List the tags of something."""
    tags = _tags(call)
    if tags is None:
        return call.by_moto()
    return listed(call, "Tags", [{"Key": key, "Value": value} for key, value in tags.items()])


def _tags(call: Call) -> dict[str, str] | None:
    """Find the tags of what a call names, or None if it isn't the firewall's."""
    arn = call.params["ResourceArn"]
    if ":firewall-" not in arn:
        return None
    tags: dict[str, str] | None = shelf(call, TAGS).get(arn)
    if tags is None:
        raise Refusal("ResourceNotFoundException", f"[RSLVR-02025] Can't find the resource with ID '{arn}'.")
    return tags


OPERATIONS = {"TagResource": tag, "UntagResource": untag, "ListTagsForResource": describe}
