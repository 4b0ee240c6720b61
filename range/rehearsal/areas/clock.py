"""The time, as results carry it."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Give the time in UTC, without a zone: moto's serializers want it so."""
    return datetime.now(UTC).replace(tzinfo=None)
