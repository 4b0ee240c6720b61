"""The rows of a reset: what is looked at, what goes, what is put back, and what the witness says in the end."""

from __future__ import annotations

from datetime import UTC, datetime

from range.cloud.sessions import Account
from range.controller.acts import destroy, forget, provision, record_inventory
from range.controller.baselines import Baselines, needed
from range.controller.beforehand import Beforehand
from range.controller.looks import hosts_of, ids_of, made_again, unlooked
from range.controller.looks import look as look_at
from range.controller.outcome import Outcome
from range.controller.played import Played, refuse_players
from range.controller.site import Site
from range.controller.worksheets import Sheet, going_on, without_cut
from range.errors import RangeError
from range.records.baseline import Baseline
from range.records.inventory import Swept
from range.records.observation import Difference, host_of
from range.records.reset import Worksheet
from range.verify.baseline import differences

FIRST_S, LAST_S = 60.0, 900.0
"""How long AWS may go on refusing to delete a thing: before declared things are put back, which may hold on to it, and after."""
NOT_MADE = "it was not made anew"
"""What is wrong with an enclave until it was."""
PATIENCE_S = 20.0
"""How long a host may take to let us in at the first look; one that doesn't gets another disk."""


def look(site: Site) -> Outcome:
    """Look at the enclave, compare it with its baseline, and find out since when others had access.

    Raises:
        InputError: a session was begun there since the reset was typed.
    """
    setting, enclave = site.setting, site.enclave
    refuse_players(setting, (enclave,))
    played = Played.of(setting)
    remembered = played.enclave(enclave)
    recorded = baseline_of(site)
    sessions = played.since_clean(enclave)
    since = max(filter(None, (remembered.clean, recorded.recorded if recorded else None)), default=None)
    work = Worksheet(
        began=datetime.now(UTC),
        since=since or min((each.began for each in sessions), default=datetime.now(UTC)),
        sessions=tuple(each.number for each in sessions),
    )
    if recorded is not None:
        suspect = bool(sessions or remembered.cut or (setting.reset and setting.reset.all_hosts))
        found, hosts, ids = _compared(site, recorded, suspect=suspect)
        work = work.model_copy(update={"found": found, "hosts": hosts, "ids": ids})
    Sheet.of(site).write(work)
    told = f"{len(work.found)} differences" if work.found else "nothing differs from the baseline"
    return Outcome(notes=(told, *(str(each) for each in work.found[:5])))


def _compared(
    site: Site, recorded: Baseline, *, suspect: bool
) -> tuple[tuple[Difference, ...], tuple[str, ...], dict[str, str]]:
    """Give what differs from the baseline, the hosts that were touched or may have been, and the ids of what is there.

    Where others had access, or the account isn't as it was, every host may have been touched, and what one says of
    itself proves nothing: they aren't even asked. Else those were touched that aren't as they were, or don't answer.
    """
    cut, hosts = Played.of(site.setting).enclave(site.enclave).cut, hosts_of(site)
    known = site.setting.engine.state(site.stack).known
    asked = () if suspect or unlooked(site, recorded) else recorded.observation.hosts
    seen = look_at(site, asked, PATIENCE_S)
    in_account = (
        *without_cut(differences(recorded.observation.of_account, seen.of_account), cut),
        *made_again(recorded, seen, known),
    )
    if suspect or in_account:
        return in_account, tuple(sorted(hosts)), ids_of(recorded, seen)
    if not asked:
        return (), (), {}
    found = tuple(each for each in differences(recorded.observation, seen) if host_of(each.region))
    dark = {host_of(each.region) for each in seen.unread}
    return found, tuple(sorted(name for name in hosts if name in dark | {host_of(each.region) for each in found})), {}


def baseline_of(site: Site) -> Baseline | None:
    """Give the baseline to go back to; an enclave that is made anew needs none, or one of another file."""
    if site.setting.reset is not None and site.setting.reset.level == "host":
        return needed(site.setting, site.enclave)
    return Baselines.of(site.setting, site.enclave).read()


def sweep(site: Site) -> Outcome:
    """Delete what isn't declared, in every enabled Region."""

    def act(work: Worksheet) -> Worksheet:
        recorded = baseline_of(site)
        return _cleared(site, work, recorded, FIRST_S) if work.in_account and recorded is not None else work

    return going_on(site, "sweep", act)


def _cleared(site: Site, work: Worksheet, recorded: Baseline, patience_s: float) -> Worksheet:
    """Delete what isn't declared, once ours lets go of it; what is ours for now, since it cuts the enclave off, stays."""
    from range.reset.settings import HOLDING, mend
    from range.reset.sweeping import clear, undeclared

    account, state = _account(site), site.setting.engine.state(site.stack)
    cut = Played.of(site.setting).enclave(site.enclave).cut
    ours = [f"{each.acl}/{'egress' if each.egress else 'ingress'}/1" for each in (cut.entries if cut else ())]
    mend(account, work.in_account, work.ids, HOLDING)
    targets = undeclared(account, recorded, state.known, work.in_account, ours)
    return _swept(work, clear(account, targets, patience_s))


def _swept(work: Worksheet, swept: Swept) -> Worksheet:
    removed = tuple(f"{each.region} {each.type} {each.id}" for each in swept.removed)
    left = tuple(f"{each}: {swept.reasons.get(str(each), '')}" for each in swept.left)
    return work.model_copy(update={"removed": (*work.removed, *removed), "left": left})


def restore(site: Site) -> Outcome:
    """Put declared things back to what they were: by hand what can be, and by the engine where that isn't all."""

    def act(work: Worksheet) -> Worksheet:
        recorded = baseline_of(site)
        ours = [each for each in work.in_account if each.kind != "added"]
        if recorded is None or not (ours or work.left):
            return work
        from range.reset.settings import mend

        mended = mend(_account(site), ours, work.ids)
        was_tried = Played.of(site.setting).enclave(site.enclave).cut is not None
        if any(each not in mended for each in ours) or work.left or was_tried:
            site.setting.engine.refresh(site.stack, site.on_progress)
            provision(site)
        if work.left:  # what ours held on to, until it was as it was
            work = _cleared(site, work, recorded, LAST_S)
        told = tuple(f"{each.type} {each.name}: {each.property}" for each in mended)
        return work.model_copy(update={"restored": (*work.restored, *told)})

    return going_on(site, "restore", act)


def replace_disks(site: Site) -> Outcome:
    """Give hosts that were touched the disk that they had when the baseline was recorded."""
    setting = site.setting

    def act(work: Worksheet) -> Worksheet:
        from range.cloud.ssh import HostName
        from range.reset.volumes import replace

        recorded = baseline_of(site)
        hosts = {name: id_ for name, id_ in hosts_of(site).items() if name in work.hosts}
        if recorded is None or not hosts:
            return work
        lost = sorted(hosts.keys() - recorded.goldens.keys())
        if lost:
            raise RangeError(f"there is no golden snapshot of {', '.join(lost)}")
        kept = _evidence(site, hosts, work) if setting.reset and setting.reset.keep_evidence else ()
        replaced = replace(_account(site), hosts, recorded.goldens)
        if setting.ways is not None:
            setting.ways.hang_up(HostName(site.enclave, name) for name in hosts)
        setting.engine.refresh(site.stack, site.on_progress, only=hosts.values())
        return work.model_copy(update={"replaced": replaced, "evidence": kept})

    return going_on(site, "replace-disks", act)


def _evidence(site: Site, hosts: dict[str, str], work: Worksheet) -> tuple[str, ...]:
    """Keep the disks of hosts as snapshots before they go."""
    from range.plan.names import tags
    from range.reset.volumes import keep_evidence

    setting = site.setting
    return keep_evidence(_account(site), hosts, tags(setting.plan, site.enclave, setting.state_id), work.began)


def rotate(site: Site) -> Outcome:
    """Rotate what players could have seen."""

    def act(work: Worksheet) -> Worksheet:
        from range.reset.secrets import rotate as anew

        secret = f"{site.setting.plan.exercise}/{site.enclave}/hosts"
        version = anew(_account(site), secret)
        return work.model_copy(update={"rotated": (*work.rotated, f"secret {secret} version {version}")})

    return going_on(site, "rotate", act)


def configure(site: Site) -> Outcome:
    """Configure the hosts again, by the same row as on the way up; where there is none, say so."""

    def act(work: Worksheet) -> Worksheet:
        from range.controller.steps import STEPS

        row = next((step.do for step in STEPS if step.do.name == "configure"), None)
        if row is None:
            told = "configure: there is no such step yet; hosts have the disks that they had"
            return work.model_copy(update={"skipped": (*work.skipped, told)})
        _thaw(site)
        outcome = row.run(site)
        if outcome.failed:
            raise RangeError(str(outcome.error))
        left_out = (f"configure: {outcome.skipped}",) if outcome.skipped else ()
        return work.model_copy(update={"skipped": (*work.skipped, *left_out)})

    return going_on(site, "configure", act)


def remake(site: Site) -> Outcome:
    """Take the whole enclave down, and what was there besides; and make it anew from the file as it is."""

    def act(work: Worksheet) -> Worksheet:
        forget(site)
        destroy(site)
        work, strange = _emptied(site, work)
        record_inventory(site)
        provision(site)
        Played.of(site.setting).is_cut(site.enclave, None)
        told = (*work.restored, "all of it was made anew")
        return work.model_copy(update={"restored": told, "strange": strange})

    sheet = Sheet.of(site)
    sheet.write(sheet.read().model_copy(update={"strangers": 1, "strange": (NOT_MADE,)}))
    return going_on(site, "remake", act)


def _emptied(site: Site, work: Worksheet) -> tuple[Worksheet, tuple[str, ...]]:
    """Delete what came into the account since before the first `up`; gives what the witness then still sees of it."""
    from range.cloud.inventory import take
    from range.reset.sweeping import added, clear

    account, beforehand = _account(site), Beforehand.of(site)
    before, then = beforehand.latest, beforehand.seen
    if before is None or then is None:
        return work, ("nobody knows what was there before the first `up`",)
    now = take(account)
    found = differences(then, site.setting.witness.look(site.account))
    targets = {each.key: each for each in (*now.since(before), *added(account, then, found, now.regions))}
    if targets:
        work = _swept(work, clear(account, tuple(targets.values()), LAST_S))
        found = differences(then, site.setting.witness.look(site.account))
    return work, tuple(str(each) for each in found)


def _account(site: Site) -> Account:
    return site.setting.sessions.account(site.account)


def _thaw(site: Site) -> None:
    """Give the network back for as long as hosts are configured; a verdict that isn't clean cuts it again."""
    from range.session.cut import restore as give_back

    played = Played.of(site.setting)
    remembered = played.enclave(site.enclave).cut
    if remembered is not None:
        give_back(_account(site), remembered.entries)
