"""The rows that come after an enclave is made: the proof of its isolation, and the record of what it is."""

from __future__ import annotations

from range.controller.acts import provision
from range.controller.baselines import Baselines, Outdated, plan_parts, playbooks_digest, state_digest, versions
from range.controller.looks import hosts_of, look, unlooked
from range.controller.outcome import MEND_AWS, Outcome
from range.controller.played import Played
from range.controller.proving import Shared, is_unsteady, judged, left_out, overlooked
from range.controller.site import Site
from range.records.baseline import Baseline
from range.records.proof import Finding, Proof
from range.records.results import StackChanges

SHOWN = 3
PATIENCE_S = 120.0
"""How long a host may take to let the witness in: it was configured just now."""


def verify(site: Site) -> Outcome:
    """Prove an enclave's network, and who has rights across its border, against all the others that are up.

    Who is still on the way up in the same command isn't waited for long, and is left out by name: what is between the two,
    and what only they make possible between others, is proven by them when they come as far.
    """
    proof = proof_with_others(site, site.setting.proof)
    found = against(site, proof)
    hint = f"`range verify {site.setting.spec}` shows it in full"
    if not found and site.gathered is not None and (news := overlooked(proof, site.gathered.passed())):
        error = f"now that {site.enclave} is there, others that were proven before aren't isolated: {_told(news)}"
        return Outcome(error=error, hint=hint, exit_code=1 if any(each.verdict == "VIOLATED" for each in news) else 3)
    if any(each.verdict == "VIOLATED" for each in found):
        mend = f"{hint}; `range reset {site.setting.spec} --ally {site.enclave}` puts back what was changed by hand"
        hint = hint if site.enclave == site.setting.plan.hub.name else mend
        return Outcome(error=f"it isn't isolated as declared: {_told(found)}", hint=hint, exit_code=1)
    if found:
        return Outcome(error=f"its isolation can't be proven: {_told(found)}", hint=hint, exit_code=3)
    return Outcome(notes=(proven(site, proof),))


def proof_with_others(site: Site, shared: Shared[Proof], *, anew: bool = False) -> Proof:
    """Take the proof with those who went on together; one that others' work on the hub made worthless is taken again.

    `anew` tells that the enclave was changed after they did, so that only what is seen from now on counts.
    """
    gathered = site.gathered
    if gathered is None:
        return shared.get()
    proof = shared.get(None if anew else gathered.since, gathered.absent)
    while is_unsteady(proof) and left_out(proof, site.setting.plan) and gathered.again is not None:
        last = not gathered.moving()
        gathered = gathered.again()
        proof = shared.get(gathered.since, gathered.absent)
        if last:
            break
    return proof


def proven(site: Site, proof: Proof) -> str:
    """Say what is proven, and against whom it isn't: because they aren't up, or haven't come as far."""
    setting, uncounted = site.setting, left_out(proof, site.setting.plan)
    others = [each.name for each in setting.plan.enclaves if each.name != site.enclave]
    down = [name for name in others if name not in uncounted and not setting.stands(name)]
    reasons = {"not up": down, "not as far yet": [name for name in others if name in uncounted]}
    besides = "".join(f"; not counted: {', '.join(names)}, {why}" for why, names in reasons.items() if names)
    return f"PROVEN: {site.enclave} has exactly the declared flows, and nobody has rights across its border{besides}"


def against(site: Site, proof: Proof, *, itself_too: bool = False) -> tuple[Finding, ...]:
    """Give what a proof has against an enclave; what is frozen is cut, and no fault of anybody's."""
    setting = site.setting
    played = Played.of(setting)
    names = [each.name for each in setting.plan.enclaves]
    missing = frozenset(name for name in names if not setting.stands(name)) | left_out(proof, setting.plan)
    frozen = frozenset(name for name in names if played.enclave(name).cut is not None)
    if itself_too:
        frozen -= {site.enclave}
    strangers = frozenset(setting.strangers)
    return judged(proof, site.enclave, missing, strangers, frozen=frozen)


def baseline(site: Site, *, made_anew: bool = False) -> Outcome:
    """Record what an enclave is; one that was recorded of the very same plan, state and playbooks stays.

    From the hub goes first what the enclaves have let go of. What was played in isn't recorded, but where the enclave was
    `made_anew` after that.
    """
    changes = _rid_of_what_was_let_go(site)
    return _recorded(site, made_anew=made_anew).model_copy(update={"changes": changes})


def _rid_of_what_was_let_go(site: Site) -> StackChanges | None:
    """Bring the hub up once more where it kept what enclaves held on to until they were up; None where it needn't be."""
    from range.provision.held import is_let_go

    setting = site.setting
    if site.enclave != setting.plan.hub.name or not is_let_go(setting.engine, setting.plan):
        return None
    return provision(site).changes


def _recorded(site: Site, *, made_anew: bool) -> Outcome:
    """Record what an enclave is, if that isn't on record already."""
    setting, enclave = site.setting, site.enclave
    book, played = Baselines.of(setting, enclave), Played.of(setting)
    leaves = played.phase(enclave)
    parts = plan_parts(setting.plan, setting.plan.enclave(enclave))
    made_from = (parts, state_digest(setting, enclave), playbooks_digest())
    before, outdated = _before(book)
    if before is not None and (before.plan, before.state, before.playbooks) == made_from:
        return Outcome(notes=(f"the baseline of {before.recorded:%Y-%m-%d %H:%M} UTC stays",), leaves=leaves)
    if (before is not None or outdated) and not made_anew and played.since_clean(enclave):
        return Outcome(
            error=f"{enclave} was played in since it was last proven clean, so what it is now is no baseline",
            hint=f"`range reset {setting.spec} --ally {enclave} --level enclave` makes it anew from the file as it is",
            exit_code=1,
        )
    kept = goldens(site)
    unlooked_why = unlooked(site, None)
    seen = look(site, () if unlooked_why else hosts_of(site), PATIENCE_S)
    if seen.unread:
        told = "; ".join(str(each) for each in seen.unread[:SHOWN])
        return Outcome(
            error=f"no baseline: {len(seen.unread)} types couldn't be read: {told}",
            hint=MEND_AWS,
            exit_code=3,
        )
    from range.cloud.inventory import take

    book.record(
        Baseline(
            exercise=setting.plan.exercise,
            enclave=enclave,
            account=site.account,
            recorded=seen.taken,  # what is changed meanwhile is for the next look
            versions=versions(),
            plan=parts,
            state=made_from[1],
            playbooks=made_from[2],
            no_files=unlooked_why,
            goldens=kept,
            observation=seen,
            inventory=take(setting.sessions.account(site.account), organisation=enclave == setting.plan.hub.name),
        )
    )
    return Outcome(notes=(f"baseline of {len(seen.things)} things of {len(seen.counts)} types",), leaves=leaves)


def _before(book: Baselines) -> tuple[Baseline | None, bool]:
    """Give the baseline that was recorded, and whether there is one that can't be compared with any more."""
    try:
        return book.read(), False
    except Outdated:
        return None, True


def goldens(site: Site) -> dict[str, str]:
    """Keep a snapshot of every host's root volume as it is now; the hub's hosts are nobody's to play with."""
    setting = site.setting
    if site.enclave == setting.plan.hub.name:
        return {}
    from range.plan.names import tags
    from range.reset.volumes import keep_goldens

    hosts = hosts_of(site)
    account = setting.sessions.account(site.account)
    return keep_goldens(account, hosts, tags(setting.plan, site.enclave, setting.state_id))


def _told(found: tuple[Finding, ...]) -> str:
    """Name the first few findings, what is violated before what can't be told."""
    first = sorted(found, key=lambda each: each.verdict != "VIOLATED")[:SHOWN]
    named = [f"{each.source} → {each.to} {each.traffic}: {each.why}" for each in first]
    return "; ".join(named) + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")
