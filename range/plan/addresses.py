"""Who gets which addresses: blocks from the supernet, zones from blocks, hosts from zones. Nobody moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise

from range.errors import InputError
from range.plan.layout import Layout, Machine, layouts
from range.plan.lock import AddressLock
from range.spec.aws import RESERVED_FIRST, RESERVED_LAST
from range.spec.models import Exercise


def allot(exercise: Exercise, lock: AddressLock) -> AddressLock:
    """Give every enclave, zone and host its addresses; what the lock holds stays as it is.

    Allies that left the file keep theirs. A zone or host that left an enclave is forgotten, but its addresses aren't
    given to another in the same step, since AWS makes the new before it deletes the old.

    Raises:
        InputError: there is no room, or the lock doesn't fit the file.
    """
    enclaves = layouts(exercise)
    blocks = dict(lock.enclaves)
    _check(exercise.supernet, lock)
    _allot_blocks(exercise, enclaves, blocks)
    present = {layout.name for layout in enclaves}
    zones = {name: cidr for name, cidr in lock.zones.items() if _enclave_of(name) not in present}
    hosts = {name: address for name, address in lock.hosts.items() if _enclave_of(name) not in present}
    for layout in enclaves:
        zones |= (own := _allot_zones(layout, blocks[layout.name], lock))
        hosts |= _allot_hosts(layout, own, lock, len(exercise.availability_zones))
    return AddressLock(enclaves=blocks, zones=zones, hosts=hosts)


def subnets_of(zone: IPv4Network, availability_zones: int) -> tuple[IPv4Network, ...]:
    """Share a zone out: as many equal parts as there are availability zones."""
    steps = (availability_zones - 1).bit_length()
    return tuple(zone.subnets(prefixlen_diff=steps))[:availability_zones]


def usable(subnet: IPv4Network, address: IPv4Address) -> bool:
    """Say whether a host may have an address of a subnet."""
    offset = int(address) - int(subnet.network_address)
    return RESERVED_FIRST <= offset < subnet.num_addresses - RESERVED_LAST


def ally_blocks(supernet: IPv4Network, prefix: int) -> Iterator[IPv4Network]:
    """Give a supernet's blocks in the order in which allies get them: the upper half, the quarter below it, and so on.

    The hub, red and white are at the lower end. So few large ranges hold all allies and nobody else, and rules that
    name these ranges stay the same when an ally is added.
    """
    lower = supernet
    while lower.prefixlen < prefix:
        lower, upper = lower.subnets()
        yield from upper.subnets(new_prefix=prefix)
    yield lower


def _enclave_of(name: str) -> str:
    """Give the enclave in `enclave.zone` or `enclave/host`."""
    return name.replace("/", ".").partition(".")[0]


def _check(supernet: IPv4Network, lock: AddressLock) -> None:
    """Refuse a lock of another supernet, or one that somebody or a merge broke."""
    for name, block in lock.enclaves.items():
        if not block.subnet_of(supernet):
            raise InputError(
                f"the address lock has {name} at {block}, outside the supernet {supernet}",
                hint="put the supernet back, or tear everything down and delete the lock file",
            )
    singles = {name: IPv4Network(address) for name, address in lock.hosts.items()}
    for part in (lock.enclaves, lock.zones, singles):
        for (name, cidr), (other, next_cidr) in pairwise(sorted(part.items(), key=lambda entry: entry[1])):
            if cidr.overlaps(next_cidr):
                raise InputError(
                    f"the address lock has {name} at {cidr} and {other} at {next_cidr}, which overlap",
                    hint="restore it from version control; of two that were merged, take out the one that isn't up",
                )


def _allot_blocks(exercise: Exercise, enclaves: Sequence[Layout], blocks: dict[str, IPv4Network]) -> None:
    """Add blocks for those who have none: hub, red and white from the lower end, allies from the upper half."""
    shared = [layout for layout in enclaves if layout.kind != "ally"]
    for layout in shared:
        if layout.name not in blocks:
            free = _without(exercise.supernet.subnets(new_prefix=layout.prefix), blocks.values())
            blocks[layout.name] = _next(free, layout.name, exercise, blocks)
    free = _without(ally_blocks(exercise.supernet, exercise.enclave_prefix), list(blocks.values()))
    for layout in enclaves:
        if layout.name not in blocks:
            blocks[layout.name] = _next(free, layout.name, exercise, blocks)


def _without(candidates: Iterable[IPv4Network], taken: Iterable[IPv4Network]) -> Iterator[IPv4Network]:
    """Leave out what overlaps with what is taken."""
    taken = list(taken)
    return (block for block in candidates if not any(block.overlaps(other) for other in taken))


def _next(free: Iterator[IPv4Network], name: str, exercise: Exercise, blocks: dict[str, IPv4Network]) -> IPv4Network:
    """Give the next free block, or say who holds them."""
    block = next(free, None)
    if block is not None:
        return block
    present = {"hub", "red", "white", *(ally.code for ally in exercise.allies)}
    gone = sorted(blocks.keys() - present)
    message = f"the supernet {exercise.supernet} has no /{exercise.enclave_prefix} left for {name}"
    if gone:
        raise InputError(
            f"{message}: {', '.join(gone)} left the file but still hold theirs", hint=f"range down --ally {gone[0]}"
        )
    raise InputError(message, hint="give a larger supernet, or smaller enclaves by a higher enclave_prefix")


def _allot_zones(layout: Layout, block: IPv4Network, lock: AddressLock) -> dict[str, IPv4Network]:
    """Place an enclave's zones in its block, large ones first."""
    before = {
        name.partition(".")[2]: cidr
        for name, cidr in lock.zones.items()
        if _enclave_of(name) == layout.name and cidr.subnet_of(block)
    }
    kept = {zone: cidr for zone, cidr in before.items() if layout.zones.get(zone) == cidr.prefixlen}
    placed = _placed(layout, block, kept, list(before.values())) or _placed(layout, block, kept, list(kept.values()))
    placed = placed or _placed(layout, block, {}, [])
    if placed is None:
        raise InputError(
            f"the zones of {layout.name} don't fit into its block {block}",
            hint="make zones smaller by a higher prefix, or enclaves larger by a lower enclave_prefix",
        )
    return {f"{layout.name}.{zone}": placed[zone] for zone in layout.zones}


def _placed(
    layout: Layout, block: IPv4Network, kept: dict[str, IPv4Network], taken: list[IPv4Network]
) -> dict[str, IPv4Network] | None:
    """Add places for the zones that have none; None where one doesn't fit."""
    placed = dict(kept)
    for zone, prefix in sorted(layout.zones.items(), key=lambda entry: (entry[1], entry[0])):
        if zone in placed:
            continue
        if prefix < block.prefixlen:
            return None
        cidr = next(_without(block.subnets(new_prefix=prefix), [*taken, *placed.values()]), None)
        if cidr is None:
            return None
        placed[zone] = cidr
    return placed


def _allot_hosts(
    layout: Layout, zones: dict[str, IPv4Network], lock: AddressLock, availability_zones: int
) -> dict[str, IPv4Address]:
    """Give each host an address in its zone, and its group one availability zone after the other."""
    before = {name: address for name, address in lock.hosts.items() if _enclave_of(name) == layout.name}
    hosts: dict[str, IPv4Address] = {}
    for machine in layout.machines:
        name = f"{layout.name}/{machine.name}"
        subnets = subnets_of(zones[f"{layout.name}.{machine.group.zone}"], availability_zones)
        held = before.get(name)
        if held is not None and any(held in subnet and usable(subnet, held) for subnet in subnets):
            hosts[name] = held
    for machine in layout.machines:
        name = f"{layout.name}/{machine.name}"
        if name not in hosts:
            subnets = subnets_of(zones[f"{layout.name}.{machine.group.zone}"], availability_zones)
            address = _free_address(machine, subnets, {*hosts.values(), *before.values()})
            address = address or _free_address(machine, subnets, set(hosts.values()))
            if address is None:
                raise InputError(
                    f"the zone {layout.name}.{machine.group.zone} has no address left for {machine.name}",
                    hint="make the zone larger by a lower prefix, or give its hosts a lower count",
                )
            hosts[name] = address
    return hosts


def _free_address(machine: Machine, subnets: tuple[IPv4Network, ...], taken: set[IPv4Address]) -> IPv4Address | None:
    """Find the lowest free address, in the availability zone whose turn it is if there is one."""
    turn = machine.position % len(subnets)
    for subnet in (*subnets[turn:], *subnets[:turn]):
        first = int(subnet.network_address)
        for number in range(first + RESERVED_FIRST, first + subnet.num_addresses - RESERVED_LAST):
            if (address := IPv4Address(number)) not in taken:
                return address
    return None
