"""What security groups and network ACLs admit, as sets of traffic."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from range.verify.intervals import NOTHING, Span, Spans, difference, holds, intersection, spans_of, union
from range.verify.model import Entry, Group, Permission
from range.verify.network import Network
from range.verify.traffic import ALL


class Filters:
    """Answers of every group and ACL, remembered by stretches of addresses that no rule tells apart."""

    def __init__(self, network: Network) -> None:
        """Find out whose addresses every rule means."""
        self._network = network
        self._admitted: dict[tuple[object, bool, int], Spans] = {}
        self._stretches: dict[int, int] = {}

    @cached_property
    def _members(self) -> dict[str, Spans]:
        """Give the private addresses of every group's members, of groups that some rule names."""
        named = {p.group for group in self._network.groups.values() for p in group.permissions if p.group}
        places: dict[str, list[Span]] = {name: [] for name in named}
        for one in self._network.interfaces.values():
            for name in one.groups:
                if name in named:
                    places[name] += [(address, address) for address in one.addresses]
                    places[name] += one.prefixes
        return {name: spans_of(found) for name, found in places.items()}

    @cached_property
    def _neighbours(self) -> dict[str, tuple[set[str], set[str]]]:
        """Give the VPCs whose groups a VPC's groups may name: in any rule, and in inbound rules only."""
        both: dict[str, tuple[set[str], set[str]]] = {vpc: ({vpc}, set()) for vpc in self._network.vpcs}
        for peering in self._network.peerings.values():
            for here, there in (peering.sides, peering.sides[::-1]):
                if here in both:
                    both[here][0].add(there)
        across: dict[str, set[str]] = {}
        for attachment in self._network.attachments.values():
            gateway = self._network.transit.get(attachment.gateway)
            if gateway is not None and gateway.refers and attachment.refers:
                across.setdefault(attachment.gateway, set()).add(attachment.vpc)
        for vpcs in across.values():
            for vpc in vpcs & both.keys():
                both[vpc][1].update(vpcs)
        return both

    def peers(self, group: Group, rule: Permission) -> Spans:
        """Give the addresses that a group's rule is about; a group that can't be named from there has none."""
        if rule.block is not None:
            return (rule.block,)
        if rule.prefix_list:
            return spans_of(self._network.lists.get(rule.prefix_list, ()))
        named = self._network.groups.get(rule.group)
        everywhere, inbound = self._neighbours.get(group.vpc, ({group.vpc}, set()))
        if named is None or not (named.vpc in everywhere or (not rule.egress and named.vpc in inbound)):
            return NOTHING
        return self._members[rule.group]

    @cached_property
    def _rules(self) -> dict[str, tuple[tuple[Permission, Spans], ...]]:
        """Give every group's rules, each with the addresses that it is about."""
        return {
            name: tuple((rule, self.peers(group, rule)) for rule in group.permissions)
            for name, group in self._network.groups.items()
        }

    @cached_property
    def boundaries(self) -> list[int]:
        """Give the addresses at which some rule, entry, route or block begins, or has just ended."""
        ends: set[int] = set()
        for block in self.blocks:
            ends.add(block[0])
            ends.add(block[1] + 1)
        return sorted(ends)

    @cached_property
    def blocks(self) -> frozenset[Span]:
        """Give every block of addresses that anything in the snapshot treats apart."""
        found: set[Span] = set()
        for rules in self._rules.values():
            for _, peers in rules:
                found.update(peers)
        for acl in self._network.acls.values():
            found.update(entry.block for entry in acl.entries)
        found.update(_route_blocks(self._network))
        found.update(block for vpc in self._network.vpcs.values() for block in vpc.blocks)
        found.update(block for subnet in self._network.subnets.values() for block in subnet.blocks)
        return frozenset(found)

    def stretch(self, address: int) -> int:
        """Give the number of the stretch that an address lies in; nothing tells two of one stretch apart."""
        if address not in self._stretches:
            self._stretches[address] = bisect_right(self.boundaries, address)
        return self._stretches[address]

    def groups_admit(self, groups: tuple[str, ...], egress: bool, peer: int) -> Spans:
        """Give the traffic that an interface's groups let out to, or in from, an address: what any rule admits."""
        key = (groups, egress, self.stretch(peer))
        if key not in self._admitted:
            admitted = NOTHING
            for name in groups:
                for rule, peers in self._rules.get(name, ()):
                    if rule.egress == egress and holds(peers, peer):
                        admitted = union(admitted, rule.traffic)
            self._admitted[key] = admitted
        return self._admitted[key]

    def acl_admits(self, name: str, egress: bool, peer: int) -> Spans:
        """Give the traffic that an ACL lets out to, or in from, an address: entry by entry, the first one decides."""
        key = (name, egress, self.stretch(peer))
        if key not in self._admitted:
            admitted, open_still = NOTHING, ALL
            for entry in self._entries(name, egress):
                if entry.block[0] <= peer <= entry.block[1]:
                    if entry.allows:
                        admitted = union(admitted, intersection(open_still, entry.traffic))
                    open_still = difference(open_still, entry.traffic)
            self._admitted[key] = admitted
        return self._admitted[key]

    def _entries(self, name: str, egress: bool) -> Iterable[Entry]:
        """Give the entries of one direction in the order in which they are looked at."""
        return (entry for entry in self._network.acls[name].entries if entry.egress == egress)

    def deciding_rules(self, groups: tuple[str, ...], egress: bool, peer: int, packet: int) -> list[tuple[str, str]]:
        """Name every rule, with its group, that lets one packet pass."""
        return [
            (name, rule.id)
            for name in groups
            for rule, peers in self._rules.get(name, ())
            if rule.egress == egress and holds(peers, peer) and holds(rule.traffic, packet)
        ]

    def deciding_entry(self, name: str, egress: bool, peer: int, packet: int) -> Entry | None:
        """Give the entry of an ACL that decides about one packet; None where the last one, which refuses, does."""
        for entry in self._entries(name, egress):
            if entry.block[0] <= peer <= entry.block[1] and holds(entry.traffic, packet):
                return entry
        return None


def _route_blocks(network: Network) -> set[Span]:
    """Give every block that a route is for."""
    found: set[Span] = set()
    for lookup in (*network.lookups.values(), *network.gateway_lookups.values()):
        found.update(block for block, _ in lookup.stretches())
    return found
