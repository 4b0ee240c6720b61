"""How a step, and with it a walk, ended for one enclave."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from range.controller.phases import Phase
from range.errors import Interrupted, RangeError, WrongBackend
from range.records.inventory import Resource
from range.records.plan import Record
from range.records.reset import ResetResult
from range.records.results import HostOutput, StackChanges

MEND_AWS = "mend what AWS says, then run the same command again"
"""The hint where something could not be looked at."""


class Outcome(Record):
    """What a step left behind. Failed if `error` is set; then the walk ends with it."""

    changes: StackChanges | None = None
    hosts: tuple[HostOutput, ...] | None = None
    """The machines that exist now; None where the step doesn't know."""
    left: tuple[Resource, ...] = ()
    notes: tuple[str, ...] = ()
    """What the operator should be told although all went well."""
    skipped: str | None = None
    """Why the step had nothing to do here, in words for people; the enclave stays in the phase that it was in."""
    error: str | None = None
    hint: str | None = None
    exit_code: int = 0
    seconds: float = Field(default=0.0, ge=0)
    reset: ResetResult | None = None
    """What a reset came to."""
    receipt: str = ""
    """The file with the signed receipt of a teardown."""
    leaves: Phase | None = None
    """The phase that it leaves the enclave in, where that isn't what its row says."""
    untouched: bool = False
    """Whether it failed before anything was touched: what was to be taken down then stays in the phase that it was in."""

    @property
    def failed(self) -> bool:
        """Say whether the enclave is not where the step should have brought it."""
        return self.error is not None

    @property
    def word(self) -> Literal["done", "failed", "interrupted"]:
        """Say in one word how it ended."""
        if self.exit_code == Interrupted.exit_code:
            return "interrupted"
        return "failed" if self.failed else "done"

    @classmethod
    def of(cls, error: Exception) -> Outcome:
        """Make the outcome of a step that raised."""
        if isinstance(error, RangeError):
            untouched = isinstance(error, WrongBackend)
            return cls(error=error.message, hint=error.hint, exit_code=error.exit_code, untouched=untouched)
        told = f"{type(error).__name__}: {error}"
        return cls(error=told, hint="this is a defect of range: please report it", exit_code=1)
