"""Looking at hosts: a read-only script runs on each, side by side; what can't be looked at is said, and never taken for clean."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from range.errors import CloudError
from range.records.observation import HOST, Observation, Thing, Unread

SCRIPT = Path(__file__).with_name("on_host.py")
COMMAND = ("sudo", "-n", "python3", "-I", "-", "/")
TYPES = ("host:file", "host:user", "host:unit", "host:kernel", "host:listener", "host:mount")
_AT_ONCE = 4
"""Hosts at once: each reads some hundred MiB."""
_SHOWN = 300


class Said(Protocol):
    """What a command on a host came to."""

    @property
    def code(self) -> int:
        """Its exit code."""

    @property
    def stdout(self) -> str:
        """What it printed."""

    @property
    def stderr(self) -> str:
        """What it complained of."""


Ask = Callable[[str, tuple[str, ...], str], Said]
"""Runs a command on a host, given the host, the words, and what it reads from stdin."""


def with_hosts(look: Callable[[], Observation], hosts: Iterable[str], ask: Ask) -> Observation:
    """Look at an enclave's account, and at its hosts meanwhile; give all of it as one observation."""
    names = sorted(hosts)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="host") as pool:
        there = pool.map(lambda name: _looked(name, ask), names)
        seen = look()
        answers = list(there)
    things = [thing for some, _ in answers for thing in some]
    unread = [each for _, some in answers for each in some]
    return seen.with_things((*seen.things, *things), (*seen.unread, *unread), seen.types + len(TYPES) * bool(names))


def _looked(host: str, ask: Ask) -> tuple[list[Thing], list[Unread]]:
    """Look at one host."""
    try:
        said = ask(host, COMMAND, SCRIPT.read_text(encoding="utf-8"))
    except CloudError as failed:
        return [], _dark(host, failed.message)
    if said.code:
        return [], _dark(host, said.stderr.strip()[-_SHOWN:] or f"the script ended with {said.code}")
    try:
        found: dict[str, dict[str, dict[str, Any]]] = json.loads(said.stdout)
        return [_thing(host, type_, *each) for type_ in TYPES for each in found[type_].items()], []
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        return [], _dark(host, f"what it answered is no look: {error!r}")


def _thing(host: str, type_: str, name: str, properties: dict[str, Any]) -> Thing:
    return Thing(region=f"{HOST}{host}", type=type_, name=name, properties=properties, id=name)


def _dark(host: str, why: str) -> list[Unread]:
    """Say that nobody knows what is on a host."""
    return [Unread(region=f"{HOST}{host}", type=type_, code="HostUnread", why=why) for type_ in TYPES]
