"""The witness's table: every type of resource that it looks for. Its own: nothing of it is taken from another part."""

from __future__ import annotations

from range.observe.kinds import Kind
from range.observe.table import identities, machines, networks, services, stores

TABLE: tuple[Kind, ...] = (
    *networks.KINDS, *machines.KINDS, *identities.KINDS, *stores.KINDS, *services.KINDS,
)  # fmt: skip
"""Every row."""
