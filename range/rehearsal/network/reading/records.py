"""moto's backends, looked at without making any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.core.base_backend import BackendDict


def backends(kind: BackendDict[Any]) -> Iterator[Any]:
    """Give the backends of a kind that there are; none is made by looking."""
    for regional in list(kind.values()):
        yield from list(dict.values(regional))
