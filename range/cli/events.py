"""`range events`: what the collector holds of one ally."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from range.cli import output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Yes, enclaves_named
from range.errors import InputError

if TYPE_CHECKING:
    from range.records.events import CollectedEvent

Follow = Annotated[bool, typer.Option("--follow", help="Go on with what comes in; with --json, a document per line.")]
Last = Annotated[int, typer.Option("--last", min=1, max=100_000, help="How many events at most.")]

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def events(
    spec: Spec,
    ally: Allies = None,
    follow: Follow = False,
    last: Last = 1000,
    cloud: Cloud = CloudName.rehearsal,
    as_json: AsJson = False,
    yes: Yes = False,
) -> int:
    """Show what the collector holds of one ally: whose it is, is what the sender's certificate says."""
    planned = surroundings.plan(spec)
    only = enclaves_named(ally, [planned.hub.name, *(enclave.name for enclave in planned.enclaves)])
    if len(only) != 1:
        raise InputError("events are shown of one ally at a time", hint="name it: --ally CODE")
    folder = surroundings.enter(spec, planned, cloud, as_it_is=True)
    ways = surroundings.ways_or_refuse(planned, folder)

    from range.verify.collected import events as read
    from range.verify.collected import followed, is_full, refused

    found = read(ways, planned, only[0], last=last)
    full = is_full(ways, planned)
    if full:
        output.note("the collector's disk is full: events wait on the hosts that send them, until there is room")
    if as_json and not follow:
        told = [event.model_dump(mode="json") for event in found]
        output.document({"ally": only[0], "events": told, "refused": refused(ways, planned), "full": full})
        return 0
    if follow:
        output.streams()
    for event in found:
        _show(event, as_json=as_json)
    if follow:
        for event in followed(ways, planned, only[0]):
            _show(event, as_json=as_json)
    return 0


def _show(event: CollectedEvent, *, as_json: bool) -> None:
    """Print one event on a line of its own."""
    if as_json:
        output.line(json.dumps(event.model_dump(mode="json")))
        return
    alert = event.alert.get("alert")
    told = event.message
    if alert:
        techniques = " ".join(alert.get("metadata", {}).get("mitre_technique_id", []))
        told = f"{techniques} {alert['signature']} {event.alert['src_ip']} → {event.alert['dest_ip']}"
    output.line(f"{event.received:%Y-%m-%d %H:%M:%S} {event.host} {event.program}: {told[:300]}")
