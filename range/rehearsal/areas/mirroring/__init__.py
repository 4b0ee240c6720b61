"""Traffic mirroring: what of an interface's traffic is copied, and to which other interface."""

from __future__ import annotations

from range.rehearsal.areas.mirroring import filters, sessions

OPERATIONS = {**filters.OPERATIONS, **sessions.OPERATIONS}
