"""THE table: every type of resource that is looked for, and the order in which they are deleted."""

from __future__ import annotations

from graphlib import TopologicalSorter

from range.cloud.resources import gateways, identity, machines, names, network, operations, storage, strays
from range.cloud.resources.kinds import Kind

TABLE: tuple[Kind, ...] = (
    *network.KINDS, *machines.KINDS, *gateways.KINDS, *names.KINDS, *identity.KINDS, *storage.KINDS, *operations.KINDS,
)  # fmt: skip
"""Every row of what an inventory lists."""

STRAYS: tuple[Kind, ...] = strays.KINDS
"""Rows of what no stack declares and an inventory doesn't list: looked for where the witness saw one."""

BY_TYPE: dict[str, Kind] = {kind.type: kind for kind in (*TABLE, *STRAYS)}
"""Every row by its type."""


def deletion_levels() -> tuple[tuple[Kind, ...], ...]:
    """Sort the types into levels: everything of one level may go at once, when all levels before it are gone."""
    sorter = TopologicalSorter({kind.type: kind.after for kind in BY_TYPE.values()})
    sorter.prepare()
    levels = []
    while sorter.is_active():
        ready = sorter.get_ready()
        levels.append(tuple(BY_TYPE[name] for name in sorted(ready)))
        sorter.done(*ready)
    return tuple(levels)
