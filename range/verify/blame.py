"""Which resource is at fault: what lets an undeclared packet through, and what stops a declared one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from range.verify.addresses import text
from range.verify.expectation import Expectation
from range.verify.filters import Filters
from range.verify.intervals import Spans, difference, holds
from range.verify.kinds import Kind
from range.verify.path import Check, Outcome, Step
from range.verify.reach import Connection, Reach
from range.verify.traffic import answers, protocols
from range.verify.zones import UNPLANNED, Place, Zones

_ASTRAY = frozenset({"peering", "internet", "detour"})
"""Ways that the plan never makes, but for the declared one to the internet."""


@dataclass(frozen=True, slots=True)
class Blame:
    """A resource's part in a fault; the lowest weight is the worst."""

    weight: int
    resource: str
    why: str


@dataclass(frozen=True)
class Judge:
    """Looks at single packets, after a pair of zones was found not to be as declared."""

    expected: Expectation
    zones: Zones
    filters: Filters
    reach: Reach

    def letting(self, connection: Connection, number: int) -> Iterator[Blame]:
        """Blame every step that shouldn't have let an undeclared packet on, on every way that it arrives by."""
        for outcome in connection.requests:
            if outcome.end in {"delivered", "internet"} and holds(self.reach.arriving(outcome), number):
                yield from self._letting(connection, outcome, number)
        for kind in (connection.sender, connection.receiver):
            if kind.interface is not None and kind.place[1] == UNPLANNED:
                where = f"{text(kind.address)} in {kind.interface.subnet}"
                yield Blame(2, kind.interface.id, f"it has {where}, where the plan has no machine")

    def _letting(self, connection: Connection, outcome: Outcome, number: int) -> Iterator[Blame]:
        """Blame the steps of one way."""
        here, there = connection.sender.place, connection.receiver.place
        strangers = not self.expected.acquainted(here[0], there[0])
        may_go_out = bool(self.expected.between(here, there)) and connection.receiver.interface is None
        steps = outcome.packet.steps
        for place, step in enumerate(steps):
            if step.check is not None:
                yield from self._letting_check(here, there, step, step.check, number)
            elif step.carries in _ASTRAY and not may_go_out:
                yield Blame(0, step.resource, step.what)
            elif step.carries == "table" and strangers:
                yield Blame(1, step.resource, f"its route {step.rule} {step.what}")
            elif step.carries == "gateway" and strangers:
                yield Blame(5, step.resource, step.what)
            elif (
                step.where
                and not may_go_out
                and (_next_way(steps[place + 1 :]) in _ASTRAY or (place == 1 and connection.receiver.interface is None))
            ):
                yield Blame(1, step.resource, f"its route {step.rule} {step.what}")

    def _letting_check(self, here: Place, there: Place, step: Step, check: Check, number: int) -> Iterator[Blame]:
        """Blame what lets a packet pass a filter: a group's rule always, an ACL's entry unless a flow needs it."""
        if check.acl:
            entry = self.filters.deciding_entry(check.acl, check.egress, check.peer, number)
            if entry is not None and not holds(self._needed(here, there, step.where), number):
                yield Blame(4, check.acl, f"its entry {entry.number} {step.what}")
                yield Blame(7, step.where, f"it has {check.acl}")
            return
        direction = "out to" if check.egress else "in from"
        for group, rule in self.filters.deciding_rules(check.groups, check.egress, check.peer, number):
            yield Blame(3, group, f"its rule {rule} lets it {direction} {text(check.peer)}")
            yield Blame(6, rule, f"a rule of {group}")
        yield Blame(7, step.resource, f"it has {', '.join(check.groups)}")

    def _needed(self, here: Place, there: Place, subnet: str) -> Spans:
        """Give what a subnet's ACL has to let pass between two enclaves: an ACL is never finer than its zone."""
        zone = self.zones.of_subnet(subnet)
        sources = (here,) if zone == here else self.expected.zones_of(here[0])
        targets = (there,) if zone == there else self.expected.zones_of(there[0])
        return self.expected.warranted(sources, targets)

    def stopping(self, connection: Connection, packet: Spans) -> Iterator[Blame]:
        """Blame the first thing that stops a declared packet or its answer, on the first way that isn't clear."""
        for outcome in connection.requests:
            stopped = list(self._stopped(outcome, packet, "it", connection.receiver))
            if not stopped:
                wanted = answers(protocols(packet)[0])
                for answer in self.reach.answers(connection, outcome):
                    stopped = stopped or list(self._stopped(answer, wanted, "its answer", connection.sender))
            if stopped:
                yield from stopped
                return

    def _stopped(self, outcome: Outcome, wanted: Spans, what: str, receiver: Kind) -> Iterator[Blame]:
        """Blame the first filter on a way that refuses some of what is wanted, or what lost or misled it."""
        steps = outcome.packet.steps
        astray = list(self._wrong_turns(steps, receiver, what))
        for step in steps:
            refused = difference(wanted, self.reach.admitted(step.check)) if step.check is not None else ()
            if step.check is not None and refused:
                yield from astray
                yield from self._refusing(step, step.check, refused[0][0], what)
                return
        arrived = outcome.interface or "the internet"
        if outcome.end == "unknown":
            yield Blame(0, outcome.resource, outcome.why)
        elif outcome.end == "lost":
            yield from astray
            yield Blame(0, outcome.resource or outcome.where, f"{what} is lost: {outcome.why}")
            yield Blame(1, outcome.where, "where that happens")
            yield from (Blame(2, step.resource, step.what) for step in steps[-2:])
        elif difference(wanted, outcome.packet.limit):
            yield Blame(0, steps[-1].resource, f"{what} is of a protocol that a NAT gateway doesn't pass")
        elif outcome.interface != (receiver.interface.id if receiver.interface is not None else ""):
            yield from astray
            yield Blame(1, arrived, f"where {what} ends instead")

    def _wrong_turns(self, steps: tuple[Step, ...], receiver: Kind, what: str) -> Iterator[Blame]:
        """Blame what leads a packet on another way than to its receiver's VPC."""
        if receiver.interface is None:
            return
        for place, step in enumerate(steps):
            if step.carries in _ASTRAY:
                yield Blame(-1, step.resource, f"it leads {what} astray: {step.what}")
            elif step.where and step.check is None and _next_way(steps[place + 1 :]) in _ASTRAY:
                yield Blame(0, step.resource, f"its route {step.rule} {step.what}")
            elif step.carries == "gateway" and step.where not in {"", receiver.interface.vpc}:
                table = next(one for one in reversed(steps[:place]) if one.carries == "table")
                yield Blame(-1, table.resource, f"its route {table.rule} leads {what} astray: {step.what}")

    def _refusing(self, step: Step, check: Check, number: int, what: str) -> Iterator[Blame]:
        """Blame one filter that refuses a packet."""
        where = f"{'out to' if check.egress else 'in from'} {text(check.peer)}"
        if not check.acl:
            for group in check.groups:
                yield Blame(0, group, f"no rule lets {what} {where}")
            yield Blame(1, step.resource, f"it has {', '.join(check.groups) or 'no security group'}")
            return
        entry = self.filters.deciding_entry(check.acl, check.egress, check.peer, number)
        says = f"its entry {entry.number} refuses to let" if entry is not None else "no entry lets"
        yield Blame(0, check.acl, f"{says} {what} {where}")
        yield Blame(1, step.where, f"it has {check.acl}")


def _next_way(steps: tuple[Step, ...]) -> str:
    """Name by what a packet is carried on after a route, past the ACLs in between; empty within the VPC."""
    return next((step.carries for step in steps if step.check is None), "")


def worst_first(blames: Iterable[Blame]) -> list[Blame]:
    """Sort, and keep the first mention of every resource."""
    kept: dict[str, Blame] = {}
    for blame in sorted(blames, key=lambda one: one.weight):
        if blame.resource:
            kept.setdefault(blame.resource, blame)
    return list(kept.values())
