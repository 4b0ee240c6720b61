"""The table of resource types: every row, by its token."""

from __future__ import annotations

from range.rehearsal.provider.rows import Row
from range.rehearsal.provider.types import (
    acls,
    budgets,
    defaults,
    endpoints,
    firewall,
    groups,
    identity,
    instances,
    keys,
    mirroring,
    names,
    network,
    reservations,
    routing,
    sharing,
    storage,
    trails,
    transit,
)

_AREAS = (
    network,
    reservations,
    routing,
    groups,
    acls,
    endpoints,
    instances,
    mirroring,
    transit,
    sharing,
    identity,
    keys,
    storage,
    trails,
    names,
    firewall,
    budgets,
    defaults,
)

ROWS: dict[str, Row] = {row.token: row for area in _AREAS for row in area.ROWS}
