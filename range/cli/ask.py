"""Questions before what destroys; on stderr, so that stdout keeps to results."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from range.cli import output
from range.errors import InputError
from range.plan.names import evidence_bucket

if TYPE_CHECKING:
    from range.records.plan import Enclave, Plan
    from range.records.reset import Options
    from range.records.session import Session


def before_down(planned: Plan, known: Mapping[str, int], going_on: Session | None, *, whole: bool) -> None:
    """Show what would go, and have the name of the exercise, or of its enclaves, typed.

    `known` has, for each enclave that would go, how many resources the state knows of it; `going_on` is the session that does.

    Raises:
        InputError: something else was typed, or there is nobody to ask.
    """
    name = planned.exercise if whole else " ".join(known)
    _somebody(f"taking down {name}")
    for enclave, count in known.items():
        _show(planned, enclave, going_on, f"{count} resources")
        _evidence(planned, enclave)
    _typed(name, "All of this goes, with what was made in it by hand; disks that were kept on request stay")


def before_prune(exercise: str) -> None:
    """Have the name of the exercise typed before all its golden images go.

    Raises:
        InputError: something else was typed, or there is nobody to ask.
    """
    _somebody("removing golden images that are of use")
    _typed(exercise, f"All golden images of {exercise} go, and the key that they are encrypted with")


def before_reset(planned: Plan, enclaves: Sequence[str], asked: Options, going_on: Session | None) -> None:
    """Show what would be reset, and have the enclaves' names typed.

    Raises:
        InputError: something else was typed, or there is nobody to ask.
    """
    names = " ".join(enclaves)
    _somebody(f"resetting {names}")
    for name in enclaves:
        _show(planned, name, going_on, "")
        if asked.level == "enclave":
            _evidence(planned, name)
    what = "All of it is made anew" if asked.level == "enclave" else "What was made or changed since the baseline goes"
    disks = "the disks that go are kept as snapshots" if asked.keep_evidence else "disks of hosts go for good"
    _typed(names, f"{what}; {disks}")


def _somebody(what: str) -> None:
    """See that there is somebody to ask."""
    if not sys.stdin.isatty():
        raise InputError(f"{what} asks first, and there is no terminal to ask on", hint="add --yes if you are sure")


def _show(planned: Plan, name: str, going_on: Session | None, more: str) -> None:
    """Show an enclave, its account, and who plays there."""
    enclave = _enclave(planned, name)
    output.note(f"  {name:<10} account {enclave.account if enclave else 'as recorded':<14} {more}".rstrip())
    if going_on is not None and name in going_on.enclaves:
        _below(f"{going_on.told}: whoever is in is put out")


def _evidence(planned: Plan, name: str) -> None:
    """Show which evidence goes with an enclave."""
    enclave = _enclave(planned, name)
    _below(f"its trail and flow logs go{f', in {evidence_bucket(planned, enclave)}' if enclave else ''}")
    if enclave == planned.hub:
        _below("all allies' events go, on the collector")


def _enclave(planned: Plan, name: str) -> Enclave | None:
    """Find an enclave; one that has left the file is known by name alone."""
    return next((each for each in (planned.hub, *planned.enclaves) if each.name == name), None)


def _below(text: str) -> None:
    """Show something more of the enclave above."""
    output.note(f"  {'':<10} {text}")


def _typed(name: str, what: str) -> None:
    """Have a name typed."""
    output.note(f"{what}. Type {name} to go on:")
    typed = sys.stdin.readline().strip()
    if typed != name:
        raise InputError(f"{typed!r} is not {name!r}, so nothing was touched")
