"""How each machine stands, for whoever asks EC2 about it. Without hosts nothing is known, and all is as moto has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from range.rehearsal.hosts.console import written

State = Literal["starting", "up", "off", "failed"]


@dataclass(frozen=True)
class Standing:
    """How a machine stands."""

    state: State
    why: str = ""
    """What is wrong, if anything is; an `up` one may have had user data that failed."""


@dataclass(frozen=True)
class Truth:
    """What the hosts of this process tell others."""

    standing: Callable[[str], Standing | None]
    """By instance."""
    console: Callable[[str], Path]
    """Where what it wrote to its console is kept."""
    report: Callable[[], dict[str, dict[str, str]]]
    """How each stands, by instance."""
    kill: Callable[[str], None]
    """Kills the machine of an instance, as if its power had failed."""


_truth: list[Truth] = []


def tell(truth: Truth | None) -> None:
    """Let these be the hosts of this process, which holds one cloud; None for none."""
    _truth[:] = [] if truth is None else [truth]


def with_hosts() -> bool:
    """Say whether this process has hosts."""
    return bool(_truth)


def standing(instance: str) -> Standing | None:
    """Give how the machine of an instance stands; None where there are no hosts, or none for it."""
    return _truth[0].standing(instance) if _truth else None


def console_output(instance: str) -> str | None:
    """Give the end of what an instance wrote to its console; None where there are no hosts."""
    return written(_truth[0].console(instance)) if _truth else None


def report() -> dict[str, dict[str, str]] | None:
    """Give how each machine stands, by instance; None where there are no hosts."""
    return _truth[0].report() if _truth else None


def kill(instances: list[str]) -> None:
    """Kill the machines of instances, as if their power had failed; nobody where there are no hosts."""
    for instance in instances if _truth else ():
        _truth[0].kill(instance)
