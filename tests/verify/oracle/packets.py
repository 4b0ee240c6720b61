"""One packet, walked hop by hop through what a snapshot says. Slow, obvious, and sharing no code with the proof.

AWS sometimes chooses: which availability zone, which of two equal routes. `ends` gives every end that a packet may come
to. A request meets groups and ACLs, an answer ACLs only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv6Network

from tests.verify.oracle.facts import Address, Facts, Item, ip_address, ip_network
from tests.verify.oracle.filters import Load, acl_passes, groups_pass

NOT_PUBLIC = [
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
GLOBAL_V6 = IPv6Network("2000::/3")


@dataclass(frozen=True)
class Packet:
    """A packet under way, and what it must remember."""

    source: Address
    destination: Address
    load: Load
    answers: bool = False
    been: frozenset[tuple[str, Address, Address]] = frozenset()
    """Where it was routed before: at one place twice, and it goes round for ever."""
    renamed: tuple[tuple[str, Address], ...] = ()
    """NAT gateways that put themselves in the sender's place, each with the address that it replaced."""


@dataclass(frozen=True)
class End:
    """Where a packet ended."""

    place: str
    """An interface's id, `internet`, `lost` or `unknown`."""
    packet: Packet


def is_public(address: Address) -> bool:
    """Say whether somebody on the internet can have an address."""
    if address.version == 6:
        return address in GLOBAL_V6
    return not any(address in block for block in NOT_PUBLIC)


class Walk:
    """Walks packets through one snapshot."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def from_interface(self, interface: Item, packet: Packet) -> Iterator[End]:
        """Send a request from an interface."""
        if groups_pass(self.facts, interface, packet.destination, packet.load, egress=True):
            yield from self.leave(self.facts.subnet(interface["SubnetId"]), packet)
        else:
            yield End("lost", packet)

    def leave(self, subnet: Item, packet: Packet) -> Iterator[End]:
        """Route a packet from a subnet."""
        here = (subnet["SubnetId"], packet.source, packet.destination)
        routes = self._routes(subnet, packet.destination)
        if here in packet.been or not routes:
            yield End("lost", packet)
            return
        packet = replace(packet, been=packet.been | {here})
        for route in routes:
            yield from self._follow(subnet, route, packet)

    def _routes(self, subnet: Item, destination: Address) -> list[Item]:
        """Give the routes that win: the longest prefix; then written ones before prefix lists before propagated ones."""
        table = self.facts.table_of(subnet)
        if table is None:
            return []
        lines = [(block, 0, {"GatewayId": "local"}) for block in self.facts.blocks(subnet["VpcId"])]
        said = [route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock") for route in table["Routes"]]
        lines = [line for line in lines if str(line[0]) not in said]
        for route in table["Routes"]:
            if "DestinationPrefixListId" in route:
                if not self._is_service(route):
                    for block in self.facts.list_entries(route["DestinationPrefixListId"]):
                        lines.append((block, 1, route))
            else:
                written = ip_network(route.get("DestinationCidrBlock") or route["DestinationIpv6CidrBlock"])
                lines.append((written, 2 if route["Origin"] == "EnableVgwRoutePropagation" else 0, route))
        matching = [line for line in lines if destination in line[0]]
        if not matching:
            return []
        longest = max(block.prefixlen for block, _, _ in matching)
        matching = [line for line in matching if line[0].prefixlen == longest]
        best = min(rank for _, rank, _ in matching)
        return [route for _, rank, route in matching if rank == best]

    def _is_service(self, route: Item) -> bool:
        """Say whether a route leads to a gateway endpoint."""
        return str(route.get("GatewayId", "")).startswith("vpce-")

    def _follow(self, subnet: Item, route: Item, packet: Packet) -> Iterator[End]:
        """Send a packet where a route points."""
        gateway = route.get("GatewayId", "")
        if route.get("State") == "blackhole":
            yield End("lost", packet)
        elif gateway == "local":
            yield from self._to_holder(subnet, self.facts.holder(subnet["VpcId"], packet.destination), packet)
        elif "NetworkInterfaceId" in route:
            found = self.facts.one("DescribeNetworkInterfaces", "NetworkInterfaceId", route["NetworkInterfaceId"])
            inside = found if found is not None and found["VpcId"] == subnet["VpcId"] else None
            yield from self._to_holder(subnet, inside, packet)
        elif "NatGatewayId" in route:
            yield from self._to_nat(subnet, route["NatGatewayId"], packet)
        elif "VpcPeeringConnectionId" in route:
            yield from self._to_peer(subnet, route["VpcPeeringConnectionId"], packet)
        elif "TransitGatewayId" in route:
            yield from self._to_gateway(subnet, route["TransitGatewayId"], packet)
        elif gateway.startswith("igw-") or "EgressOnlyInternetGatewayId" in route:
            yield from self._to_internet(subnet, route, packet)
        elif self._is_service(route):
            yield End("lost", packet)
        else:
            yield End("unknown", packet)

    def _out(self, subnet: Item, packet: Packet) -> bool:
        return acl_passes(self.facts, subnet, packet.destination, packet.load, egress=True)

    def _in(self, subnet: Item, packet: Packet) -> bool:
        return acl_passes(self.facts, subnet, packet.source, packet.load, egress=False)

    def _to_holder(self, subnet: Item, holder: Item | None, packet: Packet) -> Iterator[End]:
        """Deliver within a VPC; ACLs stand between subnets."""
        if holder is None:
            yield End("lost", packet)
            return
        there = self.facts.subnet(holder["SubnetId"])
        same = there["SubnetId"] == subnet["SubnetId"]
        if same or (self._out(subnet, packet) and self._in(there, packet)):
            yield from self._arrive(holder, packet)
        else:
            yield End("lost", packet)

    def _arrive(self, interface: Item, packet: Packet) -> Iterator[End]:
        """End at an interface, or go back through a NAT gateway."""
        nat = self.facts.nat_with(interface["VpcId"], packet.destination)
        if nat is not None and packet.answers:
            if packet.renamed and packet.renamed[-1][0] == nat["NatGatewayId"]:
                back = replace(packet, destination=packet.renamed[-1][1], renamed=packet.renamed[:-1])
                yield from self.leave(self.facts.subnet(nat["SubnetId"]), back)
            else:
                yield End("lost", packet)
        elif interface["InterfaceType"] in {"nat_gateway", "transit_gateway"}:
            yield End("lost", packet)
        elif interface["SourceDestCheck"] and not self.facts.holds(interface, packet.destination):
            yield End("lost", packet)
        elif packet.answers or groups_pass(self.facts, interface, packet.source, packet.load, egress=False):
            yield End(interface["NetworkInterfaceId"], packet)
        else:
            yield End("lost", packet)

    def _to_nat(self, subnet: Item, name: str, packet: Packet) -> Iterator[End]:
        """Go on in the name of a NAT gateway."""
        nat = self.facts.one("DescribeNatGateways", "NatGatewayId", name)
        if nat is None or nat["State"] != "available" or nat["VpcId"] != subnet["VpcId"] or packet.answers:
            yield End("lost", packet)
            return
        there = self.facts.subnet(nat["SubnetId"])
        crossed = there["SubnetId"] == subnet["SubnetId"] or (self._out(subnet, packet) and self._in(there, packet))
        for one in nat["NatGatewayAddresses"]:
            if crossed and packet.load.protocol in {1, 6, 17}:
                renamed = (*packet.renamed, (name, packet.source))
                yield from self.leave(there, replace(packet, source=ip_address(one["PrivateIp"]), renamed=renamed))
            else:
                yield End("lost", packet)

    def _to_internet(self, subnet: Item, route: Item, packet: Packet) -> Iterator[End]:
        """Go out by an internet gateway."""
        vpc = subnet["VpcId"]
        if route.get("GatewayId"):
            here = [one["InternetGatewayId"] for one in self.facts.attached("DescribeInternetGateways", vpc)]
            attached = route["GatewayId"] in here
        else:
            gateways = self.facts.attached("DescribeEgressOnlyInternetGateways", vpc)
            attached = route["EgressOnlyInternetGatewayId"] in [g["EgressOnlyInternetGatewayId"] for g in gateways]
        if packet.source.version == 4:
            public = self.facts.public_of(vpc, packet.source)
        else:
            public = packet.source if self.facts.belongs(vpc, packet.source) else None
        if not attached or public is None or not self._out(subnet, packet):
            yield End("lost", packet)
        else:
            yield from self.on_internet(replace(packet, source=public))

    def on_internet(self, packet: Packet) -> Iterator[End]:
        """Find who has a public address."""
        if packet.destination.version == 4:
            found = self.facts.private_behind(packet.destination)
            if found is not None:
                vpc, private = found
                yield from self._from_internet(vpc, replace(packet, destination=private), only_out=False)
                return
        else:
            for item in self.facts.all("DescribeVpcs"):
                if self.facts.belongs(item["VpcId"], packet.destination):
                    yield from self._from_internet(item["VpcId"], packet, only_out=packet.answers)
                    return
        yield End("internet" if is_public(packet.destination) else "lost", packet)

    def _from_internet(self, vpc: str, packet: Packet, *, only_out: bool) -> Iterator[End]:
        """Come in by an internet gateway, or an answer by an egress-only one."""
        doors = self.facts.attached("DescribeInternetGateways", vpc)
        if only_out:
            doors = doors + self.facts.attached("DescribeEgressOnlyInternetGateways", vpc)
        if doors:
            yield from self._enter(vpc, packet)
        else:
            yield End("lost", packet)

    def _enter(self, vpc: str, packet: Packet) -> Iterator[End]:
        """Come into a VPC from outside, past the ACL of the subnet."""
        holder = self.facts.holder(vpc, packet.destination)
        if holder is not None and self._in(self.facts.subnet(holder["SubnetId"]), packet):
            yield from self._arrive(holder, packet)
        else:
            yield End("lost", packet)

    def _to_peer(self, subnet: Item, name: str, packet: Packet) -> Iterator[End]:
        """Cross a peering connection."""
        found = self.facts.one("DescribeVpcPeeringConnections", "VpcPeeringConnectionId", name)
        sides = [found["RequesterVpcInfo"]["VpcId"], found["AccepterVpcInfo"]["VpcId"]] if found is not None else []
        if found is None or found["Status"]["Code"] != "active" or subnet["VpcId"] not in sides:
            yield End("lost", packet)
            return
        other = sides[1 - sides.index(subnet["VpcId"])]
        if not self._out(subnet, packet):
            yield End("lost", packet)
        elif self.facts.one("DescribeVpcs", "VpcId", other) is None:
            yield End("unknown", packet)
        elif self.facts.belongs(subnet["VpcId"], packet.source):
            yield from self._enter(other, packet)
        else:
            yield End("lost", packet)

    def _to_gateway(self, subnet: Item, name: str, packet: Packet) -> Iterator[End]:
        """Hand a packet to a transit gateway."""
        if self.facts.one("DescribeTransitGateways", "TransitGatewayId", name) is None:
            yield End("unknown", packet)
            return
        for attachment in self.facts.all("DescribeTransitGatewayVpcAttachments"):
            mine = attachment["TransitGatewayId"] == name and attachment["VpcId"] == subnet["VpcId"]
            if mine and attachment["State"] == "available":
                zone = subnet["AvailabilityZoneId"]
                doors = [one for one in sorted(attachment["SubnetIds"]) if self._zone(one) == zone]
                v4 = packet.destination.version == 4
                if doors and (v4 or attachment["Options"]["Ipv6Support"] == "enable"):
                    door = self.facts.subnet(doors[0])
                    if self._out(subnet, packet) and self._in(door, packet):
                        yield from self._through_gateway(attachment["TransitGatewayAttachmentId"], zone, packet)
                        return
                break
        yield End("lost", packet)

    def _zone(self, subnet: str) -> str:
        return str(self.facts.subnet(subnet)["AvailabilityZoneId"])

    def _through_gateway(self, attachment: str, zone: str, packet: Packet) -> Iterator[End]:
        """Route a packet in a transit gateway."""
        for table in self.facts.all("DescribeTransitGatewayRouteTables"):
            name = table["TransitGatewayRouteTableId"]
            rows = self.facts.gateway_rows("GetTransitGatewayRouteTableAssociations", name)
            if any(row["TransitGatewayAttachmentId"] == attachment for row in rows):
                targets = self._gateway_routes(name, packet.destination)
                for target in targets:
                    yield from self._out_of_gateway(target, zone, packet)
                if not targets:
                    yield End("lost", packet)
                return
        yield End("lost", packet)

    def _gateway_routes(self, table: str, destination: Address) -> list[str]:
        """Give the attachments that win, an empty one for a blackhole: written routes before learned ones."""
        lines: list[tuple[int, int, str]] = []
        for route in self.facts.gateway_rows("SearchTransitGatewayRoutes", table):
            block = ip_network(route["DestinationCidrBlock"])
            if destination in block and route["Type"] == "static":
                to = route["TransitGatewayAttachments"]
                gone = route["State"] == "blackhole" or not to
                lines.append((block.prefixlen, 0, "" if gone else to[0]["TransitGatewayAttachmentId"]))
        for row in self.facts.gateway_rows("GetTransitGatewayRouteTablePropagations", table):
            attachment = self.facts.attachment(row["TransitGatewayAttachmentId"])
            if attachment is not None:
                for block in self.facts.blocks(attachment["VpcId"]):
                    carried = block.version == 4 or attachment["Options"]["Ipv6Support"] == "enable"
                    if destination in block and carried:
                        lines.append((block.prefixlen, 1, row["TransitGatewayAttachmentId"]))
        if not lines:
            return []
        longest = max(line[0] for line in lines)
        best = min(line[1] for line in lines if line[0] == longest)
        return sorted({target for length, rank, target in lines if (length, rank) == (longest, best)})

    def _out_of_gateway(self, target: str, zone: str, packet: Packet) -> Iterator[End]:
        """Come out of a transit gateway into a VPC."""
        attachment = self.facts.attachment(target)
        if attachment is None:
            known = self.facts.one("DescribeTransitGatewayAttachments", "TransitGatewayAttachmentId", target)
            yield End("lost" if not target or known is not None else "unknown", packet)
            return
        if packet.destination.version == 6 and attachment["Options"]["Ipv6Support"] != "enable":
            yield End("lost", packet)
            return
        near = [one for one in attachment["SubnetIds"] if self._zone(one) == zone]
        if attachment["Options"]["ApplianceModeSupport"] == "enable" or not near:
            near = attachment["SubnetIds"]
        for door in near:
            yield from self.leave(self.facts.subnet(door), packet)
        if not near:
            yield End("lost", packet)
