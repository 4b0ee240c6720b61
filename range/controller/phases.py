"""The phases of an enclave, and what one types next in each. Light: `range status` imports no engine."""

from __future__ import annotations

from typing import Literal

Phase = Literal[
    "absent", "provisioning", "provisioned", "configuring", "verifying", "ready", "in session", "frozen", "resetting",
    "quarantined", "tearing down", "failed",
]  # fmt: skip
"""Where an enclave, or the hub, stands. `failed` comes with the step that failed."""

Direction = Literal["up", "down", "reset", "session"]
"""What a command was about that moved an enclave."""

UNDER_WAY: dict[Phase, Direction] = {
    "provisioning": "up",
    "configuring": "up",
    "verifying": "up",
    "resetting": "reset",
    "tearing down": "down",
}
"""Phases that end by themselves as long as the command that began them lives; and that command."""

_NEXT: dict[Phase, str] = {
    "absent": "range up {spec}",
    "provisioned": "range up {spec}",
    "ready": "range session start {spec}",
    "in session": "range session end {spec}{ally}",
    "frozen": "range thaw {spec}{ally}",
    "quarantined": "range reset {spec}{ally} --level enclave",
}


def next_command(
    phase: Phase, direction: Direction | None, spec: str, enclave: str, *, left: bool = False
) -> str | None:
    """Give what to type next, or None while a command is at work.

    `direction` is that of the command which last touched the enclave: what failed on its way down goes on down.
    Nothing but `down` helps an enclave that `left` the exercise file, and that must not take the others with it.
    """
    ally = "" if enclave == "hub" else f" --ally {enclave}"
    if left and phase not in UNDER_WAY:
        return f"range down {spec}{ally}"
    if phase == "failed":
        command = {"down": "down", "reset": "reset"}.get(direction or "up", "up")
        return f"range {command} {spec}{ally}"
    words = _NEXT.get(phase)
    return words.format(spec=spec, ally=ally) if words else None
