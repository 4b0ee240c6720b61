"""EC2's state as one table of nftables: where packets come in, and what they are led through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Network

from range.rehearsal.network.compiler.copies import Copy, copies, copy_chains
from range.rehearsal.network.compiler.filters import OUTSIDE, acl_chains, group_rules
from range.rehearsal.network.compiler.numbers import MODES, numbers
from range.rehearsal.network.compiler.paths import Paths
from range.rehearsal.network.compiler.steering import interfaces_routed_to, steering
from range.rehearsal.network.names import Address
from range.rehearsal.network.ruleset import Chain, Elements, Ruleset
from range.rehearsal.network.wires import wire_of
from range.rehearsal.network.world import Interface, Network, World

RESOLVER = IPv4Address("169.254.169.253")
"""Source: Amazon VPC User Guide, "Amazon DNS server", from memory, 2026-11-28."""
_AFTER_BASE = 2
_IPV4 = 4
_ASKED = "meta l4proto { tcp, udp } th dport 53"
_FROM_ITS_OWN = (
    "meta nfproto ipv4 iifname . ip saddr != @own-4 iifname != @unchecked drop",
    "meta nfproto ipv6 iifname . ip6 saddr != @own-6 iifname != @unchecked drop",
)
"""An interface sends from its addresses, unless it isn't checked."""
_KNOWN_MODES = ", ".join(str(mode) for mode in MODES.values())


@dataclass(frozen=True)
class Program:
    """All that makes packets do what a World says."""

    rules: Ruleset = field(default_factory=Ruleset)
    addresses: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)
    """The addresses at the end of each wire."""
    steered: Mapping[int, str] = field(default_factory=dict)
    """Marks of packets that go out by a wire, whatever their destination."""
    public: frozenset[Network] = frozenset()
    """What the internet sends here."""
    copies: tuple[Copy, ...] = ()


def compiled(world: World) -> Program:
    """Give the program of a World: the same one for the same World."""
    marks = numbers((*world.subnets, *world.nats, *interfaces_routed_to(world)))
    paths = Paths(world, marks)
    copied = copies(world)
    groups, steered = group_rules(world), steering(world, marks)
    sets = {**groups.sets, **steered.sets, **_places(world, marks), **_gates(world, paths, marks), **_publics(world)}
    chains = {**acl_chains(world.acls.values()), **groups.chains, **steered.chains, **copy_chains(world, copied, paths)}
    chains |= {**paths.chains, **_entrances(copied)}
    return Program(
        rules=Ruleset(chains, {**sets, **paths.sets}),
        addresses={wire_of(each.id): each.addresses for each in world.interfaces.values()},
        steered={marks[each]: wire_of(each) for each in interfaces_routed_to(world)},
        public=_public(world),
        copies=copied,
    )


def _entrances(copied: tuple[Copy, ...]) -> dict[str, Chain]:
    """Give the chains that packets come into."""
    return {
        "prerouting": Chain(("jump steer",), "type filter hook prerouting priority mangle; policy accept;"),
        **_passing(),
        **_staying(copied),
        **_translating(),
    }


def _passing() -> dict[str, Chain]:
    """Give the chains for what goes from one wire to another."""
    return {
        "forward": Chain(
            (
                "meta mark set 0",
                f'iifname "{OUTSIDE}" jump from-internet',
                *(f'iifname != "{OUTSIDE}" {rule}' for rule in _FROM_ITS_OWN),
                f'iifname != "{OUTSIDE}" jump leave',
                f"meta mark {{ {_KNOWN_MODES} }} ct state established,related accept",
                "iifname . meta mark vmap @egress",
                "oifname . meta mark vmap @ingress",
            ),
            "type filter hook forward priority filter; policy drop;",
        ),
        "leave": Chain(("meta mark set iifname map @subnet-of", "meta mark vmap @leaving", "drop")),
        "from-internet": Chain(
            (
                "ct mark vmap @translated",
                "meta mark set oifname map @subnet-of",
                "meta mark vmap @entered",
                "meta nfproto ipv6 ct state established,related meta mark vmap @answered",
                "drop",
            )
        ),
    }


def _staying(copied: tuple[Copy, ...]) -> dict[str, Chain]:
    """Give the chains for what comes to the router itself, which is the resolver, and for what it sends: copies."""
    return {
        "input": Chain(
            (
                'iifname "lo" accept',
                "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept",
                *_FROM_ITS_OWN,
                "ct state established,related accept",
                f"iifname @with-resolver ip daddr {RESOLVER} {_ASKED} accept",
            ),
            "type filter hook input priority filter; policy drop;",
        ),
        "output": Chain(
            tuple(f'oifname != "lo" udp dport {each.port} goto {each.chain}' for each in copied),
            "type filter hook output priority filter; policy accept;",
        ),
        "untracked": Chain(
            tuple(f"udp dport {each.port} notrack" for each in copied),
            "type filter hook output priority raw; policy accept;",
        ),
    }


def _translating() -> dict[str, Chain]:
    """Give the chains that put one address in place of another."""
    return {
        "to-private": Chain(
            (
                f'iifname "{OUTSIDE}" dnat ip to ip daddr map @private-of',
                f"iifname . ip daddr @asked {_ASKED} dnat ip to {RESOLVER}",
            ),
            "type nat hook prerouting priority dstnat; policy accept;",
        ),
        "to-public": Chain(
            (
                f'oifname "{OUTSIDE}" ct mark != 0 snat ip to ct mark map @translates-to',
                f'oifname "{OUTSIDE}" snat ip to ip saddr map @public-of',
            ),
            "type nat hook postrouting priority srcnat; policy accept;",
        ),
    }


def _places(world: World, marks: Mapping[str, int]) -> dict[str, Elements]:
    """Give whose wire is whose: subnets, addresses, who is checked, who has a resolver and where."""
    subnet_of, own, asked = {}, {4: {}, 6: {}}, {}  # type: ignore[var-annotated]
    unchecked, resolving = {}, {}
    for each in world.interfaces.values():
        wire = f'"{wire_of(each.id)}"'
        subnet_of[wire] = str(marks[each.subnet])
        for address in each.addresses:
            own[address.version][f"{wire} . {address}"] = ""
        if not each.checked:
            unchecked[wire] = ""
        resolver = _resolver_of(world, each)
        if resolver is not None:
            resolving[wire] = asked[f"{wire} . {resolver}"] = ""
    return {
        "subnet-of": Elements("ifname : mark", subnet_of),
        "own-4": Elements("ifname . ipv4_addr", own[4]),
        "own-6": Elements("ifname . ipv6_addr", own[6]),
        "unchecked": Elements("ifname", unchecked),
        "with-resolver": Elements("ifname", resolving),
        "asked": Elements("ifname . ipv4_addr", asked),
    }


def _resolver_of(world: World, interface: Interface) -> IPv4Address | None:
    """Give the address of the resolver beside an interface: that of the VPC's first range, plus two."""
    vpc = world.vpcs[world.subnets[interface.subnet].vpc]
    first = next((each for each in vpc.networks if isinstance(each, IPv4Network)), None)
    return first.network_address + _AFTER_BASE if first is not None and vpc.resolver else None


def _gates(world: World, paths: Paths, marks: Mapping[str, int]) -> dict[str, Elements]:
    """Give where paths begin: at the subnets of hosts, and at what the internet reaches."""
    used = sorted({each.subnet for each in world.interfaces.values()})
    entered, answered = {}, {}
    for subnet_id in used:
        answered[str(marks[subnet_id])] = f"goto {paths.arriving(subnet_id, 'i')}"
        if world.vpcs[world.subnets[subnet_id].vpc].has_internet:
            entered[str(marks[subnet_id])] = f"goto {paths.arriving(subnet_id, 'i')}"
    translated = {}
    for gateway in world.nats.values():
        back = f"back-{gateway.id}"
        onward = f"goto {paths.leaving(gateway.subnet, 'i')}"
        paths.chains[back] = Chain((*paths.acl(gateway.subnet, "in"), onward))
        translated[str(marks[gateway.id])] = f"goto {back}"
    return {
        "leaving": Elements("mark : verdict", {str(marks[each]): f"goto {paths.leaving(each)}" for each in used}),
        "entered": Elements("mark : verdict", entered),
        "answered": Elements("mark : verdict", answered),
        "translated": Elements("mark : verdict", translated),
        "translates-to": Elements(
            "mark : ipv4_addr", {str(marks[each.id]): str(each.public) for each in world.nats.values()}
        ),
    }


def _publics(world: World) -> dict[str, Elements]:
    """Give which private address is which public one."""
    pairs = [pair for each in world.interfaces.values() for pair in each.public]
    return {
        "with-public": Elements("ipv4_addr", {str(private): "" for private, _ in pairs}),
        "public-of": Elements("ipv4_addr : ipv4_addr", {str(private): str(public) for private, public in pairs}),
        "private-of": Elements("ipv4_addr : ipv4_addr", {str(public): str(private) for private, public in pairs}),
    }


def _public(world: World) -> frozenset[Network]:
    """Give the public addresses of hosts and gateways, and the ranges of IPv6, all of which are public."""
    addresses = {public for each in world.interfaces.values() for _, public in each.public}
    addresses |= {gateway.public for gateway in world.nats.values()}
    ranges = {each for vpc in world.vpcs.values() for each in vpc.networks if isinstance(each, IPv6Network)}
    return frozenset({*map(IPv4Network, addresses), *ranges})
