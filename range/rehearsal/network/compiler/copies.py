"""Mirror sessions: which packets of an interface are copied, and how the copies get to their target.

A copy leaves by a VXLAN device of its session. What the device sends is rewritten to come from the mirrored interface, and goes
the way that a packet of that interface would: by route tables and ACLs, and into the target by its groups; the source's groups
aren't asked. Copies are never copied.

Source: Amazon VPC Traffic Mirroring, "How Traffic Mirroring works" and "Traffic Mirroring considerations"; from memory,
2026-11-28.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from range.rehearsal.network.compiler.matches import carried
from range.rehearsal.network.compiler.numbers import LET_OUT
from range.rehearsal.network.compiler.paths import Paths
from range.rehearsal.network.ruleset import Chain
from range.rehearsal.network.wires import wire_of
from range.rehearsal.network.world import Interface, Mirror, MirrorRule, Network, World

VXLAN = 4789
"""Source: Amazon VPC Traffic Mirroring, "Traffic Mirroring targets", from memory, 2026-11-28."""
_RESOLVERS = "169.254.169.253"
_FIRST_PORT, _PORTS = 20000, 20000
_COPIED = "77:77"
"""The priority of packets that are copies; nothing else here sets one."""


@dataclass(frozen=True)
class Copy:
    """The device of a session, and the port by which what it sends is known: network ids may be used more than once."""

    session: str
    device: str
    port: int
    network: int
    target: IPv4Address
    source_wire: str
    length: int | None
    inward: tuple[str, ...]
    """The rules, in a chain of netdev, that copy what the interface gets."""
    outward: tuple[str, ...]

    @property
    def chain(self) -> str:
        """The chain that leads a copy to its target."""
        return f"copy-{self.session}"


def copies(world: World) -> tuple[Copy, ...]:
    """Give the copies of all sessions between interfaces that are there, those with lower numbers first."""
    found, ports = [], set[int]()
    for mirror in sorted(world.mirrors, key=lambda each: (each.source, each.number)):
        source, target = world.interfaces.get(mirror.source), world.interfaces.get(mirror.target)
        if source is None or target is None or source.id == target.id:
            continue
        port = _FIRST_PORT + zlib.crc32(mirror.id.encode()) % _PORTS
        while port in ports:
            port += 1
        ports.add(port)
        device = "m" + mirror.id.removeprefix("tms-")[-14:]
        resolvers = _resolvers(world, source)
        found.append(
            Copy(
                mirror.id,
                device,
                port,
                mirror.network,
                _first(target),
                wire_of(source.id),
                mirror.length,
                tuple(_rules(mirror, mirror.ingress, f"ip saddr {resolvers} th sport 53", device)),
                tuple(_rules(mirror, mirror.egress, f"ip daddr {resolvers} th dport 53", device)),
            )
        )
    return tuple(found)


def copy_chains(world: World, copied: Iterable[Copy], paths: Paths) -> dict[str, Chain]:
    """Give the chains that lead copies to their targets."""
    sources = {mirror.id: world.interfaces.get(mirror.source) for mirror in world.mirrors}
    chains = {}
    for each in copied:
        source = sources[each.session]
        assert source is not None
        chains[each.chain] = Chain(
            (
                f"ip saddr set {_first(source)}",
                f"udp dport set {VXLAN}",
                f"meta priority set {_COPIED}",
                "meta mark set 0",
                f"jump {paths.leaving(source.subnet)}",
                f"meta mark set meta mark or {LET_OUT:#x}",
                "oifname . meta mark vmap @ingress",
                "drop",
            )
        )
    return chains


def copying(copied: Iterable[Copy], wires: Iterable[str]) -> str:
    """Give the script of the table that copies, for those wires that are there: a chain needs its device."""
    table, there = "netdev range-copies", set(wires)
    lines = [f"add table {table}", f"delete table {table}", f"add table {table}"]
    by_wire: dict[str, list[Copy]] = {}
    for each in copied:
        if each.source_wire in there:
            by_wire.setdefault(each.source_wire, []).append(each)
    for wire, sessions in by_wire.items():
        for direction, hook in (("in", "egress"), ("out", "ingress")):
            chain = f"{direction}-{wire}"
            lines.append(f'add chain {table} {chain} {{ type filter hook {hook} device "{wire}" priority 0; }}')
            lines.append(f"add rule {table} {chain} meta priority {_COPIED} accept")
            for each in sessions:
                own = f"{direction}-{each.session}"
                lines.append(f"add chain {table} {own}")
                rules = each.inward if direction == "in" else each.outward
                lines += [f"add rule {table} {own} {rule}" for rule in rules]
                lines.append(f"add rule {table} {chain} jump {own}")
    return "\n".join(lines)


def _rules(mirror: Mirror, rules: Iterable[MirrorRule], dns: str, device: str) -> Iterator[str]:
    """Copy what a rule accepts; the next session is tried for what is rejected, or what no rule is about."""
    copy = f'dup to "{device}" accept'
    yield f"meta l4proto {{ tcp, udp }} {dns} {copy if mirror.with_dns else 'return'}"
    for rule in rules:
        if rule.source.version != rule.destination.version:
            continue
        about = f"{_addressed(rule.source, 'saddr')} {_addressed(rule.destination, 'daddr')} {carried(rule.match)}"
        yield f"{' '.join(about.split())} {copy if rule.accept else 'return'}"


def _addressed(network: Network, end: str) -> str:
    """Spell that one end is in a network, as netdev has it."""
    family = "ip" if isinstance(network, IPv4Network) else "ip6"
    return f"meta protocol {family}" if network.prefixlen == 0 else f"{family} {end} {network}"


def _resolvers(world: World, interface: Interface) -> str:
    """Give the addresses of AWS's resolver, as an interface has them."""
    vpc = world.vpcs[world.subnets[interface.subnet].vpc]
    first = [str(each.network_address + 2) for each in vpc.networks if isinstance(each, IPv4Network)][:1]
    return f"{{ {', '.join((_RESOLVERS, *first))} }}"


def _first(interface: Interface) -> IPv4Address:
    """Give the primary private address."""
    return next(each for each in interface.addresses if isinstance(each, IPv4Address))
