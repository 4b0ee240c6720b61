"""`range verify --who-can ACTION --on ally:CODE`: an officer's question, answered from a snapshot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from range.cli import output
from range.errors import InputError
from range.records.plan import Plan

if TYPE_CHECKING:
    from range.records.snapshot import Snapshot

_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9*?]+", re.IGNORECASE | re.ASCII)


def about(plan: Plan, action: str | None, on: str | None) -> tuple[str, str] | None:
    """Read a question: the action and the enclave; None where none was asked.

    Raises:
        InputError: half of it is missing, or it names no action or no enclave.
    """
    if action is None and on is None:
        return None
    if action is None or on is None:
        raise InputError("--who-can and --on go together", hint='type --who-can "kms:Decrypt" --on ally:CODE')
    if not _ACTION.fullmatch(action):
        raise InputError(f"--who-can {action}: that is no action", hint="actions are written as `kms:Decrypt`")
    name = on.removeprefix("ally:")
    valid = [enclave.name for enclave in (plan.hub, *plan.enclaves)]
    if name not in valid:
        raise InputError(f"--on {on}: there is no such enclave", hint=f"valid: {', '.join(valid)}")
    return action, name


def answer(plan: Plan, seen: Snapshot, question: tuple[str, str], *, as_json: bool) -> int:
    """Answer a question; 3 where somebody who isn't listed may be able all the same, or of whom is listed it can't be told."""
    from range.verify.identity.able import lines, who_can

    found = who_can(plan, seen, *question)
    if as_json:
        output.document(found.model_dump(mode="json"))
    else:
        for line in lines(found):
            output.line(line)
    return 3 if found.doubts or any(each.verdict == "UNKNOWN" for each in found.able) else 0
