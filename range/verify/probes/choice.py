"""Which packets are sent: what is declared, what isn't, and what the proof says would show a fault."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Literal, NamedTuple

from range.records.plan import Host, Plan, ZoneName
from range.records.proof import Finding, Proof

UNDECLARED_PORT = 8086
"""A port that is tried everywhere, beside those that some flow of the exercise is about."""
EVERYWHERE = "*"
"""How a finding names every enclave."""
_PROTOCOLS = ("tcp", "udp", "icmp")


class Station(NamedTuple):
    """The host that stands for a zone."""

    zone: ZoneName
    host: Host


Fate = Literal["answered", "arrives", "nothing", "not answered"]
"""What becomes of a packet by what the proof says: it gets there and its answer back; it gets there at least; it doesn't; or one
of the two ways is cut."""


class Probe(NamedTuple):
    """A packet from a zone's host to another's, and what becomes of it by what the proof says."""

    source: Station
    target: Station
    protocol: str
    port: int
    fate: Fate

    @property
    def enclaves(self) -> frozenset[str]:
        """Name the enclaves at both ends."""
        return frozenset((self.source.zone.enclave, self.target.zone.enclave))

    def __str__(self) -> str:
        """Give it in words."""
        what = self.protocol if self.protocol == "icmp" else f"{self.protocol} {self.port}"
        return (
            f"{what} from {self.source.zone} ({self.source.host.name}) to {self.target.zone} ({self.target.host.name})"
        )


class Scope(NamedTuple):
    """Between whom probes are sent."""

    allies: Sequence[str] = ()
    """These and the hub; empty for everybody."""
    about: Collection[str] = ()
    """From or to these alone; empty for all of them."""

    def has(self, probe: Probe) -> bool:
        """Say whether a probe is one of those."""
        return not self.about or not probe.enclaves.isdisjoint(self.about)


EVERYBODY = Scope()


def stations(plan: Plan, allies: Sequence[str] = ()) -> tuple[Station, ...]:
    """Give a host of each zone that has any; of some enclaves, and the hub, where those are named."""
    return tuple(
        Station(ZoneName(enclave=enclave.name, zone=zone.name), host)
        for enclave in (plan.hub, *plan.enclaves)
        for zone in enclave.zones
        for host in [next((each for each in enclave.hosts if each.zone == zone.name), None)]
        if host is not None and (not allies or enclave.name in (*allies, plan.hub.name))
    )


def usual(plan: Plan, scope: Scope = EVERYBODY) -> tuple[Probe, ...]:
    """Give the probes between all zones of different enclaves: every port that any flow is about, declared there or not."""
    own = stations(plan, scope.allies)
    return tuple(
        probe
        for source in own
        for target in own
        if source.zone.enclave != target.zone.enclave
        for probe in _between(plan, source, target)
        if scope.has(probe)
    )


def chosen(plan: Plan, proof: Proof, scope: Scope = EVERYBODY) -> tuple[Probe, ...]:
    """Give the probes that a proof says something of: the usual ones, and those that it shows itself.

    Where the proof shows a packet that is at fault, that one is sent, and no other of that pair of zones: the proof says
    nothing of others. Nor does it where it can't tell. Findings that show no packet, about names and identities, aren't
    about any.
    """
    shown = [finding for finding in proof.findings if finding.counterexample is not None]
    unclear = [
        each for each in proof.findings if each.verdict == "UNKNOWN" and EVERYWHERE not in (each.source, each.to)
    ]
    told = usual(plan, scope) if proof.network != "UNKNOWN" else ()
    may = {station.zone.enclave for station in stations(plan, scope.allies)}
    return (
        *(p for p in told if not any(_is_about(each, p.source, p.target) for each in (*shown, *unclear))),
        *(p for each in shown for p in _shown(plan, each) if scope.has(p) and (not scope.about or p.enclaves <= may)),
    )


def _between(plan: Plan, source: Station, target: Station) -> Iterator[Probe]:
    """Give the probes from one zone to another."""
    for protocol in _PROTOCOLS:
        for port in sorted(_ports(plan, protocol)):
            declared = any(
                (flow.source, flow.target, flow.protocol) == (source.zone, target.zone, protocol)
                and (flow.ports is None or flow.ports.first <= port <= flow.ports.last)
                for flow in plan.flows
            )
            yield Probe(source, target, protocol, port, "answered" if declared else "nothing")


def _shown(plan: Plan, finding: Finding) -> Iterator[Probe]:
    """Give the packet that a finding shows, if it goes from a host to a host."""
    shown = finding.counterexample
    if shown is None or shown.protocol not in _PROTOCOLS:
        return
    places = {
        str(host.address): Station(ZoneName(enclave=enclave.name, zone=host.zone), host)
        for enclave in (plan.hub, *plan.enclaves)
        for host in enclave.hosts
    }
    ends = places.get(shown.source), places.get(shown.destination)
    if ends[0] is not None and ends[1] is not None:
        fate: Fate = "arrives" if finding.kind == "undeclared" else "not answered"
        yield Probe(ends[0], ends[1], shown.protocol, shown.port or 0, fate)


def _is_about(finding: Finding, source: Station, target: Station) -> bool:
    """Say whether a finding is about a pair of zones."""
    ends = ((finding.source, source.zone), (finding.to, target.zone))
    return all(said in (EVERYWHERE, zone.enclave, str(zone)) for said, zone in ends)


def _ports(plan: Plan, protocol: str) -> set[int]:
    """Give the ports to try of a protocol: the ends of all spans that flows are about, and one more."""
    if protocol == "icmp":
        return {0}
    spans = [flow.ports for flow in plan.flows if flow.protocol == protocol and flow.ports is not None]
    return {UNDECLARED_PORT, *(span.first for span in spans), *(span.last for span in spans)}
