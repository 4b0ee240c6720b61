"""`range status`: each enclave's phase, from the journal alone; nothing is started, and no engine is loaded."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from range.cli import output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Yes, enclaves_named
from range.controller.standing import standings_now
from range.errors import InputError

app = typer.Typer(rich_markup_mode=None, add_completion=False)


Watch = Annotated[bool, typer.Option("--watch", help="Show it again every two seconds, until Ctrl-C.")]
LOOK_AGAIN_S = 2.0


@app.command()
def status(
    spec: Spec,
    ally: Allies = None,
    cloud: Cloud = CloudName.rehearsal,
    watch: Watch = False,
    as_json: AsJson = False,
    yes: Yes = False,
) -> int:
    """Show each enclave's phase, since when, and what is next.

    Of work under way it says how far it is, how long it has to go by what earlier runs took, and who does it since when.
    """
    if watch and as_json:
        raise InputError(
            "--watch shows a table again and again, and --json prints one document", hint="name one of them"
        )
    shown = _shown(spec, ally, cloud)
    while watch:
        output.line(f"{datetime.now(UTC):%H:%M:%S} UTC")
        _print(shown)
        time.sleep(LOOK_AGAIN_S)
        output.line()
        shown = _shown(spec, ally, cloud)
    if as_json:
        exercise = surroundings.plan(spec).exercise
        output.document({"exercise": exercise, "cloud": cloud.value, "enclaves": shown})
    else:
        _print(shown)
    return 0


def _shown(spec: Path, ally: list[str] | None, cloud: CloudName) -> list[dict[str, Any]]:
    """Give each enclave's row."""
    planned = surroundings.plan(spec)
    enclaves = [enclave.name for enclave in (planned.hub, *planned.enclaves)]
    rows = standings_now(surroundings.home(cloud), planned.exercise, enclaves)
    only = enclaves_named(ally, [row.name for row in rows])
    typed = surroundings.as_typed(spec, cloud)
    return [row.shown(typed, left=row.name not in enclaves) for row in rows if not only or row.name in only]


def _print(shown: list[dict[str, Any]]) -> None:
    columns = ("enclave", "phase", "since", "progress", "to go", "hosts", "next", "held by")
    output.table(columns, [_cells(row) for row in shown])


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    phase = f"{row['phase']} ({row['step']})" if row["step"] else row["phase"]
    left = f"{row['left_s']:.0f} s" if row["left_s"] is not None else None
    return (
        row["name"],
        phase,
        row["since"],
        row["progress"],
        left,
        len(row["hosts"]),
        row["next"] or "wait",
        row["held_by"],
    )
