"""Freezing and thawing: one enclave's network, or a team's everywhere, and exactly that undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import cast

from range.controller.claims import claim
from range.controller.command import Command
from range.controller.outcome import Outcome
from range.controller.phases import Phase
from range.controller.played import Played
from range.controller.site import Setting
from range.errors import InputError, RangeError
from range.records.plan import Plan
from range.records.results import EnclaveResult
from range.records.session import Cut

TEAMS = ("blue", "red", "white")
"""Blue are the allies; green has no enclave."""
_AT_ONCE = 12


def of_team(plan: Plan, team: str) -> tuple[str, ...]:
    """Name the enclaves of a team.

    Raises:
        InputError: there is no such team.
    """
    if team not in TEAMS:
        raise InputError(f"--team {team}: there is no such team with an enclave", hint=f"valid: {', '.join(TEAMS)}")
    kind = {"blue": "ally"}.get(team, team)
    return tuple(each.name for each in plan.enclaves if each.kind == kind)


def freeze(
    setting: Setting, command: Command, enclaves: Sequence[str], why: str = "frozen by hand"
) -> list[EnclaveResult]:
    """Cut enclaves' networks off, side by side; what is cut already stays so."""

    def one(name: str) -> None:
        from range.session.cut import cut

        if not setting.stands(name):
            raise InputError(f"{name} isn't up, so there is nothing to cut")
        played = Played.of(setting)
        before = played.enclave(name).cut
        entries = cut(setting.sessions.account(setting.plan.enclave(name).account), setting.plan.stack(name))
        if before is not None:  # networks may have come since
            more = tuple(dict.fromkeys((*before.entries, *entries)))
            played.is_cut(name, before.model_copy(update={"entries": more}))
            return
        standing = command.journal.standings(setting.plan.exercise).get(name)
        was = standing.phase if standing is not None and standing.phase != "in session" else "ready"
        held = Cut(since=datetime.now(UTC), who=command.who, why=why, entries=entries, before=was)
        played.is_cut(name, held)
        command.journal.stands(setting.plan.exercise, name, "frozen", direction="session")

    return _each(setting, command, enclaves, one)


def thaw(setting: Setting, command: Command, enclaves: Sequence[str]) -> list[EnclaveResult]:
    """Undo exactly what a freeze did; a quarantine is given back by a clean verdict alone."""

    def one(name: str) -> None:
        from range.session.cut import restore

        played = Played.of(setting)
        held = played.enclave(name).cut
        if held is None:
            return
        if held.quarantine:
            raise InputError(
                f"{name} is quarantined: {held.why}",
                hint=f"`range reset {setting.spec} --ally {name}`, or with `--level enclave`; only CLEAN gives it back",
            )
        restore(setting.sessions.account(setting.plan.enclave(name).account), held.entries)
        played.is_cut(name, None)
        phase = played.phase(name) or cast(Phase, held.before)
        command.journal.stands(setting.plan.exercise, name, phase, direction="session")

    return _each(setting, command, enclaves, one)


def quarantine(setting: Setting, name: str, why: str) -> str:
    """Cut an enclave off until a verdict is clean; gives why it couldn't be, where that is so."""
    from range.session.cut import cut

    played = Played.of(setting)
    before = played.enclave(name).cut
    try:
        entries = cut(setting.sessions.account(setting.plan.enclave(name).account), setting.plan.stack(name))
    except RangeError as error:
        return error.message
    since = before.since if before is not None and before.quarantine else datetime.now(UTC)
    played.is_cut(name, Cut(since=since, who=setting.who, why=why, entries=entries, quarantine=True))
    return ""


def _each(
    setting: Setting, command: Command, enclaves: Iterable[str], act: Callable[[str], None]
) -> list[EnclaveResult]:
    """Act on enclaves side by side; one's failure holds no other up."""

    def one(name: str) -> EnclaveResult:
        began = datetime.now(UTC)
        outcome = Outcome()
        try:
            stack = setting.plan.stack(name)
            with claim(setting.locks, stack, who=command.who, command=command.words, wait=command.wait):
                act(name)
        except RangeError as error:
            outcome = Outcome.of(error)
        standing = command.journal.standings(setting.plan.exercise).get(name)
        return EnclaveResult(
            name=name,
            phase=standing.phase if standing else "absent",
            seconds=round((datetime.now(UTC) - began).total_seconds(), 2),
            error=outcome.error,
            hint=outcome.hint,
            exit_code=outcome.exit_code,
        )

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="cut") as pool:
        return list(pool.map(one, tuple(enclaves)))
