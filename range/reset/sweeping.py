"""What a reset deletes: everything that is newer than the baseline and that the state doesn't know."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from range.cloud.inventory import take
from range.cloud.resources.kinds import Place
from range.cloud.resources.table import BY_TYPE
from range.cloud.sessions import Account
from range.cloud.sweep import sweep
from range.errors import CloudError
from range.records.baseline import Baseline
from range.records.inventory import Resource, Swept
from range.records.observation import Difference

PATIENCE_S = 600.0
EVIDENCE = "range:evidence"
"""The tag of what is kept on request."""


def undeclared(
    account: Account, baseline: Baseline, known: Collection[str], seen: Iterable[Difference], ours: Collection[str] = ()
) -> tuple[Resource, ...]:
    """List what isn't declared: newer than the baseline, and in nobody's state.

    `seen` is what the witness found, which looks for more types in more Regions; `ours` are ids that are ours for now.
    """
    now = take(account)
    before = {resource.key for resource in baseline.inventory.resources}
    found = [*now.since(baseline.inventory), *_elsewhere(account, seen, now.regions)]
    unique = {each.key: each for each in found if each.key not in before and each.id not in {*known, *ours}}
    kept = {*baseline.goldens.values()}
    return tuple(
        each for each in unique.values() if not (each.id in kept or EVIDENCE in each.tags or _of_an_endpoint(each))
    )


def _of_an_endpoint(resource: Resource) -> bool:
    """Say whether a route leads to a service by a prefix list: it comes and goes with its endpoint."""
    return resource.type == "ec2:route" and "/pl-" in resource.id


def _elsewhere(account: Account, seen: Iterable[Difference], regions: Collection[str]) -> Iterable[Resource]:
    """List the things of types that were added in Regions where the sweep doesn't look for them by itself."""
    places = {(each.region, each.type) for each in seen if each.kind == "added" and each.type in BY_TYPE}
    for region, type_ in sorted(places):
        if region in regions and not BY_TYPE[type_].abroad and region != account.region:
            place = Place(account, region, account.region)
            yield from (found.resource for found in BY_TYPE[type_].found(place) if not found.managed)


def clear(account: Account, targets: Collection[Resource]) -> Swept:
    """Delete these things, in the order that AWS wants.

    Raises:
        CloudError: what is there couldn't even be listed.
    """
    if not targets:
        return Swept()
    swept = sweep(account, targets, patience_s=PATIENCE_S)
    if swept.left and not swept.reasons:
        raise CloudError(f"{len(swept.left)} things stay without a reason", code="Swept")
    return swept
