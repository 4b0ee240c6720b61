"""How far a packet came: the things that it met, the checks among them, and where it ended.

These are tuples, since a large range makes a hundred thousand of them and a frozen dataclass takes four times as long.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from range.verify.addresses import cidr_text
from range.verify.intervals import Spans
from range.verify.model import Route
from range.verify.traffic import ALL


class Check(NamedTuple):
    """A filter that admits some traffic and refuses the rest: an interface's groups, or a subnet's ACL."""

    groups: tuple[str, ...]
    acl: str
    """Empty where the groups are asked."""
    egress: bool
    peer: int
    """The address that the filter compares with its rules."""


class Step(NamedTuple):
    """One thing on the way."""

    resource: str
    what: str
    route: Route | None = None
    """The line of a route table that decides."""
    check: Check | None = None
    where: str = ""
    """The subnet whose table or ACL it is; the VPC that a gateway's attachment leads into."""
    carries: Literal["", "peering", "internet", "detour", "gateway", "table"] = ""
    """By what it moves the packet on; empty for what only filters or is passed within a VPC."""

    @property
    def rule(self) -> str:
        """Write the route that decides, for people."""
        if self.route is None or self.route.block is None:
            return ""
        block = cidr_text(self.route.block)
        return f"{block} ({self.route.prefix_list})" if self.route.prefix_list else block


class Translation(NamedTuple):
    """A NAT gateway put one of its addresses in the place of the sender's."""

    nat: str
    replaced: int


class Packet(NamedTuple):
    """A packet under way; its protocol and port stay open, since no route looks at them."""

    source: int
    destination: int
    steps: tuple[Step, ...] = ()
    limit: Spans = ALL
    """The traffic that got this far whatever the filters say: NAT gateways pass three protocols only."""
    translations: tuple[Translation, ...] = ()
    answering: tuple[Translation, ...] | None = None
    """For an answer: the translations that it must undo, the last one first. None for a request."""
    been: tuple[tuple[str, int, int], ...] = ()
    """Subnets that it was routed from, with its addresses then: in one of them twice, and it never arrives."""

    def met(self, *steps: Step) -> Packet:
        """Give the packet some steps further on."""
        return self._with(self.steps + steps, self.been)

    def routed_from(self, subnet: str) -> Packet:
        """Give the packet after it was looked up in a subnet's route table."""
        return self._with(self.steps, (*self.been, (subnet, self.source, self.destination)))

    def _with(self, steps: tuple[Step, ...], been: tuple[tuple[str, int, int], ...]) -> Packet:
        """Copy the packet."""
        return Packet(self.source, self.destination, steps, self.limit, self.translations, self.answering, been)


class Outcome(NamedTuple):
    """Where a packet ended: at an interface, on the internet, lost, or where the model can't follow it."""

    end: Literal["delivered", "internet", "lost", "unknown"]
    packet: Packet
    interface: str = ""
    resource: str = ""
    """What lost it, or can't be followed."""
    why: str = ""
    where: str = ""
    """The subnet or VPC where that was."""


def lost(packet: Packet, resource: str, why: str, where: str = "") -> Outcome:
    """Say that a packet goes no further, whatever it is."""
    return Outcome("lost", packet, "", resource, why, where)


def unknown(packet: Packet, resource: str, why: str) -> Outcome:
    """Say that a packet went where the model can't follow it."""
    return Outcome("unknown", packet, "", resource, why)
