"""The witness at the controller's side: which accounts it enters and how, and what it saw there."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING

from range.plan.names import controller_role_arn, controller_session_arn, flow_logs_role
from range.records.observation import Observation
from range.records.plan import Plan
from range.records.trail import Trail

if TYPE_CHECKING:
    from botocore.loaders import Loader

    from range.observe.door import Door, House
    from range.observe.trail import Own

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
        return trail.read(door, enabled(door), since, ours=self._own(account), marker=marker, patience_s=patience)

    def _own(self, account: str) -> Own:
        """Name who acts for the range in an account: its controllers, this witness, and what writes its flow logs.

        The hub's controller is among them, since an ally's key is used from the hub's account.
        """
        from range.observe.trail import Own

        plan = self._plan
        named = (f"range-{plan.exercise}", f"pulumi-{plan.exercise}", SESSION_NAME)
        roles = (flow_logs_role(plan, each.name) for each in plan.enclaves if each.account == account)
        return Own(
            frozenset(
                controller_session_arn(plan, each, name) for each in (account, plan.hub.account) for name in named
            ),
            tuple(f"arn:aws:sts::{account}:assumed-role/{role}/" for role in roles),
        )

    def _enter(self, account: str) -> Door:
        from range.observe.door import Entry, House

        with self._guard:
            if self._house is None:
                self._house = House(self._plan.region, self._models)
        role = controller_role_arn(self._plan, account)
        return self._house.enter(Entry(account, role, self._plan.external_id, SESSION_NAME))
