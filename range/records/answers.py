"""Who can do something to what: the answer to an officer's question."""

from __future__ import annotations

from typing import Literal

from range.records.plan import Record

Told = Literal["ALLOWED", "UNKNOWN"]


class Able(Record):
    """One who can, or of whom it can't be told."""

    who: str
    """An ARN, a service's name, `arn:aws:iam::*:root` for any account outside, or `*` for whoever signs nothing."""
    enclave: str
    """Whose; `internet` for whoever belongs to none, empty for a service."""
    verdict: Told
    resource: str
    why: str
    """Who may do what on what, and where it takes conditions, which."""
    chain: tuple[str, ...]
    """The statements that let it happen."""


class WhoCan(Record):
    """Everybody who can do an action to the things of one enclave. Who isn't listed can't."""

    exercise: str
    action: str
    on: str
    able: tuple[Able, ...]
    asked: int
    """How many roles, users, root users and services were asked about."""
    doubts: tuple[str, ...]
    """What the snapshot lacks: with any of these, somebody who isn't listed may be able all the same."""
    snapshot_sha256: str
