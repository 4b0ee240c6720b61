"""`range verify`: the isolation proof, from what is there and not from what state or plan say."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from range.cli import output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Yes, enclaves_named
from range.cli.questions import about, answer
from range.errors import InputError, RangeError, Undecided
from range.records.plan import Plan

if TYPE_CHECKING:
    from range.records.proof import Proof
    from range.records.snapshot import Snapshot

_PATIENCE_S = 20.0
"""How long the bastion may take to answer before nothing is probed."""
EXIT_CODES = {"PROVEN": 0, "VIOLATED": 1, "UNKNOWN": 3}

Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the proof as one page, too.")]
Save = Annotated[Path | None, typer.Option("--save", metavar="FILE", help="Keep the snapshot, to prove it elsewhere.")]
Kept = Annotated[
    Path | None, typer.Option("--snapshot", metavar="FILE", help="Prove this snapshot instead; no cloud is asked.")
]

WhoCan = Annotated[str | None, typer.Option("--who-can", metavar="ACTION", help="Say who can do an action instead.")]
On = Annotated[str | None, typer.Option("--on", metavar="ally:CODE", help="To whose things, with --who-can.")]

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def verify(
    spec: Spec,
    ally: Allies = None,
    cloud: Cloud = CloudName.rehearsal,
    as_json: AsJson = False,
    yes: Yes = False,
    html: Html = None,
    save: Save = None,
    snapshot: Kept = None,
    who: WhoCan = None,
    on: On = None,
) -> int:
    """Prove for every pair of enclaves that exactly the declared flows exist, and that nobody reaches across by rights.

    PROVEN exits with 0, VIOLATED with 1, UNKNOWN with 3. Read-only rights in the accounts suffice. With --who-can, say who
    can do an action to an enclave's things: 0, or 3 where somebody may be missing.
    """
    planned = surroundings.plan(spec)
    only = enclaves_named(ally, [planned.hub.name, *(enclave.name for enclave in planned.enclaves)])
    if save is not None and snapshot is not None:
        raise InputError("--save keeps what a cloud says, and --snapshot asks none", hint="name one of them")
    question = about(planned, who, on)
    if question is not None:
        return answer(planned, _seen(spec, planned, cloud, save, snapshot), question, as_json=as_json)
    proof = _kept(planned, snapshot, only) if snapshot is not None else _taken(spec, planned, cloud, save, only)
    if html is not None:
        from range.verify.page.document import page

        _write(html, page(proof))
    if as_json:
        output.document(proof.model_dump(mode="json", by_alias=True))
    else:
        from range.verify.matrix import lines

        for line in lines(proof):
            output.line(line)
    return EXIT_CODES[proof.verdict]


def _kept(planned: Plan, path: Path, only: tuple[str, ...]) -> Proof:
    """Prove a snapshot that was kept; one that can't be read proves nothing."""
    from range.records.snapshot import read
    from range.verify.decision import prove, unreadable

    try:
        return prove(planned, read(path), only)
    except Undecided as undecided:
        return unreadable(planned, undecided.message, only)


def _taken(spec: Path, planned: Plan, cloud: CloudName, save: Path | None, only: tuple[str, ...]) -> Proof:
    """Take a snapshot, prove it, and send packets between hosts to check it."""
    from range.verify.decision import prove

    proof = prove(planned, _seen(spec, planned, cloud, save, None), only)
    return _probed(planned, proof, surroundings.home(cloud), only)


def _probed(planned: Plan, proof: Proof, folder: Path, only: tuple[str, ...]) -> Proof:
    """Send packets between hosts and hold them against the proof; where there are no hosts, that is said."""
    from range.verify.probes.choice import Scope
    from range.verify.probes.judgement import probed, unprobed

    ways = surroundings.ways(planned, folder)
    if ways is None:
        return unprobed(proof, surroundings.hostless())
    output.note("sending packets between hosts, to check it")
    try:
        ways.open(_PATIENCE_S, threading.Event())
    except RangeError as error:
        return unprobed(proof, error.message)
    return probed(planned, proof, ways.as_root, Scope(only))


def _seen(spec: Path, planned: Plan, cloud: CloudName, save: Path | None, kept: Path | None) -> Snapshot:
    """Give the snapshot that was kept, or take one."""
    if kept is not None:
        from range.records.snapshot import read

        return read(kept)
    surroundings.enter(spec, planned, cloud)

    from range.cloud.sessions import Sessions
    from range.verify.taking import take

    output.note(f"asking {1 + len(planned.enclaves)} accounts what is there, twice")
    seen = take(planned, Sessions.of_plan(planned))
    if save is not None:
        _save(save, seen)
    return seen


def _save(path: Path, seen: Snapshot) -> None:
    """Keep a snapshot."""
    from range.records.snapshot import text_of

    _write(path, text_of(seen))


def _write(path: Path, text: str) -> None:
    """Write a file that the user named."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from error
