"""What moto lacks, one file per area: each has OPERATIONS, the calls that it answers instead of moto."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache

from range.rehearsal.call import Call, Shape
from range.rehearsal.messages import Answer

Handler = Callable[[Call], Shape | Answer]

_AREAS: dict[str, tuple[str, ...]] = {
    "ec2": (
        "gateways",
        "mirroring",
        "connect_endpoints",
        "endpoints",
        "flow_logs",
        "instance_defaults",
        "instances",
        "places",
        "published_images",
        "root_volumes",
        "volumes",
        "nothing",
    ),
    "budgets": ("budgets",),
    "cloudtrail": ("named_trails", "trails"),
    "elbv2": ("balancers",),
    "iam": ("aws_policies", "user_boundaries"),
    "lambda": ("functions",),
    "logs": ("log_groups",),
    "organizations": ("organisation",),
    "ram": ("sharing",),
    "route53": ("zones",),
    "route53resolver": ("resolver_firewall",),
    "s3": ("objects", "object_locks", "own_buckets"),
    "sts": ("identity",),
}
"""The areas of each service; a service's are imported when its first call comes."""


def handler_of(call: Call) -> Handler | None:
    """Find what answers a call instead of moto, if anything does."""
    return _operations(call.service.name).get(call.operation)


@cache
def _operations(service: str) -> dict[str, Handler]:
    """Gather the operations of a service's areas."""
    gathered: dict[str, Handler] = {}
    for area in _AREAS.get(service, ()):
        operations: dict[str, Handler] = importlib.import_module(f"{__name__}.{area}").OPERATIONS
        twice = gathered.keys() & operations.keys()
        if twice:
            raise TypeError(f"two areas answer {', '.join(sorted(twice))}")
        gathered |= operations
    return gathered
