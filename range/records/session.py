"""Sessions, who has access for how long, and what cuts an enclave off."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from range.records.plan import Record

WhenSpent = Literal["warn", "freeze", "end"]
"""What happens when the lease ends, or the budget is spent."""


class Session(Record):
    """One session of an exercise."""

    number: int
    began: datetime
    ends: datetime
    """When it is meant to end: what the file says, and what it was extended by."""
    ended: datetime | None = None
    who: str
    enclaves: tuple[str, ...]
    warned: tuple[str, ...] = ()
    """Which warnings were given."""
    lease_end: datetime | None = None
    """When the lease ends, where it was moved by extending."""
    not_told: dict[str, str] = {}
    """Hosts that a team's key couldn't be taken off at the end, and why: a reset gives them another disk."""
    proof_sha256: str = ""
    """Of the snapshot that was proven when it began."""

    @property
    def open(self) -> bool:
        """Say whether it goes on."""
        return self.ended is None

    @property
    def told(self) -> str:
        """Say that it goes on, since when and by whom."""
        return f"session {self.number} goes on since {self.began:%H:%M} UTC, begun by {self.who}"


class Entry(Record):
    """One line of a network ACL that cuts."""

    acl: str
    egress: bool


class Cut(Record):
    """What cuts an enclave's network, so that exactly that can be undone."""

    since: datetime
    who: str
    why: str
    entries: tuple[Entry, ...]
    quarantine: bool = False
    """A verdict cut it, and only a clean one gives it back."""
    before: str = "ready"
    """The phase to go back to, where no session goes on."""


class Enclave(Record):
    """What is remembered of an enclave between commands."""

    clean: datetime | None = None
    """When it was last proven to be as its baseline."""
    cut: Cut | None = None


class Login(Record):
    """A team's way into its hosts by SSH."""

    key: str
    """The file of the private key."""
    user: str
    through: str
    """User and address on the bastion, where the key opens connections to these hosts and nothing else."""
    hosts: dict[str, str]
    """Addresses by host."""
    not_told: dict[str, str] = {}
    """Hosts that the key couldn't be brought to, and why."""


class Access(Record):
    """A team's short-lived credentials in one enclave."""

    enclave: str
    account: str
    role_arn: str
    access_key_id: str
    secret_access_key: str
    session_token: str
    expires: datetime
    login: Login | None = None
    """None where there are no hosts to log in to."""
