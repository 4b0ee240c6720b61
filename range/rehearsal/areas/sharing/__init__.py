"""Resource shares: what an account lets others of its organisation, or outside of it, use."""

from __future__ import annotations

from range.rehearsal.areas.sharing import associations, invitations, lists, shares

OPERATIONS = {**shares.OPERATIONS, **associations.OPERATIONS, **invitations.OPERATIONS, **lists.OPERATIONS}
