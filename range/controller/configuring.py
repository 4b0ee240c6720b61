"""Configuring again what was configured before: a walk of one step, which leaves an enclave in peace where it can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from range.controller.journal import Standing
from range.controller.outcome import Outcome
from range.controller.phases import Phase
from range.controller.site import Site
from range.controller.steps import Step

NAME = "configure"
SETTLED: frozenset[Phase] = frozenset({"ready", "in session", "frozen"})
"""Phases that stay when nothing was changed: what was proven and recorded is true of these hosts still."""


def again(steps: Sequence[Step], before: Mapping[str, Standing]) -> Step:
    """Give the table's row for configuring, as a walk of its own; `before` is how enclaves stand."""
    row = next(step for step in steps if step.do.name == NAME)

    def run(site: Site) -> Outcome:
        outcome = row.do.run(site)
        stood = before.get(site.enclave, Standing(name=site.enclave)).phase
        changed = outcome.changes is not None and outcome.changes.update > 0
        if outcome.failed or changed or stood not in SETTLED:
            return outcome
        return outcome.model_copy(update={"leaves": stood})

    return replace(row, do=replace(row.do, run=run, here=True))
