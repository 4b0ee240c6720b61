"""Figures from outside, each with its source and date, kept as data; read when they are asked for."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def rows(table: str) -> tuple[dict[str, Any], ...]:
    """Give the rows of `quotas` or `prices`; the plan counts with them, and the rehearsal cloud holds to them."""
    content = json.loads(files(__package__).joinpath(f"{table}.json").read_text())
    return tuple(content[table])
