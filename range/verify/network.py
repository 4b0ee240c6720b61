"""All accounts put together: who is where, who is connected with whom, and the indices that packets are walked by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol, TypeVar

from range.verify.gathering import Items
from range.verify.intervals import Span, holds
from range.verify.lookup import Lookup
from range.verify.model import (
    Acl,
    Attachment,
    GatewayTable,
    Group,
    Interface,
    Nat,
    Peering,
    Route,
    RouteTable,
    Subnet,
    Target,
    TransitGateway,
    Unknown,
    Vpc,
)
from range.verify.reading import gateways, networks, rules

_LEARNED = 2


@dataclass(frozen=True)
class Part:
    """What one account's answers say, read."""

    account: str
    items: Items
    vpcs: list[Vpc]
    subnets: list[Subnet]
    tables: list[RouteTable]
    interfaces: list[Interface]
    groups: list[Group]
    acls: list[Acl]
    lists: dict[str, tuple[Span, ...]]
    igws: list[tuple[str, str]]
    eigws: list[tuple[str, str]]
    nats: list[Nat]
    peerings: list[Peering]
    transit: list[TransitGateway]
    attachments: list[Attachment]
    gateway_tables: list[GatewayTable]


def part_of(items: Items, region: str) -> Part:
    """Read one account's items."""
    return Part(
        items.account,
        items,
        networks.vpcs(items),
        networks.subnets(items),
        networks.route_tables(items),
        networks.interfaces(items),
        rules.groups(items),
        rules.acls(items),
        rules.prefix_lists(items),
        gateways.internet_gateways(items),
        gateways.egress_only_gateways(items),
        gateways.nats(items),
        gateways.peerings(items, region),
        gateways.transit_gateways(items),
        gateways.attachments(items),
        gateways.gateway_tables(items),
    )


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound=_Named)


def _merged(account_of: dict[str, str], parts: Iterable[tuple[str, list[_T]]]) -> dict[str, _T]:
    """Put things together that several accounts may list; the owner's description counts."""
    found: dict[str, _T] = {}
    for account, things in parts:
        for thing in things:
            if thing.id not in found or account_of.get(thing.id, getattr(thing, "owner", "")) == account:
                found[thing.id] = thing
    return found


@dataclass
class Network:
    """The whole range. Nothing in it changes after it was put together."""

    parts: tuple[Part, ...]
    unknown: list[Unknown] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Put the accounts' lists together."""
        parts = self.parts
        self.vpcs = _merged({}, ((p.account, p.vpcs) for p in parts))
        owners = {vpc.id: vpc.owner for vpc in self.vpcs.values()}
        self.subnets = _merged({}, ((p.account, p.subnets) for p in parts))
        self.interfaces = _merged({}, ((p.account, p.interfaces) for p in parts))
        self.groups = _merged({}, ((p.account, p.groups) for p in parts))
        self.tables = _merged(
            {t.id: owners.get(t.vpc, "") for p in parts for t in p.tables}, ((p.account, p.tables) for p in parts)
        )
        self.acls = _merged(
            {a.id: owners.get(a.vpc, "") for p in parts for a in p.acls}, ((p.account, p.acls) for p in parts)
        )
        self.nats = _merged({}, ((p.account, p.nats) for p in parts))
        self.peerings = _merged({}, ((p.account, p.peerings) for p in parts))
        self.transit = _merged({}, ((p.account, p.transit) for p in parts))
        self.attachments = _merged({}, ((p.account, p.attachments) for p in parts))
        self.gateway_tables = _merged(
            {t.id: self.transit[t.gateway].owner for p in parts for t in p.gateway_tables if t.gateway in self.transit},
            ((p.account, p.gateway_tables) for p in parts),
        )
        self.lists: dict[str, tuple[Span, ...]] = {name: spans for p in parts for name, spans in p.lists.items()}
        self.igws = {(vpc, name) for p in parts for name, vpc in p.igws}
        self.eigws = {(vpc, name) for p in parts for name, vpc in p.eigws}
        self.unknown = [*self.unknown, *(doubt for p in parts for doubt in p.items.unknown), *self._strangers(owners)]
        self._index_addresses()

    def _strangers(self, owners: dict[str, str]) -> Iterable[Unknown]:
        """Doubt what connects with a network that isn't in the snapshot: nobody knows what is sent from there."""
        for peering in self.peerings.values():
            for here, there in (peering.sides, peering.sides[::-1]):
                if here in owners and there not in owners:
                    yield Unknown(owners[here], peering.id, f"it leads to {there}, which isn't in the snapshot")
        accounts = {part.account for part in self.parts}
        held = {name for name, gateway in self.transit.items() if gateway.owner in accounts}
        for one in self.attachments.values():
            if one.vpc not in owners and one.gateway in held:
                why = f"it connects {one.vpc} of {one.owner}, which isn't in the snapshot"
                whose = self.transit[one.gateway].owner if one.owner in accounts else one.owner
                yield Unknown(whose, one.id, why)
            elif one.vpc in owners and one.gateway not in held:
                why = f"it connects with {one.gateway}, whose account isn't in the snapshot"
                yield Unknown(owners[one.vpc], one.id, why)

    def _index_addresses(self) -> None:
        """Make the indices from addresses to what has them."""
        self.at: dict[tuple[str, int], Interface] = {}
        self.delegated: dict[str, list[Interface]] = {}
        self.public_of: dict[tuple[str, int], int] = {}
        self.nat_at: dict[tuple[str, int], Nat] = {}
        self.in_order = [one for _, one in sorted(self.interfaces.items())]
        for one in self.in_order:
            for address in one.addresses:
                self.at[(one.vpc, address)] = one
            if one.prefixes:
                self.delegated.setdefault(one.vpc, []).append(one)
            for private, public in one.public:
                self.public_of[(one.vpc, private)] = public
        for nat in self.nats.values():
            for private, translated in nat.addresses:
                self.nat_at[(nat.vpc, private)] = nat
                if translated is not None:
                    self.public_of[(nat.vpc, private)] = translated
                else:
                    self.public_of.pop((nat.vpc, private), None)
        self.behind = {public: place for place, public in self.public_of.items()}
        self.with_igw = {vpc for vpc, _ in self.igws}
        self.with_eigw = {vpc for vpc, _ in self.eigws}

    def interface_at(self, vpc: str, address: int) -> Interface | None:
        """Find the interface that has an address in a VPC, by itself or delegated."""
        found = self.at.get((vpc, address))
        if found is None and vpc in self.delegated:
            found = next((one for one in self.delegated[vpc] if holds(one.prefixes, address)), None)
        return found

    @cached_property
    def attachment_of(self) -> dict[tuple[str, str], Attachment]:
        """Find a VPC's attachment to a transit gateway."""
        return {(one.gateway, one.vpc): one for one in self.attachments.values()}

    @cached_property
    def attached_elsewhere(self) -> set[str]:
        """Name the attachments that are known and not in force: what is sent to them is lost."""
        listed = {
            str(item["TransitGatewayAttachmentId"])
            for part in self.parts
            for item in part.items.of("DescribeTransitGatewayAttachments")
            if item.get("ResourceType", "vpc") == "vpc"
        }
        return listed - self.attachments.keys()

    @cached_property
    def table_for(self) -> dict[str, RouteTable]:
        """Find the route table of every subnet: its own, or its VPC's main one."""
        main = {table.vpc: table for table in self.tables.values() if table.main}
        own = {subnet: table for table in self.tables.values() for subnet in table.subnets}
        found = {name: own.get(name) or main.get(subnet.vpc) for name, subnet in self.subnets.items()}
        return {name: table for name, table in found.items() if table is not None}

    @cached_property
    def acl_for(self) -> dict[str, Acl]:
        """Find the network ACL of every subnet: its own, or its VPC's default one."""
        default = {acl.vpc: acl for acl in self.acls.values() if acl.default}
        own = {subnet: acl for acl in self.acls.values() for subnet in acl.subnets}
        found = {name: own.get(name) or default.get(subnet.vpc) for name, subnet in self.subnets.items()}
        return {name: acl for name, acl in found.items() if acl is not None}

    @cached_property
    def lookups(self) -> dict[str, Lookup]:
        """Give every VPC route table with its local routes and its prefix lists spelled out."""
        return {table.id: Lookup(self._written(table)) for table in self.tables.values()}

    def _written(self, table: RouteTable) -> Iterable[Route]:
        """Give a table's routes; the VPC's own blocks are local unless the table says otherwise."""
        said = {route.block for route in table.routes}
        for block in self.vpcs[table.vpc].blocks if table.vpc in self.vpcs else ():
            if block not in said:
                yield Route(block, Target("local", "local"), 0)
        for route in table.routes:
            if route.block is not None:
                yield route
            elif route.target.kind != "service":
                for entry in self.lists.get(route.prefix_list, ()):
                    yield replace(route, block=entry)

    @cached_property
    def named_by_routes(self) -> set[str]:
        """Name the interfaces and machines that a route leads to: each is like no other, whatever its groups."""
        routes = (route for table in self.tables.values() for route in table.routes)
        return {route.target.id for route in routes if route.target.kind == "eni"}

    @cached_property
    def gateway_table_of(self) -> dict[str, GatewayTable]:
        """Find the table that an attachment's packets are looked up in."""
        return {name: table for table in self.gateway_tables.values() for name in table.associated}

    @cached_property
    def gateway_lookups(self) -> dict[str, Lookup]:
        """Give every transit gateway route table, with what it learns derived from who propagates into it."""
        return {table.id: Lookup((*table.routes, *self._learned(table))) for table in self.gateway_tables.values()}

    def _learned(self, table: GatewayTable) -> Iterable[Route]:
        """Derive the routes that propagation puts into a table."""
        for name in table.learns:
            attachment = self.attachments.get(name)
            if attachment is not None and attachment.vpc in self.vpcs:
                for block in self.vpcs[attachment.vpc].blocks:
                    if attachment.v6 or block[0] < (1 << 128):
                        yield Route(block, Target("attachment", name), _LEARNED)
