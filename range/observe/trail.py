"""The account's own trail: who changed what since a moment, up to when it is complete, and what of it can't be seen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from range.errors import CloudError
from range.observe.door import Door
from range.observe.look import WORKERS
from range.observe.seen_calls import is_seen
from range.records.observation import Unread
from range.records.trail import Trail, Write
from range.threads import stay_on_one_core

GLOBAL_REGION = "us-east-1"
"""Where IAM, Route 53 and their like are recorded. Source: CloudTrail User Guide, "Global service events" (read 2026-11-22)."""
PATIENCE_S = 900.0
"""How late the trail may be: "typically within 5 minutes", and three times as much.

Source: CloudTrail User Guide, "How CloudTrail works" (read 2026-11-22).
"""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 15.0
_SLACK = timedelta(seconds=1)
"""Times in the trail are whole seconds."""


@dataclass(frozen=True)
class Own:
    """Who acts in an account without being one of the others."""

    sessions: frozenset[str]
    """The ARNs of the sessions that the range itself acts in: a role of its own, and a name that only it gives them."""
    log_writers: tuple[str, ...] = ()
    """How the ARNs of sessions begin in which AWS writes logs by a role of the account; AWS chooses how they end."""


def read(
    door: Door,
    regions: Sequence[str],
    since: datetime,
    *,
    ours: Own,
    marker: str,
    patience_s: float = PATIENCE_S,
) -> Trail:
    """Give every change in an account since a moment that wasn't ours, and up to when that is complete.

    `marker` is the ARN of a role of the account that may be assumed: a session of it, thrown away, leaves an event in
    each Region, and what is older than an event that has arrived is taken to have arrived too. Such a session does
    nothing: what it did is others', as whatever anybody else does in that role.
    """
    where = tuple(dict.fromkeys((*regions, GLOBAL_REGION)))

    def one(region: str) -> tuple[datetime | None, list[Write], Unread | None]:
        try:
            marked = _mark(door, region, marker)
            until = _arrived(door, region, *marked, patience_s)
            return until, [each for each in _writes(door, region, since) if not _is_ours(each, ours)], None
        except CloudError as refused:
            return None, [], Unread(region=region, type="cloudtrail:event", code=refused.code, why=refused.message)

    with ThreadPoolExecutor(WORKERS, f"trail-{door.account}", stay_on_one_core) as pool:
        answers = list(pool.map(one, where))
    late = [
        Unread(
            region=region,
            type="cloudtrail:event",
            code="Late",
            why=f"after {patience_s:.0f} s the trail had not arrived",
        )
        for region, (until, _, unread) in zip(where, answers, strict=True)
        if until is None and unread is None
    ]
    moments = [until for until, _, _ in answers]
    writes = sorted((write for _, some, _ in answers for write in some), key=lambda write: (write.when, write.id))
    return Trail(
        since=since,
        until=None if None in moments else min(moment for moment in moments if moment is not None),
        writes=tuple(writes),
        unseen=tuple(each for each in writes if not each.error and not is_seen(each, home=door.home)),
        unread=(*(unread for _, _, unread in answers if unread is not None), *late),
    )


def _mark(door: Door, region: str, role_arn: str) -> tuple[str, datetime]:
    """Leave an event in a Region's trail that changes nothing; give what it is known by, and when it was."""
    name = f"range-marker-{time.time_ns():x}"
    began = datetime.now(UTC)
    door.call("sts", "assume_role", region, RoleArn=role_arn, RoleSessionName=name, DurationSeconds=900)
    return name, began


def _arrived(door: Door, region: str, name: str, when: datetime, patience_s: float) -> datetime | None:
    """Wait until the trail has what was left in it; give up to when it is complete, None where it didn't come."""
    parameters = {
        "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "AssumeRole"}],
        "StartTime": when - _SLACK,
    }
    until, wait_s = time.monotonic() + patience_s, _FIRST_WAIT_S
    while True:
        for page in door.pages("cloudtrail", "lookup_events", region, parameters):
            if any(name in event["CloudTrailEvent"] for event in page.get("Events", ())):
                return when
        if time.monotonic() > until:
            return None
        time.sleep(wait_s)
        wait_s = min(wait_s * 2, _LONGEST_WAIT_S)


def _writes(door: Door, region: str, since: datetime) -> Iterable[Write]:
    """List the changes in a Region's trail."""
    parameters = {
        "LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
        "StartTime": since - _SLACK,
    }
    for page in door.pages("cloudtrail", "lookup_events", region, parameters):
        for event in page.get("Events", ()):
            yield _write(region, event, json.loads(event["CloudTrailEvent"]))


def _write(region: str, event: Mapping[str, Any], told: Mapping[str, Any]) -> Write:
    identity: Mapping[str, Any] = told.get("userIdentity") or {}
    who = str(identity.get("arn") or identity.get("invokedBy") or identity.get("principalId") or "unknown")
    return Write(
        id=str(event["EventId"]),
        when=event["EventTime"].astimezone(UTC),
        region=region,
        service=str(told.get("eventSource", event.get("EventSource", ""))).removesuffix(".amazonaws.com"),
        call=str(event["EventName"]),
        who=who,
        by_service=identity.get("type") == "AWSService",
        resources=tuple(
            sorted({str(each["ResourceName"]) for each in event.get("Resources", ()) if each.get("ResourceName")})
        ),
        error=str(told.get("errorCode") or ""),
    )


def _is_ours(write: Write, ours: Own) -> bool:
    """Say whether the range did it itself, by the role and the name of the session, or a service of AWS did.

    Flow logs make a stream for each new interface, and the trail tells that as done by the role that they were given.
    """
    by_logs = (write.service, write.call) == ("logs", "CreateLogStream") and write.who.startswith(ours.log_writers)
    return write.by_service or write.who in ours.sessions or by_logs
