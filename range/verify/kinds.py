"""Equivalence classes: addresses that nothing in the snapshot tells apart, so that one of them speaks for all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from range.verify.addresses import PUBLIC, is_v6
from range.verify.filters import Filters
from range.verify.intervals import difference, holds, intersection, spans_of
from range.verify.model import Interface
from range.verify.network import Network
from range.verify.zones import THE_INTERNET, Place

PlaceOf = Callable[[Interface, int], Place | None]
"""Tells whose an interface's address is."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Addresses of interfaces, or of the internet, that every rule, route and list treats alike."""

    place: Place
    interface: Interface | None
    """The representative's; None for the internet."""
    address: int
    """The representative."""
    reached_at: tuple[int, ...]
    """What the representative can be sent to as: its address, and its public one."""
    members: tuple[tuple[str, int], ...]
    """All it speaks for: interfaces' ids, each with the address."""
    planned: bool
    """Whether it stands for hosts of the plan: for these a declared flow must work."""


def kinds_of(network: Network, place_of: PlaceOf, filters: Filters, planned: frozenset[tuple[str, int]]) -> list[Kind]:
    """Give the kinds of addresses of all interfaces that packets can begin or end at.

    `planned` are the addresses of the plan's hosts, each with its VPC.
    """
    found: dict[tuple[object, ...], list[tuple[Interface, int]]] = {}
    public_of, stretch, named = network.public_of, filters.stretch, network.named_by_routes
    groups: dict[tuple[object, ...], int] = {}
    for one in network.in_order:
        if one.kind == "gateway":
            continue
        alone = one.id if named & {one.id, one.machine} else ""
        alike = (one.vpc, one.subnet, one.groups, one.kind, one.checked, one.owner, one.machine_owner, alone)
        number = groups.setdefault(alike, len(groups))
        for address in _addresses(one, filters):
            public = public_of.get((one.vpc, address)) if public_of else None
            seen_as = None if public is None else stretch(public)
            key = (number, stretch(address), seen_as, (one.vpc, address) in planned)
            found.setdefault(key, []).append((one, address))
    return [kind for members in found.values() if (kind := _kind(network, place_of, planned, members)) is not None]


def _addresses(interface: Interface, filters: Filters) -> Iterable[int]:
    """Give an interface's addresses, and one of every stretch of what was delegated to it."""
    if not interface.prefixes:
        return interface.addresses
    inside = [end for low, high in interface.prefixes for end in filters.boundaries if low < end <= high]
    return (*interface.addresses, *(low for low, _ in interface.prefixes), *inside)


def _kind(
    network: Network, place_of: PlaceOf, planned: frozenset[tuple[str, int]], members: list[tuple[Interface, int]]
) -> Kind | None:
    """Give the kind of some addresses; None if they are nobody's in the exercise, which is an Unknown elsewhere."""
    interface, address = members[0]
    place = place_of(interface, address)
    if place is None:
        return None
    public = network.public_of.get((interface.vpc, address))
    reached_at = (address,) if public is None else (address, public)
    speaks_for = tuple((one.id, own) for one, own in members)
    return Kind(place, interface, address, reached_at, speaks_for, (interface.vpc, address) in planned)


class World:
    """The kinds of addresses of the internet: one per family, unless rules or routes name parts of it."""

    def __init__(self, network: Network, filters: Filters) -> None:
        """Find the parts; what is ours is no part of the world, whichever way it is reached."""
        inside = [block for vpc in network.vpcs.values() for block in vpc.blocks if is_v6(block[0])]
        ours = spans_of((*inside, *((public, public) for public in network.behind)))
        self._blocks = sorted(block for block in filters.blocks if intersection((block,), PUBLIC))
        self._outside = difference(PUBLIC, ours)
        self._kinds: dict[tuple[object, ...], Kind] = {}
        starts = {end for block in self._blocks for end in (block[0], block[1] + 1)}
        for address in sorted(starts | {low for low, _ in self._outside}):
            if holds(self._outside, address):
                kind = Kind(THE_INTERNET, None, address, (address,), (), True)
                self._kinds.setdefault(self._signature(address), kind)

    def _signature(self, address: int) -> tuple[object, ...]:
        """Give all that anything in the snapshot tells an address by."""
        return (is_v6(address), tuple(block for block in self._blocks if block[0] <= address <= block[1]))

    @property
    def kinds(self) -> list[Kind]:
        """List the kinds."""
        return list(self._kinds.values())

    def kind_of(self, address: int) -> Kind | None:
        """Give the kind that an address is of; None if it isn't of the internet."""
        return self._kinds[self._signature(address)] if holds(self._outside, address) else None
