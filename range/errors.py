"""One tree of errors; each class carries the exit code of the command that it ends.

RangeError                  1  failed, violated or not clean
├── InputError              2  bad input, nothing touched
├── EnvironmentMissing      2  this machine or account lacks something; `range doctor` names it
├── Busy                    1  another command holds the enclave
├── CloudError              1  AWS refused or failed; carries its code
├── ProvisionError          1  the Pulumi engine failed for a stack
├── ConfigureError          1  Ansible failed for an enclave
├── NotClean                1  something is left, or differs from the baseline
├── Undecided               3  could not tell; never to be read as "fine"
│   └── WrongBackend        3  what is tagged as ours is in no state of this backend
└── Interrupted           130  stopped by the user; the same command goes on from here
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar


class RangeError(Exception):
    """Something went wrong that a user can act upon: what, which, and what to type next."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        """Keep the message and the hint apart, so that `--json` can carry both."""
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Give the message, then the hint on a line of its own."""
        return self.message if self.hint is None else f"{self.message}\n  → {self.hint}"


class InputError(RangeError):
    """What the user gave can't be used; nothing was touched.

    `problems` holds, for `--json`, one mapping for each thing that is wrong: line, column, field, found, valid.
    """

    exit_code = 2

    def __init__(
        self, message: str, *, hint: str | None = None, problems: Sequence[Mapping[str, str | int | None]] = ()
    ) -> None:
        """Keep every problem of a file, so that one run names them all."""
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)


class EnvironmentMissing(RangeError):
    """This machine or account lacks what the command needs; nothing was touched."""

    exit_code = 2


class Busy(RangeError):
    """Another command is at work on the same enclave."""


class CloudError(RangeError):
    """AWS refused or failed a call; `code` is AWS's own error code."""

    def __init__(self, message: str, *, code: str = "", hint: str | None = None) -> None:
        """Keep AWS's error code, so that callers decide on it and never on the wording."""
        super().__init__(message, hint=hint)
        self.code = code


class ProvisionError(RangeError):
    """The Pulumi engine could not bring a stack up or down."""


class ConfigureError(RangeError):
    """Ansible could not configure a host."""


class NotClean(RangeError):
    """Something is left over, or differs from what was recorded."""


class Undecided(RangeError):
    """The question could not be answered; that is never "fine"."""

    exit_code = 3


class WrongBackend(Undecided):
    """Resources carry our tags, but the state at this backend knows none of them."""


class Interrupted(RangeError):
    """The user stopped the command; the same command goes on from there."""

    exit_code = 130
