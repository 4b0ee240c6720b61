"""The table of resource types: every row, by its token."""

from __future__ import annotations

from range.rehearsal.provider.rows import Row
from range.rehearsal.provider.types import network

ROWS: dict[str, Row] = {row.token: row for row in (*network.ROWS,)}
