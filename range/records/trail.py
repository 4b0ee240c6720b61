"""What an account's trail says: every change since a moment, and up to when that is all of it."""

from __future__ import annotations

from datetime import datetime

from range.records.observation import Unread
from range.records.plan import Record


class Write(Record):
    """One call that changes something, as the trail has it."""

    id: str
    when: datetime
    region: str
    service: str
    """`ec2`."""
    call: str
    """`AuthorizeSecurityGroupIngress`."""
    who: str
    """The principal's ARN."""
    by_service: bool = False
    resources: tuple[str, ...] = ()
    error: str = ""
    """Why AWS refused it; empty for what took effect."""

    def __str__(self) -> str:
        """Give one line for a list."""
        about = f" on {', '.join(self.resources[:3])}" if self.resources else ""
        refused = f" (refused: {self.error})" if self.error else ""
        return f"{self.when:%H:%M:%S} {self.region} {self.service}:{self.call}{about} by {self.who}{refused}"


class Trail(Record):
    """Every change in an account since a moment that wasn't the range's own."""

    since: datetime
    until: datetime | None
    """Up to when it is complete in every Region; None where one of them hasn't told."""
    writes: tuple[Write, ...]
    unseen: tuple[Write, ...]
    """Those of them whose effect the witness has no eyes for."""
    unread: tuple[Unread, ...] = ()
