"""S3: what a bucket's policy denies is decided at the door, where the caller is known; see `areas/objects.py`."""

from __future__ import annotations

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3 import models


def adapt() -> None:
    """Change moto's S3."""
    models.FakeBucket.get_permission = _undecided  # type: ignore[assignment]
    models.FakeKey.__del__ = models.FakeKey.dispose  # it warns of objects of a closed cloud


def _undecided(*_: Any) -> PermissionResult:
    """Deny nothing here."""
    return PermissionResult.NEUTRAL
