"""`range validate`: the file alone; no cloud, no state."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from range.cli import output
from range.cli.options import AsJson, Spec, Yes
from range.spec.loading import load

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def validate(spec: Spec, as_json: AsJson = False, yes: Yes = False) -> int:
    """Check the exercise file alone.

    Names every problem with its line, its field, what was found and what would be valid. Nothing is touched.
    """
    exercise = load(spec, now=datetime.now(UTC))
    if as_json:
        output.document({"ok": True, "exercise": exercise.name, "allies": [ally.code for ally in exercise.allies]})
    else:
        output.line(f"{spec}: {exercise.name} is valid: {len(exercise.allies)} allies, {len(exercise.flows)} flows")
    return 0
