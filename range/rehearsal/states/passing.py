"""What is on its way from one state to the next, kept with the cloud, so that a kill doesn't stop it half-way."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from moto.core.base_backend import BackendDict, BaseBackend

from range.rehearsal.areas.regions import REGIONS
from range.rehearsal.keeping.reach import touch

_EVERYBODY = "everybody"
"""Stands where kept things have an account: attachments are seen from two."""

delays_s: Mapping[str, float] = MappingProxyType({})
"""How long each state lasts at least, by `kind:state`. Where nothing is said, the next look at a thing finds it further on.

A latency profile puts its own mapping here.
"""


@dataclass
class Passing:
    """A thing in a state that doesn't last."""

    kind: str
    id: str
    account: str
    region: str
    seen_by: frozenset[str]
    """The accounts whose calls can look at it."""
    due: float
    """When it may move on at the earliest, in seconds since the epoch."""
    fails: bool = False
    """Whether its state ends badly."""

    @property
    def is_due(self) -> bool:
        """Whether its state has lasted long enough, and nothing holds it back."""
        return self.due <= time.time() and not any(holds_back(self) for holds_back in held_back_by)

    def stay(self, state: str) -> None:
        """Stay in a state for as long as that lasts."""
        self.due = time.time() + delays_s.get(f"{self.kind}:{state}", 0.0)
        if watcher is not None:
            self.due += watcher.entered(self, state)


class Watcher(Protocol):
    """Who is told what begins and ends; the weather, unless it is calm."""

    def entered(self, thing: Passing, state: str) -> float:
        """A thing has begun a state; give how much longer than usual that lasts."""

    def moved(self, thing: Passing) -> None:
        """A thing's state has ended."""


watcher: Watcher | None = None


held_back_by: list[Callable[[Passing], bool]] = []
"""Who else has a say: a machine that doesn't run yet keeps its instance pending."""


class Passings(BaseBackend):
    """Everything that is on its way in one Region, whosever it is."""

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin with nothing."""
        super().__init__(region_name, account_id)
        self.things: dict[str, Passing] = {}


passings_backends = BackendDict(Passings, "passings", use_boto3_regions=False, additional_regions=REGIONS)


def enter(kind: str, state: str, id: str, owner: Any, *, also: str = "") -> None:
    """Note that a thing has begun a state that doesn't last. `owner` has its account and Region; `also` sees it, too."""
    account, region = owner.account_id, owner.region_name
    thing = Passing(kind, id, account, region, frozenset({account, also or account}), 0.0)
    thing.stay(state)
    there = passings_backends[_EVERYBODY][region]
    there.things[id] = thing
    touch(there)


def leave(id: str, region: str) -> None:
    """Forget a thing whose state is settled, or that is gone."""
    there = passings(region)
    if there is not None and there.things.pop(id, None) is not None:
        touch(there)


def passings(region: str) -> Passings | None:
    """Give what is on its way in a Region, without looking it up for a change; None where nothing ever was."""
    regional = dict.get(passings_backends, _EVERYBODY)
    found: Passings | None = None if regional is None else dict.get(regional, region)
    return found


def all_passings() -> list[Passings]:
    """Give what is on its way in every Region, without looking it up for a change."""
    regional = dict.get(passings_backends, _EVERYBODY)
    return [] if regional is None else list(dict.values(regional))
