"""Where a packet goes from a subnet, gateway by gateway, as chains.

A chain per subnet looks the destination up in the subnet's route table, one per attachment of a transit gateway in the table that
this is associated with, and so on until the packet is where its destination is: there the chain marks it with how it came, see
`numbers`. A packet that isn't marked in the end is dropped. ACLs are asked where a packet crosses the border of a subnet.

What leaves a transit gateway is routed anew, by the table of the subnet that the attachment has in that availability zone; a
packet that finds another transit gateway there goes on, but not for ever.

Source: Amazon VPC Transit Gateways, "How network ACLs work with transit gateways" and on availability zones; Amazon VPC User
Guide, "Route priority"; Amazon VPC Peering Guide, "Unsupported configurations" (from memory, 2026-11-28).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from range.rehearsal.network.compiler.doors import door_down, door_up
from range.rehearsal.network.compiler.filters import OUTSIDE, acl_chain
from range.rehearsal.network.compiler.numbers import MODES
from range.rehearsal.network.ranges import by_longest_prefix, spelled
from range.rehearsal.network.ruleset import Chain, Elements, named_by_content
from range.rehearsal.network.wires import wire_of
from range.rehearsal.network.world import Attachment, Network, Route, Subnet, World

MOST_GATEWAYS = 2
"""Transit gateways that a packet may pass. The kernel allows 16 chains one inside the other."""
IPV4 = 4
_FIND_SUBNET = "meta mark set oifname map @subnet-of"


class Paths:
    """The chains of all paths, made as they are asked for."""

    def __init__(self, world: World, numbers: Mapping[str, int]) -> None:
        """Begin with what every path ends in."""
        self.world = world
        self.numbers = numbers
        self.sets: dict[str, Elements] = {}
        self.chains: dict[str, Chain] = {f"pass-{mode}": Chain((f"meta mark set {MODES[mode]}",)) for mode in MODES}
        self._subnets_of: dict[str, list[Subnet]] = {}
        for subnet in world.subnets.values():
            self._subnets_of.setdefault(subnet.vpc, []).append(subnet)

    def leaving(self, subnet_id: str, mode: str = "n", passed: int = 0) -> str:
        """Give the chain for a packet in a subnet that is to go where the subnet's route table says."""
        name = f"from-{subnet_id}-{passed}{mode}"
        if name not in self.chains:
            self.chains[name] = Chain(())  # a table may lead back here: it is never made twice
            subnet = self.world.subnets[subnet_id]
            routes = self.world.tables.get(subnet.table, ())
            rules = self._by_destination(routes, lambda route: self._way(route, subnet, mode, passed))
            self.chains[name] = Chain(rules)
        return name

    def arriving(self, subnet_id: str, mode: str) -> str:
        """Give the chain for a packet that comes into a subnet from outside it, and is there."""
        name = f"into-{subnet_id}-{mode}"
        self.chains.setdefault(name, Chain((*self.acl(subnet_id, "in"), f"goto pass-{mode}")))
        return name

    def acl(self, subnet_id: str, direction: str) -> tuple[str, ...]:
        """Give the rule that asks the ACL of a subnet; a subnet without one lets nothing through."""
        acl = self.world.subnets[subnet_id].acl
        return (f"jump {acl_chain(acl, direction)}",) if acl in self.world.acls else ("drop",)

    def looked_up(self, ways: Iterable[tuple[Network, str | None]]) -> tuple[str, ...]:
        """Give the rules that go where the longest prefix of the destination says; elsewhere the packet is dropped."""
        listed = list(ways)
        rules = []
        for version, family in ((4, "ip"), (6, "ip6")):
            stretches = by_longest_prefix((network, way) for network, way in listed if network.version == version)
            items = {spelled(each.first, each.last, version): f"goto {each.value}" for each in stretches}
            if items:
                found = Elements(f"ipv{version}_addr : verdict", items, interval=True)
                name = named_by_content(f"ways{version}", found)
                self.sets[name] = found
                rules.append(f"{family} daddr vmap @{name}")
        return (*rules, "drop")

    def _by_destination(self, routes: Iterable[Route], way: Callable[[Route], str | None]) -> tuple[str, ...]:
        """Give the rules for the routes of a VPC's table."""
        return self.looked_up((route.network, way(route)) for route in routes)

    def _way(self, route: Route, subnet: Subnet, mode: str, passed: int) -> str | None:
        """Give the chain that a route leads to; some lead nowhere for packets that come by a gateway."""
        if route.kind == "local":
            return self._local(subnet, mode)
        if route.kind == "gateway":
            return self._up(subnet, self.world.attachments[route.target], mode, passed)
        if route.kind == "interface":
            return self._via(subnet, route.target)
        if route.kind == "nat":
            return self._nat(subnet, route.target)
        if passed or mode != "n":
            return None
        if route.kind == "peering":
            return self._peer(subnet, self.world.peerings.get(route.target, ()))
        if route.kind == "internet":
            return self._internet(subnet)
        return self._outward_only(subnet) if route.kind == "internet-out" else None

    def _local(self, subnet: Subnet, mode: str) -> str:
        """Go to a host of the same VPC; inside a subnet no ACL is asked."""
        name = f"local-{subnet.id}-{mode}"
        if name not in self.chains:
            here = f"meta mark {self.numbers[subnet.id]} goto pass-{mode}"
            out = self.acl(subnet.id, "out")
            self.chains[name] = Chain((_FIND_SUBNET, here, *out, f"goto {self._in_vpc(subnet.vpc, mode)}"))
        return name

    def _in_vpc(self, vpc_id: str, mode: str) -> str:
        """Go into the subnet of a VPC where the host is; a host of another VPC at that address isn't meant."""
        name, inside = f"at-{vpc_id}-{mode}", f"subnets-{vpc_id}-{mode}"
        if name not in self.chains:
            subnets = self._subnets_of.get(vpc_id, [])
            items = {str(self.numbers[each.id]): f"goto {self.arriving(each.id, mode)}" for each in subnets}
            self.sets[inside] = Elements("mark : verdict", items)
            self.chains[name] = Chain((_FIND_SUBNET, f"meta mark vmap @{inside}", "drop"))
        return name

    def _peer(self, subnet: Subnet, peering: tuple[str, ...]) -> str | None:
        """Go to a host of the VPC at the other end of a peering, and no further."""
        others = [vpc for vpc in peering if vpc != subnet.vpc]
        if subnet.vpc not in peering or not others:
            return None
        name = f"peer-{subnet.id}-{others[0]}"
        target = f"goto {self._in_vpc(others[0], 'n')}"
        self.chains.setdefault(name, Chain((*self.acl(subnet.id, "out"), target)))
        return name

    def _up(self, subnet: Subnet, attachment: Attachment, mode: str, passed: int) -> str | None:
        """Go to a transit gateway by the subnet that its attachment has in this availability zone; without one, nowhere."""
        door = door_up(self.world, attachment, subnet.zone)
        if door is None or attachment.table is None or passed >= MOST_GATEWAYS or attachment.vpc != subnet.vpc:
            return None
        name = f"up-{subnet.id}-{attachment.id}-{passed}{mode}"
        if name not in self.chains:
            self.chains[name] = Chain(())
            crossing = () if door.id == subnet.id else (*self.acl(subnet.id, "out"), *self.acl(door.id, "in"))
            through = f"goto {self._through(attachment, attachment.table, subnet.zone, mode, passed)}"
            self.chains[name] = Chain((*crossing, through))
        return name

    def _through(self, source: Attachment, table: str, zone: str, mode: str, passed: int) -> str:
        """Go through a transit gateway: one chain for all attachments that look up in the same table."""
        shown = "s" if source.shows_groups else ""
        name = f"through-{table}-{zone}-{passed}{mode}{shown}"
        if name not in self.chains:
            self.chains[name] = Chain(())
            attachments = self.world.attachments
            ways = []
            for route in self.world.gateway_tables.get(table, ()):
                target = attachments.get(route.attachment or "")
                ways.append((route.network, self._down(target, source, zone, mode, passed)))
            self.chains[name] = Chain(self.looked_up(ways))
        return name

    def _down(self, target: Attachment | None, source: Attachment, zone: str, mode: str, passed: int) -> str | None:
        """Go from a transit gateway into a VPC: in the same availability zone where the attachment has a subnet there."""
        door = door_down(self.world, target, zone)
        if target is None or door is None:
            return None
        shows = mode in "ns" and source.shows_groups and target.shows_groups
        return self.leaving(door.id, "i" if mode == "i" else "s" if shows else "f", passed + 1)

    def _via(self, subnet: Subnet, interface_id: str) -> str | None:
        """Go to an interface of the VPC that isn't the destination: a host that routes, filters or translates."""
        interface = self.world.interfaces.get(interface_id)
        if interface is None or self.world.subnets[interface.subnet].vpc != subnet.vpc:
            return None
        name = f"via-{subnet.id}-{interface_id}"
        its_own = (
            f"{'ip' if each.version == IPV4 else 'ip6'} daddr {each} goto pass-f" for each in interface.addresses
        )
        arrival = (*its_own, "drop") if interface.checked else ("goto pass-f",)
        crossing = (
            () if interface.subnet == subnet.id else (*self.acl(subnet.id, "out"), *self.acl(interface.subnet, "in"))
        )
        there = f'oifname != "{wire_of(interface_id)}" drop'
        self.chains.setdefault(name, Chain((*crossing, there, *arrival)))
        return name

    def _nat(self, subnet: Subnet, gateway_id: str) -> str | None:
        """Go to a NAT gateway of the VPC, and on to the internet if the table of its subnet says so."""
        gateway = self.world.nats.get(gateway_id)
        if gateway is None or self.world.subnets[gateway.subnet].vpc != subnet.vpc:
            return None
        name = f"nat-{subnet.id}-{gateway_id}"
        if name not in self.chains:
            there = self.world.subnets[gateway.subnet]
            crossing = () if there.id == subnet.id else (*self.acl(subnet.id, "out"), *self.acl(there.id, "in"))
            on = f"nat-{gateway_id}"
            number = self.numbers[gateway_id]
            self.chains[on] = Chain(
                (*self.acl(there.id, "out"), f"ct mark 0 ct mark set {number}", *_outside("pass-i"))
            )
            routes = self.world.tables.get(there.table, ())
            ways = ((each.network, on if each.kind == "internet" else None) for each in routes)
            self.chains[name] = Chain((*crossing, *self.looked_up(ways)))
        return name

    def _internet(self, subnet: Subnet) -> str:
        """Go to the internet; with IPv4 only as a public address."""
        name = f"internet-{subnet.id}"
        public = "meta nfproto ipv4 ip saddr != @with-public drop"
        self.chains.setdefault(name, Chain((*self.acl(subnet.id, "out"), public, *_outside("pass-i"))))
        return name

    def _outward_only(self, subnet: Subnet) -> str:
        """Go to the internet by an egress-only gateway, which IPv6 has."""
        name = f"outward-{subnet.id}"
        self.chains.setdefault(name, Chain((*self.acl(subnet.id, "out"), *_outside("pass-i"))))
        return name


def _outside(chain: str) -> tuple[str, str]:
    """Go on if the packet leaves for the internet."""
    return f'oifname "{OUTSIDE}" goto {chain}', "drop"
