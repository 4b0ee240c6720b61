"""`range down`: the enclaves, then the hub, then the proof that nothing is left."""

from __future__ import annotations

from dataclasses import replace

import typer

from range.cli import ask, output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Wait, Yes, enclaves_named
from range.cli.progress import shown
from range.cli.up import show, summary

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def down(
    spec: Spec,
    ally: Allies = None,
    cloud: Cloud = CloudName.rehearsal,
    as_json: AsJson = False,
    yes: Yes = False,
    wait: Wait = False,
) -> int:
    """Tear down, then prove that nothing is left.

    What is left is listed, with exit code 1. Without --ally the whole exercise goes, the hub last, and its name has to
    be typed unless --yes is given. An ally that left the file can be named too: the state knows it.
    """
    planned = surroundings.plan(spec)
    folder = surroundings.enter(spec, planned, cloud)

    from range.controller.command import journaled
    from range.controller.lifecycle import Lifecycle
    from range.controller.played import Played
    from range.controller.results import exit_code, left, receipts, rows

    setting = replace(surroundings.setting(spec, planned, folder), who=surroundings.who())
    only = enclaves_named(ally, [*(enclave.name for enclave in planned.enclaves), *setting.strangers])
    if not yes:
        everyone = (*(enclave.name for enclave in planned.enclaves), *setting.strangers, planned.hub.name)
        known = {name: len(setting.engine.state(planned.stack(name)).real) for name in only or everyone}
        ask.before_down(planned, known, Played.of(setting).session, whole=not only)
    with journaled(folder, planned.exercise, surroundings.words(), surroundings.who(), wait=wait) as command:
        with shown() as view:
            ended = Lifecycle(setting, command, watcher=view, on_progress=view.progress).down(only)
        results = rows(ended, command.journal.standings(planned.exercise))
        command.exit_code = exit_code(results)
        command.error = summary(results)
    resources = left(ended)
    if as_json:
        output.document(
            {
                "exercise": planned.exercise,
                "left": [resource.model_dump() for resource in resources],
                "enclaves": [result.model_dump() for result in results],
                "receipts": receipts(ended),
            }
        )
    else:
        show(results)
        if resources:
            rows_ = [(each.account, each.region, each.type, each.id) for each in resources]
            output.table(("account", "region", "type", "id"), rows_)
    return command.exit_code
