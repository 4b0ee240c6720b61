"""What is changed in moto itself, one file per moto package: shared stock images, and shortcuts that give the same answers."""

from __future__ import annotations

import importlib
from functools import cache

_ADAPTED = frozenset({"ec2", "kms"})


@cache
def adapt(service: str) -> None:
    """Adapt a moto package, before its first backend is made; later calls do nothing."""
    if service in _ADAPTED:
        importlib.import_module(f"{__name__}.{service}").adapt()
