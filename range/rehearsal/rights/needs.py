"""What a call asks for: an action of IAM's on each thing that the call is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from range.rehearsal.call import Call
from range.rehearsal.rights import compute, objects, others
from range.rehearsal.rights.names import action_of, prefix_of
from range.rehearsal.rights.passing import passed

_OF_NOTHING = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken", "sts:GetAccessKeyInfo"})
"""What needs no right, and no policy denies. Source: AWS STS API Reference, the operations' "Permissions" (read 2026-11-28)."""


@dataclass(frozen=True)
class Need:
    """One action on one thing."""

    action: str
    resource: str = "*"
    vague: bool = False
    """Whether the call may be about something in particular that isn't known here."""
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What conditions look at in this need only."""


def needs(call: Call) -> Iterator[Need]:
    """Give everything that a call asks for; the call is refused if any of it is."""
    action = action_of(call)
    if action in _OF_NOTHING:
        return
    for own, arn, vague in _of_the_call(call, action):
        yield Need(own, arn, vague)
    for role, service in passed(call):
        context = {"iam:passedtoservice": (service,)} if service else {}
        yield Need("iam:PassRole", role, context=context)


def _of_the_call(call: Call, action: str) -> Iterator[tuple[str, str, bool]]:
    prefix = prefix_of(call.service)
    if prefix == "ec2":
        yield from ((own, arn, False) for own, arn in compute.asked(call, action))
    elif prefix == "s3":
        yield from ((own, arn, False) for own, arn in objects.asked(call, action))
    else:
        arns = others.things(call, prefix)
        known = prefix in others.KNOWN
        yield from ((action, arn, False) for arn in arns)
        if not arns:
            yield action, "*", not known
