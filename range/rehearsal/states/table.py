"""All states that don't last in one table, and the two ways in which they end."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from range.rehearsal.call import Call
from range.rehearsal.states import machines, networks, passing
from range.rehearsal.states.failing import FAILS
from range.rehearsal.states.passing import Passing, all_passings, leave, passings
from range.rehearsal.states.rows import Row

ROWS: tuple[Row, ...] = (*networks.ROWS, *machines.ROWS)
BY_KIND: Mapping[str, Row] = {row.kind: row for row in ROWS}


def _by_look() -> Mapping[str, Mapping[str, str]]:
    """Give for each call that looks at things their kinds, and the parameters that name them."""
    found: dict[str, dict[str, str]] = {}
    for row in ROWS:
        for call, parameter in row.looks.items():
            found.setdefault(call, {})[row.kind] = parameter
    return found


_LOOKS = _by_look()


def look(call: Call) -> None:
    """Move on what a call looks at, before it is answered."""
    looks = _LOOKS.get(call.name)
    there = passings(call.region) if looks else None
    if looks and there and there.things:
        seen = (thing for thing in there.things.values() if thing.kind in looks and call.account in thing.seen_by)
        _move([thing for thing in seen if _is_meant(call, thing, looks[thing.kind])])


def _is_meant(call: Call, thing: Passing, parameter: str) -> bool:
    """Say whether a call looks at a thing: it names it, or names none."""
    named = call.params.get(parameter) if parameter else None
    return not named or thing.id in named


def let_time_pass(call: Call) -> None:
    """Move on everything that the caller of a refused call could be waiting for."""
    there = passings(call.region)
    if there and there.things:
        _move([thing for thing in there.things.values() if call.account in thing.seen_by])


def move_on(kinds: Iterable[str]) -> float | None:
    """Move on everything of some kinds whose state has lasted long enough, wherever it is: nobody had to look.

    Gives when the next one may move on, in seconds since the epoch; None if none has to wait.
    """
    for there in all_passings():
        _move([thing for thing in there.things.values() if thing.kind in kinds])
    later = (thing.due for there in all_passings() for thing in there.things.values() if thing.kind in kinds)
    return min((due for due in later if due > time.time()), default=None)


def _move(things: Iterable[Passing]) -> None:
    """Take things one step on, those whose states have lasted long enough."""
    for thing in things:
        if thing.is_due:
            if passing.watcher is not None:
                passing.watcher.moved(thing)
            further = None
            if thing.fails:
                FAILS[thing.kind](thing)
            else:
                further = BY_KIND[thing.kind].move(thing)
            if further is None:
                leave(thing.id, thing.region)
            else:
                thing.stay(further)
