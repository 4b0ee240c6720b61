"""Enclaves that stand although they aren't in the exercise file (any more): known from the state alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pydantic import ValidationError

from range.plan.addresses import allot
from range.plan.build import plan_of
from range.plan.lock import AddressLock
from range.records.plan import Plan
from range.spec.models import Ally, Exercise
from stacks.outputs import ENTRY

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


def plan_of_all_that_stand(
    exercise: Exercise, lock: AddressLock, plan: Plan, strangers: Iterable[str], engine: Engine
) -> Plan:
    """Plan as if the allies that left the file were still in it: what else stands is proven against them, too.

    One whose stack doesn't say what the file said of it, or whose profile is gone from the file as well, can't be planned.
    """
    allies = [_entry(name, engine.outputs(plan.stack(name)).values.get(ENTRY)) for name in strangers]
    left = [ally for ally in allies if ally is not None and ally.profile in exercise.profiles]
    if not left:
        return plan
    whole = exercise.model_copy(update={"allies": (*exercise.allies, *left)})
    return plan_of(whole, allot(whole, lock))


def _entry(name: str, said: object) -> Ally | None:
    """Read what a stack says of the file; None where it says nothing that is of use."""
    try:
        return Ally.model_validate({**said, "code": name}) if isinstance(said, dict) else None
    except ValidationError:
        return None
