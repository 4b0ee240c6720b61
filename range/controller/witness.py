"""The witness at the controller's side: which accounts it enters and how, and what it saw there."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING

from range.plan.names import controller_role_arn
from range.records.observation import Observation
from range.records.plan import Plan
from range.records.trail import Trail

if TYPE_CHECKING:
    from botocore.loaders import Loader

    from range.observe.door import Door, House

SESSION_NAME = "range-witness"


class Witness:
    """Looks at the accounts of one exercise, by a way in of its own. Safe to use from several threads."""

    def __init__(self, plan: Plan, models: Loader | None = None) -> None:
        """Keep whose accounts, and AWS's descriptions of its services where they were read already; nothing is asked yet."""
        self._plan = plan
        self._models = models
        self._house: House | None = None
        self._guard = threading.Lock()

    def look(self, account: str, *, organisation: bool = False) -> Observation:
        """Give what is in an account.

        Raises:
            CloudError: it couldn't even be entered.
        """
        from range.observe.look import look

        return look(self._enter(account), organisation=organisation)

    def trail(self, account: str, since: datetime, marker: str, *, patience_s: float | None = None) -> Trail:
        """Give what others changed in an account since a moment, and up to when that is complete."""
        from range.observe import trail
        from range.observe.look import enabled

        door = self._enter(account)
        patience = trail.PATIENCE_S if patience_s is None else patience_s
        return trail.read(door, enabled(door), since, ours=self._ours, marker=marker, patience_s=patience)

    @property
    def _ours(self) -> tuple[str, ...]:
        """How the names of the sessions begin that the range itself acts under."""
        return (f"range-{self._plan.exercise}", f"pulumi-{self._plan.exercise}", SESSION_NAME, "range-marker-")

    def _enter(self, account: str) -> Door:
        from range.observe.door import Entry, House

        with self._guard:
            if self._house is None:
                self._house = House(self._plan.region, self._models)
        role = controller_role_arn(self._plan, account)
        return self._house.enter(Entry(account, role, self._plan.external_id, SESSION_NAME))
