"""The oracle's two questions about one flow: may it get through, and does it work?"""

from __future__ import annotations

from dataclasses import dataclass

from tests.verify.oracle.facts import Address, Facts, Item
from tests.verify.oracle.filters import Load
from tests.verify.oracle.packets import End, Packet, Walk


@dataclass(frozen=True)
class Flow:
    """A packet that somebody wants to send. No interface: it comes from the internet; no receiver: it goes there."""

    sender: str | None
    source: Address
    receiver: str | None
    destination: Address
    load: Load


@dataclass(frozen=True)
class Verdict:
    """What the oracle says: something may arrive; everything arrives and is answered; something can't be followed."""

    may: bool
    works: bool
    unclear: bool


class Oracle:
    """Answers by walking every packet there is."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.walk = facts, Walk(facts)
        self.ports = self._telling_ports()

    def _telling_ports(self) -> list[int]:
        """Give one port of every stretch of client ports that the ACLs treat alike."""
        ends = {1024}
        for acl in self.facts.all("DescribeNetworkAcls"):
            for entry in acl["Entries"]:
                if "PortRange" in entry:
                    ends |= {entry["PortRange"]["From"], entry["PortRange"]["To"] + 1}
        return sorted(port for port in ends if 1024 <= port <= 65535)

    def ask(self, flow: Flow) -> Verdict:
        """Answer both questions."""
        packet = Packet(flow.source, flow.destination, flow.load)
        if flow.sender is None:
            ends = list(self.walk.on_internet(packet))
        else:
            ends = list(self.walk.from_interface(self.facts.interface(flow.sender), packet))
        wanted = flow.receiver or "internet"
        arrived = [end for end in ends if end.place == wanted]
        works = bool(ends) and len(arrived) == len(ends) and all(self._answered(flow, end) for end in ends)
        return Verdict(bool(arrived), works and _asks(flow.load), any(end.place == "unknown" for end in ends))

    def _answered(self, flow: Flow, end: End) -> bool:
        """Say whether the answer comes back to any port that the flow may have come from."""
        return all(self._comes_back(flow, end, load) for load in self._answers_to(flow.load))

    def _answers_to(self, load: Load) -> list[Load]:
        """Give the packets that may be the answer."""
        if load.protocol in {6, 17}:
            return [Load(load.protocol, port) for port in self.ports]
        if load.protocol == 1:
            return [Load(1, kind=0, code=0)]
        if load.protocol == 58:
            return [Load(58, kind=129, code=0)]
        return [load]

    def _comes_back(self, flow: Flow, end: End, load: Load) -> bool:
        """Walk one answer."""
        arrived = end.packet
        back = Packet(arrived.destination, arrived.source, load, answers=True, renamed=arrived.renamed)
        if end.place == "internet":
            ends = list(self.walk.on_internet(back))
        else:
            receiver: Item = self.facts.interface(end.place)
            ends = list(self.walk.leave(self.facts.subnet(receiver["SubnetId"]), back))
        wanted = flow.sender or "internet"
        return bool(ends) and all(
            one.place == wanted and one.packet.source == flow.destination and not one.packet.renamed for one in ends
        )


def _asks(load: Load) -> bool:
    """Say whether a packet is one that is answered: of ICMP only the echo request."""
    if load.protocol in {1, 58}:
        return (load.kind, load.code) == (8 if load.protocol == 1 else 128, 0)
    return True
