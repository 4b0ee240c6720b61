"""What a reset does and finds, step by step, and what it comes to."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from range.records.observation import Difference, host_of
from range.records.plan import Record

Level = Literal["host", "enclave"]
Verdict = Literal["CLEAN", "DIRTY", "UNKNOWN"]


class Options(Record):
    """How a reset is asked for."""

    level: Level = "host"
    all_hosts: bool = False
    keep_evidence: bool = False
    acknowledged: tuple[str, ...] = ()
    """Events of the trail whose effect nobody sees here, and that somebody has looked at by hand."""


class Worksheet(Record):
    """What one reset of one enclave has found and done so far; kept on disk, so that a kill loses nothing of it."""

    began: datetime
    since: datetime
    """From when on the trail is read: the first session since the enclave was last clean, or its baseline."""
    sessions: tuple[int, ...] = ()
    """The sessions that were played since then."""
    found: tuple[Difference, ...] = ()
    """What differed at the first look."""
    hosts: tuple[str, ...] = ()
    """Hosts that were touched, or may have been: they get another disk."""
    ids: dict[str, str] = {}
    """What things of the baseline were called by AWS at the first look, by role."""
    strangers: int = 0
    """Changes by others that the trail had then."""
    strange: tuple[str, ...] = ()
    """What was in the account when it was to be empty, before the enclave was made anew."""
    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    """Hosts that got another disk."""
    rotated: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    """What was kept on request."""
    skipped: tuple[str, ...] = ()
    """Steps that weren't done, each with the reason."""
    problems: tuple[str, ...] = ()
    """What went wrong in a step that was gone on from."""

    @property
    def touched(self) -> bool:
        """Say whether there is anything to reset."""
        return bool(self.sessions or self.found or self.strangers or self.hosts)

    @property
    def in_account(self) -> tuple[Difference, ...]:
        """Give what differed in the account, and not on a host."""
        return tuple(each for each in self.found if host_of(each.region) is None)


class ResetResult(Record):
    """What a reset came to for one enclave: a row of `reset`'s JSON."""

    name: str
    verdict: Verdict
    baseline: str
    """The SHA-256 that it should have."""
    observed: str
    """The SHA-256 that it has; empty where nobody could look."""
    left: tuple[dict[str, Any], ...] = ()
    """Every difference, with account, Region, type and id."""
    why: tuple[str, ...] = ()
    """Why it isn't CLEAN, or what can't be told."""
    seconds: float = 0.0
    error: str | None = None
    hint: str | None = None
    receipt: str = ""
    """The file with the signed receipt."""
    exit_code: int = 0
