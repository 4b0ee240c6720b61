"""Address ranges that rules name: where only allies are, and where the internet is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv4Network

from range.records.plan import Plan

ANYWHERE = IPv4Network("0.0.0.0/0")


def ally_ranges(plan: Plan) -> tuple[IPv4Network, ...]:
    """Give the fewest ranges in which all allies are, and neither the hub nor red nor white.

    Allies get their blocks from the supernet's upper half on, so there is one range for most exercises, and it stays
    the same when an ally is added.
    """
    others = (plan.hub.cidr, *(enclave.cidr for enclave in plan.enclaves if enclave.kind != "ally"))
    allies = tuple(enclave.cidr for enclave in plan.enclaves if enclave.kind == "ally")
    return _ranges(plan.supernet, allies, others)


@lru_cache(maxsize=8)
def internet_ranges(supernet: IPv4Network) -> tuple[IPv4Network, ...]:
    """Give everything but the supernet: leave to reach the internet is no leave to reach another enclave."""
    return tuple(sorted(ANYWHERE.address_exclude(supernet)))


@lru_cache(maxsize=8)
def _ranges(
    supernet: IPv4Network, allies: tuple[IPv4Network, ...], others: tuple[IPv4Network, ...]
) -> tuple[IPv4Network, ...]:
    """Keep the answer: every zone's rules ask for it."""
    return tuple(_only_with(supernet, allies, others))


def _only_with(
    part: IPv4Network, wanted: Sequence[IPv4Network], others: Sequence[IPv4Network]
) -> Iterator[IPv4Network]:
    """Halve a network until each part has some of the wanted and none of the others."""
    inside = [network for network in wanted if network.subnet_of(part)]
    if not inside:
        return
    if not any(network.overlaps(part) for network in others):
        yield part
        return
    for half in part.subnets():
        yield from _only_with(half, inside, others)
