"""Routes as ranges that don't overlap: the kernel's sets of intervals know no longest prefix."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple, TypeVar

from range.rehearsal.network.names import Address
from range.rehearsal.network.world import Network

T = TypeVar("T")


class Stretch(NamedTuple):
    """Addresses from the first to the last, and what is done with them."""

    first: int
    last: int
    value: str


def by_longest_prefix(routes: Iterable[tuple[Network, str | None]]) -> tuple[Stretch, ...]:
    """Give what the longest prefix says for each address; None cuts a hole. Of equal networks the first counts.

    All networks are of one family.
    """
    chosen: dict[Network, str | None] = {}
    for network, value in routes:
        chosen.setdefault(network, value)
    found: list[Stretch] = []
    open_: list[tuple[int, str | None]] = []
    position = 0

    def advance(until: int) -> None:
        """Write down what holds from the position on, up to an address, that one not included."""
        nonlocal position
        while open_ and position < until:
            last, value = open_[-1]
            end = min(last, until - 1)
            if end >= position:
                _append(found, position, end, value)
                position = end + 1
            if last < until:
                open_.pop()

    for network in sorted(chosen, key=lambda each: (int(each.network_address), each.prefixlen)):
        first, last = int(network.network_address), int(network.broadcast_address)
        advance(first)
        position = max(position, first)
        open_.append((last, chosen[network]))
    advance(1 << 129)
    return tuple(found)


def _append(found: list[Stretch], first: int, last: int, value: str | None) -> None:
    """Add a stretch, to the one before it where both say the same."""
    if value is None:
        return
    if found and found[-1].last == first - 1 and found[-1].value == value:
        first = found.pop().first
    found.append(Stretch(first, last, value))


def spelled(first: int, last: int, version: int) -> str:
    """Write a range as nftables takes it."""
    kind: type[Address] = IPv4Address if version == 4 else IPv6Address
    return str(kind(first)) if first == last else f"{kind(first)}-{kind(last)}"
