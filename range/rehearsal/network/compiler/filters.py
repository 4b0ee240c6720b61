"""ACLs and security groups as chains."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from range.rehearsal.network.compiler.matches import addressed, carried, matched
from range.rehearsal.network.compiler.numbers import INTERNET, LET_OUT, MODES, NEAR, SHOWN
from range.rehearsal.network.ruleset import Chain, Elements, Ruleset
from range.rehearsal.network.wires import wire_of
from range.rehearsal.network.world import Acl, AclEntry, Group, GroupRule, Interface, World

OUTSIDE = "inet0"
"""The wire to what stands in for the internet."""
_OUT_OF_HERE = f"meta mark set meta mark or {LET_OUT:#x}"
_LET_THROUGH = "let-out"


def acl_chains(acls: Iterable[Acl]) -> dict[str, Chain]:
    """Give two chains for each ACL: they return for what is allowed. Ports are those of the packet: replies need their own."""
    chains = {}
    for acl in acls:
        chains[acl_chain(acl.id, "in")] = Chain(tuple(_entries(acl.ingress, "saddr")))
        chains[acl_chain(acl.id, "out")] = Chain(tuple(_entries(acl.egress, "daddr")))
    return chains


def acl_chain(acl_id: str, direction: str) -> str:
    """Name the chain of an ACL for a direction."""
    return f"{acl_id}-{direction}"


def _entries(entries: Iterable[AclEntry], end: str) -> Iterator[str]:
    """Give an entry's rule each, in order; the rest is denied."""
    for entry in entries:
        yield f"{matched(entry.network, end, entry.match)} {'return' if entry.allow else 'drop'}"
    yield "drop"


def group_rules(world: World) -> Ruleset:
    """Give the chains of all combinations of groups that interfaces have, and the maps that lead to them.

    What an interface may send is decided by `egress`, what it may get by `ingress`; whoever isn't in them, or isn't let by
    its chain, is dropped. A combination is written twice where a rule names a group: it counts near, and not from afar.
    """
    chains = {_LET_THROUGH: Chain((_OUT_OF_HERE,))}
    egress = {f"{OUTSIDE} . {INTERNET}": f"jump {_LET_THROUGH}"}
    ingress = {f"{OUTSIDE} . {INTERNET | LET_OUT}": "accept"}
    members = _members(world)
    sets = {f"members-{group}": each for group, each in members.items()}
    for interface in world.interfaces.values():
        name, wire = _combination(interface), wire_of(interface.id)
        groups = [world.groups[group] for group in interface.groups if group in world.groups]
        for mode in MODES.values():
            near_out, near_in = mode == NEAR, mode in (NEAR, SHOWN)
            out, in_ = f"out-{name}-{'near' if near_out else 'far'}", f"in-{name}-{'near' if near_in else 'far'}"
            if out not in chains:
                chains[out] = Chain(tuple(_outward(groups, members, near=near_out)))
            if in_ not in chains:
                chains[in_] = Chain(tuple(_inward(groups, members, near=near_in)))
            egress[f"{wire} . {mode}"] = f"jump {out}"
            ingress[f"{wire} . {mode | LET_OUT}"] = f"jump {in_}"
    sets["egress"] = Elements("ifname . mark : verdict", egress)
    sets["ingress"] = Elements("ifname . mark : verdict", ingress)
    return Ruleset(chains, sets)


def _combination(interface: Interface) -> str:
    """Name a combination of groups."""
    if not interface.groups:
        return "none"
    if len(interface.groups) == 1:
        return interface.groups[0]
    return "groups-" + hashlib.sha256(" ".join(interface.groups).encode()).hexdigest()[:16]


def _members(world: World) -> dict[str, Elements]:
    """Give the addresses of the members of those groups that rules name, those of IPv4 and of IPv6 apart."""
    named = {
        rule.group
        for group in world.groups.values()
        for rule in (*group.ingress, *group.egress)
        if rule.group is not None
    }
    found: dict[str, dict[str, str]] = {f"{group}-{version}": {} for group in sorted(named) for version in (4, 6)}
    for interface in world.interfaces.values():
        for group in named.intersection(interface.groups):
            for address in interface.addresses:
                found[f"{group}-{address.version}"][str(address)] = ""
    return {name: Elements(f"ipv{name[-1]}_addr", items) for name, items in found.items()}


def _outward(groups: list[Group], members: dict[str, Elements], *, near: bool) -> Iterator[str]:
    """Let out what a rule of any group lets out, and nothing else."""
    for rule in _once(rule for group in groups for rule in group.egress):
        for about in _about(rule, "daddr", members, near=near):
            yield f"{about} {_OUT_OF_HERE} return"
    yield "drop"


def _inward(groups: list[Group], members: dict[str, Elements], *, near: bool) -> Iterator[str]:
    """Accept what a rule of any group lets in, and nothing else."""
    for rule in _once(rule for group in groups for rule in group.ingress):
        for about in _about(rule, "saddr", members, near=near):
            yield f"{about} accept"
    yield "drop"


def _once(rules: Iterable[GroupRule]) -> Iterable[GroupRule]:
    """Give each rule once."""
    return dict.fromkeys(rules)


def _about(rule: GroupRule, end: str, members: dict[str, Elements], *, near: bool) -> Iterator[str]:
    """Spell whom a rule is about: ranges, or the members of a group if they can be told."""
    for network in rule.networks:
        yield f"{addressed(network, end)} {carried(rule.match)}".rstrip()
    if rule.group is not None and near:
        for version, family in ((4, "ip"), (6, "ip6")):
            if members[f"{rule.group}-{version}"].items:
                yield f"{family} {end} @members-{rule.group}-{version} {carried(rule.match)}".rstrip()
