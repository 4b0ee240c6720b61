"""Paths into what AWS answers: JMESPath to read, plain dotted names to write."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.parser import ParsedResult

_PLAIN = re.compile(r"[A-Za-z0-9_]+")


def pick(value: Any, path: str) -> Any:
    """Give what is at a path, or None; the empty path gives all of it."""
    if not path or value is None:
        return value
    if _PLAIN.fullmatch(path):
        return value.get(path) if isinstance(value, dict) else None
    return _compiled(path).search(value)


def plant(into: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a dotted path, making the objects on the way."""
    *way, last = path.split(".")
    for name in way:
        into = into.setdefault(name, {})
    into[last] = value


@lru_cache(maxsize=4096)
def _compiled(path: str) -> ParsedResult:
    return jmespath.compile(path)
