"""The exercise file as frozen models: what an exercise is, never how it is built.

Shape only. What needs two parts of the file to judge (a flow that names an unknown zone, an account given twice)
is in `range.spec.rules`; where a value stands in the file is `range.spec.loading`'s business.
"""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,22}[a-z0-9]$")]
"""Lower case, digits and hyphens, 2 to 24 characters: fits every AWS name that is built from it."""

AccountId = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
"""An AWS account id; quoted in YAML, or leading zeros are lost."""

AllyCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]
"""ISO 3166 alpha-3, lower case."""

ZoneRef = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$")]
"""`enclave.zone`: an ally's code, `hub`, `red`, `white`, or `allies` for every ally."""

Port = Annotated[int, Field(ge=1, le=65535)]
PortRange = Annotated[str, StringConstraints(pattern=r"^\d{1,5}-\d{1,5}$")]
Protocol = Literal["tcp", "udp", "icmp"]
RoleName = Annotated[str, StringConstraints(pattern=r"^[\w+=,.@-]{1,64}$")]
Reason = Annotated[str, StringConstraints(min_length=3, max_length=200)]


class Model(BaseModel):
    """Frozen, and closed to keys that it doesn't know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Accounts(Model):
    """The accounts that are nobody's enclave; both exist already and are never made or closed here."""

    management: AccountId
    """The organisation's management account. Service control policies don't bind it, so nothing runs there."""
    hub: AccountId


class Controller(Model):
    """How the controller enters every account."""

    role: RoleName = "range-controller"
    external_id: Annotated[str, StringConstraints(pattern=r"^[\w+=,.@:/-]{2,1224}$")]


class Image(Model):
    """A machine image, named exactly, so that the same file gives the same hosts in every Region and on every day."""

    owner: AccountId
    name: Annotated[str, StringConstraints(min_length=3, max_length=128, pattern=r"^[^*?]+$")]


class HostGroup(Model):
    """`count` equal hosts of an enclave."""

    role: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,30}$")]
    """What the host is for: the Ansible role of that name."""
    zone: Name
    image: Name
    size: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$")] = "t3.micro"
    disk_gib: Annotated[int, Field(ge=8, le=16384)] = 8
    count: Annotated[int, Field(ge=1, le=64)] = 1


class Zone(Model):
    """A part of an enclave with a purpose; one subnet in every availability zone in use."""

    prefix: Annotated[int, Field(ge=16, le=28)] = 25
    """Prefix length of the whole zone; it is shared out among the availability zones."""


class Profile(Model):
    """What an enclave is made of; reused from edition to edition. The zone `transit` is always added."""

    zones: Annotated[dict[Name, Zone], Field(min_length=1)]
    hosts: dict[Name, HostGroup] = {}


class Service(Model):
    """Something that the hub offers to enclaves, on one of its hosts."""

    host: Name
    protocol: Literal["tcp", "udp"] = "tcp"
    port: Port
    reached_from: Annotated[tuple[ZoneRef, ...], Field(min_length=1)]
    why: Reason


class Hub(Model):
    """The shared tooling. Its zones are `services`, `management`, `transit`, and `egress` where the file allows egress."""

    services: Annotated[dict[Name, Service], Field(min_length=1)]
    hosts: Annotated[dict[Name, HostGroup], Field(min_length=1)]


class Ally(Model):
    """One nation and the account that its enclave lives in."""

    code: AllyCode
    account: AccountId
    profile: Name
    contact: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class Team(Model):
    """Red or white: an enclave of its own kind."""

    account: AccountId
    profile: Name
    contact: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class Teams(Model):
    """The teams that aren't allies."""

    red: Team
    white: Team


class Flow(Model):
    """A declared permission to open connections from one zone to another; everything else is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    source: ZoneRef = Field(alias="from")
    to: ZoneRef
    protocol: Protocol
    ports: tuple[Port | PortRange, ...] = ()
    """Single ports and `low-high` ranges; empty for icmp only."""
    why: Reason
    consent: tuple[AllyCode, ...] = ()
    """Between two allies both must stand here."""


class Egress(Model):
    """Who may reach the internet, through the hub's NAT gateway."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    source: Annotated[tuple[ZoneRef, ...], Field(alias="from", min_length=1)]
    ports: Annotated[tuple[Port | PortRange, ...], Field(min_length=1)] = (443,)
    why: Reason


class Session(Model):
    """How long a team plays."""

    length_h: Annotated[float, Field(gt=0, le=72)] = 4.0


class Exercise(Model):
    """One edition of an exercise: the whole file."""

    name: Name
    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    availability_zones: Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]
    """Availability zone ids (`euw2-az1`), which mean the same place in every account; names (`eu-west-2a`) don't."""
    supernet: IPv4Network
    enclave_prefix: Annotated[int, Field(ge=16, le=26)] = 22
    """Prefix length of the block that each enclave gets from the supernet."""
    accounts: Accounts
    controller: Controller
    images: Annotated[dict[Name, Image], Field(min_length=1)]
    profiles: Annotated[dict[Name, Profile], Field(min_length=1)]
    hub: Hub
    allies: Annotated[tuple[Ally, ...], Field(min_length=1, max_length=200)]
    teams: Teams
    flows: tuple[Flow, ...] = ()
    egress: Egress | None = None
    session: Session = Session()
    lease_end: datetime
    """When the exercise must be over, with its UTC offset."""
    budget_usd: Annotated[float, Field(gt=0)]
    """Per ally and month."""
