"""Type a command that kills itself at a boundary of a step: `python -m tests.bad_days.crash up:hub:provision:begun up SPEC`."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from range.cli import main
from range.controller.conductor import Conductor
from range.controller.outcome import Outcome
from range.controller.steps import Act

WHENS = ("begun", "done", "told")
"""As soon as a step is written down as begun; when its work is done, and nothing of it written down; when the journal
has it, and the walk doesn't."""


def arm(where: str) -> None:
    """Have this process killed when it comes there."""
    began, ended = Conductor._began, Conductor._ended

    def dying_begin(self: Conductor, enclave: str, act: Act) -> int:
        row = began(self, enclave, act)
        _die(where, self, enclave, act, "begun")
        return row

    def dying_end(self: Conductor, enclave: str, act: Act, row: int, outcome: Outcome) -> None:
        if not outcome.failed:
            _die(where, self, enclave, act, "done")
        ended(self, enclave, act, row, outcome)
        if not outcome.failed:
            _die(where, self, enclave, act, "told")

    replaced: Any = Conductor
    replaced._began, replaced._ended = dying_begin, dying_end


def _die(where: str, conductor: Conductor, enclave: str, act: Act, when: str) -> None:
    if where == f"{conductor._direction}:{enclave}:{act.name}:{when}":
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    arm(sys.argv[1])
    sys.exit(main.run(sys.argv[2:]))
