"""The table of a reset: what happens to an enclave between two teams, for each level."""

from __future__ import annotations

from collections.abc import Callable

from range.controller.outcome import Outcome
from range.controller.reset_acts import configure, look, remake, replace_disks, restore, rotate, sweep
from range.controller.site import Site
from range.controller.steps import ENGINES, LOOKS, VERIFIED, Act
from range.controller.verdicts import prove, witness
from range.records.reset import Level


def _act(name: str, run: Callable[[Site], Outcome], width: int, help: str, *, together: bool = False) -> Act:
    return Act(name, run, phase="resetting", leaves="resetting", width=width, help=help, together=together)


_LOOK = _act("look", look, LOOKS, "Look at the account and compare it with the baseline.")
_ROTATE = _act("rotate", rotate, LOOKS, "Rotate what players could have seen.")
_CONFIGURE = _act("configure-again", configure, ENGINES, "Configure the hosts again.")
_PROVE = _act("prove", prove, VERIFIED, "Prove the isolation and probe it.", together=True)
_WITNESS = _act("witness", witness, LOOKS, "Look again, read the trail, give and sign the verdict.")

LEVELS: dict[Level, tuple[Act, ...]] = {
    "host": (
        _LOOK,
        _act("sweep", sweep, LOOKS, "Delete what isn't declared, in every enabled Region."),
        _act("restore", restore, ENGINES, "Put declared things back to what they were."),
        _act("replace-disks", replace_disks, LOOKS, "Give touched hosts the disk that they had."),
        _ROTATE,
        _CONFIGURE,
        _PROVE,
        _WITNESS,
    ),
    "enclave": (
        _LOOK,
        _act("remake", remake, ENGINES, "Take the enclave down and make it anew."),
        _CONFIGURE,
        _PROVE,
        _WITNESS,
    ),
}
"""In the order in which they are done."""
