"""A packet's way, hop by hop, for every protocol and port at once.

Routes look at addresses only, so one walk does for all traffic between two addresses; the filters on the way are
noted and asked afterwards. Where AWS may choose (an availability zone, one of two equal routes), every choice is
walked: something may happen if it happens on any of them, and is sure to if it does on all.

Sources: Amazon VPC User Guide, "Route tables", "NAT gateways", "VPC peering"; Amazon VPC Transit Gateways, "How
transit gateways work" and "Network ACLs for transit gateways" (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from range.verify.addresses import PUBLIC, is_v6, text
from range.verify.intervals import holds, intersection, spans_of
from range.verify.model import Attachment, Interface, Nat, Route, Subnet
from range.verify.network import Network
from range.verify.path import Check, Outcome, Packet, Step, Translation, lost, unknown
from range.verify.traffic import ICMP, TCP, UDP, block

_NAT_PASSES = spans_of(block(number) for number in (ICMP, TCP, UDP))
"""Source: Amazon VPC User Guide, "NAT gateway basics" (read 2026-11-22)."""


class Walker:
    """Walks packets through one network."""

    def __init__(self, network: Network) -> None:
        """Prepare to walk; nothing is changed by walking."""
        self._network = network
        self._ways: dict[str, Callable[[Packet, Subnet, Route], Iterator[Outcome]]] = {
            "local": self._to_neighbour,
            "eni": self._to_interface,
            "igw": self._to_internet_gateway,
            "eigw": self._to_internet_gateway,
            "nat": self._to_nat,
            "pcx": self._to_peer,
            "tgw": self._to_transit_gateway,
        }

    def request(self, sender: Interface, source: int, destination: int) -> list[Outcome]:
        """Walk a first packet from an interface's address to an address."""
        asked = Check(sender.groups, "", True, destination)
        packet = Packet(source, destination).met(Step(sender.id, "its security groups let it out", check=asked))
        return list(self._leave(packet, sender.subnet))

    def request_from_internet(self, source: int, destination: int) -> list[Outcome]:
        """Walk a first packet from somewhere on the internet."""
        return list(self._on_internet(Packet(source, destination)))

    def answer(self, request: Outcome, destination: int) -> list[Outcome]:
        """Walk the answer to a request that arrived; `destination` is what the request was sent to.

        Groups remember the request and let its answer pass. An answer counts as delivered only where it reaches the
        sender, and as coming from the address that was asked.
        """
        arrived = request.packet
        packet = Packet(arrived.destination, arrived.source, answering=arrived.translations[::-1])
        if request.end == "internet":
            found = self._on_internet(packet)
        else:
            found = self._leave(packet, self._network.interfaces[request.interface].subnet)
        return [self._recognised(outcome, destination) for outcome in found]

    def _recognised(self, outcome: Outcome, destination: int) -> Outcome:
        """Refuse an answer that comes from another address than was asked, or that still is translated."""
        packet = outcome.packet
        if outcome.end in {"delivered", "internet"} and (packet.answering or packet.source != destination):
            return lost(packet, "", f"the answer would come from {text(packet.source)}, not from {text(destination)}")
        return outcome

    def _leave(self, packet: Packet, subnet_id: str) -> Iterator[Outcome]:
        """Look a packet up in its subnet's route table and send it on."""
        subnet, table = self._network.subnets.get(subnet_id), self._network.table_for.get(subnet_id)
        if subnet is None or table is None or subnet_id not in self._network.acl_for:
            yield unknown(packet, subnet_id, "its route table or network ACL isn't in the snapshot")
            return
        if (subnet_id, packet.source, packet.destination) in packet.been:
            yield lost(packet, table.id, "the packet goes round in circles", subnet_id)
            return
        packet = packet.routed_from(subnet_id)
        routes = self._network.lookups[table.id].find(packet.destination)
        if not routes:
            yield lost(packet, table.id, f"no route to {text(packet.destination)}", subnet.id)
        for route in routes:
            step = Step(table.id, f"sends it to {route.target.id}", route, where=subnet.id)
            way = self._ways.get(route.target.kind)
            if way is not None:
                yield from way(packet.met(step), subnet, route)
            elif route.target.kind == "blackhole":
                yield lost(packet.met(step), table.id, *self._nowhere(step, subnet, route))
            elif route.target.kind == "service":
                yield lost(packet.met(step), route.target.id, "it is for an AWS service behind a gateway endpoint")
            else:
                yield unknown(packet.met(step), route.target.id, "what lies behind it isn't modelled")

    def _nowhere(self, step: Step, subnet: Subnet, route: Route) -> tuple[str, str]:
        """Say why a route leads nowhere, and which part of the network lacks something."""
        gateway, why = route.target.id, f"its route {step.rule} leads nowhere"
        if gateway in self._network.transit and (gateway, subnet.vpc) not in self._network.attachment_of:
            return f"{why}: {subnet.vpc} isn't attached to {gateway}", subnet.vpc
        return why, subnet.id

    def _to_neighbour(self, packet: Packet, subnet: Subnet, route: Route) -> Iterator[Outcome]:
        """Deliver within the VPC."""
        neighbour = self._network.interface_at(subnet.vpc, packet.destination)
        if neighbour is None:
            yield lost(packet, subnet.vpc, f"no interface has {text(packet.destination)}")
        else:
            yield from self._arrive(self._cross(packet, subnet.id, neighbour.subnet), neighbour)

    def _to_interface(self, packet: Packet, subnet: Subnet, route: Route) -> Iterator[Outcome]:
        """Deliver to an interface that a route names, whoever the packet is for."""
        named = self._network.interfaces.get(route.target.id)
        if named is None:
            attached = [one for one in self._network.interfaces.values() if one.machine == route.target.id]
            named = attached[0] if len(attached) == 1 else None
        if named is None or named.vpc != subnet.vpc:
            yield lost(packet, route.target.id, "no such interface in this VPC")
            return
        packet = packet.met(Step(named.id, "takes the packet on its way", carries="detour"))
        yield from self._arrive(self._cross(packet, subnet.id, named.subnet), named)

    def _to_internet_gateway(self, packet: Packet, subnet: Subnet, route: Route) -> Iterator[Outcome]:
        """Send out to the internet, with the public address that belongs to the sender's."""
        network, target = self._network, route.target
        attached = network.igws if target.kind == "igw" else network.eigws
        if (subnet.vpc, target.id) not in attached:
            yield lost(packet, target.id, f"it isn't attached to {subnet.vpc}")
            return
        public: int | None = packet.source
        if not is_v6(packet.source):
            public = network.public_of.get((subnet.vpc, packet.source))
        elif not holds(network.vpcs[subnet.vpc].blocks, packet.source):
            public = None
        if public is None:
            yield lost(packet, target.id, f"{text(packet.source)} has no public address")
            return
        packet = packet.met(self._out(subnet.id, packet), Step(target.id, "sends it out", carries="internet"))
        yield from self._on_internet(packet._replace(source=public))

    def _to_nat(self, packet: Packet, subnet: Subnet, route: Route) -> Iterator[Outcome]:
        """Send on with one of a NAT gateway's addresses as the sender's."""
        nat = self._network.nats.get(route.target.id)
        if nat is None or nat.vpc != subnet.vpc:
            yield lost(packet, route.target.id, "the NAT gateway isn't available here")
        elif packet.answering is not None:
            yield lost(packet, nat.id, "it knows no connection that this is the answer of")
        else:
            packet = self._cross(packet, subnet.id, nat.subnet)
            for own, _ in nat.addresses:
                step = Step(nat.id, f"puts {text(own)} in the sender's place")
                translations = (*packet.translations, Translation(nat.id, packet.source))
                limit = intersection(packet.limit, _NAT_PASSES)
                translated = packet.met(step)._replace(source=own, translations=translations, limit=limit)
                yield from self._leave(translated, nat.subnet)

    def _to_peer(self, packet: Packet, subnet: Subnet, route: Route) -> Iterator[Outcome]:
        """Deliver in the peer's VPC; a peering connection carries nothing that only passes through either."""
        network, peering = self._network, self._network.peerings.get(route.target.id)
        if peering is None or subnet.vpc not in peering.sides:
            yield lost(packet, route.target.id, "the peering connection isn't active here")
            return
        other = peering.sides[1] if peering.sides[0] == subnet.vpc else peering.sides[0]
        packet = packet.met(self._out(subnet.id, packet), Step(peering.id, f"carries it to {other}", carries="peering"))
        if other not in network.vpcs:
            yield unknown(packet, peering.id, f"it leads to {other}, which isn't in the snapshot")
        elif not holds(network.vpcs[subnet.vpc].blocks, packet.source):
            yield lost(packet, peering.id, f"{text(packet.source)} isn't an address of {subnet.vpc}")
        else:
            yield from self._enter(packet, other)

    def _to_transit_gateway(self, packet: Packet, subnet: Subnet, route: Route) -> Iterator[Outcome]:
        """Hand over to a transit gateway, through the attachment's subnet in the same availability zone."""
        network, gateway = self._network, route.target.id
        if gateway not in network.transit:
            yield unknown(packet, gateway, "the transit gateway isn't in the snapshot")
            return
        attachment = network.attachment_of.get((gateway, subnet.vpc))
        if attachment is None:
            yield lost(packet, gateway, f"{subnet.vpc} isn't attached to it", subnet.vpc)
            return
        doors = [name for name in attachment.subnets if self._zone(name) == subnet.zone]
        if not doors:
            yield lost(packet, attachment.id, f"it has no subnet in availability zone {subnet.zone}", subnet.id)
        elif is_v6(packet.destination) and not attachment.v6:
            yield lost(packet, attachment.id, "it doesn't carry IPv6")
        else:
            step = Step(attachment.id, f"takes it to {gateway}", carries="gateway")
            packet = packet.met(self._out(subnet.id, packet), self._in(doors[0], packet), step)
            yield from self._through_gateway(packet, attachment, subnet.zone)

    def _through_gateway(self, packet: Packet, attachment: Attachment, zone: str) -> Iterator[Outcome]:
        """Look a packet up in the transit gateway's table for the attachment that it came by."""
        network, table = self._network, self._network.gateway_table_of.get(attachment.id)
        if table is None:
            yield lost(packet, attachment.id, "it is associated with no route table of the transit gateway")
            return
        routes = network.gateway_lookups[table.id].find(packet.destination)
        if not routes:
            yield lost(packet, table.id, f"no route to {text(packet.destination)}")
        for route in routes:
            step = Step(table.id, f"sends it to {route.target.id}", route, carries="table")
            onward = network.attachments.get(route.target.id)
            if onward is not None:
                yield from self._out_of_gateway(packet.met(step), onward, zone)
            elif route.target.kind == "blackhole" or route.target.id in network.attached_elsewhere:
                yield lost(packet.met(step), table.id, f"its route {step.rule} leads nowhere")
            else:
                yield unknown(packet.met(step), route.target.id, "what lies behind it isn't modelled")

    def _out_of_gateway(self, packet: Packet, attachment: Attachment, zone: str) -> Iterator[Outcome]:
        """Enter a VPC from a transit gateway, in the zone that the packet is in if the attachment has a subnet there."""
        if attachment.vpc not in self._network.vpcs:
            yield unknown(packet, attachment.id, f"it leads to {attachment.vpc}, which isn't in the snapshot")
        elif is_v6(packet.destination) and not attachment.v6:
            yield lost(packet, attachment.id, "it doesn't carry IPv6")
        elif not attachment.subnets:
            yield lost(packet, attachment.id, "it has no subnet")
        else:
            near = [name for name in attachment.subnets if self._zone(name) == zone]
            doors = attachment.subnets if attachment.appliance or not near else near
            for door in doors:
                step = Step(attachment.id, f"takes it into {attachment.vpc}", where=attachment.vpc, carries="gateway")
                yield from self._leave(packet.met(step), door)

    def _on_internet(self, packet: Packet) -> Iterator[Outcome]:
        """Find what has a public address: something in the range that an internet gateway lets in, or the world."""
        network, there = self._network, packet.destination
        if not is_v6(there):
            place = network.behind.get(there)
            if place is not None:
                if place[0] in network.with_igw:
                    yield from self._enter(packet._replace(destination=place[1]), place[0])
                else:
                    yield lost(packet, place[0], "it has no internet gateway")
                return
        else:
            home = next((vpc for vpc in network.vpcs.values() if holds(vpc.blocks, there)), None)
            if home is not None:
                open_to = network.with_igw | (network.with_eigw if packet.answering is not None else set())
                if home.id in open_to:
                    yield from self._enter(packet, home.id)
                else:
                    yield lost(packet, home.id, "it has no internet gateway")
                return
        if holds(PUBLIC, there):
            yield Outcome("internet", packet)
        else:
            yield lost(packet, "", f"{text(there)} isn't an address of the internet")

    def _enter(self, packet: Packet, vpc: str) -> Iterator[Outcome]:
        """Deliver in a VPC that a packet comes into from outside, past the ACL of the subnet that it is for."""
        found = self._network.interface_at(vpc, packet.destination)
        if found is None:
            yield lost(packet, vpc, f"no interface has {text(packet.destination)}")
        elif found.subnet not in self._network.acl_for:
            yield unknown(packet, found.subnet, "its network ACL isn't in the snapshot")
        else:
            yield from self._arrive(packet.met(self._in(found.subnet, packet)), found)

    def _arrive(self, packet: Packet, interface: Interface) -> Iterator[Outcome]:
        """End at an interface, or go on from a NAT gateway that this is an answer for."""
        nat = self._network.nat_at.get((interface.vpc, packet.destination))
        if nat is not None and packet.answering is not None:
            yield from self._back_through(packet, nat)
        elif interface.kind == "gateway":
            yield lost(packet, interface.id, "a gateway's interface opens no connection to the inside")
        elif interface.checked and not self._is_for(packet, interface):
            yield lost(
                packet, interface.id, f"it takes packets to its own addresses only, not {text(packet.destination)}"
            )
        elif packet.answering is not None:
            yield Outcome("delivered", packet, interface.id)
        else:
            asked = Check(interface.groups, "", False, packet.source)
            step = Step(interface.id, "its security groups let it in", check=asked)
            yield Outcome("delivered", packet.met(step), interface.id)

    def _back_through(self, packet: Packet, nat: Nat) -> Iterator[Outcome]:
        """Undo the last translation of the request that this answers."""
        expected = packet.answering[0] if packet.answering else None
        if expected is None or expected.nat != nat.id:
            yield lost(packet, nat.id, "it knows no connection that this is the answer of")
        else:
            step = Step(nat.id, f"puts {text(expected.replaced)} back in the receiver's place")
            answering = packet.answering[1:] if packet.answering else ()
            back = packet.met(step)._replace(destination=expected.replaced, answering=answering)
            yield from self._leave(back, nat.subnet)

    @staticmethod
    def _is_for(packet: Packet, interface: Interface) -> bool:
        """Say whether an interface has the address that a packet is for."""
        return packet.destination in interface.addresses or holds(interface.prefixes, packet.destination)

    def _zone(self, subnet: str) -> str | None:
        """Give a subnet's availability zone."""
        found = self._network.subnets.get(subnet)
        return found.zone if found is not None else None

    def _cross(self, packet: Packet, here: str, there: str) -> Packet:
        """Pass two subnets' ACLs; within one subnet there is none to pass."""
        if here == there or there not in self._network.acl_for:
            return packet
        return packet.met(self._out(here, packet), self._in(there, packet))

    def _out(self, subnet: str, packet: Packet) -> Step:
        """Pass an ACL on the way out."""
        acl = self._network.acl_for[subnet].id
        return Step(acl, f"lets it out of {subnet}", check=Check((), acl, True, packet.destination), where=subnet)

    def _in(self, subnet: str, packet: Packet) -> Step:
        """Pass an ACL on the way in."""
        acl = self._network.acl_for[subnet].id
        return Step(acl, f"lets it into {subnet}", check=Check((), acl, False, packet.source), where=subnet)
