"""A stack's program in this process: loaded once, ahead of its time, and run for each stack."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from range.errors import ProvisionError, RangeError
from range.provision import positions, quiet

Program = Callable[[str, Path], None]
"""A stack's program: from the stack's name and the exercise file. `stacks.program.run`."""


def declared(stack: str, spec: Path) -> None:
    """Run the program of `stacks`, which is loaded the first time."""
    loaded().result()
    _freeze_once()
    from stacks import program

    program.run(stack, spec)


@functools.cache
def loaded() -> Future[None]:
    """Begin to load the program of `stacks`, once: 2 to 3 s and 120 MiB that only it needs."""
    return ThreadPoolExecutor(1, thread_name_prefix="programs").submit(_load)


def _load() -> None:
    """Load what programs need."""
    from stacks import program

    program.prepare()
    positions.keep_out_of_state()
    quiet.leave_out_debugging()
    quiet.wait_for_all_at_once()


@functools.cache
def _freeze_once() -> None:
    """Let no garbage collection look again at what is loaded by now, AWS's own models among it: a third of a program's time."""
    gc.collect()
    gc.freeze()


class InlineProgram:
    """A stack's program that remembers whether it ran and what it raised, which the engine would only give back as text."""

    def __init__(self, run: Callable[[], Any]) -> None:
        """Wrap a program."""
        self.run = run
        self.ran = False
        self.raised: Exception | None = None
        self.__name__ = "program"

    def why(self, stack: str) -> RangeError:
        """Give the error to raise for what it raised."""
        if isinstance(self.raised, RangeError):
            return self.raised
        what = f"{type(self.raised).__name__}: {self.raised}"
        return ProvisionError(f"{stack}: its program failed: {what}", hint="this is a defect in stacks/; report it")

    def __call__(self) -> None:
        """Run it."""
        self.ran = True
        try:
            self.run()
        except Exception as raised:
            self.raised = raised
            raise
