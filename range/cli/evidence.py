"""`range evidence --ally CODE`: one signed bundle for one ally, and how to verify it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from range.cli import output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Yes, enclaves_named
from range.errors import InputError

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where it goes; by default beside the file.")]


@app.command()
def evidence(
    spec: Spec,
    ally: Allies = None,
    out: Out = None,
    cloud: Cloud = CloudName.rehearsal,
    as_json: AsJson = False,
    yes: Yes = False,
) -> int:
    """Make one signed bundle for one ally: proof, receipts, alerts, what was kept, and how to verify them.

    Where the collector can't be read it is made without alerts, and says why.
    """
    planned = surroundings.plan(spec)
    valid = [enclave.name for enclave in planned.enclaves]
    named = enclaves_named(ally, valid)
    if len(named) != 1:
        raise InputError("whose evidence? name one ally with --ally", hint=f"valid: {', '.join(valid)}")
    folder = surroundings.enter(spec, planned, cloud)

    from range.controller.bundle import bundle

    setting = replace(surroundings.setting(spec, planned, folder), who=surroundings.who())
    path = out or spec.with_name(f"{planned.exercise}-{named[0]}-evidence.tar.gz")
    made = bundle(setting, named[0], path)
    if as_json:
        told = {"bundle": str(path), "files": made.digests, "no_alerts": made.no_alerts or None}
        output.document({"exercise": planned.exercise, "enclave": named[0], **told})
    else:
        output.table(("file", "sha256"), sorted(made.digests.items()))
        if made.no_alerts:
            output.line(f"without alerts: {made.no_alerts}")
        output.line(f"{path}: `range receipt verify {path.name} --key receipts.pub` verifies every file in it")
    return 0
