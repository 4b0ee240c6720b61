"""The rows of a reset: what is looked at, what goes, what is put back, and what the witness says in the end."""

from __future__ import annotations

from datetime import UTC, datetime

from range.cloud.sessions import Account
from range.controller.acts import destroy, forget, provision, record_inventory
from range.controller.baselines import Baselines, needed
from range.controller.outcome import Outcome
from range.controller.played import Played
from range.controller.site import Site
from range.controller.worksheets import Sheet, going_on, without_cut
from range.errors import RangeError
from range.records.baseline import Baseline
from range.records.inventory import Swept
from range.records.reset import Worksheet
from range.verify.baseline import differences

NO_HOSTS = "hosts' files are not compared yet: every host of an enclave that was touched got another disk"


def look(site: Site) -> Outcome:
    """Look at the enclave, compare it with its baseline, and find out since when others had access."""
    setting, enclave = site.setting, site.enclave
    played = Played.of(setting)
    remembered = played.enclave(enclave)
    recorded = baseline_of(site)
    sessions = played.since_clean(enclave)
    since = max(filter(None, (remembered.clean, recorded.recorded if recorded else None)), default=None)
    seen = setting.witness.look(site.account)
    found = differences(recorded.observation, seen) if recorded else ()
    work = Worksheet(
        began=datetime.now(UTC),
        since=since or min((each.began for each in sessions), default=datetime.now(UTC)),
        sessions=tuple(each.number for each in sessions),
        found=without_cut(found, remembered.cut),
    )
    Sheet.of(site).write(work)
    told = f"{len(work.found)} differences" if work.found else "nothing differs from the baseline"
    return Outcome(notes=(told, *(str(each) for each in work.found[:5])))


def baseline_of(site: Site) -> Baseline | None:
    """Give the baseline to go back to; an enclave that is made anew needs none, or one of another file."""
    if site.setting.reset is not None and site.setting.reset.level == "host":
        return needed(site.setting, site.enclave)
    return Baselines.of(site.setting, site.enclave).read()


def sweep(site: Site) -> Outcome:
    """Delete what isn't declared, in every enabled Region."""

    def act(work: Worksheet) -> Worksheet:
        from range.reset.sweeping import clear, undeclared

        setting, recorded = site.setting, baseline_of(site)
        if not work.found or recorded is None:
            return work
        account, state = _account(site), setting.engine.state(site.stack)
        cut = Played.of(setting).enclave(site.enclave).cut
        ours = [f"{each.acl}/{'egress' if each.egress else 'ingress'}/1" for each in (cut.entries if cut else ())]
        return _swept(work, clear(account, undeclared(account, recorded, state.known, work.found, ours)))

    return going_on(site, "sweep", act)


def _swept(work: Worksheet, swept: Swept) -> Worksheet:
    removed = tuple(f"{each.region} {each.type} {each.id}" for each in swept.removed)
    left = tuple(f"{each}: {swept.reasons.get(str(each), '')}" for each in swept.left)
    return work.model_copy(update={"removed": (*work.removed, *removed), "left": (*work.left, *left)})


def restore(site: Site) -> Outcome:
    """Put declared things back to what they were: by the engine, and by hand what no program declares."""

    def act(work: Worksheet) -> Worksheet:
        if not work.found:
            return work
        from range.reset.settings import mend

        recorded = baseline_of(site)
        seen = site.setting.witness.look(site.account)
        assert recorded is not None
        cut = Played.of(site.setting).enclave(site.enclave).cut
        left = without_cut(differences(recorded.observation, seen), cut)
        mended = mend(_account(site), left, recorded.observation, seen) if left else ()
        site.setting.engine.refresh(site.stack, site.on_progress)
        provision(site)
        return work.model_copy(update={"restored": (*work.restored, *mended)})

    return going_on(site, "restore", act)


def replace_disks(site: Site) -> Outcome:
    """Give hosts that were touched the disk that they had when the baseline was recorded."""

    def act(work: Worksheet) -> Worksheet:
        from range.reset.volumes import replace

        recorded = baseline_of(site)
        hosts = {host.name: host.id for host in site.setting.engine.outputs(site.stack).hosts}
        if recorded is None or not hosts:
            return work
        lost = sorted(hosts.keys() - recorded.goldens.keys())
        if lost:
            raise RangeError(f"there is no golden snapshot of {', '.join(lost)}")
        kept = _evidence(site, hosts) if site.setting.reset and site.setting.reset.keep_evidence else ()
        replaced = replace(_account(site), hosts, recorded.goldens)
        site.setting.engine.refresh(site.stack, site.on_progress)
        return work.model_copy(update={"replaced": replaced, "evidence": kept, "skipped": (*work.skipped, NO_HOSTS)})

    return going_on(site, "replace-disks", act)


def _evidence(site: Site, hosts: dict[str, str]) -> tuple[str, ...]:
    """Keep the disks of hosts as snapshots before they go."""
    from range.plan.names import tags
    from range.reset.volumes import keep_evidence

    return keep_evidence(_account(site), hosts, tags(site.setting.plan, site.enclave, site.setting.state_id))


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
    """Take the whole enclave down and make it anew from the file as it is."""

    def act(work: Worksheet) -> Worksheet:
        from range.cloud.inventory import take
        from range.controller.beforehand import Beforehand
        from range.reset.sweeping import clear

        account = _account(site)
        destroy(site)
        forget(site)
        before = Beforehand.of(site).latest
        now = take(account)
        strangers = now.since(before) if before else ()
        work = _swept(work, clear(account, strangers))
        record_inventory(site)
        provision(site)
        Played.of(site.setting).is_cut(site.enclave, None)
        return work.model_copy(update={"restored": (*work.restored, "all of it was made anew")})

    sheet = Sheet.of(site)
    sheet.write(sheet.read().model_copy(update={"strangers": 1}))
    return going_on(site, "remake", act)


def _account(site: Site) -> Account:
    return site.setting.sessions.account(site.account)


def _thaw(site: Site) -> None:
    """Give the network back for as long as hosts are configured; a verdict that isn't clean cuts it again."""
    from range.session.cut import restore as give_back

    played = Played.of(site.setting)
    remembered = played.enclave(site.enclave).cut
    if remembered is not None:
        give_back(_account(site), remembered.entries)
