"""`range doctor`: what is missing on this machine or account, and the command that mends it. Changes nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import typer

from range.cli import output, surroundings
from range.cli.options import AsJson, Cloud, CloudName, MaybeSpec, Yes
from range.errors import RangeError
from range.records.checks import Check
from range.records.plan import Plan

OLDEST_PYTHON = (3, 11)
HERE = "this machine"

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def doctor(
    spec: MaybeSpec = None, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False
) -> int:
    """Say what is missing on this machine or account, and the command that mends it.

    With an exercise file, its accounts are checked too: on AWS, or in the rehearsal cloud if one runs here.
    """
    checks = [*_machine(), *(_exercise(spec, cloud) if spec is not None else ())]
    if as_json:
        output.document({"ok": all(check.ok for check in checks), "checks": [check.model_dump() for check in checks]})
    else:
        columns = ("", "what", "where", "why", "mend it by")
        rows = [("ok" if c.ok else "MISSING", c.name, c.where, c.why or None, c.mend or None) for c in checks]
        output.table(columns, rows)
    return 0 if all(check.ok for check in checks) else 1


def _machine() -> Iterator[Check]:
    """Check what every command needs."""
    version = ".".join(map(str, sys.version_info[:3]))
    recent = sys.version_info[:2] >= OLDEST_PYTHON
    yield _check("Python", recent, f"{version} is too old: 3.11 is needed", "make setup PYTHON=python3.11")
    yield _check("virtual environment", sys.prefix != sys.base_prefix, "range runs outside of one", "make setup")
    yield _pulumi()
    folder = surroundings.home()
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    writable = place.is_dir() and os.access(place, os.W_OK)
    yield _check("state folder", writable, f"{place} can't be written to", "export RANGE_HOME=FOLDER")
    yield from _hosts()


def _hosts() -> Iterator[Check]:
    """Check what the hosts of a rehearsal need; everything else works without, where --no-hosts says so."""
    from range.rehearsal.hosts.means import NO_HOSTS_VARIABLE, lacking, left_out

    if left_out():
        yield Check(name="hosts", where=HERE, ok=True, why=f"left out: {NO_HOSTS_VARIABLE} is set")
        return
    lacks = lacking()
    for lack in lacks:
        mend = f"{lack.mend}; or do without: --no-hosts"
        yield Check(name=f"hosts: {lack.name}", where=HERE, ok=False, why=lack.why, mend=mend)
    if not lacks:
        yield Check(name="hosts", where=HERE, ok=True)


def _pulumi() -> Check:
    """Check that the engine is there."""
    from range.provision.cli import linked_cli

    try:
        linked_cli()
    except RangeError as missing:
        return _check("Pulumi CLI", False, missing.message, missing.hint or "make setup")
    return _check("Pulumi CLI", True, "", "")


def _exercise(spec: Path, cloud: CloudName) -> Iterator[Check]:
    """Check the exercise's accounts, as the controller would find them; a rehearsal is not started for that."""
    from range.rehearsal.process import status

    planned = surroundings.plan(spec)
    if cloud is CloudName.rehearsal and status(surroundings.home()) is None:
        yield from _room_for_hosts(planned)
        yield Check(name="rehearsal cloud", where=HERE, ok=True, why="none runs here; whatever needs one starts it")
        return
    surroundings.enter(spec, planned, cloud, as_it_is=True)

    from range.cloud.bootstrap import doctor as examined
    from range.cloud.sessions import Sessions

    for check in examined(planned, Sessions.of_plan(planned)):
        yield check.model_copy(update={"mend": check.mend.replace("SPEC", surroundings.as_typed(spec, cloud))})


def _room_for_hosts(planned: Plan) -> Iterator[Check]:
    """Check that the kernel lets as many machines run as the exercise has hosts."""
    from range.rehearsal.hosts.means import INOTIFY_EACH, inotify_left, lacking, left_out

    if left_out() or lacking():
        return
    hosts = sum(len(enclave.hosts) for enclave in (planned.hub, *planned.enclaves))
    needed, (left, most) = hosts * INOTIFY_EACH, inotify_left()
    why = f"{hosts} hosts take {needed} inotify instances, and {left} of this machine's {most} are free"
    mend = f"sysctl -w fs.inotify.max_user_instances={most + needed - left}; or do without: --no-hosts"
    yield _check("hosts: inotify", needed <= left, why, mend)


def _check(name: str, ok: bool, why: str, mend: str) -> Check:
    return Check(name=name, where=HERE, ok=ok, why="" if ok else why, mend="" if ok else mend)
