"""All truths in one table, by the call that they concern."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from range.rehearsal.call import Call
from range.rehearsal.refusals import Refusal
from range.rehearsal.truths import (
    acls,
    balancers,
    buckets,
    endpoints,
    gateways,
    gone,
    groups,
    instances,
    interfaces,
    keys,
    locks,
    logs,
    mirroring,
    organisations,
    policies,
    requests,
    roles,
    root_volumes,
    routing,
    secrets,
    sessions,
    storage,
    subnets,
    trails,
    transit_gateways,
    users,
    vpcs,
    zones,
)
from range.rehearsal.truths.rows import Truth

TRUTHS: tuple[Truth, ...] = (
    *vpcs.TRUTHS,
    *subnets.TRUTHS,
    *routing.TRUTHS,
    *acls.TRUTHS,
    *groups.TRUTHS,
    *interfaces.TRUTHS,
    *gateways.TRUTHS,
    *endpoints.TRUTHS,
    *balancers.TRUTHS,
    *instances.TRUTHS,
    *storage.TRUTHS,
    *root_volumes.TRUTHS,
    *policies.TRUTHS,
    *roles.TRUTHS,
    *users.TRUTHS,
    *sessions.TRUTHS,
    *keys.TRUTHS,
    *secrets.TRUTHS,
    *buckets.TRUTHS,
    *locks.TRUTHS,
    *logs.TRUTHS,
    *trails.TRUTHS,
    *transit_gateways.TRUTHS,
    *mirroring.TRUTHS,
    *organisations.TRUTHS,
    *zones.TRUTHS,
    *gone.TRUTHS,
    *requests.TRUTHS,
)


def _by_call() -> Mapping[str, tuple[Truth, ...]]:
    checked: dict[str, list[Truth]] = {}
    for truth in TRUTHS:
        for call in truth.calls if truth.check else ():
            checked.setdefault(call, []).append(truth)
    return MappingProxyType({call: tuple(truths) for call, truths in checked.items()})


CHECKED: Mapping[str, tuple[Truth, ...]] = _by_call()
"""The truths that have a check of ours, by `service.Operation`. Most calls have none and are let through at once."""


def refusal(call: Call) -> Refusal | None:
    """Say how AWS refuses a call, or None where nothing known is against it. The first truth that speaks decides."""
    for truth in CHECKED.get(call.name, ()):
        message = truth.check(call) if truth.check else None
        if message is not None:
            return Refusal(truth.code, message, status=truth.status)
    return None
