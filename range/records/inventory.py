"""What is in an account, as AWS itself lists it."""

from __future__ import annotations

from datetime import datetime

from range.records.plan import Record

GLOBAL = "global"
"""The Region of what has none: IAM, Route 53's zones, the organisation's policies."""


class Resource(Record):
    """One thing in one account."""

    account: str
    region: str
    """A Region, or `global`."""
    type: str
    """A row of the resource table: `ec2:vpc`."""
    id: str
    """What AWS's own delete call takes; for a thing inside another, `parent/own`."""
    parent: str = ""
    """The id of what it lives in (a VPC, a table, a group), as far as AWS says."""
    tags: dict[str, str] = {}
    residue: str = ""
    """Why no call deletes it (a key that waits for its deletion, a role of AWS's own); empty for everything else."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it this one and no other: account, Region, type, id."""
        return (self.account, self.region, self.type, self.id)

    def __str__(self) -> str:
        """Give one line for a list of what is left."""
        return f"{self.account} {self.region} {self.type} {self.id}"


class Unlisted(Record):
    """A type of thing that could not be listed somewhere: nobody knows whether there is any."""

    account: str
    region: str
    type: str
    code: str
    why: str

    def __str__(self) -> str:
        """Give one line for a list, as `Unread` does."""
        return f"{self.region} {self.type}: {self.why}"


class Inventory(Record):
    """Everything found in one account, and what could not be looked at."""

    account: str
    regions: tuple[str, ...]
    """The enabled Regions that were looked at, without `global`."""
    taken_at: datetime
    resources: tuple[Resource, ...]
    """Sorted by Region, type and id."""
    unlisted: tuple[Unlisted, ...] = ()

    @property
    def complete(self) -> bool:
        """Say whether every type could be listed in every Region."""
        return not self.unlisted

    def since(self, before: Inventory) -> tuple[Resource, ...]:
        """List what is here and was not there `before`, without residue."""
        known = {resource.key for resource in before.resources}
        return tuple(found for found in self.resources if found.key not in known and not found.residue)


class Swept(Record):
    """What a sweep did."""

    removed: tuple[Resource, ...] = ()
    left: tuple[Resource, ...] = ()
    """What still stands, each with its reason in `reasons`."""
    reasons: dict[str, str] = {}
    """Why, by the resource's own line (`str(resource)`)."""

    @property
    def failed(self) -> bool:
        """Say whether anything that should go still stands."""
        return bool(self.left)
