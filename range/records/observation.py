"""What the witness saw in an account, in a form in which two looks can be compared."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from range.records.plan import Record

HOST = "host "
"""How the place of what is on a host begins, where others have a Region: `host web`."""


def host_of(place: str) -> str | None:
    """Give the host that a place is on; None for a Region."""
    return place.removeprefix(HOST) if place.startswith(HOST) else None


class Thing(Record):
    """One thing that is there, with identifiers replaced by roles and without what changes by itself."""

    region: str
    """A Region, `global`, or for what is on a host `host web`."""
    type: str
    """A row of the witness's table: `ec2:vpc`."""
    name: str
    """What it is in the account: its name, or what it is a part of; never an id that AWS drew."""
    properties: dict[str, Any]
    id: str
    """AWS's own identifier, for people; it isn't part of any comparison."""

    @property
    def place(self) -> tuple[str, str, str]:
        """What makes it this one in a comparison: Region, type, name."""
        return (self.region, self.type, self.name)

    def __str__(self) -> str:
        """Give one line for a list."""
        return f"{self.region} {self.type} {self.name}"


class Unread(Record):
    """What could not be read somewhere: nobody knows what is there."""

    region: str
    type: str
    code: str
    why: str

    def __str__(self) -> str:
        """Give one line for a list."""
        return f"{self.region} {self.type}: {self.why}"


class Residue(Record):
    """What no call deletes and what goes by itself, or never: named, and compared with nothing."""

    region: str
    type: str
    id: str
    why: str

    def __str__(self) -> str:
        """Give one line for a list."""
        return f"{self.region} {self.type} {self.id}: {self.why}"


class Observation(Record):
    """Everything that the witness saw in one account."""

    account: str
    regions: tuple[str, ...]
    """The enabled Regions that were looked at, the exercise's first."""
    taken: datetime
    types: int
    """How many types of resources were looked for."""
    things: tuple[Thing, ...]
    """Sorted by Region, type and name."""
    unread: tuple[Unread, ...] = ()
    residue: tuple[Residue, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Give the SHA-256 of what is there: two accounts with the same have the same, whatever ids AWS drew."""
        lines = [text([*thing.place, thing.properties]) for thing in self.things]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()

    @property
    def of_account(self) -> Observation:
        """Give the same without what is on hosts."""
        return self.with_things(
            (each for each in self.things if host_of(each.region) is None),
            (each for each in self.unread if host_of(each.region) is None),
            self.types,
        )

    def with_things(self, things: Iterable[Thing], unread: Iterable[Unread], types: int) -> Observation:
        """Give the same look with other things, sorted; made anew, since a copy would keep its digest."""
        return Observation(
            account=self.account,
            regions=self.regions,
            taken=self.taken,
            types=types,
            things=tuple(sorted(things, key=lambda thing: (*thing.place, thing.id))),
            unread=tuple(unread),
            residue=self.residue,
        )

    @property
    def hosts(self) -> tuple[str, ...]:
        """Name the hosts that were looked at."""
        return tuple(sorted({host for each in self.things if (host := host_of(each.region)) is not None}))

    @property
    def counts(self) -> dict[str, int]:
        """Count the things by type."""
        return dict(sorted(Counter(thing.type for thing in self.things).items()))


class Difference(Record):
    """One thing, or one property of one, that isn't what it was."""

    kind: Literal["added", "gone", "changed"]
    region: str
    type: str
    name: str
    id: str
    property: str = ""
    """What of it changed; empty for what was added or is gone."""
    was: Any = None
    now: Any = None

    def __str__(self) -> str:
        """Give one line for a list."""
        told = f"{self.kind}: {self.region} {self.type} {self.name}"
        return f"{told}: {self.property} was {shortened(self.was)}, is {shortened(self.now)}" if self.property else told


def text(value: Any) -> str:
    """Write a value the one way that it can be written."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def shortened(value: Any, most: int = 120) -> str:
    """Write a value for a line of a list."""
    written = "nothing" if value is None else text(value)
    return written if len(written) <= most else f"{written[: most - 1]}…"
