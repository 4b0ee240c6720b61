"""What the plan says: the flows between every two zones, as sets of traffic."""

from __future__ import annotations

from dataclasses import dataclass, field

from range.records.plan import Plan, PlannedFlow
from range.verify.intervals import NOTHING, Span, Spans, spans_of, union
from range.verify.traffic import NUMBERS, answers, block, ports, protocols
from range.verify.zones import THE_INTERNET, Place


def traffic_of(flow: PlannedFlow) -> Spans:
    """Give what a flow lets pass."""
    number = NUMBERS[flow.protocol]
    if flow.ports is None:
        return (block(number),)
    return ports(number, flow.ports.first, flow.ports.last)


@dataclass(frozen=True)
class Expectation:
    """The declared flows between zones of different enclaves, and every pair of zones there is."""

    declared: dict[tuple[Place, Place], Spans]
    places: tuple[Place, ...]
    flows: tuple[PlannedFlow, ...] = field(default=())

    def between(self, source: Place, target: Place) -> Spans:
        """Give what may pass from one zone to another."""
        return self.declared.get((source, target), NOTHING)

    def warranted(self, sources: tuple[Place, ...], targets: tuple[Place, ...]) -> Spans:
        """Give what a packet from one of some zones to one of others may be: a request, or an answer to one."""
        found: list[Span] = []
        for source in sources:
            for target in targets:
                found += self.between(source, target)
                asked = protocols(self.between(target, source))
                found += [span for number in asked for span in answers(number)]
        return spans_of(found)

    def zones_of(self, enclave: str) -> tuple[Place, ...]:
        """List an enclave's zones."""
        return tuple(place for place in self.places if place[0] == enclave)

    def acquainted(self, one: str, other: str) -> bool:
        """Say whether anything is declared between two enclaves, in either direction."""
        return any({source[0], target[0]} == {one, other} for source, target in self.declared)


def expectation(plan: Plan) -> Expectation:
    """Derive what should be from the plan's flow table."""
    declared: dict[tuple[Place, Place], Spans] = {}
    for flow in plan.flows:
        pair = ((flow.source.enclave, flow.source.zone), (flow.target.enclave, flow.target.zone))
        if pair[0][0] != pair[1][0]:
            declared[pair] = union(declared.get(pair, NOTHING), traffic_of(flow))
    places = [(enclave.name, zone.name) for enclave in (plan.hub, *plan.enclaves) for zone in enclave.zones]
    return Expectation(declared, (*places, THE_INTERNET), plan.flows)
