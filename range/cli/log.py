"""`range log`: who typed what, when, and how it ended."""

from __future__ import annotations

from typing import Annotated

import typer

from range.cli import output, surroundings
from range.cli.options import AsJson, Cloud, CloudName, Spec, Yes
from range.controller.standing import history

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def log(
    spec: Spec,
    cloud: Cloud = CloudName.rehearsal,
    last: Annotated[int, typer.Option(min=1, help="How many commands to show.")] = 20,
    as_json: AsJson = False,
    yes: Yes = False,
) -> int:
    """Show who typed what, when, and how it ended."""
    planned = surroundings.plan(spec)
    entries = history(surroundings.home(cloud), planned.exercise, last)
    if as_json:
        output.document({"exercise": planned.exercise, "commands": entries})
    else:
        columns = ("began", "who", "typed", "ended", "how")
        output.table(columns, [(e["began"], e["who"], e["words"], e["ended"], e["how"]) for e in entries])
    return 0
