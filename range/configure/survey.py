"""A look at a host over SSH: what of its traits is otherwise, and what earlier runs left at work there is ended."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from range.cloud.ssh import HostName, Ways
from range.configure.traits import Trait
from range.errors import CloudError
from range.records.plan import Record

_SURVEYOR = Path(__file__).with_name("surveyor.py")
_PATIENCE_S = 120.0


class Seen(Record):
    """What a look at a host came to."""

    image: str = ""
    """The golden image that it was made of, as it says itself; empty for none."""
    ended: int = 0
    """How many processes of earlier runs were ended."""
    otherwise: tuple[Trait, ...] = ()
    """The traits that aren't as they are to be."""
    blind: bool = False
    """Whether it could not be looked at, whatever the reason: then nothing is known of it."""


def survey(ways: Ways, name: HostName, traits: Sequence[Trait] = ()) -> Seen:
    """Look at a host that lets us in."""
    asked = json.dumps([{"kind": each.kind, "name": each.name} for each in traits])
    try:
        ran = ways.run(
            name, ["sudo", "-n", "python3", "-"], timeout_s=_PATIENCE_S, stdin=f"{_source()}\n\nmain({asked!r})\n"
        )
        if ran.code:
            return Seen(blind=True)
        told = json.loads(ran.stdout.splitlines()[-1])
        found = zip(traits, told["seen"], strict=True)
        otherwise = tuple(trait for trait, seen in found if not trait.told.items() <= dict(seen).items())
        return Seen(image=told["image"], ended=told["ended"], otherwise=otherwise)
    except (CloudError, ValueError, KeyError, IndexError, TypeError):
        return Seen(blind=True)


@cache
def _source() -> str:
    return _SURVEYOR.read_text(encoding="utf-8")
