"""Which packets go by a host that routes: the kernel would send them straight to their destination."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from range.rehearsal.network.compiler.doors import door_down, door_up
from range.rehearsal.network.compiler.paths import MOST_GATEWAYS
from range.rehearsal.network.ranges import Stretch, by_longest_prefix, spelled
from range.rehearsal.network.ruleset import Chain, Elements, Ruleset, named_by_content
from range.rehearsal.network.world import Network, Route, Subnet, World


def steering(world: World, numbers: Mapping[str, int]) -> Ruleset:
    """Give the chain `steer`, which marks what goes by way of an interface with that interface's number."""
    sought = interfaces_routed_to(world)
    chains, sets, ways = {}, {}, {}
    for subnet in world.subnets.values() if sought else ():
        rules = []
        for version, family in ((4, "ip"), (6, "ip6")):
            found = Elements(f"ipv{version}_addr : mark", _marks(world, subnet, version, numbers), interval=True)
            if found.items:
                name = named_by_content(f"steered{version}", found)
                sets[name] = found
                rules.append(f"meta mark set {family} daddr map @{name}")
        if rules:
            chains[f"steer-{subnet.id}"] = Chain(tuple(rules))
            ways[str(numbers[subnet.id])] = f"goto steer-{subnet.id}"
    sets["steered"] = Elements("mark : verdict", ways)
    chains["steer"] = Chain(("meta mark set iifname map @subnet-of", "meta mark vmap @steered"))
    return Ruleset(chains, sets)


def interfaces_routed_to(world: World) -> frozenset[str]:
    """Give the interfaces that routes lead to."""
    targets = {route.target for table in world.tables.values() for route in table if route.kind == "interface"}
    return frozenset(targets & world.interfaces.keys())


def _marks(world: World, subnet: Subnet, version: int, numbers: Mapping[str, int]) -> dict[str, str]:
    """Give the marks of what goes from a subnet by way of interfaces."""
    found = _by_way(world, subnet, version, 0)
    return {spelled(each.first, each.last, version): str(numbers[each.value]) for each in found}


def _by_way(world: World, subnet: Subnet, version: int, passed: int) -> Iterator[Stretch]:
    """Give which destinations go by which interface, from a subnet on; also behind transit gateways."""
    routes = world.tables.get(subnet.table, ())
    for stretch in by_longest_prefix(_of(version, ((route.network, _led(route)) for route in routes))):
        attachment = world.attachments.get(stretch.value)
        if stretch.value in world.interfaces:
            yield stretch
        elif attachment is not None and passed < MOST_GATEWAYS and door_up(world, attachment, subnet.zone):
            table = world.gateway_tables.get(attachment.table or "", ())
            ways = ((route.network, _door(world, route.attachment, subnet.zone)) for route in table)
            for behind in by_longest_prefix(_of(version, ways)):
                for found in _by_way(world, world.subnets[behind.value], version, passed + 1):
                    first, last = (
                        max(found.first, behind.first, stretch.first),
                        min(found.last, behind.last, stretch.last),
                    )
                    if first <= last:
                        yield Stretch(first, last, found.value)


def _led(route: Route) -> str | None:
    """Give where a route leads, if that may be a host in the end."""
    return route.target if route.kind in ("interface", "gateway") else None


def _door(world: World, attachment_id: str | None, zone: str) -> str | None:
    """Give the subnet at which a transit gateway's route comes out."""
    door = door_down(world, world.attachments.get(attachment_id or ""), zone)
    return door.id if door is not None else None


def _of(version: int, ways: Iterable[tuple[Network, str | None]]) -> Iterator[tuple[Network, str | None]]:
    """Give what is about one version of IP."""
    return ((network, way) for network, way in ways if network.version == version)
