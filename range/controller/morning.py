"""The morning's go or no-go: what stands between each ally and a session, and what to type about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from range.controller.baselines import needed
from range.controller.played import Played
from range.controller.proving import judged
from range.controller.sessions import spent_usd
from range.controller.site import Setting
from range.controller.standing import Row, standings_now
from range.errors import RangeError
from range.plan.terms import WARNED_AT
from range.records.plan import Record
from range.records.proof import Proof


class Answer(Record):
    """Go or no-go for one enclave."""

    name: str
    go: bool
    phase: str
    why: tuple[str, ...] = ()
    """Why it is no go, or what to keep an eye on."""
    next: str | None = None
    exit_code: int = 0

    @property
    def word(self) -> str:
        """Say it in one word."""
        return "go" if self.go else "NO-GO" if self.exit_code != 3 else "UNKNOWN"


def answers(setting: Setting, enclaves: Sequence[str], typed: str) -> tuple[Answer, ...]:
    """Give an answer for each enclave; `typed` is what follows a command that is proposed."""
    names = [setting.plan.hub.name, *(each.name for each in setting.plan.enclaves)]
    rows = {row.name: row for row in standings_now(setting.home, setting.plan.exercise, names)}
    up = [name for name in enclaves if setting.stands(name)]
    proof: Proof | RangeError | None = None
    if up:
        try:
            proof = setting.proof.get()
        except RangeError as error:
            proof = error
    spent = spent_usd(setting, datetime.now(UTC))
    return tuple(_answer(setting, rows[name], proof, spent.get(name, 0.0), typed) for name in enclaves)


def _answer(setting: Setting, row: Row, proof: Proof | RangeError | None, spent: float, typed: str) -> Answer:
    name, ally = row.name, f" --ally {row.name}"
    shown = row.shown(typed)
    if row.phase not in ("ready", "in session"):
        why = f"it is {row.phase}" + (f" ({row.error})" if row.error else "")
        return Answer(name=name, go=False, phase=row.phase, why=(why,), next=shown["next"], exit_code=1)
    try:
        needed(setting, name)
    except RangeError as error:
        return Answer(name=name, go=False, phase=row.phase, why=(error.message,), next=f"range up {typed}", exit_code=1)
    if row.phase == "ready" and (unclean := Played.of(setting).since_clean(name)):
        why = f"session {unclean[-1].number} was played there, and it wasn't reset since"
        return Answer(name=name, go=False, phase=row.phase, why=(why,), next=f"range reset {typed}{ally}", exit_code=1)
    if not isinstance(proof, Proof):
        why = proof.message if proof is not None else "nothing is up"
        return Answer(name=name, go=False, phase=row.phase, why=(why,), next=f"range verify {typed}", exit_code=3)
    missing = frozenset(each.name for each in setting.plan.enclaves if not setting.stands(each.name))
    if found := judged(proof, name, missing):
        told = tuple(f"{each.verdict}: {each.source} → {each.to} {each.traffic}: {each.why}" for each in found[:3])
        code = 1 if any(each.verdict == "VIOLATED" for each in found) else 3
        return Answer(name=name, go=False, phase=row.phase, why=told, next=f"range verify {typed}", exit_code=code)
    return Answer(name=name, go=True, phase=row.phase, why=_watch(setting, spent), next=shown["next"])


def _watch(setting: Setting, spent: float) -> tuple[str, ...]:
    """Say what to keep an eye on although it is a go."""
    told = []
    if spent >= setting.plan.budget_usd * WARNED_AT:
        told.append(f"it has cost {spent:.2f} of {setting.plan.budget_usd:.2f} USD")
    lease = setting.plan.session.lease_end
    if lease is not None and (lease - datetime.now(UTC)).days < 1:
        told.append(f"the lease ends at {lease:%Y-%m-%d %H:%M} UTC")
    return tuple(told)
