"""What a command came to: one row per enclave, what is left in the accounts, and one exit code for all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from range.controller.conductor import Ended
from range.controller.journal import Standing
from range.records.inventory import Resource
from range.records.results import EnclaveResult, StackChanges

WEIGHTS = (130, 1, 2, 3, 0)
"""Exit codes, the one that outweighs all others first."""


def rows(ended: Iterable[Ended], standings: Mapping[str, Standing]) -> tuple[EnclaveResult, ...]:
    """Give one row per enclave, with the phase that it is in now."""
    return tuple(_row(one, standings.get(one.enclave, Standing(name=one.enclave))) for one in ended)


def left(ended: Iterable[Ended]) -> tuple[Resource, ...]:
    """List everything that was found left, in all accounts."""
    return tuple(resource for one in ended for outcome in one.outcomes.values() for resource in outcome.left)


def receipts(ended: Iterable[Ended]) -> dict[str, str]:
    """Give the files with the signed receipts of teardowns, by enclave."""
    return {one.enclave: outcome.receipt for one in ended for outcome in one.outcomes.values() if outcome.receipt}


class WithExitCode(Protocol):
    """A result of one enclave."""

    @property
    def exit_code(self) -> int:
        """The code that the command would have if it were the only one."""


def exit_code(results: Iterable[WithExitCode]) -> int:
    """Give the code of the whole command: 1 outweighs 3, 3 outweighs 0; an interruption outweighs all."""
    return outweighing(result.exit_code for result in results)


def outweighing(codes: Iterable[int]) -> int:
    """Give the one of several exit codes that outweighs the others; of none at all, 0."""
    found = set(codes)
    return next((code for code in WEIGHTS if code in found), 0)


def _row(one: Ended, standing: Standing) -> EnclaveResult:
    configured = one.outcomes.get("configure")
    step, failure = one.failure or (None, None)
    found = [outcome.changes for outcome in one.outcomes.values() if outcome.changes and outcome is not configured]
    if not found and configured and configured.changes:
        found = [configured.changes]  # `range configure` alone: tasks are what it changes
    changes = found[-1].after(found[:-1]) if found else StackChanges(stack=one.enclave)
    return EnclaveResult(
        name=one.enclave,
        phase=standing.phase,
        created=changes.create,
        updated=changes.update,
        replaced=changes.replace,
        deleted=changes.delete,
        unchanged=changes.same,
        tasks_changed=configured.changes.update if configured and configured.changes else 0,
        seconds=one.seconds,
        error=failure.error if failure else None,
        hint=failure.hint if failure else None,
        step=step or None,
        exit_code=failure.exit_code if failure else 0,
    )
