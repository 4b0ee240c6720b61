"""What must be there before an exercise can be brought up, and whether it is."""

from __future__ import annotations

from range.records.plan import Record


class Check(Record):
    """One thing that `doctor` looked at."""

    name: str
    where: str
    """The account, or `this machine`."""
    ok: bool
    why: str = ""
    """What is missing; empty when nothing is."""
    mend: str = ""
    """What to type."""


class Mended(Record):
    """One thing that `bootstrap` saw to."""

    name: str
    where: str
    did: str
    """What was changed; empty when it was right already."""
