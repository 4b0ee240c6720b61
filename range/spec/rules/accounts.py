"""Who plays, and in which account."""

from __future__ import annotations

from collections.abc import Iterator

from range.spec.countries import ALPHA_3
from range.spec.models import Exercise
from range.spec.problems import Location, Violation


def account_violations(exercise: Exercise) -> Iterator[Violation]:
    """Codes are countries', and neither an ally nor an account is there twice: an account is what isolates."""
    yield from _codes(exercise)
    seen: dict[str, str] = {}
    for location, owner, account in _accounts(exercise):
        if account in seen:
            yield Violation(location, f"an account of {owner}'s own", f"{account}, which is {seen[account]}'s already")
        seen.setdefault(account, owner)


def _codes(exercise: Exercise) -> Iterator[Violation]:
    """Judge the allies' codes."""
    seen: set[str] = set()
    for position, ally in enumerate(exercise.allies):
        location: Location = ("allies", position, "code")
        if ally.code not in ALPHA_3:
            near = sorted(code for code in ALPHA_3 if code[0] == ally.code[0])
            yield Violation(location, f"an ISO 3166 alpha-3 code: {', '.join(near) or 'est, for example'}")
        elif ally.code in seen:
            yield Violation(location, "each ally once", f"{ally.code} again")
        seen.add(ally.code)


def _accounts(exercise: Exercise) -> Iterator[tuple[Location, str, str]]:
    """Give every account with its place and its owner."""
    yield ("accounts", "management"), "management", exercise.accounts.management
    yield ("accounts", "hub"), "hub", exercise.accounts.hub
    for position, ally in enumerate(exercise.allies):
        yield ("allies", position, "account"), ally.code, ally.account
    yield ("teams", "red", "account"), "red", exercise.teams.red.account
    yield ("teams", "white", "account"), "white", exercise.teams.white.account
