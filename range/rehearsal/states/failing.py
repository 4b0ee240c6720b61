"""How things end whose state ends badly: only where a fault says so, AWS gives no reason for it that a rehearsal could have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from range.rehearsal.areas.gateways.attachments import depart
from range.rehearsal.areas.gateways.models import kept_by
from range.rehearsal.keeping.reach import touch
from range.rehearsal.states.networks import ec2_of
from range.rehearsal.states.passing import Passing


def _nat_gateway(thing: Passing) -> None:
    """Fail a NAT gateway, as one whose address can't be had."""
    gateway = ec2_of(thing).nat_gateways[thing.id]
    gateway.state, gateway.failure_code = "failed", "InternalError"


def _endpoint(thing: Passing) -> None:
    ec2_of(thing).vpc_end_points[thing.id].state = "failed"


def _image(thing: Passing) -> None:
    ec2_of(thing).amis[thing.id].state = "failed"


def _snapshot(thing: Passing) -> None:
    ec2_of(thing).snapshots[thing.id].status = "error"


def _instance(thing: Passing) -> None:
    """End an instance that could not be started, as AWS does after an internal error."""
    instance = next(each for each in ec2_of(thing).all_instances() if each.id == thing.id)
    instance.end()


def _attachment(thing: Passing) -> None:
    """Fail an attachment, which leaves no more of it in either account than its name."""
    kept = kept_by(thing.account, thing.region)
    touch(kept)
    depart(kept, kept.attachments[thing.id])
    kept.attachments[thing.id].state = "failed"


FAILS: Mapping[str, Callable[[Passing], None]] = MappingProxyType(
    {
        "nat-gateway": _nat_gateway,
        "vpc-endpoint": _endpoint,
        "image": _image,
        "snapshot": _snapshot,
        "instance": _instance,
        "transit-gateway-attachment": _attachment,
    }
)
"""By kind. The others have no state of failure on AWS, or none that waits for anything."""
