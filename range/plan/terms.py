"""What is due in a session: which warnings, and whether its time, its lease or its money is over. Pure: the clock is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from range.records.plan import Record, SessionTerms
from range.records.session import Session

WARNED_AT = 0.8
"""The part of a budget at which everybody is warned."""


WhenOver = Literal["warn", "freeze", "end"]


class Due(Record):
    """One thing that is due now."""

    what: WhenOver
    key: str
    """What it is remembered by, so that it is done once."""
    why: str
    enclaves: tuple[str, ...] = ()
    """Whom it is about; empty: the whole session."""


def due(
    session: Session, terms: SessionTerms, now: datetime, spent: Mapping[str, float], budget_usd: float
) -> tuple[Due, ...]:
    """List what is due and wasn't done yet.

    `spent` is what each enclave has cost this month. Nothing ends a session before every warning of the file was given
    and its minutes have passed: a warning that comes late makes the end late, too.
    """
    clock = _Clock(session, terms, now)
    found = clock.due("session", session.ends, "end")
    lease = session.lease_end or terms.lease_end
    if lease is not None:
        found += clock.due("lease", lease, terms.at_lease_end)
    for name in session.enclaves:
        found += _money(name, spent.get(name, 0.0), budget_usd, terms)
    return tuple(each for each in found if each.key not in session.warned)


@dataclass(frozen=True)
class _Clock:
    """What a moment means for the ends of a session."""

    session: Session
    terms: SessionTerms
    now: datetime

    def due(self, what: str, ends: datetime, then: WhenOver) -> list[Due]:
        """List the warnings of one end that are due, and the end itself once all of them were given in time."""
        named, found = f"{what} {ends.isoformat()}", []
        for minutes in sorted(self.terms.warn_min, reverse=True):
            if self.now >= ends - timedelta(minutes=minutes):
                left = max(0, round((ends - self.now).total_seconds() / 60))
                why = f"the {what} ends in {left} minutes, at {ends:%H:%M} UTC"
                found.append(Due(what="warn", key=f"{named} {minutes}", why=why))
        given = {key for key in self.session.warned if key.startswith(f"{named} ")}
        if self.now >= ends and len(given) == len(set(self.terms.warn_min)):
            found.append(Due(what=then, key=f"{named} over", why=f"the {what} ended at {ends:%H:%M} UTC"))
        return found


def _money(name: str, spent: float, budget_usd: float, terms: SessionTerms) -> list[Due]:
    """List what is due of an enclave's budget."""
    told = f"{name} has cost {spent:.2f} of {budget_usd:.2f} USD"
    if spent >= budget_usd:
        over = Due(what=terms.at_budget_end, key=f"budget {name} 100", why=f"{told}: it is spent", enclaves=(name,))
        return [over]
    if spent >= budget_usd * WARNED_AT:
        return [Due(what="warn", key=f"budget {name} 80", why=told, enclaves=(name,))]
    return []
