"""What the table's rows do: each calls one stage. Stages load the engine or boto3, so they are imported when used."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from range.controller.baselines import Baselines
from range.controller.beforehand import Beforehand
from range.controller.departed import receipt
from range.controller.journal import Journal
from range.controller.outcome import MEND_AWS, Outcome
from range.controller.phases import next_command
from range.controller.played import Played
from range.controller.site import Site
from range.controller.standing import JOURNAL
from range.errors import ConfigureError, Undecided
from range.records.configured import Configured
from range.records.inventory import Resource, Swept, Unlisted
from range.records.results import StackChanges

if TYPE_CHECKING:
    from range.cloud.sessions import Account
    from range.records.observation import Difference, Observation, Unread
    from range.teardown.leftovers import Leftovers

SHOWN = 5


def record_inventory(site: Site) -> Outcome:
    """Record what is in the account before the enclave is brought up; while it stands, the record stays as it is.

    Raises:
        WrongBackend: the account has what another backend made for the enclave.
        Undecided: something could not be looked at. Whether it was there before nobody could ever tell, nor `down` be proven.
    """
    setting = site.setting
    if setting.engine.state(site.stack).resources:
        return Outcome()
    from range.cloud.inventory import take
    from range.provision.stage import refuse_wrong_backend

    inventory = take(_account(site), organisation=site.enclave == setting.plan.hub.name)
    refuse_wrong_backend(setting.engine, setting.plan, site.enclave, inventory, state_id=setting.state_id)
    beforehand = Beforehand.of(site)
    if not beforehand.is_open:
        _refuse_gaps(inventory.unlisted)
        seen = setting.witness.look(site.account, organisation=site.enclave == setting.plan.hub.name)
        _refuse_gaps(seen.unread)
        beforehand.saw(seen)
        beforehand.record(inventory)
    return Outcome()


def _refuse_gaps(dark: Sequence[Unlisted | Unread]) -> None:
    """Stop where something could not be looked at."""
    if dark:
        told = "; ".join(str(each) for each in dark[:SHOWN])
        more = f" and {len(dark) - SHOWN} more" * (len(dark) > SHOWN)
        raise Undecided(f"could not be looked at before the first `up`: {told}{more}", hint=MEND_AWS)


def provision(site: Site) -> Outcome:
    """Bring the stack up."""
    from range.provision.stage import provision as bring_up

    setting = site.setting
    run = bring_up(
        setting.engine,
        setting.sessions,
        setting.plan,
        site.enclave,
        state_id=setting.state_id,
        on_progress=site.on_progress,
    )
    return Outcome(changes=run.changes, hosts=run.outputs.hosts)


def configure(site: Site) -> Outcome:
    """Make every host what its role says."""
    from range.configure.stage import Tools, failure_of
    from range.configure.stage import configure as play

    setting = site.setting
    if setting.ways is None:
        return Outcome(skipped=setting.hostless, notes=(f"hosts are not configured: {setting.hostless}",))
    if not setting.engine.state(site.stack).resources:
        raise ConfigureError(f"{site.enclave} isn't up", hint=f"range up {shlex.quote(str(setting.spec))}")
    if (cut := _cut_off(site)) is not None:
        return cut
    done = play(
        Tools(setting.records, setting.ways),
        setting.plan,
        setting.plan.enclave(site.enclave),
        on_progress=site.on_progress,
        stop=site.stop,
    )
    changes = StackChanges(stack=site.stack, update=done.changed, same=done.same)
    error = failure_of(done)
    hint = f"what Ansible wrote is in {done.artifacts}; the same command goes on with the hosts that aren't done"
    return Outcome(
        changes=changes,
        notes=(*_known(done), *_skipped(done)),
        error=error,
        hint=hint if error else None,
        exit_code=ConfigureError.exit_code if error else 0,
    )


def _cut_off(site: Site) -> Outcome | None:
    """Say that hosts can't be come by, since their enclave is cut off, and leave it so; a reset has given the network back."""
    setting, played = site.setting, Played.of(site.setting)
    told, phase = played.cut_off(site.enclave), played.phase(site.enclave)
    if setting.reset is not None or told is None or phase is None:
        return None
    typed = next_command(phase, None, shlex.quote(str(setting.spec)), site.enclave)
    return Outcome(
        error=f"its hosts can't be come by: {told}",
        hint=f"`{typed}`, then the same command again",
        exit_code=ConfigureError.exit_code,
        leaves=phase,
    )


def forget(site: Site) -> Outcome:
    """Forget the certificates and the pinned keys of hosts that are about to go: those that the state knows."""
    if site.setting.engine.state(site.stack).real:
        _forget_hosts(site)
    return Outcome()


def _forget_hosts(site: Site) -> None:
    """Forget everything that is known of an enclave's hosts."""
    from range.configure.stage import forget as forget_records

    setting = site.setting
    forget_records(setting.records, site.enclave)
    if setting.ways is not None:
        setting.ways.forget(name for name in setting.ways.hosts if name.enclave == site.enclave)


def destroy(site: Site) -> Outcome:
    """Clear away what was made by hand and would be in the way, then take the stack down.

    Raises:
        WrongBackend: the state knows nothing of it, and what is in the account was made from another backend.
    """
    from range.provision.diagnosis import StackFailed
    from range.provision.recovery import recover
    from range.provision.stage import destroy as take_down
    from range.teardown.obstacles import clear_the_way, detach_policies

    setting = site.setting
    beforehand = Beforehand.of(site)
    if _see_whether_it_stands(site) and not beforehand.is_recorded:
        beforehand.missed()
    # First what a killed run left: the state doesn't know it yet, so it would be taken for something made by hand.
    recover(setting.engine, setting.sessions, setting.plan, site.enclave, setting.state_id)
    kept = _saved(site)
    known = setting.engine.state(site.stack).known
    if site.enclave == setting.plan.hub.name:
        detach_policies(_account(site), known)
    swept = clear_the_way(_account(site), known)

    def down() -> StackChanges:
        return take_down(
            setting.engine,
            setting.sessions,
            setting.plan,
            site.enclave,
            state_id=setting.state_id,
            on_progress=site.on_progress,
        )

    try:
        changes = down()
    except StackFailed:
        again = clear_the_way(_account(site), setting.engine.state(site.stack).known)  # what ours held on to until now
        if not again.removed:
            raise
        swept = Swept(removed=(*swept.removed, *again.removed))
        changes = down()
    return Outcome(changes=changes, hosts=(), notes=(*kept, *_removed(swept.removed)))


def _see_whether_it_stands(site: Site) -> bool:
    """Say whether there is anything to take down; stop before anything is touched where another backend's state has it.

    A state that names things is the right one, so the account is looked at only where it names none: that takes a while.
    """
    from range.cloud.inventory import take
    from range.provision.stage import lost_by_state

    setting = site.setting
    state = setting.engine.state(site.stack)
    if state.real:
        return True
    account = _account(site)
    inventory = take(account, organisation=site.enclave == setting.plan.hub.name, regions=(account.region,))
    lost = lost_by_state(setting.plan, site.enclave, inventory, state_id=setting.state_id)
    _forget_hosts(site)  # which `forget` left to whoever knows whose they are
    return bool(lost or state.pending_operations)


def _saved(site: Site) -> tuple[str, ...]:
    """Copy evidence that was kept on request under a key of the hub, before the enclave's own is scheduled to go."""
    from range.plan.names import controller_role_arn
    from range.teardown.evidence import safeguard

    plan, sessions = site.setting.plan, site.setting.sessions
    if site.enclave == plan.hub.name:
        return ()
    accounts = {site.account, *(each.account for each in (plan.hub, *plan.enclaves))}
    roles = [controller_role_arn(plan, each) for each in accounts]
    kept = safeguard(_account(site), sessions.account(plan.hub.account), plan.exercise, roles)
    return tuple(
        f"evidence {snapshot} stays in {site.account}, under the hub's key {key}" for snapshot, key in kept.items()
    )


def prove_nothing_left(site: Site) -> Outcome:
    """Compare the account with the record of what was there beforehand."""
    from range.teardown.leftovers import prove_nothing_left as prove

    beforehand = Beforehand.of(site)
    setting = site.setting
    kept = _kept(site)
    found = _without(
        prove(_account(site), setting.plan, site.enclave, beforehand.latest, state_id=setting.state_id), kept
    )
    if (found.left or found.swept) and not beforehand.is_recorded:
        beforehand.missed()
    outcome, seen = _judged(found), None
    if not outcome.failed:
        outcome, seen = _witnessed(site, beforehand, outcome, kept)
    if beforehand.is_open and beforehand.seen is not None:
        signed = receipt(site, outcome, beforehand.seen, seen, found.swept)
        outcome = outcome.model_copy(update={"receipt": signed, "notes": (*outcome.notes, f"receipt {signed}")})
    if not outcome.failed:
        beforehand.close()
        Baselines.of(setting, site.enclave).forget()
        Played.of(setting).gone(site.enclave)
    return outcome


def _kept(site: Site) -> Mapping[str, str]:
    """Give the ids of golden images with the reason why they stay: they outlive an exercise, in the hub's account."""
    from range.controller.golden import kept_images

    return kept_images(site.setting.records) if site.enclave == site.setting.plan.hub.name else {}


def _without(found: Leftovers, kept: Mapping[str, str]) -> Leftovers:
    """Take what stays on purpose from what is left."""
    stays = tuple(each.model_copy(update={"residue": kept[each.id]}) for each in found.left if each.id in kept)
    left = tuple(each for each in found.left if each.id not in kept)
    return found.model_copy(update={"left": left, "residue": (*found.residue, *stays)})


def _witnessed(
    site: Site, beforehand: Beforehand, proven: Outcome, kept: Mapping[str, str]
) -> tuple[Outcome, Observation | None]:
    """Let the witness, which shares no code with what swept, find what was there before; else it isn't proven.

    Gives what it saw, too; None where nobody knows what was there before.
    """
    from range.verify.baseline import differences, untold

    before = beforehand.seen
    if before is None or not beforehand.is_recorded:
        return _unrecorded(site, beforehand, proven), None

    def look() -> tuple[Observation, tuple[Difference, ...]]:
        now = site.setting.witness.look(site.account, organisation=site.enclave == site.setting.plan.hub.name)
        return now, tuple(each for each in differences(before, now) if each.kind != "added" or each.id not in kept)

    now, found = look()
    if undone := _undone(site, found):
        proven = proven.model_copy(update={"notes": (*proven.notes, *undone)})
        now, found = look()
    if found:
        left = tuple(
            Resource(account=site.account, region=each.region, type=each.type, id=each.id)
            for each in found
            if each.kind != "gone"
        )
        told = "; ".join(str(each) for each in found[:SHOWN]) + (
            f" and {len(found) - SHOWN} more" * (len(found) > SHOWN)
        )
        hint = "delete or put back by hand what isn't as it was, or run the same command again"
        error = f"not as it was before the first `up`: {told}"
        return proven.model_copy(update={"left": left, "error": error, "hint": hint, "exit_code": 1}), now
    if dark := untold(before, now):
        error = f"could not be looked at: {'; '.join(str(each) for each in dark[:SHOWN])}"
        return proven.model_copy(update={"error": error, "hint": MEND_AWS, "exit_code": 3}), now
    return proven, now


def _undone(site: Site, found: Iterable[Difference]) -> tuple[str, ...]:
    """Undo what a state that was lost would have, beside things that carry its tags; says what was done."""
    from range.teardown.defaults import give_back
    from range.teardown.shares import SHARED, leave

    plan, notes = site.setting.plan, []
    if given := give_back(_account(site), found):
        notes.append(f"given back as before: {', '.join(given)}")
    shared = any(each.type == SHARED and each.kind == "added" for each in found) and site.enclave != plan.hub.name
    if shared and leave(site.setting.sessions.account(plan.hub.account), site.account, plan.stack(plan.hub.name)):
        notes.append("taken out of what the hub shares")
    return tuple(notes)


def _unrecorded(site: Site, beforehand: Beforehand, outcome: Outcome) -> Outcome:
    """Judge without a record of what was there before: what was never brought up left nothing, else nobody can tell."""
    from range.teardown.leftovers import NO_RECORD, NOT_WITNESSED

    if not (beforehand.is_recorded or _has_stood(site, beforehand)):
        told = "it was never brought up from here, and nothing carries its tags"
        return outcome.model_copy(update={"notes": (*outcome.notes, told)})
    why = NOT_WITNESSED if beforehand.is_recorded else NO_RECORD
    lacking = " and ".join(str(path) for path in beforehand.lacking)
    return outcome.model_copy(
        update={
            "error": f"whether players left anything without tags in account {site.account} can't be told: {why}",
            "hint": f"type the same command where `range up` was typed, or copy {lacking} from there; without that, look "
            f"through account {site.account} by hand: nothing that carries the enclave's tags is left",
            "exit_code": Undecided.exit_code,
        }
    )


def _has_stood(site: Site, beforehand: Beforehand) -> bool:
    """Say whether an enclave is known to have been up, in part at least, and not to have been proven gone since."""
    if beforehand.is_missed:
        return True
    path = site.setting.home / JOURNAL
    if not path.exists():
        return False
    with Journal(path) as journal:
        exercise = site.setting.plan.exercise
        latest = journal.latest_step(exercise, site.enclave, begun="provision", done="prove-nothing-left")
    return latest == "provision"


def _judged(found: Leftovers) -> Outcome:
    """Turn what was found into done, failed, or could not tell; whether it lacks a record is judged apart."""
    notes = (*_removed(found.swept), *(f"{each} stays: {each.residue}" for each in found.residue))
    if found.left:
        error = f"{len(found.left)} left: {_listed(found.left)}"
        hint = "delete what isn't yours to keep by hand, or run the same command again"
        return Outcome(left=found.left, notes=notes, error=error, hint=hint, exit_code=1)
    if unsure := tuple(each for each in found.unsure if each.type != "*"):
        error = f"could not be looked at: {_listed(unsure)}"
        return Outcome(notes=notes, error=error, hint=MEND_AWS, exit_code=3)
    return Outcome(notes=notes)


def _known(done: Configured) -> tuple[str, ...]:
    """Say which hosts were only looked at."""
    known = [host.name for host in done.hosts if host.known]
    return (f"everything as it was left, so that nothing had to be done ({', '.join(known)})",) if known else ()


def _skipped(done: Configured) -> tuple[str, ...]:
    """Say what was not done, and why; hosts with the same reason share a line."""
    found: dict[str, list[str]] = {}
    for host in done.hosts:
        for what, why in host.skipped.items():
            found.setdefault(f"{what} skipped: {why}", []).append(host.name)
    return tuple(f"{told} ({', '.join(hosts)})" for told, hosts in found.items())


def _account(site: Site) -> Account:
    """Enter the enclave's account."""
    return site.setting.sessions.account(site.account)


def _removed(resources: tuple[Resource, ...]) -> tuple[str, ...]:
    """Name all of it, in the order in which it went: nothing else will ever tell. What resets went back to was made here."""
    from range.reset.volumes import GOLDEN

    parts = {
        "removed what resets went back to": tuple(each for each in resources if GOLDEN in each.tags),
        "removed what was made by hand": tuple(each for each in resources if GOLDEN not in each.tags),
    }
    return tuple(f"{told}: {_listed(which, len(which))}" for told, which in parts.items() if which)


def _listed(things: tuple[Resource, ...] | tuple[Unlisted, ...], most: int = SHOWN) -> str:
    """Name the first few."""
    named = [each.why if isinstance(each, Unlisted) else f"{each.type} {each.id}" for each in things[:most]]
    return ", ".join(named) + (f" and {len(things) - most} more" if len(things) > most else "")
