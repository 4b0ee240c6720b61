"""Which backends a call reaches: moto looks all of them up in one place, and that is watched here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend

from range.rehearsal.adaptations import adapt, core


@dataclass
class Reached:
    """The backends that were looked up, and those among them that had to be made."""

    looked_up: set[BaseBackend] = field(default_factory=set)
    made: set[BaseBackend] = field(default_factory=set)

    def changed(self, *, reads_only: bool, removes: bool = False) -> set[BaseBackend]:
        """Give the backends that may differ from what was saved: with those that they hold on to, which are looked up once.

        `removes` tells that the call can't have made anything.
        """
        if reads_only:
            return self.made
        found = self.looked_up | self.made | {held for backend in self.looked_up for held in _held_by(backend)}
        note_changed(found, removed=removes)
        return found


_changes: Counter[tuple[type[BaseBackend], str]] = Counter()
"""How often a call may have changed a backend of a kind, by Region, in any account."""
_made_in: set[tuple[type[BaseBackend], str]] = set()
"""The kinds and Regions of which that wasn't always for taking something away."""


def note_changed(backends: Iterable[BaseBackend], *, removed: bool = False) -> None:
    """Note that backends may not be any more as moto makes them; what was `removed` from them only lacks something."""
    places = {(type(backend), backend.region_name) for backend in backends}
    _changes.update(places)
    if not removed:
        _made_in.update(places)


def changes(kind: type[BaseBackend], region: str) -> int:
    """Count how often some account's backend of a kind may have changed in a Region; 0 where all are as moto makes them."""
    return _changes[kind, region]


def was_made_in(kind: type[BaseBackend], region: str) -> bool:
    """Say whether anything may have been made in some account's backend of a kind, beside what it began with."""
    return (kind, region) in _made_in


_notes = [Reached()]
"""The notes of the call that is being answered; the door lets in one at a time."""


def begin() -> Reached:
    """Start noting for a call."""
    _notes[0] = Reached()
    return _notes[0]


def touch(backend: BaseBackend) -> None:
    """Note that a call that only reads, by its name, changed a backend all the same."""
    _notes[0].made.add(backend)
    note_changed([backend])


def watch() -> None:
    """Have moto's look-up note what it gives out. Once is enough; more do nothing."""
    if AccountSpecificBackend.__getitem__ is not _look_up:
        AccountSpecificBackend.__getitem__ = _look_up  # type: ignore[assignment]
        core.adapt()


def forget_everything() -> None:
    """Empty all backends of this process: moto keeps them in globals, and a cloud starts with its own."""
    _remember_kinds()
    for backends in _ever.values():
        backends.clear()
        for extra in extras(backends).values():
            extra.clear()
        for name in FOUND_BY:
            getattr(backends.backend, name, {}).clear()
    _kinds.clear()
    _ever.clear()
    _changes.clear()
    _made_in.clear()


_ever: dict[int, BackendDict[Any]] = {}
"""All kinds of which any were made: moto empties its own list when its mock ends, and what is kept beside them would stay."""
_kinds: list[BackendDict[Any]] = BackendDict._instances  # type: ignore[misc]


def _remember_kinds() -> None:
    """Keep what moto's list has now beyond the list."""
    _ever.update((id(each), each) for each in _kinds)


def every_kind() -> list[BackendDict[Any]]:
    """Give the dictionaries of all kinds of backends that have any."""
    return list(_kinds)


FOUND_BY = ("vpc_refs", "vpc_pcx_refs", "backend_refs")
"""The lists, kept in EC2's class, by which its backends find one another."""
_OWN = {"backend", "service_name", "_use_boto3_regions", "_additional_regions", "_id"}


def extras(backends: BackendDict[Any]) -> dict[str, Any]:
    """Give what a service keeps beside its backends: whose bucket names are taken, which account is whose member."""
    return {name: value for name, value in vars(backends).items() if name not in _OWN}


_make = AccountSpecificBackend.__getitem__


def _look_up(self: AccountSpecificBackend[Any], region_name: str) -> BaseBackend:
    """Find a backend, or have moto make it; note which."""
    backend: BaseBackend | None = dict.get(self, "aws" if region_name == "global" else region_name)
    if backend is None:
        adapt(self.service_name)
        _remember_kinds()
        backend = _make(self, region_name)
        _notes[0].made.add(backend)
    _notes[0].looked_up.add(backend)
    return backend


def _held_by(backend: BaseBackend) -> Iterator[BaseBackend]:
    """Find the backends that another keeps as attributes, and those that it shares peering connections with."""
    yield from (value for value in vars(backend).values() if isinstance(value, BaseBackend))
    for peering in vars(backend).get("vpc_pcxs", {}).values():
        yield from (peering.ec2_backend, peering.peer_vpc.ec2_backend)
