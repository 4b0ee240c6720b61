"""Comparing two looks at an account: what was added, what is gone, what changed, and what nobody can tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from range.records.observation import Difference, Observation, Thing, Unread


def differences(before: Observation, now: Observation) -> tuple[Difference, ...]:
    """List every difference, property by property; what couldn't be read in either look is left to `untold`."""
    dark = {(each.region, each.type) for each in untold(before, now)}
    was, is_ = _by_place(before, dark), _by_place(now, dark)
    found = [*_missing(is_, was, "added"), *_missing(was, is_, "gone")]
    for place in was.keys() & is_.keys():
        found += _changed(was[place], is_[place])
    return tuple(sorted(found, key=lambda each: (each.region, each.type, each.name, each.property)))


def untold(before: Observation, now: Observation) -> tuple[Unread, ...]:
    """List what couldn't be read then or now: of that nobody knows whether it is as it was."""
    found = {(each.region, each.type): each for each in (*before.unread, *now.unread)}
    looked = {*now.regions}
    lost = [
        Unread(region=region, type="*", code="NotLookedAt", why=f"{region} was looked at then, and isn't enabled now")
        for region in before.regions
        if region not in looked
    ]
    return (*found.values(), *lost)


def _by_place(seen: Observation, dark: Collection[tuple[str, str]]) -> dict[tuple[str, str, str], Thing]:
    return {thing.place: thing for thing in seen.things if (thing.region, thing.type) not in dark}


def _missing(
    some: Mapping[tuple[str, str, str], Thing], others: Mapping[tuple[str, str, str], Thing], kind: str
) -> Iterator[Difference]:
    for place, thing in some.items():
        if place not in others:
            yield Difference.model_validate(
                {"kind": kind, "region": thing.region, "type": thing.type, "name": thing.name, "id": thing.id}
            )


def _changed(was: Thing, now: Thing) -> Iterator[Difference]:
    for key in sorted(was.properties.keys() | now.properties.keys()):
        before, after = was.properties.get(key), now.properties.get(key)
        if before != after:
            yield Difference(
                kind="changed",
                region=now.region,
                type=now.type,
                name=now.name,
                id=now.id,
                property=key,
                was=before,
                now=after,
            )
