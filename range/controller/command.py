"""One command that changes something, written down in the journal from its first moment to its end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from range.controller.claims import claim
from range.controller.journal import Journal
from range.controller.standing import JOURNAL, LOCKS, command_claim
from range.errors import Interrupted, RangeError


@dataclass
class Command:
    """What was typed, by whom, its number in the journal, and how it ends."""

    exercise: str
    words: str
    who: str
    number: int
    journal: Journal
    exit_code: int = 0
    error: str | None = None
    wait: bool = False
    """Whether to wait for whoever is at work on an enclave, instead of refusing."""


@contextlib.contextmanager
def journaled(home: Path, exercise: str, words: str, who: str, *, wait: bool = False) -> Iterator[Command]:
    """Keep a command in the journal; what the block raises, or the `exit_code` that it sets, is how it ended."""
    with Journal(home / JOURNAL) as journal:
        command = Command(exercise, words, who, journal.command_began(exercise, words, who), journal, wait=wait)
        with claim(home / LOCKS, command_claim(command.number), who=who, command=words):
            try:
                yield command
            except RangeError as error:
                command.exit_code, command.error = error.exit_code, error.message
                raise
            except KeyboardInterrupt:
                command.exit_code = Interrupted.exit_code
                raise
            except BaseException as error:
                command.exit_code, command.error = 1, f"{type(error).__name__}: {error}"
                raise
            finally:
                journal.command_ended(command.number, command.exit_code, command.error)
        (home / LOCKS / f"{command_claim(command.number)}.lock").unlink(missing_ok=True)
