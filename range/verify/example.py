"""The counterexample: one packet, written down hop by hop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from range.records.plan import Plan
from range.records.proof import Counterexample, Hop
from range.verify.addresses import point, text
from range.verify.filters import Filters
from range.verify.intervals import Spans, holds
from range.verify.kinds import Kind
from range.verify.path import Check, Outcome
from range.verify.reach import Connection, Reach
from range.verify.traffic import ICMP, ICMPV6, TCP, UDP, WITH_PORTS, of_protocols, packet, protocol_name, protocols

_KNOWN = (
    *(packet(TCP, port) for port in (22, 80, 443, 445, 3389)),
    packet(UDP, 53),
    *(packet(number, kind * 256) for number, kind in ((ICMP, 8), (ICMPV6, 128))),
)
"""Packets that people know are shown first, where they are in a set."""
_PLAIN = (TCP, UDP, ICMP, ICMPV6)


def samples(traffic: Spans, most: int) -> list[int]:
    """Give some packets of a set: well-known ones, one of every protocol that people know, the first of every span."""
    known = [number for number in _KNOWN if holds(traffic, number)]
    firsts = [parts[0][0] for number in _PLAIN if (parts := of_protocols(traffic, (number,)))]
    found = list(dict.fromkeys((*known[:1], *firsts, *(low for low, _ in traffic))))
    return found[:most]


@dataclass(frozen=True)
class Examples:
    """Writes packets down."""

    plan: Plan
    filters: Filters
    reach: Reach

    def of(self, connection: Connection, number: int) -> Counterexample:
        """Show one packet's way as far as it gets."""
        outcome = self._shown(connection, number)
        protocol = protocols(((number, number),))[0]
        delivered = outcome.end in {"delivered", "internet"} and holds(self.reach.arriving(outcome), number)
        return Counterexample(
            source=text(connection.sender.address),
            source_name=self.name(connection.sender),
            destination=text(connection.destination),
            destination_name=self.name(connection.receiver),
            protocol=protocol_name(protocol),
            port=number - packet(protocol, 0) if protocol in WITH_PORTS else None,
            answered=delivered and bool(self.reach.answered(connection, outcome, (protocol,))),
            hops=tuple(self._hops(connection, outcome, number)),
        )

    def _shown(self, connection: Connection, number: int) -> Outcome:
        """Choose the way to show: one that the packet survives, else the first."""
        for outcome in connection.requests:
            if outcome.end in {"delivered", "internet"} and holds(self.reach.arriving(outcome), number):
                return outcome
        return connection.requests[0]

    def _hops(self, connection: Connection, outcome: Outcome, number: int) -> Iterator[Hop]:
        """Write a way down, up to where it ends."""
        for step in outcome.packet.steps:
            if step.check is None:
                yield Hop(resource=step.resource, rule=step.rule, what=step.what)
                continue
            passes = holds(self.reach.admitted(step.check), number)
            groups = ", ".join(step.check.groups)
            what = step.what if passes else step.what.replace("let", "don't let" if groups else "doesn't let", 1)
            yield Hop(resource=step.check.acl or step.resource, rule=self._rule(step.check, number), what=what)
            if not passes:
                return
        if outcome.end in {"lost", "unknown"}:
            yield Hop(resource=outcome.resource, what=outcome.why)
        elif outcome.interface:
            yield Hop(resource=outcome.interface, what=f"{self.name(connection.receiver)} has it")
        else:
            yield Hop(resource="internet", what="has it")

    def _rule(self, check: Check, number: int) -> str:
        """Name the rule or entry that decides about a packet."""
        if check.acl:
            entry = self.filters.deciding_entry(check.acl, check.egress, check.peer, number)
            return f"entry {entry.number}" if entry is not None else "entry *"
        rules = self.filters.deciding_rules(check.groups, check.egress, check.peer, number)
        return f"{rules[0][0]} {rules[0][1]}" if rules else ", ".join(check.groups)

    def name(self, kind: Kind) -> str:
        """Name who has an address: the host of the plan, and the interface."""
        if kind.interface is None:
            return "internet"
        hosts = {point(str(host.address)): host.name for host in self.plan.enclave(kind.place[0]).hosts}
        host = hosts.get(kind.address) if kind.planned else None
        return f"{kind.place[0]}/{host} ({kind.interface.id})" if host else f"{kind.place[0]} ({kind.interface.id})"
