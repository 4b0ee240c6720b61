"""One look at an account: every row of the table, in every enabled Region, side by side; what can't be read is said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from range.errors import CloudError
from range.observe.canonical import ITSELF, Seen, canonical, read
from range.observe.door import Door
from range.observe.kinds import ACCOUNT, Detail, Item, Kind
from range.observe.table import TABLE
from range.records.observation import Observation, Residue, Unread
from range.threads import stay_on_one_core

GLOBAL = "global"
WORKERS = 8
"""Calls under way at once in one account."""


def look(door: Door, *, organisation: bool = False, table: Sequence[Kind] = TABLE) -> Observation:
    """Give what is in an account.

    `organisation` asks for the organisation's policies too, which only its delegate may. What is refused or not
    answered is recorded as unread: it is never read as "there is none".

    Raises:
        CloudError: not even the enabled Regions could be listed.
    """
    regions = enabled(door)
    taken = datetime.now(UTC)
    work = _Look(door)
    with ThreadPoolExecutor(WORKERS, f"witness-{door.account}", stay_on_one_core) as pool:
        for inner in (False, True):
            asked = [
                (kind, region)
                for kind in table
                if bool(kind.inside) is inner
                for region in _where(kind, regions, organisation)
                if not inner or work.has(kind.inside, region)
            ]
            list(pool.map(lambda pair: work.list(*pair), asked))
    return Observation(
        account=door.account,
        regions=regions,
        taken=taken,
        types=len(table),
        things=canonical(work.seen, {door.account: ITSELF, **work.aside}),
        unread=tuple(sorted(work.unread, key=str)),
        residue=tuple(sorted(work.residue, key=str)),
    )


def enabled(door: Door) -> tuple[str, ...]:
    """List the Regions that the account may use, the exercise's first."""
    answer = door.call("ec2", "describe_regions", door.home, AllRegions=False)
    others = sorted(each["RegionName"] for each in answer["Regions"] if each["RegionName"] != door.home)
    return (door.home, *others)


def _where(kind: Kind, regions: Sequence[str], organisation: bool) -> Iterable[str]:
    """Name the places where a type is looked for."""
    if kind.scope == "region":
        return regions if kind.abroad else regions[:1]
    return [GLOBAL] if kind.scope == "global" or organisation else []


@dataclass
class _Look:
    """What one look has seen so far; several threads add to it."""

    door: Door
    seen: list[Seen] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    residue: list[Residue] = field(default_factory=list)
    aside: dict[str, str] = field(default_factory=dict)
    """Roles of what isn't compared, for what names it."""
    _answers: dict[tuple[str, str, str, str], list[dict[str, Any]]] = field(default_factory=dict)
    _guard: Lock = field(default_factory=Lock)

    def has(self, type_: str, region: str) -> bool:
        """Say whether a Region may have something of a type."""
        there = any(each.kind.type == type_ and each.region == region for each in self.seen)
        return there or any(each.type == type_ and each.region == region for each in self.unread)

    def list(self, kind: Kind, region: str) -> None:
        """Look for one type in one place."""
        try:
            items = list(self._items(kind, region))
            for item in items:
                self._take(kind, region, item)
        except CloudError as refused:
            if refused.code in kind.nothing:
                return
            with self._guard:
                self.unread.append(Unread(region=region, type=kind.type, code=refused.code, why=refused.message))

    def _take(self, kind: Kind, region: str, item: Item) -> None:
        """Read one thing in full, and keep it."""
        whole = dict(item)
        identifier = str(read(kind.id, whole))
        for detail in kind.details:
            if kind.leave(whole):
                break
            found = self._detail(kind, region, whole, detail)
            whole |= found if not detail.key and isinstance(found, Mapping) else {detail.key: found}
        left_out, why = kind.leave(whole) or kind.leave_in(whole, region), kind.residue(whole)
        with self._guard:
            if left_out or why:
                called = read(kind.name, whole) if kind.name else None
                self.aside[identifier] = f"{kind.type}/{called if isinstance(called, str) else 'set aside'}"
            else:
                self.seen.append(Seen(kind, region, whole))
            if why:
                self.residue.append(Residue(region=region, type=kind.type, id=identifier, why=why))

    def _items(self, kind: Kind, region: str) -> Iterable[Item]:
        """List the things of one type; several types may be in the same answer."""
        asked = {
            key: self.door.account if value == ACCOUNT else value for key, value in kind.asked.items()
        }  # fmt: skip
        key = (kind.service, kind.operation, region, repr(sorted(asked.items())))
        with self._guard:
            known = self._answers.get(key)
        if known is None:
            known = list(self.door.listed(kind.service, kind.operation, self._asked(region), asked))
            with self._guard:
                self._answers[key] = known
        if callable(kind.items):
            return kind.items(known)
        return [item for page in known for item in read(kind.items, page) or ()]

    def _detail(self, kind: Kind, region: str, item: Item, detail: Detail) -> Any:
        """Ask what listing doesn't say."""
        asked = {**{key: read(path, item) for key, path in detail.takes.items()}, **detail.fixed}
        service = detail.service or kind.service
        try:
            if detail.paged:
                pages = self.door.pages(service, detail.operation, self._asked(region), asked)
                return [each for page in pages for each in read(detail.gives, page) or ()]
            return read(detail.gives, self.door.call(service, detail.operation, self._asked(region), **asked))
        except CloudError as refused:
            if refused.code in detail.nothing:
                return None
            raise

    def _asked(self, region: str) -> str:
        return self.door.home if region == GLOBAL else region
