"""`range up`: the hub, then the enclaves side by side; again and again, as often as one likes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import typer

from range.cli import output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Hosts, Spec, Wait, Yes, enclaves_named
from range.cli.progress import shown
from range.records.results import EnclaveResult

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def up(
    spec: Spec,
    ally: Allies = None,
    cloud: Cloud = CloudName.rehearsal,
    hosts: Hosts = None,
    as_json: AsJson = False,
    yes: Yes = False,
    wait: Wait = False,
) -> int:
    """Bring the exercise up; what is up already stays as it is.

    The hub comes first, then all enclaves side by side. One enclave's failure leaves the others to finish. Stopped at
    any moment, even by a kill, the same command goes on from there.
    """
    planned = surroundings.plan(spec, now=datetime.now(UTC))
    only = enclaves_named(ally, [enclave.name for enclave in planned.enclaves])
    folder = surroundings.enter(spec, planned, cloud, hosts=hosts)

    from range.controller.command import journaled
    from range.controller.lifecycle import Lifecycle
    from range.controller.results import exit_code, rows

    with journaled(folder, planned.exercise, surroundings.words(), surroundings.who(), wait=wait) as command:
        with shown() as view:
            setting = surroundings.setting(spec, planned, folder)
            ended = Lifecycle(setting, command, watcher=view, on_progress=view.progress).up(only)
        results = rows(ended, command.journal.standings(planned.exercise))
        command.exit_code = exit_code(results)
        command.error = summary(results)
    with_hosts = surroundings.with_hosts(cloud)
    if as_json:
        enclaves = [result.model_dump() for result in results]
        output.document({"exercise": planned.exercise, "hosts": with_hosts, "enclaves": enclaves})
    else:
        show(results)
        if not with_hosts:
            output.line(surroundings.WITHOUT_HOSTS)
    return command.exit_code


def show(results: tuple[EnclaveResult, ...]) -> None:
    """Print one row per enclave, and below them what failed and what to type next."""
    columns = ("enclave", "phase", "created", "updated", "replaced", "deleted", "unchanged", "seconds")
    output.table(columns, [_cells(result) for result in results])
    for result in results:
        if result.failed:
            where = f"{result.name}: {result.step}" if result.step else result.name
            output.line(f"{where}: {result.error}" + (f"\n  → {result.hint}" if result.hint else ""))


def summary(results: tuple[EnclaveResult, ...]) -> str | None:
    """Name what failed, for the journal."""
    failed = [f"{result.name}: {result.error}" for result in results if result.failed]
    return "; ".join(failed) or None


def _cells(result: EnclaveResult) -> tuple[Any, ...]:
    counts = (result.created, result.updated, result.replaced, result.deleted, result.unchanged)
    return (result.name, result.phase, *counts, result.seconds)
