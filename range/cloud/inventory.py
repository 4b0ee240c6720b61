"""What is in an account: every row of the table, asked of every enabled Region, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from range.cloud.codes import tried
from range.cloud.resources.kinds import Found, Kind, Place
from range.cloud.resources.table import BY_TYPE, TABLE
from range.cloud.sessions import Account
from range.errors import CloudError
from range.records.inventory import GLOBAL, Inventory, Resource, Unlisted
from range.threads import stay_on_one_core

WORKERS = 8
"""Calls under way at once in one account."""


def take(account: Account, *, organisation: bool = False, regions: Sequence[str] | None = None) -> Inventory:
    """List what is in an account.

    In the exercise's Region and in global services that is everything that the table has a row for, in every other
    enabled Region what has a row marked `abroad`. `organisation` asks for the organisation's policies too, which only
    its delegate may. A call that is refused or not answered is recorded as unlisted: never read as "there is none".
    """
    where = tuple(regions) if regions is not None else enabled_regions(account)
    with ThreadPoolExecutor(WORKERS, f"inventory-{account.id}", stay_on_one_core) as pool:
        found, unlisted = look(account, where, pool.map, organisation=organisation)
    resources = sorted((each.resource for each in found), key=lambda resource: resource.key)
    return Inventory(
        account=account.id,
        regions=where,
        taken_at=datetime.now(UTC),
        resources=tuple(resources),
        unlisted=tuple(unlisted),
    )


def enabled_regions(account: Account) -> tuple[str, ...]:
    """List the Regions that the account may use, the exercise's first."""
    answer = tried(lambda: account.call("ec2", "describe_regions", AllRegions=False))
    others = sorted(each["RegionName"] for each in answer["Regions"] if each["RegionName"] != account.region)
    return (account.region, *others)


Mapper = Callable[[Callable[[tuple[Place, Kind]], "Answer"], Iterable[tuple[Place, Kind]]], Iterable["Answer"]]
Answer = tuple[list[Found], Unlisted | None]


def look(
    account: Account,
    regions: Iterable[str],
    mapped: Mapper,
    *,
    organisation: bool = False,
    kinds: Iterable[Kind] = TABLE,
) -> tuple[list[Found], list[Unlisted]]:
    """List what is there with what AWS says of it: first what stands alone, then what can only be inside of that."""
    asked = [
        (Place(account, region, account.region), kind)
        for kind in kinds
        for region in _where(kind, account.region, regions, organisation)
    ]
    found: list[Found] = []
    unlisted: list[Unlisted] = []
    for round_ in ([each for each in asked if not each[1].inside], [each for each in asked if each[1].inside]):
        there = {(each.resource.region, each.resource.type) for each in found}
        unsure = {(each.region, each.type) for each in unlisted}
        worth = [
            (place, kind) for place, kind in round_
            if not kind.inside or any((place.region, name) in (there | unsure) for name in kind.inside)
        ]  # fmt: skip
        for things, failed in mapped(_listed, worth):
            found.extend(things)
            if failed:
                unlisted.append(failed)
    return found, unlisted


def within(found: Iterable[Found], roots: Iterable[str]) -> tuple[Found, ...]:
    """Pick what lives in any of these ids or hangs on one, at any depth; the roots themselves are included."""
    there = list(found)
    ids = set(roots)
    while inner := {each.id for each in there if ids.intersection(each.ties)} - ids:
        ids |= inner
    return tuple(each for each in there if each.id in ids)


def claimed(
    account: Account, resources: Iterable[Resource], claim: Callable[[Mapping[str, str]], bool]
) -> list[Resource]:
    """Pick what a claim holds for by its tags, asking AWS for those that listing doesn't give."""
    wanted = {resource.key: resource for resource in resources}
    picked: list[Resource] = []
    for region, name in sorted({(resource.region, resource.type) for resource in wanted.values()}):
        kind, place = BY_TYPE[name], Place(account, region, account.region)
        there = (found for found in kind.found(place) if found.resource.key in wanted)
        picked.extend(found.resource for found in there if claim(kind.tags_of(place, found)))
    return picked


def _where(kind: Kind, home: str, regions: Iterable[str], organisation: bool) -> list[str]:
    """Name the places where a type is looked for."""
    if kind.scope == "organisation":
        return [GLOBAL] if organisation else []
    if kind.scope == "global":
        return [GLOBAL]
    return [region for region in regions if kind.abroad or region == home]


def _listed(asked: tuple[Place, Kind]) -> Answer:
    """Ask for one type in one place."""
    place, kind = asked
    try:
        return tried(lambda: list(kind.found(place))), None
    except CloudError as refused:
        return [], Unlisted(
            account=place.account.id, region=place.region, type=kind.type, code=refused.code, why=refused.message
        )
