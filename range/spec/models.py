"""The exercise file as frozen models: what an exercise is, never how it is built.

Shape only. What needs two parts of the file to judge (a flow that names an unknown zone, an account given twice)
is in `range.spec.rules`; where a value stands in the file is `range.spec.loading`'s business. A type's description
is what an error offers as valid, and what docs/exercise-file.md says.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from range.spec.aws import SMALLEST_SUBNET_PREFIX

HUB_PREFIX = 22
"""The hub's block is at least this large, whatever the enclaves have."""

HUB_ZONES = {"services": 24, "management": 25, "egress": 26}
"""Prefix length of each of the hub's zones; `egress` is only made where the file allows egress."""

TRANSIT, TRANSIT_PREFIX = "transit", 26
"""The zone that every enclave has for its gateway attachment; four availability zones of /28 fit."""

SENSOR_ROLE, TARGET_ROLES = "sensor", "target_"
"""The role that watches, and how the roles begin that are watched."""

Name = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9-]*[a-z0-9]$",
        max_length=24,
        description="a name of 2 to 24 lower-case letters, digits and hyphens that starts with a letter",
    ),
]
AccountId = Annotated[
    str, Field(pattern=r"^[0-9]{12}$", description='an AWS account id: 12 digits in quotes, such as "200000000001"')
]
AllyCode = Annotated[
    str, Field(pattern=r"^[a-z]{3}$", description="an ISO 3166 alpha-3 code in lower case, such as est")
]
ZoneRef = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$",
        max_length=49,
        description="enclave.zone, where enclave is an ally's code, hub, red, white, or allies for every ally",
    ),
]
Contact = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
        max_length=128,
        description="an e-mail address, such as cyber-range@example.est.test",
    ),
]
Reason = Annotated[
    str,
    Field(
        pattern=r"^[^\x00-\x1f\x7f]*$", min_length=3, max_length=200, description="the reason, in 3 to 200 characters"
    ),
]
Protocol = Annotated[Literal["tcp", "udp", "icmp"], Field(description="tcp, udp or icmp")]
Prefix = Annotated[int, Field(ge=16, le=SMALLEST_SUBNET_PREFIX, description="a prefix length from 16 to 28")]
Port = Annotated[int, Field(ge=1, le=65535, description="a port from 1 to 65535")]


def _low_end_first(ports: str) -> str:
    """Refuse a range that isn't one."""
    low, high = ports.split("-")
    if not 1 <= int(low) < int(high) <= 65535:
        raise ValueError("the low end stands first, and both lie between 1 and 65535")
    return ports


PortRange = Annotated[str, Field(pattern=r"^[0-9]{1,5}-[0-9]{1,5}$"), AfterValidator(_low_end_first)]
Ports = Annotated[Port | PortRange, Field(description="a port from 1 to 65535, or a range such as 8000-8080")]
InstanceSize = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$", max_length=32, description="an EC2 instance type, such as t3.micro"
    ),
]


class Model(BaseModel):
    """Frozen, closed to keys that it doesn't know, and never guessing: `"22"` is no port and `true` no number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Accounts(Model):
    """The accounts that are nobody's enclave; both exist already and are never made or closed here."""

    management: AccountId
    """The organisation's management account. Service control policies don't bind it, so nothing runs there."""
    hub: AccountId
    """The account of the shared tooling and the transit gateway."""


class Controller(Model):
    """How the controller enters every account."""

    role: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_+=,.@-]+$",
            max_length=64,
            description="an IAM role name of up to 64 letters, digits and +=,.@_-",
        ),
    ] = "range-controller"
    """The role that `range bootstrap` makes in every account."""
    external_id: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_+=,.@:/-]+$",
            min_length=2,
            max_length=1224,
            description="an external ID of 2 to 1224 letters, digits and +=,.@:/_-",
        ),
    ]
    """What the role's trust policy asks of whoever assumes it."""


class Image(Model):
    """A machine image, named exactly, so that the same file gives the same hosts in every Region and on every day."""

    owner: AccountId
    """The account that published the image."""
    name: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9 ()./_@'\[\]-]+$",
            min_length=3,
            max_length=128,
            description="an image's exact name, without wildcards",
        ),
    ]
    """Its exact name; wildcards would give another image next week."""


class HostGroup(Model):
    """`count` equal hosts of an enclave: `web` becomes `web-1`, `web-2` and so on."""

    role: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=31, description="a role, such as target_web")]
    """What the host is for: the Ansible role of that name."""
    zone: Name
    """The zone of the same profile, or of the hub, that it stands in."""
    image: Name
    """A key of `images`."""
    size: InstanceSize = "t3.micro"
    """The EC2 instance type."""
    disk_gib: Annotated[int, Field(ge=8, le=16384, description="a size from 8 to 16384 GiB")] = 8
    """Of the root volume."""
    count: Annotated[int, Field(ge=1, le=64, description="a number from 1 to 64")] = 1
    """How many of them."""
    weaknesses: Annotated[
        dict[Name, bool], Field(max_length=32, description="true or false by the weakness's name")
    ] = {}
    """Deliberate weaknesses of a target's role that are switched off by `false`; those left out are there."""


class Zone(Model):
    """A part of an enclave with a purpose; one subnet in every availability zone in use."""

    prefix: Prefix = 25
    """Prefix length of the whole zone; it is shared out among the availability zones."""


class Profile(Model):
    """What an enclave is made of; reused from edition to edition."""

    zones: Annotated[dict[Name, Zone], Field(min_length=1, max_length=16, description="1 to 16 zones by name")]
    """Its zones by name. The zone `transit` is always added."""
    hosts: Annotated[dict[Name, HostGroup], Field(max_length=64, description="up to 64 groups of hosts by name")] = {}
    """Its hosts by name."""


class Service(Model):
    """Something that the hub offers to enclaves, on one of its hosts."""

    host: Name
    """A key of the hub's `hosts`; where that has a count, the first of them."""
    protocol: Annotated[Literal["tcp", "udp"], Field(description="tcp or udp")] = "tcp"
    """What it speaks."""
    port: Port
    """Where it listens."""
    reached_from: Annotated[
        tuple[ZoneRef, ...], Field(min_length=1, max_length=32, description="a list of 1 to 32 zones")
    ]
    """The zones that may use it."""
    why: Reason
    """Shown in the flow table, on the rules in AWS, and in the proof."""


class Hub(Model):
    """The shared tooling, in the zones `services`, `management` and `transit`; with egress there is a zone for it."""

    services: Annotated[dict[Name, Service], Field(min_length=1, max_length=32, description="1 to 32 services by name")]
    """What the hub offers, by the name that every enclave's private zone gives it."""
    hosts: Annotated[
        dict[Name, HostGroup], Field(min_length=1, max_length=64, description="1 to 64 groups of hosts by name")
    ]
    """The hub's hosts by name, in the zones `services` and `management`."""


class Ally(Model):
    """One nation and the account that its enclave lives in."""

    code: AllyCode
    """Its ISO 3166 alpha-3 code, which names the enclave and the stack."""
    account: AccountId
    """An account of the organisation that nobody else uses."""
    profile: Name
    """A key of `profiles`."""
    contact: Contact
    """Who is told of alerts and budgets."""


class Team(Model):
    """Red or white: an enclave of its own kind."""

    account: AccountId
    """An account of the organisation that nobody else uses."""
    profile: Name
    """A key of `profiles`."""
    contact: Contact
    """Who is told of alerts and budgets."""


class Teams(Model):
    """The teams that aren't allies."""

    red: Team
    """The attackers."""
    white: Team
    """The referees."""


class Flow(Model):
    """A declared permission to open connections from one zone to another; everything else is refused."""

    source: ZoneRef = Field(alias="from")
    """The zone that opens connections."""
    to: ZoneRef
    """The zone that they go to, in another enclave."""
    protocol: Protocol
    """What is spoken."""
    ports: Annotated[tuple[Ports, ...], Field(max_length=32, description="a list of up to 32 ports and ranges")] = ()
    """Single ports and `low-high` ranges; left out for icmp, and only there."""
    why: Reason
    """Shown in the flow table, on the rules in AWS, and in the proof."""
    consent: Annotated[tuple[AllyCode, ...], Field(max_length=2, description="the codes of both allies")] = ()
    """Between two allies both must stand here."""


class Egress(Model):
    """Who may reach the internet, over TCP, through the hub's NAT gateway."""

    source: Annotated[
        tuple[ZoneRef, ...], Field(min_length=1, max_length=32, description="a list of 1 to 32 zones")
    ] = Field(alias="from")
    """The zones that may."""
    ports: Annotated[
        tuple[Ports, ...], Field(min_length=1, max_length=8, description="a list of 1 to 8 ports and ranges")
    ] = (443,)
    """The ports they may reach there."""
    why: Reason
    """Shown in the flow table, on the rules in AWS, and in the proof."""


WhenOver = Literal["warn", "freeze", "end"]


class Session(Model):
    """How long a team plays."""

    length_h: Annotated[float, Field(gt=0, le=72, description="a number of hours up to 72")] = 4.0
    """Hours that a session lasts when nobody extends it."""
    warn_min: Annotated[
        tuple[Annotated[int, Field(ge=1, le=1440, description="a number of minutes from 1 to 1440")], ...],
        Field(min_length=1, max_length=8, description="a list of 1 to 8 numbers of minutes"),
    ] = (60, 15, 5)
    """Minutes before a session's or the lease's end at which everybody is warned; nothing ends without them."""
    at_lease_end: Annotated[WhenOver, Field(description="warn, freeze or end")] = "end"
    """What happens to a session when the lease ends."""
    at_budget_end: Annotated[WhenOver, Field(description="warn, freeze or end")] = "warn"
    """What happens to a session in an enclave whose budget is spent; at 80 % of it there is a warning."""


class Exercise(Model):
    """One edition of an exercise: the whole file."""

    name: Name
    """The exercise's name, which begins the name of every stack."""
    region: Annotated[
        str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$", max_length=24, description="an AWS Region, such as eu-west-2")
    ]
    """The one AWS Region that everything is in."""
    availability_zones: Annotated[
        tuple[Annotated[str, Field(max_length=24, description="an availability zone id, such as euw2-az1")], ...],
        Field(min_length=1, max_length=4, description="a list of 1 to 4 availability zone ids"),
    ]
    """Availability zone ids (`euw2-az1`), which mean the same place in every account; names (`eu-west-2a`) don't."""
    supernet: Annotated[
        IPv4Network, Field(description="a private network with its prefix length, such as 10.64.0.0/16")
    ]
    """The private addresses that every enclave gets its block from."""
    enclave_prefix: Annotated[int, Field(ge=16, le=26, description="a prefix length from 16 to 26")] = 22
    """Prefix length of the block that each enclave gets from the supernet."""
    accounts: Accounts
    """The accounts that are nobody's enclave."""
    controller: Controller
    """How the controller enters every account."""
    images: Annotated[dict[Name, Image], Field(min_length=1, max_length=64, description="1 to 64 images by name")]
    """Machine images by the name that hosts use."""
    profiles: Annotated[dict[Name, Profile], Field(min_length=1, max_length=64, description="1 to 64 profiles by name")]
    """What enclaves are made of, by name."""
    hub: Hub
    """The shared tooling."""
    allies: Annotated[tuple[Ally, ...], Field(min_length=1, max_length=200, description="a list of 1 to 200 allies")]
    """The nations that play, one enclave each."""
    teams: Teams
    """Red and white."""
    flows: Annotated[tuple[Flow, ...], Field(max_length=256, description="a list of up to 256 flows")] = ()
    """Who may open connections to whom, beyond the hub's services; nothing else passes between enclaves."""
    egress: Egress | None = None
    """Who may reach the internet; left out, nobody may."""
    session: Session = Session()
    """How long a team plays."""
    lease_end: Annotated[
        AwareDatetime, Field(description="a time to come with its UTC offset, such as 2099-06-30T18:00:00Z")
    ]
    """When the exercise must be over."""
    budget_usd: Annotated[float, Field(gt=0, le=10_000_000, description="an amount in US dollars above 0")]
    """Per ally and month."""
    quotas: Annotated[
        dict[
            Annotated[str, Field(max_length=128)],
            Annotated[int, Field(ge=0, le=10_000_000, description="a whole number, 0 or more")],
        ],
        Field(max_length=128, description="numbers by the quota's name, as `range plan` shows it"),
    ] = {}
    """AWS's quotas where they aren't the defaults, because AWS raised them; a rehearsal holds to them, too."""
