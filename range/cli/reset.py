"""`range reset`: back to the baseline, then the proof of it; nothing is called clean that wasn't seen to be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from range.cli import ask, output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, LevelName, Spec, Wait, Yes, enclaves_named
from range.cli.progress import shown

if TYPE_CHECKING:
    from range.records.reset import Options, ResetResult

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Level = Annotated[LevelName, typer.Option("--level", help="host: what was changed. enclave: all of it, made anew.")]
AllHosts = Annotated[bool, typer.Option("--all-hosts", help="Give every host another disk, touched or not.")]
KeepEvidence = Annotated[bool, typer.Option("--keep-evidence", help="Keep the disks that go, as snapshots.")]
Force = Annotated[bool, typer.Option("--force", help="Also where a session goes on: it loses its access first.")]

Acknowledged = Annotated[
    list[str] | None,
    typer.Option("--acknowledge", metavar="EVENT", help="An event that you looked at by hand; the receipt says so."),
]


@app.command()
def reset(
    spec: Spec,
    ally: Allies = None,
    cloud: Cloud = CloudName.rehearsal,
    level: Level = LevelName.host,
    all_hosts: AllHosts = False,
    keep_evidence: KeepEvidence = False,
    force: Force = False,
    acknowledge: Acknowledged = None,
    as_json: AsJson = False,
    yes: Yes = False,
    wait: Wait = False,
) -> int:
    """Take enclaves back to their baseline, then prove it.

    CLEAN exits with 0, DIRTY with 1 and the list of what is left, UNKNOWN with 3 and the reason. What isn't CLEAN is cut
    off and given to nobody.
    """
    planned = surroundings.plan(spec)
    valid = tuple(enclave.name for enclave in planned.enclaves)
    only = enclaves_named(ally, valid) or valid
    folder = surroundings.enter(spec, planned, cloud)

    from range.controller.command import journaled
    from range.controller.lifecycle import Lifecycle
    from range.controller.played import Played
    from range.controller.reset_steps import LEVELS
    from range.controller.resets import hold, put_out, refuse, summed_up
    from range.controller.results import exit_code

    asked = _options(level, acknowledge, all_hosts=all_hosts, keep_evidence=keep_evidence)
    setting = replace(surroundings.setting(spec, planned, folder), reset=asked, resets=only, who=surroundings.who())
    refuse(setting, only, force=force)
    if not yes:
        ask.before_reset(planned, only, asked, Played.of(setting).session)
    with journaled(folder, planned.exercise, surroundings.words(), setting.who, wait=wait) as command:
        if force:
            put_out(setting, command, only)
        with shown() as view:
            lifecycle = Lifecycle(setting, command, watcher=view, on_progress=view.progress)
            ended = lifecycle.reset(only, LEVELS[level.value])
        hold(setting, command, ended)
        results = summed_up(ended, setting)
        command.exit_code = exit_code(results)
        command.error = "; ".join(f"{each.name}: {each.error}" for each in results if each.error) or None
    if as_json:
        output.document({"exercise": planned.exercise, "enclaves": [each.model_dump() for each in results]})
    else:
        show(results)
    return command.exit_code


def _options(level: LevelName, acknowledged: list[str] | None, *, all_hosts: bool, keep_evidence: bool) -> Options:
    from range.records.reset import Options

    known = tuple(acknowledged or ())
    return Options(level=level.value, all_hosts=all_hosts, keep_evidence=keep_evidence, acknowledged=known)


def show(results: tuple[ResetResult, ...]) -> None:
    """Print one row per enclave, and below them what is left and what to type next."""
    columns = ("enclave", "verdict", "baseline", "observed", "seconds", "receipt")
    rows = [(r.name, r.verdict, r.baseline[:16], r.observed[:16], r.seconds, r.receipt) for r in results]
    output.table(columns, rows)
    for result in results:
        for why in result.why:
            output.line(f"{result.name}: {why}")
        if result.error:
            output.line(f"{result.name}: {result.error}" + (f"\n  → {result.hint}" if result.hint else ""))
