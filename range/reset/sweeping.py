"""What a reset deletes: everything that is newer than the baseline and that the state doesn't know."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from range.cloud.inventory import take
from range.cloud.resources.kinds import EVIDENCE, Kind, Place
from range.cloud.resources.table import BY_TYPE, STRAYS
from range.cloud.sessions import Account
from range.cloud.sweep import sweep
from range.errors import CloudError
from range.records.baseline import Baseline
from range.records.inventory import GLOBAL, Resource, Swept
from range.records.observation import Difference, Observation


def undeclared(
    account: Account, baseline: Baseline, known: Collection[str], seen: Iterable[Difference], ours: Collection[str] = ()
) -> tuple[Resource, ...]:
    """List what isn't declared: newer than the baseline, and in nobody's state.

    `seen` is what the witness found, which looks for more types in more Regions; `ours` are ids that are ours for now.
    """
    now = take(account)
    before = {resource.key for resource in baseline.inventory.resources}
    found = [*now.since(baseline.inventory), *added(account, baseline.observation, seen, now.regions)]
    unique = {each.key: each for each in found if each.key not in before and each.id not in {*known, *ours}}
    kept = {*baseline.goldens.values()}
    return tuple(
        each for each in unique.values() if not (each.id in kept or EVIDENCE in each.tags or _of_an_endpoint(each))
    )


def _of_an_endpoint(resource: Resource) -> bool:
    """Say whether a route leads to a service by a prefix list: it comes and goes with its endpoint."""
    return resource.type == "ec2:route" and "/pl-" in resource.id


def added(
    account: Account, then: Observation, seen: Iterable[Difference], regions: Collection[str]
) -> Iterable[Resource]:
    """List what was added where an inventory doesn't look: in other Regions, and of types that no stack declares.

    Only the very things that the witness named: what else is there of a type was there before.
    """
    new = {(each.region, each.type, each.id) for each in seen if each.kind == "added" and each.type in BY_TYPE}
    new -= {(each.region, each.type, each.id) for each in then.things}  # called otherwise, now that it has a twin
    for region, type_ in sorted({(region, type_) for region, type_, _ in new}):
        if region not in (*regions, GLOBAL) or not _unlisted(BY_TYPE[type_], region, account.region):
            continue
        for found in BY_TYPE[type_].found(Place(account, region, account.region)):
            if (region, type_, found.id) in new and not found.managed:
                yield found.resource


def _unlisted(kind: Kind, region: str, home: str) -> bool:
    """Say whether an inventory has nothing of a type in a Region."""
    return kind in STRAYS or not (kind.abroad or kind.scope == "global" or region == home)


def clear(account: Account, targets: Collection[Resource], patience_s: float) -> Swept:
    """Delete these things, in the order that AWS wants.

    Raises:
        CloudError: what is there couldn't even be listed.
    """
    if not targets:
        return Swept()
    swept = sweep(account, targets, patience_s=patience_s)
    if swept.left and not swept.reasons:
        raise CloudError(f"{len(swept.left)} things stay without a reason", code="Swept")
    return swept
