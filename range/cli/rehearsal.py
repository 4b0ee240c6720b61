"""`range rehearsal start|stop|status|env|faults`: the rehearsal cloud of this directory."""

from __future__ import annotations

import json
import os
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from range.cli import output, surroundings
from range.cli.options import AsJson, Hosts, MaybeSpec, Spec
from range.cli.surroundings import WITHOUT_HOSTS
from range.errors import InputError

if TYPE_CHECKING:
    from range.rehearsal.record import Rehearsal

app = typer.Typer(rich_markup_mode=None, add_completion=False)


Latency = Annotated[
    str | None, typer.Option("--latency", metavar="PROFILE", help="How long calls and states take: none, or aws.")
]
Speed = Annotated[
    float | None, typer.Option("--speed", help="How many simulated seconds pass in one of this machine's.")
]
Throttling = Annotated[
    float | None,
    typer.Option("--throttling", metavar="SCALE", help="0 for none, 1 for AWS's buckets, 0.1 for a tenth."),
]


@app.command()
def start(
    spec: MaybeSpec = None,
    hosts: Hosts = None,
    latency: Latency = None,
    speed: Speed = None,
    throttling: Throttling = None,
    as_json: AsJson = False,
) -> int:
    """Start the rehearsal cloud of this directory, or find the one that runs; what is set is remembered."""
    from range.rehearsal.administration import set_weather
    from range.rehearsal.process import start as start_process
    from range.rehearsal.weather.settings import Settings, changed

    given = {"latency": latency, "speed": speed, "throttling": throttling}
    wanted = {name: value for name, value in given.items() if value is not None}
    changed(Settings(), wanted)  # what can't be is refused before anything is started
    if spec is not None:
        surroundings.rehearse(spec, surroundings.plan(spec), hosts=hosts)
    running = start_process(surroundings.home(), hosts=hosts)
    if wanted:
        set_weather(running, **wanted)
    return _tell(running, as_json=as_json)


@app.command()
def faults(
    spec: MaybeSpec = None,
    rate: Annotated[
        float | None, typer.Option("--rate", help="The share of all calls that go wrong in mixed ways.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="The same seed gives the same faults.")] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="JSON", help='As in {"kind": "lost", "call": "ec2.CreateVpc", "times": 1}.'),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget all rules and the rate first.")] = False,
    as_json: AsJson = False,
) -> int:
    """Say what goes wrong in the rehearsal cloud of this directory; without options, show it."""
    from range.rehearsal.administration import set_weather
    from range.rehearsal.weather.rules import rule_of
    from range.rehearsal.weather.settings import Settings, changed

    added = [rule_of(_document(each)).document() for each in rule or ()]
    wanted: dict[str, Any] = {"rate": 0.0, "rules": []} if clear else {}
    wanted |= {name: value for name, value in (("rate", rate), ("seed", seed)) if value is not None}
    changed(Settings(), wanted)
    running = surroundings.running()
    if added:
        before = [] if clear else set_weather(running)["rules"]
        wanted["rules"] = [*before, *added]
    told = set_weather(running, **wanted)
    if as_json:
        output.document(told)
    else:
        for name, value in told.items():
            output.line(f"{name}: {value}")
    return 0


def _document(text: str) -> dict[str, Any]:
    """Read a rule as it was typed."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise InputError(f"--rule {text}: that isn't JSON: {error}", hint=_RULE) from error
    if not isinstance(found, dict):
        raise InputError(f"--rule {text}: that is no JSON object", hint=_RULE)
    return found


_RULE = """a rule is such as '{"kind": "lost", "call": "ec2.CreateVpc", "times": 1}'"""


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
    from range.rehearsal.administration import hosts

    machines = hosts(rehearsal) if rehearsal is not None and rehearsal.hosts else None
    if as_json:
        document = {**asdict(rehearsal), "machines": machines} if rehearsal else {}
        output.document({"running": rehearsal is not None, **document})
    elif rehearsal is None:
        output.line("no rehearsal cloud runs here; `range rehearsal start` starts one")
    else:
        output.line(f"running at {rehearsal.endpoint} (pid {rehearsal.pid}, since {rehearsal.started})")
        for line in _told(machines):
            output.line(line)
    return 0


def _told(machines: dict[str, dict[str, str]] | None) -> Iterator[str]:
    """Say how the machines stand, and what is wrong with which."""
    if machines is None:
        yield WITHOUT_HOSTS
        return
    counts = Counter(machine["state"] for machine in machines.values())
    yield "hosts: " + (", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "none yet")
    for name, machine in machines.items():
        if machine["why"]:
            yield f"{name}: {machine['why']}; its console ends:"
            yield from (f"    {line}" for line in machine["console"].splitlines())
