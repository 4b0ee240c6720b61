"""Ids of the page's parts."""

from __future__ import annotations

import re


def slug(source: str, target: str) -> str:
    """Name an ordered pair of enclaves: `est--pol`; a zone's pair has its enclaves' name."""
    ends = (re.sub(r"[^a-z0-9-]", "", end.split(".")[0].lower()) or "all" for end in (source, target))
    return "--".join(ends)
