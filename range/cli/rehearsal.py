"""`range rehearsal start|stop|status|env`: the rehearsal cloud of this directory."""

from __future__ import annotations

import os
import shlex
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from range.cli import output, surroundings
from range.cli.options import AsJson, MaybeSpec, Spec

if TYPE_CHECKING:
    from range.rehearsal.record import Rehearsal

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def start(spec: MaybeSpec = None, as_json: AsJson = False) -> int:
    """Start the rehearsal cloud of this directory, or find the one that runs."""
    from range.rehearsal.process import start as start_process

    if spec is not None:
        surroundings.rehearse(spec, surroundings.plan(spec))
    return _tell(start_process(surroundings.home()), as_json=as_json)


@app.command()
def status(spec: MaybeSpec = None, as_json: AsJson = False) -> int:
    """Say whether the rehearsal cloud of this directory runs, and where."""
    from range.rehearsal.process import status as process_status

    return _tell(process_status(surroundings.home()), as_json=as_json)


@app.command()
def stop(spec: MaybeSpec = None, as_json: AsJson = False) -> int:
    """Stop the rehearsal cloud of this directory; what stands in it is there again after `start`."""
    from range.rehearsal.process import stop as stop_process

    stopped = stop_process(surroundings.home())
    if as_json:
        output.document({"running": False, "stopped": stopped})
    else:
        output.line("stopped" if stopped else "no rehearsal cloud was running here")
    return 0


@app.command()
def env(spec: Spec, as_json: AsJson = False) -> int:
    """Print what a shell needs for Pulumi and any AWS client to work on the rehearsal cloud: eval "$(...)"."""
    from range.provision.project import forget_salts

    planned = surroundings.plan(spec)
    in_the_way = [name for name in surroundings.PROFILES if name in os.environ]
    variables = surroundings.rehearse(spec, planned)
    forget_salts(planned.exercise)
    if as_json:
        output.document(variables)
    else:
        if in_the_way:
            output.line(f"unset {' '.join(in_the_way)}")
        for name, value in variables.items():
            output.line(f"export {name}={shlex.quote(value)}")
    return 0


def _tell(rehearsal: Rehearsal | None, *, as_json: bool) -> int:
    if as_json:
        output.document({"running": rehearsal is not None, **(asdict(rehearsal) if rehearsal else {})})
    elif rehearsal is None:
        output.line("no rehearsal cloud runs here; `range rehearsal start` starts one")
    else:
        output.line(f"running at {rehearsal.endpoint} (pid {rehearsal.pid}, since {rehearsal.started})")
    return 0
