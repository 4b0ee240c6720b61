"""The table of steps: what happens to an enclave on its way up, and in reverse order on its way down.

A later stage is a row here. Order, resume, teardown, phases, `--help` and the tests all come from the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from range.controller.acts import configure, destroy, forget, prove_nothing_left, provision, record_inventory
from range.controller.baseline_acts import baseline, verify
from range.controller.outcome import Outcome
from range.controller.phases import Direction, Phase
from range.controller.rooms import MOST
from range.controller.site import Site


@dataclass(frozen=True)
class Act:
    """One thing to do to an enclave. It is repeated after a kill, so a second run must converge."""

    name: str
    run: Callable[[Site], Outcome]
    phase: Phase
    """The enclave's phase while it runs."""
    leaves: Phase
    """The enclave's phase once it is done."""
    width: int
    """On how many enclaves at once: what a small machine bears."""
    help: str
    most: int = 0
    """On how many while the machine has leisure, if that is more: what waits for AWS costs it nothing."""
    in_turn: bool = False
    """Whether it waits for those whose turn comes first. The hub's gateway is there before, and goes after, what is
    attached to it; and its account is looked at first, so that it is made while the others are looked at."""
    together: bool = False
    """Whether it waits for the other enclaves of the command to come as far, or to fail, as long as that costs it little:
    what is proven of one is proven against all the others that are there."""
    here: bool = False
    """Whether it stays with the command that was typed, although controllers share work: only that one knows how it is meant."""


@dataclass(frozen=True)
class Step:
    """A row: what to do on the way up, and what undoes it on the way down."""

    do: Act
    undo: Act | None = None
    """None where nothing is left to undo."""


ENGINES = 4
"""Pulumi engines at once. Measured on two cores: see bench/README.md."""
RUNS = 3
"""Runs of Ansible at once, each with a process per host: see bench/README.md."""
LOOKS = 6
"""Accounts looked at at once: they wait for AWS more than they compute."""
FEW_LOOKS = 2
"""Accounts looked at at once where more are as soon as the machine has leisure: two looks keep two cores busy, and more would
only hold up the hub's engine, which all wait for."""
VERIFIED = 64
"""Enclaves that wait for the proof at once: one proof serves them all."""

STEPS: tuple[Step, ...] = (
    Step(
        do=Act(
            "record-inventory",
            record_inventory,
            phase="provisioning",
            leaves="provisioning",
            width=FEW_LOOKS,
            most=MOST,
            help="Record what is in the account beforehand.",
            in_turn=True,
        ),
        undo=Act(
            "prove-nothing-left",
            prove_nothing_left,
            phase="tearing down",
            leaves="absent",
            width=FEW_LOOKS,
            most=MOST,
            help="Prove that nothing is there now that wasn't there beforehand.",
        ),
    ),
    Step(
        do=Act(
            "provision",
            provision,
            phase="provisioning",
            leaves="provisioned",
            width=ENGINES,
            most=MOST,
            help="Bring the stack up.",
            in_turn=True,
        ),
        undo=Act(
            "destroy",
            destroy,
            phase="tearing down",
            leaves="tearing down",
            width=ENGINES,
            most=MOST,
            help="Take the stack down.",
            in_turn=True,
        ),
    ),
    Step(
        do=Act(
            "configure",
            configure,
            phase="configuring",
            leaves="provisioned",
            width=RUNS,
            help="Make every host what its role says.",
        ),
        undo=Act(
            "forget",
            forget,
            phase="tearing down",
            leaves="tearing down",
            width=LOOKS,
            help="Forget the certificates and pinned keys of its hosts.",
        ),
    ),
    Step(
        do=Act(
            "verify",
            verify,
            phase="verifying",
            leaves="verifying",
            width=VERIFIED,
            help="Prove that exactly the declared flows exist, and no rights across its border.",
            together=True,
        ),
    ),
    Step(
        do=Act(
            "baseline",
            baseline,
            phase="verifying",
            leaves="ready",
            width=FEW_LOOKS,
            most=MOST,
            help="Record what is there, to reset to.",
        ),
    ),
)


def acts(direction: Direction, steps: tuple[Step, ...] = STEPS) -> tuple[Act, ...]:
    """Give what is done in a direction, in order."""
    if direction == "up":
        return tuple(step.do for step in steps)
    return tuple(step.undo for step in reversed(steps) if step.undo is not None)
