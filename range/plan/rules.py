"""Security group rules and network ACL entries of a zone, from the flow table and nothing else.

A flow is named exactly at every end that is an ally's. At the hub's, red's or white's end of a flow that is declared
for `allies`, rules name the ranges in which only allies are: one rule instead of one per ally, and adding an ally
changes none. What is permitted is what both ends permit, so it is the flow table exactly.
Security groups can't name one another across the transit gateway (referencing is off), hence addresses.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Network
from typing import Literal, NamedTuple

from range.plan.layout import EGRESS_ZONE, HUB
from range.plan.ranges import ANYWHERE, ally_ranges, internet_ranges
from range.records.plan import INTERNET, Plan, PlannedFlow, PortSpan, Record, ZoneName
from range.spec.models import TRANSIT

Direction = Literal["ingress", "egress"]

EPHEMERAL = PortSpan(first=1024, last=65535)
"""Where replies go to, whatever opened the connection; a NAT gateway uses all of them.

Source: Amazon VPC User Guide, "Custom network ACLs and other AWS services: ephemeral ports" (read 2026-11-22).
"""
EVERY_PORT = PortSpan(first=0, last=65535)

ACL_ENTRIES = 20
"""Entries per direction that every account has.

Source: Amazon VPC quotas, "Rules per network ACL" (read 2026-11-22); range/facts/quotas.json.
"""
CUT = 1
"""The number of the entry by which a network is cut: before all others, and never one of theirs."""
HIGHEST_ACL_NUMBER = 32766
"""Source: Amazon VPC User Guide, "Network ACL rules" (read 2026-11-22)."""

_NOT_IN_DESCRIPTIONS = re.compile(r"[^a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]")
"""Source: Amazon EC2 API reference, IpRange.Description (read 2026-11-22)."""


class GroupRule(Record):
    """One rule of a zone's security group; stateful, so replies need none."""

    key: str
    """Says what it permits; never that of another rule of the zone, and the same as long as the flow is there."""
    direction: Direction
    protocol: Literal["tcp", "udp", "icmp"]
    from_port: int
    """-1 for icmp, as AWS has it."""
    to_port: int
    cidr: IPv4Network
    description: str


class AclEntry(Record):
    """One entry of a zone's network ACL, always an allowance; stateless, so replies have entries of their own."""

    key: str
    direction: Direction
    number: int
    """From the key, so that adding a flow moves no other entry. All entries allow: their order doesn't matter."""
    protocol: Literal["tcp", "udp", "icmp", "all"]
    from_port: int
    """0 for icmp and for all protocols."""
    to_port: int
    cidr: IPv4Network


class _Peer(NamedTuple):
    """The other end of a flow, as rules name it."""

    name: str
    cidr: IPv4Network


class _Leave(NamedTuple):
    """What an entry allows, before it has a number."""

    direction: Direction
    use: str
    """`request` or `reply`, or what an entry that stands for several is for."""
    peer: _Peer
    protocol: Literal["tcp", "udp", "icmp", "all"]
    ports: PortSpan | None


def group_rules(plan: Plan, zone: ZoneName) -> tuple[GroupRule, ...]:
    """Give the rules of the one security group that all hosts of a zone have."""
    rules: dict[str, GroupRule] = {}
    peers = _Peers(plan, zone, internet_ranges(plan.supernet))
    for flow in plan.flows:
        for direction, far in _ends(flow, zone):
            for peer in peers.of(flow, far):
                ports = flow.ports or PortSpan(first=-1, last=-1)
                key = f"{direction}-{_spelled(flow.protocol, flow.ports)}-{peer.name}"
                rule = GroupRule(
                    key=key,
                    direction=direction,
                    protocol=flow.protocol,
                    from_port=ports.first,
                    to_port=ports.last,
                    cidr=peer.cidr,
                    description=_NOT_IN_DESCRIPTIONS.sub("", flow.why),
                )
                rules.setdefault(key, rule)
    return tuple(rules.values())


def acl_entries(plan: Plan, zone: ZoneName) -> tuple[AclEntry, ...]:
    """Give the entries of a zone's network ACL, never more per direction than every account allows.

    Where the exact entries are too many, coarser ones stand for them; the security groups stay exact.
    """
    leaves = _transit_leaves(plan, zone) if zone.zone == TRANSIT else tuple(_leaves(plan, zone))
    steps: tuple[Callable[[_Leave], _Leave], ...] = (
        lambda leave: leave._replace(use="any", ports=EVERY_PORT if leave.ports else None),
        lambda leave: leave._replace(use="any", protocol="all", ports=None),
        lambda leave: leave._replace(use="any", protocol="all", ports=None, peer=_everybody(plan, leave.peer)),
    )
    for coarser in steps:
        if max(_count(leaves, "ingress"), _count(leaves, "egress")) < ACL_ENTRIES:  # one stays free, to cut with
            break
        leaves = tuple(dict.fromkeys(coarser(leave) for leave in leaves))
    return tuple(_numbered(leaves))


def _ends(flow: PlannedFlow, zone: ZoneName) -> Iterator[tuple[Direction, ZoneName]]:
    """Give in which directions a flow concerns a zone, and the zone at the other end."""
    if flow.source.enclave == zone.enclave and flow.source.zone == zone.zone:
        yield "egress", flow.target
    if flow.target.enclave == zone.enclave and flow.target.zone == zone.zone:
        yield "ingress", flow.source


class _Peers:
    """Names the other end of a zone's flows."""

    def __init__(self, plan: Plan, zone: ZoneName, internet: Iterable[IPv4Network]) -> None:
        self.enclaves = {enclave.name: enclave for enclave in (plan.hub, *plan.enclaves)}
        self.at_an_ally = self.enclaves[zone.enclave].kind == "ally"
        self.internet = tuple(_Peer(f"{INTERNET}-{cidr}", cidr) for cidr in internet)
        self.allies = tuple(_Peer(f"allies-{cidr}", cidr) for cidr in ally_ranges(plan))

    def of(self, flow: PlannedFlow, far: ZoneName) -> tuple[_Peer, ...]:
        """Give the internet's ranges, those of every ally at once, or the one zone that it is."""
        if far.enclave == INTERNET:
            return self.internet
        enclave = self.enclaves[far.enclave]
        if flow.every_ally and not self.at_an_ally and enclave.kind == "ally":
            return self.allies
        return (_Peer(str(far), enclave.zone(far.zone).cidr),)


def _leaves(plan: Plan, zone: ZoneName) -> Iterator[_Leave]:
    """Give what a zone's ACL must let pass: requests and, the other way, their replies."""
    seen: set[_Leave] = set()
    peers = _Peers(plan, zone, (ANYWHERE,))
    for flow in plan.flows:
        for direction, far in _ends_or_way(flow, zone):
            back: Direction = "egress" if direction == "ingress" else "ingress"
            replies = EPHEMERAL if flow.ports else None
            for peer in peers.of(flow, far):
                for leave in (
                    _Leave(direction, "request", peer, flow.protocol, flow.ports),
                    _Leave(back, "reply", peer, flow.protocol, replies),
                ):
                    if leave not in seen:
                        seen.add(leave)
                        yield leave


def _ends_or_way(flow: PlannedFlow, zone: ZoneName) -> Iterator[tuple[Direction, ZoneName]]:
    """Give the directions for a zone at an end, and for the hub's egress zone that lies on the way to the internet."""
    yield from _ends(flow, zone)
    if flow.kind == "egress" and (zone.enclave, zone.zone) == (HUB, EGRESS_ZONE):
        yield "ingress", flow.source
        yield "egress", flow.target


def _transit_leaves(plan: Plan, zone: ZoneName) -> tuple[_Leave, ...]:
    """A transit zone has no hosts: it lets pass what the zones' own groups and ACLs and the gateway decide upon.

    Source: Amazon VPC Transit Gateways, "Network ACLs for transit gateways" (read 2026-11-22).
    """
    on_the_way = any(flow.kind == "egress" and zone.enclave in (HUB, flow.source.enclave) for flow in plan.flows)
    peer = _Peer("anywhere", ANYWHERE) if on_the_way else _Peer("supernet", plan.supernet)
    return (_Leave("ingress", "transit", peer, "all", None), _Leave("egress", "transit", peer, "all", None))


def _everybody(plan: Plan, peer: _Peer) -> _Peer:
    """Give the coarsest name for a peer."""
    return peer if peer.cidr == ANYWHERE else _Peer("supernet", plan.supernet)


def _count(leaves: Iterable[_Leave], direction: Direction) -> int:
    """Count the entries of one direction."""
    return sum(leave.direction == direction for leave in leaves)


def _numbered(leaves: tuple[_Leave, ...]) -> Iterator[AclEntry]:
    """Give each entry a number that depends on its key alone, unless two keys happen to meet."""
    taken: set[tuple[Direction, int]] = {("ingress", CUT), ("egress", CUT)}
    for key, leave in sorted((_acl_key(leave), leave) for leave in leaves):
        number = int(hashlib.sha256(key.encode()).hexdigest(), 16) % HIGHEST_ACL_NUMBER + 1
        while (leave.direction, number) in taken:
            number = number % HIGHEST_ACL_NUMBER + 1
        taken.add((leave.direction, number))
        yield AclEntry(
            key=key,
            direction=leave.direction,
            number=number,
            protocol=leave.protocol,
            from_port=leave.ports.first if leave.ports else 0,
            to_port=leave.ports.last if leave.ports else 0,
            cidr=leave.peer.cidr,
        )


def _acl_key(leave: _Leave) -> str:
    """Say what an entry allows."""
    return f"{leave.direction}-{leave.use}-{_spelled(leave.protocol, leave.ports)}-{leave.peer.name}"


def _spelled(protocol: str, ports: PortSpan | None) -> str:
    """Write protocol and ports: `tcp-22`, `tcp-8000-8080`, `icmp`."""
    if ports is None:
        return protocol
    return f"{protocol}-{ports.first}" if ports.first == ports.last else f"{protocol}-{ports.first}-{ports.last}"
