"""`range drill`: red attacks one target of each ally, and sensors and collector must have seen it."""

from __future__ import annotations

import typer

from range.cli import output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Yes, enclaves_named

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def drill(
    spec: Spec, ally: Allies = None, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False
) -> int:
    """Let red attack one target of each ally, harmlessly, and show that sensor and collector saw it.

    Within 10 s the ally's sensor must have raised the alert with the attack's technique, and the collector must hold it
    under that ally and no other; else the exit code is 1.
    """
    planned = surroundings.plan(spec)
    only = enclaves_named(ally, [enclave.name for enclave in planned.enclaves if enclave.kind == "ally"])
    folder = surroundings.enter(spec, planned, cloud, as_it_is=True)
    ways = surroundings.ways_or_refuse(planned, folder)

    from range.verify.drill import drill as attack
    from range.verify.drill import wrong

    came = attack(planned, ways, only)
    problems = {drilled.ally: wrong(drilled) for drilled in came}
    if as_json:
        output.document({"drills": [{**each.model_dump(), "wrong": problems[each.ally]} for each in came]})
    else:
        columns = ("ally", "target", "technique", "id", "sensor s", "collector s", "")
        cells = [
            (d.ally, d.target, d.technique, d.id, d.sensor_s, d.collector_s, problems[d.ally] or "seen") for d in came
        ]
        output.table(columns, cells)
    return 1 if any(problems.values()) or not came else 0
