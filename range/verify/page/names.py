"""Names and ids of the page's parts."""

from __future__ import annotations

import re

from range.records.plan import INTERNET

_PEOPLE_SAY = {"*": "everybody", f"{INTERNET}.{INTERNET}": "the internet", INTERNET: "the internet"}


def end_name(name: str) -> str:
    """Name one end of a finding for people."""
    return _PEOPLE_SAY.get(name, name)


def slug(source: str, target: str) -> str:
    """Name an ordered pair of enclaves: `est--pol`; a zone's pair has its enclaves' name."""
    ends = (re.sub(r"[^a-z0-9-]", "", end.split(".")[0].lower()) or "all" for end in (source, target))
    return "--".join(ends)
