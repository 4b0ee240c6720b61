"""`range rehearse`: what one would type, command by command, on a cloud that is thrown away afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from range.cli import output, surroundings
from range.cli.options import AsJson, Hosts, Spec, Yes
from range.cli.rounds import Report, Rounds

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def rehearse(
    spec: Spec,
    keep: Annotated[bool, typer.Option(help="Keep the throw-away cloud's folder, also when all went well.")] = False,
    hosts: Hosts = None,
    as_json: AsJson = False,
    yes: Yes = False,
) -> int:
    """Rehearse all of it on a throw-away rehearsal cloud, ending with a report.

    Validate, plan, up, a second up that changes nothing, with hosts an attack on each ally, verify, status, a session from
    its start to its end, a reset that finds all CLEAN, down, and the proof that nothing is left. What stands in this
    directory's own rehearsal cloud isn't touched.
    """
    planned = surroundings.plan(spec)

    from range.controller.command import journaled
    from range.rehearsal.process import with_hosts

    machines = with_hosts(hosts)
    home = surroundings.home()
    with journaled(home, planned.exercise, surroundings.words(), surroundings.who()) as command:
        report = Rounds(spec, home, planned.exercise, hosts=machines).all(keep=keep)
        command.exit_code = report.exit_code
        command.error = report.error
    path = _saved(report, home / planned.exercise)
    if as_json:
        output.document({**report.document(), "report": str(path)})
    else:
        output.table(("step", "s", "", ""), [(s.name, s.seconds, s.word, s.told) for s in report.steps])
        if not machines:
            output.line(f"\n{surroundings.WITHOUT_HOSTS}")
        output.line(f"\n{planned.exercise}: {'all went well' if report.ok else 'FAILED'}; the report is in {path}")
    return report.exit_code


def _saved(report: Report, folder: Path) -> Path:
    """Keep the report."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "rehearse.json"
    path.write_text(output.text(report.document()), encoding="utf-8")
    return path
