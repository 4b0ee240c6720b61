"""`range bootstrap`: what must be there before the first `up`, once per organisation."""

from __future__ import annotations

import typer

from range.cli import output, surroundings
from range.cli.options import AsJson, Cloud, CloudName, Spec, Yes

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def bootstrap(spec: Spec, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False) -> int:
    """Make what must be there before the first `up`, once per organisation.

    The controller's role in every account, service control policies and sharing switched on, default networks removed.
    Needs credentials of the management account. A second run changes nothing.
    """
    planned = surroundings.plan(spec)
    folder = surroundings.enter(spec, planned, cloud, as_it_is=True)

    from range.cloud.bootstrap import bootstrap as make
    from range.controller.command import journaled

    with journaled(folder, planned.exercise, surroundings.words(), surroundings.who()):
        mended = make(planned, on_done=lambda each: output.note(f"{each.where}  {each.name}: {each.did or 'as it is'}"))
    if as_json:
        output.document({"exercise": planned.exercise, "done": [each.model_dump() for each in mended]})
    else:
        changed = [each for each in mended if each.did]
        output.line(f"{planned.exercise}: {len(changed)} of {len(mended)} things had to be made")
    return 0
