"""What the firewall's calls have in common: ids, ARNs, look-ups and lists."""

from __future__ import annotations

from typing import Any

from range.rehearsal.areas.clock import now
from range.rehearsal.areas.filters import page
from range.rehearsal.areas.shelves import shelf
from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.refusals import Refusal

DOMAIN_LISTS = "firewall-domain-list"
RULE_GROUPS = "firewall-rule-group"
ASSOCIATIONS = "firewall-rule-group-association"
TAGS = "firewall-tags"
_NOT_FOUND = "[RSLVR-02025] Can't find the resource with ID '{}'. Trace Id: \"rehearsal\""


def moment() -> str:
    """Give the time as the resolver writes it."""
    return now().isoformat(timespec="seconds") + "Z"


def arn_of(call: Call, kind: str, thing_id: str) -> str:
    """Give the ARN of a thing of the firewall."""
    return f"arn:{PARTITION}:route53resolver:{call.region}:{call.account}:{kind}/{thing_id}"


def found(call: Call, kind: str, thing_id: str) -> Shape:
    """Find a thing of the firewall.

    Raises:
        Refusal: there is none.
    """
    thing: Shape | None = shelf(call, kind).get(thing_id)
    if thing is None:
        raise Refusal("ResourceNotFoundException", _NOT_FOUND.format(thing_id))
    return thing


def made(call: Call, kind: str, thing_id: str, **fields: Any) -> Shape:
    """Put a thing onto its shelf, with what all of them have, and its tags."""
    arn = arn_of(call, kind, thing_id)
    thing = {
        "Id": thing_id,
        "Arn": arn,
        "Name": call.params["Name"],
        "Status": "COMPLETE",
        "StatusMessage": "",
        "CreatorRequestId": call.params["CreatorRequestId"],
        "CreationTime": moment(),
        "ModificationTime": moment(),
        **fields,
    }
    shelf(call, kind)[thing_id] = thing
    shelf(call, TAGS)[arn] = {tag["Key"]: tag["Value"] for tag in call.params.get("Tags", [])}
    return thing


def removed(call: Call, kind: str, thing_id: str) -> Shape:
    """Take a thing from its shelf, with its tags."""
    thing: Shape = shelf(call, kind).pop(thing_id)
    shelf(call, TAGS).pop(thing["Arn"], None)
    return {**thing, "Status": "DELETING"}


def listed(call: Call, name: str, things: list[Shape]) -> Shape:
    """Give one page of things."""
    return page(call.params, name, things, most=100)
