"""What EC2 says that matters to packets: one frozen record, read at one moment from all accounts, that the compiler works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import Literal

from range.rehearsal.network.names import Address, Names

Network = IPv4Network | IPv6Network
Span = tuple[int, int]
"""Ports, or a type and a code of ICMP, where -1 is any."""

Target = Literal["local", "gateway", "internet", "internet-out", "nat", "peering", "interface"]
"""Where a route leads; `gateway` is a transit gateway's attachment, `internet-out` an egress-only gateway."""


@dataclass(frozen=True)
class Match:
    """Which packets a rule is about, apart from who sends or gets them."""

    protocol: int | None = None
    """IP's number; None for all protocols."""
    ports: Span | None = None
    """Destination ports of TCP and UDP, or type and code of ICMP; None for all."""
    source_ports: Span | None = None
    """Only mirror rules have them."""


@dataclass(frozen=True)
class GroupRule:
    """A rule of a security group: peers are ranges (a prefix list's too), or the members of a group."""

    match: Match
    networks: tuple[Network, ...] = ()
    group: str | None = None


@dataclass(frozen=True)
class Group:
    """A security group."""

    id: str
    ingress: tuple[GroupRule, ...] = ()
    egress: tuple[GroupRule, ...] = ()


@dataclass(frozen=True)
class AclEntry:
    """An entry of a network ACL."""

    number: int
    allow: bool
    network: Network
    match: Match


@dataclass(frozen=True)
class Acl:
    """A network ACL; what no entry is about is denied."""

    id: str
    ingress: tuple[AclEntry, ...] = ()
    egress: tuple[AclEntry, ...] = ()


@dataclass(frozen=True)
class Route:
    """A route of a VPC's table; None for a target that is gone, or that nothing here stands for."""

    network: Network
    kind: Target | None
    target: str = ""


@dataclass(frozen=True)
class Vpc:
    """A VPC and its ranges."""

    id: str
    networks: tuple[Network, ...]
    has_internet: bool = False
    """Whether an internet gateway is attached."""
    resolver: bool = True
    """Whether it has AWS's resolver."""


@dataclass(frozen=True)
class Subnet:
    """A subnet, with the table and the ACL that count for it."""

    id: str
    vpc: str
    zone: str
    """The availability zone's id: accounts name zones differently."""
    table: str
    acl: str


@dataclass(frozen=True)
class Interface:
    """A network interface that a host may have."""

    id: str
    subnet: str
    addresses: tuple[Address, ...]
    groups: tuple[str, ...]
    checked: bool = True
    """Whether what it sends must be from it, and what it gets for it."""
    public: tuple[tuple[IPv4Address, IPv4Address], ...] = ()
    """Private addresses, with the public one of each."""


@dataclass(frozen=True)
class NatGateway:
    """A public NAT gateway."""

    id: str
    subnet: str
    public: IPv4Address


@dataclass(frozen=True)
class Attachment:
    """A VPC on a transit gateway."""

    id: str
    vpc: str
    subnets: tuple[str, ...]
    table: str | None
    """The table that it is associated with."""
    shows_groups: bool = False
    """Whether rules may name groups across the gateway."""


@dataclass(frozen=True)
class GatewayRoute:
    """A route of a transit gateway's table; None is a blackhole."""

    network: Network
    attachment: str | None
    static: bool = True


@dataclass(frozen=True)
class MirrorRule:
    """A rule of a mirror filter."""

    number: int
    accept: bool
    source: Network
    destination: Network
    match: Match


@dataclass(frozen=True)
class Mirror:
    """A session that copies an interface's traffic to another interface."""

    id: str
    source: str
    target: str
    network: int
    """VXLAN's network id."""
    number: int
    ingress: tuple[MirrorRule, ...] = ()
    egress: tuple[MirrorRule, ...] = ()
    with_dns: bool = False
    """Whether what is asked of AWS's resolver is copied."""
    length: int | None = None
    """How many bytes of each packet; None for all."""


@dataclass(frozen=True)
class World:
    """Everything, by id."""

    vpcs: Mapping[str, Vpc] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    tables: Mapping[str, tuple[Route, ...]] = field(default_factory=dict)
    acls: Mapping[str, Acl] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    interfaces: Mapping[str, Interface] = field(default_factory=dict)
    nats: Mapping[str, NatGateway] = field(default_factory=dict)
    peerings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    attachments: Mapping[str, Attachment] = field(default_factory=dict)
    gateway_tables: Mapping[str, tuple[GatewayRoute, ...]] = field(default_factory=dict)
    mirrors: tuple[Mirror, ...] = ()
    names: Names = field(default_factory=Names)
