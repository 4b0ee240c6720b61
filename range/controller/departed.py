"""The receipt of a teardown: what was there before the first `up`, what the witness sees now, and what stays; signed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from range.controller.baselines import versions
from range.controller.kept import write
from range.controller.outcome import Outcome
from range.controller.site import Site
from range.records.inventory import Resource
from range.records.observation import Observation
from range.records.reset import Verdict

VERDICTS: dict[int, Verdict] = {0: "CLEAN", 1: "DIRTY"}
"""By the exit code of the proof; any other is UNKNOWN. CLEAN is: as it was before the first `up`."""


def receipt(
    site: Site, outcome: Outcome, before: Observation, now: Observation | None, removed: tuple[Resource, ...]
) -> str:
    """Sign what a teardown came to and keep it; gives the file.

    `now` is None where the witness wasn't even asked, since what is left was known without it.
    """
    from range.receipts.envelope import signed
    from range.receipts.keys import signing_key
    from range.receipts.statement import TEARDOWN, statement

    setting, ended = site.setting, datetime.now(UTC)
    seen = {"observed": now.digest} if now is not None else {}
    subjects = {f"{site.stack}/{name}": digest for name, digest in {"beforehand": before.digest, **seen}.items()}
    predicate = _predicate(site, outcome, before, now, removed)
    envelope = signed(
        statement(TEARDOWN, subjects, {**predicate, "ended": ended.isoformat()}), signing_key(setting.records / "keys")
    )
    path = setting.records / "receipts" / site.enclave / f"teardown-{ended:%Y%m%dT%H%M%S%f}.json"
    write(path, envelope)
    return str(path)


def _predicate(
    site: Site, outcome: Outcome, before: Observation, now: Observation | None, removed: tuple[Resource, ...]
) -> dict[str, Any]:
    """Give what the receipt says."""
    return {
        "exercise": site.setting.plan.exercise,
        "enclave": site.enclave,
        "account": site.account,
        "verdict": VERDICTS.get(outcome.exit_code, "UNKNOWN"),
        "why": [outcome.error] if outcome.error else [],
        "who": site.setting.who,
        "beforehand": _looked(before),
        "observed": _looked(now) if now is not None else {},
        "left": [each.model_dump() for each in outcome.left],
        "removed": [str(each) for each in removed],
        "residue": [each.model_dump() for each in now.residue] if now is not None else [],
        "notes": list(outcome.notes),
        "versions": versions(),
    }


def _looked(seen: Observation) -> dict[str, Any]:
    return {
        "sha256": seen.digest,
        "taken": seen.taken.isoformat(),
        "regions": list(seen.regions),
        "types": seen.types,
        "things": len(seen.things),
    }
