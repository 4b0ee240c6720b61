"""Questions before what destroys; on stderr, so that stdout keeps to results."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from range.cli import output
from range.errors import InputError
from range.records.plan import Plan


def before_down(planned: Plan, known: Mapping[str, int], *, whole: bool) -> None:
    """Show what would go, and have the name of the exercise, or of its enclaves, typed.

    `known` has, for each enclave that would go, how many resources the state knows of it.

    Raises:
        InputError: something else was typed, or there is nobody to ask.
    """
    name = planned.exercise if whole else " ".join(known)
    if not sys.stdin.isatty():
        raise InputError(
            f"taking down {name} asks first, and there is no terminal to ask on", hint="add --yes if you are sure"
        )
    accounts = {enclave.name: enclave.account for enclave in (planned.hub, *planned.enclaves)}
    for enclave, count in known.items():
        output.note(f"  {enclave:<10} account {accounts.get(enclave, 'as recorded'):<14} {count} resources")
    output.note(f"All of this goes, with what was made in it by hand. Type {name} to go on:")
    typed = sys.stdin.readline().strip()
    if typed != name:
        raise InputError(f"{typed!r} is not {name!r}, so nothing was touched")


def before_prune(exercise: str) -> None:
    """Have the name of the exercise typed before all its golden images go.

    Raises:
        InputError: something else was typed, or there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise InputError(
            "removing golden images that are of use asks first, and there is no terminal to ask on",
            hint="add --yes if you are sure",
        )
    output.note(
        f"All golden images of {exercise} go, and the key that they are encrypted with. Type {exercise} to go on:"
    )
    typed = sys.stdin.readline().strip()
    if typed != exercise:
        raise InputError(f"{typed!r} is not {exercise!r}, so nothing was touched")


def before_reset(planned: Plan, enclaves: Sequence[str], level: str) -> None:
    """Show what would be reset, and have the enclaves' names typed.

    Raises:
        InputError: something else was typed, or there is nobody to ask.
    """
    names = " ".join(enclaves)
    if not sys.stdin.isatty():
        raise InputError(
            f"resetting {names} asks first, and there is no terminal to ask on", hint="add --yes if you are sure"
        )
    for name in enclaves:
        output.note(f"  {name:<10} account {planned.enclave(name).account}")
    what = "All of it is made anew" if level == "enclave" else "What was made or changed since the baseline goes"
    output.note(f"{what}, with the disks of its hosts. Type {names} to go on:")
    typed = sys.stdin.readline().strip()
    if typed != names:
        raise InputError(f"{typed!r} is not {names!r}, so nothing was touched")
