"""`range status`: each enclave's phase, from the journal alone; nothing is started, and no engine is loaded."""

from __future__ import annotations

from typing import Any

import typer

from range.cli import output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Yes, enclaves_named
from range.controller.standing import standings_now

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def status(
    spec: Spec, ally: Allies = None, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False
) -> int:
    """Show each enclave's phase, since when, and what is next."""
    planned = surroundings.plan(spec)
    enclaves = [enclave.name for enclave in (planned.hub, *planned.enclaves)]
    rows = standings_now(surroundings.home(cloud), planned.exercise, enclaves)
    only = enclaves_named(ally, [row.name for row in rows])
    typed = surroundings.as_typed(spec, cloud)
    shown = [row.shown(typed, left=row.name not in enclaves) for row in rows if not only or row.name in only]
    if as_json:
        output.document({"exercise": planned.exercise, "cloud": cloud.value, "enclaves": shown})
    else:
        output.table(("enclave", "phase", "since", "hosts", "next"), [_cells(row) for row in shown])
    return 0


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    phase = f"{row['phase']} ({row['step']})" if row["step"] else row["phase"]
    return row["name"], phase, row["since"], len(row["hosts"]), row["next"] or "wait"
