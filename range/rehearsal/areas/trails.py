"""CloudTrail's event history: who changed what in this account and Region, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal
from range.rehearsal.trail.book import Entry, book
from range.rehearsal.trail.events import event

_MOST = 50
"""Source: botocore 1.44.5, CloudTrail 2013-11-01, MaxResultsOfLookupEvents (read 2026-11-22)."""
_FOREVER = float(1 << 40)
_PLAIN = ("AccessKeyId", "EventId", "EventName", "EventSource", "ReadOnly", "Username")
_SAYS: dict[str, Callable[[Shape], list[str]]] = {
    **{key: lambda told, key=key: [str(told[key])] for key in _PLAIN},  # type: ignore[misc]
    "ResourceName": lambda told: [each["ResourceName"] for each in told["Resources"]],
    "ResourceType": lambda told: [each["ResourceType"] for each in told["Resources"]],
}
"""What events can be looked up by, and what an event says of it."""


def look_up(call: Call) -> Shape:
    """List events, by one attribute at most, a page at a time."""
    if call.params.get("EventCategory"):
        return {"Events": []}
    most = int(call.params.get("MaxResults", _MOST))
    if not 1 <= most <= _MOST:
        raise Refusal("InvalidMaxResultsException", f"MaxResults must be between 1 and {_MOST}.")
    told: list[Shape] = []
    for number, each in _events(call):
        if len(told) == most:
            return {"Events": told, "NextToken": str(number)}
        told.append(each)
    return {"Events": told}


def _events(call: Call) -> Iterator[tuple[int, Shape]]:
    """Give the events that a call asks for, each with the number that a page before it ends at."""
    attribute = _attribute(call)
    since, until = _time(call, "StartTime", 0.0), _time(call, "EndTime", _FOREVER)
    if since > until:
        raise Refusal("InvalidTimeRangeException", "The start time must be before the end time.")
    about = attribute["AttributeValue"] if attribute and attribute["AttributeKey"] == "ResourceName" else ""
    entries = book().entries(call.account, call.region, since=since, until=until, before=_before(call), about=about)
    for entry in entries:
        if attribute is None or _is_meant(entry, attribute):
            told = event(entry)
            if attribute is None or attribute["AttributeValue"] in _SAYS[attribute["AttributeKey"]](told):
                yield entry.number + 1, told


def _is_meant(entry: Entry, attribute: Shape) -> bool:
    """Say whether it is worth telling an event, before that is done."""
    return attribute["AttributeKey"] != "EventName" or bool(entry.operation == attribute["AttributeValue"])


def _attribute(call: Call) -> dict[str, Any] | None:
    """Read the attribute that is asked for."""
    attributes: list[dict[str, Any]] = call.params.get("LookupAttributes", [])
    if len(attributes) > 1 or any(each.get("AttributeKey") not in _SAYS for each in attributes):
        known = ", ".join(sorted(_SAYS))
        raise Refusal("InvalidLookupAttributesException", f"Give one attribute of {known}.")
    return attributes[0] if attributes else None


def _time(call: Call, name: str, otherwise: float) -> float:
    """Read one end of the time that is asked for, in seconds since the epoch."""
    given = call.params.get(name)
    if isinstance(given, datetime):
        return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()
    return otherwise if given is None else float(given)


def _before(call: Call) -> int | None:
    """Read where the page begins."""
    token = call.params.get("NextToken")
    if token is not None and not token.isdecimal():
        raise Refusal("InvalidNextTokenException", "The token is invalid.")
    return None if token is None else int(token)


OPERATIONS = {"LookupEvents": look_up}
