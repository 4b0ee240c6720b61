"""The stage: one enclave's stack up, down, and whether this is the backend that it belongs to."""

from __future__ import annotations

from dataclasses import replace

from range.cloud.codes import PASSING, is_there_already
from range.cloud.sessions import Sessions
from range.errors import WrongBackend
from range.plan.names import TAG_PREFIX
from range.provision.diagnosis import StackFailed
from range.provision.engine import Engine, Run
from range.provision.events import OnProgress
from range.provision.held import held
from range.provision.project import work_directory
from range.provision.recovery import doubt, forget_gone, recover, sweep_doubles
from range.records.inventory import Inventory, Resource
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

    What fails for a reason that passes is tried again, and what AWS has made twice or behind the engine's back is swept.

    Raises:
        ProvisionError, Busy, Interrupted: see `Engine.up`.
    """
    stack = plan.stack(enclave)
    unswept = work_directory(engine.home, stack) / "unswept"
    before: frozenset[str] = frozenset()
    earlier: list[StackChanges] = []
    while True:
        recover(engine, sessions, plan, enclave, state_id)
        doubtful = unswept.exists()  # a run that was killed may have made things twice
        unswept.touch()
        try:
            run = engine.up(stack, on_progress, kept=held(engine, plan) if enclave == plan.hub.name else frozenset())
        except StackFailed as failed:
            before = _to_try_again(engine, stack, failed, before)
            earlier.append(failed.changes)
            continue
        made = engine.state(stack).real if doubtful else run.created
        sweep_doubles(engine, sessions, plan, enclave, state_id=state_id, created=made)
        unswept.unlink()
        return replace(run, changes=run.changes.after(earlier))


def destroy(
    engine: Engine,
    sessions: Sessions,
    plan: Plan,
    enclave: str,
    *,
    state_id: str,
    on_progress: OnProgress | None = None,
) -> StackChanges:
    """Take an enclave's stack down, after cleaning up what a killed run left. A second run does nothing.

    What fails for a reason that passes is tried again, and so is the rest where something failed since it was gone.
    """
    stack = plan.stack(enclave)
    before: frozenset[str] = frozenset()
    earlier: list[StackChanges] = []
    while True:
        recover(engine, sessions, plan, enclave, state_id)
        try:
            changes = engine.destroy(stack, on_progress)
        except StackFailed as failed:
            before = _to_try_again(engine, stack, failed, before)
            earlier.append(failed.changes)
        else:
            return changes.after(earlier)


def _to_try_again(engine: Engine, stack: str, failed: StackFailed, before: frozenset[str]) -> frozenset[str]:
    """Note what is in doubt after a failure, and name what failed for a reason that passes; `before` is what did the last time.

    Raises:
        StackFailed: another try would come no further, or the user stopped it.
    """
    doubt(engine, stack, failed)
    told = _passing(failed)
    if engine.interrupted or ((not told or told == before) and not forget_gone(engine, stack)):
        raise failed
    return told


def _passing(failed: StackFailed) -> frozenset[str]:
    """Name the resources that failed, if all of them did so for a reason that may pass, or because they are there."""
    own = [each for each in failed.failures if each.type != "pulumi:pulumi:Stack"]
    passing = [
        each for each in own
        if not each.code or PASSING.search(each.code) or is_there_already(each.code, each.message)
    ]  # fmt: skip
    return frozenset(each.name for each in own) if len(passing) == len(own) else frozenset()


def refuse_wrong_backend(engine: Engine, plan: Plan, enclave: str, inventory: Inventory, *, state_id: str) -> None:
    """Stop where an enclave's account has what was made for it, and the state at this backend knows none of that.

    Raises:
        WrongBackend: it belongs to another backend, or this one has lost it; nothing may be made, or swept, twice.
    """
    stack = plan.stack(enclave)
    known = engine.state(stack).known
    if any(each.id in known for each in _of(stack, inventory)):
        return
    if lost := lost_by_state(plan, enclave, inventory, state_id=state_id):
        raise WrongBackend(
            f"{_told(stack, inventory, lost)}, and the state has lost them all",
            hint=f"restore the state of {stack} from the backend's .pulumi/backups",
        )


def lost_by_state(plan: Plan, enclave: str, inventory: Inventory, *, state_id: str) -> tuple[Resource, ...]:
    """Give what was made for an enclave whose state knows nothing: this backend has lost it, and a teardown does without.

    Raises:
        WrongBackend: all of it was made from another backend, and is none of this one's business.
    """
    stack = plan.stack(enclave)
    ours = _of(stack, inventory)
    made_from = sorted({each.tags.get(f"{TAG_PREFIX}state", "?") for each in ours})
    if ours and state_id not in made_from:
        raise WrongBackend(
            f"{_told(stack, inventory, ours)}, made from the backend {', '.join(made_from)}; this one is {state_id}",
            hint="set PULUMI_BACKEND_URL to the backend that the exercise was brought up from",
        )
    return ours


def _of(stack: str, inventory: Inventory) -> tuple[Resource, ...]:
    """List what carries a stack's tags, as far as listing gives them."""
    there = (each for each in inventory.resources if each.tags.get(f"{TAG_PREFIX}stack") == stack)
    return tuple(each for each in there if not each.residue)


def _told(stack: str, inventory: Inventory, ours: tuple[Resource, ...]) -> str:
    """Begin to say what is wrong about things of a stack, with an example."""
    return f"account {inventory.account} has {len(ours)} things of {stack}, such as {ours[0].type} {ours[0].id}"
