"""Enclaves that stand although they aren't in the exercise file (any more): known from the state alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from range.records.plan import Plan

if TYPE_CHECKING:
    from range.provision.engine import Engine

_ACCOUNT = re.compile(r"\d{12}")


def accounts_of_strangers(plan: Plan, engine: Engine) -> dict[str, str]:
    """Give the account of each enclave that has a stack of the exercise and isn't in its plan."""
    known = {plan.stack(enclave.name) for enclave in (plan.hub, *plan.enclaves)}
    prefix = plan.stack("")
    found = [stack for stack in engine.stacks() if stack.startswith(prefix) and stack not in known]
    standing = [stack for stack in found if engine.state(stack).resources]
    return {stack.removeprefix(prefix): account_of(engine, stack) for stack in standing}


def account_of(engine: Engine, stack: str) -> str:
    """Read from a stack's state which account its own provider is allowed to act in; empty where it doesn't say."""
    for known in engine.state(stack).resources:
        if known.type == "pulumi:providers:aws" and known.name != "hub":
            allowed = _ACCOUNT.search(str(known.inputs.get("allowedAccountIds")))
            if allowed:
                return allowed[0]
    return ""
