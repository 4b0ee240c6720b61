"""The stage: one enclave's stack up, down, and whether this is the backend that it belongs to."""

from __future__ import annotations

from range.cloud.sessions import Sessions
from range.errors import WrongBackend
from range.plan.names import TAG_PREFIX
from range.provision.diagnosis import StackFailed
from range.provision.engine import Engine, Run
from range.provision.events import OnProgress
from range.provision.recovery import recover, sweep_namesakes
from range.records.inventory import Inventory
from range.records.plan import Plan
from range.records.results import StackChanges


def provision(
    engine: Engine,
    sessions: Sessions,
    plan: Plan,
    enclave: str,
    *,
    state_id: str,
    on_progress: OnProgress | None = None,
) -> Run:
    """Bring an enclave's stack up, after cleaning up what a killed run left. A second run changes nothing.

    Raises:
        ProvisionError, Busy, Interrupted: see `Engine.up`.
    """
    recover(engine, sessions, plan, enclave, state_id)
    try:
        return engine.up(plan.stack(enclave), on_progress)
    except StackFailed as failed:
        left = failed.failures
        if not sweep_namesakes(engine, sessions, plan, enclave, state_id=state_id, failures=left).removed:
            raise
    return engine.up(plan.stack(enclave), on_progress)


def destroy(
    engine: Engine,
    sessions: Sessions,
    plan: Plan,
    enclave: str,
    *,
    state_id: str,
    on_progress: OnProgress | None = None,
) -> StackChanges:
    """Take an enclave's stack down, after cleaning up what a killed run left. A second run does nothing."""
    recover(engine, sessions, plan, enclave, state_id)
    return engine.destroy(plan.stack(enclave), on_progress)


def refuse_wrong_backend(engine: Engine, plan: Plan, enclave: str, inventory: Inventory, *, state_id: str) -> None:
    """Stop where an enclave's account has what was made for it, and the state at this backend knows none of that.

    Raises:
        WrongBackend: it belongs to another backend, or this one has lost it; nothing may be made, or swept, twice.
    """
    stack = plan.stack(enclave)
    ours = [each for each in inventory.resources if each.tags.get(f"{TAG_PREFIX}stack") == stack and not each.residue]
    known = engine.state(stack).known
    if not ours or any(each.id in known for each in ours):
        return
    made_from = sorted({each.tags.get(f"{TAG_PREFIX}state", "?") for each in ours})
    if state_id in made_from:
        raise WrongBackend(
            f"account {inventory.account} has {len(ours)} things of {stack}, such as {ours[0].type} {ours[0].id}, "
            "and the state has lost them all",
            hint=f"restore the state of {stack} from the backend's .pulumi/backups",
        )
    raise WrongBackend(
        f"account {inventory.account} has {len(ours)} things of {stack}, such as {ours[0].type} {ours[0].id}, "
        f"made from the backend {', '.join(made_from)}; this one is {state_id}",
        hint="set PULUMI_BACKEND_URL to the backend that the exercise was brought up from",
    )
