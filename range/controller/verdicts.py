"""The last row of a reset: the witness looks again, the trail is read, a verdict is given, signed and acted upon."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from range.controller.baseline_acts import against, baseline, proof_with_others, proven
from range.controller.baselines import Baselines, changed_parts, changed_playbooks, versions
from range.controller.cuts import quarantine
from range.controller.kept import write
from range.controller.looks import comparable, hosts_of, look, unlooked
from range.controller.outcome import Outcome
from range.controller.played import Played
from range.controller.proving import left_out, overlooked
from range.controller.site import Site
from range.controller.trying import packets_of
from range.controller.worksheets import Sheet, without_cut
from range.errors import Undecided
from range.records.baseline import Baseline
from range.records.observation import Difference, Observation, host_of
from range.records.reset import ResetResult, Verdict, Worksheet
from range.records.trail import Trail
from range.verify.baseline import differences, untold

PATIENCE_S = 120.0
"""How long a host may take to let the witness in; it was configured just now, or never touched."""
_VIOLATED = ("network VIOLATED", "identity VIOLATED")
"""How a problem begins that isn't a doubt."""
TRAIL_S = timedelta(seconds=1)
"""A trail tells whole seconds."""
EXIT_CODES: dict[Verdict, int] = {"CLEAN": 0, "DIRTY": 1, "UNKNOWN": 3}


def prove(site: Site) -> Outcome:
    """Prove the isolation again, and try it by packets; what either has against the enclave is part of the verdict.

    Who is still on the way in the same command isn't waited for long, and is left out by name. When they come as far, they
    answer for what only they make possible between others, whose verdict is given already.
    """
    given_back = _give_back(site)
    proof = proof_with_others(site, site.setting.tried_proof, anew=given_back)
    found = against(site, proof, itself_too=True)
    if not found and site.gathered is not None:
        found = overlooked(proof, _proven_before(site, site.gathered.passed()))
    told = [f"{each.part} {each.verdict}: {each.source} → {each.to} {each.traffic}: {each.why}" for each in found]
    packets = packets_of(proof.probes, site.enclave)
    uncounted = sorted(left_out(proof, site.setting.plan) - {site.enclave})
    alone = tuple(f"the isolation from {name}: its own reset, which proves it, wasn't as far" for name in uncounted)
    sheet = Sheet.of(site)
    work = sheet.read()
    problems = (*work.problems, *told, *packets.problems)
    sheet.write(work.model_copy(update={"problems": problems, "skipped": (*work.skipped, *packets.skipped, *alone)}))
    return Outcome(notes=tuple(told[:5]) or (proven(site, proof), *packets.notes))


def _proven_before(site: Site, passed: Collection[str]) -> frozenset[str]:
    """Name those of whom nothing was known that a proof could find again: without a problem, and not cut off for one."""
    played = Played.of(site.setting)
    return frozenset(
        name
        for name in passed
        if not Sheet.of(replace(site, enclave=name)).read().problems and played.enclave(name).cut is None
    )


def witness(site: Site) -> Outcome:
    """Look again, account for every change that others made, and say what the enclave is."""
    setting, enclave = site.setting, site.enclave
    work = Sheet.of(site).read()
    recorded = comparable(site, _recorded(site))
    seen = look(site, recorded.observation.hosts, PATIENCE_S)
    if setting.reset is not None and setting.reset.level == "enclave" and recorded.observation.hosts:
        recorded = _as_made(site, recorded, seen)
    if unasked := unlooked(site, recorded) if hosts_of(site) else "":
        work = work.model_copy(update={"skipped": (*work.skipped, unasked)})
    found = without_cut(differences(recorded.observation, seen), Played.of(setting).enclave(enclave).cut)
    trail = setting.witness.trail(site.account, work.since, _marker(site), patience_s=setting.trail_patience_s)
    known = setting.reset.acknowledged if setting.reset else ()
    trail = trail.model_copy(update={"unseen": tuple(each for each in trail.unseen if each.id not in known)})
    ended = max((each.ended for each in Played.of(setting).since_clean(enclave) if each.ended), default=work.began)
    sight = Sight(recorded, seen, found, trail, work, known)
    verdict, why = judged(sight, ended)
    result = ResetResult(
        name=enclave,
        verdict=verdict,
        baseline=recorded.digest,
        observed=seen.digest,
        left=tuple(_left(site.account, each) for each in found),
        why=why,
        exit_code=EXIT_CODES[verdict],
    )
    path = _receipt(site, result, sight)
    result = result.model_copy(update={"receipt": path})
    if verdict == "CLEAN":
        return _clean(site, result, min(seen.taken, trail.until or seen.taken))
    return _quarantined(site, result)


@dataclass(frozen=True)
class Sight:
    """Everything that a verdict is given from."""

    recorded: Baseline
    seen: Observation
    found: tuple[Difference, ...]
    trail: Trail
    work: Worksheet
    acknowledged: tuple[str, ...] = ()
    """Events of the trail that somebody has looked at by hand."""


def judged(sight: Sight, ended: datetime) -> tuple[Verdict, tuple[str, ...]]:
    """Give the verdict, and why it is no better. CLEAN needs every reason to be absent, and equal digests.

    `ended` is when the last one who played lost access: up to there the trail must be complete.
    """
    recorded, seen, trail, work = sight.recorded, sight.seen, sight.trail, sight.work
    dirty = [str(each) for each in sight.found]
    dirty += [each for each in work.problems if each.startswith(_VIOLATED)]
    unsure = [f"couldn't be read: {each}" for each in untold(recorded.observation, seen)]
    unsure += [each for each in work.problems if not each.startswith(_VIOLATED)]
    unsure += [f"nobody can see what this left (event {each.id}): {each}" for each in trail.unseen]
    late = [each for each in trail.writes if each.when >= seen.taken - TRAIL_S and not each.error]
    unsure += [
        f"changed while it was looked at, or after that (event {each.id}): {each}"
        for each in late
        if each.id not in sight.acknowledged
    ]
    unsure += [f"the trail couldn't be read: {each}" for each in trail.unread]
    if trail.until is None or trail.until < ended:
        until = f"{trail.until:%Y-%m-%d %H:%M:%S} UTC" if trail.until else "nobody knows when"
        unsure.append(f"the trail is complete up to {until}, and not past the session's end")
    if dirty:
        return "DIRTY", (*dirty, *unsure)
    if unsure:
        return "UNKNOWN", tuple(unsure)
    if recorded.digest != seen.digest:
        return "UNKNOWN", ("nothing differs, and yet the digests do: this is a defect of range",)
    return "CLEAN", ()


def _recorded(site: Site) -> Baseline:
    """Give the baseline to compare with; an enclave that was made anew from another file gets one of that file."""
    setting = site.setting
    recorded = Baselines.of(setting, site.enclave).read()
    if setting.reset is not None and setting.reset.level == "enclave":
        if recorded is None or changed_parts(recorded, setting.plan) or changed_playbooks(recorded):
            strange = Sheet.of(site).read().strange
            if strange:
                raise Undecided(
                    f"there is no baseline of this file yet, and none is recorded over what others left: {'; '.join(strange[:3])}"
                    + f" and {len(strange) - 3} more" * (len(strange) > 3),
                    hint="take that away by hand, then type the same command again",
                )
            outcome = baseline(site, made_anew=True)
            if outcome.failed:
                raise Undecided(f"made anew, but without a baseline: {outcome.error}", hint=outcome.hint)
            recorded = Baselines.of(setting, site.enclave).read()
        else:
            recorded = _with_new_goldens(site, recorded)
    if recorded is None:
        raise Undecided(f"{site.enclave} has no baseline", hint="`range up` records one")
    return recorded


def _with_new_goldens(site: Site, recorded: Baseline) -> Baseline:
    """Take golden snapshots of the hosts that were made anew; the baseline stays what it was."""
    from range.controller.baseline_acts import goldens
    from range.controller.baselines import state_digest

    made = {"goldens": goldens(site), "state": state_digest(site.setting, site.enclave)}
    renewed = recorded.model_copy(update=made)
    Baselines.of(site.setting, site.enclave).record(renewed)
    return renewed


def _as_made(site: Site, recorded: Baseline, seen: Observation) -> Baseline:
    """Take what is on hosts that were made anew into the baseline; the account's part stays.

    Their keys and certificates are others than before, and nobody had access since they were made.
    """
    before = recorded.observation.of_account
    on_hosts = (each for each in seen.things if host_of(each.region) is not None)
    as_made = before.with_things((*before.things, *on_hosts), before.unread, recorded.observation.types)
    renewed = recorded.model_copy(update={"observation": as_made})
    Baselines.of(site.setting, site.enclave).record(renewed)
    return renewed


def _marker(site: Site) -> str:
    from range.session.access import role_arn

    return role_arn(site.setting.plan.exercise, site.enclave, site.account)


def _left(account: str, each: Difference) -> dict[str, Any]:
    return {"account": account, **each.model_dump(mode="json")}


def _receipt(site: Site, result: ResetResult, sight: Sight) -> str:
    """Sign what was found and keep it; gives the file."""
    from range.receipts.envelope import signed
    from range.receipts.keys import signing_key
    from range.receipts.statement import RESET, statement

    setting, now = site.setting, datetime.now(UTC)
    subjects = {f"{site.stack}/observed": result.observed, f"{site.stack}/baseline": result.baseline}
    predicate = _predicate(site, result, sight, now)
    envelope = signed(statement(RESET, subjects, predicate), signing_key(setting.records / "keys"))
    path = setting.records / "receipts" / site.enclave / f"reset-{now:%Y%m%dT%H%M%S%f}.json"
    write(path, envelope)
    return str(path)


def _predicate(site: Site, result: ResetResult, sight: Sight, now: datetime) -> dict[str, Any]:
    """Give what the receipt says."""
    setting, options = site.setting, site.setting.reset
    recorded, seen, trail, work = sight.recorded, sight.seen, sight.trail, sight.work
    return {
        "exercise": setting.plan.exercise,
        "enclave": site.enclave,
        "account": site.account,
        "verdict": result.verdict,
        "why": list(result.why),
        "who": setting.who,
        "level": options.level if options else "host",
        "began": work.began.isoformat(),
        "ended": now.isoformat(),
        "sessions": list(work.sessions),
        "baseline": {
            "sha256": recorded.digest,
            "recorded": recorded.recorded.isoformat(),
            "made_from_sha256": recorded.made_from,
        },
        "observed": {
            "sha256": seen.digest,
            "taken": seen.taken.isoformat(),
            "regions": list(seen.regions),
            "types": seen.types,
            "things": len(seen.things),
        },
        "left": list(result.left),
        "trail": {
            "since": trail.since.isoformat(),
            "complete_until": trail.until and trail.until.isoformat(),
            "changes_by_others": len(trail.writes),
            "by_call": _by_call(trail),
            "unseen": [str(each) for each in trail.unseen],
            "acknowledged": list(options.acknowledged) if options else [],
        },
        "removed": list(work.removed),
        "restored": list(work.restored),
        "hosts_replaced": list(work.replaced),
        "rotated": list(work.rotated),
        "evidence_kept": list(work.evidence),
        "skipped": list(work.skipped),
        "residue": [each.model_dump() for each in seen.residue],
        "versions": versions(),
    }


def _by_call(trail: Trail) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in trail.writes:
        key = f"{each.service}:{each.call}"
        counts[key] = counts.get(key, 0) + 1
    return dict(sorted(counts.items()))


def _clean(site: Site, result: ResetResult, until: datetime) -> Outcome:
    """Hand the enclave out; `until` is up to when all is accounted for, and the next reset reads on from there."""
    played = Played.of(site.setting)
    played.is_clean(site.enclave, until)
    played.is_cut(site.enclave, None)
    return Outcome(
        reset=result,
        notes=(f"CLEAN: as its baseline, {result.observed[:16]}; receipt {result.receipt}",),
        leaves=played.phase(site.enclave) or "ready",
    )


def _give_back(site: Site) -> bool:
    """Undo what cuts the enclave off, so that the witness sees it as it would be handed out; say whether anything did."""
    from range.session.cut import restore

    remembered = Played.of(site.setting).enclave(site.enclave).cut
    if remembered is not None:
        restore(site.setting.sessions.account(site.account), remembered.entries)
    return remembered is not None


def _quarantined(site: Site, result: ResetResult) -> Outcome:
    """Cut the enclave off: nobody is handed what isn't clean."""
    setting = site.setting
    told = f"{result.verdict}: {'; '.join(result.why[:3])}" + (
        f" and {len(result.why) - 3} more" * (len(result.why) > 3)
    )
    hint = f"`range reset {setting.spec} --ally {site.enclave}` again, or with `--level enclave`, which makes it anew"
    if failed := quarantine(setting, site.enclave, told):
        told = f"{told}; and it couldn't be cut off: {failed}"
    return Outcome(
        reset=result.model_copy(update={"error": told, "hint": hint}),
        error=told,
        hint=hint,
        exit_code=result.exit_code,
        leaves="quarantined",
    )
