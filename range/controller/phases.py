"""The phases of an enclave, and what one types next in each. Light: `range status` imports no engine."""

from __future__ import annotations

from typing import Literal

Phase = Literal["absent", "provisioning", "provisioned", "tearing down", "failed"]
"""Where an enclave, or the hub, stands. `failed` comes with the step that failed."""

Direction = Literal["up", "down"]

UNDER_WAY: dict[Phase, Direction] = {"provisioning": "up", "tearing down": "down"}
"""Phases that end by themselves as long as the command that began them lives; and that command."""


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
    match phase:
        case "absent":
            return f"range up {spec}"
        case "provisioned":
            return f"range down {spec}"
        case "failed":
            return f"range {direction or 'up'} {spec}{ally}"
        case _:
            return None
