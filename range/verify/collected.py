"""What the collector holds: read over SSH, newest last."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator

from range.cloud.ssh import HostName, Ways
from range.errors import CloudError, EnvironmentMissing
from range.records.events import CollectedEvent
from range.records.plan import Plan

FOLDER = "/var/log/range"
ROLE = "collector"
MOST_ALERTS = 100_000
"""The last of them that are read: somebody who floods a sensor is no reason to read a third of a gibibyte."""


def collector_of(plan: Plan) -> HostName:
    """Find the collector.

    Raises:
        EnvironmentMissing: the exercise has none.
    """
    for host in plan.hub.hosts:
        if host.role == ROLE:
            return HostName(plan.hub.name, host.name)
    raise EnvironmentMissing(
        "the hub has no collector", hint="put a host of the role collector into the exercise file below hub.hosts"
    )


def events(ways: Ways, plan: Plan, ally: str, *, last: int) -> tuple[CollectedEvent, ...]:
    """Give the last events of one ally; none where nothing came yet.

    Raises:
        CloudError: the collector can't be come by.
    """
    name = collector_of(plan)
    file = shlex.quote(f"{FOLDER}/{ally}/events.log")
    ran = ways.run(name, f"sudo sh -c 'cat {file}.1 {file} 2>/dev/null | tail -n {last}'", timeout_s=120)
    if ran.code:
        raise _failed(name, ran.stderr)
    return tuple(event for line in ran.stdout.splitlines() if (event := _event(line)) is not None)


def alerts(ways: Ways, plan: Plan, ally: str) -> tuple[CollectedEvent, ...]:
    """Give what one ally's sensors raised, the oldest that is still held first, `MOST_ALERTS` at most.

    Raises:
        CloudError: the collector can't be come by.
    """
    name = collector_of(plan)
    file = shlex.quote(f"{FOLDER}/{ally}/events.log")
    of_alerts = shlex.quote(r"\"event_type\":\"alert\"")  # as EVE's JSON stands in the collector's
    script = f"cat $(ls -r {file}.* 2>/dev/null) {file} 2>/dev/null | grep -F {of_alerts} | tail -n {MOST_ALERTS}"
    ran = ways.run(name, f"sudo sh -c {shlex.quote(script)}", timeout_s=300)
    if ran.code:
        raise _failed(name, ran.stderr)
    found = (event for line in ran.stdout.splitlines() if (event := _event(line)) is not None)
    return tuple(event for event in found if event.alert)


def followed(ways: Ways, plan: Plan, ally: str) -> Iterator[CollectedEvent]:
    """Yield events of one ally as they come in, until the reader has enough.

    Raises:
        CloudError: the collector was lost.
    """
    name = collector_of(plan)
    command = ways.command(name, f"sudo tail -n 0 -F {shlex.quote(f'{FOLDER}/{ally}/events.log')} 2>/dev/null")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace") as tail:
        try:
            for line in tail.stdout or ():
                event = _event(line)
                if event is not None:
                    yield event
        finally:
            tail.terminate()
    raise _failed(name, "the connection ended")


def refused(ways: Ways, plan: Plan) -> int:
    """Count the refusals that the collector remembers: failed handshakes, and certificates from foreign addresses."""
    name = collector_of(plan)
    ran = ways.run(name, f"sudo sh -c 'cat {FOLDER}/refused.log* 2>/dev/null | wc -l'")
    if ran.code:
        raise _failed(name, ran.stderr)
    return int(ran.stdout)


def is_full(ways: Ways, plan: Plan) -> bool:
    """Say whether the collector has no room for more: what allies send then waits on their hosts.

    Raises:
        CloudError: the collector can't be read.
    """
    name = collector_of(plan)
    ran = ways.run(name, ["df", "--block-size=1M", "--output=avail", FOLDER])
    if ran.code:
        raise _failed(name, ran.stderr)
    return int(ran.stdout.split()[-1]) == 0


def _failed(name: HostName, why: str) -> CloudError:
    return CloudError(
        f"the collector {name} can't be read: {why.strip()}", hint="`range status` says whether it stands"
    )


def _event(line: str) -> CollectedEvent | None:
    """Read a line; one that is just being written is none yet."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return CollectedEvent(
        ally=told["ally"],
        host=told["host"],
        address=told["address"],
        received=told["received"],
        program=told.get("program") or "",
        message=told.get("message") or "",
        claims=told.get("claims") or "",
    )
