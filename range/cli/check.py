"""`range check`: the morning's go or no-go for every ally, with the reason and the next command."""

from __future__ import annotations

import typer

from range.cli import output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Yes, enclaves_named

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def check(
    spec: Spec, ally: Allies = None, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False
) -> int:
    """Say go or no-go for every ally, with the reason and the next command.

    All go exits with 0, a no-go with 1, and with 3 where something can't be told.
    """
    planned = surroundings.plan(spec)
    valid = [enclave.name for enclave in planned.enclaves]
    only = enclaves_named(ally, valid) or tuple(valid)
    folder = surroundings.enter(spec, planned, cloud)

    from range.controller.morning import answers

    found = answers(surroundings.setting(spec, planned, folder), only, surroundings.as_typed(spec, cloud))
    if as_json:
        output.document({"exercise": planned.exercise, "enclaves": [each.model_dump() for each in found]})
    else:
        rows = [(each.name, each.word, each.phase, "; ".join(each.why) or "-", each.next or "-") for each in found]
        output.table(("enclave", "", "phase", "why", "next"), rows)
    codes = {each.exit_code for each in found}
    return next((code for code in (1, 3) if code in codes), 0)
