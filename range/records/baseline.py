"""What an enclave is reset to: everything that was recorded of it after `up` had proven it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from range.records.inventory import Inventory
from range.records.observation import Observation, text
from range.records.plan import Record

FORMAT = 2
"""Goes up when a baseline of an older program can't be compared with any more."""


class Baseline(Record):
    """One enclave's baseline."""

    format: int = FORMAT
    exercise: str
    enclave: str
    account: str
    recorded: datetime
    versions: dict[str, str]
    """Of what made and looked at the enclave, by name."""
    plan: dict[str, str]
    """The SHA-256 of each part of the plan that the enclave is made from, by name."""
    state: str
    """The SHA-256 of the URNs, types and non-secret inputs in the stack's state."""
    playbooks: str
    """The SHA-256 of the playbooks and roles; empty where there are none."""
    files: dict[str, str] = {}
    """The SHA-256 of each host's files, by host."""
    no_files: str = ""
    """Why there are no digests of hosts' files."""
    goldens: dict[str, str] = {}
    """The snapshot of each host's root volume as it was then, by host."""
    observation: Observation
    inventory: Inventory
    """What the sweep listed at the same time: what is newer isn't declared."""

    @property
    def digest(self) -> str:
        """Give the SHA-256 of what the witness saw: what a reset is compared with."""
        return self.observation.digest

    @property
    def made_from(self) -> str:
        """Give the SHA-256 of everything that the enclave was made from."""
        return hashlib.sha256(text([self.plan, self.state, self.playbooks]).encode()).hexdigest()
