"""`range configure`: Ansible again, on the hosts that stand."""

from __future__ import annotations

import typer

from range.cli import output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Yes, enclaves_named
from range.cli.progress import shown
from range.cli.up import show, summary

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def configure(
    spec: Spec, ally: Allies = None, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False
) -> int:
    """Make every host what its role says, by Ansible; a second run changes nothing.

    `--ally hub` names the hub. One enclave's failure leaves the others to finish. After a failure the same command goes
    on with the hosts that aren't done. In the answer, `updated` counts tasks that changed something, and `unchanged`
    those that found everything as it should be.
    """
    planned = surroundings.plan(spec)
    only = enclaves_named(ally, [planned.hub.name, *(enclave.name for enclave in planned.enclaves)])
    folder = surroundings.enter(spec, planned, cloud)

    from range.controller.command import journaled
    from range.controller.lifecycle import Lifecycle
    from range.controller.results import exit_code, rows

    with journaled(folder, planned.exercise, surroundings.words(), surroundings.who()) as command:
        with shown() as view:
            setting = surroundings.setting(spec, planned, folder)
            ended = Lifecycle(setting, command, watcher=view, on_progress=view.progress).configure(only)
        results = rows(ended, command.journal.standings(planned.exercise))
        command.exit_code = exit_code(results)
        command.error = summary(results)
    if as_json:
        output.document({"exercise": planned.exercise, "enclaves": [result.model_dump() for result in results]})
    else:
        show(results)
    return command.exit_code
