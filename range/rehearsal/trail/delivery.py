"""The copy that EventBridge gets of each management call, and where rules send it."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Iterator
from typing import Any

from range.rehearsal.permissions import Asked, allows
from range.rehearsal.trail.book import Entry
from range.rehearsal.trail.events import record, source_of

DETAIL_TYPE = "AWS API Call via CloudTrail"
READS_TOO = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
"""The state of a rule that also wants calls that only read; of those, the book has AssumeRole and its like.

Source: Amazon EventBridge User Guide, "Read-only management events from AWS services"; from memory, 2026-11-22.
"""
_REACHED = ("sqs", "logs", "events")
"""The services that a rule's targets are reached in: queues, log groups, other buses and archives."""
_EVENTBRIDGE = "events.amazonaws.com"
_log = logging.getLogger(__name__)


def deliver(entry: Entry) -> None:
    """Send a call to the targets of every rule of its account and Region that asks for it, refused calls included."""
    told: dict[str, Any] | None = None
    for rule in _rules(entry):
        told = told or _event(entry)
        if rule.event_pattern.matches_event(told):
            for target in rule.targets:
                _send(rule, target, told)


def _rules(entry: Entry) -> Iterator[Any]:
    """Give the rules of the account's default bus that may ask for a call; where there are none, nothing is touched."""
    from moto.events.models import events_backends

    regional = dict.get(events_backends, entry.account)
    backend = None if regional is None else dict.get(regional, entry.region)
    bus = None if backend is None else backend.event_buses.get("default")
    for rule in list(bus.rules.values()) if bus is not None else ():
        asks = rule.state == READS_TOO or (rule.state == "ENABLED" and not entry.reads_only)
        if asks and rule.event_pattern.get_pattern():
            yield rule


def _event(entry: Entry) -> dict[str, Any]:
    """Give a call as EventBridge has it."""
    return {
        "version": "0",
        "id": entry.id,
        "detail-type": DETAIL_TYPE,
        "source": f"aws.{source_of(entry).partition('.')[0]}",
        "account": entry.account,
        "time": entry.at,
        "ingestion-time": entry.at,
        "region": entry.region,
        "resources": [],
        "detail": json.loads(json.dumps(record(entry), default=str)),
    }


def _send(rule: Any, target: dict[str, Any], told: dict[str, Any]) -> None:
    """Let moto send an event to one target; a target that is gone, or that nothing here reaches, gets nothing."""
    from moto.core.exceptions import ServiceException

    if target["Arn"].split(":")[2] not in _REACHED:
        _log.warning("%s: the rehearsal cloud can't send events to %s", rule.arn, target["Arn"])
        return
    if ":sqs:" in target["Arn"] and not _is_let_in(rule, target["Arn"]):
        _log.warning("%s: the policy of %s doesn't let EventBridge send", rule.arn, target["Arn"])
        return
    alone = copy.copy(rule)
    alone.targets = [target]
    try:
        alone.send_to_targets(copy.deepcopy(told))
    except ServiceException as error:
        _log.warning("%s: %s gets no event: %s", rule.arn, target["Arn"], error)


def _is_let_in(rule: Any, arn: str) -> bool:
    """Say whether a queue's policy lets EventBridge send to it; without one nobody but its own account may."""
    from moto.sqs.models import sqs_backends

    queue = sqs_backends[rule.account_id][rule.region_name].queues.get(arn.rpartition(":")[2])
    if queue is None or not queue.policy:
        return False
    context = {"aws:sourcearn": [rule.arn], "aws:sourceaccount": [rule.account_id]}
    return allows(queue.policy, Asked(frozenset({_EVENTBRIDGE}), "sqs:SendMessage", arn, context))
