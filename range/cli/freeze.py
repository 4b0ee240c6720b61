"""`range freeze`: cut one enclave's network now, or a team's everywhere, without touching anything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from range.cli import output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Wait, Yes, enclaves_named
from range.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from range.controller.command import Command
    from range.controller.site import Setting
    from range.records.results import EnclaveResult

app = typer.Typer(rich_markup_mode=None, add_completion=False)

Team = Annotated[str | None, typer.Option("--team", metavar="TEAM", help="All enclaves of a team: blue, red or white.")]


@app.command()
def freeze(
    spec: Spec, ally: Allies = None, team: Team = None, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False,
    yes: Yes = False, wait: Wait = False,
) -> int:  # fmt: skip
    """Cut an enclave's network now, without touching it; --team red stops the attackers everywhere."""
    return cut(spec, ally, team, cloud, as_json=as_json, wait=wait, thaw=False)


def cut(
    spec: Path, ally: list[str] | None, team: str | None, cloud: CloudName, *, as_json: bool, wait: bool, thaw: bool
) -> int:
    """Freeze or thaw what was named."""
    planned = surroundings.plan(spec)
    folder = surroundings.enter(spec, planned, cloud)

    from range.controller import cuts
    from range.controller.command import journaled
    from range.controller.results import exit_code

    only = enclaves_named(ally, [enclave.name for enclave in planned.enclaves])
    named = tuple(dict.fromkeys((*only, *(cuts.of_team(planned, team) if team else ()))))
    if not named:
        word = "thaw" if thaw else "freeze"
        raise InputError(f"nothing is named to {word}", hint=f"`range {word} {spec} --ally CODE`, or --team red")
    setting = replace(surroundings.setting(spec, planned, folder), who=surroundings.who())
    with journaled(folder, planned.exercise, surroundings.words(), setting.who, wait=wait) as command:
        results = _done(setting, command, named, thaw=thaw)
        command.exit_code = exit_code(results)
        command.error = "; ".join(f"{each.name}: {each.error}" for each in results if each.error) or None
    if as_json:
        output.document({"exercise": planned.exercise, "enclaves": [each.model_dump() for each in results]})
    else:
        output.table(("enclave", "phase", "seconds"), [(each.name, each.phase, each.seconds) for each in results])
        for each in results:
            if each.error:
                output.line(f"{each.name}: {each.error}" + (f"\n  → {each.hint}" if each.hint else ""))
    return command.exit_code


def _done(setting: Setting, command: Command, named: tuple[str, ...], *, thaw: bool) -> list[EnclaveResult]:
    from range.controller import cuts

    return cuts.thaw(setting, command, named) if thaw else cuts.freeze(setting, command, named)
