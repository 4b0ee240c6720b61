"""`range worker`: one more controller, which takes steps that others share out."""

from __future__ import annotations

import typer

from range.cli import output, surroundings
from range.cli.options import AsJson, Cloud, CloudName, Spec, Yes
from range.cli.progress import shown

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def worker(spec: Spec, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False) -> int:
    """Join the controllers that share RANGE_DATABASE, and take steps of theirs until Ctrl-C.

    Whoever works from the same exercise file, addresses, state (PULUMI_BACKEND_URL) and `.range` (RANGE_HOME) shares work.
    When a controller dies, its steps are taken over within ten seconds.
    """
    planned = surroundings.plan(spec)
    folder = surroundings.enter(spec, planned, cloud, as_it_is=True)

    from range.controller.command import journaled
    from range.controller.lifecycle import Lifecycle

    with journaled(folder, planned.exercise, surroundings.words(), surroundings.who()) as command, shown() as view:
        lifecycle = Lifecycle(
            surroundings.setting(spec, planned, folder), command, watcher=view, on_progress=view.progress
        )
        output.note("working; Ctrl-C finishes what is in hand and ends it")
        lifecycle.work()
    if as_json:
        output.document({"exercise": planned.exercise, "worked": True})
    return 0
