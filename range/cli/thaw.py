"""`range thaw`: undo exactly what a freeze did."""

from __future__ import annotations

import typer

from range.cli.freeze import Team, cut
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Wait, Yes

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def thaw(
    spec: Spec, ally: Allies = None, team: Team = None, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False,
    yes: Yes = False, wait: Wait = False,
) -> int:  # fmt: skip
    """Undo exactly what a freeze did; a quarantine is given back by a CLEAN reset alone."""
    return cut(spec, ally, team, cloud, as_json=as_json, wait=wait, thaw=True)
