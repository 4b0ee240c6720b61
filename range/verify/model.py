"""The network things of AWS as the proof sees them: what decides where a packet goes, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from range.verify.intervals import Span, Spans


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that the model can't judge; it is never read as "fine"."""

    account: str
    """Empty where it concerns the snapshot as a whole."""
    resource: str
    why: str
    lacking: bool = False
    """Whether the snapshot lacks what AWS would say: then what seems to be missing may be there all the same."""


@dataclass(frozen=True, slots=True)
class Vpc:
    """A network with its blocks of addresses, of both families."""

    id: str
    owner: str
    blocks: tuple[Span, ...]
    cidr: Span
    """The first block, which it was made with."""
    stack: str = ""
    """Its tag range:stack; it only helps to find an enclave's own VPC among several of the same addresses."""


@dataclass(frozen=True, slots=True)
class Subnet:
    """A part of a VPC in one availability zone."""

    id: str
    vpc: str
    owner: str
    zone: str
    """The availability zone's id, which means the same place in every account."""
    blocks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Interface:
    """Where packets come from and arrive at."""

    id: str
    owner: str
    vpc: str
    subnet: str
    groups: tuple[str, ...]
    addresses: tuple[int, ...]
    """Its own, of both families."""
    prefixes: Spans
    """Blocks that were delegated to it."""
    public: tuple[tuple[int, int], ...]
    """Own IPv4 addresses that an internet gateway translates, each with its public one."""
    checked: bool
    """Whether it only takes packets to its own addresses."""
    kind: Literal["host", "receiver", "gateway"]
    """A receiver answers but never opens a connection (an endpoint); a gateway does neither by itself."""
    machine: str = ""
    machine_owner: str = ""
    """The account of the instance that it is attached to, where that isn't its own."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One rule of a security group."""

    id: str
    egress: bool
    traffic: Spans
    block: Span | None = None
    group: str = ""
    prefix_list: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A security group: stateful, and everything is refused that no rule admits."""

    id: str
    vpc: str
    owner: str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered entry of a network ACL."""

    number: int
    egress: bool
    allows: bool
    block: Span
    traffic: Spans


@dataclass(frozen=True, slots=True)
class Acl:
    """A network ACL: stateless; the first entry that matches decides, and none matching refuses."""

    id: str
    vpc: str
    default: bool
    subnets: tuple[str, ...]
    entries: tuple[Entry, ...]


TargetKind = Literal[
    "local", "igw", "eigw", "nat", "tgw", "pcx", "eni", "service", "attachment", "blackhole", "unmodelled"
]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a route sends a packet."""

    kind: TargetKind
    id: str


@dataclass(frozen=True, slots=True)
class Route:
    """One line of a route table. With equal prefixes the lowest rank wins: static, prefix list, propagated."""

    block: Span | None
    target: Target
    rank: int
    prefix_list: str = ""


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A VPC's route table, and the subnets that it is said to be for."""

    id: str
    vpc: str
    main: bool
    subnets: tuple[str, ...]
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Nat:
    """A NAT gateway: (own address, public address or None) for each that it may translate to."""

    id: str
    vpc: str
    subnet: str
    addresses: tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, slots=True)
class Peering:
    """A peering connection that is in force."""

    id: str
    sides: tuple[str, str]


@dataclass(frozen=True, slots=True)
class TransitGateway:
    """A transit gateway; `refers` says whether security groups may be named across it."""

    id: str
    owner: str
    refers: bool


@dataclass(frozen=True, slots=True)
class Attachment:
    """A VPC's connection to a transit gateway that is in force."""

    id: str
    gateway: str
    vpc: str
    owner: str
    subnets: tuple[str, ...]
    v6: bool
    appliance: bool
    refers: bool


@dataclass(frozen=True, slots=True)
class GatewayTable:
    """A transit gateway route table: who looks routes up in it, whose blocks it learns, and what was put into it."""

    id: str
    gateway: str
    associated: tuple[str, ...]
    learns: tuple[str, ...]
    routes: tuple[Route, ...]
